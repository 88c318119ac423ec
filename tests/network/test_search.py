from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from coverage.network.graph import RoadGraph
from coverage.network.search import NEVER, one_to_many, reach


def oracle(graph: RoadGraph, sources: Any, limit_ds: int) -> np.ndarray[Any, Any]:
    """Times by scipy's Dijkstra on the same arrays; inf beyond the limit."""
    matrix = csr_matrix(
        (graph.deciseconds.astype(float), graph.indices, graph.indptr),
        shape=(graph.nodes, graph.nodes),
    )
    times = dijkstra(matrix, indices=sources)
    return np.where(times <= limit_ds, times, np.inf)


def dense(result: Any) -> np.ndarray[Any, Any]:
    """The stored times of a sparse answer, inf where nothing is stored."""
    times = np.full(result.shape, np.inf)
    rows = np.repeat(np.arange(result.shape[0]), np.diff(result.indptr))
    assert len(set(zip(rows, result.indices, strict=True))) == result.nnz
    times[rows, result.indices] = result.data
    return times


def make(nodes: int, arcs: list[tuple[int, int, int]]) -> RoadGraph:
    table = np.array(arcs, dtype=np.int64).reshape(-1, 3)
    return RoadGraph.from_arcs(
        table[:, 0],
        table[:, 1],
        table[:, 2],
        length_m=np.ones(len(table)),
        highway=np.zeros(len(table), dtype=np.int8),
        x=np.zeros(nodes),
        y=np.zeros(nodes),
    )


@st.composite
def graphs(draw: st.DrawFn) -> tuple[RoadGraph, int]:
    nodes = draw(st.integers(1, 12))
    node = st.integers(0, nodes - 1)
    weight = st.sampled_from([0, 0, 1, 2, 3, 7, 31, 1000])
    arcs = draw(st.lists(st.tuples(node, node, weight), max_size=40))
    if draw(st.booleans()):  # a one-way ring through every node
        arcs += [(k, (k + 1) % nodes, draw(weight)) for k in range(nodes)]
    return make(nodes, arcs), draw(st.sampled_from([0, 1, 2, 5, 31, 40, 1000, 10**9]))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graphs())
@example((make(1, []), 0))
@example((make(3, [(0, 1, 0), (1, 2, 0), (2, 0, 0)]), 0))
@example((make(2, [(0, 1, 5)]), 5))
@example((make(2, [(0, 1, 5)]), 4))
@example((make(3, [(0, 1, 4), (0, 2, 1), (2, 1, 1)]), 10))
def test_equal_to_dijkstra_for_every_pair(made):
    graph, limit = made
    sources = np.arange(graph.nodes)
    result = one_to_many(graph, sources, limit)
    assert result.dtype == np.int32
    assert np.array_equal(dense(result), oracle(graph, sources, limit))


@pytest.mark.parametrize("limit_ds", [0, 6_000, 18_000, 36_000])
def test_equal_to_dijkstra_on_corsica(corsica, limit_ds):
    sources = np.random.default_rng(7).integers(0, corsica.nodes, 30)
    result = one_to_many(corsica, sources, limit_ds)
    assert np.array_equal(dense(result), oracle(corsica, sources, limit_ds))
    assert all(result[row, node] == 0 for row, node in enumerate(sources))
    assert result.nnz >= 30  # each source's own 0 is stored


def test_exactly_at_the_limit_is_reached():
    graph = make(3, [(0, 1, 100), (1, 2, 50)])
    assert dense(one_to_many(graph, [0], 150)).tolist() == [[0, 100, 150]]
    assert dense(one_to_many(graph, [0], 149)).tolist() == [[0, 100, np.inf]]


def test_no_source_a_repeated_source_and_a_wrong_one():
    graph = make(2, [(0, 1, 3)])
    assert one_to_many(graph, [], 10).shape == (0, 2)
    assert dense(one_to_many(graph, [1, 0, 0], 10)).tolist() == [[np.inf, 0], [0, 3], [0, 3]]
    for wrong in ([2], [-1]):
        with pytest.raises(ValueError, match="not a node"):
            one_to_many(graph, wrong, 10)
    with pytest.raises(ValueError, match="limit"):
        one_to_many(graph, [0], -1)


@settings(max_examples=100, deadline=None)
@given(graphs(), st.data())
def test_reach_is_the_least_over_the_seeds(made, data):
    graph, limit = made
    limit = min(limit, 10**6)
    count = data.draw(st.integers(0, 4))
    nodes = data.draw(st.lists(st.integers(0, graph.nodes - 1), min_size=count, max_size=count))
    starts = data.draw(st.lists(st.integers(0, 50), min_size=count, max_size=count))
    times = reach(graph, np.array(nodes, np.int32), np.array(starts, np.int32), limit)
    expected = np.full(graph.nodes, np.inf)
    for node, start in zip(nodes, starts, strict=True):
        expected = np.minimum(expected, start + oracle(graph, node, 10**9))
    expected = np.where(expected <= limit, expected, NEVER)
    assert np.array_equal(times, expected)
