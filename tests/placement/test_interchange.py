from collections.abc import Callable

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage.placement.core import core_of
from coverage.placement.interchange import improve, prefer_first, swap_changes
from coverage.placement.problem import cover_problem
from coverage.placement.stop import MaxIterations, Meter


@settings(deadline=None)
@given(data=st.data())
def test_every_swap_is_worth_what_it_says(data: st.DataObject, problems: Callable):
    core = core_of(data.draw(problems()))
    chosen = np.arange(core.p)
    change = swap_changes(core, chosen)
    for enters in range(core.p, core.site_count):
        for slot in range(core.p):
            swapped = chosen.copy()
            swapped[slot] = enters
            assert change[enters, slot] == core.value_of(swapped) - core.value_of(chosen)


@settings(deadline=None)
@given(data=st.data())
def test_improving_ends_where_no_swap_helps(data: st.DataObject, problems: Callable):
    core = core_of(data.draw(problems()))
    start = np.arange(core.p)
    better = improve(core, start, Meter(MaxIterations(10_000)))
    assert core.value_of(better) >= core.value_of(start)
    if 0 < core.p < core.site_count:
        assert swap_changes(core, better).max() <= 0


@settings(deadline=None)
@given(data=st.data())
def test_preferring_the_first_site_costs_nothing(data: st.DataObject, problems: Callable):
    core = core_of(data.draw(problems()))
    start = np.arange(core.site_count)[::-1][: core.p]
    first = prefer_first(core, start)
    assert core.value_of(first) == core.value_of(start)
    assert first.sum() <= start.sum()


def test_a_meter_that_is_over_allows_no_swap():
    core = core_of(cover_problem([1, 5], ["a", "b"], [0, 1], [0, 1], p=1))
    assert improve(core, np.array([0]), Meter(MaxIterations(0))).tolist() == [0]
    assert improve(core, np.array([0]), Meter(MaxIterations(1))).tolist() == [1]


def test_a_useless_last_site_is_replaced_by_the_first():
    core = core_of(cover_problem([5], ["a", "b", "c"], [0, 0], [1, 2], p=2))
    assert prefer_first(core, np.array([1, 2])).tolist() == [0, 1]
