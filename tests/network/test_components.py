from __future__ import annotations

import numpy as np
import pytest

from coverage.network.components import COLUMNS, keep_served_parts, strong_components

from .conftest import METRIC_EPSG


@pytest.fixture
def archipelago(toy_graph):
    """A mainland (0-3), an island (4, 5), a private loop (6, 7) and a one-way dead end (8)."""
    nodes = [(0, 0), (1000, 0), (1000, 1000), (0, 1000)]
    nodes += [(9000, 0), (9500, 0), (100, 200), (120, 200), (2000, 0)]
    ring = [(0, 1, 10), (1, 2, 10), (2, 3, 10), (3, 0, 10)]
    return toy_graph(nodes, [*ring, (4, 5, 10), (5, 4, 10), (6, 7, 3), (7, 6, 3), (1, 8, 10)])


def kept(graph, demand):
    return keep_served_parts(graph, demand, metric_epsg=METRIC_EPSG)


def used(network):
    return sorted({*network.graph.tails.tolist(), *network.graph.indices.tolist()})


def test_strong_components(archipelago):
    labels = strong_components(archipelago)
    assert len(set(labels[[0, 1, 2, 3]])) == 1
    assert labels[4] == labels[5] != labels[0]
    assert len(set(labels.tolist())) == 4


def test_an_island_with_one_percent_stays_and_a_private_loop_goes(archipelago, toy_points):
    demand = toy_points(
        [(500, -50), (9200, 10), (110, 210)], persons=[985.0, 10.0, 5.0], code_insee="2A004"
    )
    network = kept(archipelago, demand)
    assert used(network) == [0, 1, 2, 3, 4, 5]
    assert list(network.dropped.columns) == list(COLUMNS)
    assert network.dropped[["nodes", "points", "persons"]].to_numpy().tolist() == [
        [2, 1, 5.0],
        [1, 0, 0.0],
    ]
    assert network.dropped["length_km"].iloc[0] == pytest.approx(0.04)


def test_under_one_percent_a_whole_commune_still_stays(archipelago, toy_points):
    points, persons = [(500, -50), (9200, 10), (9300, 10)], [9990.0, 5.0, 5.0]
    whole = toy_points(points, persons=persons, code_insee=["2A004", "2A300", "2A300"])
    assert 4 in used(kept(archipelago, whole))
    shared = toy_points(points, persons=persons, code_insee=["2A300", "2A300", "2A300"])
    assert 4 not in used(kept(archipelago, shared))
    by_centroid = whole.assign(method=["roads", "centroid", "centroid"])
    assert 4 not in used(kept(archipelago, by_centroid))


def test_the_part_with_most_people_stays_whatever_happens(archipelago, toy_graph, toy_points):
    nobody = toy_points([(9200, 10)], persons=[0.0])
    assert used(kept(archipelago, nobody)) == [0, 1, 2, 3]
    assert used(kept(archipelago, toy_points([]))) == [0, 1, 2, 3]
    empty = toy_graph([(0, 0)], [])
    assert kept(empty, toy_points([(0, 0)])).graph.arcs == 0


def test_corsica_keeps_nearly_all_of_its_roads(corsica, toy_points):
    rng = np.random.default_rng(2)
    nodes = rng.choice(corsica.nodes, 500, replace=False)
    demand = toy_points([(0, 0)] * 500, code_insee="2A004")
    demand = demand.set_geometry(
        demand.geometry.from_xy(corsica.x[nodes], corsica.y[nodes], crs=4326)
    )
    network = kept(corsica, demand)
    lost = network.dropped["nodes"].sum()
    assert 0 < lost < 0.02 * corsica.nodes
    assert len(used(network)) == corsica.nodes - lost
