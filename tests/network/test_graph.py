from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from coverage.network.graph import HIGHWAYS, RoadGraph


def matrix(graph: RoadGraph) -> Any:
    return csr_matrix(
        (graph.deciseconds + 1, graph.indices, graph.indptr), shape=(graph.nodes, graph.nodes)
    ).toarray()


def test_of_parallel_arcs_the_fastest_is_kept_and_loops_are_left_out(toy_graph):
    graph = toy_graph(
        [(0, 0), (100, 0)],
        [(0, 1, 90, "primary"), (0, 1, 40, "residential"), (1, 1, 5), (0, 1, 70)],
    )
    assert graph.arcs == 1
    assert graph.deciseconds.tolist() == [40]
    assert [HIGHWAYS[code] for code in graph.highway] == ["residential"]


def test_transposed_turns_every_arc_and_twice_is_the_graph_again(toy_graph):
    rng = np.random.default_rng(3)
    arcs = [(*rng.integers(0, 8, 2), int(rng.integers(0, 50))) for _ in range(30)]
    graph = toy_graph([(k * 10, k**2) for k in range(8)], arcs)
    turned = graph.transposed()
    assert (matrix(turned) == matrix(graph).T).all()
    assert (matrix(turned.transposed()) == matrix(graph)).all()
    assert np.array_equal(np.sort(turned.length_m), np.sort(graph.length_m))


def test_restricted_keeps_the_nodes_but_no_arc_that_leaves_them(toy_graph):
    graph = toy_graph([(0, 0), (1, 0), (2, 0)], [(0, 1, 1), (1, 0, 1), (1, 2, 1), (2, 0, 1)])
    kept = graph.restricted(np.array([True, True, False]))
    assert kept.nodes == 3
    assert list(zip(kept.tails, kept.indices, strict=True)) == [(0, 1), (1, 0)]


def test_negative_times_and_broken_arrays_are_refused(toy_graph):
    with pytest.raises(ValueError, match="0 or more"):
        toy_graph([(0, 0), (1, 0)], [(0, 1, -1)])
    graph = toy_graph([(0, 0), (1, 0)], [(0, 1, 1)])
    with pytest.raises(ValueError, match="same graph"):
        RoadGraph(
            graph.indptr[:-1],
            graph.indices,
            graph.deciseconds,
            graph.length_m,
            graph.highway,
            graph.x,
            graph.y,
            graph.shape,
        )
