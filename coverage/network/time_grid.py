"""Times from everywhere to the nearest place, on a grid: what a catchment is drawn from."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coverage.base.jit import njit
from coverage.base.projection import to_metres
from coverage.network.components import ReadyNetwork
from coverage.network.search import NEVER, reach
from coverage.network.snap import NO_WAY, EdgeIndex, Snap
from coverage.network.speeds import speed_table

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

#: The side of a cell by car; slower travellers see finer ones.
CELL_M = 75.0
_FINER = {"drive": 1, "bike": 2, "walk": 3}
WALK_CAP_M = 250.0
#: A grid that would hold more cells than this (a region has as many) gets wider cells.
MOST_CELLS = 16_000_000


class TimeGrid(NamedTuple):
    """Times to the nearest place in deciseconds (inf: out of reach), in square cells.

    The cell of row 0 and column 0 has its middle at ``west, south`` (metres); rows go north.
    The rim of the grid is out of reach.
    """

    west: float
    south: float
    cell_m: float
    deciseconds: F32

    def cells_of(self, xy: F64) -> I64:
        """Return the row and the column of points in metres."""
        column, row = np.rint((xy - (self.west, self.south)) / self.cell_m).astype(np.int64).T
        return np.vstack((row, column))

    def middles_of(self, row: I64, column: I64) -> F64:
        """Return the middles of cells in metres."""
        x, y = self.west + self.cell_m * column, self.south + self.cell_m * row
        return np.column_stack((x, y))


class _Edges(NamedTuple):
    """The edges on which one may stop (see ``EdgeIndex``), and the way on from them.

    ``ds`` are the times along the arcs low -> high and high -> low (inf: one-way), ``end_ds``
    those from the two ends to the nearest place (inf: out of reach). The places on edge ``e``
    are the rows ``place_ptr[e]:place_ptr[e + 1]`` of ``place_ds``: the time from the start of
    each arc to the place (-inf: no such arc), and the walk there.
    """

    ds: F64
    end_ds: F64
    segment_ptr: I64
    segments: F64
    behind_m: F64
    edge_m: F64
    place_ptr: I64
    place_ds: F64


def time_grid(network: ReadyNetwork, places: Snap, limit_ds: int) -> TimeGrid | None:
    """Return the grid of times round everything within the limit (``<=``); None where nothing is.

    A cell is as far as a home in its middle, which takes the nearest road, even where another one
    a little further is faster. The walk to that road is at most 250 m and counts where it leads
    out of the cell. But a cell with crossings is not nearer than the nearest of them and not
    farther than the farthest. Nobody stops on a motorway or on a ferry: of these only the nodes
    are reached, and nobody walks from there.
    """
    index = network.index
    entered = places.in_ds < NO_WAY
    reached = reach(network.backwards, places.nodes[entered], places.in_ds[entered], limit_ds)
    times = np.where(reached == NEVER, np.inf, reached)
    edges = _edges(index, places, times)
    cell_m = CELL_M / _FINER[network.graph.mode]
    on_road = _points_within(edges, float(limit_ds), cell_m / 2)
    apart, apart_ds = _apart(index, times)
    if len(on_road) + len(apart) == 0:
        return None
    grid = _laid_over(np.concatenate((on_road, apart)), cell_m)
    rows, columns = _near(grid, on_road)
    times_ds = grid.deciseconds
    times_ds[rows, columns] = _from_middles(index, edges, grid.middles_of(rows, columns), grid)
    _clip_to_crossings(grid, edges)
    np.minimum.at(times_ds, tuple(grid.cells_of(apart)), apart_ds.astype(np.float32))
    return grid


def _edges(index: EdgeIndex, places: Snap, times: F64) -> _Edges:
    there = index.arcs >= 0
    ds = np.full(index.arcs.shape, np.inf)
    ds[there] = index.graph.deciseconds[index.arcs[there]]
    place = np.argsort(places.edge, kind="stable")
    place = place[places.edge[place] >= 0]
    along = np.where(places.along_ds[place] < NO_WAY, places.along_ds[place], -np.inf)
    return _Edges(
        ds,
        times[index.ends],
        index.segment_ptr.astype(np.int64),
        index.grid.segments,
        index.behind_m,
        index.edge_m,
        np.searchsorted(places.edge[place], np.arange(len(ds) + 1)),
        np.column_stack((along, places.walk_ds[place])),
    )


def _apart(index: EdgeIndex, times: F64) -> tuple[F64, F64]:
    """Return the nodes reached of which no edge is one to stop on (metres), and their times."""
    apart = times < np.inf
    apart[index.ends] = False
    node = np.flatnonzero(apart)
    if node.size == 0:
        return np.empty((0, 2)), np.empty(0)
    xy = to_metres(index.graph.x[node], index.graph.y[node], index.metric_epsg)
    return xy, times[node]


def _laid_over(points: F64, cell_m: float) -> TimeGrid:
    """Return a grid over points with room for the walk and a rim, everywhere out of reach."""
    low, high = points.min(0), points.max(0)
    while np.prod((high - low + 2 * WALK_CAP_M) / cell_m + 4) > MOST_CELLS:
        cell_m *= 2
    # The middles are on round metres, so that cells don't move with the site.
    low = np.floor((low - WALK_CAP_M) / cell_m - 1) * cell_m
    columns, rows = np.ceil((high + WALK_CAP_M - low) / cell_m).astype(int) + 2
    everywhere = np.full((rows, columns), np.inf, dtype=np.float32)
    return TimeGrid(float(low[0]), float(low[1]), cell_m, everywhere)


def _near(grid: TimeGrid, on_road: F64) -> tuple[I64, I64]:
    """Return the cells with a road in them or in walking distance from their middle."""
    near = np.zeros(grid.deciseconds.shape, dtype=np.bool_)
    _mark(near, (on_road - (grid.west, grid.south)) / grid.cell_m, WALK_CAP_M / grid.cell_m)
    rows, columns = np.nonzero(near)
    return rows, columns


def _from_middles(index: EdgeIndex, edges: _Edges, middles: F64, grid: TimeGrid) -> F64:
    """Return the times of homes in the middle of cells (inf: no road in walking distance)."""
    edge, share, metres = index.nearest(middles)
    drive = _times_at(edges, edge, share)
    corner_m = grid.cell_m / np.sqrt(2)
    walk = np.where(metres <= corner_m, 0.0, speed_table().walk_ds_per_m * metres)
    return np.where(metres <= max(WALK_CAP_M, corner_m), drive + walk, np.inf)


@njit
def _time_at(edges: _Edges, edge: int, share: float) -> float:
    """Return the time from a point on an edge, a share of the way from its low end (0..1)."""
    there, back = edges.ds[edge]
    low_ds, high_ds = edges.end_ds[edge]
    # What lies behind on each of the two arcs; inf * 0 is nan, hence the comparisons.
    behind = share * there if there < np.inf else np.inf
    ahead = (1.0 - share) * back if back < np.inf else np.inf
    best = np.inf
    if share == 0.0:
        best = low_ds
    elif share == 1.0:
        best = high_ds
    if there < np.inf:
        best = min(best, there - behind + high_ds)
    if back < np.inf:
        best = min(best, back - ahead + low_ds)
    for k in range(edges.place_ptr[edge], edges.place_ptr[edge + 1]):
        along_there, along_back, walk = edges.place_ds[k]
        if along_there >= behind:
            best = min(best, along_there - behind + walk)
        if along_back >= ahead:
            best = min(best, along_back - ahead + walk)
    return best


@njit
def _times_at(edges: _Edges, edge: I64, share: F64) -> F64:
    out = np.empty(len(edge))
    for k in range(len(edge)):
        out[k] = _time_at(edges, edge[k], share[k]) if edge[k] >= 0 else np.inf
    return out


@njit
def _points_within(edges: _Edges, limit_ds: float, step_m: float) -> F64:
    """Return points on the edges (metres) within the limit, at most ``step_m`` apart."""
    out = np.empty((1024, 2))
    filled = 0
    for edge in range(len(edges.ds)):
        alone = edges.place_ptr[edge] == edges.place_ptr[edge + 1]
        if alone and min(edges.end_ds[edge, 0], edges.end_ds[edge, 1]) > limit_ds:
            continue
        last = edges.segment_ptr[edge + 1] - 1
        for segment in range(edges.segment_ptr[edge], last + 1):
            x0, y0, x1, y1 = edges.segments[segment]
            metres = np.hypot(x1 - x0, y1 - y0)
            steps = max(int(np.ceil(metres / step_m)), 1)
            while filled + steps + 1 > len(out):
                longer = np.empty((2 * len(out), 2))
                longer[:filled] = out[:filled]
                out = longer
            for step in range(steps + 1):
                part = step / steps
                share = (edges.behind_m[segment] + part * metres) / max(edges.edge_m[edge], 1e-6)
                # The end is the node itself, whatever the rounding and the length.
                share = 1.0 if segment == last and step == steps else min(share, 1.0)
                if _time_at(edges, edge, share) <= limit_ds:
                    out[filled, 0], out[filled, 1] = x0 + part * (x1 - x0), y0 + part * (y1 - y0)
                    filled += 1
    return out[:filled].copy()


@njit
def _mark(near: NDArray[np.bool_], points: F64, far: float) -> None:
    """Mark the cells of points, and those whose middle is at most ``far`` from one (cells)."""
    for k in range(len(points)):
        x, y = points[k]
        near[int(np.rint(y)), int(np.rint(x))] = True
        for row in range(int(np.ceil(y - far)), int(np.floor(y + far)) + 1):
            width = np.sqrt(max(far * far - (row - y) ** 2, 0.0))
            for column in range(int(np.ceil(x - width)), int(np.floor(x + width)) + 1):
                near[row, column] = True


@njit
def _clip_to_crossings(grid: TimeGrid, edges: _Edges) -> None:
    """Bring the times of cells with crossings between the first and the last of these."""
    times = grid.deciseconds
    rows, columns = times.shape
    first = np.full((rows, columns), np.float32(np.inf))
    last = np.full((rows, columns), np.float32(-1.0))  # below 0: no crossing
    for edge in range(len(edges.ds)):
        low, high = edges.segment_ptr[edge], edges.segment_ptr[edge + 1] - 1
        for end in range(2):
            x, y = edges.segments[low, :2] if end == 0 else edges.segments[high, 2:]
            row = int(np.rint((y - grid.south) / grid.cell_m))
            column = int(np.rint((x - grid.west) / grid.cell_m))
            if 0 <= row < rows and 0 <= column < columns:
                ds = np.float32(edges.end_ds[edge, end])
                first[row, column] = min(first[row, column], ds)
                last[row, column] = max(last[row, column], ds)
    for row in range(rows):
        for column in range(columns):
            if last[row, column] >= 0:
                ds = max(times[row, column], first[row, column])
                times[row, column] = min(ds, last[row, column])
