"""Where a territory puts a place that its file tells of: a commune's code and a point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from coverage.base.crs import DEMO, departement_of
from coverage.model.answers import Repairs
from coverage.sources.cog import commune_codes
from coverage.sources.given.cells import Cell
from coverage.sources.given.faults import LineError
from coverage.sources.place_line import GivenPlace
from coverage.sources.readers._codes import counted_among

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely import Point

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
    def fictitious(self) -> bool:
        """Whether these are the communes of the invented territory."""
        return any(departement_of(code) == DEMO for code in self.shapes)

    def put(self, place: GivenPlace, repairs: Repairs) -> tuple[str, Point, Doubt | None]:
        """Return the commune and the point of a place, and what is not sure of them, if anything.

        A code of another year is read as the commune it is counted with, which is noted in
        ``repairs``. A place without a point is put inside its commune. A place whose point lies in
        another commune than its code says keeps its code, and with it the side of the border on
        which it counts. Raises ``LineError``: INSEE_UNKNOWN, UNKNOWN_PLACE.
        """
        from shapely import Point

        code = self._code(place, repairs) if place.code else None
        if place.degrees is None:
            assert code is not None
            told = f"est placé au centre de sa commune ({code})"
            return code, self._centre(code), Doubt("sans coordonnées", told)
        point = Point(place.degrees)
        if code is None:
            return self._commune_of(point), point, None
        return code, point, self._doubt(code, point)

    def _code(self, place: GivenPlace, repairs: Repairs) -> str:
        """Return the commune, of this territory or of elsewhere, that a place's code names."""
        assert place.code is not None
        cell = Cell(place.line, "code_insee", place.code)
        code = counted_among(place.code, self.shapes)
        here = {departement_of(known) for known in self.shapes}
        if departement_of(code) in here and code not in self.shapes:
            told = f"« {cell.shown} » n’est pas une commune connue\u202f; vérifiez-le"
            raise cell.error("INSEE_UNKNOWN", told)
        if code != place.code:
            today = commune_codes().now(cell.text)
            reason = today.reason if today and today.code == code else "sa commune"
            told = f"« {cell.text} » lu {code}, {reason}"
            cell.repaired(repairs, "code de commune remplacé", told)
        return code

    def _centre(self, code: str) -> Point:
        shape = self.shapes.get(code)
        if shape is None:
            told = f"la commune {code} est hors du territoire\u202f; donnez lon et lat"
            raise LineError("lon", told, "UNKNOWN_PLACE")
        return shape.representative_point()  # type: ignore[no-any-return]

    def _code_at(self, point: Point) -> str | None:
        return next((code for code, shape in self.shapes.items() if shape.covers(point)), None)

    def _commune_of(self, point: Point) -> str:
        code = self._code_at(point)
        if code is None:
            told = "point hors du territoire\u202f; donnez son code_insee"
            raise LineError("code_insee", told, "UNKNOWN_PLACE")
        return code

    def _doubt(self, code: str, point: Point) -> Doubt | None:
        shape = self.shapes.get(code)
        if shape is not None:
            told = f"a des coordonnées hors de sa commune ({code})"
            return None if shape.covers(point) else Doubt(_ELSEWHERE, told)
        under = self._code_at(point)
        if under is None:
            return None
        told = (
            f"a le code {code}, hors du territoire, et un point dans la commune {under} du "
            "territoire\u00a0: il compte hors du territoire, corrigez le code ou le point"
        )
        return Doubt(_ELSEWHERE, told)
