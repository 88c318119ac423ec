from __future__ import annotations

import numpy as np
import pytest

from coverage.network.snap import NO_WAY, EdgeIndex, snap

from .conftest import METRIC_EPSG

WALK_100_M_DS = 800  # 100 m at 4.5 km/h = 80 s


@pytest.fixture
def street(toy_graph):
    """A kilometre both ways (200 s east, 100 s west) and a kilometre one way north (100 s)."""
    return toy_graph([(0, 0), (1000, 0), (1000, 1000)], [(0, 1, 2000), (1, 0, 1000), (1, 2, 1000)])


def snapped(graph, points, cap_m=1000.0, **options):
    index = EdgeIndex.build(graph, METRIC_EPSG)
    return snap(index, points, metric_epsg=METRIC_EPSG, cap_m=cap_m, **options)


def test_a_point_beside_a_street_is_tied_to_both_ends(street, toy_points):
    tie = snapped(street, toy_points([(250, 100)]))
    assert tie.nodes.tolist() == [[0, 1]]
    assert tie.walk_m[0] == pytest.approx(100, abs=0.01)
    assert tie.out_ds.tolist() == [[WALK_100_M_DS + 250, WALK_100_M_DS + 1500]]
    assert tie.in_ds.tolist() == [[WALK_100_M_DS + 500, WALK_100_M_DS + 750]]


def test_a_point_on_a_one_way_street_leaves_forward_only(street, toy_points):
    tie = snapped(street, toy_points([(1000, 400)]))
    assert tie.nodes.tolist() == [[1, 2]]
    assert tie.out_ds.tolist() == [[NO_WAY, 600]]
    assert tie.in_ds.tolist() == [[400, NO_WAY]]


def test_at_a_junction_every_street_can_be_taken(street, toy_points):
    for corner in [(1000, 0), (1000.2, 0.1)]:
        tie = snapped(street, toy_points([corner]))
        at_junction = tie.nodes[0] == 1
        assert tie.out_ds[0][at_junction] <= 2
        assert tie.in_ds[0][at_junction] <= 2


def test_beyond_the_cap_is_said_and_at_the_cap_is_in(street, toy_points):
    points = toy_points([(500, -999.9), (500, -1000.5), (500, -1000.5)])
    tie = snapped(street, points, uncapped=np.array([False, False, True]))
    assert tie.snapped.tolist() == [True, False, True]
    assert tie.edge[1] == -1
    assert (tie.out_ds[1] == NO_WAY).all()
    assert (tie.in_ds[1] == NO_WAY).all()
    assert tie.walk_m[1] == pytest.approx(1000.5, abs=0.1)
    assert tie.out_ds[2, 0] == round(8 * tie.walk_m[2]) + 500


def test_no_points_no_edges_and_motorways(street, toy_graph, toy_points):
    assert snapped(street, toy_points([])).edge.size == 0
    empty = toy_graph([(0, 0)], [])
    assert not snapped(empty, toy_points([(0, 0)])).snapped.any()
    motorway = toy_graph(
        [(0, 0), (1000, 0), (0, 500), (1000, 500)],
        [(0, 1, 300, "motorway"), (2, 3, 900), (3, 2, 900)],
    )
    tie = snapped(motorway, toy_points([(500, 10)]))
    assert tie.nodes.tolist() == [[2, 3]]


def test_two_junctions_at_one_spot(toy_graph, toy_points):
    graph = toy_graph([(0, 0), (0, 0)], [(0, 1, 0), (1, 0, 0)])
    tie = snapped(graph, toy_points([(30, 40)]))
    assert tie.walk_m[0] == pytest.approx(50, abs=0.01)
    assert tie.out_ds.tolist() == [[400, 400]]
