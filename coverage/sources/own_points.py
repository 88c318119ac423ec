"""A planner's own points (``id,lon,lat``), anywhere on the globe.

Nothing is kept unless every line is understood; the faults are told together, ten at most.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from coverage.base.crs import WGS84
from coverage.base.errors import UserError
from coverage.model.words import whole
from coverage.sources.given_file import LineError, normal_form, read_lines, refuse

if TYPE_CHECKING:
    import geopandas as gpd

    from coverage.model.notes import Notes

#: Each column under its first name; a table that Maillage wrote can be given as it is.
_NAMES = {
    "id": ("id", "demand_id", "site_id"),
    "lon": ("lon", "longitude"),
    "lat": ("lat", "latitude"),
}
_VINTAGE = "fichier fourni"
#: Ids come out as they came in, so that tables can be joined: none may be run by a spreadsheet.
_FORMULA_STARTS = ("=", "+", "-", "@")
_SPACES = str.maketrans("", "", "\u00a0\u202f ")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")


def read_points(path: Path, option: str, notes: Notes) -> gpd.GeoDataFrame:
    """Read a table of points and return ``id, line, geometry`` (WGS 84), in the order of the file.

    ``option`` is the one that gave the file; ``line`` is the number of the line in it. Ids stay
    text as written. Columns may be called ``demand_id`` or ``site_id``, ``longitude`` and
    ``latitude`` too; others are not read. What was repaired goes to ``notes``.

    Raises ``UserError`` with up to ten faults (line, column, what to do).
    """
    import geopandas as gpd

    lines = read_lines(path, option)
    if lines.repaired:
        notes.repaired(path.name, _VINTAGE, path.name, *lines.repaired)
    places = _columns(path.name, lines.header, notes)
    if not lines.rows:
        raise UserError(f"« {path.name} » ne contient aucun point. Ajoutez une ligne par point.")
    known: dict[str, int] = {}
    numbers, lons, lats, faults = [], [], [], []
    french = 0
    for line, cells in lines.rows:
        texts = [cells[place] if place < len(cells) else "" for place in places]
        try:
            lon, lat = _point(texts, line, known)
        except LineError as fault:
            faults.append((line, fault))
            continue
        french += any("," in text for text in texts[1:])
        numbers.append(line)
        lons.append(lon)
        lats.append(lat)
    if faults:
        refuse(path.name, faults)
    if french:
        detail = f"Virgules décimales lues comme des points : {whole(french)} lignes."
        notes.repaired(path.name, _VINTAGE, path.name, "nombres à la française", detail)
    return gpd.GeoDataFrame(
        {"id": list(known), "line": numbers}, geometry=gpd.points_from_xy(lons, lats), crs=WGS84
    )


def _columns(file: str, header: Sequence[str], notes: Notes) -> list[int]:
    """Return where the columns id, lon and lat are; raises ``UserError`` where one is not."""
    names = [normal_form(cell).replace(" ", "_") for cell in header]
    found = {
        column: next((name for name in known if name in names), "")
        for column, known in _NAMES.items()
    }
    if missing := [column for column, name in found.items() if not name]:
        raise UserError(
            f"« {file} » : il manque {', '.join(missing)} en première ligne. Nommez les colonnes "
            "id,lon,lat (degrés, WGS 84)."
        )
    for name in found.values():
        if names.count(name) > 1:
            raise UserError(f"« {file} » a deux colonnes « {name} ». Gardez-en une seule.")
    for name in (name for name in names if name and name not in found.values()):
        detail = f"La colonne « {name} » n’est pas lue."
        notes.reported(file, _VINTAGE, name, "colonne ignorée", detail)
    return [names.index(name) for name in found.values()]


def _point(texts: Sequence[str], line: int, known: dict[str, int]) -> tuple[float, float]:
    """Return the longitude and latitude of one line, and enter its id in ``known``."""
    name, lon_text, lat_text = texts
    if not name:
        raise LineError("id", "un identifiant manque ; donnez-en un à chaque point")
    if name.startswith(_FORMULA_STARTS) and _NUMBER.fullmatch(name) is None:
        raise LineError("id", f"un tableur lirait « {name} » comme une formule ; changez-le")
    if name in known:
        raise LineError("id", f"« {name} » est déjà à la ligne {known[name]} ; gardez-en une")
    known[name] = line
    lon, lat = _number("lon", lon_text), _number("lat", lat_text)
    if abs(lon) > 180 or abs(lat) > 180:
        raise LineError("lon", "coordonnées hors du globe ; donnez des degrés (WGS 84)")
    if abs(lat) > 90:
        if abs(lon) <= 90:
            raise LineError("lat", "lon et lat sont inversées ; échangez-les")
        raise LineError("lat", f"« {lat_text} » est hors du globe ; donnez des degrés (WGS 84)")
    return lon, lat


def _number(column: str, text: str) -> float:
    if not text:
        raise LineError(column, "une coordonnée manque ; donnez des degrés (WGS 84)")
    plain = text.translate(_SPACES).replace(",", ".")
    if not plain.isascii() or _NUMBER.fullmatch(plain) is None:
        raise LineError(column, f"« {text} » n’est pas un nombre")
    return float(plain)
