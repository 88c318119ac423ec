"""Shapefiles, by hand and as GDAL reads them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from coverage.base.gdal import read_vector
from coverage.sources.given.layers import Wanted, read_layer
from tests.sources.given.layers.making import (
    SQUARE,
    a_shapefile,
    dbf,
    rings,
    saved,
    shp,
    zipped,
)

OUTLINE = SQUARE[::-1]  # clockwise
HOLE = [[1.62, 46.82], [1.64, 46.82], [1.64, 46.84], [1.62, 46.82]]


def other(ring, x=1.0):
    return [[a + x, b] for a, b in ring]


def read(tmp_path: Path, **parts: bytes):
    return read_layer(saved(tmp_path, zipped(**parts), "z.zip"))


def test_the_real_one_is_read_as_gdal_reads_it(mirror: Path) -> None:
    path = mirror / "qpv/2015/QP_METROPOLEOUTREMER_WGS84_EPSG4326.shp"
    layer, theirs = read_layer(path), read_vector(path, encoding="ISO-8859-1")
    ours = layer.table
    assert ours["CODE_QP"].tolist() == theirs["CODE_QP"].tolist()
    # Nothing names the encoding: ISO-8859-1 has no letter where Windows-1252 has an apostrophe.
    assert ours["NOM_QP"].tolist() == [
        name.encode("latin1").decode("cp1252") for name in theirs["NOM_QP"]
    ]
    valid = theirs.geometry.is_valid.to_numpy()
    same = shapely.equals(ours.geometry.to_numpy()[valid], theirs.geometry.to_numpy()[valid])
    assert same.all()
    mended = np.flatnonzero(~valid) + 1
    told = [repair for repair in layer.repairs if repair.issue == "contour croisé"]
    assert sum(last - first + 1 for first, last in told[0].lines) == len(mended) > 0
    assert ours.geometry.is_valid.all()


def test_a_missing_index_is_told(tmp_path):
    layer = read(tmp_path, **a_shapefile(rings(OUTLINE)))
    assert [repair.issue for repair in layer.repairs] == ["index refait"]
    assert ".shx" in layer.repairs[0].detail
    assert layer.table.geometry.iloc[0].equals(shapely.Polygon(SQUARE))


def test_holes_go_to_the_outline_round_them(tmp_path):
    record = rings(OUTLINE, other(OUTLINE), other(HOLE), HOLE)
    (shape,) = read(tmp_path, **a_shapefile(record)).table.geometry
    assert [len(part.interiors) for part in shape.geoms] == [1, 1]
    assert shape.is_valid


def test_an_outline_drawn_the_wrong_way_is_an_outline(tmp_path):
    (shape,) = read(tmp_path, **a_shapefile(rings(SQUARE, other(SQUARE)))).table.geometry
    assert shape.area == pytest.approx(0.02)


@pytest.mark.parametrize(
    ("changed", "code", "told"),
    [
        ({"dbf": None}, "MISSING_PART", ".dbf"),
        ({"prj": None}, "MISSING_CRS", ".prj"),
        ({"shp": shp(rings(OUTLINE))[:-9]}, "CORRUPT_SHP", "coupé"),
        ({"shp": b"x" * 200}, "CORRUPT_SHP", ".shp"),
        ({"shp": shp(rings(OUTLINE), rings(OUTLINE))}, "CORRUPT_SHP", "2 formes pour 1 ligne"),
        ({"dbf": dbf([b"a"])[:-7]}, "CORRUPT_SHP", ".dbf"),
        ({"dbf": dbf([b"a"])[:40]}, "CORRUPT_SHP", ".dbf"),
        ({"dbf": dbf(["é".encode("latin1")]), "cpg": b"UTF-8"}, "BAD_ENCODING", "n°\u00a01"),
        ({"dbf": dbf(["é".encode()]), "cpg": b"ISO-8859-1"}, "BAD_ENCODING", "UTF-8"),
        ({"shp": shp(bytes(4))}, "EMPTY_GEOMETRY", "n°\u00a01"),
        ({"shp": shp(b"\x03" + rings(OUTLINE)[1:])}, "MIXED_GEOMETRY", "n°\u00a01"),
        ({"shp": shp(b"\x1f" + rings(OUTLINE)[1:])}, "MIXED_GEOMETRY", "n°\u00a01"),
        ({"shp": shp(b"\x09" + rings(OUTLINE)[1:])}, "CORRUPT_SHP", "n°\u00a01"),
    ],
)
def test_refusals(answer, changed, code, told):
    parts = a_shapefile(rings(OUTLINE)) | changed
    kept = {suffix: content for suffix, content in parts.items() if content is not None}
    given = answer(zipped(**kept), "z.zip")
    assert given.answer == code
    assert told in given.message


@pytest.mark.parametrize(
    ("content", "cpg", "language", "repairs"),
    [
        ("été".encode(), b"UTF-8", 0, 0),
        ("été".encode("cp1252"), b"1252", 0, 0),
        ("été".encode("cp1252"), b"ISO 88591", 0, 0),
        ("été".encode("cp850"), None, 0x02, 0),
        ("été".encode("cp1252"), None, 0x57, 0),
        ("été".encode(), None, 0, 1),
        ("été".encode("cp1252"), b"Windows-1252", 0, 0),
        ("été".encode("latin9"), b"ISO-8859-15", 0, 0),
        ("été".encode("cp850"), b"OEM 850\0", 0, 0),
        (b"\xef\xbb\xbf".join([b"", "été".encode()])[3:], b"\xef\xbb\xbfutf8\r\n", 0, 0),
        ("été".encode("cp1252"), None, 0, 1),
    ],
)
def test_the_encoding_is_told_or_found_and_then_told(tmp_path, content, cpg, language, repairs):
    parts = a_shapefile(rings(OUTLINE), dbf=dbf([content], language=language))
    layer = read(tmp_path, **parts, **({"cpg": cpg} if cpg else {}))
    assert layer.table["NOM"].tolist() == ["été"]
    assert len([each for each in layer.repairs if each.issue == "encodage"]) == repairs


@pytest.mark.parametrize("row", [b"a", b"\xe9"])
@pytest.mark.parametrize(
    "cpg",
    [b"undefined", b"idna", b"punycode", b"unicode_escape", b"charmap", b"utf-7", b"utf-16",
     b"rot13", b"cp037", b"hz", b"zlib_codec", b"x" * 3_000_000],
)  # fmt: skip
def test_an_encoding_that_is_none_of_texts_is_refused(answer, cpg, row):
    given = answer(zipped(**a_shapefile(rings(OUTLINE), dbf=dbf([row])), cpg=cpg), "z.zip")
    assert given.answer == "BAD_ENCODING"
    assert len(given.message) < 200


def test_a_text_that_is_not_ascii_as_it_is_said(answer):
    parts = a_shapefile(rings(OUTLINE), dbf=dbf([b"\xe9"]))
    assert answer(zipped(**parts, cpg=b"ASCII"), "z.zip").answer == "BAD_ENCODING"


@pytest.mark.parametrize("kind", [77, -1, 2, 33])
def test_a_kind_of_shapes_that_is_none_is_refused(answer, kind):
    parts = a_shapefile(rings(OUTLINE), kind=kind)
    given = answer(zipped(**parts), "z.zip")
    assert given.answer == "CORRUPT_SHP"
    assert f"({kind})" in given.message


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [(b"N", b"12", 12), (b"N", b"1.5", 1.5), (b"F", b"1e3", 1000.0), (b"N", b"****", None),
     (b"D", b"20250131", "2025-01-31"), (b"L", b"T", True), (b"L", b"?", None),
     (b"C", b"01", "01")],
)  # fmt: skip
def test_cells_are_what_their_column_says(tmp_path, kind, cell, value):
    parts = a_shapefile(rings(OUTLINE), dbf=dbf([cell], kind=kind))
    assert read(tmp_path, **parts).table["NOM"].tolist() == [value]


def test_a_deleted_row_is_left_and_told(tmp_path):
    table = dbf([b"a", b"b"])
    table = table[:65] + b"*" + table[66:]
    layer = read(tmp_path, **a_shapefile(rings(OUTLINE), rings(OUTLINE), dbf=table))
    assert layer.table["NOM"].tolist() == ["b"]
    assert [each.lines for each in layer.repairs if each.issue == "objet supprimé"] == [((1, 1),)]


def test_parts_that_lie_in_a_folder_are_read_too(tmp_path):
    for suffix, content in a_shapefile(rings(OUTLINE)).items():
        (tmp_path / f"Zone.{suffix.upper()}").write_bytes(content)
    (tmp_path / "Zone2.dbf").write_bytes(b"another's")
    assert len(read_layer(tmp_path / "Zone.SHP").table) == 1


def test_rows_may_be_chosen_without_their_shapes(tmp_path):
    parts = a_shapefile(b"\x09" * 100, b"\x09" * 100, dbf=dbf([b"36001", b"81004"], name=b"DEPCOM"))
    wanted = Wanted(geometry=False, among=("depcom",), containing="81")
    layer = read_layer(saved(tmp_path, zipped(**parts), "z.zip"), wanted=wanted)
    assert layer.table["DEPCOM"].to_dict() == {2: "81004"}


def test_coordinates_without_measure_are_no_error_of_ours(answer):
    huge = [[x * 1e300, y * 1e300] for x, y in OUTLINE]
    given = answer(zipped(**a_shapefile(rings(huge, other(huge)))), "z.zip")
    assert given.answer == "WRONG_CRS"
