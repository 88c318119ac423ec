from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pytest
import shapely

from coverage.network.catchments import CELL_M, WALK_CAP_M, catchments
from coverage.network.search import one_to_many

from .conftest import METRIC_EPSG, ORIGIN_M


def drawn(graph, sites, minutes):
    return catchments(graph, sites, minutes, metric_epsg=METRIC_EPSG)


def in_metres(areas):
    return [
        shapely.transform(area, lambda xy: xy - np.array(ORIGIN_M))
        for area in areas.geometry.to_crs(METRIC_EPSG)
    ]


def assert_nested(areas):
    assert areas.geometry.is_valid.all()
    assert set(areas.geom_type) <= {"Polygon", "MultiPolygon"}
    assert areas["minutes"].is_monotonic_increasing
    shapes = areas.geometry.to_list()
    for inner, outer in pairwise(shapes):
        assert outer.contains(inner)
        assert not outer.boundary.intersects(inner.boundary)


def test_a_long_road_is_reached_as_far_as_one_drives(toy_graph, toy_points):
    # 60 km both ways at 60 km/h: 10 min = 10 km; the site stands in the middle
    graph = toy_graph([(0, 0), (60_000, 0)], [(0, 1, 36_000), (1, 0, 36_000)])
    areas = drawn(graph, toy_points([(30_000, 0)]), (10, 20))
    assert areas["minutes"].tolist() == [10, 20]
    assert areas.crs == "EPSG:4326"
    assert_nested(areas)
    for area, reach_m in zip(in_metres(areas), (10_000, 20_000), strict=True):
        west, south, east, north = area.bounds
        assert west == pytest.approx(30_000 - reach_m, abs=3 * CELL_M)
        assert east == pytest.approx(30_000 + reach_m, abs=3 * CELL_M)
        assert max(-south, north) <= WALK_CAP_M + CELL_M
        assert min(-south, north) >= WALK_CAP_M - 2 * CELL_M


def test_a_one_way_road_is_drawn_only_where_it_leads_to_the_site(toy_graph, toy_points):
    graph = toy_graph([(0, 0), (60_000, 0)], [(0, 1, 36_000)])
    (area,) = in_metres(drawn(graph, toy_points([(30_000, 0)]), [10]))
    west, _, east, _ = area.bounds
    assert west == pytest.approx(20_000, abs=3 * CELL_M)
    assert east == pytest.approx(30_000, abs=WALK_CAP_M + 2 * CELL_M)


def test_no_site_or_none_on_the_road_draws_nothing(toy_graph, toy_points):
    graph = toy_graph([(0, 0), (1000, 0)], [(0, 1, 100), (1, 0, 100)])
    for sites in (toy_points([]), toy_points([(50_000, 0)])):
        areas = drawn(graph, sites, [10, 20])
        assert areas.empty
        assert list(areas.columns) == ["minutes", "geometry"]
    assert drawn(graph, toy_points([(0, 0)]), []).empty


@pytest.fixture(scope="module")
def corsican_sites(corsica):
    nodes = np.random.default_rng(4).choice(corsica.nodes, 12, replace=False)
    points = gpd.points_from_xy(corsica.x[nodes], corsica.y[nodes])
    return gpd.GeoDataFrame({"node": nodes}, geometry=points, crs=4326)


def test_corsican_catchments_are_valid_nested_and_fit_the_reached_junctions(
    corsica, corsican_sites
):
    areas = drawn(corsica, corsican_sites, (30, 10, 20))
    assert areas["minutes"].tolist() == [10, 20, 30]
    assert_nested(areas)
    times = one_to_many(corsica.transposed(), corsican_sites["node"], 18_000)
    for minutes, area in zip(areas["minutes"], areas.geometry, strict=True):
        near = times.copy()
        near.data = (near.data <= 600 * minutes).astype(np.int32)
        reached = np.asarray(near.sum(axis=0)).ravel() > 0
        shapely.prepare(area)
        inside = shapely.contains_xy(area, corsica.x, corsica.y)
        both = (inside & reached).sum()
        assert both / reached.sum() > 0.97  # recall
        assert both / inside.sum() > 0.98  # precision


def test_one_site_more_never_shrinks_a_catchment(corsica, corsican_sites):
    few = drawn(corsica, corsican_sites.iloc[:4], [20]).geometry.iloc[0]
    more = drawn(corsica, corsican_sites.iloc[:8], [20]).geometry.iloc[0]
    assert few.difference(more).area / few.area < 0.01
