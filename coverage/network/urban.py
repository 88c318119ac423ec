"""Which roads are in a town: inside the outlines given, or where streets meet often."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from coverage.network.arcs import ends, shares
from coverage.network.graph import highway_codes
from coverage.network.raw import RawRoads
from coverage.network.speeds import speed_table

if TYPE_CHECKING:
    import geopandas as gpd

_STREETS = highway_codes("residential", "living_street")
_METRES_A_DEGREE = 111_195.0
_AROUND = (-1, 0, 1)
#: More than any row has cells.
_A_ROW = 2**32

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Flags = NDArray[np.bool_]


def is_urban(
    raw: RawRoads,
    highway: NDArray[np.int8],
    junction: Flags,
    areas: gpd.GeoDataFrame | None,
) -> Flags:
    """Tell which roads are driven at urban speeds.

    Residential and living streets, and the roads in a town: those whose middle, along the road,
    lies inside one of ``areas`` (EPSG:4326); where no areas are known (None), those between
    whose ends the network itself looks like a town. ``junction`` tells the nodes where at least
    three roads end.
    """
    street = np.isin(highway, _STREETS)
    if areas is not None:
        return street | _within(*_middles(raw), areas)
    low, high = ends(raw)
    on_street = np.zeros(raw.nodes, dtype=bool)
    on_street[low[street]] = on_street[high[street]] = True
    node = np.flatnonzero(junction & on_street)
    lon, lat = ((axis[low] + axis[high]) / 2 for axis in (raw.x, raw.y))
    return street | has_streets(lon, lat, raw.x[node], raw.y[node])


def has_streets(lon: F64, lat: F64, junction_lon: F64, junction_lat: F64) -> Flags:
    """Tell which places have the junctions of a town round them, in square cells of the ground.

    ``[urban]`` of the speed table tells the side of a cell, and how many junctions of streets a
    km² of a town has, on the mean of a place's cell and the eight round it.
    """
    town = speed_table().town
    crossed, counts = np.unique(
        _cells(_rows(junction_lat, town.cell_m), junction_lon, town.cell_m), return_counts=True
    )
    if not crossed.size:
        return np.zeros(lon.size, dtype=bool)
    row = _rows(lat, town.cell_m)
    _, example, cell = np.unique(
        _cells(row, lon, town.cell_m), return_index=True, return_inverse=True
    )
    found = np.zeros(example.size, dtype=np.int64)
    for up in _AROUND:
        # A row has columns of its own: its cells are as wide as those of any other.
        middle = _cells(row[example] + up, lon[example], town.cell_m)
        for across in _AROUND:
            at = np.minimum(np.searchsorted(crossed, middle + across), crossed.size - 1)
            found += np.where(crossed[at] == middle + across, counts[at], 0)
    km2 = (len(_AROUND) * town.cell_m / 1000) ** 2
    return np.asarray((found >= town.junctions_per_km2 * km2)[cell])


def _rows(lat: F64, cell_m: float) -> I64:
    return np.floor((lat + 90.0) * (_METRES_A_DEGREE / cell_m)).astype(np.int64)


def _cells(row: I64, lon: F64, cell_m: float) -> I64:
    """Return the number of the cell of each longitude in a row."""
    degrees = (row + 0.5) * (cell_m / _METRES_A_DEGREE) - 90.0
    across = np.cos(np.radians(degrees)) * (_METRES_A_DEGREE / cell_m)
    return np.asarray(row * _A_ROW + np.floor((lon + 180.0) * across).astype(np.int64))


def _within(lon: F64, lat: F64, areas: gpd.GeoDataFrame) -> Flags:
    """Tell which places are inside one of the areas."""
    within = np.zeros(lon.size, dtype=bool)
    if areas.empty:
        return within
    places = np.asarray(shapely.points(lon, lat))
    polygons = areas.geometry.to_numpy()
    shapely.prepare(polygons)
    _, inside = shapely.STRtree(places).query(polygons, predicate="intersects")
    within[inside] = True
    return within


def _middles(raw: RawRoads) -> tuple[F64, F64]:
    """Return the longitude and latitude of the middle of each road, along it."""
    share = shares(raw)
    # The last point before the middle, and the one after it.
    before = np.add.reduceat(share < 0.5, raw.ptr[:-1], dtype=np.int64) + raw.ptr[:-1] - 1
    part = (0.5 - share[before]) / (share[before + 1] - share[before])
    start, end = raw.points[before], raw.points[before + 1]
    lon, lat = (axis[start] + part * (axis[end] - axis[start]) for axis in (raw.x, raw.y))
    return lon, lat
