"""Big networks made of a real one: its tiles on a lattice, with other times, bridged together.

Each tile is the real network, its times multiplied by a factor of the tile (0.85 to 1.2) and of
each arc (0.9 to 1.1), so that no two tiles give the same search. A tile takes as much ground as
the real land does; neighbours overlap a little and are joined where their nodes come closest.
Nodes are numbered tile after tile, as a reader that goes through a country would give them.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, cKDTree

from coverage.network.graph import RoadGraph
from tests.benchmarks.settings import Settings

_SEED = 20
#: Steps to the neighbours on the lattice: east, north and the two diagonals.
_STEPS = (1, 0), (0, 1), (1, 1), (1, -1)
_BRIDGES = 60
_BRIDGE_REACH_M = 4000.0
_BRIDGE_DS_PER_M = 1.3 * 10 / (50 / 3.6)  # a detour of 1.3, at 50 km/h
_SHORTEST_BRIDGE_DS = 20
#: Tiles follow each other along their long side by this share of their extent.
_STEP_SHARE = 0.8
_METRES_PER_DEGREE = 111_195.0
_SOUTH_WEST = -1.0, 44.0


@dataclass(frozen=True)
class Bridge:
    """Roads from nodes of a tile to nodes of the tile ``step`` away, both ways alike."""

    step: tuple[int, int]
    here: NDArray[np.int64]
    there: NDArray[np.int64]
    deciseconds: NDArray[np.int64]


def plane(graph: RoadGraph) -> NDArray[np.float64]:
    """Return the nodes in metres round their middle, the long side of the land along x."""
    middle = float(graph.y.mean())
    east = (graph.x - graph.x.mean()) * math.cos(math.radians(middle))
    metres = np.column_stack((east, graph.y - middle)) * _METRES_PER_DEGREE
    _, axes = np.linalg.eigh(np.cov(metres.T))
    return np.asarray(metres @ axes[:, ::-1])


def lattice_step_m(metres: NDArray[np.float64]) -> tuple[float, float]:
    """Return how far apart tiles stand, so that each takes the ground of its hull."""
    along = _STEP_SHARE * float(np.ptp(metres[:, 0]))
    return along, float(ConvexHull(metres).volume) / along


def bridges(metres: NDArray[np.float64], step_m: tuple[float, float]) -> list[Bridge]:
    """Return the closest pairs of nodes of a tile and each of its neighbours."""
    found = []
    for step in _STEPS:
        shift = np.array(step) * step_m
        distance, here = cKDTree(metres).query(metres + shift, distance_upper_bound=_BRIDGE_REACH_M)
        there = np.flatnonzero(np.isfinite(distance))
        there = there[np.argsort(distance[there], kind="stable")]
        _, first = np.unique(here[there], return_index=True)
        there = there[np.sort(first)][:_BRIDGES]
        deciseconds = np.rint(distance[there] * _BRIDGE_DS_PER_M).astype(np.int64)
        found.append(Bridge(step, here[there], there, np.maximum(_SHORTEST_BRIDGE_DS, deciseconds)))
    return found


def tiled(graph: RoadGraph, columns: int, rows: int, *, seed: int = _SEED) -> RoadGraph:
    """Return columns x rows tiles of the graph. Deterministic for a seed.

    Built tile by tile in place: memory is that of the result.
    """
    metres = plane(graph)
    step_m = lattice_step_m(metres)
    links = bridges(metres, step_m)
    nodes, tiles = graph.nodes, columns * rows
    generator = np.random.default_rng(seed)
    room = tiles * (graph.arcs + 2 * sum(link.here.size for link in links))
    indices, deciseconds = np.empty(room, np.int32), np.empty(room, np.int32)
    indptr = np.zeros(tiles * nodes + 1, np.int64)
    x, y = np.empty(tiles * nodes), np.empty(tiles * nodes)
    tails, filled = graph.tails.astype(np.int64), 0
    for tile in range(tiles):
        column, row = divmod(tile, rows)
        factor = generator.uniform(0.85, 1.2) * generator.uniform(0.9, 1.1, graph.arcs)
        parts = [(tails, graph.indices + tile * nodes, graph.deciseconds * factor)]
        for link in links:
            for sign, start, end in ((1, link.here, link.there), (-1, link.there, link.here)):
                to = column + sign * link.step[0], row + sign * link.step[1]
                if 0 <= to[0] < columns and 0 <= to[1] < rows:
                    parts.append((start, end + (to[0] * rows + to[1]) * nodes, link.deciseconds))
        tail, head, time = (np.concatenate(part) for part in zip(*parts, strict=True))
        order = np.lexsort((head, tail))
        here = slice(filled, filled + order.size)
        indices[here] = head[order]
        deciseconds[here] = np.maximum(1, time[order])
        filled += order.size
        own = slice(tile * nodes, (tile + 1) * nodes)
        indptr[own.start + 1 : own.stop + 1] = np.bincount(tail, minlength=nodes)
        x[own], y[own] = metres[:, 0] + column * step_m[0], metres[:, 1] + row * step_m[1]
    np.cumsum(indptr, out=indptr)
    y = _SOUTH_WEST[1] + y / _METRES_PER_DEGREE
    x = _SOUTH_WEST[0] + x / (_METRES_PER_DEGREE * np.cos(np.radians(46.6)))
    return bare(indptr, indices[:filled].copy(), deciseconds[:filled].copy(), x, y)


def bare(
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    deciseconds: NDArray[np.int32],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
) -> RoadGraph:
    """Return a graph that knows times only: its lengths and classes are zeros without memory."""

    def nothing(dtype: Any, value: int = 0) -> NDArray[Any]:
        return np.broadcast_to(np.array(value, dtype), indices.shape)

    return RoadGraph(
        indptr=indptr.astype(np.int32, copy=False),
        indices=indices,
        deciseconds=deciseconds,
        length_m=nothing(np.float64),
        highway=nothing(np.int8),
        x=x,
        y=y,
        shape=nothing(np.int32, -1),
    )


def shuffled(graph: RoadGraph, *, seed: int = _SEED) -> RoadGraph:
    """Return the same network with its nodes numbered at random: what their order is worth."""
    new = np.random.default_rng(seed).permutation(graph.nodes).astype(np.int32)
    tails, heads = new[graph.tails], new[graph.indices]
    order = np.lexsort((heads, tails))
    degrees = np.bincount(tails, minlength=graph.nodes)
    back = np.empty_like(new)
    back[new] = np.arange(graph.nodes, dtype=np.int32)
    indptr = np.concatenate(([0], np.cumsum(degrees)))
    return bare(indptr, heads[order], graph.deciseconds[order], graph.x[back], graph.y[back])


def lattice(nodes: int, wanted: int) -> tuple[int, int]:
    """Return columns and rows, nearly square, that make at least ``wanted`` nodes."""
    rows = max(1, round(math.sqrt(wanted / nodes)))
    return math.ceil(wanted / nodes / rows), rows


def load(settings: Settings, wanted: int) -> RoadGraph:
    """Return the Isle of Man tiled to at least ``wanted`` nodes, kept in the cache."""
    from coverage.network.roads import read_roads

    source = read_roads(settings.isle_of_man)
    columns, rows = lattice(source.nodes, wanted)
    name = f"isle-of-man-{columns}x{rows}-{_SEED}-{_digest(source)}.npz"
    file = settings.folder("tiles") / name
    names = "indptr", "indices", "deciseconds", "x", "y"
    if not file.is_file():
        graph = tiled(source, columns, rows)
        _save(file, {name: getattr(graph, name) for name in names})
    with np.load(file) as kept:
        return bare(*(kept[name] for name in names))


def _digest(graph: RoadGraph) -> str:
    """Return what tells a network from the same one read at other speeds."""
    digest = hashlib.sha256()
    for array in (graph.indptr, graph.indices, graph.deciseconds):
        digest.update(np.ascontiguousarray(array))
    return digest.hexdigest()[:8]


def _save(file: Path, arrays: dict[str, NDArray[Any]]) -> None:
    """Write the arrays beside their place, then put them there in one step."""
    part = file.with_suffix(".part.npz")
    np.savez(part, allow_pickle=False, **arrays)
    part.replace(file)
