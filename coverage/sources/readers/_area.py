"""Where places are: the territory, what lies around it, and the checks of every point."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from coverage.base.crs import WGS84, departement_of
from coverage.model.words import decimal
from coverage.sources.readers._codes import ARRONDISSEMENTS, SUCCESSORS, counted_with
from coverage.sources.readers._origin import Origin

#: Supply across the border is kept up to this distance, as the crow flies.
REACH_M = 60_000.0
#: A point further than this from its own commune is reported.
FAR_FROM_COMMUNE_M = 1_000.0
#: A point further than this outside its own département is kept out.
OUTSIDE_DEPARTEMENT_M = 10_000.0

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Area:
    """A territory with its surroundings.

    ``communes`` (``code_insee, nom, geometry``) and ``departements`` (``code, nom, geometry``)
    cover the territory and all that lies within reach; ``outline`` is the territory's polygon.
    All in EPSG:4326; distances are taken in the territory's own projection, ``epsg``.
    """

    territory: str
    epsg: int
    communes: gpd.GeoDataFrame
    departements: gpd.GeoDataFrame
    outline: Any

    @cached_property
    def _outline_m(self) -> Any:
        outline = gpd.GeoSeries([self.outline], crs=WGS84).to_crs(self.epsg).iloc[0]
        shapely.prepare(outline)
        return outline

    @cached_property
    def communes_m(self) -> gpd.GeoSeries:
        """The commune polygons in metres, by code."""
        return self.communes.set_index("code_insee").geometry.to_crs(self.epsg)

    @cached_property
    def _departements_m(self) -> gpd.GeoSeries:
        return self.departements.set_index("code").geometry.to_crs(self.epsg)

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.communes_m.to_numpy())

    def points_m(self, places: pd.DataFrame) -> npt.NDArray[Any]:
        """Return the points of ``lon, lat`` in metres; None where they have no coordinates."""
        points = gpd.GeoSeries(
            shapely.points(places["lon"].to_numpy(float), places["lat"].to_numpy(float)), crs=WGS84
        ).to_crs(self.epsg)
        array: npt.NDArray[Any] = points.to_numpy().copy()
        usable = np.isfinite(shapely.get_x(array)) & np.isfinite(shapely.get_y(array))
        array[~usable] = None
        return array

    def concerned(self, places: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of the territory, by their code, and those within reach of it."""
        own = self._is_own(places)
        near: Flags = np.zeros(len(places), dtype=bool)
        west, south, east, north = self.outline.bounds
        margin_y = REACH_M / 110_000
        margin_x = margin_y / np.cos(np.radians(max(abs(south), abs(north)) + margin_y))
        boxed = (
            places["lon"].between(west - margin_x, east + margin_x)
            & places["lat"].between(south - margin_y, north + margin_y)
        ).to_numpy()
        near[boxed] = shapely.distance(self.points_m(places[boxed]), self._outline_m) <= REACH_M
        return places[own | near].reset_index(drop=True)

    def _is_own(self, places: pd.DataFrame) -> Flags:
        return np.array(
            [self.territory in departements for departements in _expected_departements(places)],
            dtype=bool,
        )

    def locate(
        self, places: pd.DataFrame, origin: Origin, *, outside_m: float = OUTSIDE_DEPARTEMENT_M
    ) -> pd.DataFrame:
        """Return the rows whose place is sure, with a commune code that has a polygon.

        ``places`` has ``site_id, code_insee, lon, lat`` and may have ``departements`` (a set, for
        rows whose source gives no commune code: then ``code_insee`` is empty and the commune is
        the one the point falls in). Arrondissements and merged communes become the commune they
        belong to; other unknown codes the commune under the point. A place without coordinates
        goes to a point inside its commune. What lies more than ``outside_m`` outside its own
        département, or can't be given a commune, goes to quarantine. Every repair is noted.
        """
        places = self._with_coordinates(places.reset_index(drop=True), origin)
        places = self._inside_departement(places, origin, outside_m)
        places = self._with_commune(places, origin)
        self._report_far(places, origin)
        return places.drop(columns="departements", errors="ignore").reset_index(drop=True)

    def _with_coordinates(self, places: pd.DataFrame, origin: Origin) -> pd.DataFrame:
        places = places.copy()
        keep = np.ones(len(places), dtype=bool)
        own = self._is_own(places)
        missing = places["lon"].isna() | places["lat"].isna()
        for row in np.flatnonzero(missing):
            item, code = _cell(places, row, "site_id"), _cell(places, row, "code_insee")
            code = counted_with(code)
            inside = self.communes.loc[self.communes["code_insee"] == code, "geometry"]
            if len(inside):
                point = inside.iloc[0].representative_point()
                places.loc[row, ["lon", "lat"]] = [point.x, point.y]
                origin.repaired(
                    item,
                    "sans coordonnées",
                    f"Sans coordonnées : placé en un point intérieur de sa commune ({code}).",
                )
            else:
                keep[row] = False
                if own[row]:
                    origin.quarantined(
                        item,
                        "sans coordonnées ni commune",
                        f"Ni coordonnées, ni commune connue (« {code} »).",
                    )
        return places[keep].reset_index(drop=True)

    def _inside_departement(
        self, places: pd.DataFrame, origin: Origin, outside_m: float
    ) -> pd.DataFrame:
        points = self.points_m(places)
        distances = np.full(len(places), np.inf)
        expected = _expected_departements(places)
        for departement, outline in self._departements_m.items():
            rows = np.flatnonzero([departement in departements for departements in expected])
            rows = rows[~shapely.is_missing(points[rows])]
            shapely.prepare(outline)
            distances[rows] = np.minimum(distances[rows], shapely.distance(outline, points[rows]))
        away = distances > outside_m
        own = self._is_own(places)
        for row in np.flatnonzero(away):
            here = points[row] is not None and self._outline_m.intersects(points[row])
            if own[row] or here:
                where = f"à {_km(distances[row])} de" if np.isfinite(distances[row]) else "loin de"
                origin.quarantined(
                    _cell(places, row, "site_id"),
                    "point hors de son département",
                    f"« {_cell(places, row, 'nom')} » : son point est {where} son département "
                    f"({', '.join(sorted(expected[row]))}).",
                )
        return places[~away].reset_index(drop=True)

    def _with_commune(self, places: pd.DataFrame, origin: Origin) -> pd.DataFrame:
        places = places.copy()
        known = set(self.communes["code_insee"])
        keep = np.ones(len(places), dtype=bool)
        unknown = np.flatnonzero(~places["code_insee"].isin(known).to_numpy())
        own = self._is_own(places)
        under = dict(zip(unknown, self.commune_under(places.iloc[unknown]), strict=True))
        for row in unknown:
            item, code = _cell(places, row, "site_id"), _cell(places, row, "code_insee")
            city = ARRONDISSEMENTS.get(code, "")
            successor, merged = SUCCESSORS.get(code, ("", ""))
            found: str | None
            if city in known:
                found, issue, reason = city, "code d’arrondissement", "arrondissement municipal"
            elif successor in known:
                found, issue, reason = successor, "code de commune périmé", merged
            else:
                found, issue = under[row], "code de commune périmé"
                reason = "ce code n’a pas de contour ; son point tombe dans cette commune"
            if found is None:
                keep[row] = False
                if own[row]:
                    origin.quarantined(
                        item,
                        "commune introuvable",
                        f"Commune « {code} » inconnue, et le point n’est dans aucune commune.",
                    )
                continue
            places.at[row, "code_insee"] = found
            if code:
                origin.repaired(item, issue, f"Commune {code} → {found} : {reason}.")
        return places[keep].reset_index(drop=True)

    def commune_under(self, places: pd.DataFrame) -> list[str | None]:
        """Return the commune in which each point falls, or lies within 1 km of (the seaside)."""
        rows, found = self._tree.query_nearest(
            self.points_m(places), max_distance=FAR_FROM_COMMUNE_M, all_matches=False
        )
        codes: list[str | None] = [None] * len(places)
        for row, commune in zip(rows, found, strict=True):
            codes[row] = str(self.communes_m.index[commune])
        return codes

    def _report_far(self, places: pd.DataFrame, origin: Origin) -> None:
        own_polygon = self.communes_m.loc[places["code_insee"]].to_numpy()
        distances = shapely.distance(own_polygon, self.points_m(places))
        for row in np.flatnonzero(distances > FAR_FROM_COMMUNE_M):
            origin.reported(
                _cell(places, row, "site_id"),
                "point hors de sa commune",
                f"« {_cell(places, row, 'nom')} » : son point est à {_km(distances[row])} de sa "
                f"commune ({_cell(places, row, 'code_insee')}).",
            )


def _expected_departements(places: pd.DataFrame) -> list[frozenset[str]]:
    if "departements" in places:
        return list(places["departements"])
    return [frozenset((departement_of(code),)) for code in places["code_insee"]]


def _cell(places: pd.DataFrame, row: Any, column: str) -> str:
    return str(places.at[row, column])


def _km(metres: Any) -> str:
    return f"{decimal(float(metres) / 1000, 1)}\u00a0km"
