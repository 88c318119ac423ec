import math
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from coverage.placement.core import core_of
from coverage.placement.greedy import choose_greedily
from coverage.placement.problem import SCALE, cover_problem


@settings(deadline=None)
@given(data=st.data())
def test_greedy_keeps_its_guarantee(data: st.DataObject, problems: Callable, brute_force: Callable):
    core = core_of(problem := data.draw(problems(plain=True)))
    chosen = choose_greedily(core)
    assert len(set(chosen.tolist())) == problem.p
    assert core.value_of(chosen) / SCALE >= (1 - 1 / math.e) * brute_force(problem) - 1e-9


@settings(deadline=None)
@given(data=st.data())
def test_lazy_greedy_chooses_as_plain_greedy_would(data: st.DataObject, problems: Callable):
    core = core_of(data.draw(problems()))
    chosen: list[int] = []
    for site in choose_greedily(core).tolist():
        closed = [j for j in range(core.site_count) if j not in chosen]
        assert site == max(closed, key=lambda j: (core.value_of([*chosen, j]), -j))
        chosen.append(site)


def test_equal_gains_go_to_the_first_site():
    problem = cover_problem([2, 2, 2], ["a", "b", "c"], [0, 1, 2], [2, 1, 0], p=2)
    assert choose_greedily(core_of(problem)).tolist() == [0, 1]
