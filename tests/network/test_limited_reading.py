from __future__ import annotations

from pathlib import Path

import pytest

from coverage.base.errors import RefusedFileError
from coverage.base.limited import ChildDiedError
from coverage.network import limited_reading
from coverage.network.graphml_document import read_document
from coverage.network.limited_reading import graphml_document, overpass_roads
from coverage.network.overpass_answer import read_answers
from tests.network.osm_files import write_overpass
from tests.network.test_graphml import saved


@pytest.fixture
def roads(tmp_path: Path) -> dict[str, Path]:
    nodes = {1: (5.0, 47.0), 2: (5.1, 47.0), 2**40: (5.2, 47.0)}
    ways = [([1, 2**40], {"highway": "primary"}), ([2, 1], {"highway": "primary"})]
    return {
        "graphml": saved(tmp_path / "été.graphml"),
        "overpass": write_overpass(tmp_path / "été.json", nodes, ways),
    }


def test_what_a_child_reads_is_what_is_read_here(roads):
    assert graphml_document(roads["graphml"]) == read_document(roads["graphml"])
    assert overpass_roads(roads["overpass"]) == read_answers(roads["overpass"])


def test_its_refusal_comes_back(roads):
    text = roads["graphml"].read_text().replace(">826.5<", ">là<")
    roads["graphml"].write_text(text)
    with pytest.raises(RefusedFileError, match=r"été\.graphml") as refused:
        graphml_document(roads["graphml"])
    assert refused.value.code == "BAD_NUMBER"


def test_reading_that_needs_too_much_is_told(roads, monkeypatch):
    nodes = {number: (5.0, 47.0 + number / 1e6) for number in range(50_000)}
    write_overpass(roads["overpass"], nodes, [([1, 2], {"highway": "primary"})])
    monkeypatch.setattr(limited_reading, "_MOST_MEMORY_BYTES", 25_000_000)
    with pytest.raises(RefusedFileError) as refused:
        overpass_roads(roads["overpass"])
    assert refused.value.code == "TOO_COMPLEX"


@pytest.mark.parametrize(
    ("why", "code"),
    [("memory", "TOO_COMPLEX"), ("time", "TOO_COMPLEX"), ("crash", "CORRUPT_ROADS")],
)
def test_a_child_that_died_says_why(roads, monkeypatch, why, code):
    def dies(*args: object, **kwargs: object) -> None:
        raise ChildDiedError(why)

    monkeypatch.setattr(limited_reading, "run_limited", dies)
    with pytest.raises(RefusedFileError) as refused:
        graphml_document(roads["graphml"])
    assert refused.value.code == code
