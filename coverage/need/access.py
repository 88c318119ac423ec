"""Access to help: the enhanced two-step floating catchment area (E2SFCA).

Luo and Qi (2009), "An enhanced two-step floating catchment area (E2SFCA) method for measuring
spatial accessibility to primary care physicians", Health & Place 15(4). Step one, each place: its
supply over the people who reach it, R_j = S_j / Σ_k P_k w(t_kj). Step two, each point: what it
reaches, A_i = Σ_j R_j w(t_ij). People who live elsewhere and reach the same places (``rivals``) are
counted in step one; their own access is not told, since much of what they reach is not known here.

A place shares what it gives among all who come, most of them by car. So the access on foot or by
bike takes R_j as it is by car and t_ij as it is on foot: what is left to someone without a car. It
compares with the access by car, and is never above it where the car is the faster way.

The decay w tells how help fades with travel time t. With r = t / range, and nothing beyond r = 1:

- ``gaussian`` (default, range 30 min): w = 0.01^(r²), so that 0.01 is left at the range;
- ``apl2012`` (range 15 min): the steps of DREES' accessibilité potentielle localisée, 1 up to
  5 min, 0.30 up to 10, 0.10 up to 15 (Barlet, Coldefy, Collin, Lucas-Gabrielli, 2012, Études et
  résultats 795);
- ``linear`` (range 30 min): w = 1 − r.

Another range stretches a decay in proportion: ``apl2012`` over 30 min has its steps at 10, 20 and
30. A time at exactly a step belongs to what is nearer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coverage.base.jit import njit
from coverage.model.params import DECAYS
from coverage.need.reach import DS_PER_MINUTE, Reach

F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

#: Minutes beyond which a place counts for nothing, where no other range is asked for.
NATURAL_MINUTES: Mapping[str, float] = MappingProxyType(
    {"gaussian": 30.0, "apl2012": 15.0, "linear": 30.0}
)
_GAUSSIAN_AT_RANGE = 0.01
#: Up to this share of the range, this weight.
_APL2012_STEPS = ((1 / 3, 1.0), (2 / 3, 0.30), (1.0, 0.10))
#: Of a share of the range that rounding puts this little under a step, still within it.
_ROUNDING = 1e-9


def _gaussian(r: F64) -> F64:
    return np.asarray(_GAUSSIAN_AT_RANGE ** (r * r))


def _apl2012(r: F64) -> F64:
    bounds = np.array([bound for bound, _ in _APL2012_STEPS]) + _ROUNDING
    return np.array([weight for _, weight in _APL2012_STEPS])[np.searchsorted(bounds, r)]


def _linear(r: F64) -> F64:
    return 1.0 - r


_SHAPES: Mapping[str, Callable[[F64], F64]] = MappingProxyType(
    {"gaussian": _gaussian, "apl2012": _apl2012, "linear": _linear}
)


def range_minutes(decay: str, minutes: float | None = None) -> float:
    """Return the range asked for, else the decay's natural one.

    Raises ``ValueError`` for a decay that is not one of ``DECAYS`` or a range that is no time.
    """
    if decay not in DECAYS:
        raise ValueError(f"A decay is one of {', '.join(DECAYS)}, not {decay}.")
    chosen = NATURAL_MINUTES[decay] if minutes is None else float(minutes)
    if not (np.isfinite(chosen) and chosen > 0):
        raise ValueError(f"A decay ranges over a time above 0 minutes, not {minutes}.")
    return chosen


def weights_by_ds(decay: str = "gaussian", minutes: float | None = None) -> F64:
    """Return w(t) for t = 0, 1, 2… deciseconds up to the range, then a 0 for all that is longer."""
    range_ds = range_minutes(decay, minutes) * DS_PER_MINUTE
    ds = np.arange(int(range_ds * (1 + _ROUNDING)) + 1, dtype=np.float64)
    return np.append(_SHAPES[decay](np.minimum(ds / range_ds, 1.0)), 0.0)


class Pairs(NamedTuple):
    """Who reaches what, checked: the points of place j are ``point[ptr[j]:ptr[j + 1]]``."""

    ptr: I64
    point: I32
    ds: I32
    population: F64

    @classmethod
    def of(cls, ptr: ArrayLike, point: ArrayLike, ds: ArrayLike, population: ArrayLike) -> Pairs:
        """Check the arrays once. Raises ``ValueError`` saying which is wrong."""
        made = cls(
            np.asarray(ptr, np.int64),
            np.asarray(point, np.int32),
            np.asarray(ds, np.int32),
            _amounts("The population", population),
        )
        pairs = made.point.size
        if made.ptr.size == 0 or made.ptr[0] != 0 or made.ptr[-1] != pairs or made.ds.size != pairs:
            raise ValueError("The places' rows don't add up to the pairs.")
        if np.any(made.ptr[1:] < made.ptr[:-1]):
            raise ValueError("The places' rows overlap.")
        if pairs and not 0 <= made.point.min() <= made.point.max() < made.population.size:
            raise ValueError("A pair speaks of a point that has no population.")
        if pairs and made.ds.min() < 0:
            raise ValueError("A travel time is negative.")
        return made

    @classmethod
    def in_need(cls, reach: Reach) -> Pairs:
        """Return the pairs of a table of costs; the population is the people in need."""
        return cls.of(reach.ptr, reach.point, reach.ds, reach.demand["need"].to_numpy(float))

    @classmethod
    def beside(cls, own: Pairs, rivals: Reach) -> Pairs:
        """Return the pairs of rivals. Raises ``ValueError`` where their places aren't ``own``'s."""
        pairs = cls.in_need(rivals)
        if pairs.ptr.size != own.ptr.size:
            raise ValueError("The rivals reach other places.")
        return pairs

    def supplies(self, supply: ArrayLike) -> F64:
        """Return what each place supplies. Raises ``ValueError`` where it is no amount."""
        amounts = _amounts("The supply", supply)
        if amounts.size != self.ptr.size - 1:
            raise ValueError(f"{self.ptr.size - 1} places have {amounts.size} supplies.")
        return amounts

    def within(self, places: NDArray[np.bool_], limit_ds: int) -> Pairs:
        """Return the pairs of some places up to a time (``<=``); the others reach nobody."""
        place = np.repeat(np.arange(places.size), np.diff(self.ptr))
        kept = places[place] & (self.ds <= limit_ds)
        ptr = np.concatenate(([0], np.cumsum(np.bincount(place[kept], minlength=places.size))))
        return Pairs(ptr, self.point[kept], self.ds[kept], self.population)

    def served(self, places: I64, weights: F64) -> F64:
        """Return Σ_k P_k w(t_kj) of some places, which are given by number."""
        return _served(self.ptr, self.point, self.ds, self.population, places, weights)

    def ratios(self, supply: F64, weights: F64, rivals: Pairs | None = None) -> F64:
        """Return R_j of each place, rivals included: 0 where nobody reaches it."""
        places = np.flatnonzero(supply)
        served = self.served(places, weights)
        if rivals is not None:
            served += rivals.served(places, weights)
        reached = served > 0
        ratios = np.zeros(supply.size)
        ratios[places[reached]] = supply[places[reached]] / served[reached]
        return ratios

    def spread(self, ratios: F64, weights: F64) -> F64:
        """Return A_i = Σ_j R_j w(t_ij) of each point. Places with nothing to give cost nothing."""
        places = np.flatnonzero(ratios)
        access = np.zeros(self.population.size)
        _spread(self.ptr, self.point, self.ds, places, weights, ratios[places], access)
        return access


def _amounts(name: str, values: ArrayLike) -> F64:
    amounts = np.ascontiguousarray(values, np.float64)
    if not (np.isfinite(amounts).all() and (amounts >= 0).all()):
        raise ValueError(f"{name} must be finite numbers, 0 or more.")
    return amounts


@njit
def _served(ptr: I64, point: I32, ds: I32, population: F64, places: I64, weights: F64) -> F64:
    """Step one: the people of each place, each by the weight of the way."""
    served, beyond = np.zeros(places.size), weights.size - 1
    for number in range(places.size):
        place = places[number]
        people = 0.0
        for k in range(ptr[place], ptr[place + 1]):
            # No branch: which times are within the range can't be foretold.
            people += population[point[k]] * weights[min(ds[k], beyond)]
        served[number] = people
    return served


@njit
def _spread(
    ptr: I64, point: I32, ds: I32, places: I64, weights: F64, ratios: F64, access: F64
) -> None:
    """Step two: add what each place has for each person to the points that reach it."""
    beyond = weights.size - 1
    for number in range(places.size):
        place, ratio = places[number], ratios[number]
        for k in range(ptr[place], ptr[place + 1]):
            access[point[k]] += ratio * weights[min(ds[k], beyond)]


def e2sfca(
    ptr: ArrayLike,
    point: ArrayLike,
    ds: ArrayLike,
    population: ArrayLike,
    supply: ArrayLike,
    *,
    decay: str = "gaussian",
    minutes: float | None = None,
) -> F64:
    """Return A_i: supply within reach of each point, per head of ``population``.

    Pairs by place: ``point[ptr[j]:ptr[j + 1]]`` are the points that reach place ``j`` and ``ds``
    their times in deciseconds. ``minutes`` is the range of the decay (None: its natural one). A
    point that reaches nothing has 0. Invariant: Σ_i P_i A_i = Σ_j S_j, over the places that
    someone reaches with a weight above 0 (the rest is ``unreached_supply``).

    Raises ``ValueError`` where people, supply or times are negative, infinite or missing.
    """
    pairs, weights = Pairs.of(ptr, point, ds, population), weights_by_ds(decay, minutes)
    return pairs.spread(pairs.ratios(pairs.supplies(supply), weights), weights)


def ratios_of(
    reach: Reach,
    supply: ArrayLike,
    *,
    decay: str = "gaussian",
    minutes: float | None = None,
    rivals: Reach | None = None,
) -> F64:
    """Return R_j of each site: persons helped a month per person in need who comes (step one).

    ``supply`` is persons a month at each site; ``rivals`` is the reach of people who live
    elsewhere, to the same sites. 0 where nobody in need comes. The rest as ``e2sfca``.
    """
    pairs = Pairs.in_need(reach)
    others = None if rivals is None else Pairs.beside(pairs, rivals)
    return pairs.ratios(pairs.supplies(supply), weights_by_ds(decay, minutes), others)


def access_from(
    ratios: ArrayLike, reach: Reach, *, decay: str = "gaussian", minutes: float | None = None
) -> F64:
    """Return what each demand point reaches of the sites' ``ratios`` (step two).

    ``reach`` may be of another way to travel than the one by which the sites are shared. A site
    that nobody reaches in that one has no ratio, and gives nothing here.
    """
    pairs = Pairs.in_need(reach)
    return pairs.spread(pairs.supplies(ratios), weights_by_ds(decay, minutes))


def access_of(
    reach: Reach,
    supply: ArrayLike,
    *,
    decay: str = "gaussian",
    minutes: float | None = None,
    rivals: Reach | None = None,
) -> F64:
    """Return E2SFCA access of each demand point: persons helped a month per person in need.

    Both steps by one way to travel (``ratios_of``, ``access_from``); with rivals the invariant is
    Σ_i P_i A_i over both = Σ_j S_j.
    """
    ratios = ratios_of(reach, supply, decay=decay, minutes=minutes, rivals=rivals)
    return access_from(ratios, reach, decay=decay, minutes=minutes)


def unreached_supply(ratios: F64, supply: ArrayLike) -> F64:
    """Return the supply of each site that nobody in need reaches (``ratios_of``), else 0.

    It helps no one known, rivals included, so it stands in nobody's access and must be told beside
    it.
    """
    return np.where(ratios > 0, 0.0, np.asarray(supply, np.float64))
