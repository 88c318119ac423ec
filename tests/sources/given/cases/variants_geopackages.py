"""More GeoPackages: an SQLite file is a program's own, and anybody's schema."""

from __future__ import annotations

import json
import sqlite3
import struct
from random import Random
from typing import Any

from tests.sources.given.cases.case import REFUSED, Case, either, holding
from tests.sources.given.cases.geojson_making import POINTS
from tests.sources.given.cases.geopackage_making import content, geopackage, patched
from tests.sources.given.cases.pages import ERROR_PAGE
from tests.sources.given.cases.shapefile_making import zipped

_TAKEN = either("OK", "FIX")
_DAMAGED = either("CORRUPT_GPKG")
_RENAMED = (
    "UPDATE gpkg_contents SET table_name = '{0}';"
    "UPDATE gpkg_geometry_columns SET table_name = '{0}';"
    "DELETE FROM gpkg_ogr_contents; DELETE FROM gpkg_extensions;"
)
_LITTLE = b"GP\x00\x01" + struct.pack("<i", 4326)


def _g(
    name: str, answer: str | frozenset[str], make: Any, why: str = "", line: int | None = None
) -> Case:
    return Case(f"G-{name}", "t.gpkg", "layer", answer, make, why, line)


def _shape(wkb: bytes, flags: int = 1) -> str:
    """Return the SQL that gives the second feature this shape."""
    blob = b"GP\x00" + bytes([flags]) + struct.pack("<i", 4326) + wkb
    return f"UPDATE secteurs SET geom = x'{blob.hex()}' WHERE fid = 2;"


def _point(lon: float, lat: float) -> bytes:
    return struct.pack("<BIdd", 1, 1, lon, lat)


def _journal(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("UPDATE secteurs SET nom = 'x'")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _schema(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA writable_schema=ON")
    connection.execute("UPDATE sqlite_master SET sql = 'CREATE TABLE ((' WHERE name = 'secteurs'")


def _heavy(connection: sqlite3.Connection) -> None:
    connection.executescript(
        "CREATE TABLE lourds (fid INTEGER PRIMARY KEY, geom BLOB, poids GENERATED ALWAYS AS "
        "(hex(zeroblob(40000000))) VIRTUAL);"
        "INSERT INTO lourds (fid, geom) SELECT fid, geom FROM secteurs;" + _RENAMED.format("lourds")
    )


def _virtual(connection: sqlite3.Connection) -> None:
    connection.executescript(
        "CREATE VIRTUAL TABLE mots USING fts5(geom);"
        "INSERT INTO mots SELECT geom FROM secteurs;" + _RENAMED.format("mots")
    )


def _reserved(connection: sqlite3.Connection) -> None:
    connection.executescript(_RENAMED.format("sqlite_master"))


VARIANTS = [
    _g("polygons", "OK", geopackage(kind="polygons")),
    _g("many", "OK", geopackage(count=5_000)),
    _g("lambert", _TAKEN, geopackage("", crs="EPSG:2154", count=2),
        "what most French offices send"),
    _g("reunion", _TAKEN, geopackage("DELETE FROM secteurs WHERE fid < 3;", crs="EPSG:2975")),
    _g("bowtie", "FIX", geopackage(kind="bowtie"), "", 1),
    _g("wal", "OK", geopackage(_journal), "QGIS leaves it so"),
    _g("trigger", either("OK", "VIEW_NOT_ALLOWED"), geopackage(
        "CREATE TRIGGER t AFTER INSERT ON secteurs BEGIN DELETE FROM gpkg_contents; END;"),
        "nothing is inserted"),
    _g("view", "VIEW_NOT_ALLOWED", geopackage(
        "CREATE VIEW vus AS SELECT * FROM secteurs;" + _RENAMED.format("vus"))),
    _g("view beside", either("OK", "VIEW_NOT_ALLOWED"),
        geopackage("CREATE VIEW vus AS SELECT * FROM secteurs;")),
    _g("virtual", "VIEW_NOT_ALLOWED", geopackage(_virtual), "a table of a module"),
    _g("generated", either("OK", *REFUSED), geopackage(_heavy), "80 MB a row, if it is read"),
    _g("reserved", REFUSED, geopackage(_reserved), "the schema itself as a layer"),
    _g("contents as layer", REFUSED, geopackage(_RENAMED.format("gpkg_contents"))),
    _g("attributes beside", "OK", geopackage(
        "CREATE TABLE notes (fid INTEGER PRIMARY KEY, x TEXT); "
        "INSERT INTO gpkg_contents (table_name, data_type, identifier)"
        " VALUES ('notes', 'attributes', 'notes');")),
    _g("attributes alone", either("NO_ROWS", "MISSING_PART", "CORRUPT_GPKG"), geopackage(
        "DELETE FROM gpkg_geometry_columns; UPDATE gpkg_contents SET data_type = 'attributes';"
        "DELETE FROM gpkg_extensions;")),
    _g("srs 0", "MISSING_CRS", geopackage(
        "UPDATE gpkg_geometry_columns SET srs_id = 0; UPDATE gpkg_contents SET srs_id = 0;")),
    _g("srs 100000", either("MISSING_CRS"), geopackage(
        "UPDATE gpkg_geometry_columns SET srs_id = 100000;"
        "UPDATE gpkg_contents SET srs_id = 100000;")),
    _g("srs undefined", either("MISSING_CRS"), geopackage(
        "INSERT INTO gpkg_spatial_ref_sys VALUES ('x', 100000, 'NONE', 100000, 'undefined', 'x');"
        "UPDATE gpkg_geometry_columns SET srs_id = 100000;"
        "UPDATE gpkg_contents SET srs_id = 100000;")),
    _g("srs null", REFUSED, geopackage("UPDATE gpkg_contents SET srs_id = NULL;"
       "DELETE FROM gpkg_geometry_columns;")),
    _g("no rows", "NO_ROWS", geopackage("DELETE FROM secteurs;")),
    _g("null", "EMPTY_GEOMETRY", geopackage("UPDATE secteurs SET geom = NULL WHERE fid = 2;"), "",
        2),
    _g("empty", "EMPTY_GEOMETRY", geopackage(_shape(struct.pack("<BIdd", 1, 1, float("nan"),
        float("nan")), 0x11)), "", 2),
    _g("text", "CORRUPT_GPKG",
        geopackage("UPDATE secteurs SET geom = 'POINT(1 46)' WHERE fid = 2;"), "", 2),
    _g("bare wkb", either("CORRUPT_GPKG"), geopackage(
        f"UPDATE secteurs SET geom = x'{_point(1.7, 46.8).hex()}' WHERE fid = 2;"),
        "no GeoPackage header", 2),
    _g("head alone", either("CORRUPT_GPKG", "EMPTY_GEOMETRY"),
        geopackage(f"UPDATE secteurs SET geom = x'{_LITTLE.hex()}' WHERE fid = 2;"), "", 2),
    _g("cut shape", "CORRUPT_GPKG", geopackage(_shape(_point(1.7, 46.8)[:-3])), "", 2),
    _g("count that lies", "CORRUPT_GPKG", geopackage(_shape(struct.pack("<BII", 1, 4,
        0xFFFFFFFF))), "4 billion points", 2),
    _g("nested shapes", REFUSED, geopackage(_shape(struct.pack("<BII", 1, 7, 1) * 20_000)),
        "collections in collections", 2),
    _g("curve", REFUSED, geopackage(_shape(struct.pack("<BII4d", 1, 8, 2, 1.6, 46.8, 1.7, 46.9))),
        "", 2),
    _g("big-endian", "OK", geopackage(_shape(struct.pack(">BIdd", 0, 1, 1.7, 46.8), 0))),
    _g("swapped", "LATLON_SWAPPED", geopackage(_shape(_point(46.8, 1.7))), "", 2),
    _g("null island", "NULL_ISLAND", geopackage(_shape(_point(0, 0))), "", 2),
    _g("metres", "WRONG_CRS", geopackage(_shape(_point(600219.5, 6635288.5))), "", 2),
    _g("infinite", either("BAD_NUMBER", "CORRUPT_GPKG", "EMPTY_GEOMETRY"),
        geopackage(_shape(_point(float("inf"), 46.8))), "", 2),
    _g("mixed", "MIXED_GEOMETRY", geopackage(_shape(
        struct.pack("<BIII8d", 1, 3, 1, 4, 1.6, 46.8, 1.7, 46.8, 1.7, 46.9, 1.6, 46.8))), "", 2),
    _g("no table", REFUSED, geopackage(_RENAMED.format("absents"))),
    _g("table dropped", REFUSED, geopackage("DROP TABLE secteurs;")),
    _g("no contents", "CORRUPT_GPKG", geopackage("DROP TABLE gpkg_contents;"),
        "an SQLite file, no GeoPackage"),
    _g("no column", REFUSED,
        geopackage("UPDATE gpkg_geometry_columns SET column_name = 'absente';")),
    _g("schema", "CORRUPT_GPKG", geopackage(_schema)),
    _g("index", either("OK", "CORRUPT_GPKG"), geopackage("DELETE FROM rtree_secteurs_geom_node;"),
        "nothing reads it"),
    _g("no index", "OK",
        geopackage("DROP TABLE rtree_secteurs_geom; DELETE FROM gpkg_extensions;")),
    _g("name", "OK", geopackage(layer="d'été, à « l'Île »")),
    _g("name of nothing", either("OK", *REFUSED), geopackage(layer=" ")),
    _g("long name", "OK", geopackage(layer="s" * 3_000)),
    _g("column name", either("OK"),
        geopackage(
            'ALTER TABLE secteurs ADD COLUMN "x""; DROP TABLE gpkg_contents; --" TEXT;')),
    _g("markup", "OK", geopackage("UPDATE secteurs SET nom = '<script>alert(`1`)</script>';")),
    _g("first page", "CORRUPT_GPKG", patched(0, lambda old: bytes(len(old)))),
    _g("schema page", "CORRUPT_GPKG", patched(100, lambda old: Random(5).randbytes(len(old)))),
    *(_g(f"page at {share}", _DAMAGED, patched(share, lambda old: Random(6).randbytes(len(old)),
        count=3_000))
      for share in (0.2, 0.4, 0.6, 0.8)),
    _g("zeroed page", _DAMAGED, patched(0.5, lambda old: bytes(len(old)), count=3_000)),
    _g("last page", "CORRUPT_GPKG", lambda path: path.write_bytes(content()[:-4096])),
    _g("magic alone", "CORRUPT_GPKG", holding(b"SQLite format 3\0")),
    _g("magic and noise", "CORRUPT_GPKG",
        holding(b"SQLite format 3\0" + Random(7).randbytes(9_000))),
    _g("nothing", "EMPTY", holding("")),
    _g("page", "CORRUPT_GPKG", holding(ERROR_PAGE)),
    _g("geojson", "CORRUPT_GPKG", holding(json.dumps(POINTS))),
    _g("archive", "CORRUPT_GPKG", zipped()),
]  # fmt: skip
