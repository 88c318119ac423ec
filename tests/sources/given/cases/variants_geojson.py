"""More GeoJSON, and what isn't GeoJSON under its name."""

from __future__ import annotations

import gzip
import json
from typing import Any

from tests.sources.given.cases.case import REFUSED, Case, either, holding
from tests.sources.given.cases.geojson_making import (
    LAMBERT_PLACES,
    OTHER,
    PLACES,
    POINTS,
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
from tests.sources.given.cases.geopackage_making import content
from tests.sources.given.cases.pages import ERROR_PAGE, GDALG, LAUGHS, LFS, NOWHERE, XXE
from tests.sources.given.cases.shapefile_making import zipped

_TAKEN = either("OK", "FIX")
_BROKEN = either("BAD_JSON", "NOT_GEOJSON")
_HOLE = [[2.38, 47.07], [2.38, 47.09], [2.4, 47.09], [2.4, 47.07], [2.38, 47.07]]
_MERCATOR = [(188285.8, 5911165.0), (972665.2, 5149856.2)]
_KML = '<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>x</name></Placemark></kml>'
_GEOMETRY = '"geometry": {"type": "Point", "coordinates": [1.6914, 46.8103]}'


def _j(name: str, answer: str | frozenset[str], make: Any, why: str = "", line: int | None = None,
       file: str = "t.geojson") -> Case:  # fmt: skip
    return Case(f"J-{name}", file, "layer", answer, make, why, line)


def _at(*coordinates: Any) -> Any:
    """Return a maker of two points: Châteauroux, and these coordinates."""
    return saved(features([point(PLACES[0]), {"type": "Point", "coordinates": list(coordinates)}]))


def _shape(kind: str, coordinates: Any) -> Any:
    return saved(features([{"type": kind, "coordinates": coordinates}]))


def _text(document: str) -> Any:
    return holding(document)


def _properties(written: str) -> Any:
    return instead('"properties": {"nom": "Secteur n° 1"}', f'"properties": {{"nom": {written}}}')


GOOD = [
    _j("points", "OK", saved(POINTS)),
    _j("indented", "OK", saved(POINTS, indent=2)),
    _j("mark", "OK", holding(b"\xef\xbb\xbf" + json.dumps(POINTS).encode())),
    _j("json", "OK", saved(POINTS), file="t.json"),
    _j("feature", "OK", saved(feature(polygon(SQUARE)))),
    _j("geometry", "OK", saved(polygon(SQUARE)), "a geometry, alone"),
    _j("multi", "OK", _shape("MultiPolygon", [[SQUARE], [OTHER]])),
    _j("multipoint", "OK", _shape("MultiPoint", [list(at) for at in PLACES])),
    _j("polygon and multi", "OK", saved(features(
        [polygon(SQUARE), {"type": "MultiPolygon", "coordinates": [[OTHER]]}])), "one kind"),
    _j("members", "OK", saved(POLYGONS | {"name": "secteurs", "bbox": [1, 46, 3, 48],
        "x": {"features": []}})),
    _j("3d", "OK", _at(1.7, 46.8, 154.2)),
    _j("crs84", "OK", saved(POINTS | {"crs": crs("urn:ogc:def:crs:OGC:1.3:CRS84")}),
        "QGIS writes it"),
    _j("crs null", "OK", saved(POINTS | {"crs": None})),
    _j("crs 4326", "OK", saved(POINTS | {"crs": crs("EPSG:4326")})),
    _j("crs 4326 urn", "OK", saved(POINTS | {"crs": crs("urn:ogc:def:crs:EPSG::4326")}),
       "longitude first all the same: so do all tools"),
    _j("crs 3857", "FIX", saved(features([point(at) for at in _MERCATOR], crs=crs("EPSG:3857")))),
    _j("crs 2975", "FIX", saved(features([point((338807.6, 7690477.7))],
        crs=crs("urn:ogc:def:crs:EPSG::2975")))),
    _j("crs 2154 polygon", "FIX", saved(features([polygon(
        [[600000, 6630000], [610000, 6630000], [610000, 6640000], [600000, 6630000]])],
        crs=crs("EPSG:2154")))),
    _j("hole", "OK", polygons(OTHER, _HOLE)),
    _j("clockwise", "OK", polygons(OTHER[::-1])),
    _j("vertex twice", _TAKEN, polygons([OTHER[0], *OTHER])),
    _j("brackets in a text", "OK", _properties('"' + "[" * 100_000 + '\\"' + "{" * 100_000 + '"'),
        "it nests nothing"),
    _j("some depth", _TAKEN, _properties("[" * 20 + "]" * 20)),
    _j("properties null", _TAKEN, instead('{"nom": "Secteur n° 1"}', "null")),
    _j("no properties", either("OK", "FIX", "NOT_GEOJSON"),
        instead('"properties": {"nom": "Secteur n° 1"}, ', "")),
    _j("other properties", "OK", instead('"nom": "Secteur n° 2"', '"autre": [1, {"a": null}]')),
    _j("markup", "OK", _properties('"<script>alert(`1`)</script>"'), "text, escaped later"),
    _j("formula", "OK", _properties('"=HYPERLINK(1)"')),
    _j("60 000 vertices", "OK", lambda path: many_vertices(path, 60_000)),
    _j("new caledonia", "OK", saved(features([polygon(
        [[164, -22], [167, -22], [167, -20], [164, -20], [164, -22]])]))),
    _j("wallis", "OK", saved(features([point((-176.17, -13.28))]))),
    _j("meridian 0", "OK", _at(0, 48.43)),
    _j("hole outside", "FIX", polygons(OTHER, [[3, 47], [3.1, 47], [3.1, 47.1], [3, 47]]), "", 2),
    _j("hole across", "FIX", polygons(OTHER, [[2.4, 47.07], [2.6, 47.07], [2.6, 47.1], [2.4,
        47.07]]), "", 2),
    _j("spike", either("OK", "FIX"), polygons([*OTHER[:2], [2.6, 47.05], OTHER[1], *OTHER[2:]])),
    _j("parts over", "FIX", _shape("MultiPolygon", [[SQUARE], [[[x + 0.01, y] for x,
        y in SQUARE]]]), "", 1),
    _j("unclosed hole", "FIX", polygons(OTHER, _HOLE[:-1]), "", 2),
    _j("ids of two types", either("OK", "DUP_ID"), saved({"type": "FeatureCollection", "features": [
        feature(point(PLACES[0]), 1, id=7), feature(point(PLACES[1]), 2, id="7")]})),
    _j("same text twice", "OK", saved(features([point(PLACES[0]), point(PLACES[1])]) | {"x": 1})),
]  # fmt: skip

NUMBERS = [
    _j("huge id", either("OK", "BAD_NUMBER", "BAD_JSON"), instead('"type": "Feature",',
        '"type": "Feature", "id": 1' + "0" * 400 + ",")),
    _j("endless integer", either("OK", "FIX", "BAD_NUMBER", "BAD_JSON"),
        _properties("1" + "0" * 5_000)),
    _j("property 1e400", "BAD_NUMBER", _properties("1e400")),
    _j("endless coordinate", either("BAD_NUMBER", "BAD_JSON", "OUT_OF_FRANCE", "WRONG_CRS"),
        instead("46.8103", "46" + "0" * 5_000)),
    _j("infinity", "BAD_JSON", instead("46.8103", "Infinity")),
    _j("minus infinity", "BAD_JSON", instead("46.8103", "-Infinity")),
    _j("nan property", "BAD_JSON", _properties("NaN"), "pandas"),
    _j("text coordinate", REFUSED, _at("1.69", "46.81"), "", 2),
    _j("null coordinate", REFUSED, _at(1.69, None), "", 2),
    _j("null height", either("OK", "FIX", *REFUSED), _at(1.69, 46.81, None)),
    _j("true coordinate", REFUSED, _at(True, 46.81), "", 2),
    _j("one coordinate", REFUSED, _at(1.69), "", 2),
    _j("no coordinate", "EMPTY_GEOMETRY", _at(), "", 2),
    _j("coordinates object", REFUSED, saved(features([{"type": "Point", "coordinates": {"x": 1,
        "y": 46}}]))),
    _j("coordinates nested", REFUSED, _shape("Point", [[1.69, 46.81]])),
    _j("polygon flat", REFUSED, _shape("Polygon", SQUARE), "a level of brackets short"),
    _j("polygon nested", REFUSED, _shape("Polygon", [[SQUARE]])),
    _j("uneven", either("OK", "FIX", *REFUSED), polygons([[*OTHER[0], 1.0], *OTHER[1:]]),
        "some have a height"),
    _j("no coordinates", REFUSED, saved(features([{"type": "Point"}])), "", 1),
]  # fmt: skip

GEOGRAPHY = [
    _j("crs 2154 degrees", either("WRONG_CRS", "OUT_OF_FRANCE"),
        saved(POINTS | {"crs": crs("EPSG:2154")}), "it lies"),
    _j("crs unknown", either("MISSING_CRS", "WRONG_CRS"),
        saved(POINTS | {"crs": crs("EPSG:99999")})),
    _j("crs text", either("MISSING_CRS", "WRONG_CRS", "NOT_GEOJSON"),
        saved(POINTS | {"crs": "EPSG:4326"})),
    _j("crs link", either("MISSING_CRS", "WRONG_CRS", "NOT_GEOJSON"), saved(
        POINTS | {"crs": {"type": "link", "properties": {"href": f"{NOWHERE}/2154",
        "type": "proj4"}}})),
    _j("crs path", either("MISSING_CRS", "WRONG_CRS"), saved(POINTS | {"crs": crs("/etc/passwd")})),
    _j("crs pipeline", either("MISSING_CRS", "WRONG_CRS"),
        saved(POINTS | {"crs": crs("+init=/etc/passwd:2154")})),
    _j("mercator", "WRONG_CRS", saved(features([point(at) for at in _MERCATOR])), "", 1),
    _j("swapped polygon", "LATLON_SWAPPED", polygons([[y, x] for x, y in OTHER]), "", 2),
    _j("swapped overseas", "LATLON_SWAPPED", _at(-20.8789, 55.4504), "", 2),
    _j("null island", "NULL_ISLAND", _at(0, 0), "", 2),
    _j("berlin", "OUT_OF_FRANCE", _at(13.405, 52.52), "", 2),
    _j("partly out", either("OUT_OF_FRANCE"), polygons([[2.3, 47.0], [20.0, 47.0], [20.0, 47.1],
        [2.3, 47.0]]), "", 2),
    _j("181 degrees", either("ANTIMERIDIAN", "OUT_OF_FRANCE", "WRONG_CRS"), polygons(
        [[179, -15], [183, -15], [183, -12], [179, -12], [179, -15]]), "", 2),
    _j("whole turn", "ANTIMERIDIAN", polygons(
        [[164, -22], [-176, -22], [-176, -13], [164, -13], [164, -22]]), "New Caledonia to Wallis",
        2),
    _j("line", REFUSED, _shape("LineString", SQUARE)),
    _j("collection of one", "MIXED_GEOMETRY", saved(features([{"type": "GeometryCollection",
        "geometries": [polygon(SQUARE)]}]))),
    _j("collection of none", either("MIXED_GEOMETRY", "EMPTY_GEOMETRY"),
        saved(features([{"type": "GeometryCollection", "geometries": []}]))),
    _j("line among points", "MIXED_GEOMETRY", saved(features(
        [point(PLACES[0]), {"type": "LineString", "coordinates": SQUARE}])), "", 2),
    _j("two positions", "EMPTY_GEOMETRY", polygons([OTHER[0], OTHER[0]]), "", 2),
    _j("one position", "EMPTY_GEOMETRY", polygons([OTHER[0]]), "", 2),
    _j("three in line", "EMPTY_GEOMETRY", polygons([[2, 47], [2.1, 47], [2.2, 47], [2, 47]]), "",
        2),
    _j("same position", "EMPTY_GEOMETRY", polygons([OTHER[0]] * 5), "", 2),
    _j("empty ring", "EMPTY_GEOMETRY", polygons([]), "", 2),
    _j("empty multi", "EMPTY_GEOMETRY", _shape("MultiPolygon", []), "", 1),
    _j("empty part", either("OK", "FIX", "EMPTY_GEOMETRY"), _shape("MultiPolygon", [[SQUARE], []])),
    _j("no geometry", REFUSED, instead(", " + _GEOMETRY, ""), "the member misses", 1),
    _j("all null", "EMPTY_GEOMETRY", saved(features([None, None])), "", 1),
    _j("bad type", REFUSED, _shape("Circle", [1.69, 46.81]), "", 1),
    _j("lower case type", REFUSED, _shape("point", [1.69, 46.81])),
    _j("metres among degrees", "WRONG_CRS", saved(features([point(PLACES[0]),
        point(LAMBERT_PLACES[0])])), "", 2),
    _j("multi of 600 000", "TOO_COMPLEX", lambda path: (many_vertices(path), path.write_text(
        path.read_text().replace('"Polygon"', '"MultiPolygon"').replace(': [[[',
        ': [[[[').replace(']]]', ']]]]'))), "", 1),
    _j("order of numbers", "BAD_NUMBER", instead("46.8103", "1e400", features([point((1.69,
        46.8103)), point((0, 0))]))),
    _j("order of ids", "DUP_ID", saved({"type": "FeatureCollection", "features": [
        feature(point((0, 0)), 1, id="a"), feature(None, 2, id="a")]}), "", 2),
]  # fmt: skip

TEXTS = [
    _j("comma", "BAD_JSON", instead("46.8103]", "46.8103,]")),
    _j("comment", "BAD_JSON", instead('"features"', '/* les secteurs */ "features"')),
    _j("single quotes", "BAD_JSON", _text(json.dumps(POINTS).replace('"', "'"))),
    _j("two documents", "BAD_JSON", _text(json.dumps(POINTS) * 2)),
    _j("tail", "BAD_JSON", _text(json.dumps(POINTS) + "\n<!-- 0.2 s -->")),
    _j("lines", _BROKEN, _text("\n".join(json.dumps(each) for each in POINTS["features"])),
        "newline-delimited"),
    _j("record separators", REFUSED,
        _text("".join(f"\x1e{json.dumps(each)}\n" for each in POINTS["features"]))),
    _j("javascript", _BROKEN, _text(f"var secteurs = {json.dumps(POINTS)};"), "a map's own file"),
    _j("key twice", "BAD_JSON", instead('"nom": "Secteur n° 1"', '"nom": "a", "nom": "b"')),
    _j("key twice, escaped", "BAD_JSON", instead('"geometry": {',
        '"geometr\\u0079": null, "geometry": {')),
    _j("features twice", "BAD_JSON", instead('"features": [', '"features": [], "features": [')),
    _j("depth in coordinates", "BAD_JSON", instead("[1.6914, 46.8103]",
        "[" * 200_000 + "]" * 200_000)),
    _j("depth in properties", "BAD_JSON", _properties("[" * 200_000 + "]" * 200_000)),
    _j("depth of objects", "BAD_JSON", _properties('{"a":' * 100_000 + "1" + "}" * 100_000)),
    _j("depth unclosed", "BAD_JSON", _text("[" * 200_000)),
    _j("depth 2 000", "BAD_JSON", _properties("[" * 2_000 + "]" * 2_000)),
    _j("cut in a text", "BAD_JSON", _text(json.dumps(POINTS)[:60])),
    _j("cut in a number", "BAD_JSON",
        _text(json.dumps(POINTS)[: json.dumps(POINTS).index("46.8") + 3])),
    _j("cut at the end", "BAD_JSON", _text(json.dumps(POINTS)[:-1])),
    _j("raw line feed", either("BAD_JSON", "BINARY_IN_TEXT"), _properties('"a\nb"'), "in a text"),
    _j("bad escape", "BAD_JSON", _properties('"C:\\temp\\x"'.replace("\\t", "\\q"))),
    _j("half a pair", either("OK", "FIX", "BAD_JSON", "BAD_ENCODING", "BINARY_IN_TEXT"),
        _properties('"\\ud800"')),
    _j("nul escape", either("OK", "FIX", "BINARY_IN_TEXT", "BAD_JSON"), _properties('"a\\u0000b"')),
    _j("nul", either("BINARY_IN_TEXT", "BAD_JSON"), _properties('"a\0b"')),
    _j("override", either("BINARY_IN_TEXT", "OK"), _properties('"a\u202eb"')),
    _j("cp1252", either("BAD_ENCODING", "FIX"), holding(json.dumps(POINTS,
        ensure_ascii=False).encode("cp1252"))),
    _j("utf-16", either("FIX", "BAD_ENCODING", "BINARY_IN_TEXT", "BAD_JSON"),
        holding(json.dumps(POINTS).encode("utf-16"))),
    _j("leading zero", "BAD_JSON", instead("46.8103", "046.8103")),
    _j("plus", "BAD_JSON", instead("46.8103", "+46.8103")),
    _j("hexadecimal", "BAD_JSON", instead("46.8103", "0x2E")),
    _j("full width digit", either("BAD_JSON", "BAD_NUMBER"), instead("46.8103", "４6.8103")),
    _j("python", "BAD_JSON", instead('"nom": "Secteur n° 1"', '"nom": None')),
]  # fmt: skip


def _n(
    name: str, document: Any, why: str = "", answer: str | frozenset[str] = "NOT_GEOJSON"
) -> Case:
    if isinstance(document, (dict, list)) or document is None:
        document = json.dumps(document)
    return _j(name, answer, holding(document), why)


NOT_GEOJSON = [
    _n("esri", {"geometryType": "esriGeometryPoint", "spatialReference": {"wkid": 4326},
                "features": [{"attributes": {"nom": "x"}, "geometry": {"x": 1.69, "y": 46.81}}]}),
    _n("overpass", {"version": 0.6, "elements": [{"type": "node", "id": 1, "lat": 46.81,
        "lon": 1.69}]}),
    _n("table", {"records": [{"fields": {"geo_point": [46.81, 1.69]}}]}, "a portal's answer"),
    _n("error", {"error": {"code": 503, "message": "Service unavailable"}}, "a portal's error"),
    _n("address", f"{NOWHERE}/secteurs.geojson"),
    _n("address as text", f'"{NOWHERE}/secteurs.geojson"'),
    _n("virtual path", f"/vsicurl/{NOWHERE}/secteurs.geojson"),
    _n("gdalg spaced", GDALG.replace("{", "{\n  ", 1)),
    _n("gdalg in a collection", {"type": "gdal_streamed_alg",
        "command_line": "gdal vector info /etc/passwd", "features": []}),
    _n("null", None), _n("number", "42"), _n("text", '"FeatureCollection"'), _n("object", {}),
        _n("list", []),
    _n("no features", {"type": "FeatureCollection"}),
    _n("features null", {"type": "FeatureCollection", "features": None}),
    _n("features object", {"type": "FeatureCollection", "features": {}}),
    _n("feature null", {"type": "FeatureCollection", "features": [None]},
        answer=either("NOT_GEOJSON", "EMPTY_GEOMETRY")),
    _n("feature number", {"type": "FeatureCollection", "features": [1]}),
    _n("collections nested", {"type": "FeatureCollection", "features": [POINTS]}),
    _n("geometries listed", {"type": "FeatureCollection", "features": [point(PLACES[0])]}),
    _n("type list", {"type": ["FeatureCollection"], "features": []}),
    _n("geometry list", {"type": "Feature", "properties": {}, "geometry": [1.69, 46.81]},
        answer=REFUSED),
    _n("properties list", {"type": "Feature", "properties": [1], "geometry": point(PLACES[0])},
       answer=either("NOT_GEOJSON", "OK", "FIX", "BAD_VALUE")),
    _n("page", ERROR_PAGE), _n("pointer", LFS), _n("csv", "code_insee;nom\n01001;x\n",
        answer=_BROKEN),
    _n("kml", _KML), _n("gpx", '<?xml version="1.0"?><gpx version="1.1"></gpx>'),
    _n("gzip", gzip.compress(json.dumps(POINTS).encode())),
    _n("dtd", XXE + "<OGRVRTDataSource>&x;</OGRVRTDataSource>", answer=either("XML_DTD",
        "NOT_GEOJSON")),
    _n("empty", "", answer="EMPTY"),
    _n("blank", " \n\t ", answer="EMPTY"),
    _n("mark alone", "\ufeff", answer="EMPTY"),
    _j("zip", "NOT_GEOJSON", zipped()),
    _j("geopackage", "NOT_GEOJSON", lambda path: path.write_bytes(content())),
    _j("kml itself", "NOT_GEOJSON", holding('<?xml version="1.0"?>' + _KML), file="t.kml"),
    _j("kml comment", "NOT_GEOJSON", holding("<!-- <!DOCTYPE kml> -->" + _KML), "none is declared",
        file="t.kml"),
    _j("kml dtd after comment", "XML_DTD",
        holding("<!-- x --><!DOCTYPE kml [<!ENTITY a 'b'>]>" + _KML), file="t.kml"),
    _j("kml dtd in utf-16", "XML_DTD", holding((XXE + _KML).encode("utf-16")), file="t.kml"),
    _j("kml dtd after mark", "XML_DTD", holding("\ufeff" + LAUGHS + _KML), file="t.kml"),
    _j("kml dtd after much", "XML_DTD", holding(f"<!--{'x' * 200_000}-->" + XXE + _KML),
        file="t.kml"),
    _j("kml dtd alone", "XML_DTD",
        holding('<!DOCTYPE kml SYSTEM "http://127.0.0.1:9/x.dtd">' + _KML), file="t.kml"),
    _j("kml dtd, instruction before", "XML_DTD",
        holding("<?xml version='1.0'?>\n<?a b?>\n" + XXE.split("\n", 1)[1] + _KML), file="t.kml"),
    _j("kmz", REFUSED, zipped(), file="t.kmz"),
    _j("csv itself", REFUSED, holding("a,b\n1,2\n"), file="t.csv"),
    _j("workbook", REFUSED, holding(b"PK\x03\x04" + bytes(60)), file="t.xlsx"),
    _j("vrt itself", REFUSED, holding("<OGRVRTDataSource/>"), file="t.vrt"),
    _j("shp alone", REFUSED, holding(bytes.fromhex("0000270a") + bytes(96)), file="t.shp"),
    _j("no suffix", either("OK", *REFUSED), saved(POINTS), file="secteurs"),
]  # fmt: skip

VARIANTS = [*GOOD, *NUMBERS, *GEOGRAPHY, *TEXTS, *NOT_GEOJSON]
