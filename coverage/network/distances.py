"""How far homes are from places: as the crow flies, and by the shortest way by road.

The search adds whole numbers and doesn't know what they measure: on a network whose costs are
lengths (decimetres in place of deciseconds) its answers are lengths.
"""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import Geod
from scipy.spatial import KDTree

from coverage.network.components import ReadyNetwork
from coverage.network.graph import RoadGraph
from coverage.network.result import named
from coverage.network.snap import DEMAND_CAP_M, SITE_CAP_M, metric_points, snap
from coverage.network.speeds import speed_table
from coverage.network.times import costs_between

_DM_PER_M = 10.0
_ELLIPSOID = Geod(ellps="WGS84")
#: Metres of a projection are a little longer or shorter than those of the ground.
_PROJECTED = 1.01


def road_distances(
    network: ReadyNetwork, sites: gpd.GeoDataFrame, demand: gpd.GeoDataFrame, limit_m: float
) -> pd.DataFrame:
    """Return how far demand points and sites are that lie within ``limit_m`` (``<=``) in line.

    The contract table ``distances``, sorted by site then demand point. ``road_m`` is the shortest
    way by road, with the walks from home to the nearest edge and on to the site, null beyond
    ``limit_m``; the caps of the walks are those of ``travel_times``. No way is shorter than the
    straight line: roads are measured on a sphere, up to 0.3 % shorter than the ellipsoid.
    """
    epsg = network.index.metric_epsg
    site, point, crow_m = _near(sites, demand, limit_m, epsg)
    lengths = by_length(network)
    homes = snap(
        lengths.index,
        metric_points(demand, epsg),
        cap_m=DEMAND_CAP_M,
        uncapped=demand["method"].to_numpy() == "centroid",
        ds_per_m=_DM_PER_M,
    )
    places = snap(lengths.index, metric_points(sites, epsg), cap_m=SITE_CAP_M, ds_per_m=_DM_PER_M)
    found = costs_between(lengths, homes, places, int(limit_m * _DM_PER_M))
    ways = pd.Series(
        found.ds / _DM_PER_M,
        index=found.row * len(demand) + found.item,
    )
    road_m = ways.reindex(site * len(demand) + point).to_numpy()
    return _table(sites, demand, site, point, crow_m, np.maximum(road_m, crow_m))


def straight_line_distances(
    sites: gpd.GeoDataFrame, demand: gpd.GeoDataFrame, limit_m: float, *, metric_epsg: int
) -> pd.DataFrame:
    """Return the same where there are no roads: the way is the straight line x 1.3."""
    site, point, crow_m = _near(sites, demand, limit_m, metric_epsg)
    road_m = speed_table().detour * crow_m
    return _table(sites, demand, site, point, crow_m, np.where(road_m <= limit_m, road_m, np.nan))


def by_length(network: ReadyNetwork) -> ReadyNetwork:
    """Return the network with the decimetres of its arcs in place of their deciseconds."""

    def measured(graph: RoadGraph) -> RoadGraph:
        return replace(graph, deciseconds=np.rint(_DM_PER_M * graph.length_m).astype(np.int32))

    index = replace(network.index, graph=measured(network.graph))
    return ReadyNetwork(index, measured(network.backwards))


def _near(
    sites: gpd.GeoDataFrame, demand: gpd.GeoDataFrame, limit_m: float, metric_epsg: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return the pairs of site and demand point within the limit in line, and their metres.

    Pairs are looked for in metres of a projection and measured on the ellipsoid (geodesics).
    """
    homes, places = metric_points(demand, metric_epsg), metric_points(sites, metric_epsg)
    if not (len(homes) and len(places)):
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    tree = KDTree(homes)
    found = [tree.query_ball_point(place, _PROJECTED * limit_m) for place in places]
    site = np.repeat(np.arange(len(sites)), [len(row) for row in found])
    point = np.concatenate([np.sort(row) for row in found]).astype(np.int64)
    at_home, at_site = demand.geometry.iloc[point], sites.geometry.iloc[site]
    _, _, metres = _ELLIPSOID.inv(
        at_home.x.to_numpy(), at_home.y.to_numpy(), at_site.x.to_numpy(), at_site.y.to_numpy()
    )
    near = metres <= limit_m
    return site[near], point[near], metres[near]


def _table(
    sites: gpd.GeoDataFrame,
    demand: gpd.GeoDataFrame,
    site: NDArray[np.int64],
    point: NDArray[np.int64],
    crow_m: NDArray[np.float64],
    road_m: NDArray[np.float64],
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "demand_id": named(demand["demand_id"], point),
            "site_id": named(sites["site_id"], site),
            "crow_m": crow_m.astype(np.float32),
            "road_m": road_m.astype(np.float32),
        }
    )
