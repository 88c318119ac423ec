from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from coverage.base import limited
from coverage.network import json_stream
from coverage.network.checking import check_roads
from coverage.network.overpass_answer import read_answers
from tests.network.osm_files import Nodes, Ways, answer, write_overpass
from tests.network.refusals import refused

NODES: Nodes = {1: (5.0, 47.0), 2: (5.1, 47.0), 3: (5.2, 47.0), 4: (5.1, 47.1)}
WAYS: Ways = [
    ([1, 2, 3], {"highway": "primary", "name": "Rue Verte"}),
    ([4, 3], {"route": "ferry"}),
    ([4, 9], {"building": "yes"}),
]
ROAD = '"type": "way", "id": 1, "tags": {"highway": "road"}'


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in this process, as the child does: the same, and sooner."""
    monkeypatch.setattr(limited, "_inside", True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.json"


def test_roads_and_ferries_with_the_tags_that_count(path):
    found = read_answers(write_overpass(path, NODES, WAYS))
    places = zip(found.lon, found.lat, strict=True)
    assert dict(zip(found.ids, places, strict=True)) == NODES
    assert (list(found.ptr), list(found.refs)) == ([0, 3, 5], [1, 2, 3, 4, 3])
    assert [found.tags[row] for row in found.tag_row] == [
        {"highway": "primary"},
        {"route": "ferry"},
    ]
    assert "2\u00a0voies" in check_roads(path).message


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_whatever_unicode_it_is_written_in(path, encoding):
    path.write_text(json.dumps(answer(NODES, WAYS)), encoding=encoding)
    assert len(read_answers(path).tag_row) == 2


@pytest.mark.parametrize("name", ["a.json", "a.json.gz"])
def test_packed_or_not_is_told_by_the_bytes(tmp_path, name):
    plain = json.dumps([answer(NODES, WAYS), answer(NODES, WAYS)]).encode()
    for content in (plain, gzip.compress(plain)):
        (tmp_path / name).write_bytes(content)
        assert len(read_answers(tmp_path / name).tag_row) == 2


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        ("", "EMPTY", "vide"),
        ("<html><body>504 Gateway Timeout</body></html>", "NOT_ROADS", "page web"),
        ("\ufeff\n <!DOCTYPE HTML>\n<title>Connexion</title>", "NOT_ROADS", "page web"),
        (
            '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 '
            'Strict//EN"><html><body>runtime error: timeout</body></html>',
            "NOT_ROADS",
            "page web",
        ),
        ('<?xml version="1.0"?><osm version="0.6"></osm>', "NOT_ROADS", "réponse d’Overpass"),
        ("version https://git-lfs.github.com/spec/v1", "NOT_ROADS", "réponse d’Overpass"),
        ('"elements"', "NOT_ROADS", "réponse d’Overpass"),
        ('{"type": "FeatureCollection", "features": []}', "NOT_ROADS", "réponse d’Overpass"),
        ('[{"elements": []}, 3]', "NOT_ROADS", "réponse d’Overpass"),
        ('{"elements": {}}', "NOT_ROADS", "réponse d’Overpass"),
        ('{"version": 0.6, "elements": [{"type": "no', "BAD_JSON", "coupé"),
        ("[" * 200_000, "BAD_JSON", "mal formé"),
        ('{"a":' * 200_000, "BAD_JSON", "mal formé"),
        ('{"elements": [{"type": "node", "type": "way"}]}', "BAD_JSON", "deux fois"),
        ('{"elements": [{"lat": NaN}]}', "BAD_JSON", "NaN"),
        ('{"elements": []} {"elements": []}', "BAD_JSON", "mal formé"),
        ('{"elements": [' + "9" * 5000 + "]}", "BAD_JSON", "mal formé"),
        (
            '{"elements": [], "remark": "runtime error: Query timed out in query at line 1."}',
            "CORRUPT_ROADS",
            "n’a pas fini d’y répondre",
        ),
        ('{"elements": []}', "NO_ROWS", "aucune route"),
        ('{"elements": [3]}', "CORRUPT_ROADS", "abîmé"),
        ('{"elements": [' + "[]," * 100_000, "CORRUPT_ROADS", "pas un objet"),
        (f'{{"elements": [{{{ROAD}, "nodes": []}}]}}', "NO_ROWS", "aucune route"),
        (f'{{"elements": [{{{ROAD}, "nodes": [1]}}]}}', "NO_ROWS", "aucune route"),
        (
            '{"elements": [{"type": "way", "id": 1, "nodes": [1, 2], "tags": {"highway": ["a"]}}]}',
            "CORRUPT_ROADS",
            "pas un texte",
        ),
        ('{"elements": [{"id": 1}]}', "CORRUPT_ROADS", "abîmé"),
        ('{"elements": [{"type": "node", "id": 1, "lat": 47}]}', "CORRUPT_ROADS", "abîmé"),
        (f'{{"elements": [{{{ROAD}}}]}}', "CORRUPT_ROADS", "abîmé"),
        (f'{{"elements": [{{{ROAD}, "nodes": ["a", 1]}}]}}', "CORRUPT_ROADS", "entier"),
        (f'{{"elements": [{{{ROAD}, "nodes": [[1], 1]}}]}}', "CORRUPT_ROADS", "entier"),
        (f'{{"elements": [{{{ROAD}, "nodes": [1e400, 1]}}]}}', "CORRUPT_ROADS", "entier"),
        (f'{{"elements": [{{{ROAD}, "nodes": [{2**70}]}}]}}', "CORRUPT_ROADS", "entier"),
        (
            '{"elements": [{"type": "way", "id": 1, "nodes": [1, 2], "tags": 5}]}',
            "CORRUPT_ROADS",
            "abîmé",
        ),
        (f'{{"elements": [{{{ROAD}, "nodes": [1, 2]}}]}}', "MISSING_NODES", "1\u00a0route passe"),
    ],
)
def test_each_fault_has_its_code_and_its_sentence(path, content, code, message):
    path.write_text(content, encoding="utf-8")
    refusal = refused(path)
    assert refusal.code == code
    assert message in refusal.sentence


@pytest.mark.parametrize(
    ("lat", "code"),
    [
        ("97", "WRONG_CRS"),
        ("1e400", "BAD_NUMBER"),
        ("true", "BAD_NUMBER"),
        ('"47"', "BAD_NUMBER"),
        ("9" * 400, "WRONG_CRS"),
        ("6000000.5", "WRONG_CRS"),
    ],
)
def test_points_that_are_nowhere(path, lat, code):
    write_overpass(path, NODES, WAYS)
    text = path.read_text()
    assert text.count("47.1") == 1
    path.write_text(text.replace("47.1", lat))
    assert refused(path).code == code


def test_another_encoding_is_refused(path):
    write_overpass(path, NODES, WAYS)
    path.write_bytes(path.read_bytes().replace(b"Rue Verte", b"Rue \xe9troite"))
    assert refused(path).code == "BAD_ENCODING"


def test_a_cut_gzip_and_one_that_holds_abnormally_much(tmp_path):
    path = tmp_path / "a.json.gz"
    path.write_bytes(gzip.compress(json.dumps(answer(NODES, WAYS)).encode())[:-20])
    assert refused(path).code == "CORRUPT_ROADS"
    path.write_bytes(gzip.compress(b'{"elements": [' + b" " * 21_000_000))
    assert refused(path).code == "TOO_BIG"


def test_what_is_no_element_is_bounded_too(path, monkeypatch):
    monkeypatch.setattr(json_stream, "_AHEAD", 16)
    monkeypatch.setattr(json_stream, "_MOST_CHARACTERS", 10_000)
    path.write_text('{"elements": [], "x": [' + "[]," * 50_000 + "0]}")
    assert refused(path).code == "TOO_COMPLEX"
