"""The route from a home to a site: the line that a map draws, with its time and length."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.ops import substring

from coverage.base.projection import to_degrees, to_metres
from coverage.network.components import ReadyNetwork
from coverage.network.graph import STRAIGHT, RoadGraph
from coverage.network.rows import I32
from coverage.network.search import NEVER, reach
from coverage.network.snap import NO_WAY, EdgeIndex, Snap
from coverage.network.times import between_on_edges

_Line = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Path:
    """A fastest route: ``ds`` (deciseconds, walks included), the metres driven, the line.

    ``line`` goes in degrees (EPSG:4326) from where the home meets the road to where the site
    does; the walks at both ends are in ``ds`` and not in the line.
    """

    ds: int
    length_m: float
    line: shapely.LineString


def path(
    network: ReadyNetwork,
    homes: Snap,
    places: Snap,
    limit_ds: int,
    *,
    home: int,
    place: int,
) -> Path | None:
    """Return the fastest route from a home to a place (rows of the snaps), None beyond the limit.

    Its time is the one that ``travel_times`` gives.
    """
    graph, index = network.graph, network.index
    into = places.in_ds[place] < NO_WAY
    times = reach(network.backwards, places.nodes[place][into], places.in_ds[place][into], limit_ds)
    leaving = homes.out_ds[home].astype(np.int64) + times[homes.nodes[home]]
    leaving = np.where(homes.out_ds[home] < NO_WAY, leaving, NEVER)
    end = int(leaving.argmin())
    direct = between_on_edges(places, homes, np.array([place]))
    here = direct.ds[direct.item == home]
    best_ds = min(int(leaving[end]), int(here.min(initial=NEVER)))
    if best_ds > limit_ds or best_ds >= NEVER:
        return None
    start, stop = homes.share[home, 0], places.share[place, 0]
    if here.size and int(here[0]) == best_ds:
        pieces = [_along(index, int(homes.edge[home]), start, stop)]
        length_m = _part_m(index, int(homes.edge[home]), start, stop)
    else:
        arcs = _descend(graph, times, int(homes.nodes[home, end]), places, place)
        last = int(graph.indices[arcs[-1]]) if arcs else int(homes.nodes[home, end])
        to_end = float(places.nodes[place, 1] == last)
        first, final = int(homes.edge[home]), int(places.edge[place])
        pieces = [_along(index, first, start, float(end))]
        pieces += [_bent(graph, arc, index.metric_epsg) for arc in arcs]
        pieces += [_along(index, final, to_end, stop)]
        length_m = float(graph.length_m[arcs].sum()) + _part_m(index, first, start, float(end))
        length_m += _part_m(index, final, to_end, stop)
    metres = np.vstack(pieces)
    moved = np.ones(len(metres), dtype=bool)
    moved[1:] = (metres[1:] != metres[:-1]).any(1)
    degrees = to_degrees(metres[moved], index.metric_epsg)
    line = shapely.LineString(degrees if len(degrees) > 1 else np.repeat(degrees, 2, axis=0))
    return Path(best_ds, length_m, line)


def _descend(graph: RoadGraph, times: I32, start: int, places: Snap, place: int) -> list[int]:
    """Return the arcs of a fastest route from a node to the place.

    ``times`` are the nodes' to the place. Only arcs that lose no time are tried; a depth-first
    search, because arcs of no length may lead round in a ring.
    """
    doors = {
        int(node): int(ds)
        for node, ds in zip(places.nodes[place], places.in_ds[place], strict=True)
        if ds < NO_WAY
    }
    seen, stack, arcs = {start}, [(start, graph.indptr[start])], list[int]()
    while doors.get(stack[-1][0]) != times[stack[-1][0]]:
        node, arc = stack.pop()
        if arc == graph.indptr[node + 1]:
            arcs.pop()
            continue
        stack.append((node, arc + 1))
        head = int(graph.indices[arc])
        if head not in seen and int(graph.deciseconds[arc]) + int(times[head]) == times[node]:
            seen.add(head)
            stack.append((head, graph.indptr[head]))
            arcs.append(int(arc))
    return arcs


def _along(index: EdgeIndex, edge: int, start: float, stop: float) -> _Line:
    """Return the points of an edge (metres) from one share of it to another, either way."""
    segments = index.grid.segments[index.segment_ptr[edge] : index.segment_ptr[edge + 1]]
    line = shapely.LineString(np.vstack((segments[:, :2], segments[-1:, 2:])))
    return np.asarray(shapely.get_coordinates(substring(line, start, stop, normalized=True)))


def _part_m(index: EdgeIndex, edge: int, start: float, stop: float) -> float:
    """Return the metres by road between two shares of an edge."""
    low, high = index.arcs[edge]
    arc = low if high < 0 or (low >= 0 and start <= stop) else high
    return abs(stop - start) * float(index.graph.length_m[arc])


def _bent(graph: RoadGraph, arc: int, metric_epsg: int) -> _Line:
    """Return the points of an arc (metres) from its tail to its head."""
    tail = int(np.searchsorted(graph.indptr, arc, "right")) - 1
    head, row = int(graph.indices[arc]), int(graph.shape[arc])
    bends = np.empty((0, 2))
    if row != STRAIGHT:
        a, b = graph.shapes.ptr[row], graph.shapes.ptr[row + 1]
        bends = np.column_stack((graph.shapes.x[a:b], graph.shapes.y[a:b]))
        bends = bends if tail < head else bends[::-1]
    ends = np.column_stack((graph.x[[tail, head]], graph.y[[tail, head]]))
    degrees = np.vstack((ends[:1], bends, ends[1:]))
    return to_metres(degrees[:, 0], degrees[:, 1], metric_epsg)
