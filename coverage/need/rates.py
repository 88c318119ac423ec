"""Detections per presence-day: small counts shrunk towards what is usual, with their interval.

The detections ``d`` of a row (a bureau, a block…) in ``e`` presence-days are Poisson with mean
``λ e``, and the rates λ of the rows are Gamma(α, β), mean α / β. Then

    rate = (d + α) / (β + e)

is the mean of what is known of λ once ``d`` is seen, Gamma(α + d, β + e): a row with few days
keeps little of its own rate d / e, one with many days nearly all of it (Clayton and Kaldor 1987,
"Empirical Bayes estimates of age-standardized relative risks for use in disease mapping",
Biometrics 43; Marshall 1991, "Mapping disease and mortality rates using empirical Bayes
estimators", Applied Statistics 40; the idea: Robbins 1956, "An empirical Bayes approach to
statistics"). α and β are those that make the counts likeliest (negative binomial).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import gammaincinv, gammaln, psi

from coverage.need.score import spread_over

F64 = NDArray[np.float64]

#: What an interval leaves out at either end: it holds 90 %.
_TAIL = 0.05
#: What is added to a count where no prior is: Jeffreys' for a Poisson mean.
_JEFFREYS = 0.5
#: Days of the prior (β) that are tried: from this share of the fewest days of a row to this
#: multiple of the most. Beyond, no row would keep a thousandth of its own rate.
_LEAST_PRIOR, _MOST_PRIOR = 1e-12, 1e3
_TRIED_PER_DECADE = 4


class Rates(NamedTuple):
    """Detections per presence-day of each row and the interval that holds 90 % of what is known.

    All null without a presence-day: nothing was looked for there. ``prior``: α and β (in
    presence-days) of the gamma, None where the rows weren't shrunk with one.
    """

    rate: F64
    low: F64
    high: F64
    prior: tuple[float, float] | None


def shrunken_rates(counts: ArrayLike, days: ArrayLike) -> Rates:
    """Return the rates of rows of ``counts`` detections in ``days`` presence-days, shrunk.

    α and β are of the rows that have days; a row without any changes nothing for the others, and
    the order of the rows changes not a bit. Where the rows don't differ more than chance makes
    them (nor with fewer than two), β is infinite: each has the rate of all together, with the
    interval of Gamma(Σ d + 1/2, Σ e).

    The interval is the naive one: it takes α and β as known, and is too narrow where few rows tell
    them (Morris 1983, "Parametric empirical Bayes inference", JASA 78). So much is mended: no row
    is told more narrowly than all together would be, that is than by a gamma of shape Σ d + 1/2.
    """
    count, exposure = _checked(counts, days)
    seen = exposure > 0
    d, e = count[seen], exposure[seen]
    prior = _prior(d, e)
    together = d.sum() + _JEFFREYS
    if prior is None:
        every_day = np.full(len(d), e.sum())
        return _told(seen, d.sum() / every_day, np.full(len(d), together), every_day, None)
    shape, prior_days = prior
    rate = (d + shape) / (e + prior_days)
    known = np.minimum(d + shape, together)
    return _told(seen, rate, known, known / rate, prior)


def plain_rates(counts: ArrayLike, days: ArrayLike) -> Rates:
    """Return each row's own rate d / e, with the interval of Gamma(d + 1/2, e) (Jeffreys)."""
    count, exposure = _checked(counts, days)
    seen = exposure > 0
    d, e = count[seen], exposure[seen]
    return _told(seen, d / e, d + _JEFFREYS, e, None)


def _checked(counts: ArrayLike, days: ArrayLike) -> tuple[F64, F64]:
    count, exposure = np.asarray(counts, np.float64), np.asarray(days, np.float64)
    if count.shape != exposure.shape or count.ndim != 1:
        raise ValueError("Counts and presence-days are two rows of numbers of one length.")
    if not ((count >= 0).all() and (exposure >= 0).all()):
        raise ValueError("Counts and presence-days are positive or zero, and never null.")
    return count, exposure


def _told(
    seen: NDArray[np.bool_], rate: F64, shape: F64, days: F64, prior: tuple[float, float] | None
) -> Rates:
    """Return rates with the quantiles of Gamma(shape, days), null where not ``seen``.

    The mean of a very skewed gamma may lie beyond one of its quantiles, and 1/2 is added to no
    detection at all: the interval is widened to hold the rate.
    """
    low, high = (gammaincinv(shape, tail) / days for tail in (_TAIL, 1 - _TAIL))
    told = rate, np.minimum(low, rate), np.maximum(high, rate)
    rates, lows, highs = (spread_over(seen, values) for values in told)
    return Rates(rates, lows, highs, prior)


def _prior(d: F64, e: F64) -> tuple[float, float] | None:
    """Return the likeliest α and β, None where β is infinite or nothing can be said.

    For a given β the likelihood is greatest in β at α(β) = β Σ d/(β+e) / Σ e/(β+e), which rises
    with β, so the likeliest pair is on this curve. There its slope in α is followed from β = 0,
    where it rises: each fall after a rise is a summit. With days that differ there may be more
    than one, hence the comparison.
    """
    if len(d) < 2 or not d.any():
        return None
    # Sums must not hang on the order of the rows.
    order = np.lexsort((d, e))
    d, e = d[order], e[order]

    def shape_at(days: float) -> float:
        return float(days * np.sum(d / (days + e)) / np.sum(e / (days + e)))

    def slope(log_days: float) -> float:
        days = float(np.exp(log_days))
        shape = shape_at(days)
        return float(np.sum(psi(d + shape) - psi(shape) - np.log1p(e / days)))

    def likelihood(days: float) -> float:
        shape = shape_at(days)
        apart = d * np.log(days + e) + shape * np.log1p(e / days)
        return float(np.sum(gammaln(d + shape) - gammaln(shape) - apart))

    ends = _LEAST_PRIOR * e.min(), _MOST_PRIOR * e.max()
    tried = np.log(np.geomspace(*ends, int(_TRIED_PER_DECADE * np.log10(ends[1] / ends[0]))))
    rising = np.array([slope(log_days) > 0 for log_days in tried])
    falls = np.flatnonzero(rising[:-1] & ~rising[1:])
    summits = [float(np.exp(brentq(slope, tried[k], tried[k + 1]))) for k in falls]
    best = max([*summits, *ends[1:]] if rising[-1] else summits, key=likelihood)
    return None if best == ends[1] else (shape_at(best), best)
