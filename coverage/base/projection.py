"""From degrees to metres and back. Making a transformer takes longer than most uses of it."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import Transformer

from coverage.base.crs import WGS84


@cache
def _there(epsg: int) -> Transformer:
    return Transformer.from_crs(WGS84, epsg, always_xy=True)


@cache
def _back(epsg: int) -> Transformer:
    return Transformer.from_crs(epsg, WGS84, always_xy=True)


def to_metres(lon: ArrayLike, lat: ArrayLike, epsg: int) -> NDArray[np.float64]:
    """Return ``x, y`` in the metres of a projection (a row each) of points in degrees."""
    return np.column_stack(_there(epsg).transform(lon, lat)).reshape(-1, 2)


def to_degrees(xy: NDArray[np.float64], epsg: int) -> NDArray[np.float64]:
    """Return longitude and latitude (a row each) of points in the metres of a projection."""
    return np.column_stack(_back(epsg).transform(xy[:, 0], xy[:, 1])).reshape(-1, 2)
