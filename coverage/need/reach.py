"""Who is within reach of what: nearest times, and how many. Counted on demand points."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage.base.jit import njit

#: The limits at which coverage is always told, in minutes.
TOLD_MINUTES = (10, 15, 20, 30)
UNREACHED_DS = np.iinfo(np.int32).max
DS_PER_MINUTE = 600


@dataclass(frozen=True, eq=False)
class Reach:
    """A table of costs as positions in the demand and sites tables, for counting fast.

    Pairs by site: the points that reach site ``j`` are ``point[ptr[j]:ptr[j + 1]]``, in ascending
    order, and their times ``ds`` (deciseconds). Points and sites by position in ``demand`` and
    ``sites``.
    """

    demand: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    ptr: NDArray[np.int64]
    point: NDArray[np.int32]
    ds: NDArray[np.int32]

    @classmethod
    def of(cls, demand: gpd.GeoDataFrame, sites: gpd.GeoDataFrame, costs: pd.DataFrame) -> Reach:
        """Join three contract tables: demand, sites and the costs of any one mode.

        Raises ``ValueError`` where the costs speak of ids that are in neither table, or tell a
        pair twice.
        """
        point = pd.Index(demand["demand_id"]).get_indexer(costs["demand_id"])
        site = pd.Index(sites["site_id"]).get_indexer(costs["site_id"])
        if (point < 0).any() or (site < 0).any():
            raise ValueError("The costs speak of demand points or sites that the tables lack.")
        ds = costs["cost_ds"].to_numpy(np.int32)
        pair = site.astype(np.int64) * len(demand) + point
        if np.any(pair[1:] <= pair[:-1]):
            order = np.argsort(pair, kind="stable")
            pair, point, ds = pair[order], point[order], ds[order]
            if np.any(pair[1:] == pair[:-1]):
                raise ValueError("The costs tell the time between a point and a site twice.")
        counts = np.bincount(site, minlength=len(sites))
        return cls(
            demand.reset_index(drop=True),
            sites.reset_index(drop=True),
            np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
            point.astype(np.int32),
            ds,
        )

    def sites_with(self, kinds: Collection[str]) -> NDArray[np.bool_]:
        """Tell which sites have one of ``kinds`` among their roles."""
        wanted = frozenset(kinds)
        return np.array([not wanted.isdisjoint(roles) for roles in self.sites["roles"]], bool)

    def known_sites(self, site_ids: Collection[str]) -> NDArray[np.bool_]:
        """Tell which sites are among ``site_ids``."""
        return np.asarray(self.sites["site_id"].isin(list(site_ids)), dtype=bool)

    def nearest_ds(self, mask: NDArray[np.bool_]) -> NDArray[np.int32]:
        """Return each point's time to the nearest of the sites; ``UNREACHED_DS`` where none."""
        nearest = np.full(len(self.demand), UNREACHED_DS, dtype=np.int32)
        _lower(self.ptr, self.point, self.ds, np.flatnonzero(mask), nearest)
        return nearest

    def count_within(self, mask: NDArray[np.bool_], minutes: float) -> NDArray[np.int32]:
        """Return how many of the sites each point has within the limit (``<=``)."""
        count = np.zeros(len(self.demand), dtype=np.int32)
        _count(self.ptr, self.point, self.ds, np.flatnonzero(mask), limit_ds(minutes), count)
        return count


@njit
def _lower(
    ptr: NDArray[np.int64],
    point: NDArray[np.int32],
    ds: NDArray[np.int32],
    chosen: NDArray[np.int64],
    nearest: NDArray[np.int32],
) -> None:
    """Lower ``nearest`` to the times of the chosen sites."""
    for site in chosen:
        for k in range(ptr[site], ptr[site + 1]):
            if ds[k] < nearest[point[k]]:
                nearest[point[k]] = ds[k]


@njit
def _count(
    ptr: NDArray[np.int64],
    point: NDArray[np.int32],
    ds: NDArray[np.int32],
    chosen: NDArray[np.int64],
    limit: int,
    count: NDArray[np.int32],
) -> None:
    """Add to ``count`` the chosen sites within the limit."""
    for site in chosen:
        for k in range(ptr[site], ptr[site + 1]):
            if ds[k] <= limit:
                count[point[k]] += 1


def limit_ds(minutes: float) -> int:
    """Return a limit in minutes as whole deciseconds: what is not longer is within it."""
    return round(minutes * DS_PER_MINUTE)


def within(nearest_ds: NDArray[np.int32], minutes: float) -> NDArray[np.bool_]:
    """Tell who is covered: time <= limit, tested at exactly the limit."""
    return nearest_ds <= limit_ds(minutes)
