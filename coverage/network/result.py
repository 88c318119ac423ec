"""What a computation of travel times hands over: the costs, and who is not in them."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

#: Why a demand point has no cost at all.
OFF_ROAD = "off_road"
NO_SITE = "no_site"


@dataclass(frozen=True, eq=False)
class TravelTimes:
    """Travel times from demand points to sites (home -> service).

    ``costs``: contract table ``costs``, sorted by site then demand point (their order in the
    tables given); a pair that is not there is beyond the limit. The ids are categorical.
    ``unreached_demand``: ``demand_id, code_insee, persons, walk_m, reason``; the reason is
    ``off_road`` (no road within the cap) or ``no_site`` (no site within the limit).
    ``unsnapped_sites``: ``site_id, nom, walk_m``: no road within the cap.
    ``flagged_demand``: ``demand_id, code_insee, persons, walk_m``: centroids, exempt from the cap.
    ``dropped_components``: parts of the network left out (``components.COLUMNS``).
    ``estimate``: these are straight-line times, to be labelled so wherever they show.
    """

    costs: pd.DataFrame
    unreached_demand: pd.DataFrame
    unsnapped_sites: pd.DataFrame
    flagged_demand: pd.DataFrame
    dropped_components: pd.DataFrame
    estimate: bool

    @property
    def unreached_persons(self) -> float:
        """People with no site within the limit."""
        return float(self.unreached_demand["persons"].sum())


def costs_table(
    sites: gpd.GeoDataFrame,
    demand: gpd.GeoDataFrame,
    site: NDArray[np.integer],
    point: NDArray[np.integer],
    cost_ds: NDArray[np.int32],
) -> pd.DataFrame:
    """Return the contract table ``costs`` from row numbers of sites and demand points."""
    order = np.lexsort((point, site))
    return pd.DataFrame(
        {
            "demand_id": named(demand["demand_id"], point[order]),
            "site_id": named(sites["site_id"], site[order]),
            "cost_ds": cost_ds[order].astype(np.int32),
        }
    )


def named(ids: pd.Series[str], position: NDArray[np.integer]) -> pd.Categorical:
    """Return the identifiers at some row numbers of a table, as categories."""
    return pd.Categorical.from_codes(position, categories=pd.Index(ids.astype(object)))


def unreached_table(
    demand: gpd.GeoDataFrame,
    costed_points: NDArray[np.integer],
    *,
    snapped: NDArray[np.bool_],
    walk_m: NDArray[np.float64],
) -> pd.DataFrame:
    """Return the demand points that have no cost, with the reason."""
    missing = np.ones(len(demand), dtype=bool)
    missing[costed_points] = False
    table = pd.DataFrame(demand.loc[missing, ["demand_id", "code_insee", "persons"]])
    table["walk_m"] = walk_m[missing]
    table["reason"] = np.where(snapped[missing], NO_SITE, OFF_ROAD)
    return table.reset_index(drop=True)
