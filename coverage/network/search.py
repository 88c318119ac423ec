"""The bounded search: shortest times from one place to everything within a limit.

Dial's algorithm (R. B. Dial, 1969, Algorithm 360, Comm. ACM 12(11)): travel times are whole
deciseconds, so the queue is a ring of buckets, one a decisecond. Exact: the same answer as
Dijkstra's, to the decisecond. Memory follows what is reached, not nodes x sources.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_matrix

from coverage.base.jit import njit
from coverage.network.graph import RoadGraph

#: A travel time that is never reached (int32).
NEVER = 2**31 - 1

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]


@njit
def _search(
    indptr: I64,
    indices: I32,
    weights: I32,
    seed_nodes: I32,
    seed_ds: I32,
    limit: int,
    times: I32,
    reached: I32,
    bucket: I32,
    following: I32,
    queued_node: I32,
) -> int:
    """Settle every node within ``limit`` of the seeds; return how many there are.

    ``times`` enters filled with NEVER and leaves with the times of ``reached[:count]``; the
    caller puts it back. ``bucket`` enters and leaves filled with -1; it is a ring whose size is a
    power of two greater than any arc and any seed, so at any moment one bucket means one time.
    ``following`` links the entries of one bucket.
    """
    ring = bucket.size - 1
    entries = 0
    waiting = 0
    count = 0
    for k in range(seed_nodes.size):
        node, time = seed_nodes[k], seed_ds[k]
        if time <= limit and time < times[node]:
            if times[node] == NEVER:
                reached[count] = node
                count += 1
            times[node] = time
            queued_node[entries] = node
            following[entries] = bucket[time & ring]
            bucket[time & ring] = entries
            entries += 1
            waiting += 1
    now = 0
    while waiting > 0:
        entry = bucket[now & ring]
        if entry < 0:
            now += 1
            continue
        # Taken off before its arcs are followed: an arc of length zero refills this very bucket.
        bucket[now & ring] = following[entry]
        waiting -= 1
        node = queued_node[entry]
        if times[node] != now:
            continue
        for arc in range(indptr[node], indptr[node + 1]):
            head = indices[arc]
            time = now + weights[arc]
            if time <= limit and time < times[head]:
                if times[head] == NEVER:
                    reached[count] = head
                    count += 1
                times[head] = time
                queued_node[entries] = head
                following[entries] = bucket[time & ring]
                bucket[time & ring] = entries
                entries += 1
                waiting += 1
    return count


@njit
def _grown(array: I32, size: int) -> I32:
    """Return a copy with room for at least ``size`` values."""
    longer = np.empty(max(size, 2 * array.size), np.int32)
    longer[: array.size] = array
    return longer


@njit
def _reach_each(
    indptr: I64,
    indices: I32,
    weights: I32,
    seed_ptr: I64,
    seed_nodes: I32,
    seed_ds: I32,
    limit: int,
    ring: int,
) -> tuple[I64, I32, I32]:
    """Search from each group of seeds; return (row pointers, nodes, deciseconds)."""
    nodes = indptr.size - 1
    room = indices.size + seed_nodes.size + 1
    times = np.full(nodes, NEVER, np.int32)
    reached = np.empty(nodes, np.int32)
    bucket = np.full(ring, -1, np.int32)
    following = np.empty(room, np.int32)
    queued_node = np.empty(room, np.int32)
    groups = seed_ptr.size - 1
    ptr = np.zeros(groups + 1, np.int64)
    out_node = np.empty(1024, np.int32)
    out_ds = np.empty(1024, np.int32)
    filled = 0
    for g in range(groups):
        a, b = seed_ptr[g], seed_ptr[g + 1]
        count = _search(
            indptr, indices, weights, seed_nodes[a:b], seed_ds[a:b], limit,
            times, reached, bucket, following, queued_node,
        )  # fmt: skip
        if filled + count > out_node.size:
            out_node = _grown(out_node, filled + count)
            out_ds = _grown(out_ds, filled + count)
        for k in range(count):
            out_node[filled] = reached[k]
            out_ds[filled] = times[reached[k]]
            times[reached[k]] = NEVER
            filled += 1
        ptr[g + 1] = filled
    return ptr, out_node[:filled].copy(), out_ds[:filled].copy()


@njit
def _cost_each(
    indptr: I64,
    indices: I32,
    weights: I32,
    seed_ptr: I64,
    seed_nodes: I32,
    seed_ds: I32,
    door_ptr: I64,
    door_point: I32,
    door_ds: I32,
    direct_ptr: I64,
    direct_point: I32,
    direct_ds: I32,
    limit: int,
    ring: int,
) -> tuple[I64, I32, I32]:
    """Search from each group of seeds and keep, for each point, the best of its doors.

    The doors of node ``u`` are ``door_ptr[u]:door_ptr[u + 1]``: a point, and its time to the
    node. ``direct_*`` are, for each group, times to points on the group's own edge. Returns
    (row pointers, points, deciseconds); node times never leave the kernel.
    """
    nodes = indptr.size - 1
    room = indices.size + seed_nodes.size + 1
    times = np.full(nodes, NEVER, np.int32)
    reached = np.empty(nodes, np.int32)
    bucket = np.full(ring, -1, np.int32)
    following = np.empty(room, np.int32)
    queued_node = np.empty(room, np.int32)
    points = 0
    for k in range(door_point.size):
        points = max(points, door_point[k] + 1)
    for k in range(direct_point.size):
        points = max(points, direct_point[k] + 1)
    best = np.full(points, NEVER, np.int32)
    touched = np.empty(points, np.int32)
    groups = seed_ptr.size - 1
    ptr = np.zeros(groups + 1, np.int64)
    out_point = np.empty(1024, np.int32)
    out_ds = np.empty(1024, np.int32)
    filled = 0
    for g in range(groups):
        a, b = seed_ptr[g], seed_ptr[g + 1]
        count = _search(
            indptr, indices, weights, seed_nodes[a:b], seed_ds[a:b], limit,
            times, reached, bucket, following, queued_node,
        )  # fmt: skip
        found = 0
        for k in range(count):
            node = reached[k]
            for door in range(door_ptr[node], door_ptr[node + 1]):
                time = times[node] + door_ds[door]
                point = door_point[door]
                if time <= limit and time < best[point]:
                    if best[point] == NEVER:
                        touched[found] = point
                        found += 1
                    best[point] = time
            times[node] = NEVER
        for k in range(direct_ptr[g], direct_ptr[g + 1]):
            point = direct_point[k]
            if direct_ds[k] <= limit and direct_ds[k] < best[point]:
                if best[point] == NEVER:
                    touched[found] = point
                    found += 1
                best[point] = direct_ds[k]
        if filled + found > out_point.size:
            out_point = _grown(out_point, filled + found)
            out_ds = _grown(out_ds, filled + found)
        for k in range(found):
            out_point[filled] = touched[k]
            out_ds[filled] = best[touched[k]]
            best[touched[k]] = NEVER
            filled += 1
        ptr[g + 1] = filled
    return ptr, out_point[:filled].copy(), out_ds[:filled].copy()


def _ring(graph: RoadGraph, seed_ds: I32, limit: int) -> int:
    """Return the size of the ring of buckets: a power of two above any arc and any seed."""
    longest = max(int(graph.deciseconds.max(initial=0)), int(seed_ds.max(initial=0)))
    return 1 << min(longest, limit).bit_length()


def _checked_limit(limit_ds: int) -> int:
    if not 0 <= limit_ds < NEVER:
        raise ValueError(f"The limit must be 0 or more deciseconds, not {limit_ds}.")
    return int(limit_ds)


def _rows(
    graph: RoadGraph, seed_ptr: I64, seed_nodes: I32, seed_ds: I32, limit_ds: int
) -> tuple[I64, I32, I32]:
    limit = _checked_limit(limit_ds)
    arrays = graph.indptr, graph.indices, graph.deciseconds
    ring = _ring(graph, seed_ds, limit)
    return _reach_each(*arrays, seed_ptr, seed_nodes, seed_ds, limit, ring)


def one_to_many(graph: RoadGraph, sources: ArrayLike, limit_ds: int) -> csr_matrix:
    """Return the travel times from each source to every node within the limit (``<=``).

    ``sources`` are node numbers. The result is sources x nodes, int32 deciseconds; what is not
    stored is out of reach, and the source's own 0 is stored.
    """
    sources = np.asarray(sources, dtype=np.int32).ravel()
    if sources.size and not 0 <= sources.min() <= sources.max() < graph.nodes:
        raise ValueError("A source is not a node of the graph.")
    ptr, nodes, deciseconds = _rows(
        graph,
        np.arange(sources.size + 1, dtype=np.int64),
        sources,
        np.zeros(sources.size, dtype=np.int32),
        limit_ds,
    )
    result = csr_matrix((deciseconds, nodes, ptr), shape=(sources.size, graph.nodes))
    result.sort_indices()
    return result


def reach(graph: RoadGraph, seed_nodes: I32, seed_ds: I32, limit_ds: int) -> I32:
    """Return each node's time from the nearest seed, NEVER beyond the limit.

    A seed is a node and the time already spent when it is entered; with many seeds this is one
    search for the nearest.
    """
    pointers = np.array([0, seed_nodes.size], dtype=np.int64)
    _, nodes, deciseconds = _rows(graph, pointers, seed_nodes, seed_ds, limit_ds)
    times = np.full(graph.nodes, NEVER, dtype=np.int32)
    times[nodes] = deciseconds
    return times


def cost_each(
    graph: RoadGraph,
    seeds: tuple[I64, I32, I32],
    doors: tuple[I64, I32, I32],
    directs: tuple[I64, I32, I32],
    limit_ds: int,
) -> tuple[I64, I32, I32]:
    """Return, for each group of seeds, the points within the limit and their times.

    Each argument is (pointers, nodes or points, deciseconds): ``seeds`` a row for each group,
    ``doors`` a row for each node (the points that hang on it), ``directs`` a row for each group
    (points that need no node). The answer has the same form, a row for each group.
    """
    limit = _checked_limit(limit_ds)
    arrays = graph.indptr, graph.indices, graph.deciseconds
    return _cost_each(*arrays, *seeds, *doors, *directs, limit, _ring(graph, seeds[2], limit))
