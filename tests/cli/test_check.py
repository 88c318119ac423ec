"""``maillage check``: one answer, its exit code, and nothing loaded that it doesn't need."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from coverage.cli import main
from coverage.cli.parser import build_parser
from coverage.model.answers import FAMILIES, FAMILY_OF
from coverage.study.checking import KINDS
from tests.network.osm_files import Nodes, Ways, write_pbf

NODES: Nodes = {1: (9.0, 42.0), 2: (9.1, 42.0), 3: (9.2, 42.0)}
WAYS: Ways = [([1, 2, 3], {"highway": "primary"})]


@pytest.fixture
def roads(tmp_path: Path) -> Path:
    return write_pbf(tmp_path / "a.osm.pbf", NODES, WAYS)


def test_a_file_that_would_be_taken(roads, capsys):
    assert main(["check", str(roads), "--as", "roads"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("OK — «\u00a0a.osm.pbf\u00a0» ")
    assert (out.count("\n"), err) == (1, "")


def test_a_file_that_would_be_refused(roads, capsys):
    roads.write_bytes(roads.read_bytes()[:-9])
    assert main(["check", str(roads), "--as", "roads"]) == 2
    out, err = capsys.readouterr()
    assert out.startswith("CORRUPT_PBF — «\u00a0a.osm.pbf\u00a0» est coupé")
    assert (out.count("\n"), err) == (1, "")


def test_repairs_have_a_line_each(tmp_path, capsys):
    path = tmp_path / "counts.csv"
    path.write_text(
        "code_insee;nom;lon;lat;detections\n2A004;Ajaccio;8,73;41.92;1 234\n", encoding="utf-8"
    )
    assert main(["check", str(path), "--as", "counts"]) == 0
    first, *repairs = capsys.readouterr().out.splitlines()
    assert first.startswith("FIX — ")
    assert len(repairs) == 2
    assert all(line.startswith("  ") and line.endswith("(ligne 2)") for line in repairs)


@pytest.mark.parametrize("name", ["a.osm.pbf", "absent.osm.pbf", "/dev/zero", "/vsicurl/http://a"])
def test_json_is_one_document_and_nothing_else(roads, capsys, monkeypatch, name):
    monkeypatch.chdir(roads.parent)
    code = main(["check", name, "--as", "roads", "--json"])
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert list(document) == ["answer", "message", "repairs"]
    assert (code, document["answer"]) == ((0, "OK") if name == roads.name else (2, "NOT_FOUND"))
    assert err == ""


def test_a_name_that_would_steer_the_screen(tmp_path, capsys):
    path = tmp_path / "a\x1b[31m\n\u202eb\udcff.csv"
    path.write_text("")
    assert main(["check", str(path), "--as", "counts"]) == 2
    told = capsys.readouterr().out
    assert "\x1b" not in told
    assert "\u202e" not in told
    told.encode()


def test_the_help_tells_every_kind(capsys):
    with pytest.raises(SystemExit):
        main(["check", "--help"])
    told = capsys.readouterr().out
    for kind in KINDS:
        assert f"{kind}\u00a0:" in told
        assert build_parser().parse_args(["check", "a", "--as", kind]).kind == kind


def test_an_import_refuses_as_the_check_does(roads, capsys):
    write_pbf(roads, {1: NODES[1]}, WAYS)
    points = roads.with_name("points.csv")
    points.write_text("id,lon,lat\na,9.0,42.0\n")
    main(["check", str(roads), "--as", "roads"])
    code, sentence = capsys.readouterr().out.strip().split(" — ")
    times = ["times", str(roads), "--from", str(points), "--to", str(points)]
    assert main([*times, "-o", str(roads.with_name("costs.csv"))]) == 2
    assert f"{sentence} ({code})" in capsys.readouterr().err
    assert code == "MISSING_NODES"
    assert not roads.with_name("costs.csv").exists()


def test_every_code_is_explained_in_the_reading_order():
    page = (Path(__file__).parents[2] / "docs" / "imports.md").read_text("utf-8")
    _, *sections = page.split("\n## ")
    listed = [re.findall(r"^\| `([A-Z_]+)` \|", section, re.MULTILINE) for section in sections]
    told = [codes for codes in listed if codes]
    codes = [[code for code in FAMILY_OF if FAMILY_OF[code] == family] for family in FAMILIES]
    assert [set(section) for section in told] == [set(family) for family in codes]
    assert sum(map(len, told)) == len(FAMILY_OF)


_LOADED = """
import sys
from coverage.base import limited
from coverage.study import checking
path, kind, side = sys.argv[1:]
if side == "child":
    limited._inside = True  # the work of the child is done here
print(checking.check_file(checking.Path(path), kind).answer, *sys.modules)
"""


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_heavy_is_loaded(roads, kind):
    files = {
        "roads": roads,
        "layer": roads.with_name("a.geojson"),
        "counts": roads.with_name("a.csv"),
    }
    path = files.get(kind, roads.with_name("a.csv"))
    if not path.exists():
        path.write_text(
            '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, '
            '"geometry": {"type": "Point", "coordinates": [2.0, 47.0]}}]}'
            if kind == "layer"
            else "code_insee,nom,lon,lat,detections\n2A004,Ajaccio,8.73,41.92,12\n"
        )
    heavy = {"parent": {"numba", "osmnx", "folium", "pandas", "numpy", "shapely"}}
    heavy["child"] = {"numba", "osmnx", "folium"} | (
        {"numpy", "pandas"} if kind == "roads" else set()
    )
    for side, unwanted in heavy.items():
        done = subprocess.run(
            [sys.executable, "-c", _LOADED, str(path), kind, side],
            capture_output=True,
            text=True,
            check=True,
        )
        answer, *loaded = done.stdout.split()
        assert answer == "OK" or kind in ("detections", "places"), done.stdout[:300]
        assert unwanted & set(loaded) == set(), side
