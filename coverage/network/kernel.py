"""The compiled search: one call settles many groups of seeds.

Dial's algorithm (R. B. Dial, 1969, Algorithm 360, Comm. ACM 12(11)) on the crossings of the
network, with buckets some seconds wide in which a time may still be corrected (E. V. Denardo and
B. L. Fox, 1979, Operations Research 27(1)).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coverage.base.jit import njit
from coverage.network.hanging import Hung
from coverage.network.reduction import NONE, U32, Arcs, Reduction
from coverage.network.rows import I64

#: A bucket is 2^7 deciseconds wide, about the time from one crossing to the next: wide enough
#: that few are empty, narrow enough that few times are corrected.
WIDTH = np.uint32(7)


class Scratch(NamedTuple):
    """Memory of one thread at work, left after each group as it was found.

    Of each crossing: its time (NONE: not reached), the list of those reached, whether a seed is
    near. Of each node: its time from the seeds without passing a crossing (NONE), the list of
    those touched, a stack. Of each item: where it is written (NONE). The rows of the queue.
    """

    times: U32
    reached: U32
    near_seed: NDArray[np.bool_]
    local: U32
    touched: U32
    stack: U32
    slot: U32
    queue: U32

    @classmethod
    def of(cls, network: Reduction, items: int) -> Scratch:
        """Return clean memory for searches on a network."""
        nodes, crossings = network.number.size, network.crossings.ptr.size - 1
        return cls(
            # One more than the crossings: the second crossing of what has none is never reached.
            times=np.full(crossings + 1, NONE, np.uint32),
            reached=np.empty(crossings, np.uint32),
            near_seed=np.zeros(crossings, np.bool_),
            local=np.full(nodes, NONE, np.uint32),
            touched=np.empty(nodes, np.uint32),
            stack=np.empty(network.arcs.head.size + 1, np.uint32),
            slot=np.full(items, NONE, np.uint32),
            queue=np.empty((crossings + 1, 3), np.uint32),
        )


@njit
def _grown(array: U32, filled: int, size: int) -> U32:
    """Return a copy with room for at least ``size`` rows."""
    longer = np.empty((max(size, 2 * array.shape[0]), *array.shape[1:]), np.uint32)
    longer[:filled] = array[:filled]
    return longer


@njit
def _enter(
    network: Reduction,
    seeds: Arcs,
    group: int,
    limit: np.uint32,
    local: U32,
    touched: U32,
    stack: U32,
) -> int:
    """Go from the seeds as far as the crossings round them; return how many nodes are touched.

    Between crossings there are only trees and chains, so a stack will do.
    """
    count = 0
    for k in range(seeds.ptr[group], seeds.ptr[group + 1]):
        if seeds.ds[k] > limit or seeds.ds[k] >= local[seeds.head[k]]:
            continue
        if local[seeds.head[k]] == NONE:
            touched[count] = seeds.head[k]
            count += 1
        local[seeds.head[k]] = seeds.ds[k]
        stack[0] = seeds.head[k]
        waiting = 1
        while waiting > 0:
            waiting -= 1
            node = stack[waiting]
            if network.number[node] != NONE:
                continue
            for arc in range(network.arcs.ptr[node], network.arcs.ptr[node + np.uint32(1)]):
                head = network.arcs.head[arc]
                time = local[node] + network.arcs.ds[arc]
                if time <= limit and time < local[head]:
                    if local[head] == NONE:
                        touched[count] = head
                        count += 1
                    local[head] = np.uint32(time)
                    stack[waiting] = head
                    waiting += 1
    return count


@njit
def _settle(
    crossings: Arcs, limit: np.uint32, count: int, times: U32, reached: U32, bucket: U32, queue: U32
) -> tuple[int, U32]:
    """Settle the crossings within ``limit``; return how many there are, and the queue.

    ``reached[:count]`` and their ``times`` are where the search begins. ``bucket`` is a ring
    (a power of two of NONE, wider than any arc and any beginning) of lists in ``queue``, whose
    rows are (next row, crossing, time); rows are used again. It is left as it came.
    """
    one, mask = np.uint32(1), np.uint32(bucket.size - 1)
    free = NONE
    used = count
    waiting = count
    for k in range(count):
        place = (times[reached[k]] >> WIDTH) & mask
        queue[k, 0], queue[k, 1], queue[k, 2] = bucket[place], reached[k], times[reached[k]]
        bucket[place] = np.uint32(k)
    now = np.uint32(0)
    while waiting > 0:
        row = bucket[now]
        while row == NONE:
            now = (now + one) & mask
            row = bucket[now]
        bucket[now] = queue[row, 0]
        waiting -= 1
        node, start_ds = queue[row, 1], queue[row, 2]
        queue[row, 0] = free
        free = row
        if times[node] != start_ds:
            continue
        for arc in range(crossings.ptr[node], crossings.ptr[node + one]):
            head = crossings.head[arc]
            time = start_ds + crossings.ds[arc]
            before = times[head]
            if time < before and time <= limit:
                if before == NONE:
                    reached[count] = head
                    count += 1
                times[head] = np.uint32(time)
                if free != NONE:
                    row = free
                    free = queue[row, 0]
                else:
                    if used == queue.shape[0]:
                        queue = _grown(queue, used, used + 1)
                    row = np.uint32(used)
                    used += 1
                place = (np.uint32(time) >> WIDTH) & mask
                queue[row, 0], queue[row, 1], queue[row, 2] = bucket[place], head, np.uint32(time)
                bucket[place] = row
                waiting += 1
    return count, queue


@njit
def _keep(item: int, ds: int, filled: int, out_item: U32, out_ds: U32, slot: U32) -> int:
    """Write an item down, or correct what was written of it; return how many are written."""
    if slot[item] == NONE:
        slot[item] = np.uint32(filled)
        out_item[filled], out_ds[filled] = item, np.uint32(ds)
        return filled + 1
    out_ds[slot[item]] = min(out_ds[slot[item]], np.uint32(ds))
    return filled


@njit
def _hand_out(
    hung: Hung,
    limit: np.uint32,
    reached: U32,
    times: U32,
    near_seed: NDArray[np.bool_],
    filled: int,
    out_item: U32,
    out_ds: U32,
    slot: U32,
) -> int:
    """Write down the items of the crossings reached; return how many are written."""
    one = np.uint32(1)
    for node in reached:
        here = times[node]
        if hung.alone and not near_seed[node]:
            # Nothing here was written before: no need to look, nor to guess at the limit.
            for k in range(hung.first_ptr[node], hung.first_ptr[node + one]):
                ds = min(here + hung.first_ds[k], times[hung.second[k]] + hung.second_ds[k])
                out_item[filled], out_ds[filled] = hung.first_item[k], np.uint32(ds)
                filled += ds <= limit
        else:
            for k in range(hung.first_ptr[node], hung.first_ptr[node + one]):
                ds = min(here + hung.first_ds[k], times[hung.second[k]] + hung.second_ds[k])
                if ds <= limit:
                    filled = _keep(hung.first_item[k], ds, filled, out_item, out_ds, slot)
        for k in range(hung.second_ptr[node], hung.second_ptr[node + one]):
            # What lies between two crossings reached was written with the first.
            if times[hung.other[k]] == NONE and here + hung.other_ds[k] <= limit:
                ds = here + hung.other_ds[k]
                filled = _keep(hung.second_item[k], ds, filled, out_item, out_ds, slot)
                if hung.alone and not near_seed[hung.other[k]]:
                    slot[hung.second_item[k]] = NONE
    return filled


@njit
def search_groups(
    network: Reduction,
    hung: Hung,
    scratch: Scratch,
    seeds: Arcs,
    directs: Arcs,
    limit: np.uint32,
    ring: int,
) -> tuple[I64, U32, U32]:
    """Search from each group of seeds; return row pointers, items and deciseconds.

    ``ring`` is the number of buckets: a power of two, wider than any arc that can be followed.
    """
    times, reached, near_seed = scratch.times, scratch.reached, scratch.near_seed
    local, touched, stack = scratch.local, scratch.touched, scratch.stack
    slot, queue = scratch.slot, scratch.queue
    bucket = np.full(ring, NONE, np.uint32)
    groups = seeds.ptr.size - 1
    ptr = np.zeros(groups + 1, np.int64)
    out_item, out_ds = np.empty(1024, np.uint32), np.empty(1024, np.uint32)
    filled = 0
    for group in range(groups):
        start = filled
        # One more than the items: the unguessed write beyond the limit needs a place.
        if filled + hung.items + 1 > out_item.size:
            out_item = _grown(out_item, filled, filled + hung.items + 1)
            out_ds = _grown(out_ds, filled, filled + hung.items + 1)
        around = _enter(network, seeds, group, limit, local, touched, stack)
        begun, latest = 0, np.uint32(0)
        for k in range(around):
            node = touched[k]
            near_seed[network.first[node]] = True
            if network.number[node] != NONE:
                times[network.number[node]] = local[node]
                reached[begun] = network.number[node]
                begun += 1
                latest = max(latest, local[node])
            for door in range(hung.at_node.ptr[node], hung.at_node.ptr[node + np.uint32(1)]):
                ds = local[node] + hung.at_node.ds[door]
                if ds <= limit:
                    item = hung.at_node.head[door]
                    filled = _keep(item, ds, filled, out_item, out_ds, slot)
            local[node] = NONE
        while (latest >> WIDTH) + 2 > bucket.size:
            bucket = np.full(2 * bucket.size, NONE, np.uint32)
        written = filled
        count, queue = _settle(network.crossings, limit, begun, times, reached, bucket, queue)
        filled = _hand_out(
            hung, limit, reached[:count], times, near_seed, filled, out_item, out_ds, slot
        )
        for k in range(directs.ptr[group], directs.ptr[group + 1]):
            if directs.ds[k] <= limit:
                filled = _keep(directs.head[k], directs.ds[k], filled, out_item, out_ds, slot)
        for k in range(count):
            times[reached[k]] = NONE
        for k in range(around):
            crossing = network.first[touched[k]]
            if hung.alone and near_seed[crossing]:
                for q in range(hung.first_ptr[crossing], hung.first_ptr[crossing + np.uint32(1)]):
                    slot[hung.first_item[q]] = NONE
            near_seed[crossing] = False
        for k in range(start, written if hung.alone else filled):
            slot[out_item[k]] = NONE
        ptr[group + 1] = filled
    return ptr, out_item[:filled].copy(), out_ds[:filled].copy()
