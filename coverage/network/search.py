"""The bounded search: shortest times from places to everything within a limit.

Exact: the same answer as Dijkstra's, to the decisecond. Memory follows what is reached, not
nodes x sources.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_matrix

from coverage.network.graph import RoadGraph
from coverage.network.hanging import Hung, hang
from coverage.network.kernel import WIDTH, Scratch, search_groups
from coverage.network.reduction import Arcs, Reduction, reduced, unsigned_rows
from coverage.network.rows import I32, Rows, joined

#: A travel time that is never reached (int32).
NEVER = 2**31 - 1

#: Groups of seeds that a thread takes at a time: fewer aren't worth a thread.
_FEWEST_GROUPS, _MOST_GROUPS = 16, 1024


class Search:
    """Searches on a network for items that hang on its nodes."""

    def __init__(self, network: Reduction, hung: Hung) -> None:
        self.network, self.hung = network, hung
        # Clean memory of threads that are not at work: on a country's network, making it takes
        # longer than a search.
        self._idle: list[Scratch] = []

    def each(
        self,
        seeds: Rows,
        limit_ds: int,
        *,
        directs: Rows | None = None,
        threads: int | None = None,
    ) -> Rows:
        """Return, for each group of seeds, the items within the limit (``<=``) and their times.

        ``seeds`` are nodes and the time already spent when they are entered, a row for each
        group; ``directs`` are items reached without any node. ``threads`` share the groups
        (default: one for each core); the answer doesn't depend on their number. Items of a row
        are in no order.
        """
        if not 0 <= limit_ds < NEVER:
            raise ValueError(f"The limit must be 0 or more deciseconds, not {limit_ds}.")
        groups = seeds.ptr.size - 1
        directs = directs or Rows.empty(groups)

        def search(start: int) -> Rows:
            some = slice(start, min(start + size, groups))
            return self._some(
                unsigned_rows(seeds.some(some)), unsigned_rows(directs.some(some)), limit_ds
            )

        threads = min(threads or _cores(), -(-groups // _FEWEST_GROUPS))
        size = max(min(-(-groups // max(threads, 1)), _MOST_GROUPS), 1)
        starts = range(0, groups, size)
        if threads <= 1:
            return joined([search(start) for start in starts])
        with ThreadPoolExecutor(threads) as pool:
            return joined(list(pool.map(search, starts)))

    def _some(self, seeds: Arcs, directs: Arcs, limit_ds: int) -> Rows:
        longest = min(int(self.network.crossings.ds.max(initial=0)), limit_ds)
        ring = 1 << ((longest >> int(WIDTH)) + 1).bit_length()
        try:
            scratch = self._idle.pop()
        except IndexError:
            scratch = Scratch.of(self.network, self.hung.items)
        ptr, item, ds = search_groups(
            self.network, self.hung, scratch, seeds, directs, np.uint32(limit_ds), ring
        )
        self._idle.append(scratch)
        return Rows(ptr, item.view(np.int32), ds.view(np.int32))


def _cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_FOR_NODES: WeakKeyDictionary[RoadGraph, Search] = WeakKeyDictionary()


def _for_nodes(graph: RoadGraph) -> Search:
    """Return the search for the nodes themselves; made once for a graph."""
    if graph not in _FOR_NODES:
        every = np.arange(graph.nodes + 1, dtype=np.int64)
        rows = Rows(every, every[:-1].astype(np.int32), np.zeros(graph.nodes, np.int32))
        network = reduced(graph)
        _FOR_NODES[graph] = Search(network, hang(network, rows, graph.nodes, alone=True))
    return _FOR_NODES[graph]


def one_to_many(
    graph: RoadGraph, sources: ArrayLike, limit_ds: int, *, threads: int | None = None
) -> csr_matrix:
    """Return the travel times from each source to every node within the limit (``<=``).

    ``sources`` are node numbers. The result is sources x nodes, int32 deciseconds; what is not
    stored is out of reach, and the source's own 0 is stored. Indices within a row are in no
    order (``sort_indices`` puts them in one).
    """
    sources = np.atleast_1d(np.asarray(sources))
    if sources.size and sources.dtype.kind not in "iu":
        raise ValueError("Sources are numbers of nodes.")
    if sources.size and not 0 <= sources.min() <= sources.max() < graph.nodes:
        raise ValueError("A source is not a node of the graph.")
    sources = sources.astype(np.int32).ravel()
    every = np.arange(sources.size + 1, dtype=np.int64)
    seeds = Rows(every, sources, np.zeros(sources.size, dtype=np.int32))
    found = _for_nodes(graph).each(seeds, limit_ds, threads=threads)
    shape = (sources.size, graph.nodes)
    return csr_matrix((found.ds, found.item, found.ptr), shape=shape)


def reach(graph: RoadGraph, seed_nodes: I32, seed_ds: I32, limit_ds: int) -> I32:
    """Return each node's time from the nearest seed, NEVER beyond the limit.

    A seed is a node and the time already spent when it is entered; with many seeds this is one
    search for the nearest.
    """
    together = Rows(np.array([0, seed_nodes.size], dtype=np.int64), seed_nodes, seed_ds)
    found = _for_nodes(graph).each(together, limit_ds)
    times = np.full(graph.nodes, NEVER, dtype=np.int32)
    times[found.item] = found.ds
    return times
