from __future__ import annotations

import bz2
import gzip
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.base import limited
from coverage.base.errors import RefusedFileError
from coverage.network import road_file
from coverage.network.checking import check_roads
from coverage.network.graphml_document import read_document
from tests.network.refusals import refused
from tests.network.test_graphml import saved

PACKERS = {".graphml": bytes, ".graphml.gz": gzip.compress, ".graphml.bz2": bz2.compress}


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in this process, as the child does: the same, and sooner."""
    monkeypatch.setattr(limited, "_inside", True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "roads.graphml"


def test_what_a_document_holds(path):
    document = read_document(saved(path))
    assert (list(document.x), list(document.y)) == ([9.0, 9.01, 9.0], [42.0, 42.0, 42.01])
    assert (list(document.tails), list(document.heads)) == ([0, 0, 1, 1], [1, 1, 0, 2])
    assert list(document.length_m) == [826.5, 900.0, 826.5, 1400.0]
    assert document.tags[document.tag_row[3]] == {"highway": "residential", "access": "private"}
    assert (list(document.bent), list(document.ptr)) == ([], [0])
    assert "3\u00a0carrefours, 4\u00a0tronçons" in check_roads(path).message


@pytest.mark.parametrize("name", PACKERS)
@pytest.mark.parametrize("packer", PACKERS.values())
def test_packed_or_not_is_told_by_the_bytes(tmp_path, name, packer):
    plain = saved(tmp_path / "plain.graphml").read_bytes()
    (tmp_path / f"a{name}").write_bytes(packer(plain))
    assert len(read_document(tmp_path / f"a{name}").x) == 3


@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE html><html><body>404</body></html>",
        b"<html><body>404</body></html>",
        "<!DOCTYPE html><html></html>".encode("utf-16"),
        gzip.compress(b"<!doctype html><html></html>", mtime=0),
        b"<kml></kml>",
        b'<?xml version="1.0"?><osm version="0.6"></osm>',
        b"PK\x03\x04 a zip",
        b"version https://git-lfs.github.com/spec/v1",
        b"[]",
    ],
)
def test_what_is_no_graphml(path, content):
    path.write_bytes(content)
    assert refused(path).code == "NOT_ROADS"


@pytest.mark.parametrize("packer", PACKERS.values())
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_never_read(path, packer, encoding):
    secret = path.with_name("secret")
    secret.write_text("secret")
    for entity in ('"aaaa"', f'SYSTEM "{secret.as_uri()}"'):
        text = f"<!-- a network --><!DOCTYPE graphml [<!ENTITY a {entity}>]><graphml>&a;</graphml>"
        path.write_bytes(packer(text.encode(encoding)))
        refusal = refused(path)
        assert refusal.code == "XML_DTD"
        assert "secret" not in refusal.sentence


@pytest.mark.parametrize("name", PACKERS)
def test_a_cut_file_is_told(tmp_path, name):
    packed = PACKERS[name](saved(tmp_path / "whole.graphml").read_bytes())
    path = tmp_path / f"cut{name}"
    path.write_bytes(packed[: len(packed) * 2 // 3])
    refusal = refused(path)
    assert refusal.code == "CORRUPT_ROADS"
    assert "coupé ou abîmé" in refusal.sentence


@pytest.mark.parametrize(
    ("old", "new", "code", "message"),
    [
        ('attr.name="length"', 'attr.name="longueur"', "NOT_ROADS", "length"),
        ('attr.name="x"', 'attr.name="lon"', "NOT_ROADS", "n’a pas x"),
        (">826.5<", ">beaucoup<", "BAD_NUMBER", "de 100 à 101"),
        (">826.5<", ">-3<", "BAD_NUMBER", "longueur"),
        (">826.5<", ">nan<", "BAD_NUMBER", "longueur"),
        (">826.5<", ">1e300<", "BAD_NUMBER", "longueur"),
        (">826.5<", ">1_826.5<", "BAD_NUMBER", "longueur"),
        (">826.5<", ">٨٢٦<", "BAD_NUMBER", "longueur"),
        (">1400.0<", ">0.001<", "BAD_NUMBER", "plus courte"),
        (">9.01<", ">là<", "BAD_NUMBER", "carrefour 101"),
        (">9.01<", ">9_0<", "BAD_NUMBER", "carrefour 101"),
        ('id="102"', 'id="101"', "DUP_ID", "deux carrefours 101"),
        (">9.01<", ">999<", "WRONG_CRS", "hors du globe"),
        (">9.01<", ">nan<", "WRONG_CRS", "hors du globe"),
        (">42.01<", ">-inf<", "WRONG_CRS", "hors du globe"),
        ("epsg:4326", "chez nous", "MISSING_CRS", "chez nous"),
        ("epsg:4326", "+init=/etc/passwd:1", "MISSING_CRS", "projection"),
        ("epsg:4326", "+proj=defmodel +model=/etc/passwd +type=crs", "MISSING_CRS", "projection"),
        ("epsg:4326", "+proj=longlat +ellps=WGS84 +nadgrids=a", "MISSING_CRS", "projection"),
        ("epsg:4326", "+proj=utm +ellps=WGS84 +zone=61", "MISSING_CRS", "projection"),
        ("epsg:4326", "+proj=longlat +ellps=GRS67", "MISSING_CRS", "projection"),
        ("epsg:4326", '{"type": "GeographicCRS"}', "MISSING_CRS", "projection"),
        ("epsg:4326", "epsg:4978", "MISSING_CRS", "projection"),
        ("epsg:4326", "epsg:5773", "MISSING_CRS", "projection"),
        ('target="102"', 'target="777"', "MISSING_NODES", "1\u00a0route passe"),
        ("<edge", "<arete", "CORRUPT_ROADS", "abîmé"),
        ('attr.name="access"', 'attr.name="geometry"', "CORRUPT_ROADS", "de 101 à 102"),
        ("<graph ", f'<graph a="{"b" * 1_200_000}" ', "CORRUPT_ROADS", "million"),
    ],
)
def test_each_fault_has_its_code_and_its_sentence(path, old, new, code, message):
    text = saved(path).read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    refusal = refused(path)
    assert refusal.code == code, refusal.sentence
    assert message in refusal.sentence


@pytest.mark.parametrize(
    "line",
    [
        "LINESTRING" + " " * 1_000_000 + "x",
        "LINESTRING (" + " " * 1_000_000 + "9 42",
        "LINESTRING (9 42, 9.01 42) x",
        "LINESTRING (9_1 42, 9.01 42)",
        "POINT EMPTY",
        "LINESTRING",
        "9 42, 9.01 42",
    ],
)
def test_a_line_that_is_none_is_told_at_once(path, line):
    text = saved(path).read_text().replace('attr.name="access"', 'attr.name="geometry"')
    path.write_text(text.replace(">private<", f">{line}<"))
    assert refused(path).code == "CORRUPT_ROADS"


@pytest.mark.parametrize("name", ["utf-7", "rot13", "undefined", "x-inconnu"])
def test_no_codec_is_looked_up_that_a_file_names(path, name):
    text = saved(path).read_text()
    path.write_text(text.replace("'utf-8'", f"'{name}'"))
    refusal = refused(path)
    assert (refusal.code, name in refusal.sentence) == ("CORRUPT_ROADS", True)


@pytest.mark.parametrize(
    "crs",
    [
        "EPSG:4326",
        "+proj=longlat +ellps=WGS84 +datum=WGS84 +no_defs",
        "+proj=longlat +datum=WGS84 +no_defs +type=crs",
        "epsg:4171",
    ],
)
def test_degrees_as_osmnx_has_told_them(path, crs):
    document = read_document(saved(path, crs=crs))
    assert list(document.x) == pytest.approx([9.0, 9.01, 9.0], abs=1e-6)


def test_utm_as_osmnx_told_it_and_tells_it(path):
    told = saved(path).read_text()
    places_m = {"9.0": 500_000, "9.01": 500_828, "42.0": 4_649_776, "42.01": 4_650_886}
    for degrees, metres in places_m.items():
        told = told.replace(f">{degrees}<", f">{metres}<")
    places = []
    for crs in ("epsg:32632", "+proj=utm +zone=32 +ellps=WGS84 +datum=WGS84 +units=m +no_defs"):
        path.write_text(told.replace("epsg:4326", crs))
        document = read_document(path)
        places.append([*document.x, *document.y])
    assert places[0] == places[1]
    assert places[0] == pytest.approx([9.0, 9.01, 9.0, 42.0, 42.0, 42.01], abs=1e-3)


def test_edges_that_lead_nowhere_are_no_road(path):
    text = saved(path).read_text()
    for node in ("101", "102"):
        text = text.replace(f'target="{node}"', 'target="100"')
        text = text.replace(f'source="{node}"', 'source="100"')
    path.write_text(text)
    assert refused(path).code == "NO_ROWS"


def test_an_empty_network(path):
    path.write_text('<graphml><graph edgedefault="directed"></graph></graphml>')
    assert refused(path).code == "NO_ROWS"
    path.write_text("")
    assert refused(path).code == "EMPTY"


@pytest.mark.parametrize("packer", [gzip.compress, bz2.compress])
def test_a_file_that_holds_abnormally_much(path, packer):
    path.write_bytes(packer(b"<graphml>" + b" " * 21_000_000))
    assert refused(path).code == "TOO_BIG"


def test_a_large_file_is_not_abnormal_for_being_large(path, monkeypatch):
    saved(path)
    monkeypatch.setattr(road_file, "_SMALL_BYTES", 1000)
    assert read_document(path).x
    path.write_bytes(gzip.compress(path.read_bytes()))
    assert read_document(path).x
    monkeypatch.setattr(road_file, "_MOST_BYTES", 1000)
    assert refused(path).code == "TOO_BIG"


@given(st.binary(max_size=200), st.integers(0, 3000), st.booleans())
def test_any_bytes_are_a_network_or_refused(tmp_path_factory, noise, at, pack):
    folder = tmp_path_factory.getbasetemp()
    whole = folder / "whole.graphml"
    content = (whole if whole.exists() else saved(whole)).read_bytes()
    damaged = content[:at] + noise + content[at + len(noise) :]
    path = folder / "any.graphml.gz"
    path.write_bytes(gzip.compress(damaged) if pack else noise)
    with suppress(RefusedFileError):
        read_document(path)
