"""Where there are no roads: crow-fly times, an estimate that must be labelled as one."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from coverage.base.crs import WGS84
from coverage.base.progress import Progress, silent
from coverage.network.components import COLUMNS
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
    progress: Progress = silent,
) -> TravelTimes:
    """Return straight-line times from each demand point to each site within ``limit_s`` (``<=``).

    Distance x 1.3, driven at the speed (``speeds.toml``) of the density level (1-7) of the demand
    point's commune. ``density_level_by_demand`` is indexed by demand_id; null = not known.
    """
    speeds = speed_table()
    levels = density_level_by_demand.reindex(demand["demand_id"].to_numpy())
    kmh = np.array([speeds.straight_line_speed(level) for level in levels], dtype=np.float64)
    homes, places = metric_points(demand, metric_epsg), metric_points(sites, metric_epsg)
    ds_per_m = 36.0 * speeds.detour / kmh
    site, point, cost_ds = [np.empty(0, np.int64)], [np.empty(0, np.int64)], [np.empty(0, np.int32)]
    for start in range(0, len(places), _SITES_A_STEP):
        progress(start / len(places), "Temps à vol d'oiseau")
        here = places[start : start + _SITES_A_STEP]
        metres = np.hypot(*(here[:, None, :] - homes[None, :, :]).transpose(2, 0, 1))
        deciseconds = np.rint(metres * ds_per_m)
        near, home = np.nonzero(deciseconds <= 10 * limit_s)
        site.append(near + start)
        point.append(home)
        cost_ds.append(deciseconds[near, home].astype(np.int32))
    progress(1.0, "Temps à vol d'oiseau")
    points = np.concatenate(point)
    everyone = np.ones(len(demand), dtype=bool)
    return TravelTimes(
        costs=costs_table(sites, demand, np.concatenate(site), points, np.concatenate(cost_ds)),
        unreached_demand=unreached_table(
            demand, points, snapped=everyone, walk_m=np.zeros(len(demand))
        ),
        unsnapped_sites=pd.DataFrame(columns=["site_id", "nom", "walk_m"]),
        flagged_demand=pd.DataFrame(columns=["demand_id", "code_insee", "persons", "walk_m"]),
        dropped_components=pd.DataFrame(columns=list(COLUMNS)),
        estimate=True,
    )


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
