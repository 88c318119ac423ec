from __future__ import annotations

import io
from dataclasses import replace
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pytest
import shapely
from scipy.spatial import cKDTree

from coverage.network import ReadyNetwork, catchment
from coverage.network.catchments import MOST_PARTS, MOST_VERTICES
from coverage.network.graph import RoadGraph, Shapes, highway_codes
from coverage.network.search import one_to_many
from coverage.network.snap import metric_points, snap
from coverage.network.speeds import speed_table
from coverage.network.time_grid import CELL_M, WALK_CAP_M, time_grid

from .conftest import METRIC_EPSG, ORIGIN_M, lonlat


def ready(graph):
    return ReadyNetwork.of(graph, METRIC_EPSG)


def drawn(graph, sites, minutes, **options):
    return catchment(ready(graph), sites, minutes, **options)


def in_metres(areas):
    return [
        shapely.transform(area, lambda xy: xy - np.array(ORIGIN_M))
        for area in areas.geometry.to_crs(METRIC_EPSG)
    ]


def points_in_metres(places):
    return gpd.GeoDataFrame(geometry=gpd.points_from_xy(*lonlat(*np.array(places).T)), crs=4326)


def assert_drawable(areas):
    """Valid, light, nested, and made so that files and maps change nothing."""
    assert areas.crs == "EPSG:4326"
    assert areas.geometry.is_valid.all()
    assert not areas.geometry.is_empty.any()
    assert set(areas.geom_type) <= {"Polygon", "MultiPolygon"}
    assert areas["minutes"].is_monotonic_increasing
    for area in areas.geometry:
        assert len(shapely.get_parts(area)) <= MOST_PARTS
        assert shapely.get_num_coordinates(area) <= MOST_VERTICES
        degrees = shapely.get_coordinates(area)
        assert np.abs(degrees - degrees.round(6)).max() < 1e-9
    for inner, outer in pairwise(areas.geometry):
        assert outer.contains(inner)
        assert not outer.boundary.intersects(inner.boundary)


def two_way(*arcs):
    return [*arcs, *((head, tail, *rest) for tail, head, *rest in arcs)]


def test_a_long_road_is_reached_as_far_as_one_drives(toy_graph, toy_points):
    # 60 km both ways at 60 km/h: 10 min = 10 km; the site stands in the middle
    graph = toy_graph([(0, 0), (60_000, 0)], two_way((0, 1, 36_000)))
    areas = drawn(graph, toy_points([(30_000, 0)]), (20, 10, 20))
    assert areas["minutes"].tolist() == [10, 20]
    assert_drawable(areas)
    for area, reach_m in zip(in_metres(areas), (10_000, 20_000), strict=True):
        west, south, east, north = area.bounds
        assert west == pytest.approx(30_000 - reach_m, abs=2 * CELL_M)
        assert east == pytest.approx(30_000 + reach_m, abs=2 * CELL_M)
        assert max(-south, north) <= WALK_CAP_M + CELL_M
        assert min(-south, north) >= WALK_CAP_M - CELL_M


def test_a_one_way_road_is_drawn_only_where_it_leads_to_the_site(toy_graph, toy_points):
    graph = toy_graph([(0, 0), (60_000, 0)], [(0, 1, 36_000)])
    (area,) = in_metres(drawn(graph, toy_points([(30_000, 0)]), [10]))
    west, _, east, _ = area.bounds
    assert west == pytest.approx(20_000, abs=2 * CELL_M)
    # Who lives a little beyond can't drive back, and takes the road at the door.
    assert east == pytest.approx(30_000, abs=2 * CELL_M)


def test_the_walk_to_the_site_counts(toy_graph, toy_points):
    # 500 m on foot take 400 s: of 10 minutes 200 s are left, 3.3 km at 60 km/h
    graph = toy_graph([(0, 0), (60_000, 0)], two_way((0, 1, 36_000)))
    (area,) = in_metres(drawn(graph, toy_points([(30_000, 500)]), [10]))
    left_m = (6_000 - 500 * speed_table().walk_ds_per_m) / 36_000 * 60_000
    assert area.bounds[0] == pytest.approx(30_000 - left_m, abs=2 * CELL_M)


def test_the_limit_itself_is_reached(toy_graph, toy_points):
    # 12 km in exactly 10 minutes, then a slow road
    nodes = [(0, 0), (12_000, 0), (15_000, 0)]
    for ds, inside in ((6_000, True), (6_001, False)):
        graph = toy_graph(nodes, two_way((0, 1, ds), (1, 2, 60_000)))
        (area,) = in_metres(drawn(graph, toy_points([(0, 0)]), [10]))
        assert area.contains(shapely.Point(12_000, 0)) is inside


def test_no_site_or_none_on_the_road_draws_nothing(toy_graph, toy_points):
    graph = toy_graph([(0, 0), (1000, 0)], two_way((0, 1, 100)))
    for sites in (toy_points([]), toy_points([(50_000, 0)])):
        areas = drawn(graph, sites, [10, 20])
        assert areas.empty
        assert list(areas.columns) == ["minutes", "geometry"]
        assert areas["minutes"].dtype == np.int64
        assert areas.crs == "EPSG:4326"
    assert drawn(graph, toy_points([(0, 0)]), []).empty
    assert drawn(toy_graph([], []), toy_points([(0, 0)]), [10]).empty


def test_a_site_off_the_road_adds_nothing(toy_graph, toy_points):
    graph = toy_graph([(0, 0), (20_000, 0)], two_way((0, 1, 12_000)))
    one = drawn(graph, toy_points([(5_000, 0)]), [10])
    two = drawn(graph, toy_points([(5_000, 0), (15_000, 4_000)]), [10])
    assert two.geometry.iloc[0].equals(one.geometry.iloc[0])
    three = drawn(graph, toy_points([(5_000, 0), (15_000, 4_000)]), [100], site_cap_m=5_000)
    assert in_metres(three)[0].contains(shapely.Point(19_900, 0))


def test_a_limit_shorter_than_the_walk_has_no_row(toy_graph, toy_points):
    # 1 km on foot takes 800 s: nothing is within 10 minutes
    graph = toy_graph([(0, 0), (20_000, 0)], two_way((0, 1, 12_000)))
    assert drawn(graph, toy_points([(10_000, 1_000)]), [10, 20])["minutes"].tolist() == [20]


def test_roads_are_drawn_with_their_bends(toy_points):
    # from (0, 0) to (6000, 0) by way of a corner 3 km north
    x, y = lonlat([0, 6_000], [0, 0])
    bend_x, bend_y = lonlat([3_000], [3_000])
    graph = RoadGraph.from_arcs(
        np.array([0, 1]),
        np.array([1, 0]),
        np.array([5_000, 5_000], dtype=np.int32),
        length_m=np.full(2, 6_000 * np.sqrt(2)),
        highway=highway_codes("tertiary", "tertiary"),
        x=x,
        y=y,
        shape=np.zeros(2, dtype=np.int32),
        shapes=Shapes(np.array([0, 1]), bend_x, bend_y),
    )
    half, whole = in_metres(drawn(graph, toy_points([(0, 0)]), [4, 10]))
    assert whole.contains(shapely.LineString([(0, 0), (3_000, 3_000), (6_000, 0)]))
    assert not whole.intersects(shapely.Point(3_000, 0).buffer(1_000))
    # 4 of 8 1/3 minutes: a little before the corner
    assert half.contains(shapely.LineString([(0, 0), (2_800, 2_800)]))
    assert not half.intersects(shapely.Point(3_200, 2_800))


def test_walkers_are_drawn_in_finer_cells(toy_graph, toy_points):
    # two alleys 100 m apart, 1,500 m long, at 4.5 km/h: who walks from one starts at the other end
    nodes = [(0, 0), (1_500, 0), (0, 100), (1_500, 100)]
    graph = toy_graph(nodes, two_way((0, 1, 12_000), (2, 3, 12_000), (1, 3, 800)))
    (area,) = in_metres(drawn(replace(graph, mode="walk"), toy_points([(0, 0)]), [10]))
    assert area.bounds[2] == pytest.approx(750, abs=25)
    assert area.contains(shapely.LineString([(10, 0), (725, 0)]))
    assert not area.intersects(shapely.LineString([(0, 100), (1_500, 100)]))


def test_islands_far_apart_are_parts_and_nobody_swims(toy_graph, toy_points):
    nodes = [(0, 0), (3_000, 0), (0, 9_000), (3_000, 9_000)]
    graph = toy_graph(nodes, two_way((0, 1, 1_800), (2, 3, 1_800)))
    (alone,) = in_metres(drawn(graph, toy_points([(0, 0)]), [10]))
    assert alone.bounds[3] < 1_000
    (both,) = in_metres(drawn(graph, toy_points([(0, 0), (0, 9_000)]), [10]))
    assert len(shapely.get_parts(both)) == 2


def test_one_stops_neither_on_a_ferry_nor_on_a_motorway(toy_graph, toy_points):
    # the road ends at a quay, 8 km of sea, another road; a motorway leaves for the north
    nodes = [(0, 0), (3_000, 0), (11_000, 0), (14_000, 0), (0, 8_000), (0, 9_000), (3_000, 9_000)]
    arcs = two_way(
        (0, 1, 600), (1, 2, 1_200, "ferry"), (2, 3, 600),
        (0, 4, 1_000, "motorway"), (4, 5, 100, "motorway_link"), (5, 6, 600),
    )  # fmt: skip
    (area,) = in_metres(drawn(toy_graph(nodes, arcs), toy_points([(0, 0)]), [10]))
    for x, y in ((100, 0), (2_900, 0), (11_100, 0), (13_900, 0), (100, 9_000), (2_900, 9_000)):
        assert area.contains(shapely.Point(x, y))
    assert not area.intersects(shapely.Point(7_000, 0).buffer(3_000))
    assert not area.intersects(shapely.Point(0, 4_000).buffer(3_000))


def test_a_home_takes_the_road_at_its_door(toy_graph, toy_points):
    # two roads 150 m apart; the northern one is long to get out of
    nodes = [(0, 0), (6_000, 0), (0, 150), (6_000, 150)]
    arcs = two_way((0, 1, 3_600), (2, 3, 3_600), (0, 2, 20_000))
    (area,) = in_metres(drawn(toy_graph(nodes, arcs), toy_points([(3_000, 0)]), [10]))
    assert area.contains(shapely.LineString([(200, 0), (5_800, 0)]))
    assert not area.intersects(shapely.LineString([(200, 170), (5_800, 170)]))


def test_many_sites_stay_light_and_the_smallest_parts_give_way(toy_graph, toy_points):
    # 30 islands with one road each, longer and longer: at 36 km/h the longest takes 900 s
    nodes, arcs = [], []
    for k in range(30):
        nodes += [(6_000 * k, 0), (6_000 * k, 300 * (k + 1))]
        arcs += two_way((2 * k, 2 * k + 1, 300 * (k + 1)))
    sites = toy_points([(6_000 * k, 0) for k in range(30)])
    areas = drawn(toy_graph(nodes, arcs), sites, [5, 16])
    assert_drawable(areas)
    for area in in_metres(areas):
        assert len(shapely.get_parts(area)) == MOST_PARTS
        for k in range(30):
            assert area.contains(shapely.Point(6_000 * k, 100)) is (k >= 10)


def test_what_lies_in_a_part_that_is_not_drawn_is_not_drawn_either(toy_graph, toy_points):
    # twenty sites a long walk from their roads, and one on a short road of its own
    nodes, arcs = [(-6_000, 0), (-6_000, 300)], two_way((0, 1, 300))
    for k in range(1, 21):
        nodes += [(6_000 * k, 0), (6_000 * k, 3_000)]
        arcs += two_way((2 * k, 2 * k + 1, 1_800))
    sites = toy_points([(-6_000, 100), *((6_000 * k + 1_000, 100) for k in range(1, 21))])
    areas = drawn(toy_graph(nodes, arcs), sites, [10, 20])
    assert areas["minutes"].tolist() == [20]
    assert_drawable(areas)


def test_over_a_large_country_the_cells_are_wider(toy_graph, toy_points, monkeypatch):
    graph = toy_graph([(0, 0), (60_000, 0)], two_way((0, 1, 36_000)))
    monkeypatch.setattr("coverage.network.time_grid.MOST_CELLS", 500)
    areas = drawn(graph, toy_points([(30_000, 0)]), (10, 20))
    assert_drawable(areas)
    west, _, east, _ = in_metres(areas)[1].bounds
    assert west == pytest.approx(10_000, abs=1_200)
    assert east == pytest.approx(50_000, abs=1_200)


# -- Corsica ---------------------------------------------------------------------------------

#: Towns, a port, villages in the mountains and by the sea (longitude, latitude).
PLACES = {
    "Ajaccio": (8.7386, 41.9192),
    "Bastia": (9.4509, 42.6973),
    "Corte": (9.1490, 42.3061),
    "Bonifacio": (9.1593, 41.3874),
    "Calvi": (8.7570, 42.5675),
    "Zonza": (9.1709, 41.7492),
    "Évisa": (8.8025, 42.2537),
    "Centuri": (9.3498, 42.9659),
    "Ghisoni": (9.2106, 42.1036),
}


@pytest.fixture(scope="module")
def corsica_ready(corsica):
    return ready(corsica)


def one_place(name):
    lon, lat = PLACES[name]
    return gpd.GeoDataFrame(geometry=gpd.points_from_xy([lon], [lat]), crs=4326)


def reached_junctions(network, place, limit_ds):
    """Which nodes are within the limit of a place, told by plain Dijkstra from its two ends."""
    on_road = snap(network.index, metric_points(place, METRIC_EPSG), cap_m=3_000)
    limit = limit_ds - on_road.in_ds[0]
    within = np.zeros(network.graph.nodes, dtype=bool)
    for node, left_ds in zip(on_road.nodes[0], limit, strict=True):
        if left_ds >= 0:
            within[one_to_many(network.backwards, [node], int(left_ds)).indices] = True
    return within


@pytest.mark.parametrize("name", PLACES)
def test_corsican_catchments_fit_the_reached_junctions(corsica_ready, name):
    network, place = corsica_ready, one_place(name)
    areas = catchment(network, place, (30, 10, 20))
    assert areas["minutes"].tolist() == [10, 20, 30]
    assert_drawable(areas)
    for minutes, area in zip(areas["minutes"], areas.geometry, strict=True):
        reached = reached_junctions(network, place, 600 * minutes)
        shapely.prepare(area)
        inside = shapely.contains_xy(area, network.graph.x, network.graph.y)
        both = (inside & reached).sum()
        # Within 10 minutes of a village there are a few dozen junctions: two of them are much.
        least = (0.97, 0.985) if minutes > 10 else (0.95, 0.95)
        assert both / reached.sum() >= least[0]  # recall
        assert both / inside.sum() >= least[1]  # precision


def reached_cells(network, place, limit_ds, step_m=15.0):
    """The 75 m cells whose middle is within the limit by road and at most 250 m on foot.

    Counted the plain way: every stretch of road near the middle is tried, with NumPy and a
    k-d tree, on times of the nodes alone.
    """
    index, graph = network.index, network.graph
    on_road = snap(index, metric_points(place, METRIC_EPSG), cap_m=3_000)
    times = np.full(graph.nodes, np.inf)
    for node, start_ds in zip(on_road.nodes[0], on_road.in_ds[0], strict=True):
        row = one_to_many(network.backwards, [node], limit_ds)
        times[row.indices] = np.minimum(times[row.indices], row.data + start_ds)
    points, point_ds = [], []
    for edge in np.flatnonzero((times[index.ends] <= limit_ds).any(1)):
        segments = index.grid.segments[index.segment_ptr[edge] : index.segment_ptr[edge + 1]]
        line = np.vstack((segments[:1, :2], segments[:, 2:]))
        along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))))
        at = np.linspace(0.0, along[-1], max(int(along[-1] / step_m), 1) + 1)
        share = at / max(along[-1], 1e-9)
        there, back = (graph.deciseconds[k] if k >= 0 else np.inf for k in index.arcs[edge])
        low, high = times[index.ends[edge]]
        ds = np.where(share == 0, low, np.where(share == 1, high, np.inf))
        if np.isfinite(there):
            ds = np.minimum(ds, there * (1 - share) + high)
        if np.isfinite(back):
            ds = np.minimum(ds, back * share + low)
        points.append(np.column_stack([np.interp(at, along, line[:, k]) for k in (0, 1)]))
        point_ds.append(ds)
    xy, ds = np.concatenate(points), np.concatenate(point_ds)
    xy, ds = xy[ds <= limit_ds], ds[ds <= limit_ds]
    offsets = np.mgrid[-4:5, -4:5].reshape(2, -1).T
    cells = np.unique(np.rint(xy / CELL_M).astype(int), axis=0)
    cells = np.unique((cells[:, None, :] + offsets).reshape(-1, 2), axis=0)
    metres, near = cKDTree(xy).query(cells * CELL_M, k=64, distance_upper_bound=WALK_CAP_M)
    walked = np.where(np.isfinite(metres), metres, 0.0) * speed_table().walk_ds_per_m
    total = np.where(np.isfinite(metres), np.append(ds, np.inf)[near] + walked, np.inf)
    middles = cells[total.min(1) <= limit_ds] * CELL_M
    return shapely.union_all(box_around(middles))


def box_around(middles):
    west, south = (middles - CELL_M / 2).T
    return shapely.box(west, south, west + CELL_M, south + CELL_M)


@pytest.mark.parametrize("name", ["Ajaccio", "Corte", "Bonifacio", "Évisa"])
def test_corsican_catchments_fit_the_grid_of_reached_cells(corsica_ready, name):
    place = one_place(name)
    areas = catchment(corsica_ready, place, (20, 30))
    for minutes, area in zip(areas["minutes"], areas.geometry.to_crs(METRIC_EPSG), strict=True):
        cells = reached_cells(corsica_ready, place, 600 * minutes)
        assert area.intersection(cells).area / area.union(cells).area >= 0.9


@pytest.fixture(scope="module")
def corsican_sites(corsica):
    nodes = np.random.default_rng(4).choice(corsica.nodes, 60, replace=False)
    points = gpd.points_from_xy(corsica.x[nodes], corsica.y[nodes])
    return gpd.GeoDataFrame({"node": nodes}, geometry=points, crs=4326)


def test_sixty_corsican_sites_stay_light_and_nested(corsica_ready, corsican_sites):
    areas = catchment(corsica_ready, corsican_sites, (10, 20, 30))
    assert areas["minutes"].tolist() == [10, 20, 30]
    assert_drawable(areas)
    graph = corsica_ready.graph
    for minutes, area in zip(areas["minutes"], areas.geometry, strict=True):
        times = one_to_many(corsica_ready.backwards, corsican_sites["node"], 600 * minutes)
        reached = np.bincount(times.indices, minlength=graph.nodes) > 0
        shapely.prepare(area)
        inside = shapely.contains_xy(area, graph.x, graph.y)
        both = (inside & reached).sum()
        # Within 10 minutes there are more than 20 parts: the smallest are not drawn.
        assert both / reached.sum() >= (0.97 if minutes > 10 else 0.87)
        assert both / inside.sum() >= 0.985


def test_one_site_more_never_shrinks_a_catchment(corsica_ready, corsican_sites):
    def cells_within(sites):
        places = snap(corsica_ready.index, metric_points(sites, METRIC_EPSG), cap_m=3_000)
        grid = time_grid(corsica_ready, places, 12_000)
        middles = grid.middles_of(*np.nonzero(grid.deciseconds <= 12_000))
        return set(map(tuple, middles.tolist()))

    few, more = cells_within(corsican_sites.iloc[:4]), cells_within(corsican_sites.iloc[:8])
    assert few < more
    # What is drawn of them is as coarse as it must be.
    few, more = (
        catchment(corsica_ready, corsican_sites.iloc[:k], [20]).geometry.iloc[0] for k in (4, 8)
    )
    assert few.difference(more).area / few.area < 0.03


def test_the_same_question_has_the_same_answer(corsica_ready):
    first, second = (catchment(corsica_ready, one_place("Corte"), [10, 20]) for _ in range(2))
    assert first.geometry.to_wkb().tolist() == second.geometry.to_wkb().tolist()


def test_a_geojson_of_catchments_reads_back_nested(corsica_ready):
    areas = catchment(corsica_ready, one_place("Bastia"), (10, 20, 30))
    assert_drawable(gpd.read_file(io.StringIO(areas.to_json())).to_crs(4326))
