"""A bound nobody can beat: Lagrangian relaxation of "each row is served once".

With a price ``u_i >= 0`` for serving row i, every plan has at most
``L(u) = Σ_i u_i + the p largest ρ_j``, where ``ρ_j = Σ_i max(0, v_ij − u_i)`` (Galvão and
ReVelle, 1996, for MCLP). Prices start from what the plan at hand would lose and follow a
deflected subgradient.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from coverage.placement.core import BoolArray, Core, FloatArray
from coverage.placement.problem import IntArray
from coverage.placement.stop import Meter

#: Subgradient steps at most, and steps without progress before the step size is halved.
_STEPS = 400
_PATIENCE = 12
_SMALLEST_STEP = 1e-4
#: Share of the new direction in the deflected one.
_FRESH = 0.75


@dataclass(frozen=True, eq=False)
class Bound:
    """An upper bound ``value`` (thousandths) and the prices that prove it.

    ``worth`` is ρ, ``best_sites`` the p sites with the largest one.
    """

    value: int
    raw: float
    worth: FloatArray
    best_sites: IntArray


def round_bound(core: Core, bound: float) -> int:
    """Return ``bound`` rounded down to what an objective can be, with room for float errors.

    Never above the value of opening everything.
    """
    if not math.isfinite(bound):
        return core.ceiling
    slack = 1e-3 + 1e-12 * abs(bound)
    return min(core.ceiling, math.floor((bound + slack) / core.unit) * core.unit)


def tighten(core: Core, chosen: IntArray, meter: Meter) -> Bound:
    """Return the best bound found by at most 400 subgradient steps, fewer where it meets the plan.

    ``chosen`` is the plan at hand, ``p`` sites.
    """
    objective = core.value_of(chosen)
    target = objective + 0.5 * core.unit
    price = _first_prices(core, chosen)
    most = core.value[core.starts].astype(np.float64)
    scale, idle = 1.0, 0
    direction = np.zeros(core.row_count)
    best, best_price = _relax(core, price), price
    for step in range(_STEPS):
        here = best if step == 0 else _relax(core, price)
        if here.raw < best.raw:
            idle = 0 if here.raw < best.raw * (1 - 1e-7) else idle + 1
            best, best_price = here, price
        elif step:
            idle += 1
        if best.value <= objective or meter.over:
            break
        if idle >= _PATIENCE:
            scale, idle, here, price = scale / 2, 0, best, best_price
            if scale < _SMALLEST_STEP:
                break
        fresh = _subgradient(core, price, here.best_sites)
        direction = fresh if step == 0 else _FRESH * fresh + (1 - _FRESH) * direction
        stuck = ((price <= 0) & (direction > 0)) | ((price >= most) & (direction < 0))
        length = float((direction[~stuck] ** 2).sum())
        if length < 1e-12:
            break
        price = np.clip(price - scale * (here.raw - target) / length * direction, 0.0, most)
        meter.iterations += 1
    return best


def fix_sites(core: Core, bound: Bound, objective: int) -> tuple[BoolArray, BoolArray]:
    """Return which sites no better plan contains, and which every better plan contains.

    Forcing site j in costs the bound ``min(best ρ) − ρ_j``, forcing it out ``ρ_j − next ρ``;
    where the rest is less than the next possible objective, no better plan does so.
    """
    better = objective + core.unit - (1e-3 + 1e-12 * bound.raw)
    inside = np.zeros(core.site_count, dtype=np.bool_)
    inside[bound.best_sites] = True
    last_in = bound.worth[inside].min(initial=math.inf)
    first_out = bound.worth[~inside].max(initial=0.0)
    never = ~inside & (bound.raw - last_in + bound.worth < better)
    always = inside & (bound.raw - bound.worth + first_out < better)
    return never, always


def _relax(core: Core, price: FloatArray) -> Bound:
    over = np.maximum(core.value - price[core.row], 0.0)
    worth: FloatArray = np.zeros(core.site_count)
    np.add.at(worth, core.col, over)
    best_sites = np.argsort(-worth, kind="stable")[: core.p]
    raw = float(price.sum() + worth[best_sites].sum())
    return Bound(round_bound(core, raw), raw, worth, best_sites)


def _subgradient(core: Core, price: FloatArray, best_sites: IntArray) -> FloatArray:
    inside = np.zeros(core.site_count, dtype=np.bool_)
    inside[best_sites] = True
    serving = inside[core.col] & (core.value > price[core.row])
    served = np.bincount(core.row[serving], minlength=core.row_count)
    return 1.0 - served.astype(np.float64)


def _first_prices(core: Core, chosen: IntArray) -> FloatArray:
    """Return prices read from a plan: its sites keep the worth of the best site left outside."""
    site, best, second = core.served(chosen)
    gain = np.bincount(
        core.col, weights=np.maximum(core.value - best[core.row], 0), minlength=core.site_count
    )
    held = site >= 0
    own = (best - second).astype(np.float64)
    loss = np.bincount(site[held], weights=own[held], minlength=core.site_count)
    kept = np.minimum(1.0, gain.max(initial=0.0) / np.maximum(loss, 1e-9))
    price = best.astype(np.float64)
    price[held] -= own[held] * kept[site[held]]
    return price
