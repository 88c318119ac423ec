"""The priority index: where need is high and help is far.

Any number of factors (need per head, lack of access, …), each told so that higher is more urgent.
Each is brought to 0..1 over the areas (its *part*), and the score is the product of the parts, each
to a power: an area must be high on all to be high (OECD/JRC, Handbook on Constructing Composite
Indicators, 2008, geometric aggregation). The powers of three factors add up to 2 as those
of two do, so that both indices are read on one scale.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

F64 = NDArray[np.float64]

#: Values (need per head, access per 1,000) and scores are compared at these decimals: sums taken
#: in another order differ further down, and areas that are alike must tie.
_VALUE_DECIMALS, _SCORE_DECIMALS = 9, 12


def _all_equal(values: F64) -> NDArray[np.bool_]:
    return np.asarray(values.min(axis=-1, keepdims=True) == values.max(axis=-1, keepdims=True))


def _or_neutral(values: F64, parts: F64) -> F64:
    """Return the parts, 1 wherever all the areas of a row are equal."""
    return np.where(_all_equal(values), 1.0, parts)


def _ranks(values: F64, ties: Literal["average", "min"]) -> F64:
    """Return ranks along the last axis from 1 = smallest (scipy.stats takes a second to load)."""
    rows = pd.DataFrame(np.atleast_2d(values).T)
    return rows.rank(method=ties).to_numpy().T.reshape(values.shape)


def rank01(values: F64) -> F64:
    """Return (average rank − 1) / (n − 1), from 0 (smallest) to 1; all equal -> 1 for all.

    This and the other ways take values without nulls, the areas along the last axis.
    """
    ranks = _ranks(values, "average")
    return _or_neutral(values, (ranks - 1) / max(values.shape[-1] - 1, 1))


def min_max01(values: F64) -> F64:
    """Return (x − least) / (most − least); all equal -> 1 for all."""
    least, most = values.min(axis=-1, keepdims=True), values.max(axis=-1, keepdims=True)
    return _or_neutral(values, (values - least) / np.where(most > least, most - least, 1.0))


def normal01(values: F64) -> F64:
    """Return Φ((x − mean) / standard deviation); all equal -> 1 for all.

    A z-score is negative for half of the areas; its normal probability isn't, and keeps the order,
    so that the parts can be multiplied.
    """
    ordered = np.sort(values, axis=-1)  # a sum over areas must not hang on the order of the rows
    mean, spread = ordered.mean(axis=-1, keepdims=True), ordered.std(axis=-1, keepdims=True)
    return _or_neutral(values, ndtr((values - mean) / np.where(spread > 0, spread, 1.0)))


#: How a factor can be brought to 0..1; the score uses the first.
NORMALISATIONS: Mapping[str, Callable[[F64], F64]] = MappingProxyType(
    {"rank": rank01, "min-max": min_max01, "z": normal01}
)


def comparable(factors: Sequence[F64]) -> tuple[NDArray[np.bool_], list[F64]]:
    """Return which areas have every factor, and the factors of these, rounded so as to tie.

    A factor is an array of areas, or of variants x areas.
    """
    known = np.logical_and.reduce([~np.isnan(np.atleast_2d(f)).any(axis=0) for f in factors])
    return known, [np.round(factor[..., known], _VALUE_DECIMALS) for factor in factors]


def product(parts: Sequence[F64], powers: Iterable[ArrayLike]) -> F64:
    """Return the score: the product of the parts, each to its power."""
    score = np.ones(1)
    for part, power in zip(parts, powers, strict=True):
        score = score * part ** np.asarray(power, np.float64)
    return np.round(score, _SCORE_DECIMALS)


@dataclass(frozen=True, eq=False)
class Priority:
    """Scores of areas, 0..1, null where a factor is; ``parts`` and ``neutral`` follow the factors.

    A neutral factor is equal for all of two areas or more: its part is 1 and it ranks nobody.
    """

    score: F64
    parts: tuple[F64, ...]
    neutral: tuple[bool, ...]


def priority(
    need_per_head: F64,
    access: F64,
    *,
    others: Sequence[F64] = (),
    powers: Sequence[float] | None = None,
) -> Priority:
    """Return rank01(need per head)^a x rank01(1 − access)^b, and the parts it is made of.

    ``others`` are further factors, higher = more urgent, each multiplied in by its rank01 to a
    power: with detections per presence-day the score is need^a x (1 − access)^b x detections^c.
    ``powers`` are the exponents of all, 1 each by default. An area that lacks a factor has no score
    and no part, and doesn't count in the others' ranks. Access 0 is the least there is, and such
    areas tie.
    """
    factors = (need_per_head, -access, *others)
    known, values = comparable(factors)
    if not known.any():
        nothing = np.full(known.size, np.nan)
        return Priority(nothing, tuple(nothing for _ in factors), tuple(False for _ in factors))
    parts = [rank01(factor) for factor in values]
    neutral = tuple(bool(factor.size > 1 and _all_equal(factor)[0]) for factor in values)
    power = 2.0 / max(2, neutral.count(False))
    score = product(parts, powers or [power] * len(parts))
    return Priority(
        spread_over(known, score),
        tuple(spread_over(known, part) for part in parts),
        neutral,
    )


def spread_over(known: NDArray[np.bool_], values: F64) -> F64:
    """Return the values of the known areas among all areas, null for the others."""
    everywhere = np.full(known.size, np.nan)
    everywhere[known] = values
    return everywhere


def competition_rank(score: F64) -> F64:
    """Return 1 for the highest score; equal scores share a rank; null where the score is."""
    known = ~np.isnan(score)
    return spread_over(known, ranks_of(score[known]).astype(np.float64))


def ranks_of(scores: F64) -> NDArray[np.int32]:
    """Return competition ranks along the last axis, without nulls: as ``competition_rank``."""
    return _ranks(-scores, "min").astype(np.int32)
