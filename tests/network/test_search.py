from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coverage.network.graph import RoadGraph
from coverage.network.hanging import hang
from coverage.network.reduction import reduced
from coverage.network.rows import Rows
from coverage.network.search import NEVER, Search, one_to_many, reach

from .conftest import bare_graph, dense, dijkstra_ds, stringy_graphs

many = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
REAL = ["corsica", "nantes", "dijon", "isle_of_man", "andorra"]
LIMITS = [0, 1, 2, 31, 127, 128, 255, 1000, 5001, 10**6, 2**31 - 2]


@st.composite
def tangles(draw: st.DrawFn) -> RoadGraph:
    """Nodes tied at random: parallel arcs, loops, arcs of no time, one-way rings, lone nodes."""
    nodes = draw(st.integers(1, 12))
    node = st.integers(0, nodes - 1)
    ds = st.sampled_from([0, 0, 1, 2, 3, 7, 31, 128, 1000, 10**6])
    arcs = draw(st.lists(st.tuples(node, node, ds), max_size=40))
    if draw(st.booleans()):
        arcs += [(k, (k + 1) % nodes, draw(ds)) for k in range(nodes)]
    return bare_graph(nodes, arcs)


def limits(draw: Any, graph: RoadGraph) -> int:
    """A limit: a round one, or one that some time meets exactly, or misses by one."""
    met = dijkstra_ds(graph, np.arange(graph.nodes))
    exact = sorted({int(ds) for ds in met[np.isfinite(met)]})
    return max(draw(st.sampled_from(LIMITS + exact)) - draw(st.sampled_from([0, 0, 1])), 0)


def rows_of(groups: list[list[tuple[int, int]]]) -> Rows:
    """Rows of (number, time)."""
    flat = np.array([pair for group in groups for pair in group], dtype=np.int32).reshape(-1, 2)
    ptr = np.cumsum([0, *map(len, groups)]).astype(np.int64)
    return Rows(ptr, flat[:, 0].copy(), flat[:, 1].copy())


@many
@given(st.one_of(tangles(), stringy_graphs()), st.data())
def test_equal_to_dijkstra_for_every_pair(graph, data):
    limit_ds = limits(data.draw, graph)
    sources = np.arange(graph.nodes)
    result = one_to_many(graph, sources, limit_ds)
    assert np.array_equal(dense(result), dijkstra_ds(graph, sources, limit_ds))
    assert np.array_equal(
        dense(one_to_many(graph.transposed(), sources, limit_ds)),
        dijkstra_ds(graph, sources, limit_ds).T,
    )


@many
@given(st.one_of(tangles(), stringy_graphs()), st.data())
def test_reach_is_the_least_over_the_seeds(graph, data):
    node, start_ds = st.integers(0, graph.nodes - 1), st.sampled_from([0, 0, 1, 50, 128, 10**6])
    seeds = data.draw(st.lists(st.tuples(node, start_ds), max_size=6))
    limit_ds = limits(data.draw, graph)
    _, nodes, starts = rows_of([seeds])
    expected = np.full(graph.nodes, np.inf)
    for seed, start in seeds:
        expected = np.minimum(expected, start + dijkstra_ds(graph, seed))
    expected = np.where(expected <= limit_ds, expected, NEVER)
    assert np.array_equal(reach(graph, nodes, starts, limit_ds), expected)


@many
@given(st.one_of(tangles(), stringy_graphs()), st.data())
def test_items_on_several_nodes_from_groups_of_seeds(graph, data):
    node = st.integers(0, graph.nodes - 1)
    ds = st.sampled_from([0, 1, 60, 128, 10**6])
    seeds = data.draw(st.lists(st.lists(st.tuples(node, ds), max_size=4), min_size=1, max_size=5))
    doors = data.draw(st.lists(st.lists(st.tuples(node, ds), max_size=3), max_size=5))
    item, group = st.integers(0, len(doors) - 1), st.integers(0, len(seeds) - 1)
    direct = st.dictionaries(st.tuples(group, item), ds, max_size=4 if doors else 0)
    directs = data.draw(direct) if doors else {}
    limit_ds = limits(data.draw, graph)

    expected = np.full((len(seeds), len(doors)), np.inf)
    times = dijkstra_ds(graph, np.arange(graph.nodes))
    for row, started in enumerate(seeds):
        for column, opened in enumerate(doors):
            ways = [a_ds + times[a, b] + b_ds for a, a_ds in started for b, b_ds in opened]
            expected[row, column] = min([*ways, directs.get((row, column), np.inf)])
    expected[expected > limit_ds] = np.inf

    on_nodes: list[list[tuple[int, int]]] = [[] for _ in range(graph.nodes)]
    for column, opened in enumerate(doors):
        for at, door_ds in opened:
            on_nodes[at].append((column, door_ds))
    search = Search(reduced(graph), hang(reduced(graph), rows_of(on_nodes), len(doors)))
    direct_rows = rows_of(
        [[(i, ds) for (g, i), ds in directs.items() if g == row] for row in range(len(seeds))]
    )
    for _ in range(2):  # the memory is clean again after the first
        found = search.each(rows_of(seeds), limit_ds, directs=direct_rows)
        assert np.array_equal(dense(found, expected.shape), expected)


@settings(max_examples=60)
@given(stringy_graphs(), st.integers(0, 70), st.data())
def test_the_number_of_threads_changes_nothing_not_even_the_order(graph, count, data):
    sources = np.random.default_rng(count).integers(0, graph.nodes, count)
    limit_ds = limits(data.draw, graph)
    alone = one_to_many(graph, sources, limit_ds, threads=1)
    for threads in (2, 3, 500):
        shared = one_to_many(graph, sources, limit_ds, threads=threads)
        assert np.array_equal(shared.indptr, alone.indptr)
        assert np.array_equal(shared.indices, alone.indices)
        assert np.array_equal(shared.data, alone.data)


@pytest.mark.parametrize("name", REAL)
def test_equal_to_dijkstra_on_real_roads(request, name):
    graph = request.getfixturevalue(name)
    sources = np.random.default_rng(7).integers(0, graph.nodes, 40)
    expected = dijkstra_ds(graph, sources)
    met = int(np.median(expected[np.isfinite(expected)]))  # some node is exactly that far
    for limit_ds in (0, met, 18_000, NEVER - 1):
        result = one_to_many(graph, sources, limit_ds)
        within = np.where(expected <= limit_ds, expected, np.inf)
        assert np.array_equal(dense(result), within)
        for threads in (1, 3):
            again = one_to_many(graph, sources, limit_ds, threads=threads)
            assert again.indices.tobytes() == result.indices.tobytes()
            assert again.data.tobytes() == result.data.tobytes()
    assert (expected <= met).sum() > (expected < met).sum()


@pytest.mark.parametrize("name", REAL)
def test_the_nearest_of_many_seeds_on_real_roads(request, name):
    graph = request.getfixturevalue(name).transposed()
    rng = np.random.default_rng(8)
    nodes = rng.integers(0, graph.nodes, 60).astype(np.int32)
    starts = rng.integers(0, 6_000, 60).astype(np.int32)
    expected = (dijkstra_ds(graph, nodes) + starts[:, None]).min(0)
    expected = np.where(expected <= 12_000, expected, NEVER)
    assert np.array_equal(reach(graph, nodes, starts, 12_000), expected)


def test_exactly_at_the_limit_is_reached():
    graph = bare_graph(3, [(0, 1, 100), (1, 2, 50)])
    assert dense(one_to_many(graph, [0], 150)).tolist() == [[0, 100, 150]]
    assert dense(one_to_many(graph, [0], 149)).tolist() == [[0, 100, np.inf]]


def test_the_source_itself_is_stored_as_nought():
    graph = bare_graph(3, [(0, 1, 0), (1, 0, 0)])
    result = one_to_many(graph, [0, 2], 0)
    assert result.nnz == 3
    assert sorted(result[0].indices.tolist()) == [0, 1]
    assert result[1].indices.tolist() == [2]


@pytest.mark.parametrize("ds", [2**30, 2**31 - 1])
def test_very_long_arcs_add_up_to_no_short_way(ds):
    chain = [(k, k + 1, ds) for k in range(6)] + [(k + 1, k, ds) for k in range(6)]
    ring = [*chain, (6, 0, 1)]
    crossings = [*chain, (0, 7, 5), (0, 8, 5), (6, 9, 5), (6, 10, 5), (9, 10, 5), (7, 8, 5)]
    for arcs in (chain, ring, crossings):
        graph = bare_graph(11, arcs)
        for limit_ds in (10, 2**31 - 2):
            times = dense(one_to_many(graph, np.arange(11), limit_ds))
            assert np.array_equal(times, dijkstra_ds(graph, np.arange(11), limit_ds))


def test_no_source_a_repeated_source_and_a_wrong_one():
    graph = bare_graph(2, [(0, 1, 3)])
    assert one_to_many(graph, [], 10).shape == (0, 2)
    assert dense(one_to_many(graph, [1, 0, 0], 10)).tolist() == [[np.inf, 0], [0, 3], [0, 3]]
    for wrong in ([2], [-1]):
        with pytest.raises(ValueError, match="not a node"):
            one_to_many(graph, wrong, 10)
    for limit_ds in (-1, NEVER):
        with pytest.raises(ValueError, match="limit"):
            one_to_many(graph, [0], limit_ds)


def test_a_graph_without_arcs_and_one_without_nodes():
    assert dense(one_to_many(bare_graph(2, []), [1], 10)).tolist() == [[np.inf, 0]]
    nothing = np.empty(0, dtype=np.int32)
    assert reach(bare_graph(0, []), nothing, nothing, 10).size == 0
