"""GeoPackages: an SQLite file of somebody else's, of which only tables are read."""

from __future__ import annotations

import sqlite3
import struct

import pytest
import shapely

from coverage.base.gdal import read_vector
from coverage.sources.given.layers import Wanted, read_layer
from coverage.sources.given.layers.features import FeatureError
from coverage.sources.given.layers.wkb import WkbError, read_wkb
from tests.sources.given.cases.geopackage_making import content, edit
from tests.sources.given.layers.making import SQUARE


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "c.gpkg"
    made.write_bytes(content(kind="polygons"))
    return made


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:2154"])
def test_it_is_read_as_gdal_reads_it(tmp_path, crs):
    path = tmp_path / "c.gpkg"
    path.write_bytes(content(count=2, crs=crs, kind="polygons"))
    ours, theirs = read_layer(path), read_vector(path).to_crs(4326)
    assert ours.table["nom"].tolist() == theirs["nom"].tolist()
    assert ours.table.geom_equals_exact(theirs.reset_index(drop=True).set_axis([1, 2]), 1e-9).all()
    assert ours.repairs == ()


def test_what_was_converted_is_in_the_message(answer):
    given = answer(content(count=2, crs="EPSG:2154"), "c.gpkg")
    assert given.answer == "OK"
    assert "convertis d’EPSG:2154 en degrés" in given.message


def changed(path, sql, answer):
    edit(path, sql)
    return answer(path.read_bytes(), "c.gpkg")


@pytest.mark.parametrize(
    ("sql", "code", "told"),
    [
        ("DELETE FROM secteurs", "NO_ROWS", "aucun objet"),
        ("DELETE FROM gpkg_contents", "NO_ROWS", "couche déclarée"),
        ("DROP TABLE gpkg_contents", "CORRUPT_GPKG", "gpkg_contents"),
        (
            "DROP TABLE gpkg_contents; CREATE VIEW gpkg_contents AS SELECT 1",
            "VIEW_NOT_ALLOWED",
            "vue",
        ),
        ("DELETE FROM gpkg_geometry_columns", "CORRUPT_GPKG", "formes"),
        ("UPDATE gpkg_geometry_columns SET srs_id = 0", "MISSING_CRS", "projection"),
        ("UPDATE secteurs SET geom = NULL WHERE fid = 2", "EMPTY_GEOMETRY", "n°\u00a02"),
        ("UPDATE secteurs SET geom = x'47500001'", "CORRUPT_GPKG", "n°\u00a01"),
        (
            "UPDATE secteurs SET geom = CAST(x'47500021' || substr(geom, 5) AS BLOB)",
            "CORRUPT_GPKG",
            "n°\u00a01",
        ),
        (
            "UPDATE secteurs SET nom = CAST(x'e974e9' AS TEXT) WHERE fid = 3",
            "BAD_ENCODING",
            "n°\u00a03",
        ),
        ("ALTER TABLE secteurs ADD COLUMN x AS (nom || nom)", "VIEW_NOT_ALLOWED", "calculée"),
        ("ALTER TABLE secteurs ADD COLUMN id TEXT DEFAULT 'a'", "DUP_ID", "n°\u00a02"),
    ],
)
def test_refusals(path, answer, sql, code, told):
    given = changed(path, sql, answer)
    assert given.answer == code
    assert told in given.message


def test_a_second_layer_without_features_is_no_choice_to_make(path, answer):
    more = (
        "CREATE TABLE vide (fid INTEGER PRIMARY KEY, geom BLOB);"
        "INSERT INTO gpkg_contents (table_name, data_type, srs_id) "
        "VALUES ('vide', 'features', 4326);"
    )
    assert changed(path, more, answer).answer == "OK"
    given = changed(path, "INSERT INTO vide (fid) VALUES (1)", answer)
    assert given.answer == "AMBIGUOUS_LAYER"
    assert "secteurs" in given.message
    assert "vide" in given.message


def test_nothing_is_written_beside_it(path):
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    before = path.read_bytes()
    read_layer(path)
    assert [each.name for each in path.parent.iterdir()] == ["c.gpkg"]
    assert path.read_bytes() == before


def test_rows_and_columns_may_be_chosen(path):
    wanted = Wanted(geometry=False, columns=("nom",), among=("nom",), containing="n° 2")
    layer = read_layer(path, wanted=wanted)
    assert layer.table.to_dict() == {"nom": {2: "Secteur n° 2 de l'été"}}


WKB = [
    shapely.Point(1.5, 46),
    shapely.MultiPoint([[1.5, 46], [2, 47]]),
    shapely.Polygon(SQUARE, [[[1.62, 46.82], [1.64, 46.82], [1.64, 46.84]]]),
    shapely.MultiPolygon([shapely.Polygon(SQUARE), shapely.box(3, 46, 4, 47)]),
]


@pytest.mark.parametrize("shape", WKB, ids=lambda shape: shape.geom_type)
@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("height", [None, 12.0])
def test_wkb_is_read_in_both_orders_and_cut_nowhere(shape, order, height):
    made = shape if height is None else shapely.force_3d(shape, height)
    data = shapely.to_wkb(made, byte_order=order, flavor="iso")
    outline = read_wkb(data)
    told = [xy for rings in outline.parts for ring in rings for xy in ring.tolist()]
    assert told == shapely.get_coordinates(shape).tolist()
    for cut in range(len(data)):
        with pytest.raises(WkbError):
            read_wkb(data[:cut])
    with pytest.raises(WkbError):
        read_wkb(data + b"\0")


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (struct.pack("<BII", 1, 7, 1) * 20_000, FeatureError),
        (struct.pack("<BII", 1, 6, 1) * 20_000, WkbError),
        (struct.pack("<BII", 1, 3, 0xFFFFFFFF), WkbError),
        (struct.pack("<BIII", 1, 3, 1, 0xFFFFFFFF), WkbError),
        (struct.pack("<BI", 1, 9_999), WkbError),
        (struct.pack("<BIdd", 1, 1, float("nan"), float("nan")), FeatureError),
    ],
)
def test_wkb_that_lies_costs_nothing(data, error):
    with pytest.raises(error):
        read_wkb(data)
