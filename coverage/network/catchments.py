"""Catchment polygons: for the eye only. Coverage is counted on demand points, never on these.

They are outlines of the cells of a grid (``time_grid``) from which the nearest site is within
the limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import contourpy
import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from coverage.base.crs import WGS84
from coverage.network.components import ReadyNetwork
from coverage.network.snap import SITE_CAP_M, metric_points, snap
from coverage.network.time_grid import TimeGrid, time_grid

#: What one catchment may be made of, so that a map of many stays light.
MOST_PARTS, MOST_VERTICES = 20, 5_000
#: How coarse the lines are at first, as a share of a cell: the root of the area of the corners
#: that are cut off.
_COARSE_CELLS = 0.4
#: Smaller parts and holes are not drawn.
_SPECK_CELLS = 10.0
#: As long as there are too many vertices, lines become coarser by at least this much.
_COARSER = 1.15
#: The last but one catchment keeps this far inside the last, each further one so much more, so
#: that no rounding makes them cross. Cut at the limit of a mitre, a corner of the border moves by
#: at most ``hypot(1, limit)`` times the gap: less than the gap grows.
_NESTING_GAP_M, _GAP_GROWS, _MITRE_LIMIT = 2.0, 1.75, 1.4
_SIDE_M = 2000.0
#: What the vertices are rounded to, about 10 cm: as the files and the maps write them.
_DEGREES = 1e-6


class _Rings(NamedTuple):
    """The outlines of cells: ring ``r`` is the points ``ptr[r]:ptr[r + 1]`` of ``xy`` (metres).

    The rings of polygon ``p`` are ``polygon_ptr[p]:polygon_ptr[p + 1]``, the outer one first.
    """

    xy: NDArray[np.float64]
    ptr: NDArray[np.int64]
    polygon_ptr: NDArray[np.int64]


def catchment(
    network: ReadyNetwork,
    sites: gpd.GeoDataFrame,
    minutes: Sequence[int],
    *,
    site_cap_m: float = SITE_CAP_M,
) -> gpd.GeoDataFrame:
    """Return the area from which the nearest site is within each limit (``minutes, geometry``).

    One row a limit, in rising order, EPSG:4326, valid and nested: a smaller limit lies inside the
    next and doesn't touch its border. Direction home -> site. No row for a limit within which
    nothing is reached, none at all without a site at most ``site_cap_m`` from a road.

    An area has at most 20 parts and 5,000 vertices, however many sites. What gives way: parts and
    holes of less than 10 cells (of 75 m by car, 37.5 m by bike, 25 m on foot); of more than 20
    parts the smallest, with whatever site lies in them; then, step by step until the vertices are
    few enough, the smallest holes and the detail of the lines, of all limits together. Over a
    region or more the cells are wider.
    """
    limits = sorted(set(minutes))
    epsg = network.index.metric_epsg
    places = snap(network.index, metric_points(sites, epsg), cap_m=site_cap_m)
    grid = time_grid(network, places, 600 * limits[-1]) if limits else None
    areas = [] if grid is None else _drawn(grid, [600.0 * limit for limit in limits])
    there = [k for k, area in enumerate(areas) if not shapely.is_empty(area)]
    shapes = gpd.GeoSeries([areas[k] for k in there], crs=epsg).to_crs(WGS84)
    table = {"minutes": np.array([limits[k] for k in there], dtype=np.int64)}
    return gpd.GeoDataFrame(table, geometry=shapes.set_precision(_DEGREES), crs=WGS84)


def _outlines(grid: TimeGrid, limit_ds: float) -> _Rings:
    """Return the outlines of the cells within the limit: half-way to the cells beyond."""
    beyond = np.where(grid.deciseconds <= limit_ds, -1.0, 1.0)
    rows, columns = beyond.shape
    generator = contourpy.contour_generator(
        grid.west + grid.cell_m * np.arange(columns),
        grid.south + grid.cell_m * np.arange(rows),
        beyond,
        fill_type=contourpy.FillType.ChunkCombinedOffsetOffset,
    )
    # The rim of the grid is out of reach, so that every line is closed.
    chunks: Any = generator.filled(-2.0, 0.0)
    (xy,), (ptr,), (polygon_ptr,) = chunks
    if xy is None:
        return _Rings(np.empty((0, 2)), np.zeros(1, np.int64), np.zeros(1, np.int64))
    return _Rings(xy, ptr.astype(np.int64), polygon_ptr.astype(np.int64))


def _drawn(grid: TimeGrid, limits_ds: Sequence[float]) -> list[shapely.Geometry]:
    """Return the areas within the limits (rising), simplified as far as they must be."""
    rings = [_outlines(grid, limit_ds) for limit_ds in limits_ds]
    speck_m2, coarse_m = _SPECK_CELLS * grid.cell_m**2, _COARSE_CELLS * grid.cell_m
    hole_m2 = np.full(len(rings), speck_m2)
    while True:
        areas = _simplified(_chosen(rings, speck_m2, hole_m2), coarse_m)
        excess = np.array([shapely.get_num_coordinates(area) for area in areas]) / MOST_VERTICES
        if excess.max(initial=0.0) <= 1:
            return areas
        coarse_m *= max(_COARSER, float(excess.max()) ** 0.4)
        # What is a hole in an outer area is one in the inner areas, so these may keep smaller ones.
        growth = np.where(excess > 1, np.maximum(excess, _COARSER) ** 2, 1.0)
        hole_m2 = np.maximum.accumulate(hole_m2 * growth)


def _chosen(
    rings: Sequence[_Rings], part_m2: float, hole_m2: NDArray[np.float64]
) -> list[shapely.MultiPolygon]:
    """Return the polygons that are drawn; what lies in a part that isn't, isn't either."""
    chosen: list[shapely.MultiPolygon] = []
    for ring, least_m2 in zip(reversed(rings), reversed(hole_m2.tolist()), strict=True):
        parts = _polygons(ring, part_m2, least_m2)
        if chosen:
            inside = shapely.point_on_surface(parts)
            shapely.prepare(chosen[0])
            parts = parts[shapely.contains(chosen[0], inside)]
        chosen.insert(0, _biggest(parts))
    return chosen


def _simplified(areas: Sequence[shapely.MultiPolygon], coarse_m: float) -> list[shapely.Geometry]:
    """Return areas, each inside the next, with fewer vertices, none touching the next one's border.

    The bands between them are simplified together, so that lines stay common where they were.
    """
    bands = [*areas[:1], *(shapely.difference(b, a) for a, b in pairwise(areas))]
    simple = shapely.coverage_simplify(np.array(bands), coarse_m)
    drawn: list[shapely.Geometry] = []
    for k in range(len(simple)):
        area = shapely.coverage_union_all(simple[: k + 1])
        further = len(simple) - 2 - k
        if further >= 0:
            gap_m = _NESTING_GAP_M * _GAP_GROWS**further
            area = shapely.buffer(area, -gap_m, join_style="mitre", mitre_limit=_MITRE_LIMIT)
        # A long straight side bends in degrees: with more vertices the gap outlasts the bend.
        drawn.append(shapely.segmentize(_biggest(shapely.get_parts(area)), _SIDE_M))
    return drawn


def _polygons(rings: _Rings, part_m2: float, hole_m2: float) -> NDArray[np.object_]:
    """Return the polygons without parts and holes that are too small; the biggest part stays."""
    xy, ptr, polygon_ptr = rings
    if len(ptr) == 1:
        return np.empty(0, dtype=object)
    # Shoelace; a ring comes back to its first point, so what joins two rings is left out.
    x, y = (xy - xy[0]).T
    cross = x[:-1] * y[1:] - x[1:] * y[:-1]
    total = np.concatenate(([0.0], np.cumsum(cross)))
    area_m2 = np.abs(total[ptr[1:] - 1] - total[ptr[:-1]]) / 2
    shells = polygon_ptr[:-1]
    kept = area_m2 >= hole_m2
    kept[shells] = area_m2[shells] >= part_m2
    kept[shells[np.argmax(area_m2[shells])]] = True
    # A part takes its holes with it.
    kept &= np.repeat(kept[shells], np.diff(polygon_ptr))
    counts = np.diff(ptr)
    points = xy[np.repeat(kept, counts)]
    ring_ptr = np.concatenate(([0], np.cumsum(counts[kept])))
    holes = np.add.reduceat(kept.astype(np.int64), shells)
    part_ptr = np.concatenate(([0], np.cumsum(holes[kept[shells]])))
    return np.asarray(
        shapely.from_ragged_array(shapely.GeometryType.POLYGON, points, (ring_ptr, part_ptr))
    )


def _biggest(parts: NDArray[np.object_]) -> shapely.MultiPolygon:
    """Return the biggest polygons, as many as a catchment may have."""
    biggest = np.argsort(-shapely.area(parts), kind="stable")[:MOST_PARTS]
    return shapely.MultiPolygon(list(parts[biggest]))
