"""Directed edges, as OSMnx keeps them -> roads with one or two directions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coverage.network.raw import RawRoads, runs

#: Two directions of one road may differ by the rounding of their lengths.
_SAME_LENGTH_DIGITS = 3


@dataclass(frozen=True, eq=False)
class Lines:
    """The lines of some edges: that of ``edges[k]`` is ``xy[ptr[k]:ptr[k + 1]]``, ends included."""

    edges: NDArray[np.int64]
    ptr: NDArray[np.int64]
    xy: NDArray[np.float64]


def paired_roads(
    nodes_xy: NDArray[np.float64],
    tails: NDArray[np.int64],
    heads: NDArray[np.int64],
    length_m: NDArray[np.float64],
    lines: Lines,
    tags: list[dict[str, str]],
) -> RawRoads:
    """Return roads from edges; two edges that are the directions of one road make one road.

    They are when they have the same ends, bends, length and tags. Every node keeps its number.
    Edges with the same ends and bends share their points, whatever their tags.
    """
    flipped, bends_xy, bends_ptr = _bends(nodes_xy, tails, heads, lines)
    ends = np.column_stack((np.minimum(tails, heads), np.maximum(tails, heads)))
    digits = np.round(length_m, _SAME_LENGTH_DIGITS).tolist()
    rows: dict[tuple[tuple[str, str], ...], int] = {}
    shapes: dict[tuple[int, int, bytes], int] = {}
    roads: dict[tuple[int, int, float], int] = {}
    road_of = np.empty(tails.size, dtype=np.int64)
    shape_of = np.empty(tails.size, dtype=np.int64)
    for edge, ((low, high), metres, values) in enumerate(
        zip(ends.tolist(), digits, tags, strict=True)
    ):
        bends = bends_xy[bends_ptr[edge] : bends_ptr[edge + 1]].tobytes()
        shape_of[edge] = shapes.setdefault((low, high, bends), len(shapes))
        row = rows.setdefault(tuple(sorted(values.items())), len(rows))
        road_of[edge] = roads.setdefault((int(shape_of[edge]), row, metres), len(roads))

    _, example = np.unique(road_of, return_index=True)
    forward, backward = np.zeros((2, len(roads)), dtype=bool)
    forward[road_of[~flipped]] = True
    backward[road_of[flipped]] = True
    _, shape_example = np.unique(shape_of, return_index=True)
    # The bends of a shape are points of their own, after the nodes.
    first, last = bends_ptr[shape_example], bends_ptr[shape_example + 1]
    start = len(nodes_xy) + np.cumsum(last - first) - (last - first)
    shape = shape_of[example]
    inner = (last - first)[shape]
    ptr = np.concatenate(([0], np.cumsum(inner + 2))).astype(np.int64)
    points = np.empty(ptr[-1], dtype=np.int64)
    points[ptr[:-1]], points[ptr[1:] - 1] = ends[example].T
    points[runs(ptr[:-1] + 1, ptr[1:] - 1)] = runs(start[shape], start[shape] + inner)
    x, y = np.concatenate((nodes_xy, bends_xy[runs(first, last)])).T
    return RawRoads(
        nodes=len(nodes_xy),
        x=np.ascontiguousarray(x),
        y=np.ascontiguousarray(y),
        ptr=ptr,
        points=points,
        length_m=length_m[example],
        way_m=length_m[example],
        tag_row=np.array([row for _, row, _ in roads], dtype=np.int32),
        tags=[dict(kept) for kept in rows],
        forward=forward,
        backward=backward,
    )


def _bends(
    nodes_xy: NDArray[np.float64],
    tails: NDArray[np.int64],
    heads: NDArray[np.int64],
    lines: Lines,
) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.int64]]:
    """Return which edges run from their higher node to the lower, and the bends of all edges.

    The bends of edge ``e`` are the rows ``ptr[e]:ptr[e + 1]``, from the lower node to the higher.
    A loop is told from its smaller bend, so that both its directions have the same bends.
    """
    flipped = tails > heads
    sizes = np.diff(lines.ptr)
    curved = sizes > 2
    edge, start, stop = lines.edges[curved], lines.ptr[:-1][curved], lines.ptr[1:][curved]
    begin = lines.xy[start]
    to_tail = np.abs(begin - nodes_xy[tails[edge]]).sum(1)
    to_head = np.abs(begin - nodes_xy[heads[edge]]).sum(1)
    turned = flipped[edge] ^ (to_head < to_tail)
    loop = tails[edge] == heads[edge]
    one, other = lines.xy[start + 1], lines.xy[stop - 2]
    turned[loop] = np.asarray(
        (one[:, 0] > other[:, 0]) | ((one[:, 0] == other[:, 0]) & (one[:, 1] > other[:, 1]))
    )[loop]
    flipped[edge[loop]] = turned[loop]

    inner = stop - start - 2
    rank = runs(np.zeros_like(inner), inner)
    turn = np.repeat(turned, inner)
    place = np.where(turn, np.repeat(stop - 2, inner) - rank, np.repeat(start + 1, inner) + rank)
    counts = np.zeros(tails.size, dtype=np.int64)
    counts[edge] = inner
    return flipped, lines.xy[place], np.concatenate(([0], np.cumsum(counts)))
