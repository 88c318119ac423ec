"""Lazy greedy: open the place that adds most, p times.

The objective is monotone and submodular, so the greedy plan has at least (1 − 1/e) of the best
value (Nemhauser, Wolsey and Fisher, 1978), and a gain computed earlier is still an upper bound
of the gain now, which spares most evaluations (Minoux, 1978).
"""

from __future__ import annotations

import heapq

import numpy as np

from coverage.placement.core import Core
from coverage.placement.problem import IntArray


def choose_greedily(core: Core) -> IntArray:
    """Return ``p`` sites in the order in which they were opened; equal gains: the first site."""
    best = np.zeros(core.row_count, dtype=np.int64)
    queue = [(-int(core.value[entries].sum()), site) for site, entries in enumerate(core.of_site)]
    heapq.heapify(queue)
    chosen: list[int] = []
    while len(chosen) < core.p:
        _, site = heapq.heappop(queue)
        entries = core.of_site[site]
        rows, values = core.row[entries], core.value[entries]
        fresh = (-int(np.maximum(values - best[rows], 0).sum()), site)
        if queue and fresh > queue[0]:
            heapq.heappush(queue, fresh)
            continue
        chosen.append(site)
        best[rows] = np.maximum(best[rows], values)
    return np.array(chosen, dtype=np.int64)
