"""The doors to numba and GDAL open from anywhere, beside a package that is called coverage."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EVERYTHING = """
import coverage.base.jit, coverage.base.gdal
import coverage.network.search, coverage.placement.engine
import mapclassify, numba
import sys, coverage
assert coverage.__version__ and sys.modules["coverage"] is coverage
assert sys.modules["coverage.base.jit"] is coverage.base.jit
assert numba.njit(lambda x: 2 * x)(21) == 42
print("open")
"""


@pytest.mark.parametrize("where", ["root", "elsewhere"])
def test_fresh_interpreter_imports_everything(where, tmp_path):
    folder = ROOT if where == "root" else tmp_path
    done = subprocess.run(
        [sys.executable, "-c", EVERYTHING], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.stdout == "open\n", done.stderr


@pytest.mark.parametrize("where", [pytest.param("root", marks=pytest.mark.slow), "elsewhere"])
def test_pytest_imports_everything(where, tmp_path):
    body = "    " + EVERYTHING.strip().replace("\n", "\n    ")
    test = tmp_path / "test_everything.py"
    test.write_text(f"def test_it():\n{body}\n")
    folder = ROOT if where == "root" else tmp_path
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(test)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_only_the_allowed_drivers_are_left():
    done = run("from coverage.base import gdal; print(sorted(gdal.pyogrio.list_drivers()))")
    assert done.stdout.strip() == "['ESRI Shapefile', 'GPKG', 'GeoJSON', 'MEM']", done.stderr


def test_an_unlisted_driver_closes_the_door():
    done = run(
        "import importlib.resources as r\n"
        "from pathlib import Path\n"
        "real = Path.read_text\n"
        "Path.read_text = lambda self, *a, **k: '' if self.name == 'gdal_skip.txt' "
        "else real(self, *a, **k)\n"
        "import coverage.base.gdal\n"
    )
    assert done.returncode != 0
    assert "not on the allowlist" in done.stderr


@pytest.mark.parametrize("name", ["/vsicurl/http://127.0.0.1:9/a.geojson", "CSV:/etc/passwd"])
def test_names_that_are_not_files_never_reach_gdal(name):
    from coverage.base.gdal import read_vector

    with pytest.raises(FileNotFoundError):
        read_vector(Path(name))


def test_virtual_format_in_a_geojson_is_refused(tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("a,b\n1,2\n")
    trap = tmp_path / "trap.geojson"
    trap.write_text(
        f"<OGRVRTDataSource><OGRVRTLayer name='secret'><SrcDataSource>{secret}</SrcDataSource>"
        "</OGRVRTLayer></OGRVRTDataSource>"
    )
    from coverage.base.errors import SourceError
    from coverage.base.gdal import read_vector

    with pytest.raises(SourceError, match=r"trap\.geojson"):
        read_vector(trap)


_OPEN_RING = """{"type": "FeatureCollection", "features": [
{"type": "Feature", "properties": {"a": 1}, "geometry":
{"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}}]}"""


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.geojson", b""),
        ("table.csv", b"a,b\n1,2\n"),
        ("object.json", b"{}"),
        ("list.json", b"[]"),
        ("page.gpkg", b"<!doctype html><html></html>"),
        ("empty.gpkg", b""),
        ("noise.shp", b"\x00\x00\x27\x0a" * 30),
        ("cut.geojson", b'{"type": "FeatureCollection", "features": [{"type": "Fea'),
    ],
)
def test_what_is_not_a_layer_is_one_french_sentence(tmp_path, name, content):
    from coverage.base.errors import SourceError
    from coverage.base.gdal import read_vector

    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(SourceError, match=f"« {name} » n’est pas un fichier géographique"):
        read_vector(path)


@pytest.mark.filterwarnings("ignore:Non closed ring:RuntimeWarning")
def test_a_shape_that_cannot_be_made_is_told_and_not_needed_without_geometry(tmp_path):
    from coverage.base.errors import SourceError
    from coverage.base.gdal import read_vector

    path = tmp_path / "ring.geojson"
    path.write_text(_OPEN_RING)
    with pytest.raises(SourceError, match=r"ring\.geojson"):
        read_vector(path)
    assert len(read_vector(path, geometry=False)) == 1
