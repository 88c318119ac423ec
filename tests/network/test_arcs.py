from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from coverage.network.arcs import CLOSED, build_graph, ends, lines, ordered, selected, shares
from coverage.network.graph import STRAIGHT, RoadGraph
from coverage.network.raw import RawRoads


def raw_roads(nodes: int, roads: list[list[int]], *, forward: list[bool] | None = None) -> RawRoads:
    """Roads through points: the first ``nodes`` are nodes, each other one is a bend."""
    count = max([nodes, *(1 + point for road in roads for point in road)])
    number = np.arange(count)
    two_way = np.ones(len(roads), dtype=bool)
    return RawRoads(
        nodes=nodes,
        x=9.0 + 0.001 * number,
        y=42.0 + 0.0007 * (number * number % 11),
        ptr=np.concatenate(([0], np.cumsum([len(road) for road in roads]))).astype(np.int64),
        points=np.array([point for road in roads for point in road], dtype=np.int64),
        length_m=np.arange(len(roads)) * 10.0 + 100.0,
        way_m=np.full(len(roads), 100.0),
        tag_row=np.zeros(len(roads), dtype=np.int32),
        tags=[{}],
        forward=two_way if forward is None else np.array(forward),
        backward=two_way if forward is None else ~np.array(forward),
    )


def graph(raw: RawRoads, times: list[int], back: list[int] | None = None) -> RoadGraph:
    return build_graph(
        raw,
        np.zeros(raw.roads, dtype=np.int8),
        np.array(times, dtype=np.int32),
        np.array(times if back is None else back, dtype=np.int32),
        mode="drive",
        notes=(),
    )


def bends(graph: RoadGraph, tail: int, head: int) -> list[float]:
    """The longitudes of the bends of an arc, from the lower node to the higher."""
    (arc,) = np.flatnonzero((graph.tails == tail) & (graph.indices == head))
    row = graph.shape[arc]
    if row == STRAIGHT:
        return []
    return graph.shapes.x[graph.shapes.ptr[row] : graph.shapes.ptr[row + 1]].tolist()


def arcs(graph: RoadGraph) -> dict[tuple[int, int], int]:
    pairs = zip(graph.tails.tolist(), graph.indices.tolist(), strict=True)
    return dict(zip(pairs, graph.deciseconds.tolist(), strict=True))


def test_roads_are_told_from_the_lower_node():
    raw = ordered(raw_roads(3, [[2, 4, 3, 0], [0, 1], [2, 1]], forward=[True, True, False]))
    assert raw.points.tolist() == [0, 3, 4, 2, 0, 1, 1, 2]
    assert raw.forward.tolist() == [False, True, True]
    assert raw.backward.tolist() == [True, False, False]
    low, high = ends(raw)
    assert (low.tolist(), high.tolist()) == ([0, 0, 1], [2, 1, 2])
    assert lines(raw).tolist() == [3, -1, -1]
    assert selected(raw, np.array([False, True, True])).points.tolist() == [0, 1, 1, 2]


def test_shares_follow_the_length_and_end_at_one():
    raw = raw_roads(2, [[0, 2, 3, 1], [0, 1]])
    share = shares(raw)
    assert share[[0, 3, 4, 5]].tolist() == [0.0, 1.0, 0.0, 1.0]
    assert 0 < share[1] < share[2] < 1
    raw.x[:], raw.y[:] = 9.0, 42.0
    assert shares(raw)[:4] == pytest.approx([0, 1 / 3, 2 / 3, 1])


def test_a_lone_road_keeps_its_bends():
    built = graph(raw_roads(2, [[0, 2, 3, 1]]), [77], [78])
    assert arcs(built) == {(0, 1): 77, (1, 0): 78}
    assert bends(built, 0, 1) == bends(built, 1, 0) == pytest.approx([9.002, 9.003])
    assert built.shapes.rows == 1


def test_a_second_road_between_two_nodes_gets_a_node_and_keeps_its_time():
    raw = raw_roads(2, [[0, 2, 3, 4, 1], [0, 1]])
    built = graph(raw, [101, 33], [55, 33])
    assert built.nodes == 3
    assert (built.x[2], built.y[2]) == (raw.x[3], raw.y[3])
    times = arcs(built)
    assert times[0, 1] == times[1, 0] == 33
    assert times[0, 2] + times[2, 1] == 101
    assert times[1, 2] + times[2, 0] == 55
    assert bends(built, 0, 2) == pytest.approx([9.002])
    assert bends(built, 2, 1) == pytest.approx([9.004])
    assert built.length_m.sum() == pytest.approx(2 * (100 + 110))


def test_two_carriageways_of_two_directions_are_two_roads():
    raw = raw_roads(2, [[0, 2, 1], [0, 3, 1]], forward=[True, False])
    built = graph(raw, [40, CLOSED], [CLOSED, 60])
    times = arcs(built)
    assert times[0, 1] == 40
    assert times[1, 2] + times[2, 0] == 60
    assert set(times) == {(0, 1), (1, 2), (2, 0)}


def test_directions_told_apart_along_the_same_bends_stay_one_road():
    raw = raw_roads(2, [[0, 2, 1], [0, 2, 1]], forward=[True, False])
    built = graph(raw, [40, CLOSED], [CLOSED, 60])
    assert arcs(built) == {(0, 1): 40, (1, 0): 60}
    assert built.shapes.rows == 1


def test_a_loop_gets_two_nodes():
    built = graph(raw_roads(1, [[0, 1, 2, 3, 4, 0]]), [100], [CLOSED])
    assert built.nodes == 3
    times = arcs(built)
    assert set(times) == {(0, 1), (1, 2), (2, 0)}
    assert sum(times.values()) == 100
    # there and back along one bend
    out = graph(raw_roads(1, [[0, 1, 0]]), [100])
    assert out.nodes == 2
    assert set(arcs(out)) == {(0, 1), (1, 0)}
    # two bends at one place
    raw = raw_roads(1, [[0, 1, 2, 0]])
    raw.x[2], raw.y[2] = raw.x[1], raw.y[1]
    assert graph(raw, [100]).nodes == 3


@st.composite
def road_lists(draw: Any) -> tuple[int, list[list[int]], list[int], list[int]]:
    nodes = draw(st.integers(1, 5))
    roads, bend = [], nodes
    for _ in range(draw(st.integers(1, 8))):
        inner = draw(st.integers(0, 4))
        tail, head = draw(st.integers(0, nodes - 1)), draw(st.integers(0, nodes - 1))
        if tail == head and inner == 0:
            inner = 1
        roads.append([tail, *range(bend, bend + inner), head])
        bend += inner
    times = st.lists(st.integers(-1, 400), min_size=len(roads), max_size=len(roads))
    return nodes, roads, draw(times), draw(times)


@given(road_lists())
def test_no_road_disappears_and_no_time_changes(case):
    nodes, roads, forward, backward = case
    raw = raw_roads(nodes, roads)
    told = ordered(raw)
    turned = told.points[told.ptr[:-1]] != raw.points[raw.ptr[:-1]]
    onward = np.where(turned, backward, forward)
    back = np.where(turned, forward, backward)
    built = graph(told, onward.tolist(), back.tolist())

    # every bend is a node of the graph, or a bend of one of its arcs
    open_roads = [k for k in range(len(roads)) if max(forward[k], backward[k]) >= 0]
    kept = set(built.x.tolist())
    rows = np.unique(built.shape[built.shape != STRAIGHT])
    for row in rows:
        kept |= set(built.shapes.x[built.shapes.ptr[row] : built.shapes.ptr[row + 1]].tolist())
    for k in open_roads:
        if len(roads[k]) > 2 and (roads[k][0] != roads[k][-1] or len(roads[k]) > 3):
            assert {float(raw.x[point]) for point in roads[k]} <= kept

    # the fastest times between the first nodes are those of the roads as they were
    plain = np.full((nodes, nodes), np.inf)
    for k, road in enumerate(roads):
        for tail, head, time in ((road[0], road[-1], forward[k]), (road[-1], road[0], backward[k])):
            if time >= 0 and tail != head:
                plain[tail, head] = min(plain[tail, head], time)
    expected = np.where(np.eye(nodes) > 0, 0, plain)
    for middle in range(nodes):
        expected = np.minimum(expected, expected[:, [middle]] + expected[[middle], :])
    matrix = csr_matrix((built.deciseconds.astype(float), built.indices, built.indptr))
    matrix.resize((built.nodes, built.nodes))
    assert np.array_equal(dijkstra(matrix)[:nodes, :nodes], expected)
