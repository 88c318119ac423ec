"""The priority index: where need is high and help is far."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata


def rank01(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (average rank − 1) / (n − 1), from 0 (smallest) to 1; all equal -> 1 for all.

    Null values stay null and do not count in n.
    """
    ranks = np.full(len(values), np.nan)
    known = ~np.isnan(values)
    chosen = values[known]
    if len(chosen) == 0:
        return ranks
    if np.all(chosen == chosen[0]):
        ranks[known] = 1.0
    else:
        ranks[known] = (rankdata(chosen, method="average") - 1) / (len(chosen) - 1)
    return ranks


def priority(
    need_per_head: NDArray[np.float64],
    access: NDArray[np.float64],
    *,
    need_power: float = 1.0,
    access_power: float = 1.0,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return (score, need part, access part): rank01(need per head)^a x rank01(1 − access)^b.

    The mean is geometric in spirit: a place must be high on both to be high (OECD/JRC Handbook on
    Constructing Composite Indicators, 2008). Each part is returned so that it can be shown.
    """
    need_part = rank01(need_per_head)
    access_part = rank01(-access)
    return need_part**need_power * access_part**access_power, need_part, access_part


def competition_rank(score: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 1 for the highest score; equal scores share a rank; null where the score is."""
    ranks = np.full(len(score), np.nan)
    known = ~np.isnan(score)
    ranks[known] = rankdata(-score[known], method="min")
    return ranks
