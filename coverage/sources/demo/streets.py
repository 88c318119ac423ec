"""Where the junctions are, and which of them are neighbours: towns, bourgs, hamlets, fields."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree
from scipy.spatial import Delaunay, cKDTree

from coverage.sources.demo.land import BRIDGE_TOWNS, CITY, COMMUNES, TOWNS, Land, ruggedness
from coverage.sources.demo.people import Settlement
from coverage.sources.demo.plane import Points, chords, scattered, turned

Pairs = NDArray[np.intp]

_STREET_M, _FIELD_M, _SPINE_M = 185.0, 1_600.0, 800.0
#: No street or lane is longer than this between two junctions.
_LONGEST_M = 4_200.0
_CITY_JUNCTIONS = 460
#: Share of the second-best links that are kept, in built-up places and in the country.
_KEPT_STREETS, _KEPT_LANES = 0.75, 0.28


def junctions(
    land: Land, people: Settlement, rng: np.random.Generator
) -> tuple[Points, NDArray[np.bool_]]:
    """Return the junctions in metres, and which of them are built up (houses, streets)."""
    built = [_patch(rng, land.centres[CITY], _CITY_JUNCTIONS), *_smaller_places(land, people, rng)]
    streets = np.vstack(built)
    on_land = shapely.contains(shapely.buffer(land.mainland, -60), shapely.points(streets))
    streets = streets[on_land]
    fields = scattered(rng, 42_000, 38_000, _FIELD_M, 0.38)
    points = shapely.points(fields)
    kept = shapely.contains(shapely.buffer(land.mainland, -500), points) & ~land.in_valley(fields)
    kept &= rng.uniform(0, 1, len(fields)) > 0.55 * ruggedness(fields)
    kept &= shapely.distance(points, shapely.union_all([land.river, land.ridges])) > 250
    kept &= cKDTree(streets).query(fields)[0] > 450
    along = np.arange(0.0, land.axis.length, _SPINE_M)
    spine = shapely.get_coordinates(shapely.line_interpolate_point(land.axis, along))
    spine = spine + rng.uniform(-260, 260, spine.shape)
    inland = shapely.contains(shapely.buffer(land.mainland, -900), shapely.points(spine))
    spine = spine[inland & (cKDTree(streets).query(spine)[0] > 450)]
    every = np.vstack([streets, fields[kept], spine]).round(1)
    return every, np.arange(len(every)) < len(streets)


def _patch(rng: np.random.Generator, middle: Points, count: int) -> Points:
    """Return a built-up patch of about ``count`` junctions with a ragged edge."""
    radius = _STREET_M * np.sqrt(count * np.sqrt(3) / 2 / np.pi)
    reach = 1.6 * radius + _STREET_M
    points = turned(scattered(rng, reach, reach, _STREET_M, 0.22), rng.uniform(0, np.pi))
    bearing = np.arctan2(points[:, 1], points[:, 0])
    phase = rng.uniform(0, 2 * np.pi, 3)
    edge = radius * (1 + 0.11 * np.cos(np.outer([2, 3, 5], bearing) + phase[:, None]).sum(axis=0))
    placed: Points = points[np.hypot(*points.T) <= edge] + middle
    return placed


def _smaller_places(land: Land, people: Settlement, rng: np.random.Generator) -> list[Points]:
    """Towns, bourgs in proportion to their people, and a few hamlets in every commune."""
    places = []
    for commune in range(1, COMMUNES):
        inhabitants = int(people.population[commune])
        count = inhabitants / 65 if commune in TOWNS else 5 + min(inhabitants / 110, 26)
        places.append(_patch(rng, land.centres[commune], round(count)))
    for commune in range(COMMUNES):
        wanted = int(rng.integers(1, 3))
        places += [_patch(rng, spot, 3) for spot in _hamlet_spots(land, commune, wanted, rng)]
    return places


def _hamlet_spots(land: Land, commune: int, wanted: int, rng: np.random.Generator) -> list[Points]:
    shape = shapely.buffer(land.shapes[commune], -500)
    west, south, east, north = shape.bounds
    spots = np.column_stack([rng.uniform(west, east, 40), rng.uniform(south, north, 40)])
    points = shapely.points(spots)
    kept = shapely.contains(shape, points)
    kept &= shapely.distance(points, land.river) > 350
    kept &= shapely.distance(points, shapely.Point(land.centres[commune])) > 1_300
    if land.in_valley(land.centres[[commune]])[0]:
        kept &= shapely.distance(points, land.axis) < 1_000
    return list(spots[kept][:wanted])


def links(
    land: Land, xy: Points, built: NDArray[np.bool_], rng: np.random.Generator
) -> tuple[Pairs, NDArray[np.bool_]]:
    """Return pairs of neighbouring junctions joined by a road, and which of them are bridges.

    Gabriel neighbours, thinned towards the relative neighbourhood graph in the country, over a
    spanning tree that leaves nobody out; none crosses a ridge, few cross the river.
    """
    pairs, gabriel, near = _neighbours(xy)
    lines = chords(xy, pairs)
    length = shapely.length(lines)
    bridge = np.zeros(len(pairs), dtype=bool)
    over_river = shapely.intersects(lines, land.river)
    for town in (CITY, *BRIDGE_TOWNS):
        span = shapely.distance(lines, shapely.Point(land.centres[town]))
        candidates = np.flatnonzero(over_river & built[pairs].all(axis=1))
        bridge[candidates[np.argmin(span[candidates])]] = True
    allowed = (length < _LONGEST_M) & ~shapely.intersects(lines, land.ridges)
    # the sea is no shortcut
    shapely.prepare(land.mainland)
    allowed &= shapely.contains(land.mainland, shapely.points(xy[pairs].mean(axis=1)))
    allowed &= ~over_river | bridge
    pairs, length, bridge = pairs[allowed], length[allowed], bridge[allowed]
    chance = np.where(built[pairs].all(axis=1), _KEPT_STREETS, _KEPT_LANES)
    kept = near[allowed] | (gabriel[allowed] & (rng.uniform(0, 1, len(pairs)) < chance))
    kept |= bridge | _spanning(pairs, length, len(xy))
    return pairs[kept], bridge[kept]


def _neighbours(xy: Points) -> tuple[Pairs, NDArray[np.bool_], NDArray[np.bool_]]:
    """Delaunay edges; which are Gabriel neighbours; which have nobody nearer to both ends."""
    corners = Delaunay(xy).simplices
    sides = np.concatenate([corners[:, [0, 1, 2]], corners[:, [1, 2, 0]], corners[:, [2, 0, 1]]])
    a, b, opposite = xy[sides[:, 0]], xy[sides[:, 1]], xy[sides[:, 2]]
    outside = ((a - opposite) * (b - opposite)).sum(axis=1) >= 0
    length, left, right = (np.hypot(*(p - q).T) for p, q in ((a, b), (a, opposite), (b, opposite)))
    alone = np.maximum(left, right) >= length
    pairs, place = np.unique(np.sort(sides[:, :2], axis=1), axis=0, return_inverse=True)
    gabriel, near = np.ones(len(pairs), dtype=bool), np.ones(len(pairs), dtype=bool)
    np.logical_and.at(gabriel, place.ravel(), outside)
    np.logical_and.at(near, place.ravel(), alone)
    return pairs.astype(np.intp), gabriel, near & gabriel


def _spanning(pairs: Pairs, length: NDArray[np.float64], size: int) -> NDArray[np.bool_]:
    graph = coo_array((length, (pairs[:, 0], pairs[:, 1])), shape=(size, size)).tocsr()
    tree = minimum_spanning_tree(graph).tocoo()
    wanted = set(zip(tree.row.tolist(), tree.col.tolist(), strict=True))
    return np.array([(a, b) in wanted for a, b in pairs.tolist()], dtype=bool)


def in_one_piece(pairs: Pairs, size: int) -> NDArray[np.bool_]:
    """Tell which junctions belong to the largest connected part."""
    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(size, size))
    _, part = connected_components(graph.tocsr(), directed=False)
    largest: Any = part == np.argmax(np.bincount(part))
    return np.asarray(largest, dtype=bool)
