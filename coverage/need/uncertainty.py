"""How sure a rank is: the priority index under other assumptions, drawn at random.

Uncertainty analysis of a composite indicator (Saisana, Saltelli, Tarantola, 2005, "Uncertainty and
sensitivity analysis techniques as tools for the quality assessment of composite indicators",
Journal of the Royal Statistical Society A 168(2); OECD/JRC Handbook, 2008, step 7). Each draw takes

- the weights of the factors: a Dirichlet round the default, of 5 for each factor. Of two factors,
  nine draws in ten then give none more than three times the weight of the other;
- how factors are brought to 0..1: by rank, min-max or z-score, one as likely as another;
- the time beyond which a place counts for nothing: the default, 5 minutes less to 5 more;
- the speed on the roads: 0.8 to 1.0 times that of free roads.

A speed factor f turns a time t into t / f, and a decay is a function of time / range, so f and the
range L act through f x L alone: access is computed once for a row of ranges, and a draw takes the
nearest. They are 15 s apart, so a draw's range is off by 7.5 s at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coverage.need.access import NATURAL_MINUTES, Pairs, range_minutes, weights_by_ds
from coverage.need.areas import Areas
from coverage.need.reach import Reach, limit_ds
from coverage.need.score import NORMALISATIONS, comparable, product, ranks_of, spread_over

F64 = NDArray[np.float64]

#: The threshold moves by as many minutes either way; the speed factor lies between these two.
THRESHOLD_MINUTES = 5.0
SLOWEST, FASTEST = 0.8, 1.0
#: No draw of any decay looks further than this.
FURTHEST_MINUTES = FASTEST * (max(NATURAL_MINUTES.values()) + THRESHOLD_MINUTES)
#: Dirichlet parameter of a factor of power 1.
CONCENTRATION = 5.0
_RANGE_STEP_MINUTES = 0.25
#: The first areas, which are the priority ones.
TOP = 10
#: An area is robust when being, or not being, among the first holds in this share of the draws.
_ROBUST_SHARE = 0.8
#: Scores that are held at a time.
_SCORES = 1 << 21


def ranges_minutes(decay: str = "gaussian") -> F64:
    """Return the ranges that draws can need, slow roads and threshold together, in minutes."""
    natural = range_minutes(decay)
    low = SLOWEST * (natural - THRESHOLD_MINUTES)
    high = FASTEST * (natural + THRESHOLD_MINUTES)
    return np.linspace(low, high, round((high - low) / _RANGE_STEP_MINUTES) + 1)


def access_by_range(
    reach: Reach,
    supply: ArrayLike,
    areas: Areas,
    *,
    decay: str = "gaussian",
    rivals: Reach | None = None,
) -> tuple[F64, F64]:
    """Return ranges (minutes) and the access of each area at each: [ranges], [ranges, areas].

    Access is E2SFCA in persons helped a month per 1,000 persons in need, null where nobody is.
    ``rivals`` as for ``access_of``.
    """
    ranges = ranges_minutes(decay)
    weights = [weights_by_ds(decay, minutes) for minutes in ranges]
    every = Pairs.in_need(reach)
    amounts = every.supplies(supply)
    near = amounts > 0, limit_ds(ranges[-1])
    pairs = every.within(*near)
    others = None if rivals is None else Pairs.beside(every, rivals).within(*near)
    need = every.population
    in_need = areas.sums(need)
    access = [pairs.spread(pairs.ratios(amounts, table, others), table) for table in weights]
    helped = np.array([areas.sums(need * values) for values in access])
    return ranges, np.divide(
        1000 * helped, in_need, out=np.full_like(helped, np.nan), where=in_need > 0
    )


@dataclass(frozen=True, eq=False)
class RankDraws:
    """What the draws say of each area's rank, null for an area that lacks a factor.

    ``low`` and ``high``: the ranks at 5 and 95 % of the draws (whole numbers: the least rank that
    as many draws don't exceed). ``top_share``: the share of the draws in which the area is among
    the first, null where no more areas are ranked than there are first places: there it says
    nothing.
    """

    low: F64
    high: F64
    top_share: F64


def rank_draws(
    need_per_head: F64,
    access: F64,
    ranges: F64,
    *,
    others: Sequence[F64] = (),
    powers: Sequence[float] | None = None,
    draws: int = 1000,
    seed: int = 0,
    top: int = TOP,
) -> RankDraws:
    """Rank the areas ``draws`` times; the same seed gives the same answer.

    ``ranges`` and ``access`` are those of ``access_by_range``. ``others`` are further factors,
    higher = more urgent, and ``powers`` the default exponents of all, as for ``score.priority``.
    """
    known, values = comparable((need_per_head, -access, *others))
    if not known.any():
        return _told(known, np.empty((2, 0)), None)
    generator = np.random.Generator(np.random.PCG64(seed))
    exponents = _exponents(generator, np.asarray(powers or [1.0] * len(values), float), draws)
    way = generator.integers(0, len(NORMALISATIONS), draws)
    variant = _nearest(ranges, _drawn_ranges(generator, ranges, draws))
    # Every part there can be: ways x variants x areas, once.
    parts = [
        np.stack([normalise(np.atleast_2d(value)) for normalise in NORMALISATIONS.values()])
        for value in values
    ]
    ranks = np.empty((draws, int(known.sum())), np.int32)
    step = max(1, _SCORES // ranks.shape[1])
    for start in range(0, draws, step):
        some = slice(start, start + step)
        drawn = [part[way[some], variant[some] if part.shape[1] > 1 else 0] for part in parts]
        ranks[some] = ranks_of(product(drawn, list(exponents[some].T[:, :, None])))
    quantiles = np.quantile(ranks, (0.05, 0.95), axis=0, method="inverted_cdf")
    among_first = (ranks <= top).mean(axis=0)
    return _told(known, quantiles, among_first if known.sum() > top else None)


def stability(rank: F64, top_share: F64, *, top: int = TOP) -> NDArray[np.object_]:
    """Return ``robuste`` where at least 80 % of the draws agree with the rank, else ``sensible``.

    They agree that an area is among the first ``top``, or that it isn't. Null without a rank or a
    share.
    """
    agree = np.where(rank <= top, top_share, 1 - top_share)
    told = np.where(agree >= _ROBUST_SHARE, "robuste", "sensible").astype(object)
    told[np.isnan(rank) | np.isnan(top_share)] = None
    return told


def _told(known: NDArray[np.bool_], quantiles: F64, top_share: F64 | None) -> RankDraws:
    """Return what was found of the known areas among all areas."""
    low, high = (spread_over(known, quantile) for quantile in quantiles)
    nothing = np.full(int(known.sum()), np.nan)
    return RankDraws(low, high, spread_over(known, nothing if top_share is None else top_share))


def _exponents(generator: np.random.Generator, powers: F64, draws: int) -> F64:
    """Return draws x factors: Dirichlet round the default powers, whose sum they keep."""
    weights = generator.dirichlet(CONCENTRATION * powers / powers.mean(), draws)
    return np.asarray(powers.sum() * weights)


def _drawn_ranges(generator: np.random.Generator, ranges: F64, draws: int) -> F64:
    """Return speed factor x threshold of each draw, in minutes."""
    natural = ranges[-1] / FASTEST - THRESHOLD_MINUTES
    if not np.isclose(ranges[0], SLOWEST * (natural - THRESHOLD_MINUTES)):
        raise ValueError("The ranges are not those that access_by_range gives.")
    speed = generator.uniform(SLOWEST, FASTEST, draws)
    threshold = generator.uniform(natural - THRESHOLD_MINUTES, natural + THRESHOLD_MINUTES, draws)
    return speed * threshold


def _nearest(grid: F64, values: F64) -> NDArray[np.int64]:
    """Return the position in an ascending grid that is nearest to each value."""
    return np.searchsorted((grid[1:] + grid[:-1]) / 2, values)
