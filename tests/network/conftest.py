"""Small networks written by the tests themselves, the real ones, and Dijkstra as their judge."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import strategies as st
from numpy.typing import NDArray
from pyproj import Transformer
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra
from shapely.geometry import shape

from coverage.network.graph import STRAIGHT, RoadGraph, Shapes, highway_codes
from coverage.network.roads import read_roads

METRIC_EPSG = 2154
# a corner in metres, somewhere in Corsica, from which toy networks are measured
ORIGIN_M = 1_200_000.0, 6_120_000.0


@cache
def transformer(from_epsg: int, to_epsg: int) -> Transformer:
    """Between two systems of coordinates, x first; making one is slow."""
    return Transformer.from_crs(from_epsg, to_epsg, always_xy=True)


def lonlat(x_m: Any, y_m: Any) -> tuple[Any, Any]:
    """Degrees of metres counted from the toy corner."""
    return transformer(METRIC_EPSG, 4326).transform(
        np.asarray(x_m) + ORIGIN_M[0], np.asarray(y_m) + ORIGIN_M[1]
    )


def metres(lon: Any, lat: Any) -> NDArray[np.float64]:
    """Metres from the toy corner of degrees, a row each."""
    return np.column_stack(transformer(4326, METRIC_EPSG).transform(lon, lat)) - ORIGIN_M


def bare_graph(nodes: int, arcs: Sequence[tuple[int, int, int]]) -> RoadGraph:
    """A graph of which only arcs and times matter: (tail, head, deciseconds)."""
    table = np.array(arcs, dtype=np.int64).reshape(-1, 3)
    return RoadGraph.from_arcs(
        table[:, 0],
        table[:, 1],
        table[:, 2],
        length_m=np.ones(len(table)),
        highway=np.zeros(len(table), dtype=np.int8),
        x=np.arange(nodes) % 7 / 100,
        y=np.arange(nodes) % 5 / 100,
    )


def drawn_graph(
    nodes: Sequence[tuple[float, float]],
    roads: Sequence[tuple[int, int, int, int]],
    bends: dict[int, Sequence[tuple[float, float]]] | None = None,
    highways: dict[int, str] | None = None,
) -> RoadGraph:
    """Draw a map: nodes in metres, roads (end, end, deciseconds there, back; -1: closed).

    ``bends`` are the points of a road between its ends, in its direction; ``highways`` its class
    if it is not tertiary. Lengths are those of the lines.
    """
    xy = np.array(nodes, dtype=float).reshape(-1, 2)
    arcs, shapes = [], []
    for road, (one, other, there_ds, back_ds) in enumerate(roads):
        line = [xy[one], *np.array((bends or {}).get(road, ()), dtype=float), xy[other]]
        length_m = float(np.hypot(*np.diff(line, axis=0).T).sum())
        row = STRAIGHT
        if len(line) > 2:
            row = len(shapes)
            shapes.append(np.array(line[1:-1] if one < other else line[-2:0:-1]))
        code = highway_codes((highways or {}).get(road, "tertiary"))[0]
        for tail, head, ds in ((one, other, there_ds), (other, one, back_ds)):
            if ds >= 0:
                arcs.append((tail, head, ds, length_m, code, row))
    columns = np.array(arcs, dtype=float).reshape(-1, 6).T
    inner = np.vstack([np.empty((0, 2)), *shapes])
    x, y = lonlat(*xy.T)
    bend_x, bend_y = lonlat(*inner.T)
    return RoadGraph.from_arcs(
        columns[0].astype(np.int64),
        columns[1].astype(np.int64),
        columns[2].astype(np.int64),
        length_m=columns[3],
        highway=columns[4].astype(np.int8),
        x=x,
        y=y,
        shape=columns[5].astype(np.int32),
        shapes=Shapes(np.cumsum([0, *map(len, shapes)]).astype(np.int64), bend_x, bend_y),
    )


#: Places of which no three lie on one line, so that a point is on one road at most.
CORNERS = [(0, 0), (410, 30), (790, -60), (70, 380), (450, 460), (830, 350), (20, 810), (520, 870)]


@st.composite
def maps(draw: st.DrawFn, *, bent: bool = True) -> RoadGraph:
    """Small networks with one-way streets, roads side by side, some bent, some of no time."""
    count = draw(st.integers(2, len(CORNERS)))
    end = st.integers(0, count - 1)
    ds = st.sampled_from([-1, 0, 1, 97, 300, 301, 2000])
    roads = draw(st.lists(st.tuples(end, end, ds, ds), min_size=1, max_size=12))
    corner = st.tuples(st.integers(-1, 9), st.integers(-1, 9)).map(
        lambda at: (at[0] * 101 + 3, at[1] * 97 - 5)
    )
    bends = {
        road: draw(st.lists(corner, min_size=1, max_size=3))
        for road in range(len(roads))
        if bent and draw(st.booleans())
    }
    return drawn_graph(CORNERS[:count], roads, bends)


def points_m(most: int = 8) -> st.SearchStrategy[NDArray[np.float64]]:
    """Points near the maps: at corners, on roads, beside them and far off (projected metres)."""
    at_corner = st.sampled_from(CORNERS)
    beside = st.tuples(st.integers(-15, 45).map(lambda k: k * 25), st.integers(-150, 1000))
    halfway = st.tuples(at_corner, at_corner, st.sampled_from([0.0005, 0.1, 0.5, 0.9])).map(
        lambda made: tuple(np.add(made[0], np.subtract(made[1], made[0]) * made[2]))
    )
    return st.lists(st.one_of(at_corner, beside, halfway), min_size=1, max_size=most).map(
        lambda points: np.array(points, dtype=float) + ORIGIN_M
    )


@st.composite
def stringy_graphs(draw: st.DrawFn) -> RoadGraph:
    """Chains, trees on trees, loops, rings: nodes where there is hardly ever a choice."""
    ds = st.sampled_from([0, 0, 1, 3, 127, 128, 129, 1000, 5000, 10**6])
    ways = ["both", "onward", "back", "any"]
    arcs: list[tuple[int, int, int]] = []
    nodes = 1

    def road(tail: int, head: int, way: str) -> None:
        way = draw(st.sampled_from(ways[:3])) if way == "any" else way
        if way != "back":
            arcs.append((tail, head, draw(ds)))
        if way != "onward":
            arcs.append((head, tail, draw(ds)))

    for _ in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from(["chain", "chain", "tree", "loop", "ring", "alone"]))
        start, way = draw(st.integers(0, nodes - 1)), draw(st.sampled_from(ways))
        inner = list(range(nodes, nodes + draw(st.integers(0, 5))))
        if kind == "chain":
            string = [start, *inner, draw(st.integers(0, nodes - 1))]
        elif kind == "loop":
            string = [start, *inner, start]
        elif kind == "tree":
            string = [start, *inner]
        elif kind == "ring":
            inner += range(nodes + len(inner), nodes + 3)
            string = [*inner, inner[0]]
        else:
            string = []
        for k in range(len(string) - 1):
            road(string[k], string[k + 1], way)
        nodes += len(inner)
    order = draw(st.permutations(range(nodes)))
    return bare_graph(nodes, [(order[tail], order[head], ds) for tail, head, ds in arcs])


def dijkstra_ds(graph: RoadGraph, sources: Any, limit_ds: float = np.inf) -> NDArray[np.float64]:
    """Times by scipy's Dijkstra on the same arrays; inf beyond the limit (``<=``)."""
    matrix = csr_matrix(
        (graph.deciseconds.astype(float), graph.indices, graph.indptr),
        shape=(graph.nodes, graph.nodes),
    )
    times = np.asarray(dijkstra(matrix, indices=sources))
    return np.where(times <= limit_ds, times, np.inf)


def dense(result: Any, shape: tuple[int, int] | None = None) -> NDArray[np.float64]:
    """The times stored in a sparse answer or in rows, inf where nothing is; each only once."""
    if hasattr(result, "indptr"):
        ptr, item, ds, shape = result.indptr, result.indices, result.data, result.shape
    else:
        ptr, item, ds = result
    assert shape is not None
    assert ds.dtype == np.int32
    times = np.full(shape, np.inf)
    rows = np.repeat(np.arange(shape[0]), np.diff(ptr))
    assert np.unique(rows * shape[1] + item).size == item.size
    times[rows, item] = ds
    return times


@pytest.fixture(scope="session")
def toy_graph() -> Callable[..., RoadGraph]:
    """Make a graph: nodes in metres from the corner, arcs (tail, head, deciseconds[, class])."""

    def make(nodes: list[tuple[float, float]], arcs: list[tuple[Any, ...]]) -> RoadGraph:
        xy = np.array(nodes, dtype=float).reshape(-1, 2)
        x, y = lonlat(xy[:, 0], xy[:, 1])
        tails = np.array([arc[0] for arc in arcs], dtype=np.int64)
        heads = np.array([arc[1] for arc in arcs], dtype=np.int64)
        classes = [arc[3] if len(arc) > 3 else "tertiary" for arc in arcs]
        length_m = np.hypot(*(xy[heads] - xy[tails]).T) if arcs else np.empty(0)
        return RoadGraph.from_arcs(
            tails,
            heads,
            np.array([arc[2] for arc in arcs], dtype=np.int32),
            length_m=length_m,
            highway=highway_codes(*classes),
            x=x,
            y=y,
        )

    return make


@pytest.fixture(scope="session")
def toy_points() -> Callable[..., gpd.GeoDataFrame]:
    """Make points in metres from the corner, with the columns of demand and of sites."""

    def make(points: list[tuple[float, float]], **columns: Any) -> gpd.GeoDataFrame:
        xy = np.array(points, dtype=float).reshape(-1, 2)
        x, y = lonlat(xy[:, 0], xy[:, 1])
        values: dict[str, Any] = {
            "demand_id": [f"d{k}" for k in range(len(xy))],
            "site_id": [f"s{k}" for k in range(len(xy))],
            "nom": "Lieu",
            "code_insee": "2A004",
            "persons": 10.0,
            "method": "roads",
        }
        return gpd.GeoDataFrame(
            {**values, **columns}, index=range(len(xy)), geometry=gpd.points_from_xy(x, y), crs=4326
        )

    return make


def urban_communes(mirror: Path) -> gpd.GeoDataFrame:
    """The Corsican communes of density level 1-3, as published."""
    levels = pd.read_csv(
        mirror / "grilles_communales" / "2026" / "densite.csv", dtype=str, encoding="utf-8-sig"
    )
    urban = (
        levels["niveau_densite"]
        .str.strip()
        .isin(["Grands centres urbains", "Centres urbains intermédiaires", "Petites villes"])
    )
    codes = set(levels.loc[urban, "insee_com"])
    polygons = []
    archive = mirror / "communes" / "2023" / "communes_par_departement_2023.tar.gz"
    with tarfile.open(archive) as tar:
        for member in tar:
            if any(name in Path(member.name).name.lower() for name in ("2a", "2b")):
                collection = json.load(tar.extractfile(member) or io.BytesIO(b"{}"))
                polygons += [
                    shape(feature["geometry"])
                    for feature in collection["features"]
                    if feature.get("id") in codes
                ]
    return gpd.GeoDataFrame(geometry=polygons, crs=4326)


@pytest.fixture(scope="session")
def corsica(mirror: Path) -> RoadGraph:
    """The car network of Corsica."""
    towns = urban_communes(mirror)
    assert len(towns) == 8
    return read_roads(mirror / "roads" / "corse-osmnx" / "drive.graphml.gz", urban=towns)


@pytest.fixture(scope="session")
def nantes(mirror: Path) -> RoadGraph:
    """The car network of Nantes."""
    return read_roads(mirror / "roads" / "nantes-osmnx" / "drive.graphml.bz2")


@pytest.fixture(scope="session")
def dijon(mirror: Path) -> RoadGraph:
    """The car network of Dijon, as Overpass answered."""
    return read_roads(mirror / "roads" / "dijon-overpass" / "dijon-overpass-2025-11-03.json")


@pytest.fixture(scope="session")
def isle_of_man(mirror: Path) -> RoadGraph:
    """The car network of the Isle of Man."""
    return read_roads(mirror / "roads" / "osm-pbf" / "isle-of-man-2020-03-14.osm.pbf")


@pytest.fixture(scope="session")
def andorra(mirror: Path) -> RoadGraph:
    """The car network of Andorra."""
    return read_roads(mirror / "roads" / "osm-pbf" / "andorra.osm.pbf")
