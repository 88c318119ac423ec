"""Nanoseconds for each node reached, at 1 and 12 million nodes, and the floor that memory sets."""

from __future__ import annotations

import statistics
from importlib.metadata import version

import coverage.base.jit  # noqa: F401
from coverage.network.graph import RoadGraph
from coverage.network.search import one_to_many
from tests.benchmarks import machine, tiles
from tests.benchmarks.pairs import compare, stopwatch
from tests.benchmarks.results import Table, number
from tests.benchmarks.same_arrays import (
    LIMIT_DS,
    SITES,
    as_matrix,
    assert_same_rows,
    random_sources,
    timed,
    with_scipy,
)
from tests.benchmarks.settings import Settings

#: What a bounded search must at least move for a node: its pointers (8), its time (4), the list
#: of reached nodes (4), the answer (8), and 2.2 arcs of head and time (8 each).
_BYTES_A_NODE = 42
_SCIPY_SITES = 4


def main(settings: Settings) -> list[Table]:
    """Return the nanoseconds, the second thread's gain, and scipy at 12 million nodes."""
    speed = Table(
        "settled",
        (
            "network", "nodes", "reached by a search", "ns a node, wanted", "ns a node",
            "quartiles", "floor, ns", "times the floor", "preparation",
        ),
    )  # fmt: skip
    threads, scipy = Table.of_ratios("threads"), Table.of_ratios("scipy-12m")
    bandwidth = machine.copy_bandwidth()
    print(f"  copy bandwidth {bandwidth / 1e9:.1f} GB/s, read and written")
    for wanted in (1_000_000, 12_000_000):
        graph = tiles.load(settings, wanted)
        label = f"{wanted // 1_000_000} M"
        _measure(settings, speed, graph, f"{label}, tile after tile", bandwidth)
        _second_thread(settings, threads, graph, label)
        if wanted == 1_000_000:
            shuffled = tiles.shuffled(graph)
            _measure(settings, speed, shuffled, f"{label}, numbered at random", bandwidth)
        else:
            _against_scipy(settings, scipy, graph)
    return [speed, threads, scipy]


def _measure(
    settings: Settings, table: Table, graph: RoadGraph, name: str, bandwidth: float
) -> None:
    sources = random_sources(graph, SITES)
    found, first_s = timed(lambda: one_to_many(graph, sources, LIMIT_DS, threads=1))
    search = stopwatch(lambda: one_to_many(graph, sources, LIMIT_DS, threads=1))
    taken = [1e9 * search() / found.nnz for _ in range(settings.pairs)]
    low, middle, high = statistics.quantiles(taken, n=4, method="inclusive")
    floor = 1e9 * _BYTES_A_NODE / bandwidth
    table.add(
        name, f"{graph.nodes:,}", f"{found.nnz / SITES:,.0f}", "≤ 75", f"**{number(middle)}**",
        f"{number(low)} to {number(high)}", floor, middle / floor,
        f"{number(first_s - middle * found.nnz / 1e9)} s",
    )  # fmt: skip


def _second_thread(settings: Settings, table: Table, graph: RoadGraph, name: str) -> None:
    sources = random_sources(graph, 10 * SITES)
    pairs = compare(
        stopwatch(lambda: one_to_many(graph, sources, LIMIT_DS, threads=2)),
        stopwatch(lambda: one_to_many(graph, sources, LIMIT_DS, threads=1)),
        pairs=settings.pairs,
    )
    table.add_ratio(f"{name}, {sources.size} sites, two threads", "ours, one thread", pairs)


def _against_scipy(settings: Settings, table: Table, graph: RoadGraph) -> None:
    sources = random_sources(graph, _SCIPY_SITES)
    matrix, matrix_s = timed(lambda: as_matrix(graph))
    ours = one_to_many(graph, sources, LIMIT_DS, threads=1)
    assert_same_rows(ours, with_scipy(matrix, sources, sparse=True))
    pairs = compare(
        stopwatch(lambda: one_to_many(graph, sources, LIMIT_DS, threads=1)),
        stopwatch(lambda: with_scipy(matrix, sources, sparse=True)),
        pairs=settings.pairs,
    )
    work = f"30-min one-to-many, {graph.nodes:,} nodes, {_SCIPY_SITES} sites"
    table.add_ratio(work, f"scipy {version('scipy')} with limit", pairs, peer_s=matrix_s)
