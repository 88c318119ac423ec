"""A million nodes: times from 100 places within 30 minutes, beside networkx and scipy."""

from __future__ import annotations

from tests.benchmarks import tiles
from tests.benchmarks.results import Table
from tests.benchmarks.same_arrays import Contest
from tests.benchmarks.settings import Settings


def main(settings: Settings) -> list[Table]:
    """Return the ratios."""
    table = Table.of_ratios("tiled")
    graph = tiles.load(settings, 1_000_000)
    where = f"tiled ({graph.nodes:,} nodes)"
    contest = Contest(settings, table, graph, where)
    contest.against_scipy(bar=4)
    contest.against_networkx(bar=45)
    return [table]
