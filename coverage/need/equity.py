"""How evenly help is spread over people: Gini, Palma, and the Foster-Greer-Thorbecke measures.

Gini and Palma are taken on access (E2SFCA, persons helped a month per person in need; Luo and Qi
2009), where more is better. FGT is taken on times, where less is better: a time ``t`` is inverted
to ``a = 1/t`` with the poverty line ``1/T``, so that the shortfall is ``1 − T/t``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from coverage.need.reach import DS_PER_MINUTE, UNREACHED_DS, within

#: Palma's ratio sets the best-off tenth against the worst-off four tenths.
_TOP_SHARE, _BOTTOM_SHARE = 0.1, 0.4


def gini(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """Return the weighted Gini coefficient: 0 when all have the same, towards 1 when one has all.

    G = Σ_iΣ_j w_i w_j |a_i − a_j| / (2 μ (Σ w)²), with μ the weighted mean, in O(n log n):
    over values in rising order, Σ_iΣ_j w_i w_j |a_i − a_j| = 2 Σ_k (a_{k+1} − a_k) W_k (W − W_k)
    with W_k the weight of the k lowest (Gini 1912; Sen 1973, On Economic Inequality). ``values``
    are positive or zero. Null where there is nobody, or nothing to share.
    """
    held, weight = _rising(values, weights)
    if not len(held) or held[-1] <= 0:
        return float("nan")
    # Shares and values relative to the greatest: no product under- or overflows.
    below = np.cumsum(weight / weight.sum())[:-1]
    relative = held / held[-1]
    mean = float(np.average(relative, weights=weight))
    return float(np.sum(np.diff(relative) * below * (1.0 - below)) / mean)


def palma(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """Return the share of the whole held by the best-off 10 % over that of the worst-off 40 %.

    Weighted; the person on the edge is split. Equal values give 0.25. Null where there is nobody,
    or where the worst-off 40 % hold nothing (the ratio has no bound there). Source: Palma 2011,
    "Homogeneous middles vs. heterogeneous tails", Development and Change 42(1); Cobham and Sumner
    2013, "Putting the Gini back in the bottle?".
    """
    held, weight = _rising(values, weights)
    if not len(held) or held[-1] <= 0:
        return float("nan")
    # The Lorenz curve is straight between two people: splitting one is reading between them.
    people = np.concatenate([[0.0], np.cumsum(weight)])
    amount = np.concatenate([[0.0], np.cumsum(weight * (held / held[-1]))])
    low, high = np.interp(
        [_BOTTOM_SHARE * people[-1], (1.0 - _TOP_SHARE) * people[-1]], people, amount
    )
    return float((amount[-1] - high) / low) if low > 0 else float("nan")


def fgt(
    nearest_ds: NDArray[np.int32],
    weights: NDArray[np.float64],
    minutes: float,
    *,
    alphas: tuple[int, ...] = (0, 1, 2),
) -> NDArray[np.float64]:
    """Return the Foster-Greer-Thorbecke measures of time poverty, one an ``alpha``.

    FGT_α = Σ w_i g_i^α 1[t_i > T] / Σ w_i with the shortfall g = (1/T − 1/t) / (1/T) = 1 − T/t;
    someone out of reach has g = 1, someone at exactly the limit is not poor. FGT_0 is the
    uncovered share, FGT_1 its mean depth over everybody, FGT_2 gives more to the furthest. Null
    where there is nobody. Source: Foster, Greer and Thorbecke 1984, "A class of decomposable
    poverty measures", Econometrica 52(3).
    """
    total = weights.sum()
    if total <= 0:
        return np.full(len(alphas), np.nan)
    poor = ~within(nearest_ds, minutes)
    times, weight = nearest_ds[poor], weights[poor]
    shortfall = np.where(times < UNREACHED_DS, 1.0 - minutes * DS_PER_MINUTE / times, 1.0)
    return np.array([(weight * shortfall**alpha).sum() / total for alpha in alphas])


def _rising(
    values: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return values in rising order with their weights, without those who weigh nothing."""
    if np.any(values < 0) or np.any(weights < 0):
        raise ValueError("Values and weights of an equity measure are positive or zero.")
    some = weights > 0
    order = np.argsort(values[some], kind="stable")
    return values[some][order], weights[some][order]
