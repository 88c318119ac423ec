"""What an import would answer: the whole check in one limited child, whatever the file does."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from coverage.base.limited import ChildDiedError
from coverage.model.answers import FAMILY_OF, FIX, OK, Repair
from coverage.study import checking
from coverage.study.checking import KINDS, check_file
from tests.network.osm_files import Nodes, Ways, write_overpass, write_pbf

NODES: Nodes = {1: (9.0, 42.0), 2: (9.1, 42.0), 3: (9.2, 42.0)}
WAYS: Ways = [([1, 2, 3], {"highway": "primary"})]
COUNTS = "code_insee,nom,lon,lat,detections\n2A004,Ajaccio,8.73,41.92,12\n"


def test_a_network_that_can_be_read(tmp_path):
    answer = check_file(write_pbf(tmp_path / "a.osm.pbf", NODES, WAYS), "roads")
    assert (answer.answer, answer.accepted, answer.repairs) == (OK, True, ())
    assert "1\u00a0voie (" in answer.message


def test_a_refusal_has_its_code_and_its_sentence_apart(tmp_path):
    path = write_overpass(tmp_path / "a.json", {1: NODES[1]}, WAYS)
    answer = check_file(path, "roads")
    assert (answer.answer, answer.accepted) == ("MISSING_NODES", False)
    assert answer.message.endswith(".")
    assert [child.name for child in tmp_path.iterdir()] == ["a.json"]


def test_repairs_come_back_with_their_lines(tmp_path):
    path = tmp_path / "counts.csv"
    path.write_text(COUNTS, encoding="utf-8")
    assert check_file(path, "counts").answer == OK
    path.write_text(COUNTS.replace("12\n", "1 234\n"), encoding="utf-8")
    answer = check_file(path, "counts")
    assert answer.answer == FIX
    (repair,) = answer.repairs
    assert isinstance(repair, Repair)
    assert (repair.column, repair.lines) == ("detections", ((2, 2),))


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_file_of_each_kind(tmp_path, kind):
    suffix = {"layer": ".geojson", "roads": ".osm.pbf"}.get(kind, ".csv")
    path = tmp_path / f"empty{suffix}"
    path.write_bytes(b"")
    assert check_file(path, kind).answer == "EMPTY"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "name",
    [
        "absent.csv",
        ".",
        "pipe",
        "/dev/zero",
        "/vsicurl/http://127.0.0.1:{port}/a.geojson",
        "http://127.0.0.1:{port}/a.csv",
        "CSV:/etc/passwd",
        '{{"type": "Point", "coordinates": [2, 47]}}',
        "a\0b",
        "a" * 5000,
    ],
)
def test_a_name_is_a_path_and_nothing_else(tmp_path, monkeypatch, kind, name):
    """Nothing is waited for, and no connection made."""
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        answer = check_file(Path(name.format(port=server.getsockname()[1])), kind)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert answer.answer == "NOT_FOUND"
    assert answer.answer in FAMILY_OF
    assert len(answer.message) < 400
    assert answer.message.endswith(".")
    assert "root:" not in answer.message


def test_a_file_that_one_may_not_read(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text("a")
    # Root may read everything.
    monkeypatch.setattr(checking.os, "access", lambda path, mode: False)
    answer = check_file(path, "counts")
    assert answer.answer == "NOT_FOUND"
    assert "droit" in answer.message


def test_a_link_is_read_under_its_own_name(tmp_path):
    write_pbf(tmp_path / "a.osm.pbf", NODES, WAYS).rename(tmp_path / "stored")
    (tmp_path / "a.osm.pbf").symlink_to(tmp_path / "stored")
    assert check_file(tmp_path / "a.osm.pbf", "roads").answer == OK


@pytest.mark.parametrize(
    ("why", "name", "code"),
    [
        ("memory", "a.osm.pbf", "TOO_COMPLEX"),
        ("time", "a.gpkg", "TOO_COMPLEX"),
        ("crash", "a.osm.pbf", "CORRUPT_PBF"),
        ("crash", "a.GPKG", "CORRUPT_GPKG"),
        ("crash", "a.graphml.gz", "CORRUPT_ROADS"),
        ("crash", "a.csv", "TOO_COMPLEX"),
    ],
)
def test_what_ends_the_child_is_an_answer(tmp_path, monkeypatch, why, name, code):
    def dying(*args: object, **kwargs: object) -> None:
        raise ChildDiedError(why)

    monkeypatch.setattr(checking, "run_limited", dying)
    path = tmp_path / name
    path.write_text("a")
    answer = check_file(path, "roads")
    assert answer.answer == code
    assert name in answer.message
    assert set(checking._BROKEN.values()) <= FAMILY_OF.keys()
