from collections.abc import Callable

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage.placement.bound import fix_sites, round_bound, tighten
from coverage.placement.core import core_of
from coverage.placement.greedy import choose_greedily
from coverage.placement.problem import SCALE, cover_problem
from coverage.placement.stop import MaxIterations, Meter


@settings(deadline=None)
@given(data=st.data(), steps=st.sampled_from([0, 1, 7, 1000]))
def test_no_plan_beats_the_bound(
    data: st.DataObject, steps: int, problems: Callable, brute_force: Callable
):
    core = core_of(problem := data.draw(problems()))
    bound = tighten(core, choose_greedily(core), Meter(MaxIterations(steps)))
    assert (core.offset + bound.value) / SCALE >= brute_force(problem)
    assert bound.value <= core.ceiling


@settings(deadline=None)
@given(data=st.data())
def test_fixing_loses_no_better_plan(
    data: st.DataObject, problems: Callable, brute_force: Callable
):
    core = core_of(problem := data.draw(problems()))
    greedy = choose_greedily(core)
    objective = core.value_of(greedy)
    never, always = fix_sites(core, tighten(core, greedy, Meter(MaxIterations(30))), objective)
    rest = core.narrowed(~never & ~always, always)
    best = round(brute_force(problem) * SCALE) - core.offset
    if best > objective:
        assert 0 <= rest.p <= rest.site_count
        assert rest.offset - core.offset + rest.ceiling >= best


def test_a_bound_rounds_down_to_what_an_objective_can_be():
    core = core_of(cover_problem([2, 4, 6], ["a", "b"], [0, 1, 2], [0, 0, 1], p=1))
    assert core.unit == 6000
    assert round_bound(core, 11_999.0) == 6000
    assert round_bound(core, 12_000 - 1e-4) == 12_000
    assert round_bound(core, np.inf) == core.ceiling == 12_000
