"""What a file must hold before it takes the last good one's place."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import tarfile
from pathlib import Path

import pytest

from coverage.base.limited import Limits
from coverage.sources.catalogue import CATALOGUE
from coverage.sources.entry import Contents
from coverage.sources.fetching import documents
from coverage.sources.fetching.contents import check_contents
from coverage.sources.fetching.errors import FetchError
from tests.sources.fetching import made


def _packed(content: bytes) -> bytes:
    """Compress without the clock: the names of tests hold what they are given."""
    return gzip.compress(content, mtime=0)


def check(folder: Path, name: str, content: bytes, contents: Contents = Contents()) -> None:  # noqa: B008
    path = folder / "came"
    path.write_bytes(content)
    check_contents(path, name, contents)


def test_the_real_files_are_what_the_catalogue_expects(mirror: Path) -> None:
    checked = 0
    for entry in CATALOGUE:
        for file in entry.files:
            path = mirror / entry.folder / file.name
            if path.is_file():
                check_contents(path, file.name, file.contents)
                checked += 1
    assert checked >= 24


def layer(*properties: dict[str, str]) -> bytes:
    features = [{"type": "Feature", "properties": told, "geometry": None} for told in properties]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def tar(*names: str) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for name in names:
            archive.addfile(tarfile.TarInfo(name))
    return content.getvalue()


def geopackage(*columns: str, rows: int = 1, cut: bool = False, endless: bool = False) -> bytes:
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE gpkg_contents (table_name, data_type)")
    db.execute("CREATE TABLE gpkg_geometry_columns (table_name)")
    db.execute("CREATE TABLE gpkg_spatial_ref_sys (srs_id)")
    db.execute("INSERT INTO gpkg_contents VALUES ('a \"layer\"', 'features')")
    if endless:
        db.execute(
            'CREATE VIEW "a ""layer""" AS WITH RECURSIVE n(code, nom) AS (SELECT 1, 1 UNION ALL '
            "SELECT code + 1, nom FROM n) SELECT code, nom FROM n"
        )
    else:
        db.execute(f'CREATE TABLE "a ""layer""" ({", ".join(columns)})')
        db.executemany('INSERT INTO "a ""layer""" DEFAULT VALUES', [()] * rows)
    content = db.serialize()
    db.close()
    return content[: len(content) // 2] if cut else content


CODE = Contents(("code", "nom"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"\xef\xbb\xbfcode,nom\n1,a\n"),
        ("a.csv", b"nom;autre;code\na;b;1"),
        ("a.csv", b'"Titre, et plus"\n\ncode;nom\n1;a\n'),
        ("a.csv", b"code\tnom\r\n1\ta\r\n"),
        ("a.geojson", layer({"nom": "a"}, {"code": "1"})),
        ("a.json", b'[{"code": 1, "nom": "a"}]'),
        ("a.geojson.gz", _packed(layer({"code": "1", "nom": "a"}))),
        ("a.gpkg", geopackage("fid", "code", "nom")),
        ("a.txt", b"anything"),
    ],
)
def test_what_is_as_expected(tmp_path: Path, name: str, content: bytes) -> None:
    check(tmp_path, name, content, CODE)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.csv", b"", "vide"),
        ("a.csv", b"\xef\xbb\xbf\n <!DOCTYPE html><p>", "page HTML"),
        ("a.prj", b"<html>", "page HTML"),
        ("a.csv", b"version https://git-lfs.github.com/spec/v1", "pointeur"),
        ("a.csv", b"code;name\n1;a\n", "la colonne «\u00a0nom\u00a0» manque"),
        ("a.csv", b"x;y\n1;a\n", "les colonnes «\u00a0code\u00a0», «\u00a0nom\u00a0» manquent"),
        ("a.csv", b"code;nom\n1;a\n2", "coupé"),
        ("a.csv", b"code;nom\n", "0 lignes, au moins 1"),
        ("a.json", b'[{"code": 1, "nom": "a"', "coupé"),
        ("a.json", b'[{"code": 1}]', "la colonne «\u00a0nom\u00a0» manque"),
        ("a.json", b'{"error": "maintenance"}', "liste d’objets"),
        ("a.json", b"[" * 100_000, "coupé"),
        ("a.geojson", layer(), "les colonnes"),
        ("a.geojson", b'{"features": [{"properties": null}]}', "les colonnes"),
        ("a.geojson.gz", _packed(layer({"code": "1"})), "la colonne «\u00a0nom\u00a0»"),
        ("a.geojson.gz", _packed(layer({"code": "1", "nom": "a"}))[:-9], "coupé"),
        ("a.gpkg", geopackage("fid", "code"), "la colonne «\u00a0nom\u00a0» manque"),
        ("a.gpkg", geopackage("code", "nom", rows=0), "0 lignes, au moins 1"),
        ("a.gpkg", geopackage("code", "nom", cut=True), "coupé"),
        ("a.gpkg", geopackage(endless=True), "calculée quand on la lit"),
        ("a.gpkg", b"SQLite format 3\0", "coupé"),
        ("a.dbf", made.shapefile("a.dbf"), "les colonnes"),
        ("a.dbf", made.shapefile("a.dbf")[:-50], "coupé"),
        ("a.dbf", b"\3", "coupé"),
        ("a.shp", made.shapefile("a.shp")[:-1], "coupé"),
        ("a.shp", b"shp", "coupé"),
        ("a.xlsx", made.frr_workbook(), "la colonne «\u00a0code\u00a0» manque"),
        ("a.xlsx", made.frr_workbook()[:-600], "pas un classeur lisible"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "pas un classeur lisible"),
    ],
)
def test_what_is_refused(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    with pytest.raises(FetchError, match=reason):
        check(tmp_path, name, content, CODE)


def test_an_archive_of_many_files_is_counted(tmp_path: Path) -> None:
    check(tmp_path, "a.tar.gz", tar("a", "b"), Contents(rows=2))
    with pytest.raises(FetchError, match="2 lignes, au moins 3"):
        check(tmp_path, "a.tar.gz", tar("a", "b"), Contents(rows=3))
    with pytest.raises(FetchError, match="coupé"):
        check(tmp_path, "a.tar.gz", tar("a", "b")[:60], Contents(rows=2))


def test_layers_of_other_kinds_are_told(tmp_path: Path) -> None:
    db = sqlite3.connect(":memory:")
    db.deserialize(geopackage("code", "nom"))
    db.execute("CREATE TABLE b AS SELECT 1 AS code")
    db.execute("INSERT INTO gpkg_contents VALUES ('b', 'features')")
    db.commit()
    with pytest.raises(FetchError, match="plusieurs couches sont remplies"):
        check(tmp_path, "a.gpkg", db.serialize())
    db.close()


def tar_with_a_header_of(size_bytes: int) -> bytes:
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.XHDTYPE, size_bytes
    return gzip.compress(header.tobuf(tarfile.USTAR_FORMAT) + bytes(size_bytes), 1)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", b"[" + b"[]," * 1_500_000 + b"[]]"),
        ("a.tar.gz", tar_with_a_header_of(80_000_000)),
    ],
)
def test_what_takes_too_much_memory_is_read_by_a_child(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, children: None, name: str, content: bytes
) -> None:
    monkeypatch.setattr(documents, "_LIMITS", Limits(memory_bytes=130_000_000))

    with pytest.raises(FetchError, match="trop lourd à lire"):
        check(tmp_path, name, content)


def test_what_unpacks_without_end_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coverage.sources.fetching.contents._MOST_UNPACKED_BYTES", 3_000_000)

    with pytest.raises(FetchError, match="trop grand"):
        check(tmp_path, "a.geojson.gz", gzip.compress(bytes(5_000_000)))


@pytest.mark.parametrize("count", [49, 50, 51])
def test_half_the_rows_is_the_least(tmp_path: Path, count: int) -> None:
    before, came = tmp_path / "before.csv", tmp_path / "came"
    before.write_bytes(made.frr(100))
    came.write_bytes(made.frr(count))

    if count >= 50:
        check_contents(came, "a.csv", Contents(), before)
    else:
        with pytest.raises(FetchError, match="49 lignes au lieu de 100"):
            check_contents(came, "a.csv", Contents(), before)
