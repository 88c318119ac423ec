"""Where coordinates lie: in France, elsewhere, or nowhere that degrees can say."""

from __future__ import annotations

from collections.abc import Sequence

from coverage.base.crs import WGS84
from coverage.model.answers import Repairs
from coverage.sources.given.faults import LineError
from coverage.sources.given.header import Header

#: West, south, east, north of the parts of France, in degrees.
FRANCE = (
    (-5.3, 41.2, 9.7, 51.2),  # métropole and Corse
    (-61.9, 15.7, -60.9, 16.6),  # Guadeloupe
    (-61.3, 14.3, -60.7, 15.0),  # Martinique
    (-54.7, 2.0, -51.5, 5.9),  # Guyane
    (55.1, -21.5, 55.9, -20.7),  # La Réunion
    (44.9, -13.1, 45.4, -12.5),  # Mayotte
    (-56.5, 46.7, -56.0, 47.2),  # Saint-Pierre-et-Miquelon
    (-63.2, 17.8, -62.7, 18.2),  # Saint-Martin, Saint-Barthélemy
    (-178.3, -14.5, -175.9, -13.0),  # Wallis-et-Futuna
    (-155.0, -28.0, -134.0, -7.5),  # Polynésie française
    (157.9, -23.0, 172.2, -17.9),  # Nouvelle-Calédonie
)
#: West, south, east, north of métropole and Corse in Lambert-93 (EPSG:2154), in metres.
LAMBERT_93 = (80_000.0, 6_030_000.0, 1_260_000.0, 7_130_000.0)
#: No part of France is so near to where equator and Greenwich's meridian meet.
_NULL_DEGREES = 1e-3
_ADVICE = {
    "NULL_ISLAND": "le point est à 0, 0, au large de l’Afrique\u202f; donnez ses coordonnées",
    "LATLON_SWAPPED": "longitude et latitude sont inversées\u202f; échangez lon et lat",
    "WRONG_CRS": "ce ne sont pas des degrés\u202f; donnez des degrés (WGS 84), ou nommez les "
    "colonnes x_l93 et y_l93 si ce sont des mètres en Lambert-93",
    "OUT_OF_FRANCE": "le point est hors de France\u202f; vérifiez ses coordonnées",
}


def where(lon: float, lat: float) -> str | None:
    """Return the code of what is wrong with a point in degrees, None where it lies in France.

    NULL_ISLAND, LATLON_SWAPPED (exchanged, it lies in France), WRONG_CRS (no degrees),
    OUT_OF_FRANCE.
    """
    if abs(lon) < _NULL_DEGREES and abs(lat) < _NULL_DEGREES:
        return "NULL_ISLAND"
    if _in_france(lon, lat):
        return None
    if _in_france(lat, lon):
        return "LATLON_SWAPPED"
    return "WRONG_CRS" if abs(lon) > 180 or abs(lat) > 90 else "OUT_OF_FRANCE"


def refuse_outside(lon: float, lat: float, column: str = "lon") -> None:
    """Raise ``LineError`` where a point in degrees does not lie in France: see ``where``."""
    if code := where(lon, lat):
        advice = f"({lon:.10g}, {lat:.10g})\u00a0: {_ADVICE[code]}"
        raise LineError(column, advice, code)


def in_degrees(
    points: Sequence[tuple[int, float, float]], header: Header, repairs: Repairs
) -> list[tuple[int, float, float]]:
    """Return (line, lon, lat) of a table's points, as (line, x, y) of columns ``lon`` and ``lat``.

    Where the titles may tell of metres (x and y) and no point lies in France as degrees, points
    within Lambert-93's bounds are converted, which is noted in ``repairs``; others stay as they
    are, for ``refuse_outside`` to tell.
    """
    metric = {line for line, x, y in points if _in_lambert(x, y)}
    if not header.may_be_metres or not metric or any(_in_france(x, y) for _, x, y in points):
        return list(points)
    # Most tables are in degrees, and never need it.
    from pyproj import Transformer

    transformer = Transformer.from_crs("EPSG:2154", WGS84, always_xy=True)
    titles = " et ".join(f"« {header.titles[column]} »" for column in ("lon", "lat"))
    told = f"Colonnes {titles} lues en Lambert-93 et converties en degrés"
    degrees = []
    for line, x, y in points:
        if line in metric:
            x, y = transformer.transform(x, y)
            repairs.add("Lambert-93", told, line=line, column="lon")
        degrees.append((line, x, y))
    return degrees


def _in_france(lon: float, lat: float) -> bool:
    return any(west <= lon <= east and south <= lat <= north for west, south, east, north in FRANCE)


def _in_lambert(x: float, y: float) -> bool:
    west, south, east, north = LAMBERT_93
    return west <= x <= east and south <= y <= north
