"""The land: an outline, a river, a high valley between two ridges, and sixty communes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import Voronoi, cKDTree

from coverage.sources.demo.plane import Points, chords, scattered

COMMUNES = 60
#: Positions in the list of communes: the city, four towns, then the valley from mouth to top.
CITY, TOWNS, VALLEY = 0, (1, 2, 3, 4), (5, 6, 7, 8)
#: Towns with a bridge: up and down the river from the city. Town 4 lies alone beyond it.
BRIDGE_TOWNS, LONELY_TOWN = (1, 2), 4

_HALF_WIDTH_M, _HALF_HEIGHT_M = 35_000.0, 30_000.0
_TOWN_CENTRES_KM = ((-5.0, 2.5), (13.0, 15.0), (-23.0, -6.0), (2.0, -18.0), (-19.0, 16.5))
_VALLEY_AXIS_KM = ((13.0, -7.0), (19.0, -11.0), (25.0, -13.5), (30.0, -18.0), (35.0, -21.0))
_RIDGE_OFFSET_M = 3_400.0
_CELL_M, _SIMPLIFIED_M = 1_200.0, 260.0
#: How much harder it is for a commune to grow across the river or a ridge than along it.
_ACROSS, _IN_TOWN = 6.0, 0.3
#: How far the streets of the city and of the towns go, at most.
_TOWN_REACH_M = (2_600.0, 1_400.0, 1_400.0, 1_400.0, 1_400.0)


@dataclass(frozen=True)
class Land:
    """The ground, in metres on the sheet; one entry a commune, the city first.

    ``centres`` are the bourgs, ``shapes`` the polygons of the communes, ``beyond`` tells which
    bourgs lie on the far bank (north-west), ``islet`` is the land of the commune ``islet_of``
    out at sea, ``axis`` the bottom of the valley.
    """

    centres: Points
    shapes: Any
    river: Any
    ridges: Any
    axis: Any
    beyond: NDArray[np.bool_]
    islet: Any
    islet_of: int
    mainland: Any

    def in_valley(self, xy: Points) -> NDArray[np.bool_]:
        """Tell which points lie in the high valley, between its ridges."""
        points = shapely.points(xy)
        near = shapely.distance(points, self.axis) < _RIDGE_OFFSET_M
        return near & (xy[:, 0] > 1_000 * _VALLEY_AXIS_KM[0][0])


def ruggedness(xy: Points) -> NDArray[np.float64]:
    """Return how mountainous points are: 0 in the plain, 1 high up in the south-east."""
    return np.clip((0.8 * xy[:, 0] - 0.6 * xy[:, 1] - 9_000) / 22_000, 0, 1)


def draw_land(rng: np.random.Generator) -> Land:
    """Draw the land; every commune is in one piece, but for the islet off the west coast."""
    outline = _outline(rng)
    towns = 1_000 * np.array(_TOWN_CENTRES_KM) + rng.uniform(-900, 900, (5, 2))
    river = _river(rng, towns)
    axis, ridges = _valley(rng)
    outline = shapely.union(outline, shapely.buffer(axis, _RIDGE_OFFSET_M + 2_200))
    valley = np.array(
        [axis.interpolate(t, normalized=True).coords[0] for t in (0.12, 0.37, 0.64, 0.9)]
    )
    centres = _spread_bourgs(rng, np.vstack([towns, valley]), outline, river, ridges, axis)
    in_town = shapely.union_all(shapely.buffer(_points(towns), _TOWN_REACH_M))
    walls = shapely.difference(shapely.union_all([river, *ridges]), in_town)
    shapes, mainland = _grow_communes(rng, centres, outline, walls, in_town)
    islet_of, islet = _islet(rng, centres, mainland)
    shapes[islet_of] = shapely.MultiPolygon([shapes[islet_of], islet])
    foot = shapely.line_interpolate_point(river, shapely.line_locate_point(river, _points(centres)))
    beyond = shapely.get_y(foot) < centres[:, 1]
    lines = shapely.MultiLineString(list(ridges))
    return Land(centres, shapes, river, lines, axis, beyond, islet, islet_of, mainland)


def _points(xy: Points) -> Any:
    return shapely.points(xy)


def _outline(rng: np.random.Generator) -> Any:
    angle = np.linspace(0, 2 * np.pi, 240, endpoint=False)
    waves = np.arange(2, 10)
    phase = rng.uniform(0, 2 * np.pi, waves.size)
    radius = 1 + (0.09 / np.sqrt(waves) * np.cos(np.outer(angle, waves) + phase)).sum(axis=1)
    return shapely.Polygon(
        np.column_stack(
            [_HALF_WIDTH_M * radius * np.cos(angle), _HALF_HEIGHT_M * radius * np.sin(angle)]
        )
    )


def _smooth(knots: Points, steps: int) -> Points:
    """Return a curve through the knots, evenly cut."""
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(knots, axis=0).T))])
    curve = CubicSpline(along, knots)(np.linspace(0, along[-1], steps))
    return np.asarray(curve, dtype=np.float64)


def _across(line: Points) -> Points:
    """Return the unit vectors that point to the left of a line."""
    forward = np.gradient(line, axis=0)
    forward /= np.hypot(*forward.T)[:, None]
    return np.column_stack([-forward[:, 1], forward[:, 0]])


def _river(rng: np.random.Generator, towns: Points) -> Any:
    """From the north-eastern border to the western coast, through three of the towns."""
    city, upstream, downstream = towns[0], towns[1], towns[2]
    knots = np.array(
        [
            (27_000, 42_000),
            (19_500, 26_000),
            upstream + (150, 100),
            (upstream + city) / 2 + (500, -1_500),
            city + (100, 200),
            (city + downstream) / 2 + (-500, 1_800),
            downstream + (-100, 150),
            (-33_000, -8_000),
            (-48_000, -13_000),
        ]
    )
    line = _smooth(knots, 500)
    swing = rng.uniform(150, 330, 2)[:, None] * np.sin(
        np.outer([46, 95], np.linspace(0, 2, 500)) + rng.uniform(0, 6, 2)[:, None]
    )
    return shapely.LineString(line + _across(line) * swing.sum(axis=0)[:, None])


def _valley(rng: np.random.Generator) -> tuple[Any, tuple[Any, Any]]:
    """The bottom of the valley, rising to the south-east, and the ridges on either side."""
    axis = _smooth(1_000 * np.array(_VALLEY_AXIS_KM) + rng.uniform(-500, 500, (5, 2)), 80)
    left = _across(axis)
    ridges = tuple(
        shapely.LineString(axis + side * left * (_RIDGE_OFFSET_M + rng.uniform(-300, 300, (80, 1))))
        for side in (-1, 1)
    )
    return shapely.LineString(axis), (ridges[0], ridges[1])


def _spread_bourgs(
    rng: np.random.Generator, first: Points, outline: Any, river: Any, ridges: Any, axis: Any
) -> Points:
    """Add bourgs one by one, each time the roomiest of a few candidates."""
    room = shapely.buffer(outline, -2_000)
    candidates = rng.uniform(-1, 1, (6_000, 2)) * (1.2 * _HALF_WIDTH_M, 1.2 * _HALF_HEIGHT_M)
    points = _points(candidates)
    good = (
        shapely.contains(room, points)
        & (shapely.distance(points, river) > 900)
        & (shapely.distance(points, axis) > _RIDGE_OFFSET_M + 1_500)
    )
    candidates = candidates[good]
    centres = list(first)
    while len(centres) < COMMUNES:
        some = candidates[rng.integers(0, len(candidates), 10)]
        room_m, _ = cKDTree(np.array(centres)).query(some)
        centres.append(some[np.argmax(room_m)])
    return np.array(centres)


def _grow_communes(
    rng: np.random.Generator, centres: Points, outline: Any, walls: Any, in_town: Any
) -> tuple[Any, Any]:
    """Let every commune grow from its bourg over small cells until the land is shared out.

    Growing across ``walls`` is hard; a town holds both banks of its river and all its streets.

    A cell goes to the bourg that reaches it first (Dijkstra over neighbouring cells), so every
    commune is in one piece and all corners are shared: no gap, no overlap.
    """
    cells = scattered(rng, 1.3 * _HALF_WIDTH_M, 1.3 * _HALF_HEIGHT_M, _CELL_M, 0.42)
    diagram = Voronoi(cells)
    inside = shapely.contains(outline, _points(cells))
    pairs = diagram.ridge_points[inside[diagram.ridge_points].all(axis=1)]
    lines = chords(cells, pairs)
    shapely.prepare([walls, in_town])
    effort = shapely.length(lines) * np.exp(rng.normal(0, 0.25, len(pairs)))
    effort[shapely.intersects(walls, lines)] *= _ACROSS
    effort[shapely.intersects(in_town, lines)] *= _IN_TOWN
    size = len(cells)
    graph = coo_array((effort, (pairs[:, 0], pairs[:, 1])), shape=(size, size)).tocsr()
    lawful = np.flatnonzero(inside)
    starts = lawful[cKDTree(cells[lawful]).query(centres)[1]]
    _, _, owner = dijkstra(
        graph, directed=False, indices=starts, return_predecessors=True, min_only=True
    )
    commune_of = np.full(size, -1)
    commune_of[starts] = np.arange(len(starts))
    reached = np.flatnonzero(inside & (owner >= 0))
    label = commune_of[owner[reached]]
    shapes = np.array(
        [
            shapely.Polygon(diagram.vertices[diagram.regions[diagram.point_region[cell]]])
            for cell in reached
        ]
    )
    grown = [shapely.coverage_union_all(shapes[label == commune]) for commune in range(COMMUNES)]
    simple = shapely.coverage_simplify(np.array(grown), _SIMPLIFIED_M)
    return simple, shapely.coverage_union_all(simple)


def _islet(rng: np.random.Generator, centres: Points, mainland: Any) -> tuple[int, Any]:
    """A small island off the west coast, and the commune it belongs to (never a town)."""
    towns = 1 + max(TOWNS)
    far_west = towns + int(np.argmin(centres[towns:, 0] - 0.6 * centres[towns:, 1]))
    beam = shapely.LineString([centres[far_west], centres[far_west] + (-60_000, 0)])
    shore = shapely.intersection(beam, mainland).bounds[0]
    middle = np.array([shore - 3_800, centres[far_west, 1]])
    angle = np.linspace(0, 2 * np.pi, 22, endpoint=False)
    radius = 1_150 * (1 + rng.uniform(-0.15, 0.15, angle.size))
    ring = middle + np.column_stack([1.3 * radius * np.cos(angle), radius * np.sin(angle)])
    return far_west, shapely.Polygon(ring)
