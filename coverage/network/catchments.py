"""Catchment polygons: for the eye only. Coverage is counted on demand points, never on these.

A grid of 75 m holds the time from each place to the nearest site, driven along the edges and then
walked at most 250 m off the road; its contours are the catchments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import contourpy
import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from coverage.base.crs import WGS84
from coverage.network.graph import RoadGraph
from coverage.network.search import NEVER, reach
from coverage.network.snap import NO_WAY, SITE_CAP_M, EdgeIndex, Snap, snap
from coverage.network.speeds import speed_table

CELL_M = 75.0
WALK_CAP_M = 250.0
#: Times are cut to the limit plus or minus this before the contour is drawn: a cell that no
#: road comes near lies a fixed way outside, so the line passes between it and its neighbour.
_CONTOUR_BAND_DS = 600.0
_SIMPLIFY_M = 40.0
#: An inner catchment keeps this far inside the next, so that no rounding makes them cross.
_NESTING_GAP_M = 2.0
_SIDE_M = 2000.0
#: Smaller parts and holes are not drawn.
_PART_M2 = 10 * CELL_M**2
_HOLE_M2 = 50 * CELL_M**2


@dataclass(frozen=True, eq=False)
class _Grid:
    """Times to the nearest site in deciseconds (inf = out of reach), rows from south to north."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    deciseconds: NDArray[np.float32]


def catchments(
    graph: RoadGraph,
    sites: gpd.GeoDataFrame,
    minutes: Sequence[int],
    *,
    metric_epsg: int,
    site_cap_m: float = SITE_CAP_M,
) -> gpd.GeoDataFrame:
    """Return the area from which the nearest site is within each limit (``minutes, geometry``).

    One row a limit, in rising order, EPSG:4326, valid and nested: a smaller limit lies inside the
    next. Direction home -> site. No row without a site on the road. For drawing, not counting.
    """
    limits = sorted(set(minutes))
    index = EdgeIndex.build(graph, metric_epsg)
    places = snap(index, sites, metric_epsg=metric_epsg, cap_m=site_cap_m)
    grid = _time_grid(index, places, 600 * limits[-1]) if limits else None
    if grid is None:
        return gpd.GeoDataFrame({"minutes": []}, geometry=[], crs=WGS84).astype({"minutes": int})
    areas: list[shapely.Geometry] = []
    outer: shapely.Geometry | None = None
    for limit in reversed(limits):
        outer = _nested(_contour(grid, 600.0 * limit), outer)
        areas.insert(0, outer)
    # A long straight side bends in degrees: it gets vertices, so that the gap outlasts the bend.
    shapes = shapely.segmentize(np.array(areas), _SIDE_M)
    return gpd.GeoDataFrame({"minutes": limits}, geometry=shapes, crs=metric_epsg).to_crs(WGS84)


def _time_grid(index: EdgeIndex, places: Snap, limit_ds: int) -> _Grid | None:
    """Return the grid of times round everything within the limit; None where nothing is."""
    entered = places.in_ds < NO_WAY
    backwards = index.graph.transposed()
    times = reach(backwards, places.nodes[entered], places.in_ds[entered], limit_ds)
    xy, deciseconds = _samples(index, places, times.astype(np.float64))
    near = deciseconds <= limit_ds
    if not near.any():
        return None
    xy, deciseconds = xy[near], deciseconds[near]
    margin = WALK_CAP_M + 2 * CELL_M
    low = np.floor((xy.min(0) - margin) / CELL_M)
    columns, rows = (np.ceil((xy.max(0) + margin) / CELL_M) - low + 1).astype(int)
    cell = np.rint(xy / CELL_M - low).astype(int)
    # A cell is as near as its nearest stretch of road: walking to its middle too would cost up to
    # 40 s and lose one junction in twenty at 10 minutes.
    on_road = np.full((rows, columns), np.inf, dtype=np.float32)
    np.minimum.at(on_road, (cell[:, 1], cell[:, 0]), deciseconds.astype(np.float32))
    return _Grid(
        x=(np.arange(columns) + low[0]) * CELL_M,
        y=(np.arange(rows) + low[1]) * CELL_M,
        deciseconds=_walked(on_road, speed_table().walk_ds_per_m),
    )


def _samples(
    index: EdgeIndex, places: Snap, times: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return points along the edges, half a cell apart, and their times to the nearest site."""
    times = np.where(times == NEVER, np.inf, times)
    arcs = index.arcs
    # Edges worth sampling: an end is reached, or a site stands on it.
    worth = np.asarray(np.isfinite(times[index.ends]).any(1))
    worth[places.edge[places.snapped]] = True
    edge = np.flatnonzero(worth)
    along = index.segments[edge, 1] - index.segments[edge, 0]
    steps = np.maximum(1, np.ceil(np.hypot(*along.T) / (CELL_M / 2))).astype(int)
    first = np.cumsum(steps + 1) - (steps + 1)
    row = np.repeat(np.arange(edge.size), steps + 1)
    share = (np.arange(row.size) - first[row]) / steps[row]
    on = edge[row]
    xy = index.segments[on, 0] + share[:, None] * along[row]
    # Along arc 0 (low -> high) and arc 1 (high -> low): what is behind a point, what is ahead.
    there = arcs[on] >= 0
    weights = np.where(there, index.graph.deciseconds[arcs[on]], 0)
    behind = np.column_stack((share, 1.0 - share)) * weights
    onward = np.where(there, weights - behind + times[index.ends[on]][:, ::-1], np.inf)
    at_end = np.column_stack((share == 0.0, share == 1.0))
    standing = np.where(at_end, times[index.ends[on]], np.inf)
    deciseconds = np.minimum(onward, standing).min(axis=1)
    for place in np.flatnonzero(places.snapped):
        k = np.searchsorted(edge, places.edge[place])
        here = slice(first[k], first[k] + steps[k] + 1)
        drive = places.along_ds[place] - behind[here]
        drive = np.where(there[here] & (drive >= 0), drive, np.inf).min(axis=1)
        deciseconds[here] = np.minimum(deciseconds[here], drive + places.walk_ds[place])
    return xy, deciseconds


def _walked(on_road: NDArray[np.float32], walk_ds_per_m: float) -> NDArray[np.float32]:
    """Spread the times of cells on a road to the cells at most 250 m from them."""
    spread = on_road.copy()
    reach_cells = int(WALK_CAP_M // CELL_M)
    rows, columns = on_road.shape
    for down in range(-reach_cells, reach_cells + 1):
        for right in range(-reach_cells, reach_cells + 1):
            metres = CELL_M * float(np.hypot(down, right))
            if metres == 0 or metres > WALK_CAP_M:
                continue
            to = (
                slice(max(down, 0), rows + min(down, 0)),
                slice(max(right, 0), columns + min(right, 0)),
            )
            come = (
                slice(max(-down, 0), rows + min(-down, 0)),
                slice(max(-right, 0), columns + min(-right, 0)),
            )
            walked = on_road[come] + np.float32(walk_ds_per_m * metres)
            np.minimum(spread[to], walked, out=spread[to])
    return spread


def _contour(grid: _Grid, limit_ds: float) -> shapely.Geometry:
    """Return the simplified area where the time is at most the limit, in metres."""
    late = np.clip(grid.deciseconds - limit_ds, -_CONTOUR_BAND_DS, _CONTOUR_BAND_DS)
    # The outermost cells are out of reach by construction, so every contour is closed.
    generator = contourpy.contour_generator(
        grid.x, grid.y, late, fill_type=contourpy.FillType.OuterOffset
    )
    polygons = []
    for vertices, starts in zip(*generator.filled(-1e9, 0.0), strict=True):
        rings = [vertices[a:b] for a, b in pairwise(starts)]
        polygons.append(shapely.Polygon(rings[0], rings[1:]))
    return shapely.simplify(_without_specks(polygons), _SIMPLIFY_M)


def _without_specks(polygons: Sequence[shapely.Polygon]) -> shapely.MultiPolygon:
    """Return the polygons without the parts and holes too small to see.

    A hole of an outer catchment lies in one of each inner catchment, so filling by size keeps
    them nested. The biggest part always stays.
    """
    biggest = max((polygon.area for polygon in polygons), default=0.0)
    kept = []
    for polygon in polygons:
        if polygon.area >= min(_PART_M2, biggest):
            holes = [ring for ring in polygon.interiors if shapely.Polygon(ring).area >= _HOLE_M2]
            kept.append(shapely.Polygon(polygon.exterior, holes))
    return shapely.MultiPolygon(kept)


def _nested(area: shapely.Geometry, outer: shapely.Geometry | None) -> shapely.Geometry:
    """Return the valid area, kept inside the next catchment after both were simplified."""
    area = shapely.make_valid(area)
    if outer is not None:
        inside = shapely.buffer(outer, -_NESTING_GAP_M, join_style="mitre")
        area = shapely.intersection(area, inside)
    parts = shapely.get_parts(area)
    return _without_specks([part for part in parts if part.geom_type == "Polygon"])
