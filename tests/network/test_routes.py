from __future__ import annotations

from itertools import groupby, pairwise

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from numpy.typing import NDArray

from coverage.network.components import ReadyNetwork
from coverage.network.graph import RoadGraph
from coverage.network.routes import Path, path
from coverage.network.snap import Snap, snap
from coverage.network.times import costs_between

from .conftest import METRIC_EPSG, ORIGIN_M, dense, drawn_graph, maps, metres, points_m

FOREVER = 10**9


def tied(network: ReadyNetwork, points: object, cap_m: float = 1e9) -> Snap:
    """Snap points given in metres from the toy corner."""
    xy = np.array(points, dtype=float).reshape(-1, 2) + ORIGIN_M
    return snap(network.index, xy, cap_m=cap_m)


def route(graph: RoadGraph, home: object, place: object, limit_ds: int = FOREVER) -> Path | None:
    network = ReadyNetwork.of(graph, METRIC_EPSG)
    homes, places = tied(network, home), tied(network, place)
    return path(network, homes, places, limit_ds, home=0, place=0)


def drawn(found: Path | None) -> NDArray[np.float64]:
    """The points of a route in metres from the toy corner."""
    assert found is not None
    return metres(*np.array(found.line.coords).T)


def foot(network: ReadyNetwork, tie: Snap, row: int) -> NDArray[np.float64]:
    """Where a point meets the road, in metres from the toy corner."""
    index, edge = network.index, int(tie.edge[row])
    segments = index.grid.segments[index.segment_ptr[edge] : index.segment_ptr[edge + 1]]
    line = shapely.LineString([segments[0, :2], *segments[:, 2:]])
    spot = line.interpolate(tie.share[row, 0], normalized=True)
    return np.array([spot.x, spot.y]) - ORIGIN_M


def metric_length(found: Path) -> float:
    return float(np.hypot(*np.diff(drawn(found), axis=0).T).sum())


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(maps(), points_m(4), points_m(4))
def test_each_route_takes_the_time_of_the_table_from_foot_to_foot(graph, homes_m, places_m):
    network = ReadyNetwork.of(graph, METRIC_EPSG)
    homes = snap(network.index, homes_m, cap_m=150)
    places = snap(network.index, places_m, cap_m=150)
    limit_ds = 2_500
    table = dense(
        costs_between(network, homes, places, limit_ds), (places.edge.size, homes.edge.size)
    )
    for place, home in np.ndindex(table.shape):
        found = path(network, homes, places, limit_ds, home=home, place=place)
        if found is None:
            assert np.isinf(table[place, home])
            continue
        assert found.ds == table[place, home]
        line = drawn(found)
        np.testing.assert_allclose(line[0], foot(network, homes, home), atol=1e-3)
        np.testing.assert_allclose(line[-1], foot(network, places, place), atol=1e-3)
        assert found.length_m == pytest.approx(metric_length(found), rel=1e-6, abs=0.01)
        exact = path(network, homes, places, found.ds, home=home, place=place)
        assert exact is not None
        assert exact.line == found.line
        if found.ds:
            assert path(network, homes, places, found.ds - 1, home=home, place=place) is None


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(maps(bent=False), points_m(4), points_m(4))
def test_each_step_of_a_route_is_a_road_open_that_way(graph, homes_m, places_m):
    """On straight roads the line tells the junctions passed, and these tell the time."""
    network = ReadyNetwork.of(graph, METRIC_EPSG)
    homes = snap(network.index, homes_m, cap_m=150)
    places = snap(network.index, places_m, cap_m=150)
    corners = metres(graph.x, graph.y)
    open_ds = {
        (tail, head): int(ds)
        for tail, head, ds in zip(
            graph.tails.tolist(), graph.indices.tolist(), graph.deciseconds, strict=True
        )
    }
    for home, place in np.ndindex(homes.edge.size, places.edge.size):
        found = path(network, homes, places, FOREVER, home=home, place=place)
        if found is None:
            continue
        walks = int(homes.walk_ds[home] + places.walk_ds[place])
        junctions = [
            int(near[0])
            for spot in drawn(found)
            if (near := np.flatnonzero(np.hypot(*(corners - spot).T) < 1e-3)).size
        ]
        if not junctions:  # along one street
            drives = places.along_ds[place] - homes.along_ds[home]
            forward = places.share[place] >= homes.share[home]
            there = network.index.arcs[homes.edge[home]] >= 0
            assert homes.edge[home] == places.edge[place]
            assert found.ds == walks + drives[forward & there].min()
            continue
        junctions = [node for node, _ in groupby(junctions)]
        driven = sum(open_ds[step] for step in pairwise(junctions))
        (leave,) = np.flatnonzero(homes.nodes[home] == junctions[0])
        (enter,) = np.flatnonzero(places.nodes[place] == junctions[-1])
        assert found.ds == homes.out_ds[home, leave] + driven + places.in_ds[place, enter]


def test_a_route_follows_the_bends_whichever_way_they_were_drawn():
    bends = {0: [(0, 300), (300, 300)], 1: [(900, 100), (600, -100)]}
    roads = [(0, 1, 900, 900), (2, 1, 700, 500)]
    graph = drawn_graph([(0, 0), (300, 0), (1200, 0)], roads, bends)
    there = [(0, 150), (0, 300), (300, 300), (300, 0), (600, -100), (900, 100), (1050, 50)]
    part = 1 - np.hypot(150, 50) / (2 * np.hypot(300, 100) + np.hypot(300, 200))
    for line, ds in ((there, 750 + 500 * part), (there[::-1], 700 * part + 750)):
        found = route(graph, line[0], line[-1])
        np.testing.assert_allclose(drawn(found), line, atol=1e-3)
        assert found is not None
        assert found.ds == pytest.approx(ds, abs=1)
        assert found.length_m == pytest.approx(metric_length(found), abs=0.01)


def test_along_one_street_and_round_it_where_it_is_one_way():
    """A square driven one way only: ahead is a step, back is all the way round."""
    corners = [(0, 0), (1000, 0), (1000, 1000), (0, 1000)]
    ring = drawn_graph(corners, [(k, (k + 1) % 4, 1000, -1) for k in range(4)])
    ahead = route(ring, (300, -10), (700, 0))
    np.testing.assert_allclose(drawn(ahead), [(300, 0), (700, 0)], atol=1e-3)
    assert ahead is not None
    assert (ahead.ds, round(ahead.length_m, 3)) == (80 + 400, 400)
    back = route(ring, (700, 0), (300, -10))
    round_it = [(700, 0), *corners[1:], corners[0], (300, 0)]
    np.testing.assert_allclose(drawn(back), round_it, atol=1e-3)
    assert back is not None
    assert (back.ds, round(back.length_m, 3)) == (3600 + 80, 3600)
    assert route(ring, (700, 0), (300, -10), 3680) is not None
    assert route(ring, (700, 0), (300, -10), 3679) is None


def test_out_of_a_slow_street_and_round_is_quicker_than_along_it():
    graph = drawn_graph(
        [(0, 0), (1000, 0), (0, 100), (1000, 100)],
        [(0, 1, 9000, 9000), (0, 2, 10, 10), (2, 3, 100, 100), (3, 1, 10, 10)],
    )
    found = route(graph, (100, 0), (900, 0))
    round_it = [(100, 0), (0, 0), (0, 100), (1000, 100), (1000, 0), (900, 0)]
    np.testing.assert_allclose(drawn(found), round_it, atol=1e-3)
    assert found is not None
    assert found.ds == 900 + 120 + 900


def test_a_home_at_its_service_and_two_at_one_junction():
    graph = drawn_graph([(0, 0), (1000, 0), (0, 1000)], [(0, 1, 900, -1), (0, 2, 900, 900)])
    for home, place in (((400, 0), (400, 0)), ((0, -5), (-5, 0)), ((1000, 0), (1010, 0))):
        found = route(graph, home, place)
        assert found is not None
        assert found.ds == 8 * round(np.hypot(*np.subtract(home, place)) if home[0] else 10)
        assert found.length_m == 0
        assert len(found.line.coords) == 2
        assert found.line.length == 0


def test_rings_of_no_time_do_not_catch_the_route():
    """Five junctions at nearly one spot, joined at random by roads of no time."""
    near = [(400, 0), (410, 0), (410, 10), (400, 10), (405, 20)]
    ring = [(k, (k + 1) % 5, 0, 0) for k in range(5)] + [(0, 2, 0, 0), (1, 4, 0, 0)]
    roads = [*ring, (5, 0, 400, 400), (3, 6, 700, 700), (1, 7, 0, 0)]
    graph = drawn_graph([*near, (0, 0), (400, 900), (900, -50)], roads)
    found = route(graph, (0, 0), (400, 900))
    assert found is not None
    assert found.ds == 1100
    line = drawn(found)
    np.testing.assert_allclose(line[[0, -1]], [(0, 0), (400, 900)], atol=1e-3)
    assert len(line) <= 8  # no junction twice
    assert len(np.unique(line.round(2), axis=0)) == len(line)
    assert found.length_m == pytest.approx(metric_length(found), abs=0.01)


def test_no_route_where_there_is_none_and_from_off_the_road():
    graph = drawn_graph([(0, 0), (500, 0), (0, 900), (500, 900)], [(0, 1, 50, 50), (2, 3, 50, -1)])
    assert route(graph, (100, 0), (100, 900)) is None
    assert route(graph, (400, 900), (100, 900)) is None
    network = ReadyNetwork.of(graph, METRIC_EPSG)
    on, off = tied(network, [(100, 0)]), tied(network, [(100, 450)], cap_m=100)
    assert path(network, on, off, FOREVER, home=0, place=0) is None
    assert path(network, off, on, FOREVER, home=0, place=0) is None
    assert path(network, off, off, FOREVER, home=0, place=0) is None


@pytest.mark.parametrize("name", ["corsica", "andorra"])
def test_routes_on_real_roads(request, name):
    graph = request.getfixturevalue(name)
    network = ReadyNetwork.of(graph, METRIC_EPSG)
    rng = np.random.default_rng(13)
    nodes = rng.choice(graph.nodes, 24, replace=False)
    xy = metres(graph.x[nodes], graph.y[nodes]) + rng.normal(0, 300, (24, 2))
    homes, places = tied(network, xy[:12]), tied(network, xy[12:])
    table = dense(costs_between(network, homes, places, FOREVER), (12, 12))
    for home, place in np.ndindex(12, 12):
        found = path(network, homes, places, FOREVER, home=home, place=place)
        assert (found is None) == np.isinf(table[place, home])
        if found is not None:
            assert found.ds == table[place, home]
            line = drawn(found)
            np.testing.assert_allclose(line[0], foot(network, homes, home), atol=1e-3)
            np.testing.assert_allclose(line[-1], foot(network, places, place), atol=1e-3)
            if name == "andorra":  # its roads have their bends
                assert found.length_m == pytest.approx(metric_length(found), rel=0.01, abs=5)
    assert np.isfinite(table).mean() > 0.5
