from __future__ import annotations

import random
import signal
from pathlib import Path

import pytest

from coverage.base.errors import RefusedFileError
from coverage.network import extract
from coverage.network.checking import check_roads
from coverage.network.extract import road_count, way_lines
from coverage.network.roads import read_roads
from tests.network.osm_files import Nodes, Ways, write_pbf
from tests.network.refusals import refused

NODES: Nodes = {k: (9 + k / 100, 42 + k / 1000) for k in range(1, 60)}
WAYS: Ways = [
    (list(range(1, 20)), {"highway": "primary", "name": "Rue xy, T highway=no"}),
    (list(range(20, 40)), {"highway": "residential"}),
    ([1, 20], {"route": "ferry", "duration": "0:20"}),
    ([2, 21], {"route": "bus"}),
    ([3, 22], {"building": "yes"}),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.osm.pbf"


def test_roads_and_ferries_are_told_by_whole_lines(path, monkeypatch):
    write_pbf(path, NODES, WAYS)
    whole = b"".join(way_lines(path))
    assert [line.split(b" ")[0] for line in whole.splitlines()] == [b"w1", b"w2", b"w3", b"w4"]
    assert road_count(whole) == 3
    monkeypatch.setattr(extract, "_BLOCK_BYTES", 10)
    blocks = list(way_lines(path))
    assert len(blocks) == 4
    assert b"".join(blocks) == whole


@pytest.mark.parametrize(
    ("line", "count"),
    [
        (b"w1 Thighway=road Nn1x1y2,n2x1y2", 1),
        (b"w1 Thighway=road,name=a Nn1x1y2,n1x1y2,n-2x1y2", 1),
        (b"w1 Tname=a,route=ferry Nn-1x1y2,n-12x1y2", 1),
        (b"w1 Thighway=road N", 0),
        (b"w1 Thighway=road Nn1x1y2", 0),
        (b"w1 Thighway=road Nn1x1y2,n1x1y2,n1x1y2", 0),
        (b"w1 Troute=ferry_link Nn1x1y2,n2x1y2", 0),
        (b"w1 T" + b"highway=," * 100_000 + b" N" + b"n1x1y2," * 100_000, 0),
    ],
)
def test_a_road_leads_from_a_node_to_another(line, count):
    assert road_count(line + b"\n") == count


def test_one_road_is_one(path):
    write_pbf(path, NODES, [([1, 2], {"highway": "road"}), ([1], {"highway": "road"})])
    assert "1\u00a0voie (routes" in check_roads(path).message
    write_pbf(path, NODES, [([1], {"highway": "road"}), ([1, 1], {"highway": "road"})])
    assert refused(path).code == "NO_ROWS"


def test_a_file_that_is_none(path):
    assert refused(path).code == "NOT_FOUND"
    path.mkdir()
    assert refused(path).code == "NOT_FOUND"
    path.rmdir()
    path.write_bytes(b"")
    assert refused(path).code == "EMPTY"


@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE html><html><body>404 Not Found</body></html>",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n",
        b"PK\x03\x04 a zip",
        b"\x7f\xff\xff\xff\n\x09OSMHeader\x18\x10",
        b"\0",
        b'<?xml version="1.0"?><osm version="0.6"></osm>',
        random.Random(3).randbytes(5000),
    ],
)
def test_what_is_no_extract_is_refused_as_one(path, content):
    path.write_bytes(content)
    assert refused(path).code == "CORRUPT_PBF"


def test_an_extract_without_roads(path):
    for ways in ([], WAYS[3:]):
        refusal = refused(write_pbf(path, NODES, ways))
        assert refusal.code == "NO_ROWS"
        assert "aucune route" in refusal.sentence


@pytest.mark.parametrize(
    ("nodes", "ways", "lacking"),
    [
        ({}, WAYS[:3], "3\u00a0routes passent"),
        (NODES, [*WAYS, ([1, 777], {"highway": "footway"})], "1\u00a0route passe"),
        (NODES, [*WAYS, ([1, 777], {"route": "ferry"})], "1\u00a0route passe"),
        (NODES, [*WAYS, ([777, 1, 2], {"a": "b", "highway": "road"})], "1\u00a0route passe"),
    ],
)
def test_roads_that_lack_nodes_are_refused_and_counted(path, nodes, ways, lacking):
    refusal = refused(write_pbf(path, nodes, ways))
    assert refusal.code == "MISSING_NODES"
    assert lacking in refusal.sentence
    assert "complete_ways" in refusal.sentence


def test_what_is_no_road_may_lack_nodes(path):
    ways: Ways = [*WAYS, ([1, 777], {"building": "yes"}), ([1, 777], {"route": "bus"})]
    assert read_roads(write_pbf(path, NODES, ways)).arcs
    assert check_roads(path).answer == "OK"


def test_points_off_the_globe(path):
    refusal = refused(write_pbf(path, {**NODES, 3: (200.0, 42.0)}, WAYS))
    assert refusal.code == "WRONG_CRS"
    assert "hors du globe" in refusal.sentence


def test_a_history_is_refused(path):
    write_pbf(path, NODES, WAYS, options=",history=true")
    assert "historique" in refused(path).sentence


def test_a_tag_with_a_nul_is_refused(path):
    """libosmium reads beyond the tags of such a file; here it does so in a child process."""
    write_pbf(path, NODES, WAYS, options=",pbf_compression=none")
    content = path.read_bytes()
    assert b"residential" in content
    path.write_bytes(content.replace(b"residential", b"resid\0ntial"))
    with pytest.raises(RefusedFileError):
        check_roads(path)


@pytest.mark.parametrize(
    ("work", "code"),
    [
        (f"os.kill(os.getpid(), {signal.SIGSEGV.value})", "CORRUPT_PBF"),
        (f"os.kill(os.getpid(), {signal.SIGKILL.value})", "TOO_COMPLEX"),
        ("print('std::bad_alloc', file=sys.stderr); sys.exit(1)", "TOO_COMPLEX"),
    ],
)
def test_a_child_that_dies_is_told(tmp_path, path, monkeypatch, work, code):
    script = tmp_path / "opl.py"
    script.write_text(
        "import os, sys\nprint('w1 Thighway=service Nn1x9y42,n2x9', end='', flush=True)\n" + work
    )
    monkeypatch.setattr(extract, "_CHILD", script)
    assert refused(write_pbf(path, NODES, WAYS)).code == code


def test_the_child_has_the_memory_that_a_file_of_its_size_may_need(path, monkeypatch):
    write_pbf(path, NODES, WAYS)
    monkeypatch.setattr(extract, "_MEMORY_BYTES", 60_000_000)
    assert refused(path).code in {"TOO_COMPLEX", "CORRUPT_PBF"}


def test_cut_extracts_are_refused_wherever_they_are_cut(path):
    write_pbf(path, NODES, WAYS)
    whole = path.read_bytes()
    for end in random.Random(5).sample(range(1, len(whole)), 12):
        path.write_bytes(whole[:end])
        # Between two blocks nothing tells that others followed.
        with pytest.raises(RefusedFileError, match=r"CORRUPT_PBF|MISSING_NODES|NO_ROWS"):
            check_roads(path)


def test_a_flipped_bit_changes_nothing_or_is_refused(path):
    write_pbf(path, NODES, WAYS)
    whole = path.read_bytes()
    lines = b"".join(way_lines(path))
    rng = random.Random(7)
    codes = []
    for _ in range(25):
        damaged = bytearray(whole)
        damaged[rng.randrange(len(whole))] ^= 1 << rng.randrange(8)
        path.write_bytes(damaged)
        try:
            # The last bits of what zlib packed may be any.
            assert b"".join(way_lines(path)) == lines
        except RefusedFileError as error:
            codes.append(error.code)
    assert set(codes) == {"CORRUPT_PBF"}
    assert len(codes) > 20


def test_real_extracts_cut_or_flipped(mirror, path):
    whole = (mirror / "roads" / "osm-pbf" / "andorra.osm.pbf").read_bytes()
    path.write_bytes(whole)
    assert check_roads(path).message.endswith("1\u202f615\u00a0voies (routes et ferries).")
    rng = random.Random(7)
    for _ in range(3):
        path.write_bytes(whole[: rng.randrange(1, len(whole))])
        assert refused(path).code == "CORRUPT_PBF"
        damaged = bytearray(whole)
        damaged[rng.randrange(len(whole))] ^= 1 << rng.randrange(8)
        path.write_bytes(damaged)
        assert refused(path).code == "CORRUPT_PBF"
