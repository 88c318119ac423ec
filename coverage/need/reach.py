"""Who is within reach of what: nearest times, and persons covered. Counted on demand points."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

#: The limits at which coverage is always told, in minutes.
TOLD_MINUTES = (10, 15, 20, 30)
UNREACHED_DS = np.iinfo(np.int32).max
_DS_PER_MINUTE = 600


@dataclass(frozen=True)
class Reach:
    """The costs table as positions in the demand and sites tables, for counting fast."""

    demand: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    demand_index: NDArray[np.int64]
    site_index: NDArray[np.int64]
    cost_ds: NDArray[np.int32]

    @classmethod
    def of(cls, demand: gpd.GeoDataFrame, sites: gpd.GeoDataFrame, costs: pd.DataFrame) -> Reach:
        """Join the three contract tables. Costs of ids that are in neither table are an error."""
        i = pd.Index(demand["demand_id"]).get_indexer(costs["demand_id"])
        j = pd.Index(sites["site_id"]).get_indexer(costs["site_id"])
        if (i < 0).any() or (j < 0).any():
            raise ValueError("The costs speak of demand points or sites that the tables lack.")
        return cls(
            demand.reset_index(drop=True),
            sites.reset_index(drop=True),
            i.astype(np.int64),
            j.astype(np.int64),
            costs["cost_ds"].to_numpy(np.int32),
        )

    def sites_with(self, kinds: Collection[str]) -> NDArray[np.bool_]:
        """Tell which sites have one of ``kinds`` among their roles."""
        wanted = frozenset(kinds)
        return np.array([bool(wanted.intersection(roles)) for roles in self.sites["roles"]], bool)

    def nearest_ds(self, sites: NDArray[np.bool_]) -> NDArray[np.int32]:
        """Return each point's time to the nearest of ``sites``; ``UNREACHED_DS`` where none."""
        nearest = np.full(len(self.demand), UNREACHED_DS, dtype=np.int32)
        chosen = sites[self.site_index]
        np.minimum.at(nearest, self.demand_index[chosen], self.cost_ds[chosen])
        return nearest

    def known_sites(self, site_ids: Collection[str]) -> NDArray[np.bool_]:
        """Tell which sites are among ``site_ids``."""
        return np.asarray(self.sites["site_id"].isin(list(site_ids)), dtype=bool)


def within(nearest_ds: NDArray[np.int32], minutes: float) -> NDArray[np.bool_]:
    """Tell who is covered: time <= limit, tested at exactly the limit."""
    return nearest_ds <= round(minutes * _DS_PER_MINUTE)


def mean_minutes(
    nearest_ds: NDArray[np.int32], persons: NDArray[np.float64], groups: pd.Series
) -> pd.Series:
    """Return the people-weighted mean minutes of each group, null where under half is reached.

    Those out of reach have no time; a mean over the lucky few would hide them.
    """
    reached = nearest_ds < UNREACHED_DS
    minutes = np.where(reached, nearest_ds / _DS_PER_MINUTE, 0.0)
    table = pd.DataFrame(
        {
            "group": groups.to_numpy(),
            "sum": minutes * persons * reached,
            "reached": persons * reached,
            "persons": persons,
        }
    )
    sums = table.groupby("group").sum()
    known = (sums["reached"] > 0) & (sums["reached"] >= 0.5 * sums["persons"])
    return (sums["sum"] / sums["reached"]).where(known)
