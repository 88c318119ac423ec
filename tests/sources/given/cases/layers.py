"""Layers, good and bad: GeoJSON, GeoPackages, shapefiles in archives, KML."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

from tests.sources.given.cases.case import Case, holding
from tests.sources.given.cases.geojson_making import (
    LAMBERT_PLACES,
    OTHER,
    PLACES,
    POLYGONS,
    SQUARE,
    crs,
    feature,
    features,
    instead,
    many_vertices,
    point,
    polygon,
    polygons,
    saved,
)
from tests.sources.given.cases.geopackage_making import content, edit, geopackage, patched
from tests.sources.given.cases.pages import ESRI_URL, GDALG, LAUGHS, VRT, XXE
from tests.sources.given.cases.shapefile_making import PARTS, parts, zipped
from tests.sources.given.cases.zip_making import DEFLATED, Entry, archived, packed, repeated

_TWICE = {"type": "FeatureCollection",
          "features": [feature(point(at), n, id=number)
                       for (n, number), at in zip(enumerate([7, 8, 7], 1), PLACES,
                       strict=True)]}  # fmt: skip
_TOPOJSON = {
    "type": "Topology",
    "transform": {"scale": [0.001, 0.001], "translate": [1.6, 46.7]},
    "objects": {"secteurs": {"type": "GeometryCollection",
                             "geometries": [{"type": "Polygon", "arcs": [[0]]}]}},
    "arcs": [[[50, 80], [100, 0], [0, 60], [-100, 0], [0, -60]]],
}  # fmt: skip
_KML = (
    '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>{name}</name>'
    "<Point><coordinates>1.69,46.81</coordinates></Point></Placemark></Document></kml>\n"
)
_ENDLESS = """
CREATE VIEW secteurs_vus AS WITH RECURSIVE n(fid) AS (SELECT 1 UNION ALL SELECT fid + 1 FROM n)
  SELECT n.fid AS fid, (SELECT geom FROM secteurs LIMIT 1) AS geom FROM n;
UPDATE gpkg_contents SET table_name = 'secteurs_vus' WHERE table_name = 'secteurs';
UPDATE gpkg_geometry_columns SET table_name = 'secteurs_vus' WHERE table_name = 'secteurs';
"""
_UNREGISTERED = """
DELETE FROM gpkg_geometry_columns; DELETE FROM gpkg_extensions; DELETE FROM gpkg_ogr_contents;
DELETE FROM gpkg_contents;
"""
_NO_SRS = """
UPDATE gpkg_geometry_columns SET srs_id = -1; UPDATE gpkg_contents SET srs_id = -1;
"""
EVIL_LAYER = "secteurs\"; DROP TABLE gpkg_contents; --'"


def _two_layers(path: Path) -> None:
    path.write_bytes(content())
    edit(
        path,
        "CREATE TABLE autres AS SELECT * FROM secteurs;"
        "INSERT INTO gpkg_contents SELECT 'autres', data_type, 'autres', description, last_change,"
        " min_x, min_y, max_x, max_y, srs_id FROM gpkg_contents;"
        "INSERT INTO gpkg_geometry_columns SELECT 'autres', column_name, geometry_type_name,"
        " srs_id, z, m FROM gpkg_geometry_columns;",
    )


def _lying(path: Path) -> None:
    entries = [packed(f"secteurs.{ext}", data) for ext, data in parts().items()]
    path.write_bytes(archived(entries, declared={"secteurs.shp": 100}))


def _bomb(path: Path) -> None:
    stream, crc, size = repeated(bytes(1_000_000), 600)
    bomb = Entry("secteurs.shp", stream, DEFLATED, size, crc)
    others = [packed(f"secteurs.{ext}", data) for ext, data in parts().items() if ext != "shp"]
    path.write_bytes(archived([bomb, *others]))


def _link(path: Path) -> None:
    made = [packed(f"secteurs.{ext}", data) for ext, data in parts().items() if ext != "dbf"]
    path.write_bytes(archived([*made, Entry("secteurs.dbf", b"/etc/passwd", mode=0o120777)]))


def _nested(path: Path) -> None:
    inner = archived([packed(f"secteurs.{ext}", data) for ext, data in parts().items()])
    path.write_bytes(archived([packed("secteurs.zip", inner)]))


CASES: list[Case] = [
    Case("J00", "ok.geojson", "layer", "OK", saved(POLYGONS)),
    Case("J01", "truncated.geojson", "layer", "BAD_JSON",
         holding(json.dumps(POLYGONS)[: len(json.dumps(POLYGONS)) // 2])),
    Case("J02", "bowtie.geojson", "layer", "FIX",
         polygons([[2.35, 47.05], [2.45, 47.12], [2.45, 47.05], [2.35, 47.12], [2.35, 47.05]]),
         "the ring crosses itself", 2),
    Case("J03", "unclosed.geojson", "layer", "FIX", polygons(OTHER[:-1]), "", 2),
    Case("J04", "empty_coords.geojson", "layer", "EMPTY_GEOMETRY",
         saved(features([polygon(SQUARE), {"type": "Polygon", "coordinates": []}])), "", 2),
    Case("J05", "null_geom.geojson", "layer", "EMPTY_GEOMETRY",
         saved(features([polygon(SQUARE), None])), "", 2),
    Case("J06", "nan.geojson", "layer", "BAD_JSON",
         saved(features([point(PLACES[0]), point((float("nan"), 46.8))])), "pandas, json.dumps"),
    Case("J07", "crs2154.geojson", "layer", "FIX",
         saved(features([point(at) for at in LAMBERT_PLACES],
                        crs=crs("urn:ogc:def:crs:EPSG::2154")))),
    Case("J08", "lambert_nocrs.geojson", "layer", "WRONG_CRS",
         saved(features([point(at) for at in LAMBERT_PLACES])), "", 1),
    Case("J09", "swapped.geojson", "layer", "LATLON_SWAPPED",
         saved(features([point(at[::-1]) for at in PLACES])), "", 1),
    Case("J10", "mixed.geojson", "layer", "MIXED_GEOMETRY",
         saved(features([polygon(SQUARE), point(PLACES[0])])), "", 2),
    Case("J11", "gcoll.geojson", "layer", "MIXED_GEOMETRY",
         saved(features([{"type": "GeometryCollection",
                          "geometries": [polygon(SQUARE), point(PLACES[0])]}])), "", 1),
    Case("J12", "deep.geojson", "layer", "BAD_JSON", holding("[" * 200_000 + "]" * 200_000)),
    Case("J13", "dup_id.geojson", "layer", "DUP_ID", saved(_TWICE), "", 3, "7"),
    Case("J14", "not_geojson.geojson", "layer", "NOT_GEOJSON",
         saved([{"nom": "Châteauroux", "lon": 1.69, "lat": 46.81}])),
    Case("J15", "topojson.geojson", "layer", "NOT_GEOJSON", saved(_TOPOJSON), told="TopoJSON"),
    Case("J16", "antimeridian.geojson", "layer", "ANTIMERIDIAN",
         saved(features([polygon(SQUARE), polygon(
             [[179, -15], [-177, -15], [-177, -12], [179, -12], [179, -15]])])), "", 2),
    Case("J17", "exp400.geojson", "layer", "BAD_NUMBER", instead("46.8103", "1e400")),
    Case("J18", "dup_keys.geojson", "layer", "BAD_JSON",
         instead('"geometry": {', '"geometry": null, "geometry": {'), told="geometry"),
    Case("J19", "vrt.geojson", "layer", "NOT_GEOJSON", holding(VRT)),
    Case("J20", "esri_url.geojson", "layer", "NOT_GEOJSON", holding(ESRI_URL)),
    Case("J21", "many_vertices.geojson", "layer", "TOO_COMPLEX", many_vertices, "", 1),
    Case("J22", "zero_area.geojson", "layer", "EMPTY_GEOMETRY",
         polygons([OTHER[0], OTHER[1], OTHER[0], OTHER[0]]), "", 2),
    Case("J23", "no_features.geojson", "layer", "NO_ROWS", saved(features([]))),
    Case("J24", "gdalg.geojson", "layer", "NOT_GEOJSON", holding(GDALG)),
    Case("G00", "ok.gpkg", "layer", "OK", geopackage()),
    Case("G01", "truncated.gpkg", "layer", "CORRUPT_GPKG",
         lambda path: path.write_bytes(content()[: len(content()) // 2])),
    Case("G02", "not_sqlite.gpkg", "layer", "CORRUPT_GPKG",
         lambda path: path.write_bytes(Random(2).randbytes(30_000))),
    Case("G03", "bad_page.gpkg", "layer", "CORRUPT_GPKG",
         patched(0.5, lambda old: Random(3).randbytes(len(old)))),
    Case("G04", "nocrs.gpkg", "layer", "MISSING_CRS", geopackage(_NO_SRS)),
    Case("G05", "two_layers.gpkg", "layer", "AMBIGUOUS_LAYER", _two_layers, told="autres"),
    Case("G06", "no_layer.gpkg", "layer", "NO_ROWS", geopackage(_UNREGISTERED)),
    Case("G07", "endless_view.gpkg", "layer", "VIEW_NOT_ALLOWED", geopackage(_ENDLESS)),
    Case("G08", "garbage_geom.gpkg", "layer", "CORRUPT_GPKG",
         geopackage("UPDATE secteurs SET geom = x'deadbeef00112233445566' WHERE fid = 2;"), "", 2),
    Case("G09", "evil_layer_name.gpkg", "layer", "OK", geopackage(layer=EVIL_LAYER)),
    Case("S00", "ok.zip", "layer", "OK", zipped()),
    Case("S01", "no_shx.zip", "layer", "FIX", zipped(without="shx"), told=".shx"),
    Case("S02", "no_dbf.zip", "layer", "MISSING_PART", zipped(without="dbf"), told=".dbf"),
    Case("S03", "no_prj.zip", "layer", "MISSING_CRS", zipped(without="prj"), told=".prj"),
    Case("S04", "wrong_cpg.zip", "layer", "BAD_ENCODING",
         lambda path: path.write_bytes(archived(
             [packed(f"secteurs.{ext}", data)
              for ext, data in (parts(encoding="ISO-8859-1") | {"cpg": b"UTF-8"}).items()]))),
    Case("S05", "zip_slip.zip", "layer", "ZIP_UNSAFE_PATH",
         lambda path: path.write_bytes(archived(
             [packed(f"../../evil.{ext}", data) for ext, data in parts().items()]))),
    Case("S06", "symlink.zip", "layer", "ZIP_SYMLINK", _link),
    Case("S07", "zip_bomb.zip", "layer", "ZIP_TOO_BIG", _bomb),
    Case("S08", "nested.zip", "layer", "ZIP_NESTED", _nested),
    Case("S09", "two_shp.zip", "layer", "AMBIGUOUS_LAYER",
         lambda path: path.write_bytes(archived(
             [packed(f"{name}.{ext}", data) for name in ("nord", "sud")
              for ext, data in parts().items()])), told="sud.shp"),
    Case("S10", "truncated.zip", "layer", "CORRUPT_ZIP",
         lambda path: path.write_bytes(_whole()[: len(_whole()) * 2 // 3])),
    Case("S11", "many_entries.zip", "layer", "ZIP_TOO_MANY",
         lambda path: path.write_bytes(archived(Entry(f"{n}.txt", b"") for n in range(20_000)))),
    Case("S12", "lying_size.zip", "layer", "CORRUPT_ZIP", _lying),
    Case("K01", "xxe.kml", "layer", "XML_DTD", holding(XXE + _KML.format(name="&x;"))),
    Case("K02", "laughs.kml", "layer", "XML_DTD", holding(LAUGHS + _KML.format(name="&a9;"))),
]  # fmt: skip


def _whole() -> bytes:
    return archived([packed(f"secteurs.{part}", parts()[part]) for part in PARTS])
