"""The nearest stretch of road: a grid of cells over straight segments, searched ring by ring.

Snapping is half of what a table of travel times costs. Measured on Corsica, two thousand points:
15 to 22 ms with shapely's STRtree, 1.6 ms here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coverage.base.jit import njit

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

_SMALLEST_M, _LARGEST_M = 50.0, 2_000.0


class SegmentGrid(NamedTuple):
    """Segments (``x0, y0, x1, y1`` in metres, a row each) and the cells that they cross.

    Cell ``row * columns + column`` holds the segments ``cell_ptr[cell]:cell_ptr[cell + 1]`` of
    ``crossing``; cell 0 has its corner at ``west, south``.
    """

    segments: F64
    west: float
    south: float
    side_m: float
    columns: int
    rows: int
    cell_ptr: I64
    crossing: I64

    @classmethod
    def of(cls, segments: F64) -> SegmentGrid:
        """Lay the grid: about one cell for a segment, from 50 m to 2 km wide."""
        if len(segments) == 0:
            return cls(segments, 0.0, 0.0, _LARGEST_M, 0, 0, np.zeros(1, np.int64), _NO_SEGMENT)
        west, south = np.minimum(segments[:, :2], segments[:, 2:]).min(0)
        east, north = np.maximum(segments[:, :2], segments[:, 2:]).max(0)
        area_m2 = max(east - west, _LARGEST_M) * max(north - south, _LARGEST_M)
        side_m = float(np.clip(np.sqrt(area_m2 / len(segments)), _SMALLEST_M, _LARGEST_M))
        columns = int((east - west) // side_m) + 1
        rows = int((north - south) // side_m) + 1
        empty = cls(
            segments, float(west), float(south), side_m, columns, rows,
            np.zeros(columns * rows + 1, np.int64), _NO_SEGMENT,
        )  # fmt: skip
        cell_ptr, crossing = _crossed(empty)
        return empty._replace(cell_ptr=cell_ptr, crossing=crossing)


_NO_SEGMENT = np.empty(0, np.int64)


@njit
def _columns_crossed(grid: SegmentGrid, segment: int, row: int) -> tuple[int, int]:
    """Return the first and last column that a segment crosses in a row of cells."""
    x0, y0, x1, y1 = grid.segments[segment]
    low, high = min(x0, x1), max(x0, x1)
    if y0 != y1:
        bottom, top = grid.south + row * grid.side_m, grid.south + (row + 1) * grid.side_m
        a = x0 + (x1 - x0) * min(max((bottom - y0) / (y1 - y0), 0.0), 1.0)
        b = x0 + (x1 - x0) * min(max((top - y0) / (y1 - y0), 0.0), 1.0)
        # A millimetre more: rounding must not lose a cell.
        low, high = max(low, min(a, b) - 1e-3), min(high, max(a, b) + 1e-3)
    first = int(max((low - grid.west) // grid.side_m, 0))
    return first, int(min((high - grid.west) // grid.side_m, grid.columns - 1))


@njit
def _rows_crossed(grid: SegmentGrid, segment: int) -> tuple[int, int]:
    low = min(grid.segments[segment, 1], grid.segments[segment, 3]) - grid.south
    high = max(grid.segments[segment, 1], grid.segments[segment, 3]) - grid.south
    return int(low // grid.side_m), int(min(high // grid.side_m, grid.rows - 1))


@njit
def _crossed(grid: SegmentGrid) -> tuple[I64, I64]:
    """Return, for each cell, the segments that cross it (pointers and numbers)."""
    ptr = np.zeros(grid.columns * grid.rows + 2, np.int64)
    for segment in range(len(grid.segments)):
        bottom, top = _rows_crossed(grid, segment)
        for row in range(bottom, top + 1):
            first, last = _columns_crossed(grid, segment, row)
            for column in range(first, last + 1):
                ptr[row * grid.columns + column + 2] += 1
    for cell in range(2, ptr.size):
        ptr[cell] += ptr[cell - 1]
    crossing = np.empty(ptr[-1], np.int64)
    for segment in range(len(grid.segments)):
        bottom, top = _rows_crossed(grid, segment)
        for row in range(bottom, top + 1):
            first, last = _columns_crossed(grid, segment, row)
            for column in range(first, last + 1):
                place = row * grid.columns + column + 1
                crossing[ptr[place]] = segment
                ptr[place] += 1
    return ptr[:-1].copy(), crossing


@njit
def _position(grid: SegmentGrid, segment: int, x: float, y: float) -> tuple[float, float]:
    """Return how far along a segment (0..1) a point's foot lies, and its squared distance."""
    x0, y0, x1, y1 = grid.segments[segment]
    squared = max((x1 - x0) ** 2 + (y1 - y0) ** 2, 1e-12)
    share = ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / squared
    share = min(max(share, 0.0), 1.0)
    return share, (x - x0 - share * (x1 - x0)) ** 2 + (y - y0 - share * (y1 - y0)) ** 2


@njit
def _nearest(grid: SegmentGrid, points: F64) -> tuple[I64, F64, F64]:
    found = np.full(len(points), -1, np.int64)
    share, metres = np.zeros(len(points)), np.full(len(points), np.inf)
    east, north = grid.west + grid.columns * grid.side_m, grid.south + grid.rows * grid.side_m
    for k in range(len(points)):
        x, y = points[k]
        # The rings go round the point of the grid nearest to this one. For whatever the grid
        # holds, the squared distance is at least that to there plus that from there (the angle
        # between is 90° or more).
        from_x, from_y = min(max(x, grid.west), east), min(max(y, grid.south), north)
        outside = (x - from_x) ** 2 + (y - from_y) ** 2
        column = min(int((from_x - grid.west) // grid.side_m), grid.columns - 1)
        row = min(int((from_y - grid.south) // grid.side_m), grid.rows - 1)
        best = np.inf
        ring = 0
        last = max(column, grid.columns - 1 - column, row, grid.rows - 1 - row)
        while ring <= last:
            for r in range(max(row - ring, 0), min(row + ring, grid.rows - 1) + 1):
                edge_row = r == row - ring or r == row + ring
                step = 1 if edge_row else max(2 * ring, 1)
                first = column - ring
                if edge_row:
                    first = max(first, 0)
                for c in range(first, min(column + ring, grid.columns - 1) + 1, step):
                    if c < 0:
                        continue
                    cell = r * grid.columns + c
                    for q in range(grid.cell_ptr[cell], grid.cell_ptr[cell + 1]):
                        segment = grid.crossing[q]
                        along, squared = _position(grid, segment, x, y)
                        if squared < best or (squared == best and segment < found[k]):
                            best = squared
                            found[k], share[k] = segment, along
            # All that is nearer than the rim of the rings has been seen.
            rim = min(
                from_x - grid.west - (column - ring) * grid.side_m,
                grid.west + (column + ring + 1) * grid.side_m - from_x,
                from_y - grid.south - (row - ring) * grid.side_m,
                grid.south + (row + ring + 1) * grid.side_m - from_y,
            )
            if best < outside + rim * rim:
                break
            ring += 1
        metres[k] = np.sqrt(best)
    return found, share, metres


def nearest_segments(grid: SegmentGrid, points: F64) -> tuple[I64, F64, F64]:
    """Return for each point (``x, y`` in metres) its nearest segment.

    Three columns: the segment's number (-1 where there is none), the share along it (0..1) of
    the point's foot, the metres to it. Of segments equally near, the lowest number.
    """
    points = np.ascontiguousarray(points, dtype=np.float64).reshape(-1, 2)
    # A point without coordinates is as far as can be, not anywhere.
    points = np.where(np.isnan(points).any(1, keepdims=True), np.inf, points)
    if grid.crossing.size == 0:
        none = np.full(len(points), -1, dtype=np.int64)
        return none, np.zeros(len(points)), np.full(len(points), np.inf)
    return _nearest(grid, points)
