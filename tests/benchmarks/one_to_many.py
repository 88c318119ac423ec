"""Corsica: times from 100 places to every node within 30 minutes, beside networkx and scipy."""

from __future__ import annotations

from coverage.network.roads import read_roads
from tests.benchmarks.results import Table
from tests.benchmarks.same_arrays import Contest
from tests.benchmarks.settings import Settings


def main(settings: Settings) -> list[Table]:
    """Return the ratios."""
    table = Table.of_ratios("one-to-many")
    graph = read_roads(settings.corsica)
    where = f"Corsica ({graph.nodes:,} nodes)"
    contest = Contest(settings, table, graph, where)
    contest.against_scipy(bar=3)
    contest.against_networkx(bar=50)
    return [table]
