from __future__ import annotations

import subprocess
import sys

import geopandas as gpd
import networkx as nx
import numpy as np
import osmnx
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from shapely.geometry import box

from coverage.base.errors import RefusedFileError, UserError
from coverage.network import read_modes, read_roads
from coverage.network.graph import highway_codes
from coverage.network.search import one_to_many
from coverage.network.speeds import speed_table
from coverage.network.ways import great_circle_m
from tests.network.osm_files import write_overpass, write_pbf
from tests.network.refusals import refused

# minutes, as commonly published for a car without traffic
DRIVES = {
    ("Ajaccio", "Bastia"): (150, 160),
    ("Ajaccio", "Porto-Vecchio"): (160, 170),
    ("Bastia", "Corte"): (70, 70),
    ("Bastia", "Calvi"): (95, 105),
}
TOWNS = {
    "Ajaccio": (8.7386, 41.9192),
    "Bastia": (9.4500, 42.7005),
    "Porto-Vecchio": (9.2796, 41.5911),
    "Corte": (9.1492, 42.3064),
    "Calvi": (8.7567, 42.5677),
}


@pytest.fixture
def crossroads(tmp_path):
    """A cross of four primary roads, a closed one, a footway and a private one."""
    graph = nx.MultiDiGraph(crs="epsg:4326")
    places = [(9.0, 42.0), (9.01, 42.0), (8.99, 42.0), (9.0, 42.01), (9.0, 41.99), (9.02, 42.0)]
    for node, (x, y) in enumerate(places):
        graph.add_node(node, x=x, y=y)
    for arm in (1, 2, 3, 4):
        graph.add_edge(arm, 0, highway="primary", length=1000.0)
    graph.add_edge(0, 1, highway="residential", length=1000.0)
    graph.add_edge(1, 5, highway="footway", length=1000.0)
    graph.add_edge(5, 1, highway="service", length=1000.0, access="private")
    path = tmp_path / "roads.graphml"
    osmnx.save_graphml(graph, path)
    return path


def test_reading_loads_neither_the_compiler_nor_the_libraries_it_does_without():
    code = (
        "import sys; from coverage.network.roads import read_roads; "
        "print({'numba', 'osmium', 'osmnx', 'networkx'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_closed_roads_are_left_out_and_junctions_cost(crossroads):
    graph = read_roads(crossroads)
    assert (graph.nodes, graph.arcs) == (6, 5)
    table = speed_table()
    rural = round(36000 / table.kmh["primary"][0] + 10 * table.delay_s[0])
    street = round(36000 / table.kmh["residential"][1])
    assert graph.deciseconds.tolist() == [street, rural, rural, rural, rural]


def test_the_middle_of_an_arc_decides_its_environment(crossroads):
    east = gpd.GeoDataFrame(geometry=[box(9.001, 41.9, 9.1, 42.1)], crs=4326)
    graph = read_roads(crossroads, urban=east)
    table = speed_table()
    rural = round(36000 / table.kmh["primary"][0] + 10 * table.delay_s[0])
    urban = round(36000 / table.kmh["primary"][1] + 10 * table.delay_s[1])
    assert graph.deciseconds[graph.tails == 1].tolist() == [urban]
    assert graph.deciseconds[graph.tails == 2].tolist() == [rural]
    nothing = read_roads(crossroads, urban=east.iloc[:0])
    assert np.array_equal(nothing.deciseconds, read_roads(crossroads).deciseconds)


def test_another_mode_and_another_format_are_refused(crossroads, tmp_path):
    with pytest.raises(UserError, match="boat"):
        read_roads(crossroads, "boat")
    (tmp_path / "roads.zip").write_bytes(b"PK")
    refusal = refused(tmp_path / "roads.zip")
    assert refusal.code == "NOT_ROADS"
    assert ".osm.pbf" in refusal.sentence


def test_a_network_that_nobody_may_use_is_refused(crossroads, tmp_path):
    text = crossroads.read_text()
    for known in ("primary", "residential", "service"):
        text = text.replace(f">{known}<", ">steps<")
    path = tmp_path / "steps.graphml"
    path.write_text(text)
    with pytest.raises(RefusedFileError, match=r"ouverte aux voitures.*\(NO_ROWS\)"):
        read_roads(path)
    with pytest.raises(RefusedFileError, match="ouverte aux vélos"):
        read_roads(path, "bike")
    assert read_roads(path, "walk").arcs


def test_on_foot_a_network_for_cars_goes_both_ways(crossroads):
    graph = read_roads(crossroads, "walk")
    # four roads in both directions, the footway too; the private one stays closed
    assert graph.arcs == 10
    assert graph.mode == "walk"
    assert set(graph.deciseconds[graph.length_m == 1000.0]) == {8000}
    assert graph.notes == ()
    by_bike = read_roads(crossroads, "bike")
    # who rides follows the one-way streets of the network, and no footway
    assert by_bike.arcs == 5
    assert set(by_bike.deciseconds) == {2250}
    assert len(by_bike.notes) == 1
    assert "approchés" in by_bike.notes[0]


def test_the_edges_of_a_graphml_tell_its_directions(tmp_path):
    graph = nx.MultiDiGraph(crs="epsg:4326")
    for node in range(3):
        graph.add_node(node, x=9.0 + 0.1 * node, y=42.0)
    graph.add_edge(1, 0, highway="motorway", length=8000.0, oneway=True)
    graph.add_edge(1, 2, highway="motorway", length=8000.0, junction="roundabout")
    graph.add_edge(2, 1, highway="motorway", length=8000.0, junction="roundabout")
    osmnx.save_graphml(graph, tmp_path / "roads.graphml")
    roads = read_roads(tmp_path / "roads.graphml")
    assert list(zip(roads.tails, roads.indices, strict=True)) == [(1, 0), (1, 2), (2, 1)]


def test_both_formats_of_openstreetmap_give_the_same_graph(tmp_path):
    nodes = {k: (9.0 + 0.01 * k, 42.0 + 0.003 * (k * k % 5)) for k in range(1, 9)}
    ways = [
        ([1, 2, 3], {"highway": "primary", "maxspeed": "50"}),
        ([3, 4, 5, 3], {"highway": "residential", "oneway": "yes"}),
        ([1, 6, 3], {"highway": "tertiary", "surface": "gravel"}),
        ([3, 7, 8], {"highway": "track", "tracktype": "grade2"}),
    ]
    one = read_roads(write_pbf(tmp_path / "a.osm.pbf", nodes, ways))
    two = read_roads(write_overpass(tmp_path / "a.json", nodes, ways))
    for name in ("indptr", "indices", "deciseconds", "length_m", "highway", "x", "y", "shape"):
        assert np.array_equal(getattr(one, name), getattr(two, name)), name
    assert np.array_equal(one.shapes.x, two.shapes.x)
    # the loop has two nodes of its own, the second road from 1 to 3 has one
    assert one.nodes == 3 + 2 + 1


def test_oneway_minus_one_is_driven_against_the_nodes(tmp_path):
    nodes = {1: (9.0, 42.0), 2: (9.1, 42.0)}
    ways = [([1, 2], {"highway": "primary", "oneway": "-1"})]
    graph = read_roads(write_pbf(tmp_path / "a.osm.pbf", nodes, ways))
    assert list(zip(graph.tails, graph.indices, strict=True)) == [(1, 0)]


def test_a_ferry_shares_its_duration_by_length_and_others_are_told(tmp_path):
    nodes = {k: (9.0 + 0.1 * k, 42.0) for k in range(6)}
    ways = [
        ([1, 2, 4], {"route": "ferry", "duration": "0:30", "motorcar": "yes"}),
        ([2, 3], {"highway": "service"}),
        ([4, 5], {"route": "ferry", "motorcar": "yes"}),
        ([3, 5], {"route": "ferry", "foot": "yes"}),
        ([1, 3], {"highway": "primary", "oneway": "reversible"}),
        ([1, 3], {"highway": "primary", "oneway": "reversible"}),
    ]
    graph = read_roads(write_pbf(tmp_path / "a.osm.pbf", nodes, ways))
    by_sea = graph.highway == highway_codes("ferry")[0]
    assert sorted(graph.deciseconds[by_sea].tolist()) == [6000, 6000, 12_000, 12_000]
    assert graph.notes == (
        "Lignes de ferry sans durée de traversée (duration), laissées de côté : 1.",
        "Routes dont le sens change selon l'heure, laissées de côté : 2.",
    )


@pytest.mark.parametrize("mode", ["walk", "bike"])
def test_trunk_roads_closed_to_who_walks_or_rides_are_counted(tmp_path, mode):
    nodes = {k: (9.0 + 0.1 * k, 42.0) for k in range(4)}
    ways = [
        ([0, 1], {"highway": "trunk"}),
        ([1, 2], {"highway": "trunk", "motorroad": "yes"}),
        ([1, 2], {"highway": "trunk", "foot": "yes", "bicycle": "yes"}),
        ([2, 3], {"highway": "cycleway", "foot": "yes"}),
    ]
    path = write_pbf(tmp_path / "a.osm.pbf", nodes, ways)
    graph = read_roads(path, mode)
    assert graph.arcs == 4
    assert graph.notes == (
        "Voies express (trunk) laissées de côté à pied ou à vélo, faute de trottoir, de bande "
        "cyclable ou d'autorisation : 1.",
    )
    assert read_roads(path).notes == ()

    edges = nx.MultiDiGraph(crs="epsg:4326")
    for node in range(3):
        edges.add_node(node, x=9.0 + 0.1 * node, y=42.0)
    edges.add_edge(0, 1, highway="trunk", length=8000.0)
    edges.add_edge(1, 2, highway="path", length=8000.0)
    osmnx.save_graphml(edges, tmp_path / "a.graphml")
    assert read_roads(tmp_path / "a.graphml", mode).notes == graph.notes


def test_the_middle_along_the_bends_decides_the_environment(tmp_path):
    nodes = {1: (9.0, 42.0), 2: (9.0, 42.1), 3: (9.1, 42.1), 4: (9.1, 42.0)}
    path = write_pbf(tmp_path / "a.osm.pbf", nodes, [([1, 2, 3, 4], {"highway": "primary"})])
    north = gpd.GeoDataFrame(geometry=[box(8.9, 42.05, 9.2, 42.2)], crs=4326)
    south = gpd.GeoDataFrame(geometry=[box(8.9, 41.9, 9.2, 42.05)], crs=4326)
    assert read_roads(path, urban=north).deciseconds[0] > read_roads(path).deciseconds[0]
    assert read_roads(path, urban=south).deciseconds[0] == read_roads(path).deciseconds[0]


def test_three_roads_that_meet_are_a_junction_though_two_lead_to_one_place(tmp_path):
    nodes = {1: (9.0, 42.0), 2: (9.01, 42.0), 3: (9.02, 42.01), 4: (9.03, 42.0)}
    ways = [
        ([1, 2], {"highway": "primary"}),
        ([2, 4], {"highway": "primary"}),
        ([2, 3, 4], {"highway": "primary"}),
    ]
    both = read_roads(write_pbf(tmp_path / "a.osm.pbf", nodes, ways))
    one = read_roads(write_pbf(tmp_path / "b.osm.pbf", nodes, ways[:2]))
    delay_ds = round(10 * speed_table().delay_s[0])
    assert both.deciseconds[0] == one.deciseconds[0] + delay_ds


def test_a_network_for_walkers_is_told_to_who_drives(mirror):
    path = mirror / "roads" / "nantes-osmnx" / "walk.graphml.bz2"
    assert "double sens" in read_roads(path).notes[0]


@pytest.mark.parametrize(
    ("mode", "arcs"), [("drive", (24_000, 25_000)), ("walk", (32_000, 34_000))]
)
def test_the_isle_of_man(mirror, mode, arcs):
    graph = read_roads(mirror / "roads" / "osm-pbf" / "isle-of-man-2020-03-14.osm.pbf", mode)
    assert arcs[0] < graph.arcs < arcs[1]
    # on foot, trunk roads without a pavement
    assert [note[:21] for note in graph.notes] == ["Voies express (trunk)"] * (mode == "walk")
    # no two roads with other bends between the same nodes
    low, high = (pick(graph.tails, graph.indices) for pick in (np.minimum, np.maximum))
    roads = np.unique(np.column_stack((low, high, graph.shape)), axis=0)
    assert len(roads) == len(np.unique(roads[:, :2], axis=0))
    # an arc is as long as its bends
    arc = int(np.argmax(np.diff(graph.shapes.ptr)[graph.shape]))
    row = graph.shape[arc]
    inner = slice(graph.shapes.ptr[row], graph.shapes.ptr[row + 1])
    x = np.concatenate(([graph.x[low[arc]]], graph.shapes.x[inner], [graph.x[high[arc]]]))
    y = np.concatenate(([graph.y[low[arc]]], graph.shapes.y[inner], [graph.y[high[arc]]]))
    metres = great_circle_m(x[:-1], y[:-1], x[1:], y[1:]).sum()
    assert metres == pytest.approx(graph.length_m[arc])


def test_andorra(mirror):
    graph = read_roads(mirror / "roads" / "osm-pbf" / "andorra.osm.pbf")
    assert (graph.nodes, graph.arcs) == (1_979, 3_976)
    assert 900_000 < graph.length_m.sum() < 1_100_000


def test_corsica(corsica):
    assert corsica.nodes == 31_333
    assert 64_000 < corsica.arcs < 65_009  # private roads and slower parallels left out
    assert corsica.deciseconds.dtype == np.int32


@pytest.mark.parametrize("towns", list(DRIVES))
def test_long_corsican_drives_are_near_published_times(corsica, towns):
    matrix = csr_matrix(
        (np.ones(corsica.arcs), corsica.indices, corsica.indptr), shape=(corsica.nodes,) * 2
    )
    _, part = connected_components(matrix, connection="strong")
    main = np.flatnonzero(part == np.bincount(part).argmax())
    start, end = (
        main[np.hypot((corsica.x[main] - x) * 0.74, corsica.y[main] - y).argmin()]
        for x, y in (TOWNS[towns[0]], TOWNS[towns[1]])
    )
    minutes = one_to_many(corsica, [start], 5 * 36_000)[0, end] / 600
    low, high = DRIVES[towns]
    assert 0.9 * low <= minutes <= 1.1 * high


def test_several_modes_at_once_are_what_each_is_alone(crossroads, tmp_path):
    nodes = {1: (9.0, 42.0), 2: (9.01, 42.0), 3: (9.02, 42.0), 4: (9.0, 42.01)}
    ways = [
        ([1, 2], {"highway": "primary", "oneway": "yes"}),
        ([2, 3], {"highway": "footway"}),
        ([3, 4], {"highway": "trunk"}),
        ([1, 4], {"highway": "tertiary", "motor_vehicle": "no"}),
    ]
    files = [crossroads, tmp_path / "a.osm.pbf", tmp_path / "a.json"]
    write_pbf(files[1], nodes, ways)
    write_overpass(files[2], nodes, ways)
    for file in files:
        together = read_modes(file, ("drive", "walk", "bike"))
        assert list(together) == ["drive", "walk", "bike"]
        for mode, graph in together.items():
            alone = read_roads(file, mode)
            for name in ("indptr", "indices", "deciseconds", "length_m", "highway", "x", "y"):
                np.testing.assert_array_equal(getattr(graph, name), getattr(alone, name))
            assert (graph.mode, graph.notes) == (alone.mode, alone.notes)
    with pytest.raises(UserError, match="inconnu"):
        read_modes(crossroads, ("drive", "swim"))
