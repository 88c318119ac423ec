"""Tables of places and of detections, and files given as another kind than theirs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from tests.sources.given.cases.case import REFUSED, Case, either, holding
from tests.sources.given.cases.csv_making import ROWS, table, text
from tests.sources.given.cases.geojson_making import POINTS, saved
from tests.sources.given.cases.geopackage_making import geopackage
from tests.sources.given.cases.pages import ERROR_PAGE, NOWHERE, VRT
from tests.sources.given.cases.pbf_making import extract
from tests.sources.given.cases.shapefile_making import zipped
from tests.sources.given.cases.sheet_making import content, workbook

_PLACE = ["nom", "type", "code_insee", "lon", "lat"]
_PLACES = [
    ["Permanence de la mairie d'Issoudun", "permanence", "36088", "1.9933", "46.9481"],
    ["Îlot du bureau de Châteauroux", "îlot numérique", "36044", "1.6958", "46.8103"],
]
_COUNT = "id_bureau debut fin jours_presence tests detections orientations".split()
_COUNTS = [
    ["AB123", "2025-01-01", "2025-03-31", "24", "310", "47", "12"],
    ["AB123", "2025-04-01", "2025-06-30", "22", "290", "41", "9"],
    ["CD456", "2025-01-01", "2025-03-31", "12", "128", "19", "6"],
]
_TAKEN = either("OK", "FIX")
Rows = Iterable[Sequence[str]]


def _changed(rows: list[list[str]], header: list[str], line: int, **cells: str) -> list[list[str]]:
    changed = [list(row) for row in rows]
    for column, value in cells.items():
        changed[line - 2][header.index(column)] = value
    return changed


def _place(name: str, answer: str | frozenset[str], rows: Rows = _PLACES,
header: Sequence[str] = _PLACE,
           line: int | None = None, told: str = "", separator: str = ";",
           **how: Any) -> Case:  # fmt: skip
    make = table(rows, header=header, separator=separator, **how)
    return Case(f"L-{name}", "lieux.csv", "places", answer, make, "", line, told)


def _one(name: str, answer: str | frozenset[str], line: int | None = 3, **cells: str) -> Case:
    return _place(name, answer, _changed(_PLACES, _PLACE, 3, **cells), line=line)


def _count(name: str, answer: str | frozenset[str], rows: Rows = _COUNTS,
header: Sequence[str] = _COUNT,
           line: int | None = None, told: str = "", **how: Any) -> Case:  # fmt: skip
    make = table(rows, header=header, separator=";", **how)
    return Case(f"D-{name}", "detections.csv", "detections", answer, make, "", line, told)


def _period(name: str, answer: str | frozenset[str], line: int | None = 3, **cells: str) -> Case:
    return _count(name, answer, _changed(_COUNTS, _COUNT, 3, **cells), line=line)


PLACES = [
    _place("ok", "OK"),
    _place("comma", "OK", separator=","),
    _place("cp1252", "FIX", encoding="cp1252"),
    _place("utf-16", "FIX", encoding="utf-16"),
    _place("titles", "FIX", header=["Nom", "Type", "Code INSEE", "Longitude", "Latitude"]),
    _place("missing", "MISSING_COLUMN", [row[1:] for row in _PLACES], _PLACE[1:], told="nom"),
    _place("twice", "DUP_COLUMN", [[*row, "x"] for row in _PLACES], [*_PLACE, "NOM"]),
    _place("ragged", "RAGGED_ROW", [_PLACES[0], [*_PLACES[1], "x", "y"]], line=3),
    _place("none", "NO_ROWS", []),
    _one("zero lost", "INSEE_ZERO_LOST", code_insee="1002"),
    _one("float", either("INSEE_ZERO_LOST"), code_insee="1002.0"),
    _one("unknown", "INSEE_UNKNOWN", code_insee="99999"),
    _one("merged", "FIX", code_insee="50173", lon="-1.65", lat="49.65"),
    _one("decimal comma", "FIX", lon="1,6958", lat="46,8103"),
    _one("swapped", "LATLON_SWAPPED", lon="46.8103", lat="1.6958"),
    _one("null island", "NULL_ISLAND", lon="0", lat="0"),
    _one("metres", "WRONG_CRS", lon="600219.5", lat="6635288.5"),
    _one("berlin", "OUT_OF_FRANCE", lon="13.405", lat="52.52"),
    _one("nan", "BAD_NUMBER", lon="NaN"),
    _one("kind", REFUSED, type="soucoupe volante"),
    _one("no name", REFUSED, nom=""),
    _one("markup", "OK", None, nom="<script>alert(`1`)</script>"),
    _one("formula", "OK", None, nom="=HYPERLINK(1)"),
    _one("override", "BINARY_IN_TEXT", nom="Ilo\u202et"),
    Case("L-page", "lieux.csv", "places", "NOT_CSV", holding(ERROR_PAGE)),
    Case("L-zip", "lieux.csv", "places", "NOT_CSV", zipped()),
    Case("L-empty", "lieux.csv", "places", "EMPTY", holding("")),
    Case("L-workbook", "lieux.xlsx", "places", "OK", workbook(
        [[nom, kind, code, float(lon), float(lat)] for nom, kind, code, lon, lat in _PLACES],
        header=_PLACE)),
    Case("L-workbook, number code", "lieux.xlsx", "places", "INSEE_ZERO_LOST", workbook(
        [["Mairie", "permanence", 1002, 5.42, 46.0]], header=_PLACE), "", 2),
]  # fmt: skip

DETECTIONS = [
    _count("ok", "OK"),
    _count("cp1252", "FIX", [[*row, "é"] for row in _COUNTS], [*_COUNT, "note"], encoding="cp1252"),
    _count("missing", "MISSING_COLUMN", [row[:2] + row[3:] for row in _COUNTS],
        _COUNT[:2] + _COUNT[3:], told="fin"),
    _count("twice", "DUP_COLUMN", [[*row, "1"] for row in _COUNTS], [*_COUNT, "Détections"]),
    _count("same", "DUP_ID", [*_COUNTS, _COUNTS[0]], line=5),
    _count("none", "NO_ROWS", []),
    _period("overlap", "OVERLAP", debut="2025-03-15"),
    _period("end before start", "BAD_DATE", debut="2025-06-30", fin="2025-04-01"),
    _period("no such day", "BAD_DATE", fin="2025-06-31"),
    _period("text date", "BAD_DATE", fin="juin"),
    _period("empty date", REFUSED, fin=""),
    _period("serial date", either("BAD_DATE", "FIX"), fin="45838"),
    _period("negative", "BAD_COUNT", detections="-5"),
    _period("fraction", "BAD_COUNT", detections="3,7"),
    _period("text", "BAD_NUMBER", detections="douze"),
    _period("huge", either("BAD_COUNT", "BAD_NUMBER"), tests="1e308"),
    _period("more than tests", either("BAD_COUNT", "BAD_VALUE"), detections="900"),
    _period("blanks", "FIX", tests="1\u202f290"),
    _period("scientific", "ID_SCIENTIFIC", id_bureau="1.23E+08"),
    _period("no bureau", REFUSED, id_bureau=""),
    _period("override", "BINARY_IN_TEXT", id_bureau="AB\u202e123"),
    Case("D-page", "detections.csv", "detections", "NOT_CSV", holding(ERROR_PAGE)),
    Case("D-vrt", "detections.csv", "detections", "NOT_CSV", holding(VRT)),
    Case("D-cut", "detections.csv", "detections", "RAGGED_ROW", holding(
        ";".join(_COUNT) + "\nAB123;2025-01-01;2025-03-31;24;310;47;12\nCD456;2025-01-"), "", 3),
    Case("D-workbook", "detections.xlsx", "detections", _TAKEN, workbook(
        [[*row[:3], *(int(cell) for cell in row[3:])] for row in _COUNTS], header=_COUNT)),
]  # fmt: skip

OTHERS = [
    Case("O-layer as counts", "t.geojson", "counts", REFUSED, saved(POINTS)),
    Case("O-layer as csv", "t.csv", "counts", "NOT_CSV", saved(POINTS)),
    Case("O-geopackage as counts", "t.gpkg", "counts", REFUSED, geopackage()),
    Case("O-shapefile as counts", "t.zip", "counts", REFUSED, zipped()),
    Case("O-counts as layer", "t.csv", "layer", REFUSED, table()),
    Case("O-workbook as layer", "t.xlsx", "layer", REFUSED, workbook()),
    Case("O-workbook as zip", "t.zip", "layer", REFUSED, holding(content())),
    Case("O-counts as roads", "t.csv", "roads", REFUSED, table()),
    Case("O-layer as roads", "t.geojson", "roads", REFUSED, saved(POINTS)),
    Case("O-shapefile as roads", "t.zip", "roads", REFUSED, zipped()),
    Case("O-roads as layer", "t.osm.pbf", "layer", REFUSED, holding(extract())),
    Case("O-roads as counts", "t.osm.pbf", "counts", REFUSED, holding(extract())),
    Case("O-counts as places", "t.csv", "places", "MISSING_COLUMN", table()),
    Case("O-places as counts", "t.csv", "counts", "MISSING_COLUMN", table(_PLACES, header=_PLACE)),
    Case("O-counts as detections", "t.csv", "detections", "MISSING_COLUMN", table()),
    Case("O-counts, no suffix", "comptes", "counts", either("OK", *REFUSED), table()),
    Case("O-markup in the name", "<img src=x onerror=alert(1)>.csv", "counts", "OK", table()),
    Case("O-blanks in the name", "mes comptes à l’été (2).csv", "counts", "OK", table(ROWS)),
    Case("O-order in the name", "CSV:t.csv", "counts", "OK", table(), "a name is a name"),
    Case("O-name of a layer", "GPKG:t.gpkg", "layer", "OK", geopackage()),
    Case("O-address inside", "t.csv", "counts", REFUSED, holding(f"{NOWHERE}/t.csv\n")),
    Case("O-json name", "t.json", "counts", REFUSED, holding(json.dumps(text()))),
]  # fmt: skip

VARIANTS = [*PLACES, *DETECTIONS, *OTHERS]
