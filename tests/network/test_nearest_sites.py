from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coverage.network.components import ReadyNetwork
from coverage.network.nearest_sites import Nearest, nearest
from coverage.network.search import NEVER
from coverage.network.snap import snap
from coverage.network.times import costs_between

from .conftest import METRIC_EPSG, ORIGIN_M, dense, drawn_graph, maps, metres, points_m


def two_best(network, homes, places, limit_ds) -> Nearest:
    """The first two of (time, position) in each home's column of the whole table."""
    shape = (places.edge.size, homes.edge.size)
    table = dense(costs_between(network, homes, places, limit_ds), shape)
    table = np.vstack((table, np.full((2, shape[1]), np.inf)))
    order = np.argsort(table, axis=0, kind="stable")[:2]  # equal times: the first site
    ds = np.take_along_axis(table, order, axis=0)
    site = np.where(np.isfinite(ds), order, -1)
    ds = np.where(np.isfinite(ds), ds, NEVER)
    return Nearest(site[0], ds[0], site[1], ds[1])


def assert_same(found: Nearest, expected: Nearest) -> None:
    for name in ("site", "ds", "second_site", "second_ds"):
        assert getattr(found, name).dtype == np.int32
        assert getattr(found, name).tolist() == getattr(expected, name).tolist(), name


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(maps(), points_m(), points_m(), st.sampled_from([5, 120, 2000]), st.data())
def test_the_two_best_of_the_whole_table(graph, homes_m, places_m, cap_m, data):
    network = ReadyNetwork.of(graph, METRIC_EPSG)
    homes = snap(network.index, homes_m, cap_m=cap_m)
    places = snap(network.index, places_m, cap_m=2 * cap_m)
    met = costs_between(network, homes, places, 10**6).ds.tolist()
    for limit_ds in (0, data.draw(st.sampled_from([300, *met])), 2**31 - 2):
        for at in {limit_ds, max(limit_ds - 1, 0)}:
            found = nearest(network, homes, places, at)
            assert_same(found, two_best(network, homes, places, at))


@pytest.mark.parametrize("name", ["corsica", "isle_of_man"])
def test_the_two_best_on_real_roads(request, name):
    graph = request.getfixturevalue(name)
    network = ReadyNetwork.of(graph, METRIC_EPSG)
    rng = np.random.default_rng(12)
    nodes = rng.choice(graph.nodes, 600, replace=False)
    xy = metres(graph.x[nodes], graph.y[nodes]) + ORIGIN_M
    xy[:400] += rng.normal(0, 300, (400, 2))
    xy[590:] = xy[580:590]  # sites at one spot: always as near as each other
    homes = snap(network.index, xy[:500], cap_m=1000)
    places = snap(network.index, xy[500:], cap_m=3000)
    for limit_ds in (1_000, 6_000, 36_000):
        found = nearest(network, homes, places, limit_ds)
        assert_same(found, two_best(network, homes, places, limit_ds))
    assert (found.ds == found.second_ds).any()
    assert (found.site != found.second_site)[found.site >= 0].all()


@pytest.fixture
def road() -> ReadyNetwork:
    """A kilometre both ways, 100 s; its end lies 100 s from a third junction, one way."""
    graph = drawn_graph([(0, 0), (1000, 0), (2000, 0)], [(0, 1, 1000, 1000), (1, 2, 1000, -1)])
    return ReadyNetwork.of(graph, METRIC_EPSG)


def sites_of(network, homes, places, limit_ds):
    homes, places = (
        snap(network.index, np.array(points, dtype=float).reshape(-1, 2) + ORIGIN_M, cap_m=50)
        for points in (homes, places)
    )
    found = nearest(network, homes, places, limit_ds)
    columns = (found.site, found.ds, found.second_site, found.second_ds)
    return np.column_stack(columns).tolist()


def test_ties_go_to_the_site_that_comes_first(road):
    spot = [(500, 0)]
    assert sites_of(road, spot, [(800, 0), (200, 0)], 10**6) == [[0, 300, 1, 300]]
    assert sites_of(road, spot, [(200, 0), (800, 0)], 10**6) == [[0, 300, 1, 300]]
    assert sites_of(road, [(0, 0)], [(1000, 0)] * 3, 10**6) == [[0, 1000, 1, 1000]]


def test_the_second_is_another_site_than_the_first(road):
    """One site is met by both ends of its street and along it; it counts once."""
    assert sites_of(road, [(100, 0)], [(400, 0)], 10**6) == [[0, 300, -1, NEVER]]
    assert sites_of(road, [(100, 0)], [(400, 0), (1500, 0)], 10**6) == [[0, 300, 1, 1400]]


def test_within_the_limit_and_in_the_direction_of_the_service(road):
    """The second home is past the junction on a one-way street, the third far from any road."""
    homes, places = [(500, 0), (1500, 0), (0, 900)], [(100, 0), (1000, 0)]
    never = [-1, NEVER, -1, NEVER]
    assert sites_of(road, homes, places, 500) == [[0, 400, 1, 500], never, never]
    assert sites_of(road, homes, places, 499) == [[0, 400, -1, NEVER], never, never]
    assert sites_of(road, homes, places, 399) == [never] * 3


def test_nobody_no_site_and_a_wrong_limit(road):
    never = [-1, NEVER, -1, NEVER]
    assert sites_of(road, [(5, 0)], [], 100) == [never]
    assert sites_of(road, [], [(5, 0)], 100) == []
    for limit_ds in (-1, NEVER):
        with pytest.raises(ValueError, match="limit"):
            sites_of(road, [(5, 0)], [(5, 0)], limit_ds)
