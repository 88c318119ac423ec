from __future__ import annotations

import gc

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from coverage.network.graph import RoadGraph
from coverage.network.reduction import _KNOWN, NONE, Reduction, reduced

from .conftest import bare_graph, dijkstra_ds, stringy_graphs


def streets(*pairs: tuple[int, int]) -> list[tuple[int, int, int]]:
    """Roads of 10 ds both ways."""
    return [(a, b, 10) for a, b in pairs] + [(b, a, 10) for a, b in pairs]


def crossing_nodes(graph: RoadGraph) -> set[int]:
    return set(np.flatnonzero(reduced(graph).number != NONE).tolist())


def ends_of(network: Reduction, node: int) -> list[tuple[int, int]]:
    """The (crossing, time from it) of a node's one or two ends, crossings as nodes."""
    node_of = {int(c): n for n, c in enumerate(network.number) if c != NONE}
    both = [
        (int(network.first[node]), int(network.from_first[node])),
        (int(network.second[node]), int(network.from_second[node])),
    ]
    return [(node_of[c], ds) for c, ds in both if c in node_of]


def test_a_tree_has_one_crossing_and_a_ring_too():
    tree = bare_graph(6, streets((0, 1), (1, 2), (1, 3), (3, 4), (3, 5)))
    assert len(crossing_nodes(tree)) == 1
    ring = bare_graph(4, [(0, 1, 1), (1, 2, 1), (2, 3, 1), (3, 0, 1)])
    assert crossing_nodes(ring) == {0}
    assert reduced(ring).crossings.head.size == 0
    assert [ends_of(reduced(ring), node) for node in range(4)] == [
        [(0, 0)],
        [(0, 1)],
        [(0, 2)],
        [(0, 3)],
    ]


def test_a_lollipop_is_a_tree_hung_on_a_ring():
    # ring 0-1-2 with a stick 2-3-4 and a twig 1-5
    graph = bare_graph(6, streets((0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (1, 5)))
    (crossing,) = crossing_nodes(graph)
    assert crossing in (0, 1, 2)
    network = reduced(graph)
    from_crossing = dijkstra_ds(graph, crossing)
    for node in range(6):
        assert ends_of(network, node) == [(crossing, from_crossing[node])]


def test_several_chains_between_two_crossings():
    # 0 and 1 joined by a road, a chain 2-3 (one way) and a chain 4 with the twig 5
    chain = [(0, 2, 7), (2, 3, 8), (3, 1, 9)]
    graph = bare_graph(6, [*streets((0, 1), (0, 4), (4, 1), (4, 5)), *chain])
    assert crossing_nodes(graph) == {0, 1}
    network = reduced(graph)
    assert network.crossings.head.size == 2 + 2 + 1
    assert sorted(network.crossings.ds.tolist()) == [10, 10, 20, 20, 24]
    assert dict(ends_of(network, 2)) == {0: 7, 1: NONE}
    assert dict(ends_of(network, 3)) == {0: 15, 1: NONE}
    assert dict(ends_of(network, 5)) == {0: 20, 1: 20}


def test_where_three_roads_meet_whatever_their_direction():
    star = [(1, 0, 1), (2, 0, 1), (0, 3, 1)]
    ring = [(1, 2, 1), (2, 3, 1), (3, 1, 1)]
    assert crossing_nodes(bare_graph(4, star + ring)) == {0, 1, 2, 3}
    alone = reduced(bare_graph(2, []))
    assert alone.number.tolist() == [0, 1]
    assert alone.first.tolist() == [0, 1]


@settings(max_examples=120)
@given(stringy_graphs())
def test_times_between_crossings_are_those_of_the_network(graph):
    network = reduced(graph)
    node = np.argsort(np.where(network.number == NONE, np.inf, network.number), kind="stable")
    node = node[: network.crossings.ptr.size - 1]
    matrix = np.full((node.size, node.size), np.inf)
    tails = np.repeat(np.arange(node.size), np.diff(network.crossings.ptr))
    np.minimum.at(matrix, (tails, network.crossings.head), network.crossings.ds)
    np.fill_diagonal(matrix, 0)
    for via in range(node.size):  # Floyd and Warshall
        matrix = np.minimum(matrix, matrix[:, via, None] + matrix[via])
    assert np.array_equal(matrix, dijkstra_ds(graph, node)[:, node])


@settings(max_examples=120)
@given(stringy_graphs())
def test_a_crossing_more_or_less_is_the_number_of_meetings(graph):
    """What is no crossing has at most two neighbours once the dead ends are taken off."""
    around = [set[int]() for _ in range(graph.nodes)]
    for tail, head in zip(graph.tails.tolist(), graph.indices.tolist(), strict=True):
        around[tail].add(head)
        around[head].add(tail)
    while ends := [node for node in range(graph.nodes) if len(around[node]) == 1]:
        (onto,) = around[ends[0]]
        around[ends[0]].clear()
        around[onto].discard(ends[0])
    meetings = {node for node in range(graph.nodes) if len(around[node]) > 2}
    crossings = crossing_nodes(graph)
    assert meetings <= crossings
    if graph.arcs == 0:
        return
    # Of a part without any meeting, one node is a crossing.
    matrix = csr_matrix(
        (np.ones(graph.arcs), graph.indices, graph.indptr), shape=(graph.nodes, graph.nodes)
    )
    parts, labels = connected_components(matrix, directed=False)
    with_meeting = {int(labels[node]) for node in meetings}
    assert len(crossings) == len(meetings) + parts - len(with_meeting)


def test_computed_once_for_a_graph_and_forgotten_with_it():
    graph = bare_graph(3, streets((0, 1), (1, 2)))
    assert reduced(graph) is reduced(graph)
    known = len(_KNOWN)
    del graph
    gc.collect()
    assert len(_KNOWN) == known - 1


@pytest.mark.parametrize("name", ["corsica", "isle_of_man"])
def test_real_roads_have_far_fewer_crossings_than_nodes(request, name):
    graph = request.getfixturevalue(name)
    network = reduced(graph)
    assert 0.1 * graph.nodes < network.crossings.ptr.size - 1 < 0.35 * graph.nodes
    assert network.first.max() < network.crossings.ptr.size - 1
