"""The nearest site of each home, and the second nearest, in one pass over the network.

One search from all sites at once in which every junction keeps its two best labels (time, owner)
of different owners; equal times go to the site that comes first. (The multi-source search with
owner labels is M. Erwig, 2000, "The graph Voronoi diagram", Networks 36(3).)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from coverage.base.jit import njit
from coverage.network.components import ReadyNetwork
from coverage.network.kernel import WIDTH
from coverage.network.reduction import NONE, U32, Arcs, unsigned_arcs
from coverage.network.rows import I32
from coverage.network.search import NEVER
from coverage.network.snap import NO_WAY, Snap
from coverage.network.times import between_on_edges

_NOBODY = -1


@dataclass(frozen=True, eq=False)
class Nearest:
    """The two nearest sites of each home, by their position in the table of sites.

    ``site`` and ``ds`` (deciseconds, walks included) of the nearest; ``second_site`` and
    ``second_ds`` of the nearest other one. -1 and NEVER where no site is within the limit.
    """

    site: I32
    ds: I32
    second_site: I32
    second_ds: I32


@njit
def _better(ds: np.uint32, owner: np.uint32, than_ds: np.uint32, than_owner: np.uint32) -> Any:
    return ds < than_ds or (ds == than_ds and owner < than_owner)


@njit
def _label(ds: U32, owner: U32, row: int, new_ds: np.uint32, new_owner: np.uint32) -> bool:
    """Keep a label of a row if it is one of its two best of different owners; tell if it is."""
    if owner[row, 0] == new_owner:
        if new_ds >= ds[row, 0]:
            return False
        ds[row, 0] = new_ds
    elif _better(new_ds, new_owner, ds[row, 0], owner[row, 0]):
        ds[row, 1], owner[row, 1] = ds[row, 0], owner[row, 0]
        ds[row, 0], owner[row, 0] = new_ds, new_owner
    elif _better(new_ds, new_owner, ds[row, 1], owner[row, 1]):
        ds[row, 1], owner[row, 1] = new_ds, new_owner
    else:
        return False
    return True


@njit
def _label_nodes(
    arcs: Arcs, seed_node: U32, seed_ds: U32, seed_owner: U32, limit: np.uint32, ring: int
) -> tuple[U32, U32]:
    """Return each node's two best labels: times and owners (NONE where there is none)."""
    nodes = arcs.ptr.size - 1
    ds, owner = np.full((nodes, 2), NONE, np.uint32), np.full((nodes, 2), NONE, np.uint32)
    bucket = np.full(ring, NONE, np.uint32)
    queue = np.empty((max(2 * nodes, seed_node.size) + 1, 4), np.uint32)
    used, waiting = 0, 0
    free = NONE
    for k in range(seed_node.size):
        if seed_ds[k] <= limit and _label(ds, owner, seed_node[k], seed_ds[k], seed_owner[k]):
            place = (seed_ds[k] >> WIDTH) & np.uint32(ring - 1)
            queue[used, 0], queue[used, 1] = bucket[place], seed_node[k]
            queue[used, 2], queue[used, 3] = seed_ds[k], seed_owner[k]
            bucket[place] = np.uint32(used)
            used += 1
            waiting += 1
    now = np.uint32(0)
    while waiting > 0:
        row = bucket[now]
        while row == NONE:
            now = (now + np.uint32(1)) & np.uint32(ring - 1)
            row = bucket[now]
        bucket[now] = queue[row, 0]
        waiting -= 1
        node, start_ds, site = queue[row, 1], queue[row, 2], queue[row, 3]
        queue[row, 0] = free
        free = row
        first = owner[node, 0] == site and ds[node, 0] == start_ds
        if not first and not (owner[node, 1] == site and ds[node, 1] == start_ds):
            continue
        for arc in range(arcs.ptr[node], arcs.ptr[node + np.uint32(1)]):
            time = start_ds + arcs.ds[arc]
            if time <= limit and _label(ds, owner, arcs.head[arc], np.uint32(time), site):
                if free != NONE:
                    row = free
                    free = queue[row, 0]
                else:
                    if used == queue.shape[0]:
                        longer = np.empty((2 * used, 4), np.uint32)
                        longer[:used] = queue
                        queue = longer
                    row = np.uint32(used)
                    used += 1
                place = (np.uint32(time) >> WIDTH) & np.uint32(ring - 1)
                queue[row, 0], queue[row, 1] = bucket[place], arcs.head[arc]
                queue[row, 2], queue[row, 3] = np.uint32(time), site
                bucket[place] = row
                waiting += 1
    return ds, owner


@njit
def _label_homes(
    node_ds: U32, node_owner: U32, ends: U32, out_ds: U32, limit: np.uint32
) -> tuple[U32, U32]:
    """Return each home's two best labels by the ends of its edge."""
    ds = np.full((len(ends), 2), NONE, np.uint32)
    owner = np.full((len(ends), 2), NONE, np.uint32)
    for home in range(len(ends)):
        for end in range(2):
            if out_ds[home, end] < NO_WAY:
                for rank in range(2):
                    node = ends[home, end]
                    time = out_ds[home, end] + node_ds[node, rank]
                    if node_owner[node, rank] != NONE and time <= limit:
                        _label(ds, owner, home, np.uint32(time), node_owner[node, rank])
    return ds, owner


@njit
def _label_directs(ds: U32, owner: U32, site: U32, home: U32, direct_ds: U32) -> None:
    """Give homes the sites of their own edge."""
    for k in range(home.size):
        _label(ds, owner, home[k], direct_ds[k], site[k])


def nearest(network: ReadyNetwork, homes: Snap, places: Snap, limit_ds: int) -> Nearest:
    """Return each home's nearest site and second nearest within the limit (``<=``).

    ``homes`` and ``places`` are points snapped to the network's edges. Direction home -> site.
    The same times as ``travel_times`` gives, in one search instead of one for each site.
    """
    if not 0 <= limit_ds < NEVER:
        raise ValueError(f"The limit must be 0 or more deciseconds, not {limit_ds}.")
    limit = np.uint32(limit_ds)
    place, end = np.nonzero(places.in_ds < NO_WAY)
    seed_ds = places.in_ds[place, end]
    arcs = unsigned_arcs(network.backwards)
    longest = max(int(arcs.ds.max(initial=0)), int(seed_ds.max(initial=0)))
    ring = 1 << ((min(longest, limit_ds) >> int(WIDTH)) + 1).bit_length()
    node_ds, node_owner = _label_nodes(
        arcs,
        places.nodes[place, end].astype(np.uint32),
        seed_ds.astype(np.uint32),
        place.astype(np.uint32),
        limit,
        ring,
    )
    ds, owner = _label_homes(
        node_ds, node_owner, homes.nodes.view(np.uint32), homes.out_ds.view(np.uint32), limit
    )
    direct = between_on_edges(places, homes, np.arange(places.edge.size))
    near = direct.ds <= limit_ds
    site = direct.row[near]
    _label_directs(
        ds,
        owner,
        site.astype(np.uint32),
        direct.item[near].view(np.uint32),
        direct.ds[near].view(np.uint32),
    )
    return Nearest(_position(owner[:, 0]), _time(ds[:, 0]), _position(owner[:, 1]), _time(ds[:, 1]))


def _position(owner: U32) -> I32:
    return np.where(owner == NONE, _NOBODY, owner.astype(np.int64)).astype(np.int32)


def _time(ds: U32) -> I32:
    return np.where(ds == NONE, NEVER, ds.astype(np.int64)).astype(np.int32)
