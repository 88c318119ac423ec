"""Towns are told by their outlines, or by their streets."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely.geometry import box

from coverage.network.graph import RoadGraph, highway_codes
from coverage.network.roads import read_roads
from coverage.network.speeds import speed_table
from coverage.network.urban import has_streets
from tests.network.osm_files import Nodes, Ways, write_overpass

_RADIUS_M = 6_371_009.0
EVERYWHERE = gpd.GeoDataFrame(geometry=[box(-180, -90, 180, 90)], crs=4326)
NOWHERE = EVERYWHERE.iloc[:0]


def ground(
    east_m: NDArray[np.float64], north_m: NDArray[np.float64], lon: float, lat: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    up = np.degrees(np.asarray(north_m, dtype=float) / _RADIUS_M)
    across = np.degrees(np.asarray(east_m, dtype=float) / _RADIUS_M) / np.cos(np.radians(lat + up))
    return lon + across, lat + up


def square(side_m: float, per_km2: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points in rows, as many on each km²."""
    line = np.arange(-side_m / 2, side_m / 2, 1000 / per_km2**0.5)
    east, north = np.meshgrid(line, line)
    return east.ravel(), north.ravel()


@given(st.floats(-179, 179), st.floats(-75, 75))
def test_a_town_is_one_wherever_it_lies_on_the_globe(lon: float, lat: float) -> None:
    wanted = speed_table().town.junctions_per_km2
    middle = ground([0.0, 8000.0], [0.0, 0.0], lon, lat)
    dense = ground(*square(6000, 1.5 * wanted), lon, lat)
    assert list(has_streets(*middle, *dense)) == [True, False]
    sparse = ground(*square(6000, wanted / 1.5), lon, lat)
    assert not has_streets(*middle, *sparse).any()


def test_without_streets_there_is_no_town() -> None:
    nothing = np.empty(0)
    assert not has_streets(np.array([9.0]), np.array([42.0]), nothing, nothing).any()
    assert has_streets(nothing, nothing, np.array([9.0]), np.array([42.0])).size == 0


@pytest.fixture
def a_town(tmp_path: Path) -> Path:
    """A main road of 20 km; round its first 3 km streets each 200 m, both ways."""

    def at(east_m: float, north_m: float) -> tuple[float, float]:
        lon, lat = ground(np.array(east_m), np.array(north_m), 9.0, 42.0)
        return float(lon), float(lat)

    nodes: Nodes = {column: at(200 * column, 0) for column in range(100)}
    ways: Ways = [(list(range(100)), {"highway": "secondary"})]
    for column in range(16):
        street = []
        for row in range(-7, 8):
            number = column if row == 0 else 1000 + 100 * column + row
            nodes[number] = at(200 * column, 200 * row)
            street.append(number)
        ways.append((street, {"highway": "residential"}))
    for row in (-7, -5, -3, -1, 1, 3, 5, 7):
        across = [1000 + 100 * column + row for column in range(16)]
        ways.append((across, {"highway": "residential"}))
    return write_overpass(tmp_path / "town.json", nodes, ways)


def test_a_road_through_a_town_is_driven_as_in_town(a_town: Path) -> None:
    alone, town, country = (read_roads(a_town, urban=u) for u in (None, EVERYWHERE, NOWHERE))
    here = (np.abs(alone.x[alone.tails] - 9.018) < 0.01) & (alone.x[alone.indices] < 9.028)
    assert here.sum() > 100
    assert np.array_equal(alone.deciseconds[here], town.deciseconds[here])
    there = (alone.x[alone.tails] > 9.08) | (alone.x[alone.indices] > 9.08)
    assert there.any()
    assert np.array_equal(alone.deciseconds[there], country.deciseconds[there])
    assert (country.deciseconds <= alone.deciseconds).all()
    assert (alone.deciseconds <= town.deciseconds).all()
    through = here & (alone.highway == highway_codes("secondary")[0])
    assert country.deciseconds[through].sum() < 0.7 * alone.deciseconds[through].sum()


def urban_share(alone: RoadGraph, roads: Path, around: tuple[float, float], deg: float) -> float:
    """Return the share of the arcs near a point that are driven as in town, if that matters."""
    town, country = read_roads(roads, urban=EVERYWHERE), read_roads(roads, urban=NOWHERE)
    assert alone.arcs == town.arcs == country.arcs
    near = np.hypot(alone.x[alone.tails] - around[0], alone.y[alone.tails] - around[1]) < deg
    matters = near & (town.deciseconds != country.deciseconds)
    assert matters.sum() > 50
    return float((alone.deciseconds == town.deciseconds)[matters].mean())


@pytest.mark.slow
def test_dijon_is_a_town(dijon: RoadGraph, mirror: Path) -> None:
    roads = mirror / "roads" / "dijon-overpass" / "dijon-overpass-2025-11-03.json"
    assert urban_share(dijon, roads, (5.04, 47.32), 1.0) > 0.85


@pytest.mark.slow
def test_nantes_is_a_town(nantes: RoadGraph, mirror: Path) -> None:
    roads = mirror / "roads" / "nantes-osmnx" / "drive.graphml.bz2"
    assert urban_share(nantes, roads, (-1.55, 47.22), 1.0) > 0.95


def test_the_isle_of_man_has_a_town_and_a_country(isle_of_man: RoadGraph, mirror: Path) -> None:
    roads = mirror / "roads" / "osm-pbf" / "isle-of-man-2020-03-14.osm.pbf"
    assert urban_share(isle_of_man, roads, (-4.483, 54.155), 0.012) > 0.95  # Douglas
    assert urban_share(isle_of_man, roads, (-4.60, 54.23), 0.05) < 0.05  # the hills
