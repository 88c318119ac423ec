from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings

from coverage.network.graph import STRAIGHT, RoadGraph, highway_codes
from coverage.network.snap import NO_WAY, EdgeIndex, metric_points, snap

from .conftest import METRIC_EPSG, ORIGIN_M, drawn_graph, maps, metres, points_m

WALK_100_M_DS = 800  # 100 m at 4.5 km/h = 80 s


@pytest.fixture
def street(toy_graph):
    """A kilometre both ways (200 s east, 100 s west) and a kilometre one way north (100 s)."""
    return toy_graph([(0, 0), (1000, 0), (1000, 1000)], [(0, 1, 2000), (1, 0, 1000), (1, 2, 1000)])


def snapped(graph, points, cap_m=1000.0, **options):
    """Snap points given in metres from the toy corner."""
    index = EdgeIndex.build(graph, METRIC_EPSG)
    xy = np.array(points, dtype=float).reshape(-1, 2) + ORIGIN_M
    return snap(index, xy, cap_m=cap_m, **options)


def lines_of(graph: RoadGraph) -> dict[tuple[int, int], list[tuple[int, shapely.LineString]]]:
    """The arcs and lines (metres, from the lower end) between each two nodes, lower first."""
    nodes = metres(graph.x, graph.y) + ORIGIN_M
    shapes = metres(graph.shapes.x, graph.shapes.y) + ORIGIN_M
    lines: dict[tuple[int, int], list[tuple[int, shapely.LineString]]] = {}
    for arc, (tail, head) in enumerate(
        zip(graph.tails.tolist(), graph.indices.tolist(), strict=True)
    ):
        low, high = sorted((tail, head))
        bends = np.empty((0, 2))
        if graph.shape[arc] != STRAIGHT:
            bends = shapes[slice(*graph.shapes.ptr[graph.shape[arc] : graph.shape[arc] + 2])]
        line = shapely.LineString([nodes[low], *bends, nodes[high]])
        lines.setdefault((low, high), []).append((arc, line))
    return lines


@settings(max_examples=100)
@given(maps(), points_m())
def test_each_point_meets_the_road_that_shapely_finds_nearest(graph, points):
    index = EdgeIndex.build(graph, METRIC_EPSG)
    tie = snap(index, points, cap_m=300.0)
    lines = lines_of(graph)
    every = [line for of_pair in lines.values() for _, line in of_pair]
    for row, spot in enumerate(shapely.points(points)):
        least_m = min((line.distance(spot) for line in every), default=np.inf)
        if not np.isfinite(least_m):
            assert tie.edge[row] == -1
            continue
        assert tie.walk_m[row] == pytest.approx(least_m, abs=1e-5)
        assert tie.walk_ds[row] == pytest.approx(8 * least_m, abs=0.501)
        if abs(least_m - 300) > 1e-5:
            assert bool(tie.snapped[row]) == (least_m < 300)
        if not tie.snapped[row]:
            assert (tie.out_ds[row] == NO_WAY).all()
            assert (tie.in_ds[row] == NO_WAY).all()
            continue
        low, high = tie.nodes[row].tolist()
        line_of_arc = dict(lines[low, high])
        assert tie.share[row].sum() == 1
        for way, arc in enumerate(index.arcs[tie.edge[row]].tolist()):
            if arc < 0:
                assert tie.along_ds[row, way] == NO_WAY
                continue
            assert (graph.tails[arc], graph.indices[arc]) == ((low, high), (high, low))[way]
            line, share = line_of_arc[arc], tie.share[row, 0]
            # The foot on the road is where the share says, along the bends.
            foot = line.interpolate(share, normalized=True)
            slack_m = line.length / 1000 if share in (0, 1) else 0
            assert foot.distance(spot) == pytest.approx(least_m, abs=1e-4 + slack_m)
            weight = int(graph.deciseconds[arc])
            along = int(tie.along_ds[row, way])
            assert abs(along - tie.share[row, way] * weight) <= 0.5 + 1e-9
            out, into = tie.out_ds[row] - tie.walk_ds[row], tie.in_ds[row] - tie.walk_ds[row]
            assert out[1 - way] == (0 if tie.share[row, 1 - way] == 0 else weight - along)
            assert into[way] == (0 if tie.share[row, way] == 0 else along)


@settings(max_examples=100)
@given(maps(), points_m())
def test_a_closed_direction_is_no_way_but_at_a_junction(graph, points):
    index = EdgeIndex.build(graph, METRIC_EPSG)
    tie = snap(index, points, cap_m=1e9)
    for row in np.flatnonzero(tie.snapped):
        there, back = index.arcs[tie.edge[row]] >= 0
        at_low, at_high = tie.share[row, 0] == 0, tie.share[row, 1] == 0
        assert ((tie.out_ds[row] < NO_WAY) == [back or at_low, there or at_high]).all()
        assert ((tie.in_ds[row] < NO_WAY) == [there or at_low, back or at_high]).all()


def test_a_point_beside_a_street_is_tied_to_both_ends(street):
    tie = snapped(street, [(250, 100)])
    assert tie.nodes.tolist() == [[0, 1]]
    assert tie.walk_m[0] == pytest.approx(100, abs=0.01)
    assert tie.out_ds.tolist() == [[WALK_100_M_DS + 250, WALK_100_M_DS + 1500]]
    assert tie.in_ds.tolist() == [[WALK_100_M_DS + 500, WALK_100_M_DS + 750]]


def test_a_point_on_a_one_way_street_leaves_forward_only(street):
    tie = snapped(street, [(1000, 400)])
    assert tie.nodes.tolist() == [[1, 2]]
    assert tie.out_ds.tolist() == [[NO_WAY, 600]]
    assert tie.in_ds.tolist() == [[400, NO_WAY]]


def test_at_a_junction_every_street_can_be_taken(street):
    for corner in [(1000, 0), (1000.2, 0.1)]:
        tie = snapped(street, [corner])
        at_junction = tie.nodes[0] == 1
        assert tie.out_ds[0][at_junction] <= 2
        assert tie.in_ds[0][at_junction] <= 2


def test_at_the_end_of_a_one_way_street_one_may_turn_into_another(street):
    tie = snapped(street, [(1000.1, 999.8)])
    assert tie.nodes.tolist() == [[1, 2]]
    assert tie.out_ds.tolist() == [[NO_WAY, 1]]
    assert tie.in_ds.tolist() == [[1001, 1]]


def test_snapping_follows_the_bends():
    """A road round three sides of a square: the point is near its middle, far from the chord."""
    bends = {0: [(0, 300), (300, 300)]}
    graph = drawn_graph([(0, 0), (300, 0), (900, 0)], [(0, 1, 900, 1800), (1, 2, 10, 10)], bends)
    tie = snapped(graph, [(75, 310), (140, 20), (-10, 150), (0, 1)])
    assert tie.nodes.tolist() == [[0, 1]] * 4
    assert tie.walk_m == pytest.approx([10, 140, 10, 0], abs=0.01)
    assert tie.share[:, 0] == pytest.approx([375 / 900, 20 / 900, 150 / 900, 1 / 900], abs=1e-4)
    assert tie.along_ds[0].tolist() == [375, 1800 - 750]
    assert tie.out_ds[0].tolist() == [80 + 750, 80 + 525]
    assert tie.in_ds[0].tolist() == [80 + 375, 80 + 1050]


def test_bends_of_a_road_drawn_from_its_higher_node():
    graph = drawn_graph([(0, 0), (300, 0)], [(1, 0, 900, -1)], {0: [(300, 300), (0, 300)]})
    tie = snapped(graph, [(300, 100), (0, 100)])
    assert tie.share[:, 0] == pytest.approx([8 / 9, 1 / 9], abs=1e-4)
    assert tie.out_ds.tolist() == [[800, NO_WAY], [100, NO_WAY]]
    assert tie.in_ds.tolist() == [[NO_WAY, 100], [NO_WAY, 800]]


def test_two_roads_between_the_same_junctions_are_two_edges():
    """There along the south, back along the north: each has its own one-way edge."""
    bends = {0: [(500, -200)], 1: [(500, 200)]}
    graph = drawn_graph([(0, 0), (1000, 0)], [(0, 1, 600, -1), (1, 0, 700, -1)], bends)
    assert len(EdgeIndex.build(graph, METRIC_EPSG).ends) == 2
    tie = snapped(graph, [(500, -200), (500, 200)])
    assert tie.edge[0] != tie.edge[1]
    assert tie.out_ds.tolist() == [[NO_WAY, 300], [350, NO_WAY]]
    assert tie.in_ds.tolist() == [[300, NO_WAY], [NO_WAY, 350]]


def test_beyond_the_cap_is_said_and_at_the_cap_is_in(street):
    points = [(500, -999.9), (500, -1000.5), (500, -1000.5)]
    tie = snapped(street, points, uncapped=np.array([False, False, True]))
    assert tie.snapped.tolist() == [True, False, True]
    assert tie.edge[1] == -1
    assert (tie.out_ds[1] == NO_WAY).all()
    assert (tie.in_ds[1] == NO_WAY).all()
    assert tie.walk_m[1] == pytest.approx(1000.5, abs=0.1)
    assert tie.out_ds[2, 0] == round(8 * tie.walk_m[2]) + 500
    exactly = snapped(street, [(500, -100)], cap_m=float(tie.walk_m[0]))
    assert snapped(street, [(500, -999.9)], cap_m=float(tie.walk_m[0])).snapped.all()
    assert exactly.snapped.all()


def test_no_points_no_edges_and_motorways(street, toy_graph):
    assert snapped(street, []).edge.size == 0
    empty = toy_graph([(0, 0)], [])
    tie = snapped(empty, [(0, 0)], uncapped=np.array([True]))
    assert not tie.snapped.any()
    assert (tie.out_ds == NO_WAY).all()
    motorway = drawn_graph(
        [(0, 0), (1000, 0), (0, 500), (1000, 500)],
        [(0, 1, 300, -1), (2, 3, 900, 900), (0, 1, -1, 300)],
        highways={0: "motorway", 2: "ferry"},
    )
    assert snapped(motorway, [(500, 10)]).nodes.tolist() == [[2, 3]]


def test_two_junctions_at_one_spot(toy_graph):
    graph = toy_graph([(0, 0), (0, 0)], [(0, 1, 0), (1, 0, 0)])
    tie = snapped(graph, [(30, 40)])
    assert tie.walk_m[0] == pytest.approx(50, abs=0.01)
    assert tie.out_ds.tolist() == [[400, 400]]


@pytest.mark.parametrize("name", ["andorra", "nantes"])
def test_points_on_real_roads_meet_the_nearest_line(request, name):
    graph = request.getfixturevalue(name)
    index = EdgeIndex.build(graph, METRIC_EPSG)
    rng = np.random.default_rng(4)
    x = rng.uniform(graph.x.min() - 0.1, graph.x.max() + 0.1, 500)
    y = rng.uniform(graph.y.min() - 0.1, graph.y.max() + 0.1, 500)
    points = metres(x, y) + ORIGIN_M
    no_stop = highway_codes("motorway", "motorway_link", "ferry")
    lines = [
        line
        for of_pair in lines_of(graph).values()
        for arc, line in of_pair
        if graph.highway[arc] not in no_stop
    ]
    _, least_m = shapely.STRtree(lines).query_nearest(
        shapely.points(points), all_matches=False, return_distance=True
    )
    _, _, found_m = index.nearest(points)
    np.testing.assert_allclose(found_m, least_m, atol=1e-5)


def test_metres_of_points(toy_points):
    xy = metric_points(toy_points([(0, 0), (250, -40)]), METRIC_EPSG)
    np.testing.assert_allclose(xy - ORIGIN_M, [(0, 0), (250, -40)], atol=1e-6)
