"""Roads with their travel times -> the graph.

The graph holds one arc for a pair of nodes. So that no street disappears for the homes along it,
a road that shares both its ends with another one, and a road that comes back to where it started,
get nodes of their own at bends; their travel times are split and add up to the decisecond.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from coverage.network.graph import STRAIGHT, RoadGraph, Shapes
from coverage.network.raw import RawRoads, runs
from coverage.network.ways import great_circle_m

#: Stands for a direction that is closed, in travel times.
CLOSED = -1
_STRAIGHT_LINE = -1


def ordered(raw: RawRoads) -> RawRoads:
    """Return the roads told from the end with the lower number to the other."""
    start, stop = raw.ptr[:-1], raw.ptr[1:]
    turn = raw.points[start] > raw.points[stop - 1]
    place = runs(start, stop)
    road = np.repeat(np.arange(raw.roads), stop - start)
    mirrored = (start + stop - 1)[road] - place
    return replace(
        raw,
        points=raw.points[np.where(turn[road], mirrored, place)],
        forward=np.where(turn, raw.backward, raw.forward),
        backward=np.where(turn, raw.forward, raw.backward),
    )


def selected(raw: RawRoads, keep: NDArray[np.bool_]) -> RawRoads:
    """Return the roads in ``keep``; every point stays."""
    start, stop = raw.ptr[:-1][keep], raw.ptr[1:][keep]
    return replace(
        raw,
        ptr=np.concatenate(([0], np.cumsum(stop - start))).astype(np.int64),
        points=raw.points[runs(start, stop)],
        length_m=raw.length_m[keep],
        way_m=raw.way_m[keep],
        tag_row=raw.tag_row[keep],
        forward=raw.forward[keep],
        backward=raw.backward[keep],
    )


def ends(raw: RawRoads) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first and the last node of each road."""
    return raw.points[raw.ptr[:-1]], raw.points[raw.ptr[1:] - 1]


def lines(raw: RawRoads) -> NDArray[np.int64]:
    """Return what tells roads with the same ends apart: -1 for a straight line, else a bend.

    Bends belong to one line only; the two directions of a road may be told separately.
    """
    inside = np.diff(raw.ptr) > 2
    line = np.full(raw.roads, _STRAIGHT_LINE, dtype=np.int64)
    first, last = raw.ptr[:-1][inside] + 1, raw.ptr[1:][inside] - 2
    line[inside] = np.minimum(raw.points[first], raw.points[last])
    return line


def shares(raw: RawRoads) -> NDArray[np.float64]:
    """Return how far along its road each point lies (0..1), in the order of ``raw.points``."""
    x, y = raw.x[raw.points], raw.y[raw.points]
    step_m = np.zeros(x.size)
    step_m[1:] = great_circle_m(x[:-1], y[:-1], x[1:], y[1:])
    step_m[raw.ptr[:-1]] = 0.0
    counts = np.diff(raw.ptr)
    total = np.add.reduceat(step_m, raw.ptr[:-1]) if raw.roads else np.empty(0)
    # Where all points are at one place, each is as far as the next.
    step_m[np.repeat(total == 0, counts)] = 1.0
    step_m[raw.ptr[:-1]] = 0.0
    along = np.cumsum(step_m)
    along -= np.repeat(along[raw.ptr[:-1]], counts)
    share = along / np.repeat(along[raw.ptr[1:] - 1], counts)
    share[raw.ptr[1:] - 1] = 1.0
    return np.asarray(share)


def build_graph(
    raw: RawRoads,
    highway: NDArray[np.int8],
    forward_ds: NDArray[np.int32],
    backward_ds: NDArray[np.int32],
    *,
    mode: str,
    notes: tuple[str, ...],
) -> RoadGraph:
    """Return the graph of roads (``ordered``) with the times of both directions, CLOSED or more."""
    share = shares(raw)
    cuts = np.zeros(raw.points.size, dtype=bool)
    cuts[raw.ptr[:-1]] = cuts[raw.ptr[1:] - 1] = True
    own = _own_nodes(raw, share)
    cuts[own] = True
    number = np.arange(raw.x.size)
    new = np.unique(raw.points[own])
    number[new] = raw.nodes + np.arange(new.size)

    place = np.flatnonzero(cuts)
    is_first = np.ones(place.size, dtype=bool)
    is_first[np.cumsum(np.bincount(_road_at(raw, place), minlength=raw.roads)) - 1] = False
    first, last = place[is_first], place[np.flatnonzero(is_first) + 1]
    road = _road_at(raw, first)
    part = share[last] - share[first]
    tails, heads = number[raw.points[first]], number[raw.points[last]]
    shape, shapes = _shapes(raw, first, last, tails, heads)

    def split(times_ds: NDArray[np.int32], there: NDArray[np.bool_]) -> NDArray[np.int32]:
        whole = times_ds[road[there]]
        until = np.rint(whole * share[last[there]])
        return np.asarray(until - np.rint(whole * share[first[there]]), dtype=np.int32)

    onward, back = forward_ds[road] != CLOSED, backward_ds[road] != CLOSED
    either = [onward, back]
    nodes = np.concatenate((np.arange(raw.nodes), new))
    return RoadGraph.from_arcs(
        np.concatenate((tails[onward], heads[back])),
        np.concatenate((heads[onward], tails[back])),
        np.concatenate((split(forward_ds, onward), split(backward_ds, back))),
        length_m=np.concatenate([(raw.length_m[road] * part)[way] for way in either]),
        highway=np.concatenate([highway[road][way] for way in either]),
        x=raw.x[nodes],
        y=raw.y[nodes],
        shape=np.concatenate([shape[way] for way in either]),
        shapes=shapes,
        mode=mode,
        notes=notes,
    )


def _road_at(raw: RawRoads, place: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the roads that positions in ``raw.points`` belong to."""
    return np.searchsorted(raw.ptr, place, "right") - 1


def _own_nodes(raw: RawRoads, share: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the positions in ``raw.points`` of the bends that must become nodes.

    The bend nearest to the middle, or to the thirds of a loop. Of several lines between the same
    ends one stays whole: the straight one, else the one that the file tells first.
    """
    low, high = ends(raw)
    line = lines(raw)
    order = np.lexsort((line, high, low))
    same_ends = np.zeros(raw.roads, dtype=bool)
    same_ends[1:] = (np.diff(low[order]) == 0) & (np.diff(high[order]) == 0)
    begins = np.flatnonzero(~same_ends)
    whole_line = np.empty(raw.roads, dtype=np.int64)
    whole_line[order] = np.repeat(line[order[begins]], np.diff(np.append(begins, raw.roads)))
    loop = low == high
    own: list[int] = []
    for road in np.flatnonzero((loop | (line != whole_line)) & (line != _STRAIGHT_LINE)):
        first, last = int(raw.ptr[road]) + 1, int(raw.ptr[road + 1]) - 1
        inside = share[first:last]
        wanted = (1 / 3, 2 / 3) if loop[road] and inside.size > 1 else (1 / 2,)
        nearest = [int(np.abs(inside - at).argmin()) for at in wanted]
        if len(nearest) == 2 and nearest[0] == nearest[1]:
            nearest[1] += 1 if nearest[1] + 1 < inside.size else -1
        own += [first + bend for bend in nearest]
    return np.array(own, dtype=np.int64)


def _shapes(
    raw: RawRoads,
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    tails: NDArray[np.int64],
    heads: NDArray[np.int64],
) -> tuple[NDArray[np.int32], Shapes]:
    """Return each piece's row of bends, and the bends from the lower node to the higher."""
    bent = np.flatnonzero(last - first > 1)
    # Pieces with the same bends share a row; a bend belongs to one line only.
    bend = np.minimum(raw.points[first[bent] + 1], raw.points[last[bent] - 1])
    _, example, row = np.unique(bend, return_index=True, return_inverse=True)
    piece = bent[example]
    inner = last[piece] - first[piece] - 1
    rank = runs(np.zeros_like(inner), inner)
    turn = np.repeat(tails[piece] > heads[piece], inner)
    onward, back = np.repeat(first[piece] + 1, inner), np.repeat(last[piece] - 1, inner)
    at = raw.points[np.where(turn, back - rank, onward + rank)]
    shape = np.full(first.size, STRAIGHT, dtype=np.int32)
    shape[bent] = row
    ptr = np.concatenate(([0], np.cumsum(inner))).astype(np.int64)
    return shape, Shapes(ptr, raw.x[at], raw.y[at])
