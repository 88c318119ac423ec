"""A planner's own points (``id,lon,lat``), anywhere on the globe.

Nothing is kept unless every line is understood; the faults are told together, ten at most.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from coverage.base.crs import WGS84
from coverage.model.answers import Repairs
from coverage.model.territory import GIVEN_VINTAGE
from coverage.sources.given.asides import told_apart
from coverage.sources.given.cells import Cell
from coverage.sources.given.coordinates import in_degrees
from coverage.sources.given.faults import Faults, LineError
from coverage.sources.given.header import Header, normal_name, read_header
from coverage.sources.given.lines import GivenLines, read_lines
from coverage.sources.given.numbers import number

if TYPE_CHECKING:
    import geopandas as gpd

    from coverage.model.notes import Notes

#: What ids may be called, the best first: a table that Maillage wrote can be given as it is.
_IDS = ("id", "demand_id", "site_id")
_ADVICE = "Nommez les colonnes id, lon et lat (degrés, WGS 84)."
#: Ids come out as they came in, so that tables can be joined: none may be run by a spreadsheet.
_FORMULA_STARTS = ("=", "+", "-", "@")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)", re.ASCII)


def read_points(path: Path, option: str, notes: Notes) -> gpd.GeoDataFrame:
    """Read a table of points and return ``id, line, geometry`` (WGS 84), in the order of the file.

    ``option`` is the one that gave the file; ``line`` is the number of the line in it. Ids stay
    text as written; they may be called ``demand_id`` or ``site_id`` too. Other columns are not
    read. What was repaired goes to ``notes``.

    Raises ``RefusedFileError`` with up to ten wrong lines (column, what to do).
    """
    import geopandas as gpd

    lines = read_lines(path, option)
    repairs = Repairs()
    repairs.extend(lines.repairs)
    header, id_column = _header(lines, repairs)
    faults = Faults(path.name, list(header.faults))
    known: dict[str, int] = {}
    numbers = []
    for line, cells in lines.rows:
        with faults.on(line):
            _enter(header.cell(line, cells, id_column), known)
            lon, lat = (
                _degrees(header.cell(line, cells, name), repairs) for name in ("lon", "lat")
            )
            numbers.append((line, lon, lat))
    points = in_degrees(numbers, header, repairs)
    for line, lon, lat in points:
        with faults.on(line):
            _refuse_off_globe(lon, lat)
    faults.found = told_apart(faults.found, lines.rows)
    faults.close()
    notes.mended(path.name, GIVEN_VINTAGE, repairs.told())
    for told in (*lines.unread, *header.unread):
        notes.reported(path.name, GIVEN_VINTAGE, path.name, "colonne ignorée", told)
    rows, lons, lats = zip(*points, strict=True)
    return gpd.GeoDataFrame(
        {"id": list(known), "line": rows}, geometry=gpd.points_from_xy(lons, lats), crs=WGS84
    )


def _header(lines: GivenLines, repairs: Repairs) -> tuple[Header, str]:
    """Return the table's columns, and which one holds the ids."""
    names = {normal_name(title) for title in lines.header}
    id_column = next((name for name in _IDS if name in names), _IDS[0])
    columns = (id_column, "lon", "lat")
    return read_header(lines, columns, repairs, required=columns, advice=_ADVICE), id_column


def _enter(cell: Cell, known: dict[str, int]) -> None:
    """Enter the id of a line in ``known``. Raises ``LineError`` where it is none."""
    name = cell.text
    if not name:
        raise cell.error("BAD_ID", "un identifiant manque\u202f; donnez-en un à chaque point")
    if name.startswith(_FORMULA_STARTS) and _NUMBER.fullmatch(name) is None:
        raise cell.error(
            "BAD_ID", f"un tableur lirait « {cell.shown} » comme une formule\u202f; changez-le"
        )
    if name in known:
        told = f"« {cell.shown} » est déjà à la ligne {known[name]}\u202f; gardez-en une"
        raise cell.error("DUP_ID", told)
    known[name] = cell.line


def _degrees(cell: Cell, repairs: Repairs) -> float:
    if not cell.text:
        told = "une coordonnée manque\u202f; donnez des degrés (WGS 84)"
        raise cell.error("BAD_NUMBER", told)
    return number(cell, repairs)


def _refuse_off_globe(lon: float, lat: float) -> None:
    if abs(lon) > 180 or abs(lat) > 180:
        advice = "coordonnées hors du globe\u202f; donnez des degrés (WGS 84)"
        raise LineError("lon", advice, "WRONG_CRS")
    if abs(lat) > 90:
        if abs(lon) <= 90:
            advice = "lon et lat sont inversées\u202f; échangez-les"
            raise LineError("lat", advice, "LATLON_SWAPPED")
        advice = f"« {lat:g} » est hors du globe\u202f; donnez des degrés (WGS 84)"
        raise LineError("lat", advice, "WRONG_CRS")
