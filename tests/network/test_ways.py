from __future__ import annotations

import networkx as nx
import numpy as np
import osmnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse.csgraph import dijkstra

from coverage.base.errors import RefusedFileError
from coverage.network.raw import RawRoads
from coverage.network.ways import OsmWays, great_circle_m, split_ways


def osm_ways(ways: list[list[int]]) -> OsmWays:
    """Ways through nodes that lie on a curve, at places of their own."""
    count = 1 + max(node for way in ways for node in way)
    number = np.arange(count, dtype=float)
    x, y = 9.0 + 0.01 * number, 42.0 + 0.002 * number**2 % 0.3
    return OsmWays(
        name="extrait.osm.pbf",
        ptr=np.concatenate(([0], np.cumsum([len(way) for way in ways]))),
        refs=np.array([node for way in ways for node in way], dtype=np.int64),
        x=x,
        y=y,
        tag_row=np.arange(len(ways), dtype=np.int32),
        tags=[{"highway": "road", "name": str(way)} for way in ways],
    )


def told(ways: OsmWays, keep: list[bool] | None = None) -> tuple[RawRoads, list[list[int]]]:
    """The roads, as lists of the numbers that nodes had in the ways."""
    raw = split_ways(ways, np.array(keep or [True] * (ways.ptr.size - 1)))
    nodes = [int(np.flatnonzero(ways.x == x)[0]) for x in raw.x]
    roads = [
        [nodes[point] for point in raw.points[start:stop]]
        for start, stop in zip(raw.ptr[:-1], raw.ptr[1:], strict=True)
    ]
    return raw, roads


def test_great_circle_is_that_of_osmnx():
    rng = np.random.default_rng(1)
    lon, lat, to_lon, to_lat = rng.uniform(-80, 80, (4, 100))
    expected = osmnx.distance.great_circle(lat, lon, to_lat, to_lon)
    assert great_circle_m(lon, lat, to_lon, to_lat) == pytest.approx(expected, rel=1e-12)
    assert great_circle_m(lon, lat, lon, lat).max() == 0


def test_ways_are_cut_where_they_meet_and_nowhere_else():
    raw, roads = told(osm_ways([[0, 1, 2, 3, 4], [5, 2, 6]]))
    assert roads == [[0, 1, 2], [2, 3, 4], [5, 2], [2, 6]]
    assert raw.nodes == 5
    assert [raw.tags[row]["name"] for row in raw.tag_row] == [str([0, 1, 2, 3, 4])] * 2 + [
        str([5, 2, 6])
    ] * 2
    steps = great_circle_m(raw.x[:-1], raw.y[:-1], raw.x[1:], raw.y[1:])
    assert steps.size
    assert raw.way_m[0] == raw.way_m[1] == pytest.approx(raw.length_m[:2].sum())


def test_a_way_that_crosses_itself_a_loop_and_a_lollipop():
    _, roads = told(osm_ways([[0, 1, 2, 3, 1, 4], [5, 6, 7, 5]]))
    assert roads == [[0, 1], [1, 2, 3, 1], [1, 4], [5, 6, 7, 5]]


def test_ways_that_are_not_kept_cut_nothing():
    _, roads = told(osm_ways([[0, 1, 2], [3, 1, 4]]), [True, False])
    assert roads == [[0, 1, 2]]


def test_a_node_told_twice_in_a_row_is_told_once():
    _, roads = told(osm_ways([[0, 0, 1, 1, 2], [3, 3]]))
    assert roads == [[0, 1, 2]]


def test_points_off_the_globe_are_refused():
    ways = osm_ways([[0, 1, 2]])
    ways.x[1] = 200.0
    with pytest.raises(RefusedFileError, match=r"hors du globe.*\(WRONG_CRS\)"):
        split_ways(ways, np.array([True]))
    # Nobody goes there.
    assert split_ways(ways, np.array([False])).roads == 0


@given(st.lists(st.lists(st.integers(0, 11), min_size=1, max_size=9), min_size=1, max_size=6))
def test_cut_or_whole_the_distances_are_the_same(refs):
    """Cutting at junctions only is worth cutting at every node."""
    ways = osm_ways([*refs, [0, 1, 2], [20, 21, 22, 23, 24, 25, 26, 27, 28, 29]])
    raw = split_ways(ways, np.ones(ways.ptr.size - 1, dtype=bool))
    every_step = nx.Graph()
    for start, stop in zip(ways.ptr[:-1], ways.ptr[1:], strict=True):
        for one, other in zip(
            ways.refs[start : stop - 1], ways.refs[start + 1 : stop], strict=True
        ):
            places = ways.x[[one, other]], ways.y[[one, other]]
            metres = great_circle_m(places[0][:1], places[1][:1], places[0][1:], places[1][1:])
            every_step.add_edge(int(one), int(other), metres=float(metres[0]))
    number = [int(np.flatnonzero(ways.x == x)[0]) for x in raw.x[: raw.nodes]]
    ours = nx.Graph()
    ours.add_nodes_from(number)
    for road in range(raw.roads):
        one, other = (number[raw.points[place]] for place in (raw.ptr[road], raw.ptr[road + 1] - 1))
        metres = raw.length_m[road]
        if not ours.has_edge(one, other) or ours[one][other]["metres"] > metres:
            ours.add_edge(one, other, metres=metres)
    meetings = {node for node in every_step if len(set(every_step[node]) - {node}) > 2}
    assert meetings <= set(number)
    order = sorted(number)
    matrix = nx.to_scipy_sparse_array(ours, order, weight="metres")
    distances = dijkstra(matrix) if len(order) else np.empty((0, 0))
    for row, start in enumerate(order):
        expected = nx.single_source_dijkstra_path_length(every_step, start, weight="metres")
        for column, end in enumerate(order):
            assert distances[row, column] == pytest.approx(expected.get(end, np.inf), abs=1e-6)
