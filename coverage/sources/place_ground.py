"""Where a line of the places file puts its place: a commune's code, a point, or both."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from coverage.base.crs import DEMO, departement_of
from coverage.model.tables import CODE_INSEE
from coverage.sources.given_file import LineError
from coverage.sources.readers._codes import counted_with

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely import Point

#: West, south, east, north of metropolitan France and of each overseas département, in degrees.
_FRANCE = (
    (-5.3, 41.2, 9.7, 51.2),
    (-61.9, 15.7, -60.9, 16.6),
    (-61.3, 14.3, -60.7, 15.0),
    (-54.7, 2.0, -51.5, 5.9),
    (55.1, -21.5, 55.9, -20.7),
    (44.9, -13.1, 45.4, -12.5),
)
_ELSEWHERE = "hors de sa commune"


@dataclass(frozen=True)
class Doubt:
    """What is not sure of a position: the issue, and what to say of the place (French)."""

    issue: str
    told: str


@dataclass(frozen=True)
class PlaceGround:
    """The territory's communes, asked by code or by point; empty where none were given."""

    shapes: Mapping[str, Any]

    @classmethod
    def of(cls, communes: gpd.GeoDataFrame | None) -> PlaceGround:
        """Return the ground that the communes of a territory make (contract table)."""
        if communes is None:
            return cls({})
        return cls(dict(zip(communes["code_insee"], communes.geometry, strict=True)))

    @property
    def _fictitious(self) -> bool:
        return any(departement_of(code) == DEMO for code in self.shapes)

    def code(self, text: str) -> str:
        """Return the commune that a cell names, of this territory or of elsewhere.

        A code of another year is read as the commune it is counted with. Raises ``LineError`` on
        a text that is no code, or that no commune of its département bears.
        """
        code = text.upper()
        if CODE_INSEE.fullmatch(code) is None:
            if re.fullmatch(r"\d{4}(\.0)?", code):
                advice = f"« {text} » a perdu son zéro ; écrivez 0{code[:4]}, en format texte"
            else:
                advice = f"« {text} » n’est pas un code INSEE de cinq caractères (01004, 2A004)"
            raise LineError("code_insee", advice)
        fictitious = departement_of(code) == DEMO
        if fictitious != self._fictitious:
            raise LineError(
                "code_insee",
                f"« {code} » est une commune fictive ; donnez une commune réelle"
                if fictitious
                else f"« {code} » est une commune réelle, le territoire est fictif (codes 00…)",
            )
        if code in self.shapes:
            return code
        code = counted_with(code)
        here = {departement_of(known) for known in self.shapes}
        if departement_of(code) in here and code not in self.shapes:
            raise LineError("code_insee", f"« {code} » n’est pas une commune connue ; vérifiez-le")
        return code

    def point(self, lon: float, lat: float) -> Point:
        """Return the point of two coordinates. Raises ``LineError`` where it is not in France."""
        from shapely import Point

        if not self._fictitious and not _in_france(lon, lat):
            if _in_france(lat, lon):
                raise LineError("lon", "lon et lat sont inversées ; échangez-les")
            if abs(lon) > 180 or abs(lat) > 90:
                raise LineError("lon", "coordonnées en mètres ; donnez des degrés (WGS 84)")
            raise LineError("lon", f"le point ({lon:g}, {lat:g}) est hors de France ; vérifiez-le")
        return Point(lon, lat)

    def centre(self, code: str | None) -> Point:
        """Return a point inside a commune. Raises ``LineError`` without one of the territory."""
        if code is None:
            raise LineError("code_insee", "donnez code_insee, ou lon et lat")
        shape = self.shapes.get(code)
        if shape is None:
            raise LineError("lon", f"la commune {code} est hors du territoire ; donnez lon et lat")
        return shape.representative_point()  # type: ignore[no-any-return]

    def code_at(self, point: Point) -> str | None:
        """Return the commune of the territory that holds a point."""
        return next((code for code, shape in self.shapes.items() if shape.covers(point)), None)

    def commune_of(self, point: Point) -> str:
        """Return the commune that holds a point. Raises ``LineError`` outside the territory."""
        code = self.code_at(point)
        if code is None:
            raise LineError("code_insee", "point hors du territoire ; donnez son code_insee")
        return code

    def doubt(self, code: str, point: Point, *, placed: bool) -> Doubt | None:
        """Return what is not sure of a position, if anything.

        ``placed``: its point was given. A place whose point lies in another commune than its code
        says keeps its code, and with it the side of the border on which it counts.
        """
        if not placed:
            return Doubt("sans coordonnées", f"est placé au centre de sa commune ({code})")
        shape = self.shapes.get(code)
        if shape is not None:
            told = f"a des coordonnées hors de sa commune ({code})"
            return None if shape.covers(point) else Doubt(_ELSEWHERE, told)
        under = self.code_at(point)
        if under is None:
            return None
        told = (
            f"a le code {code}, hors du territoire, et un point dans la commune {under} du "
            "territoire\u00a0: il compte hors du territoire, corrigez le code ou le point"
        )
        return Doubt(_ELSEWHERE, told)


def _in_france(lon: float, lat: float) -> bool:
    return any(
        west <= lon <= east and south <= lat <= north for west, south, east, north in _FRANCE
    )
