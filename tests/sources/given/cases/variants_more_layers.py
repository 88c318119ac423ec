"""Layers and extracts that other tools and other hands write, and some made to hurt."""

from __future__ import annotations

import json
import sqlite3
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.sources.given.cases.case import REFUSED, Case, either, holding
from tests.sources.given.cases.geojson_making import (
    OTHER,
    PLACES,
    POINTS,
    SQUARE,
    crs,
    feature,
    features,
    instead,
    point,
    polygons,
    saved,
)
from tests.sources.given.cases.geopackage_making import geopackage
from tests.sources.given.cases.pbf_making import (
    NODES,
    WAYS,
    blob,
    block,
    extract,
    field,
    head,
    packed,
    varint,
)
from tests.sources.given.cases.shapefile_making import parts, repacked

_TAKEN = either("OK", "FIX")
_HEAD = blob("OSMHeader", packed(head()))
_DATA = block()


def _j(name: str, answer: str | frozenset[str], make: Callable[[Path], object], why: str = "",
       line: int | None = None, file: str = "t.geojson") -> Case:  # fmt: skip
    return Case(f"N-{name}", file, "layer", answer, make, why, line)


def _projected(code: int, *places: tuple[float, float]) -> Callable[[Path], object]:
    """Return a maker of points in metres of a projection that the file names."""
    return saved(features([point(at) for at in places], crs=crs(f"urn:ogc:def:crs:EPSG::{code}")))


def _ids(*ids: Any) -> Callable[[Path], object]:
    return saved({"type": "FeatureCollection", "features": [
        feature(point((1.69 + n / 100, 46.8)), n, id=number) for n,
        number in enumerate(ids)]})  # fmt: skip


def _many(path: Path, count: int = 35_000) -> None:
    saved(features([point((1.5 + n % 200 / 1000, 46.5 + n // 200 / 1000)) for n in range(count)]))(
        path
    )


GEOJSON = [
    _j("35 000 points", "OK", _many),
    _j("exponents", "OK", instead("1.6914", "1.6914e0")),
    _j("utm", "FIX", _projected(32631, (399864.4, 5185107.8))),
    _j("cc46", "FIX", _projected(3946, (1600219.0, 5310000.0))),
    _j("lambert ii", "FIX", _projected(27572, (552000.0, 2201000.0))),
    _j("rgf93", _TAKEN, saved(POINTS | {"crs": crs("urn:ogc:def:crs:EPSG::4171")}), "degrees too"),
    _j("etrs89", _TAKEN, saved(POINTS | {"crs": crs("EPSG:4258")}), "degrees too"),
    _j("upper case crs", either("FIX"), saved(features(
        [point((600219.5, 6635288.5))], crs=crs("URN:OGC:DEF:CRS:EPSG::2154")))),
    _j("opengis crs", "FIX", saved(features([point((600219.5, 6635288.5))], crs=crs(
        "http://www.opengis.net/def/crs/EPSG/0/2154"))), "an address that is a name"),
    _j("same number", either("OK", "DUP_ID"), _ids(7, 7.0), "7 and 7.0"),
    _j("ids null", "OK", _ids(None, None)),
    _j("ids object", either("OK", *REFUSED), _ids({}, [])),
    _j("ids true", either("OK", *REFUSED), _ids(True, False)),
    _j("ids empty", either("OK", "DUP_ID", "BAD_ID"), _ids("", "")),
    _j("five coordinates", "OK", instead("[1.6914, 46.8103]", "[1.6914, 46.8103, 1, 2, 3]")),
    _j("figure of eight", "FIX", polygons(
        [[2, 47], [2.2, 47.2], [2.2, 47], [2, 47.2], [1.9, 47.3], [2, 47]]), "", 2),
    _j("hole as large", either("FIX", "EMPTY_GEOMETRY"), polygons(OTHER, OTHER[::-1]), "", 2),
    _j("parts alike", "FIX", saved(features([{"type": "MultiPolygon",
                                              "coordinates": [[SQUARE], [SQUARE]]}])), "", 1),
    _j("null corner", either("NULL_ISLAND", "OUT_OF_FRANCE"), polygons(
        [[0, 0], [2, 47], [2.1, 47], [0, 0]]), "", 2),
    _j("speck", either("OK", "EMPTY_GEOMETRY"), polygons(
        [[2, 47], [2 + 1e-9, 47], [2, 47 + 1e-9], [2, 47]])),
    _j("nul at the end", either("BINARY_IN_TEXT", "BAD_JSON"),
        holding(json.dumps(POINTS) + "\0" * 9)),
    _j("callback", either("BAD_JSON", "NOT_GEOJSON"), holding(f"f({json.dumps(POINTS)});")),
    _j("type misspelt", "NOT_GEOJSON", saved(POINTS | {"type": "featureCollection"})),
    _j("lines", REFUSED, saved(features([{"type": "MultiLineString", "coordinates": [SQUARE]}]))),
    _j("flatgeobuf", either("NOT_GEOJSON", "BINARY_IN_TEXT"),
       holding(b"fgb\x03fgb\0" + bytes(200))),
    _j("esri order", "NOT_GEOJSON", holding("ESRIJSON:http://127.0.0.1:9/x?f=json")),
    _j("wfs order", "NOT_GEOJSON", holding("<OGRWFSDataSource><URL>http://127.0.0.1:9</URL>"
                                           "</OGRWFSDataSource>")),
    _j("wms service", "NOT_GEOJSON", holding("<GDAL_WMS><Service name='WMS'/></GDAL_WMS>")),
    _j("vector tiles", "NOT_GEOJSON",
        holding('{"tiles": ["http://127.0.0.1:9/{z}"], "name": "x"}')),
    _j("huge name", either("OK", *REFUSED), instead("Secteur n° 1", "x" * 3_000_000)),
    _j("very many properties", either("OK", "TOO_MANY_COLUMNS"), saved(
        {"type": "Feature", "properties": {f"c{n}": n for n in range(900)},
         "geometry": point(PLACES[0])})),
    _j("too many properties", either("TOO_MANY_COLUMNS", "OK"), saved(
        {"type": "Feature", "properties": {f"c{n}": n for n in range(5_000)},
         "geometry": point(PLACES[0])})),
    _j("nested collections", "MIXED_GEOMETRY", saved(features([{
        "type": "GeometryCollection", "geometries": [{
            "type": "GeometryCollection", "geometries": [point(PLACES[0])]}]}]))),
    _j("brackets never closed", "BAD_JSON", holding('{"type": "FeatureCollection", "features": [')),
    _j("one bracket more", "BAD_JSON", holding(json.dumps(POINTS) + "]")),
    _j("half a sign", either("BAD_ENCODING", "BAD_JSON", "FIX"), holding(
        json.dumps(POINTS, ensure_ascii=False).encode()[:-70] + b"\xc3")),
]  # fmt: skip


def _g(
    name: str, answer: str | frozenset[str], *edits: Any, line: int | None = None, **how: Any
) -> Case:
    return _j(f"g {name}", answer, geopackage(*edits, **how), "", line, "t.gpkg")


def _blob(wkb: bytes, flags: int = 1, envelope: bytes = b"") -> str:
    told = b"GP\0" + bytes([flags]) + struct.pack("<i", 4326) + envelope + wkb
    return f"UPDATE secteurs SET geom = x'{told.hex()}' WHERE fid = 2;"


def _point(kind: int = 1, *more: float) -> bytes:
    return struct.pack(f"<BI{2 + len(more)}d", 1, kind, 1.7, 46.8, *more)


def _rebuilt(*orders: str) -> Callable[[sqlite3.Connection], None]:
    def change(connection: sqlite3.Connection) -> None:
        for order in orders:
            connection.execute(order)

    return change


#: The triggers of GDAL name tables that some edits rename.
_UNTRIGGERED = (
    "DROP TRIGGER trigger_insert_feature_count_secteurs;"
    "DROP TRIGGER trigger_delete_feature_count_secteurs;"
)
_BOUNDS = struct.pack("<4d", 1.7, 1.7, 46.8, 46.8)
GEOPACKAGES = [
    _g("bounds", "OK", _blob(_point(), 0b0011, _BOUNDS)),
    _g("bounds with heights", "OK", _blob(_point(), 0b0101, _BOUNDS + bytes(16))),
    _g("bounds of a kind unknown", either("OK", "CORRUPT_GPKG"), _blob(_point(), 0b1111, _BOUNDS)),
    _g("bounds cut", "CORRUPT_GPKG", _blob(b"", 0b0011, _BOUNDS[:12]), line=2),
    _g("height", "OK", _blob(_point(1001, 120.0))),
    _g("measure", "OK", _blob(_point(3001, 120.0, 7.0))),
    _g("height of others", either("OK", "CORRUPT_GPKG"), _blob(_point(0x80000001, 120.0))),
    _g("extended", either("CORRUPT_GPKG", "MIXED_GEOMETRY"), _blob(_point(), 0b100001), line=2),
    _g("tail", either("OK", "CORRUPT_GPKG"), _blob(_point() + b"tail")),
    _g("bad bytes in a text", either("OK", "FIX", "BAD_ENCODING"),
       "UPDATE secteurs SET nom = CAST(x'43e974e9' AS TEXT) WHERE fid = 2;"),
    _g("nul in a text", either("OK", "FIX", "BINARY_IN_TEXT"),
       "UPDATE secteurs SET nom = CAST(x'430044' AS TEXT) WHERE fid = 2;"),
    _g("large text", either("OK", *REFUSED), "UPDATE secteurs SET nom = hex(zeroblob(3000000));"),
    _g("blob as a name", either("OK", "FIX", *REFUSED), "UPDATE secteurs SET nom = x'00ff';"),
    _g("endless number", either("OK", "FIX", *REFUSED),
       "ALTER TABLE secteurs ADD COLUMN n REAL; UPDATE secteurs SET n = 9e999;"),
    _g("large pages", "OK", _rebuilt("PRAGMA page_size = 65536", "VACUUM")),
    _g("small pages", "OK", _rebuilt("PRAGMA page_size = 512", "VACUUM")),
    _g("older version", "OK", _rebuilt("PRAGMA application_id = 1196437808")),
    _g("no version", either("OK", "CORRUPT_GPKG"), _rebuilt("PRAGMA application_id = 0")),
    _g("tiles alone", either("NO_ROWS"), "UPDATE gpkg_contents SET data_type = 'tiles';"
       "DELETE FROM gpkg_geometry_columns; DELETE FROM gpkg_extensions;"),
    _g("check", either("OK", "CORRUPT_GPKG", "VIEW_NOT_ALLOWED"),
       "CREATE TABLE c (a CHECK (a IN (1, 2))); INSERT INTO c VALUES (1);"),
    _g("index of a function", either("OK", "CORRUPT_GPKG"),
       lambda connection: (connection.create_function("f", 1, str, deterministic=True),
                           connection.execute("CREATE INDEX i ON secteurs (f(nom))"))),
    _g("view of the schema", either("VIEW_NOT_ALLOWED", "CORRUPT_GPKG", "OK"),
       _UNTRIGGERED + "ALTER TABLE gpkg_contents RENAME TO g;"
       "CREATE VIEW gpkg_contents AS SELECT * FROM g;"),
    _g("endless contents", either("VIEW_NOT_ALLOWED", "CORRUPT_GPKG"),
       _UNTRIGGERED + "ALTER TABLE gpkg_contents RENAME TO g;"
       "CREATE VIEW gpkg_contents AS WITH RECURSIVE n(i) AS"
       " (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT g.* FROM n, g;"),
    _g("trigger on reading", either("OK", "VIEW_NOT_ALLOWED"),
       "CREATE TRIGGER t BEFORE UPDATE ON secteurs BEGIN SELECT load_extension('/tmp/x.so'); END;"),
    _g("wrong registered kind", either("OK", "FIX", "MIXED_GEOMETRY"),
       "UPDATE gpkg_geometry_columns SET geometry_type_name = 'POLYGON';"),
    _g("two columns of shapes", either("OK", *REFUSED),
       "ALTER TABLE secteurs ADD COLUMN autre BLOB;"
       "CREATE TABLE c AS SELECT * FROM gpkg_geometry_columns; DROP TABLE gpkg_geometry_columns;"
       "ALTER TABLE c RENAME TO gpkg_geometry_columns;"
       "INSERT INTO gpkg_geometry_columns VALUES ('secteurs', 'autre', 'POINT', 4326, 0, 0);"),
    _g("name in capitals", either("OK", "CORRUPT_GPKG"),
       "UPDATE gpkg_contents SET table_name = 'SECTEURS';"
       "UPDATE gpkg_geometry_columns SET table_name = 'SECTEURS';"),
]  # fmt: skip


def _s(name: str, answer: str | frozenset[str], kind: str = "polygons", why: str = "",
       line: int | None = None, crs_of: str = "EPSG:4326", **changes: Callable[[bytes],
       bytes]) -> Case:  # fmt: skip
    def changed(held: dict[str, bytes]) -> dict[str, bytes]:
        return {
            f"s.{part}": changes[part](data) if part in changes else data
            for part, data in held.items()
        }

    return _j(f"s {name}", answer, repacked(changed, kind, crs=crs_of), why, line, "t.zip")


def _at(place: int, patch: bytes) -> Callable[[bytes], bytes]:
    return lambda data: data[:place] + patch + data[place + len(patch) :]


def _esri(code: int) -> bytes:
    from pyproj import CRS

    return CRS.from_epsg(code).to_wkt("WKT1_ESRI").encode()


def _lambert(path: Path) -> None:
    made = parts("points", crs="EPSG:3857") | {"prj": _esri(3857)}
    repacked(lambda _: {f"s.{part}": data for part, data in made.items()})(path)


_FIRST = 32  # where the first field of a .dbf is told
SHAPEFILES = [
    _j("s esri's words", _TAKEN, _lambert, "ArcGIS writes its own WKT", None, "t.zip"),
    _s("prj with a mark", either("OK", "MISSING_CRS"), prj=lambda data: b"\xef\xbb\xbf" + data),
    _s("length told wrong", either("OK", "FIX", "CORRUPT_SHP"), shp=_at(24, struct.pack(">i", 50))),
    _s("length told more", either("OK", "FIX", "CORRUPT_SHP"), shp=_at(24, struct.pack(">i",
        1 << 29))),
    _s("nan", either("BAD_NUMBER", "CORRUPT_SHP", "EMPTY_GEOMETRY"), "points", "", 1,
       shp=_at(112, struct.pack("<d", float("nan")))),
    _s("magic", "CORRUPT_SHP", shp=_at(0, b"\0\0\0\0")),
    _s("kind unknown", either("CORRUPT_SHP", "MIXED_GEOMETRY"), shp=_at(32, struct.pack("<i", 77))),
    _s("kinds differ", either("CORRUPT_SHP", "MIXED_GEOMETRY"), shp=_at(108, struct.pack("<i", 1))),
    _s("parts negative", "CORRUPT_SHP", shp=_at(144, struct.pack("<i", -1))),
    _s("no points", either("CORRUPT_SHP", "EMPTY_GEOMETRY"), shp=_at(148, struct.pack("<i", 0))),
    _s("deleted rows", either("OK", "FIX", "CORRUPT_SHP"), dbf=lambda data: data.replace(b"\x0d ",
        b"\x0d*")),
    _s("field without a name", either("OK", "FIX", "CORRUPT_SHP"), dbf=_at(_FIRST, bytes(11))),
    _s("field of bytes", either("OK", "FIX", "BAD_ENCODING", "CORRUPT_SHP"), dbf=_at(_FIRST,
        b"\xff\xfe\xe9")),
    _s("field kind", either("OK", "FIX", "CORRUPT_SHP"), dbf=_at(_FIRST + 11, b"Z")),
    _s("field of numbers", either("OK", "FIX", "CORRUPT_SHP"), dbf=_at(_FIRST + 11, b"N")),
    _s("field too long", either("CORRUPT_SHP"), dbf=_at(_FIRST + 16, b"\xff")),
    _s("no fields", either("CORRUPT_SHP", "OK"), dbf=_at(8, struct.pack("<H", 33))),
    _s("cpg of pages", either("BAD_ENCODING", "OK", "FIX"), cpg=lambda _: b"850"),
    _s("cpg with a line", _TAKEN, cpg=lambda _: b"UTF-8\r\n"),
    _s("cpg of an encoding that runs", either("BAD_ENCODING", "OK", "FIX"),
        cpg=lambda _: b"zlib_codec"),
    _s("cpg endless", either("BAD_ENCODING", "OK", "FIX"), cpg=lambda _: b"x" * 3_000_000),
    _s("prj endless", either("MISSING_CRS", "ZIP_TOO_BIG"),
        prj=lambda data: data + b" " * 3_000_000),
]  # fmt: skip


def _p(name: str, answer: str | frozenset[str], content: bytes) -> Case:
    return Case(f"N-p {name}", "t.osm.pbf", "roads", answer, holding(content))


def _with(data: bytes) -> bytes:
    return _HEAD + blob("OSMData", packed(data))


def _plain_nodes() -> bytes:
    """Return a block whose nodes are written one by one."""

    def signed(value: int) -> int:
        return value << 1 if value >= 0 else (-value << 1) - 1

    told = b"".join(
        field(1, field(1, signed(number)) + field(8, signed(round(lat * 1e7))) + field(9,
        signed(round(lon * 1e7))))
        for number, (lon, lat) in NODES.items()
    )  # fmt: skip
    return block({}, WAYS) + field(2, told)


EXTRACTS = [
    _p("nodes one by one", "OK", _with(_plain_nodes())),
    _p("bounds", "OK", blob("OSMHeader", packed(
        field(1, field(1, 1) + field(2, 3) + field(3, 5) + field(4, 1)) + head()))
       + blob("OSMData", packed(_DATA))),
    _p("unknown field", "OK", _with(_DATA + field(99, b"x"))),
    _p("header with an index", "OK", _HEAD + struct.pack(">I", len(_INDEXED := (
        field(1, b"OSMData") + field(2, b"index") + field(3,
        len(packed(_DATA)))))) + _INDEXED + packed(_DATA)),
    _p("coarse", either("OK", *REFUSED), _with(_DATA + field(17, 1_000))),
    _p("granularity 0", either("OK", *REFUSED), _with(_DATA + field(17, 0))),
    _p("beyond the pole", either("OK", *REFUSED), extract(dict.fromkeys(NODES, (1.7, 95.0)), WAYS)),
    _p("negative ids", either("OK", *REFUSED), extract(
        {-n: at for n, at in NODES.items()}, [([-r for r in refs], tags) for refs, tags in WAYS])),
    _p("way of one node", REFUSED, extract(NODES, [([1], {"highway": "residential"})])),
    _p("way of none", REFUSED, extract(NODES, [([], {"highway": "residential"})])),
    _p("way of a node twice", either("OK", *REFUSED), extract(NODES, [([1, 1],
        {"highway": "residential"})])),
    _p("number without end", "CORRUPT_PBF", _with(b"\x08" + b"\xff" * 20)),
    _p("length beyond", "CORRUPT_PBF", _with(b"\x0a" + varint(1 << 30) + b"x")),
    _p("wire of none", "CORRUPT_PBF", _with(b"\x0f" + _DATA)),
    _p("field 0", either("CORRUPT_PBF", "OK"), _with(b"\x02\x00" + _DATA)),
    _p("two bodies", either("OK", "CORRUPT_PBF"), _HEAD + blob("OSMData", field(1,
        _DATA) + packed(_DATA))),
    _p("kind of 70 kB", "CORRUPT_PBF", _HEAD + blob("x" * 70_000, packed(_DATA))),
    _p("bad text", either("OK", "CORRUPT_PBF"), _with(_DATA.replace("É".encode(), b"\xff\xfe"))),
    _p("keys without values", either("CORRUPT_PBF", "NO_ROWS"), _with(
        field(1, field(1, b"") + field(1, b"highway"))
        + field(2, field(3, field(1, 1) + field(2, b"\x01") + field(8, b"\x02\x02"))))),
    _p("text of 60 kB", either("OK", "CORRUPT_PBF"), _with(block(NODES, [
        (refs, tags | {"name": "y" * 60_000}) for refs, tags in WAYS]))),
]  # fmt: skip

VARIANTS = [*GEOJSON, *GEOPACKAGES, *SHAPEFILES, *EXTRACTS]
