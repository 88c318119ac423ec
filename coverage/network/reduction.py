"""The network reduced to its crossings: what the search walks, and what hangs between.

Only where three roads meet is there a choice. Every other node lies on a dead-end tree that hangs
on a crossing, or on a chain between two crossings (with its own trees), so its time follows from
theirs: ``min(time(first) + from_first, time(second) + from_second)``. The search then settles
crossings only (a sixth of Corsica's nodes) and reads the rest off a list; all times stay exact,
to the decisecond, because they are sums of the same whole numbers.
"""

from __future__ import annotations

from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from coverage.base.jit import njit
from coverage.network.graph import RoadGraph
from coverage.network.rows import Rows

U32 = NDArray[np.uint32]

#: No node, no arc, no time: the greatest uint32. Kernels count in uint32, whose indexing is
#: cheaper than that of signed numbers; sums of two are uint64, so they never wrap round.
NONE = np.uint32(2**32 - 1)


class Arcs(NamedTuple):
    """Arcs in compressed sparse rows: those of ``u`` are ``ptr[u]:ptr[u + 1]``."""

    ptr: U32
    head: U32
    ds: U32


class Reduction(NamedTuple):
    """A network and its crossings.

    ``arcs`` are the network's own, ``crossings`` lead from crossing to crossing along one road or
    one chain (numbers of crossings, not of nodes). For each node: ``number`` (of the crossing
    that it is, else NONE), ``first`` and ``second`` crossing of its chain (``second`` is the
    number of crossings, one past the last, for a crossing itself and on a tree) and the times
    from them (NONE: one can't come from there).
    """

    arcs: Arcs
    crossings: Arcs
    number: U32
    first: U32
    second: U32
    from_first: U32
    from_second: U32


class _Skeleton(NamedTuple):
    """Neighbours whatever the direction, with the times to them and from them."""

    ptr: U32
    near: U32
    out_ds: U32
    in_ds: U32


_KNOWN: WeakKeyDictionary[RoadGraph, Reduction] = WeakKeyDictionary()


def reduced(graph: RoadGraph) -> Reduction:
    """Return the graph reduced to its crossings; computed once for a graph."""
    if graph not in _KNOWN:
        _KNOWN[graph] = _reduce(graph)
    return _KNOWN[graph]


def unsigned_arcs(graph: RoadGraph) -> Arcs:
    """Return the arcs of a graph as the kernels want them."""
    return Arcs(
        graph.indptr.view(np.uint32),
        graph.indices.view(np.uint32),
        graph.deciseconds.view(np.uint32),
    )


def unsigned_rows(rows: Rows) -> Arcs:
    """Return rows of numbers and times as the kernels want them."""
    return Arcs(rows.ptr.astype(np.uint32), rows.item.view(np.uint32), rows.ds.view(np.uint32))


def _reduce(graph: RoadGraph) -> Reduction:
    arcs = unsigned_arcs(graph)
    skeleton = _skeleton(arcs, _turned_round(arcs))
    parent, peeled, degree = _peel(skeleton)
    kept = parent == NONE
    crossing = np.flatnonzero(kept & (degree != 2)).astype(np.uint32)
    # Neighbours on the map become neighbours in memory.
    crossing = crossing[np.argsort(_z_order(graph.x[crossing], graph.y[crossing]), kind="stable")]
    del degree  # a country's arrays are big: none is kept longer than it is needed
    network = _chains(arcs, skeleton, kept, crossing, parent)
    _hang_trees(skeleton, peeled, network)
    network.second[network.second == NONE] = network.crossings.ptr.size - 1
    return network


def _z_order(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.uint64]:
    """Return the position of points on a Z-order curve (Morton, 1966) of 2^16 x 2^16 cells."""
    key = np.zeros(x.size, dtype=np.uint64)
    if x.size == 0:
        return key
    for values, shift in ((x, 0), (y, 1)):
        span = max(float(values.max() - values.min()), 1e-12)
        cell = ((values - values.min()) / span * 65535).astype(np.uint64)
        for bit in range(16):
            key |= ((cell >> np.uint64(bit)) & np.uint64(1)) << np.uint64(2 * bit + shift)
    return key


@njit
def _turned_round(arcs: Arcs) -> Arcs:
    """Return every arc turned round, rows sorted."""
    ptr = np.zeros(arcs.ptr.size + 1, np.uint32)
    for head in arcs.head:
        ptr[head + np.uint32(2)] += np.uint32(1)
    for node in range(2, ptr.size):
        ptr[node] += ptr[node - 1]
    tails, ds = np.empty_like(arcs.head), np.empty_like(arcs.ds)
    for tail in range(arcs.ptr.size - 1):
        for arc in range(arcs.ptr[tail], arcs.ptr[tail + 1]):
            place = ptr[arcs.head[arc] + np.uint32(1)]
            tails[place], ds[place] = tail, arcs.ds[arc]
            ptr[arcs.head[arc] + np.uint32(1)] += np.uint32(1)
    return Arcs(ptr[:-1].copy(), tails, ds)


@njit
def _skeleton(arcs: Arcs, backward: Arcs) -> _Skeleton:
    """Merge the sorted rows of the arcs and of the arcs turned round."""
    nodes = arcs.ptr.size - 1
    ptr = np.zeros(nodes + 1, np.uint32)
    near = np.empty(0, np.uint32)
    out_ds, in_ds = np.empty(0, np.uint32), np.empty(0, np.uint32)
    # Counted first, then filled: a country's skeleton is too big for room to spare.
    for counting in (True, False):
        filled = np.uint32(0)
        for node in range(nodes):
            i, j = arcs.ptr[node], backward.ptr[node]
            while i < arcs.ptr[node + 1] or j < backward.ptr[node + 1]:
                to = arcs.head[i] if i < arcs.ptr[node + 1] else NONE
                come = backward.head[j] if j < backward.ptr[node + 1] else NONE
                if not counting:
                    near[filled] = min(to, come)
                    out_ds[filled] = arcs.ds[i] if to <= come else NONE
                    in_ds[filled] = backward.ds[j] if come <= to else NONE
                filled += np.uint32(1)
                i += np.uint32(to <= come)
                j += np.uint32(come <= to)
            ptr[node + 1] = filled
        if counting:
            near = np.empty(filled, np.uint32)
            out_ds, in_ds = np.empty(filled, np.uint32), np.empty(filled, np.uint32)
    return _Skeleton(ptr, near, out_ds, in_ds)


@njit
def _peel(skeleton: _Skeleton) -> tuple[U32, U32, U32]:
    """Take off dead ends until none is left.

    Returns each node's parent (NONE: not taken off), the nodes in the order they were taken, and
    the degrees of what is left.
    """
    nodes = skeleton.ptr.size - 1
    degree = skeleton.ptr[1:] - skeleton.ptr[:-1]
    parent = np.full(nodes, NONE, np.uint32)
    peeled = np.empty(nodes, np.uint32)
    count = 0
    for start in range(nodes):
        node = np.uint32(start)
        while degree[node] == 1:
            onto = node
            for k in range(skeleton.ptr[node], skeleton.ptr[node + 1]):
                if parent[skeleton.near[k]] == NONE and degree[skeleton.near[k]] > 0:
                    onto = skeleton.near[k]
            parent[node] = onto
            peeled[count] = node
            count += 1
            degree[node] = 0
            degree[onto] -= np.uint32(1)
            node = onto
    return parent, peeled[:count].copy(), degree


@njit
def _sum(a: np.uint32, b: np.uint32) -> np.uint32:
    """Add two times, either of which may be NONE; a sum that is too great is NONE too."""
    return np.uint32(min(a + b, NONE))


@njit
def _chains(
    arcs: Arcs, skeleton: _Skeleton, kept: NDArray[np.bool_], crossing: U32, first: U32
) -> Reduction:
    """Walk from each crossing along each road to the next one.

    A chain is walked from both ends: the first time it learns its first crossing, then its
    second. A ring without any crossing gets one: its first node. ``first`` comes with the parents
    of what was taken off (NONE: kept) and is filled for what was kept.
    """
    nodes = skeleton.ptr.size - 1
    number = np.full(nodes, NONE, np.uint32)
    second, from_second = np.full(nodes, NONE, np.uint32), np.full(nodes, NONE, np.uint32)
    from_first = np.full(nodes, NONE, np.uint32)
    ptr = np.zeros(nodes + 1, np.uint32)
    next_crossing = np.empty(skeleton.near.size, np.uint32)
    next_ds = np.empty(skeleton.near.size, np.uint32)
    linked = 0
    for k in range(crossing.size):
        number[crossing[k]] = k
    count = 0
    for turn in range(crossing.size + nodes):
        start = crossing[turn] if turn < crossing.size else np.uint32(turn - crossing.size)
        if turn >= crossing.size and (not kept[start] or first[start] != NONE):
            continue
        number[start], first[start], from_first[start] = count, count, 0
        for road in range(skeleton.ptr[start], skeleton.ptr[start + np.uint32(1)]):
            came, node, ds = start, skeleton.near[road], skeleton.out_ds[road]
            if not kept[node]:
                continue
            while number[node] == NONE:
                if first[node] == NONE:
                    first[node], from_first[node] = count, ds
                elif first[node] == count:  # a loop: both ends are the same crossing
                    from_first[node] = min(from_first[node], ds)
                else:
                    second[node], from_second[node] = count, ds
                onward = skeleton.ptr[node]
                while not kept[skeleton.near[onward]] or skeleton.near[onward] == came:
                    onward += np.uint32(1)
                came, node = node, skeleton.near[onward]
                ds = _sum(ds, skeleton.out_ds[onward])
            if node != start and ds != NONE:
                next_crossing[linked], next_ds[linked] = number[node], ds
                linked += 1
        count += 1
        ptr[count] = linked
    links = Arcs(ptr[: count + 1].copy(), next_crossing[:linked].copy(), next_ds[:linked].copy())
    return Reduction(arcs, links, number, first, second, from_first, from_second)


@njit
def _hang_trees(skeleton: _Skeleton, peeled: U32, network: Reduction) -> None:
    """Give dead ends the crossings of what they hang on (told by ``first``), the trunk first."""
    for k in range(peeled.size - 1, -1, -1):
        node = peeled[k]
        onto = network.first[node]
        step_ds = NONE  # of the arc from what it hangs on
        for other in range(skeleton.ptr[node], skeleton.ptr[node + np.uint32(1)]):
            if skeleton.near[other] == onto:
                step_ds = skeleton.in_ds[other]
        network.first[node], network.second[node] = network.first[onto], network.second[onto]
        network.from_first[node] = _sum(network.from_first[onto], step_ds)
        network.from_second[node] = _sum(network.from_second[onto], step_ds)
