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
from pyproj import Transformer

from coverage.base.crs import WGS84
from coverage.network.graph import RoadGraph, highway_codes
from coverage.network.speeds import speed_table

#: The walk to the road beyond which a point counts as out of reach, in metres.
DEMAND_CAP_M = 1000.0
SITE_CAP_M = 3000.0

#: Stands for "no way" in times of int32: never within a limit, and two of them can be added.
NO_WAY = 2**30 - 1

_NOBODY_STOPS = highway_codes("motorway", "motorway_link")


def metric_points(points: gpd.GeoDataFrame, metric_epsg: int) -> NDArray[np.float64]:
    """Return the points' coordinates in metres, one row each."""
    return np.asarray(shapely.get_coordinates(points.geometry.to_crs(metric_epsg).to_numpy()))


@dataclass(frozen=True, eq=False)
class EdgeIndex:
    """The edges that points may snap to, as straight lines in metres.

    Edge ``e`` joins the nodes ``ends[e] = (low, high)``; ``arcs[e]`` are its arcs low -> high and
    high -> low (-1 where it is one-way). ``segments[e]`` holds both ends' coordinates.
    """

    graph: RoadGraph
    ends: NDArray[np.int32]
    arcs: NDArray[np.int64]
    segments: NDArray[np.float64]
    tree: shapely.STRtree

    @classmethod
    def build(cls, graph: RoadGraph, metric_epsg: int) -> EdgeIndex:
        """Index every edge on which a car may stop (all but motorways)."""
        tails, heads = graph.tails.astype(np.int64), graph.indices.astype(np.int64)
        usable = ~np.isin(graph.highway, _NOBODY_STOPS)
        number = np.flatnonzero(usable)
        tails, heads = tails[usable], heads[usable]
        key = np.minimum(tails, heads) * graph.nodes + np.maximum(tails, heads)
        pairs, edge = np.unique(key, return_inverse=True)
        arcs = np.full((pairs.size, 2), -1, dtype=np.int64)
        arcs[edge, (tails > heads).astype(np.intp)] = number
        ends = np.column_stack((pairs // graph.nodes, pairs % graph.nodes)).astype(np.int32)
        to_metres = Transformer.from_crs(WGS84, metric_epsg, always_xy=True)
        xy = np.column_stack(to_metres.transform(graph.x, graph.y))
        segments = xy[ends]
        return cls(
            graph, ends, arcs, segments, shapely.STRtree(np.asarray(shapely.linestrings(segments)))
        )

    def nearest(
        self, xy: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        """Return for each point its edge, the share along it (0 low .. 1 high) and the metres.

        Of edges equally near, the one with the lowest number is taken. Without any edge: -1.
        """
        edge = np.full(len(xy), -1, dtype=np.int64)
        share, metres = np.zeros(len(xy)), np.full(len(xy), np.inf)
        if len(self.ends) == 0 or len(xy) == 0:
            return edge, share, metres
        pairs = self.tree.query_nearest(shapely.points(xy), all_matches=True)
        point, found = pairs[:, np.lexsort((pairs[1], pairs[0]))]
        first = np.ones(point.size, dtype=bool)
        first[1:] = point[1:] != point[:-1]
        edge[point[first]] = found[first]
        start, along = self.segments[edge, 0], self.segments[edge, 1] - self.segments[edge, 0]
        squared = np.maximum((along**2).sum(1), 1e-12)
        share = np.clip(((xy - start) * along).sum(1) / squared, 0.0, 1.0)
        # A thousandth of the edge is less than the snapping knows: such a point is at the end.
        share = np.where(share < 1e-3, 0.0, np.where(share > 1 - 1e-3, 1.0, share))
        metres = np.hypot(*(xy - start - share[:, None] * along).T)
        return edge, share, metres


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
    points: gpd.GeoDataFrame,
    *,
    metric_epsg: int,
    cap_m: float,
    uncapped: NDArray[np.bool_] | None = None,
) -> Snap:
    """Tie each point to its nearest edge; the walk there is costed at 4.5 km/h.

    Points further than ``cap_m`` from any edge stay unsnapped, unless flagged in ``uncapped``.
    """
    edge, share, metres = index.nearest(metric_points(points, metric_epsg))
    far = metres > cap_m
    if uncapped is not None:
        far &= ~uncapped
    edge = np.where(far, -1, edge)
    on_road = edge >= 0
    arcs = np.where(on_road[:, None], index.arcs[edge] if len(index.arcs) else -1, -1)
    nodes = np.where(on_road[:, None], index.ends[edge] if len(index.ends) else 0, 0)
    walk_m = np.where(np.isfinite(metres), metres, NO_WAY / 100)
    walk_ds = np.minimum(np.rint(walk_m * speed_table().walk_ds_per_m), NO_WAY).astype(np.int64)

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
