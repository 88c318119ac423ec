"""Where there are no roads: crow-fly times, an estimate that must be labelled as one."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from coverage.base.crs import WGS84
from coverage.base.progress import Progress, silent
from coverage.network.components import COLUMNS
from coverage.network.links import links_table
from coverage.network.result import TravelTimes, costs_table, unreached_table
from coverage.network.snap import metric_points
from coverage.network.speeds import speed_table

_SITES_A_STEP = 200


def straight_line_times(
    sites: gpd.GeoDataFrame,
    demand: gpd.GeoDataFrame,
    density_level_by_demand: pd.Series[int],
    limit_s: int,
    *,
    metric_epsg: int,
    mode: str = "drive",
    progress: Progress = silent,
) -> TravelTimes:
    """Return straight-line times from each demand point to each site within ``limit_s`` (``<=``).

    Distance x 1.3; by car at the speed (``speeds.toml``) of the density level (1-7) of the demand
    point's commune, on foot and by bike at one speed. ``density_level_by_demand`` is indexed by
    demand_id; null = not known.
    """
    levels = density_level_by_demand.reindex(demand["demand_id"].to_numpy())
    site, points, cost_ds = _within(
        metric_points(sites, metric_epsg),
        metric_points(demand, metric_epsg),
        _ds_per_m(levels, mode),
        10 * limit_s,
        progress,
    )
    everyone = np.ones(len(demand), dtype=bool)
    return TravelTimes(
        costs=costs_table(sites, demand, site, points, cost_ds),
        unreached_demand=unreached_table(
            demand, points, snapped=everyone, walk_m=np.zeros(len(demand))
        ),
        unsnapped_sites=pd.DataFrame(columns=["site_id", "nom", "walk_m"]),
        flagged_demand=pd.DataFrame(columns=["demand_id", "code_insee", "persons", "walk_m"]),
        dropped_components=pd.DataFrame(columns=list(COLUMNS)),
        estimate=True,
    )


def straight_line_links(
    counters: gpd.GeoDataFrame,
    places: gpd.GeoDataFrame,
    density_level_by_counter: pd.Series[int],
    limit_s: int,
    *,
    metric_epsg: int,
) -> pd.DataFrame:
    """Return the straight-line times by car from counters to places (contract table ``links``).

    As ``straight_line_times`` tells them from homes; ``density_level_by_counter`` is indexed by
    site_id. From a counter to itself it takes no time.
    """
    levels = density_level_by_counter.reindex(counters["site_id"].to_numpy())
    place, counter, cost_ds = _within(
        metric_points(places, metric_epsg),
        metric_points(counters, metric_epsg),
        _ds_per_m(levels, "drive"),
        10 * limit_s,
    )
    return links_table(counters, places, counter, place, cost_ds)


def _ds_per_m(density_levels: pd.Series[int], mode: str) -> NDArray[np.float64]:
    """Return the deciseconds that a metre as the crow flies takes at each density level."""
    speeds = speed_table()
    kmh = [speeds.straight_line_speed(level, mode) for level in density_levels]
    return 36.0 * speeds.detour / np.array(kmh, dtype=np.float64)


def _within(
    places: NDArray[np.float64],
    homes: NDArray[np.float64],
    ds_per_m: NDArray[np.float64],
    limit_ds: int,
    progress: Progress = silent,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
    """Return the pairs of place and home (``x, y`` in metres) within the limit, and their times.

    ``ds_per_m`` is told for each home.
    """
    place, home = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    cost_ds = [np.empty(0, np.int32)]
    for start in range(0, len(places), _SITES_A_STEP):
        progress(start / len(places), "Temps à vol d'oiseau")
        here = places[start : start + _SITES_A_STEP]
        metres = np.hypot(*(here[:, None, :] - homes[None, :, :]).transpose(2, 0, 1))
        deciseconds = np.rint(metres * ds_per_m)
        near, from_home = np.nonzero(deciseconds <= limit_ds)
        place.append(near + start)
        home.append(from_home)
        cost_ds.append(deciseconds[near, from_home].astype(np.int32))
    progress(1.0, "Temps à vol d'oiseau")
    return np.concatenate(place), np.concatenate(home), np.concatenate(cost_ds)


def straight_line_catchments(
    sites: gpd.GeoDataFrame,
    minutes: Sequence[int],
    density_level_by_site: pd.Series[int],
    *,
    metric_epsg: int,
) -> gpd.GeoDataFrame:
    """Return the area within each limit of any site, as the crow flies (``minutes, geometry``).

    Around each site a circle, at the speed of the density level of the site's commune
    (``density_level_by_site``, indexed by site_id; null = not known). Nested; for the eye only.
    """
    speeds = speed_table()
    levels = density_level_by_site.reindex(sites["site_id"].to_numpy())
    kmh = np.array([speeds.straight_line_speed(level) for level in levels], dtype=np.float64)
    places = shapely.points(metric_points(sites, metric_epsg))
    limits = sorted(set(minutes)) if len(sites) else []
    areas = [
        shapely.union_all(shapely.buffer(places, limit / 60 * kmh * 1000 / speeds.detour))
        for limit in limits
    ]
    table = gpd.GeoDataFrame({"minutes": limits}, geometry=areas, crs=metric_epsg)
    return table.to_crs(WGS84)
