"""The search: greedy, interchange, Lagrangian bound, fixing, branch and bound, in this order.

Each step stops as soon as objective and bound meet, which is the proof.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coverage.model.plan import Status
from coverage.placement.bound import Bound, fix_sites, round_bound, tighten
from coverage.placement.core import Core, core_of
from coverage.placement.exact import branch
from coverage.placement.greedy import choose_greedily
from coverage.placement.interchange import improve, prefer_first
from coverage.placement.problem import SCALE, CoverProblem, IntArray
from coverage.placement.stop import Meter, Stop

#: Rounds of "shake the plan, improve it" before branching, and sites moved at each.
_KICKS = 8
_KICK_SIZE = 3


@dataclass(frozen=True)
class Solution:
    """A plan for a ``CoverProblem``.

    ``sites``: the columns to open, locked ones included, sorted. ``objective`` (open places
    included) and ``bound`` are in the unit of the weights, exact to 1e-3; the status is
    ``OPTIMAL`` only where they are equal. ``rule`` names what makes a problem infeasible.
    """

    sites: tuple[int, ...]
    objective: float
    bound: float
    status: Status
    iterations: int
    rule: str | None = None


def solve(problem: CoverProblem, stop: Stop, seed: int = 0) -> Solution:
    """Return the best plan found and how far from the best possible it can be.

    Where ``stop`` allows nothing, this is the greedy plan with the total coverable weight as its
    bound. Without places to choose from, the solution is infeasible and holds what the open
    places cover.
    """
    if problem.broken_rule:
        served = np.zeros(len(problem.weights), dtype=np.int64)
        already = np.isin(problem.column, problem.open_sites)
        np.maximum.at(served, problem.row[already], problem.value[already])
        objective = int(served.sum()) / SCALE
        return Solution((), objective, objective, Status.INFEASIBLE, 0, problem.broken_rule)
    meter = Meter(stop)
    core = core_of(problem)
    search = _Search(core, meter)
    search.run(seed)
    chosen = prefer_first(core, search.chosen)
    if search.proved:
        status = Status.OPTIMAL
    else:
        status = Status.INTERRUPTED if search.cut_off else Status.FEASIBLE
    return Solution(
        sites=tuple(int(j) for j in np.union1d(core.columns[chosen], problem.locked)),
        objective=(core.offset + search.objective) / SCALE,
        bound=(core.offset + search.bound) / SCALE,
        status=status,
        iterations=meter.iterations,
    )


class _Search:
    """The state of one search on one core: the best plan and the best bound so far."""

    def __init__(self, core: Core, meter: Meter) -> None:
        self.core, self.meter = core, meter
        self.chosen = choose_greedily(core)
        self.objective = core.value_of(self.chosen)
        self.bound = core.ceiling if core.p else 0
        self.cut_off = False

    @property
    def proved(self) -> bool:
        """Whether the plan is known to be the best possible."""
        return self.bound <= self.objective

    def run(self, seed: int) -> None:
        """Go through the steps until the proof is there or the meter is over."""
        if self._ended():
            return
        self._offer(improve(self.core, self.chosen, self.meter))
        if self._ended():
            return
        relaxed = tighten(self.core, self.chosen, self.meter)
        self.bound = min(self.bound, relaxed.value)
        if self._ended():
            return
        self._offer(improve(self.core, relaxed.best_sites, self.meter))
        self._kick(seed)
        if self._ended():
            return
        self._branch(relaxed, seed)

    def _ended(self) -> bool:
        self.cut_off = not self.proved and self.meter.over
        return self.proved or self.cut_off

    def _offer(self, chosen: IntArray) -> None:
        objective = self.core.value_of(chosen)
        if objective > self.objective:
            self.chosen, self.objective = chosen, objective

    def _kick(self, seed: int) -> None:
        """Move a few sites of the plan at random and improve, some times over."""
        random = np.random.default_rng(seed)
        everything = np.arange(self.core.site_count)
        for _ in range(_KICKS):
            if self._ended():
                return
            outside = np.setdiff1d(everything, self.chosen)
            size = min(_KICK_SIZE, len(self.chosen), len(outside))
            shaken = np.array(self.chosen)
            leaves = random.choice(len(shaken), size, replace=False)
            shaken[leaves] = random.choice(outside, size, replace=False)
            self._offer(improve(self.core, shaken, self.meter))

    def _branch(self, relaxed: Bound, seed: int) -> None:
        """Fix what the bound decides and search the rest to the end.

        The rest holds every plan that is better than ours; ours itself may be outside it.
        """
        never, always = fix_sites(self.core, relaxed, self.objective)
        keep = ~never & ~always
        rest = self.core.narrowed(keep, always)
        if rest.p < 0 or rest.p > rest.site_count:
            self.bound = self.objective
            return
        already = rest.offset - self.core.offset
        numbers = np.flatnonzero(keep)
        ours = np.isin(numbers, self.chosen)
        inside = int(ours.sum()) == rest.p and bool(np.isin(self.chosen, numbers).sum() == rest.p)
        start = None
        if inside and np.isin(np.flatnonzero(always), self.chosen).all():
            start = np.flatnonzero(ours)
        if already + rest.ceiling <= self.objective:
            self.bound = self.objective
            return
        result = branch(
            rest,
            start,
            seconds=self.meter.seconds_left,
            nodes=self.meter.iterations_left,
            seed=seed,
        )
        self.meter.iterations += result.nodes
        if result.chosen is not None:
            self._offer(np.union1d(numbers[result.chosen], np.flatnonzero(always)))
        limit = already + round_bound(rest, result.bound)
        self.bound = min(self.bound, max(self.objective, limit))
        self.cut_off = not self.proved and not result.finished
