"""Travel times by car from counter to partner: the chain of orientation."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage.network.components import ReadyNetwork
from coverage.network.result import named
from coverage.network.snap import SITE_CAP_M, metric_points, snap
from coverage.network.times import costs_between


def road_links(
    network: ReadyNetwork, counters: gpd.GeoDataFrame, places: gpd.GeoDataFrame, limit_s: int
) -> pd.DataFrame:
    """Return the times by road from counters to places within ``limit_s`` (``<=``).

    ``counters`` and ``places`` are rows of ``sites``; the result is the contract table ``links``,
    sorted by counter then place (their order in the tables given). A time is the walk to the
    nearest edge, the fastest way and the walk to the place; from a counter to itself it takes no
    time. What is further than ``SITE_CAP_M`` from any road is linked to itself only.
    """
    starts, ends = (
        snap(network.index, metric_points(points, network.index.metric_epsg), cap_m=SITE_CAP_M)
        for points in (counters, places)
    )
    found = costs_between(network, starts, ends, 10 * limit_s)
    return links_table(counters, places, found.item, found.row, found.ds)


def links_table(
    counters: gpd.GeoDataFrame,
    places: gpd.GeoDataFrame,
    counter: NDArray[np.integer],
    place: NDArray[np.integer],
    cost_ds: NDArray[np.int32],
) -> pd.DataFrame:
    """Return the contract table ``links`` from row numbers of counters and places.

    A counter that is among the places has a link to itself, of no time.
    """
    itself = pd.Index(counters["site_id"]).get_indexer(pd.Index(places["site_id"]))
    other = itself[place] != counter
    own = np.flatnonzero(itself >= 0)
    counter = np.concatenate((counter[other], itself[own]))
    place = np.concatenate((place[other], own))
    cost_ds = np.concatenate((cost_ds[other], np.zeros(own.size, np.int32)))
    order = np.lexsort((place, counter))
    return pd.DataFrame(
        {
            "from_id": named(counters["site_id"], counter[order]),
            "to_id": named(places["site_id"], place[order]),
            "cost_ds": cost_ds[order],
        }
    )
