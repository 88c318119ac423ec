"""Travel times by road from demand points to sites: home -> service, never the way back."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from coverage.base.progress import Progress, silent
from coverage.network.components import keep_served_parts
from coverage.network.graph import RoadGraph
from coverage.network.result import TravelTimes, costs_table, unreached_table
from coverage.network.search import I32, I64, cost_each
from coverage.network.snap import DEMAND_CAP_M, NO_WAY, SITE_CAP_M, EdgeIndex, Snap, snap

_SITES_A_STEP = 100


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
    index = EdgeIndex.build(kept.graph, metric_epsg)
    centroid = demand["method"].to_numpy() == "centroid"
    homes = snap(index, demand, metric_epsg=metric_epsg, cap_m=demand_cap_m, uncapped=centroid)
    places = snap(index, sites, metric_epsg=metric_epsg, cap_m=site_cap_m)
    backwards = kept.graph.transposed()
    doors = _doors(homes, kept.graph.nodes)
    site, point, cost_ds = [np.empty(0, np.int64)], [np.empty(0, np.int32)], [np.empty(0, np.int32)]
    for start in range(0, len(sites), _SITES_A_STEP):
        rows = np.arange(start, min(start + _SITES_A_STEP, len(sites)))
        progress(0.1 + 0.9 * start / len(sites), "Temps de trajet")
        ptr, points, deciseconds = cost_each(
            backwards, _seeds(places, rows), doors, _directs(places, homes, rows), 10 * limit_s
        )
        site.append(np.repeat(rows, np.diff(ptr)))
        point.append(points)
        cost_ds.append(deciseconds)
    progress(1.0, "Temps de trajet")
    points_all = np.concatenate(point)
    unsnapped = sites.loc[~places.snapped, ["site_id", "nom"]].reset_index(drop=True)
    flagged = demand.loc[centroid, ["demand_id", "code_insee", "persons"]].reset_index(drop=True)
    return TravelTimes(
        costs=costs_table(sites, demand, np.concatenate(site), points_all, np.concatenate(cost_ds)),
        unreached_demand=unreached_table(
            demand, points_all, snapped=homes.snapped, walk_m=homes.walk_m
        ),
        unsnapped_sites=unsnapped.assign(walk_m=places.walk_m[~places.snapped]),
        flagged_demand=flagged.assign(walk_m=homes.walk_m[centroid]),
        dropped_components=kept.dropped,
        estimate=False,
    )


def _rows(group: NDArray[np.int64], groups: int) -> tuple[NDArray[np.intp], I64]:
    """Return the order that sorts by group, and the pointers of the groups."""
    pointers = np.concatenate(([0], np.cumsum(np.bincount(group, minlength=groups))))
    return np.argsort(group, kind="stable"), pointers.astype(np.int64)


def _doors(homes: Snap, nodes: int) -> tuple[I64, I32, I32]:
    """Hang each home on the nodes it can drive to: a row for each node."""
    point, end = np.nonzero(homes.out_ds < NO_WAY)
    order, pointers = _rows(homes.nodes[point, end].astype(np.int64), nodes)
    return pointers, point[order].astype(np.int32), homes.out_ds[point, end][order]


def _seeds(places: Snap, rows: NDArray[np.int64]) -> tuple[I64, I32, I32]:
    """Start from the nodes that lead to each place: a row for each place."""
    place, end = np.nonzero(places.in_ds[rows] < NO_WAY)
    order, pointers = _rows(place, rows.size)
    place, end = rows[place[order]], end[order]
    return pointers, places.nodes[place, end], places.in_ds[place, end]


def _directs(places: Snap, homes: Snap, rows: NDArray[np.int64]) -> tuple[I64, I32, I32]:
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
    pointers = np.concatenate(([0], np.cumsum(np.bincount(place[possible], minlength=rows.size))))
    return (
        pointers.astype(np.int64),
        home[possible].astype(np.int32),
        total[possible].astype(np.int32),
    )
