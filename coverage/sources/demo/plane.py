"""The flat sheet on which the fictitious département is drawn, and its place on the globe.

Everything is drawn in metres east and north of a point in the Bay of Biscay, in Lambert-93: no
map of France has land there, so an invented place can't be mistaken for a real one.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from coverage.base.crs import DEMO, metric_epsg
from coverage.base.projection import to_degrees, to_metres

Points = NDArray[np.float64]
Numbers = NDArray[np.intp]

#: Longitude and latitude of the middle of the sheet.
CENTRE = (-4.5, 45.5)
#: Decimals kept in longitude and latitude: about 10 cm.
_DECIMALS = 6


@cache
def _origin() -> tuple[float, float]:
    x, y = to_metres(*CENTRE, metric_epsg(DEMO))[0]
    return round(x), round(y)


def to_lonlat(xy: Points) -> Points:
    """Return longitude and latitude of points given in metres on the sheet."""
    x0, y0 = _origin()
    return to_degrees(xy + (x0, y0), metric_epsg(DEMO)).round(_DECIMALS)


def shapes_to_lonlat(shapes: Any) -> Any:
    """Return geometries in longitude and latitude; equal corners stay equal."""
    return shapely.transform(shapes, to_lonlat)


def scattered(
    rng: np.random.Generator, half_width: float, half_height: float, spacing: float, jitter: float
) -> Points:
    """Return points in staggered rows over a rectangle round (0, 0), each moved at random.

    ``spacing`` in metres between neighbours of a row; ``jitter`` as a share of it.
    """
    step = spacing * np.sqrt(3) / 2
    rows = np.arange(-half_height, half_height + step, step)
    columns = np.arange(-half_width, half_width + spacing, spacing)
    y, x = np.meshgrid(rows, columns, indexing="ij")
    x[1::2] += spacing / 2
    grid = np.column_stack([x.ravel(), y.ravel()])
    moved: Points = grid + rng.uniform(-jitter, jitter, grid.shape) * spacing
    return moved


def turned(points: Points, angle: float) -> Points:
    """Return points rotated round (0, 0) by an angle in radians."""
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    rotated: Points = points @ turn
    return rotated


def chords(points: Points, pairs: NDArray[np.intp]) -> Any:
    """Return the straight lines between pairs of points."""
    return shapely.linestrings(points[pairs])


def nearest(places: Points, offers: Points) -> Numbers:
    """Return for each place the number of the nearest of the offered points."""
    return np.asarray(cKDTree(offers).query(places)[1], dtype=np.intp)
