"""Areas and the demand points in them: one way to sum figures by commune, QPV or group.

The same table serves places: which part of each place stands in which area.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from coverage.model.quarters import QPV_KINDS

#: Sums of people are told to a millionth of a person: what lies below depends on the order of the
#: rows only, and would make "everybody" differ from everybody.
_PEOPLE_DIGITS = 6
_MICRO = 1_000_000
#: A mean says nothing about an area where less than this share of the weight has a value.
_KNOWN_SHARE = 0.5


@dataclass(frozen=True, eq=False)
class Areas:
    """Areas of one kind and the part of each demand point that belongs to them.

    ``ids`` names the areas. Row ``k`` of the three arrays says that the share ``share[k]`` (0..1)
    of the people of demand point ``point[k]`` belongs to area ``area[k]``; points and areas by
    position. A point may lie in no area, or in several.
    """

    ids: tuple[str, ...]
    area: NDArray[np.int64]
    point: NDArray[np.int64]
    share: NDArray[np.float64]

    @classmethod
    def of_shares(cls, ids: Iterable[str], shares: Sequence[NDArray[np.float64]]) -> Areas:
        """Make areas from the share (0..1) of every point in each of them, one array an area."""
        held = [np.flatnonzero(share > 0) for share in shares]
        none = [np.zeros(0)]
        return cls(
            tuple(ids),
            np.repeat(np.arange(len(held)), [len(points) for points in held]),
            np.concatenate([*none, *held]).astype(np.int64),
            np.concatenate([*none, *(s[points] for s, points in zip(shares, held, strict=True))]),
        )

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def held(self) -> NDArray[np.bool_]:
        """Tell which areas have a demand point at all."""
        return np.bincount(self.area, minlength=len(self)) > 0

    def sums(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sum over each area of a quantity of the demand points (persons, need…)."""
        weights = self.share * values[self.point]
        sums = np.bincount(self.area, weights=weights, minlength=len(self))
        return sums.astype(np.float64)

    def people(self, persons: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the persons of each area, to a millionth of a person.

        So that the order of the rows changes nothing, and everybody is everybody.
        """
        return np.round(self.sums(persons), _PEOPLE_DIGITS)

    def people_within(
        self,
        persons: NDArray[np.float64],
        values: NDArray[np.int32],
        limits: Sequence[int],
    ) -> NDArray[np.float64]:
        """Return the persons of each area whose value is at most each of the rising ``limits``.

        Shape (areas, limits), to a millionth of a person.
        """
        width = len(limits) + 1
        cell = self.area * width + np.searchsorted(limits, values)[self.point]
        weights = self.share * persons[self.point]
        sums = np.bincount(cell, weights=weights, minlength=len(self) * width)
        within = np.cumsum(sums.reshape(len(self), width), axis=1)
        return np.round(within[:, :-1], _PEOPLE_DIGITS)

    def means(
        self, values: NDArray[np.float64], weights: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the weighted mean of each area; null values of points are left out.

        Null where under half of the weight has a value: a mean over the lucky few would hide the
        others.
        """
        known = ~np.isnan(values)
        weight = self.sums(np.where(known, weights, 0.0))
        total = self.sums(np.where(known, values, 0.0) * weights)
        told = (weight > 0) & (weight >= _KNOWN_SHARE * self.sums(weights))
        means = np.full(len(self), np.nan)
        means[told] = total[told] / weight[told]
        return means

    def quantiles(
        self, values: NDArray[np.int32], weights: NDArray[np.float64], shares: Sequence[float]
    ) -> NDArray[np.float64]:
        """Return the smallest value within which each share of an area's weight lies.

        Shape (areas, shares); null where the area has no weight. Weights are counted in whole
        millionths: a share reached exactly is reached.
        """
        order = np.lexsort((values[self.point], self.area))
        area, sorted_values = self.area[order], values[self.point][order]
        micro = np.rint((self.share * weights[self.point])[order] * _MICRO).astype(np.int64)
        start = np.searchsorted(area, np.arange(len(self)))
        before = np.concatenate([[0], np.cumsum(micro)])
        within = before[1:] - before[start][area]
        rows = np.bincount(area, minlength=len(self))
        total = before[start + rows] - before[start]
        found = np.full((len(self), len(shares)), np.nan)
        for column, share in enumerate(shares):
            short = within < share * total[area] - 0.5
            at = start + np.bincount(area[short], minlength=len(self))
            found[total > 0, column] = sorted_values[at[total > 0]]
        return found


def communes_of(communes: pd.DataFrame, located: pd.DataFrame) -> Areas:
    """Return which commune holds each row of a table with ``code_insee`` (homes or places).

    A row of a commune that is not listed (a place across the border) belongs to none.
    """
    ids = communes["code_insee"].tolist()
    commune = pd.Index(ids).get_indexer(located["code_insee"])
    point = np.flatnonzero(commune >= 0)
    return Areas(tuple(ids), commune[point].astype(np.int64), point, np.ones(len(point)))


def qpv_in(zones: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the QPV among the zones, in the order in which their figures are told."""
    return zones[zones["kind"].isin(QPV_KINDS)].reset_index(drop=True)


def qpv_kind_of(zones: gpd.GeoDataFrame) -> str | None:
    """Return the kind of the QPV among the zones, which are of one generation; None: no QPV."""
    return next((kind for kind in QPV_KINDS if (zones["kind"] == kind).any()), None)


def qpv_of(zones: gpd.GeoDataFrame, demand: gpd.GeoDataFrame) -> Areas:
    """Return which QPV the people of each demand point live in, by ``qpv_share``.

    A point belongs to the nearest QPV, which is the one that holds it; the centre of a square of
    which a part only lies in a QPV may stand just outside. Each person is in one QPV at most, so
    the QPV add up to the people counted in QPV. A point without ``qpv_share`` is in none, even
    where it stands in one: its people are spread over the rest of the commune. A QPV in which a
    point stands of which ``qpv_share`` is null has no point at all: its people are not known.
    """
    qpv = qpv_in(zones)
    share = demand["qpv_share"].to_numpy(float)
    point = np.flatnonzero(share > 0)
    ids = tuple(qpv["zone_id"])
    if not ids or not len(point):
        none = np.zeros(0, np.int64)
        return Areas(ids, none, none, np.zeros(0))
    shapes, places = qpv.geometry.to_numpy(), demand.geometry.to_numpy()[point]
    # Degrees of longitude are shorter than degrees of latitude: level them before "nearest".
    level = np.array([np.cos(np.radians(shapely.get_y(places).mean())), 1.0])
    tree = shapely.STRtree(shapely.transform(shapes, lambda xy: xy * level))
    found, zone = tree.query_nearest(
        shapely.transform(places, lambda xy: xy * level), all_matches=True
    )
    nearest = pd.Series(zone).groupby(found).min().to_numpy(np.int64)
    unknown = demand.geometry.to_numpy()[np.isnan(share)]
    _, untold = shapely.STRtree(shapes).query(unknown, predicate="intersects")
    known = ~np.isin(nearest, untold)
    return Areas(ids, nearest[known], point[known], share[point[known]])


def qpv_places(zones: gpd.GeoDataFrame, sites: gpd.GeoDataFrame) -> Areas:
    """Return which places stand in which QPV, by their geometry."""
    qpv = qpv_in(zones)
    tree = shapely.STRtree(sites.geometry.to_numpy())
    zone, site = tree.query(qpv.geometry.to_numpy(), predicate="intersects")
    order = np.lexsort((site, zone))
    area, point = zone[order].astype(np.int64), site[order].astype(np.int64)
    return Areas(tuple(qpv["zone_id"]), area, point, np.ones(len(area)))
