from __future__ import annotations

import bz2
import gzip
from pathlib import Path

import networkx as nx
import numpy as np
import osmnx
import pytest
from pyproj import Transformer
from shapely.geometry import LineString

from coverage.network.graphml import read_graphml
from coverage.network.raw import tag_values
from coverage.network.ways import great_circle_m


def saved(path: Path, *, crs: str = "epsg:4326", scale: float = 1.0) -> Path:
    """A network of three junctions as osmnx itself writes it."""
    graph = nx.MultiDiGraph(crs=crs)
    for node, (x, y) in enumerate([(9.0, 42.0), (9.01, 42.0), (9.0, 42.01)]):
        graph.add_node(node + 100, x=x * scale, y=y * scale, street_count=2)
    graph.add_edge(100, 101, 0, osmid=1, highway="primary", length=826.5, maxspeed="80")
    graph.add_edge(101, 100, 0, osmid=1, highway="primary", length=826.5, oneway=False)
    graph.add_edge(100, 101, 1, osmid=2, highway=["residential", "tertiary"], length=900.0)
    graph.add_edge(101, 102, 0, osmid=3, highway="residential", length=1400.0, access="private")
    osmnx.save_graphml(graph, path)
    return path


def test_reads_what_osmnx_wrote(tmp_path):
    raw = read_graphml(saved(tmp_path / "roads.graphml"))
    assert raw.nodes == 3
    assert raw.x.tolist() == [9.0, 9.01, 9.0]
    assert raw.y.tolist() == [42.0, 42.0, 42.01]
    assert raw.points.tolist() == [0, 1, 0, 1, 0, 1, 1, 2]
    assert raw.length_m.tolist() == [826.5, 900.0, 826.5, 1400.0]
    # a limit in one direction only: the two directions are two roads
    assert raw.forward.tolist() == [True, True, False, True]
    assert raw.backward.tolist() == [False, False, True, False]
    tags = [raw.tags[row] for row in raw.tag_row]
    assert tags[0] == {"highway": "primary", "maxspeed": "80"}
    assert tag_values(tags[1]["highway"]) == ["residential", "tertiary"]
    # what the edges themselves tell is not read again
    assert tags[2] == {"highway": "primary"}
    assert tags[3] == {"highway": "residential", "access": "private"}


def test_a_long_list_is_no_tag():
    assert tag_values(str(["a"] * 2000)) == ["a"] * 2000
    long = str(["a"] * 20_000)
    assert tag_values(long) == [long]


def test_bends_are_kept_and_the_two_directions_paired(tmp_path):
    graph = nx.MultiDiGraph(crs="epsg:4326")
    for node, (x, y) in enumerate([(9.0, 42.0), (9.01, 42.0)]):
        graph.add_node(node, x=x, y=y)
    line = LineString([(9.0, 42.0), (9.003, 42.002), (9.006, 42.003), (9.01, 42.0)])
    graph.add_edge(0, 1, highway="primary", length=900.0, geometry=line)
    graph.add_edge(1, 0, highway="primary", length=900.0, geometry=line.reverse())
    osmnx.save_graphml(graph, tmp_path / "roads.graphml")
    raw = read_graphml(tmp_path / "roads.graphml")
    assert (raw.nodes, raw.roads) == (2, 1)
    assert raw.forward.all()
    assert raw.backward.all()
    assert list(zip(raw.x[raw.points], raw.y[raw.points], strict=True)) == list(line.coords)


@pytest.mark.parametrize(
    ("written", "bends"),
    [
        ("LINESTRING (9 42, 9.003 42.002, 9.01 42)", [(9.003, 42.002)]),
        ("LINESTRING(9 42,9.003 42.002,9.01 42)", [(9.003, 42.002)]),
        ("LINESTRING Z (9 42 5, 9.003 42.002 7.5, 9.01 42 -1)", [(9.003, 42.002)]),
        ("LINESTRING Z (9 42 nan, 9.003 42.002 nan, 9.01 42 nan)", [(9.003, 42.002)]),
        ("LINESTRING ZM (9 42 5 1, 9.003 42.002 7 2, 9.01 42 8 3)", [(9.003, 42.002)]),
        ("LINESTRING EMPTY", []),
        ("LINESTRING Z EMPTY", []),
        ("", []),
    ],
)
def test_lines_with_heights_or_without_points(tmp_path, written, bends):
    graph = nx.MultiDiGraph(crs="epsg:4326")
    for node, (x, y) in enumerate([(9.0, 42.0), (9.01, 42.0)]):
        graph.add_node(node, x=x, y=y)
    graph.add_edge(0, 1, highway="primary", length=900.0, geometry="LINE")
    osmnx.save_graphml(graph, tmp_path / "roads.graphml")
    text = (tmp_path / "roads.graphml").read_text()
    assert text.count(">LINE<") == 1
    (tmp_path / "roads.graphml").write_text(text.replace(">LINE<", f">{written}<"))
    raw = read_graphml(tmp_path / "roads.graphml")
    assert raw.roads == 1
    assert list(zip(raw.x[2:], raw.y[2:], strict=True)) == bends


@pytest.mark.parametrize("text", ["[{[]:1}]", "[0x" + "f" * 5000 + "]", "[1", "[" * 10_000])
def test_what_is_no_list_is_one_value(text):
    assert tag_values(text) == [text]


def test_bends_come_back_to_degrees_too(tmp_path):
    graph = nx.MultiDiGraph(crs="epsg:2154")
    for node, (x, y) in enumerate([(1_200_000.0, 6_120_000.0), (1_201_000.0, 6_120_000.0)]):
        graph.add_node(node, x=x, y=y)
    line = LineString([(1_200_000, 6_120_000), (1_200_500, 6_120_400), (1_201_000, 6_120_000)])
    graph.add_edge(0, 1, highway="primary", length=1300.0, geometry=line)
    osmnx.save_graphml(graph, tmp_path / "roads.graphml")
    raw = read_graphml(tmp_path / "roads.graphml")
    back = Transformer.from_crs(2154, 4326, always_xy=True)
    assert (raw.x[2], raw.y[2]) == pytest.approx(back.transform(1_200_500, 6_120_400))


def test_gz_and_bz2_read_the_same(tmp_path):
    plain = saved(tmp_path / "roads.graphml")
    (tmp_path / "a.graphml.gz").write_bytes(gzip.compress(plain.read_bytes()))
    (tmp_path / "b.graphml.bz2").write_bytes(bz2.compress(plain.read_bytes()))
    for name in ("a.graphml.gz", "b.graphml.bz2"):
        assert read_graphml(tmp_path / name).length_m.tolist() == [826.5, 900.0, 826.5, 1400.0]


def test_metres_are_brought_back_to_degrees(tmp_path):
    path = saved(tmp_path / "roads.graphml")
    text = path.read_text().replace("epsg:4326", "epsg:2154")
    text = text.replace(">9.0<", ">1200000.0<").replace(">9.01<", ">1200800.0<")
    path.write_text(text.replace(">42.0<", ">6120000.0<").replace(">42.01<", ">6121000.0<"))
    raw = read_graphml(path)
    assert np.all((raw.x > 8) & (raw.x < 10) & (raw.y > 41) & (raw.y < 43))


def test_the_real_network_is_whole(mirror):
    raw = read_graphml(mirror / "roads" / "corse-osmnx" / "drive.graphml.gz")
    assert (raw.nodes, raw.x.size) == (31_333, 31_333)
    # the file tells 65,009 directions, 25 of them twice
    assert raw.forward.sum() + raw.backward.sum() == 64_984


@pytest.mark.parametrize(
    ("name", "nodes", "edges"), [("drive", 6_588, 14_404), ("bike", 13_161, 30_582)]
)
def test_networks_with_curved_streets_and_merged_tags(mirror, name, nodes, edges):
    raw = read_graphml(mirror / "roads" / "nantes-osmnx" / f"{name}.graphml.bz2")
    assert raw.nodes == nodes
    assert raw.forward.sum() + raw.backward.sum() == edges
    assert raw.x.size > 4 * nodes
    assert 47.1 < raw.y.min() < raw.y.max() < 47.4
    assert any(tags["highway"].startswith("[") for tags in raw.tags)
    # along their bends the streets are as long as the file says
    share = great_circle_m(
        raw.x[raw.points[:-1]],
        raw.y[raw.points[:-1]],
        raw.x[raw.points[1:]],
        raw.y[raw.points[1:]],
    )
    share[raw.ptr[1:-1] - 1] = 0.0
    metres = np.add.reduceat(share, raw.ptr[:-1])
    assert np.percentile(np.abs(metres - raw.length_m), 99) < 0.1
