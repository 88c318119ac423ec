"""Points -> the nearest edge of the road, with the last metres on foot.

A point on an edge can leave it forwards along each arc that the edge has, and is entered along
each of them: one-way streets are respected. No node is added to the graph; a point is tied to
the two ends of its edge by times (``out_ds``: from the point to the end, ``in_ds``: from the end
to the point), and two points of one edge by their positions along its arcs.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from coverage.base.projection import to_metres
from coverage.network.graph import STRAIGHT, RoadGraph, highway_codes
from coverage.network.grid import SegmentGrid, nearest_segments
from coverage.network.speeds import speed_table

#: The walk to the road beyond which a point counts as out of reach, in metres.
DEMAND_CAP_M = 1000.0
SITE_CAP_M = 3000.0

#: This near to the end of an edge, along it, a point is at the end.
_AT_END_M = 1.0

#: Stands for "no way" in times of int32: never within a limit, and two of them can be added.
NO_WAY = 2**30 - 1

_NOBODY_STOPS = highway_codes("motorway", "motorway_link", "ferry")


def metric_points(points: gpd.GeoDataFrame, metric_epsg: int) -> NDArray[np.float64]:
    """Return the points' coordinates in metres, one row each."""
    return np.asarray(shapely.get_coordinates(points.geometry.to_crs(metric_epsg).to_numpy()))


@dataclass(frozen=True, eq=False)
class EdgeIndex:
    """The edges that points may snap to, with their bends, in metres.

    Edge ``e`` joins the nodes ``ends[e] = (low, high)``; ``arcs[e]`` are its arcs low -> high and
    high -> low (-1 where it is one-way). Its straight segments, from low to high, are
    ``segment_ptr[e]:segment_ptr[e + 1]`` of ``grid.segments``; ``behind_m`` is the way from the
    low end to each segment, ``edge_m`` the whole. Metres are those of ``metric_epsg``.
    """

    graph: RoadGraph
    metric_epsg: int
    ends: NDArray[np.int32]
    arcs: NDArray[np.int64]
    segment_ptr: NDArray[np.int64]
    behind_m: NDArray[np.float64]
    edge_m: NDArray[np.float64]
    grid: SegmentGrid

    @classmethod
    def build(cls, graph: RoadGraph, metric_epsg: int) -> EdgeIndex:
        """Index every edge on which one may stop (all but motorways and ferries)."""
        tails, heads = graph.tails, graph.indices
        number = np.flatnonzero(~np.isin(graph.highway, _NOBODY_STOPS))
        low, high = np.minimum(tails, heads)[number], np.maximum(tails, heads)[number]
        shape = graph.shape[number]
        # Two arcs are one edge when they join the same nodes along the same bends.
        order = np.lexsort((shape, high, low))
        number, low, high, shape = number[order], low[order], high[order], shape[order]
        first = np.ones(number.size, dtype=bool)
        first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1]) | (shape[1:] != shape[:-1])
        edge = np.cumsum(first) - 1
        arcs = np.full((int(first.sum()), 2), -1, dtype=np.int64)
        arcs[edge, (tails[number] > heads[number]).astype(np.intp)] = number
        ends = np.column_stack((low[first], high[first]))
        segments, segment_ptr = _segments(graph, ends, shape[first], metric_epsg)
        along_m = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
        total_m = np.concatenate(([0.0], np.cumsum(along_m)))
        behind_m = total_m[:-1] - np.repeat(total_m[segment_ptr[:-1]], np.diff(segment_ptr))
        edge_m = np.add.reduceat(along_m, segment_ptr[:-1]) if len(ends) else np.empty(0)
        return cls(
            graph,
            metric_epsg,
            ends,
            arcs,
            segment_ptr,
            behind_m,
            edge_m,
            SegmentGrid.of(segments),
        )

    def nearest(
        self, xy: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        """Return for each point its edge, the share along it (0 low .. 1 high) and the metres.

        Of edges equally near, the one with the lowest number is taken. Without any edge: -1.
        """
        segment, within, metres = nearest_segments(self.grid, xy)
        found = segment >= 0
        edge = np.full(len(metres), -1, dtype=np.int64)
        edge[found] = np.searchsorted(self.segment_ptr, segment[found], "right") - 1
        share = np.zeros(len(metres))
        behind_m = self.behind_m[segment[found]]
        x0, y0, x1, y1 = self.grid.segments[segment[found]].T
        along_m = behind_m + within[found] * np.hypot(x1 - x0, y1 - y0)
        share[found] = np.clip(along_m / np.maximum(self.edge_m[edge[found]], 1e-6), 0.0, 1.0)
        # A metre is less than the snapping knows: such a point is at the end.
        at_end = np.full(len(metres), np.inf)
        at_end[found] = _AT_END_M / np.maximum(self.edge_m[edge[found]], 1e-6)
        share = np.where(share <= np.minimum(at_end, 0.5), 0.0, share)
        share = np.where(share >= 1.0 - np.minimum(at_end, 0.5), 1.0, share)
        return edge, share, metres


def _segments(
    graph: RoadGraph, ends: NDArray[np.int32], shape: NDArray[np.int32], metric_epsg: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the straight segments of edges (``x0, y0, x1, y1``, metres) and their pointers."""
    nodes = to_metres(graph.x, graph.y, metric_epsg)
    bends = to_metres(graph.shapes.x, graph.shapes.y, metric_epsg)
    row = np.maximum(shape, 0)
    bent = shape != STRAIGHT
    counts = np.where(bent, np.diff(graph.shapes.ptr, append=0)[row], 0)
    ptr = np.concatenate(([0], np.cumsum(counts + 1))).astype(np.int64)
    start = np.empty((ptr[-1], 2))
    stop = np.empty((ptr[-1], 2))
    edge = np.repeat(np.arange(len(ends)), counts)
    place = np.arange(edge.size) - np.repeat(np.cumsum(counts) - counts, counts)
    bend = bends[graph.shapes.ptr[row[edge]] + place]
    start[ptr[:-1]] = nodes[ends[:, 0]]
    start[ptr[edge] + place + 1] = bend
    stop[ptr[1:] - 1] = nodes[ends[:, 1]]
    stop[ptr[edge] + place] = bend
    return np.hstack((start, stop)), ptr


@dataclass(frozen=True, eq=False)
class Snap:
    """Where points meet the road. One row a point; times in deciseconds, the walk included.

    ``edge`` is -1 for a point beyond the cap. ``share`` is how far along the edge's two arcs the
    point stands (0..1, one column an arc), ``walk_m`` how far from the edge. ``nodes`` are the
    two ends; ``out_ds`` the times from the point to them, ``in_ds`` from them to the point;
    ``along_ds`` the time from the start of each arc to the point, without the walk. NO_WAY where
    the edge has no such arc.
    """

    edge: NDArray[np.int64]
    share: NDArray[np.float64]
    walk_m: NDArray[np.float64]
    walk_ds: NDArray[np.int32]
    nodes: NDArray[np.int32]
    out_ds: NDArray[np.int32]
    in_ds: NDArray[np.int32]
    along_ds: NDArray[np.int32]

    @property
    def snapped(self) -> NDArray[np.bool_]:
        """Which points are on the road."""
        return self.edge >= 0


def snap(
    index: EdgeIndex,
    points: NDArray[np.float64],
    *,
    cap_m: float,
    uncapped: NDArray[np.bool_] | None = None,
    ds_per_m: float | None = None,
) -> Snap:
    """Tie each point (``x, y`` in metres) to its nearest edge; the walk there is costed.

    Points further than ``cap_m`` from any edge stay unsnapped, unless flagged in ``uncapped``.
    ``ds_per_m`` is what a metre on foot costs (default: its deciseconds at walking speed).
    """
    if ds_per_m is None:
        ds_per_m = speed_table().walk_ds_per_m
    edge, share, metres = index.nearest(points)
    far = metres > cap_m
    if uncapped is not None:
        far &= ~uncapped
    edge = np.where(far, -1, edge)
    on_road = edge >= 0
    arcs = np.where(on_road[:, None], index.arcs[edge] if len(index.arcs) else [[-1, -1]], -1)
    nodes = np.where(on_road[:, None], index.ends[edge] if len(index.ends) else [[0, 0]], 0)
    walk_m = np.where(np.isfinite(metres), metres, NO_WAY / 100)
    walk_ds = np.minimum(np.rint(walk_m * ds_per_m), NO_WAY).astype(np.int64)

    shares = np.column_stack((share, 1.0 - share))
    weights = index.graph.deciseconds[arcs].astype(np.int64) if index.graph.arcs else arcs * 0
    along = np.where(arcs >= 0, np.rint(shares * weights).astype(np.int64), NO_WAY)
    ahead = np.where(arcs >= 0, weights - along, NO_WAY)
    # Column 0 is the low end: arc 0 leaves it, arc 1 comes to it. At an end itself, which is a
    # crossing, every arc of the node can be taken, not only those of this edge.
    at_end = on_road[:, None] & (shares == 0.0)
    out = np.where(at_end, 0, ahead[:, ::-1]) + walk_ds[:, None]
    into = np.where(at_end, 0, along) + walk_ds[:, None]
    return Snap(
        edge=edge,
        share=shares,
        walk_m=metres,
        walk_ds=walk_ds.astype(np.int32),
        nodes=nodes.astype(np.int32),
        out_ds=np.minimum(np.where(on_road[:, None], out, NO_WAY), NO_WAY).astype(np.int32),
        in_ds=np.minimum(np.where(on_road[:, None], into, NO_WAY), NO_WAY).astype(np.int32),
        along_ds=along.astype(np.int32),
    )
