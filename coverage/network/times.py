"""Travel times by road from demand points to sites: home -> service, never the way back."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage.base.progress import Progress, silent
from coverage.network.components import ReadyNetwork, keep_served_parts
from coverage.network.graph import RoadGraph
from coverage.network.hanging import hang
from coverage.network.reduction import reduced
from coverage.network.result import TravelTimes, costs_table, unreached_table
from coverage.network.rows import Rows, joined, pointers
from coverage.network.search import Search
from coverage.network.snap import DEMAND_CAP_M, NO_WAY, SITE_CAP_M, Snap, metric_points, snap

_SITES_A_STEP = 1_000


def travel_times(
    graph: RoadGraph,
    sites: gpd.GeoDataFrame,
    demand: gpd.GeoDataFrame,
    limit_s: int,
    *,
    metric_epsg: int,
    demand_cap_m: float = DEMAND_CAP_M,
    site_cap_m: float = SITE_CAP_M,
    progress: Progress = silent,
) -> TravelTimes:
    """Return the times from each demand point to each site it reaches within ``limit_s`` (``<=``).

    ``sites`` and ``demand`` are contract tables. A time is the walk from home to the nearest
    edge, the fastest drive, and the walk to the site. Points whose walk is longer than the cap
    are unreachable and listed; centroids are exempt from the cap and listed. Parts of the
    network where nobody lives are dropped first and listed.
    """
    progress(0.0, "Réseau routier")
    kept = keep_served_parts(graph, demand, metric_epsg=metric_epsg)
    centroid = demand["method"].to_numpy() == "centroid"
    index = kept.network.index
    homes = snap(index, metric_points(demand, metric_epsg), cap_m=demand_cap_m, uncapped=centroid)
    places = snap(index, metric_points(sites, metric_epsg), cap_m=site_cap_m)
    found = costs_between(kept.network, homes, places, 10 * limit_s, progress=progress)
    unsnapped = sites.loc[~places.snapped, ["site_id", "nom"]].reset_index(drop=True)
    flagged = demand.loc[centroid, ["demand_id", "code_insee", "persons"]].reset_index(drop=True)
    return TravelTimes(
        costs=costs_table(sites, demand, found.row, found.item, found.ds),
        unreached_demand=unreached_table(
            demand, found.item, snapped=homes.snapped, walk_m=homes.walk_m
        ),
        unsnapped_sites=unsnapped.assign(walk_m=places.walk_m[~places.snapped]),
        flagged_demand=flagged.assign(walk_m=homes.walk_m[centroid]),
        dropped_components=kept.dropped,
        estimate=False,
    )


def road_costs(
    network: ReadyNetwork, sites: gpd.GeoDataFrame, demand: gpd.GeoDataFrame, limit_s: int
) -> pd.DataFrame:
    """Return the costs table of ``travel_times`` on a network as it is, with all its parts.

    For points that have no say in which parts of a network stay; no walk is exempt from its cap.
    ``demand`` needs ``demand_id`` and geometry only.
    """
    homes, places = (
        snap(network.index, metric_points(points, network.index.metric_epsg), cap_m=cap_m)
        for points, cap_m in ((demand, DEMAND_CAP_M), (sites, SITE_CAP_M))
    )
    found = costs_between(network, homes, places, 10 * limit_s)
    return costs_table(sites, demand, found.row, found.item, found.ds)


def costs_between(
    network: ReadyNetwork,
    homes: Snap,
    places: Snap,
    limit_ds: int,
    *,
    threads: int | None = None,
    progress: Progress = silent,
) -> Rows:
    """Return, for each place, the homes that reach it within the limit (``<=``) and their times.

    Rows are places, items are homes, both by their position in the snaps; times in deciseconds,
    walks included; a time of 2^30 deciseconds (three years) or more counts as no way.
    ``threads`` (default: one for each core) don't change the answer.
    """
    reduction, sites = reduced(network.backwards), places.edge.size
    doors = _doors(homes, network.graph.nodes)
    search = Search(reduction, hang(reduction, doors, homes.edge.size))
    seeds, directs = _seeds(places), between_on_edges(places, homes, np.arange(sites))
    found = []
    for start in range(0, sites, _SITES_A_STEP):
        progress(0.1 + 0.9 * start / sites, "Temps de trajet")
        some = slice(start, min(start + _SITES_A_STEP, sites))
        found.append(
            search.each(seeds.some(some), limit_ds, directs=directs.some(some), threads=threads)
        )
    progress(1.0, "Temps de trajet")
    return joined(found)


def _doors(homes: Snap, nodes: int) -> Rows:
    """Hang each home on the nodes it can drive to: a row for each node."""
    point, end = np.nonzero(homes.out_ds < NO_WAY)
    node = homes.nodes[point, end]
    order = np.argsort(node, kind="stable")
    return Rows(
        pointers(node, nodes), point[order].astype(np.int32), homes.out_ds[point, end][order]
    )


def _seeds(places: Snap) -> Rows:
    """Start from the nodes that lead to each place: a row for each place."""
    place, end = np.nonzero(places.in_ds < NO_WAY)
    nodes, ds = places.nodes[place, end], places.in_ds[place, end]
    return Rows(pointers(place, places.edge.size), nodes, ds)


def between_on_edges(places: Snap, homes: Snap, rows: NDArray[np.int64]) -> Rows:
    """Return the times between homes and places of one edge, along it: a row for each place."""
    by_edge = np.argsort(homes.edge, kind="stable")
    edges = homes.edge[by_edge]
    wanted = places.edge[rows]
    first = np.searchsorted(edges, wanted, "left")
    counts = np.where(wanted >= 0, np.searchsorted(edges, wanted, "right") - first, 0)
    place = np.repeat(np.arange(rows.size), counts)
    offset = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    home = by_edge[np.repeat(first, counts) + offset]
    drive = places.along_ds[rows[place]].astype(np.int64) - homes.along_ds[home]
    # Behind is told by the place on the edge, not by rounded times: these may be equal.
    behind = places.share[rows[place]] < homes.share[home]
    blocked = (homes.along_ds[home] == NO_WAY) | behind
    drive = np.where(blocked, NO_WAY, drive).min(axis=1, initial=NO_WAY)
    total = drive + homes.walk_ds[home] + places.walk_ds[rows[place]]
    possible = drive < NO_WAY
    return Rows(
        pointers(place[possible], rows.size),
        home[possible].astype(np.int32),
        total[possible].astype(np.int32),
    )
