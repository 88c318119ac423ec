from __future__ import annotations

import bz2
import gzip
from pathlib import Path

import networkx as nx
import numpy as np
import osmnx
import pytest

from coverage.base.errors import UserError
from coverage.network.graphml import read_graphml, tag_values


def saved(path: Path, *, crs: str = "epsg:4326", scale: float = 1.0) -> Path:
    """A network of three junctions as osmnx itself writes it."""
    graph = nx.MultiDiGraph(crs=crs)
    for node, (x, y) in enumerate([(9.0, 42.0), (9.01, 42.0), (9.0, 42.01)]):
        graph.add_node(node + 100, x=x * scale, y=y * scale, street_count=2)
    graph.add_edge(100, 101, 0, osmid=1, highway="primary", length=826.5, maxspeed="80")
    graph.add_edge(101, 100, 0, osmid=1, highway="primary", length=826.5, oneway=False)
    graph.add_edge(100, 101, 1, osmid=2, highway=["residential", "tertiary"], length=900.0)
    graph.add_edge(101, 102, 0, osmid=3, highway="residential", length=0.0, access="private")
    osmnx.save_graphml(graph, path)
    return path


def test_reads_what_osmnx_wrote(tmp_path):
    raw = read_graphml(saved(tmp_path / "roads.graphml"))
    assert raw.x.tolist() == [9.0, 9.01, 9.0]
    assert raw.y.tolist() == [42.0, 42.0, 42.01]
    arcs = list(zip(raw.tails, raw.heads, raw.length_m, strict=True))
    assert sorted(arcs) == [(0, 1, 826.5), (0, 1, 900.0), (1, 0, 826.5), (1, 2, 0.0)]
    by_length = dict(zip(raw.length_m, raw.highway, strict=True))
    assert tag_values(by_length[900.0]) == ["residential", "tertiary"]
    assert sorted(raw.maxspeed) == ["", "", "", "80"]
    assert sorted(raw.access) == ["", "", "", "private"]


def test_gz_and_bz2_read_the_same(tmp_path):
    plain = saved(tmp_path / "roads.graphml")
    (tmp_path / "a.graphml.gz").write_bytes(gzip.compress(plain.read_bytes()))
    (tmp_path / "b.graphml.bz2").write_bytes(bz2.compress(plain.read_bytes()))
    for name in ("a.graphml.gz", "b.graphml.bz2"):
        assert read_graphml(tmp_path / name).length_m.tolist() == [826.5, 900.0, 826.5, 0.0]


def test_metres_are_brought_back_to_degrees(tmp_path):
    path = saved(tmp_path / "roads.graphml")
    text = path.read_text().replace("epsg:4326", "epsg:2154")
    text = text.replace(">9.0<", ">1200000.0<").replace(">9.01<", ">1200800.0<")
    path.write_text(text.replace(">42.0<", ">6120000.0<").replace(">42.01<", ">6121000.0<"))
    raw = read_graphml(path)
    assert np.all((raw.x > 8) & (raw.x < 10) & (raw.y > 41) & (raw.y < 43))


def test_the_real_network_is_whole(mirror):
    raw = read_graphml(mirror / "roads" / "corse-osmnx" / "drive.graphml.gz")
    assert (raw.x.size, raw.tails.size) == (31_333, 65_009)


@pytest.mark.parametrize("name", ["drive", "walk"])
def test_networks_with_curved_streets_and_merged_tags(mirror, name):
    raw = read_graphml(mirror / "roads" / "nantes-osmnx" / f"{name}.graphml.bz2")
    assert raw.x.size > 6_000
    assert 47.1 < raw.y.min() < raw.y.max() < 47.4
    assert any(text.startswith("[") for text in raw.highway)


def one_sentence(error: pytest.ExceptionInfo[UserError]) -> str:
    text = str(error.value)
    assert "\n" not in text
    assert text.endswith(".")
    return text


def test_an_html_page_is_told_apart(tmp_path):
    path = tmp_path / "roads.graphml"
    path.write_text("<!DOCTYPE html><html><body>404</body></html>")
    with pytest.raises(UserError) as error:
        read_graphml(path)
    assert "page web" in one_sentence(error)
    path.write_text("<html><body>404</body></html>")
    with pytest.raises(UserError, match="page web"):
        read_graphml(path)


def test_a_declared_entity_is_never_expanded(tmp_path):
    path = tmp_path / "roads.graphml"
    path.write_text('<!DOCTYPE graphml [<!ENTITY a "aaaa">]><graphml>&a;</graphml>')
    with pytest.raises(UserError):
        read_graphml(path)


@pytest.mark.parametrize("kind", [".graphml", ".gz", ".bz2"])
def test_a_cut_file_is_told(tmp_path, kind):
    whole = saved(tmp_path / "roads.graphml").read_bytes()
    packed = {".graphml": whole, ".gz": gzip.compress(whole), ".bz2": bz2.compress(whole)}[kind]
    path = tmp_path / f"cut{kind}"
    path.write_bytes(packed[: len(packed) * 2 // 3])
    with pytest.raises(UserError) as error:
        read_graphml(path)
    assert "coupé ou abîmé" in one_sentence(error)


def test_a_file_that_is_not_gzip_is_told(tmp_path):
    path = tmp_path / "roads.graphml.gz"
    path.write_bytes(b"PK\x03\x04 not gzip")
    with pytest.raises(UserError, match="abîmé"):
        read_graphml(path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('attr.name="length"', 'attr.name="longueur"', "longueur"),
        (">826.5<", ">beaucoup<", "longueur"),
        (">826.5<", ">-3<", "longueur"),
        ('attr.name="x"', 'attr.name="lon"', "coordonnées"),
        (">9.01<", ">999<", "hors du globe"),
        ("epsg:4326", "chez nous", "projection"),
        ('target="102"', 'target="777"', "777"),
        ("<edge", "<arete", "abîmé"),
    ],
)
def test_each_fault_has_its_sentence(tmp_path, old, new, message):
    path = saved(tmp_path / "roads.graphml")
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(UserError) as error:
        read_graphml(path)
    assert message in one_sentence(error)


def test_an_empty_network_a_missing_file_and_another_format(tmp_path):
    path = tmp_path / "roads.graphml"
    path.write_text('<graphml><graph edgedefault="directed"></graph></graphml>')
    with pytest.raises(UserError, match="aucune route"):
        read_graphml(path)
    with pytest.raises(UserError, match="n'existe pas"):
        read_graphml(tmp_path / "nowhere.graphml")
    with pytest.raises(UserError, match="GraphML"):
        read_graphml(tmp_path / "roads.osm.pbf")
