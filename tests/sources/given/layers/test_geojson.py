"""GeoJSON of all origins: what is taken, what is repaired and told, what is refused."""

from __future__ import annotations

import json

import pytest

from coverage.sources.given.layers import read_layer
from tests.sources.given.layers.making import (
    BOW,
    SQUARE,
    collection,
    feature,
    point,
    polygon,
    saved,
)

AT = point(1.69, 46.81)


@pytest.mark.parametrize(
    "document",
    [AT, polygon(SQUARE), feature(AT), collection(AT, AT), collection(AT, crs=None)],
    ids=["point", "polygon", "feature", "collection", "no crs"],
)
def test_a_geometry_a_feature_and_a_collection_are_taken_as_they_are(answer, document):
    given = answer(document)
    assert (given.answer, given.repairs) == ("OK", ())


def test_the_type_may_come_last_and_other_members_are_left(answer):
    text = json.dumps(
        {"x": {"features": [1]}, "features": [feature(AT)], "type": "FeatureCollection"}
    )
    assert answer(text).answer == "OK"


def test_an_unclosed_ring_is_closed_and_told_by_its_feature(answer):
    given = answer(collection(polygon(SQUARE), polygon(SQUARE[:-1])))
    (repair,) = given.repairs
    assert given.answer == "FIX"
    assert repair.lines == ((2, 2),)
    assert "Objet n°\u00a02" in repair.detail


def test_metres_that_are_named_are_converted_and_told(tmp_path):
    name = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}
    layer = read_layer(saved(tmp_path, collection(point(600219.5, 6635288.5), crs=name)))
    at = layer.table.geometry.iloc[0]
    assert (at.x, at.y) == (pytest.approx(1.6914, abs=1e-4), pytest.approx(46.8103, abs=1e-4))
    assert layer.table.crs.to_epsg() == 4326
    assert [repair.issue for repair in layer.repairs] == ["projection"]


@pytest.mark.parametrize(
    ("document", "code", "told"),
    [
        ("", "EMPTY", "vide"),
        ("[1, 2]", "NOT_GEOJSON", "autre JSON"),
        ({"type": "Topology", "objects": {}}, "NOT_GEOJSON", "TopoJSON"),
        ({"url": "http://127.0.0.1/", "type": "Feature Layer"}, "NOT_GEOJSON", "adresse"),
        ({"elements": []}, "NOT_GEOJSON", "Overpass"),
        ({"type": "gdal_streamed_alg", "command_line": "x"}, "NOT_GEOJSON", "GDAL"),
        ("<html></html>", "NOT_GEOJSON", "page web"),
        ("version https://git-lfs.github.com/spec/v1\n", "NOT_GEOJSON", "git-lfs"),
        ("<OGRVRTDataSource/>", "NOT_GEOJSON", "XML"),
        ("<!DOCTYPE kml [<!ENTITY x 'y'>]><kml/>", "XML_DTD", "DOCTYPE"),
        (b'{"type": "Point", "coordinates": [1, 4\x006]}', "BINARY_IN_TEXT", "ligne 1"),
        (collection(), "NO_ROWS", "aucun objet"),
        (collection(None, AT), "EMPTY_GEOMETRY", "n°\u00a01"),
        (collection(AT, point(1.69, "46")), "BAD_NUMBER", "n°\u00a02"),  # type: ignore[arg-type]
        (collection(AT, point(1.69, True)), "BAD_NUMBER", "n°\u00a02"),
        (collection({"type": "Point", "coordinates": [1.69]}), "BAD_NUMBER", "n°\u00a01"),
        (collection({"type": "Point", "coordinates": [[1.69, 46.8]]}), "BAD_JSON", "n°\u00a01"),
        (collection({"type": "Polygon", "coordinates": SQUARE}), "BAD_JSON", "n°\u00a01"),
        (collection({"type": "Circle", "coordinates": [1, 46]}), "NOT_GEOJSON", "n°\u00a01"),
        (collection({"type": "LineString", "coordinates": SQUARE}), "MIXED_GEOMETRY", "LineString"),
        (json.dumps(collection(AT)).replace("46.81", "1e400"), "BAD_NUMBER", "n°\u00a01"),
        (json.dumps(collection(AT)).replace('"a"', "1e400"), "BAD_NUMBER", "nom"),
        (json.dumps(collection(AT)).replace('"a"', '"\\u202e"'), "BINARY_IN_TEXT", "U+202E"),
        (json.dumps(collection(AT)).replace('"a"', '"\\ud800"'), "BINARY_IN_TEXT", "U+D800"),
    ],
)
def test_refusals_say_what_and_where(answer, document, code, told):
    given = answer(document)
    assert given.answer == code
    assert "c.geojson" in given.message
    assert told in given.message


def test_a_text_in_windows_1252_is_read_and_told(answer):
    text = json.dumps(collection(AT), ensure_ascii=False).replace('"a"', '"été"')
    given = answer(text.encode("cp1252"))
    assert [repair.issue for repair in given.repairs] == ["encodage"]


def test_a_text_in_utf_16_is_read_told_and_bounded(answer):
    given = answer(json.dumps(collection(AT)).encode("utf-16"))
    assert [repair.issue for repair in given.repairs] == ["encodage"]
    deep = json.dumps({'x"': 1})[:-1] + ', "a": ' + "[" * 101 + "]" * 101 + "}"
    assert answer(deep.encode("utf-16")).answer == "BAD_JSON"


def test_of_several_faults_the_one_that_is_read_first_is_told(answer):
    same = {"features": [feature(None, id=1), feature(polygon(BOW), id=1)]}
    given = answer({"type": "FeatureCollection"} | same)
    assert given.answer == "DUP_ID"
    assert "n°\u00a02" in given.message


def test_identifiers_stay_beside_the_properties(tmp_path):
    given = [
        feature(AT, id="x"),
        feature(AT, id=7, properties={"id": "own", "plus": [1, {"a": 2}]}),
    ]
    layer = read_layer(saved(tmp_path, {"type": "FeatureCollection", "features": given}))
    assert layer.id_column == "feature_id"
    assert layer.table["feature_id"].tolist() == ["x", 7]
    assert layer.table["id"].tolist() == [None, "own"]
    assert layer.table["plus"].tolist() == [None, '[1, {"a": 2}]']
    assert layer.table.index.tolist() == [1, 2]


def test_a_thousand_columns_are_the_most(answer):
    wide = {f"c{number}": 1 for number in range(1_000)}
    assert answer(feature(AT, properties=wide)).answer == "OK"
    assert answer(feature(AT, properties=wide | {"more": 1})).answer == "TOO_MANY_COLUMNS"
