from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage.network.graph import HIGHWAYS, STRAIGHT, RoadGraph, Shapes

from .conftest import drawn_graph, maps, metres

Arc = tuple[int, int, int, float, str, tuple[tuple[float, float], ...]]


def arcs_of(graph: RoadGraph) -> dict[tuple[int, int], Arc]:
    """All that a graph knows of each arc, the bends in metres from the lower end."""
    known = {}
    shapes = metres(graph.shapes.x, graph.shapes.y)
    for k, (tail, head) in enumerate(
        zip(graph.tails.tolist(), graph.indices.tolist(), strict=True)
    ):
        bends = np.empty((0, 2))
        if graph.shape[k] != STRAIGHT:
            bends = shapes[slice(*graph.shapes.ptr[graph.shape[k] : graph.shape[k] + 2])]
        known[tail, head] = (
            int(graph.deciseconds[k]),
            round(float(graph.length_m[k]), 6),
            HIGHWAYS[graph.highway[k]],
            tuple(map(tuple, bends.round(3).tolist())),
        )
    assert len(known) == graph.arcs
    return known


def assert_rows_sorted(graph: RoadGraph) -> None:
    for node in range(graph.nodes):
        heads = graph.indices[graph.indptr[node] : graph.indptr[node + 1]]
        assert (np.diff(heads) > 0).all()


def test_of_parallel_arcs_the_fastest_is_kept_and_loops_are_left_out(toy_graph):
    graph = toy_graph(
        [(0, 0), (100, 0)],
        [(0, 1, 90, "primary"), (0, 1, 40, "residential"), (1, 1, 5), (0, 1, 70)],
    )
    assert graph.arcs == 1
    assert graph.deciseconds.tolist() == [40]
    assert [HIGHWAYS[code] for code in graph.highway] == ["residential"]


def test_of_parallel_roads_equally_fast_the_shortest_and_its_own_bends():
    bends = {0: [(50, 80)], 1: [(50, 40)], 2: [(50, -90)]}
    roads = [(1, 0, 70, -1), (0, 1, 70, 70), (0, 1, 60, 80)]
    graph = drawn_graph([(0, 0), (100, 0)], roads, bends)
    known = arcs_of(graph)
    assert known[0, 1][0] == 60
    assert known[0, 1][3] == ((50, -90),)
    assert known[1, 0][0] == 70
    assert known[1, 0][3] == ((50, 40),)


def test_bends_go_from_the_lower_node_number_to_the_higher():
    graph = drawn_graph([(0, 0), (100, 0)], [(1, 0, 5, 6)], {0: [(90, 10), (10, 10)]})
    assert set(graph.shape.tolist()) == {0}
    assert arcs_of(graph)[0, 1][3] == arcs_of(graph)[1, 0][3] == ((10, 10), (90, 10))


@settings(max_examples=100)
@given(maps())
def test_transposed_turns_every_arc_and_twice_is_the_graph_again(graph):
    turned = graph.transposed()
    assert_rows_sorted(turned)
    assert arcs_of(turned) == {(head, tail): arc for (tail, head), arc in arcs_of(graph).items()}
    again = turned.transposed()
    for name in ("indptr", "indices", "deciseconds", "length_m", "highway", "shape"):
        assert np.array_equal(getattr(again, name), getattr(graph, name))
        assert getattr(turned, name).dtype == getattr(graph, name).dtype


@settings(max_examples=100)
@given(maps(), st.data())
def test_restricted_and_within_parts_keep_the_nodes_and_whole_arcs(graph, data):
    each = st.lists(st.integers(0, 2), min_size=graph.nodes, max_size=graph.nodes)
    labels = np.array(data.draw(each), dtype=np.int32)
    known = arcs_of(graph)
    kept = graph.restricted(labels > 0)
    within = graph.within_parts(labels)
    assert kept.nodes == within.nodes == graph.nodes
    for cut in (kept, within):
        assert_rows_sorted(cut)
    assert arcs_of(kept) == {ends: known[ends] for ends in known if labels[list(ends)].all()}
    assert arcs_of(within) == {
        (tail, head): arc for (tail, head), arc in known.items() if labels[tail] == labels[head]
    }


def test_broken_arrays_are_refused(toy_graph):
    with pytest.raises(ValueError, match="0 or more"):
        toy_graph([(0, 0), (1, 0)], [(0, 1, -1)])
    graph = toy_graph([(0, 0), (1, 0)], [(0, 1, 1)])
    with pytest.raises(ValueError, match="same graph"):
        replace(graph, indptr=graph.indptr[:-1])
    with pytest.raises(ValueError, match="for each arc"):
        replace(graph, length_m=graph.length_m[:-1])
    with pytest.raises(ValueError, match="not there"):
        replace(graph, shape=np.array([0], dtype=np.int32))
    with pytest.raises(ValueError, match="same shapes"):
        Shapes(np.array([0, 2]), np.zeros(2), np.zeros(1))
