from __future__ import annotations

import geopandas as gpd
import networkx as nx
import numpy as np
import osmnx
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from shapely.geometry import box

from coverage.base.errors import UserError
from coverage.network import read_roads
from coverage.network.search import one_to_many
from coverage.network.speeds import speed_table

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
    graph.add_edge(1, 5, highway="footway", length=10.0)
    graph.add_edge(5, 1, highway="service", length=10.0, access="private")
    path = tmp_path / "roads.graphml"
    osmnx.save_graphml(graph, path)
    return path


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


def test_other_modes_and_networks_without_roads_are_refused(crossroads, tmp_path):
    with pytest.raises(UserError, match="bike"):
        read_roads(crossroads, "bike")
    text = crossroads.read_text()
    for known in ("primary", "residential", "service"):
        text = text.replace(f">{known}<", ">steps<")
    (tmp_path / "steps.graphml").write_text(text)
    with pytest.raises(UserError, match="ouverte aux voitures"):
        read_roads(tmp_path / "steps.graphml")


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
