"""Interchange: swap one open place for one closed place while the plan gets better.

Every swap is evaluated at once, after Resende and Werneck (2007): opening r and closing f
changes the objective by ``gain(r) − loss(f) + extra(r, f)``, where ``extra`` is what r gives
back to the rows that f leaves.
"""

from __future__ import annotations

import numpy as np

from coverage.placement.core import Core
from coverage.placement.problem import IntArray
from coverage.placement.stop import Meter


def swap_changes(core: Core, chosen: IntArray) -> IntArray:
    """Return a matrix sites x chosen: the change of objective when f (column) makes room for r.

    Rows of sites that are already chosen hold the lowest integer. Thousandths.
    """
    site, best, second = core.served(chosen)
    slot = np.full(core.site_count, -1, dtype=np.int64)
    slot[chosen] = np.arange(len(chosen))
    entry_best, entry_second = best[core.row], second[core.row]
    gain = np.zeros(core.site_count, dtype=np.int64)
    np.add.at(gain, core.col, np.maximum(core.value - entry_best, 0))
    loss = np.zeros(len(chosen), dtype=np.int64)
    held = site >= 0
    np.add.at(loss, slot[site[held]], (best - second)[held])
    back = np.minimum(core.value, entry_best) - entry_second
    some = np.flatnonzero(back > 0)
    extra = np.zeros((core.site_count, len(chosen)), dtype=np.int64)
    np.add.at(extra, (core.col[some], slot[site[core.row[some]]]), back[some])
    change = gain[:, None] - loss[None, :] + extra
    change[chosen] = np.iinfo(np.int64).min
    return change


def improve(core: Core, chosen: IntArray, meter: Meter) -> IntArray:
    """Return a plan that no single swap betters, or what the meter allowed to reach.

    The best swap is taken each time; equal ones: the first site in, then the last site out.
    """
    chosen = np.sort(chosen)
    while len(chosen) and len(chosen) < core.site_count and not meter.over:
        change = swap_changes(core, chosen)[:, ::-1]
        enters, leaves = np.unravel_index(int(np.argmax(change)), change.shape)
        if change[enters, leaves] <= 0:
            break
        chosen[len(chosen) - 1 - leaves] = enters
        chosen = np.sort(chosen)
        meter.iterations += 1
    return chosen


def prefer_first(core: Core, chosen: IntArray) -> IntArray:
    """Return a plan of the same objective whose sites come first in the order of ties.

    A site gives way to an earlier one as long as a single swap leaves the objective exactly as
    it is; at most 10 x p swaps are made.
    """
    chosen = np.sort(chosen)
    for _ in range(10 * len(chosen)):
        equal = swap_changes(core, chosen) == 0
        equal &= np.arange(core.site_count)[:, None] < chosen[None, :]
        if not equal.any():
            break
        leaves = int(np.flatnonzero(equal.any(axis=0))[-1])
        chosen[leaves] = int(np.flatnonzero(equal[:, leaves])[0])
        chosen = np.sort(chosen)
    return chosen
