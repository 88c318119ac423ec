from collections.abc import Callable
from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage.placement.core import core_of
from coverage.placement.problem import SCALE, cover_problem


@settings(deadline=None)
@given(data=st.data())
def test_the_core_counts_every_plan_as_the_problem_does(
    data: st.DataObject, problems: Callable, value_of: Callable
):
    problem = data.draw(problems())
    core = core_of(problem)
    for chosen in list(combinations(range(core.site_count), core.p))[:30]:
        sites = (*core.columns[list(chosen)], *problem.locked)
        mine = core.offset + core.value_of(np.array(chosen, dtype=np.int64))
        assert mine / SCALE == value_of(problem, sites)


@settings(deadline=None)
@given(data=st.data())
def test_taking_sites_for_granted_keeps_the_value(data: st.DataObject, problems: Callable):
    core = core_of(data.draw(problems()))
    taken = np.array(
        data.draw(st.lists(st.booleans(), min_size=core.site_count, max_size=core.site_count)),
        dtype=bool,
    )
    rest = core.narrowed(~taken, taken)
    everything = np.arange(core.site_count)
    assert rest.site_count == core.site_count - taken.sum()
    assert rest.offset - core.offset == core.value_of(everything[taken])
    assert rest.offset + rest.ceiling == core.offset + core.ceiling


def test_rows_that_rank_the_sites_alike_become_one():
    problem = cover_problem(
        [4, 6, 10, 3],
        ["a", "b"],
        [0, 0, 1, 1, 2, 2, 3],
        [0, 1, 0, 1, 0, 1, 1],
        p=1,
        value_share=[1, 0.5, 0.5, 0.1, 0.5, 1, 1],
    )
    core = core_of(problem)
    assert core.row_count == 3
    merged = sorted(core.value[core.starts].tolist())
    assert merged == [3000, 7000, 10000]
    assert core.unit == 200


def test_rows_that_an_open_place_serves_are_gone():
    problem = cover_problem([5, 7], ["o", "a"], [0, 0, 1], [0, 1, 1], p=1, open_sites=[0])
    core = core_of(problem)
    assert (core.offset, core.row_count, core.ceiling) == (5000, 1, 7000)
    assert core.columns.tolist() == [1]
