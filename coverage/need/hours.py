"""When help is open: the hours of a week in which a place within reach receives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage.base.jit import njit
from coverage.model.opening import EVENINGS, SATURDAY, SLOT_MIN, SLOT_WORDS, Week
from coverage.need.reach import Reach, limit_ds

#: What a point has within the limit, as bits.
_KNOWN, _UNKNOWN = 1, 2


@dataclass(frozen=True, eq=False)
class OpenHours:
    """Hours a week in which each demand point finds at least one place open within the limit.

    ``evening`` is the part from 18 h on, ``saturday`` the part on Saturdays; both lie within
    ``week``. 0 where no place is within the limit; null in all three where there are only places
    whose hours are unknown. Beside a place of known hours those of unknown hours
    add nothing: it is open these hours at least. ``unknown_sites``: how many of the places asked
    for have unknown hours, within reach of someone or not.
    """

    week: NDArray[np.float64]
    evening: NDArray[np.float64]
    saturday: NDArray[np.float64]
    unknown_sites: int


def open_hours(reach: Reach, mask: NDArray[np.bool_], *, minutes: float) -> OpenHours:
    """Return the hours in which each point finds one of the sites of ``mask`` open.

    The hours of the sites within the limit (``<=``) are joined by quarter hours, so that two places
    open at the same time count once: h_i = |∪_{j : t_ij <= T} open_j|. The idea of joining reach
    and opening hours is in Neutens, Delafontaine, Schwanen and Van de Weghe (2012), "The
    relationship between opening hours and accessibility of public service delivery", Journal of
    Transport Geography.
    """
    chosen = np.flatnonzero(mask)
    code, texts = pd.factorize(reach.sites["opening"].iloc[chosen])
    # A site without a text has code -1: the last row.
    weeks = [*map(Week.parse, texts), None]
    slots = np.zeros((len(weeks), SLOT_WORDS), dtype=np.uint64)
    state = np.full(len(weeks), _UNKNOWN, dtype=np.uint8)
    for row, week in enumerate(weeks):
        if week:
            slots[row], state[row] = week.slots(), _KNOWN
    row_of = code % len(weeks)
    joined = np.zeros((len(reach.demand), SLOT_WORDS), dtype=np.uint64)
    seen = np.zeros(len(reach.demand), dtype=np.uint8)
    limit = limit_ds(minutes)
    _join(reach.ptr, reach.point, reach.ds, limit, chosen, row_of, slots, state, joined, seen)
    unknown_only = seen == _UNKNOWN
    week_h, evening_h, saturday_h = (
        np.where(unknown_only, np.nan, _hours(joined & during))
        for during in (np.uint64(2**64 - 1), EVENINGS.slots(), SATURDAY.slots())
    )
    unknown_weeks = np.array([week is None for week in weeks])
    return OpenHours(week_h, evening_h, saturday_h, int(unknown_weeks[row_of].sum()))


def _hours(slots: NDArray[np.uint64]) -> NDArray[np.float64]:
    quarters: NDArray[np.float64] = np.bitwise_count(slots).sum(axis=1).astype(np.float64)
    return quarters * (SLOT_MIN / 60)


@njit
def _join(
    ptr: NDArray[np.int64],
    point: NDArray[np.int32],
    ds: NDArray[np.int32],
    limit: int,
    chosen: NDArray[np.int64],
    row_of: NDArray[np.int64],
    slots: NDArray[np.uint64],
    state: NDArray[np.uint8],
    joined: NDArray[np.uint64],
    seen: NDArray[np.uint8],
) -> None:
    """Join to each point the slots of the chosen sites within the limit, and their states."""
    for k in range(len(chosen)):
        row = row_of[k]
        for pair in range(ptr[chosen[k]], ptr[chosen[k] + 1]):
            if ds[pair] <= limit:
                home = point[pair]
                seen[home] |= state[row]
                if state[row] == _KNOWN:
                    for word in range(SLOT_WORDS):
                        joined[home, word] |= slots[row, word]
