from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage.model.plan import Status
from coverage.placement.bound import round_bound
from coverage.placement.core import core_of
from coverage.placement.engine import solve
from coverage.placement.exact import branch
from coverage.placement.problem import SCALE, cover_problem
from coverage.placement.stop import MaxIterations


@pytest.mark.parametrize("with_start", [False, True])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_the_search_finds_what_brute_force_finds(
    data: st.DataObject, with_start: bool, problems: Callable, brute_force: Callable
):
    core = core_of(problem := data.draw(problems()))
    start = np.arange(core.p) if with_start else None
    found = branch(core, start, seconds=np.inf, nodes=np.inf, seed=3)
    best = round(brute_force(problem) * SCALE) - core.offset
    assert found.finished
    assert found.chosen is not None
    assert core.value_of(found.chosen) == best
    assert round_bound(core, found.bound) == best


def test_a_search_cut_off_says_so_and_its_bound_still_holds():
    random = np.random.default_rng(1)
    trios = np.concatenate([random.choice(20, 3, replace=False) for _ in range(120)])
    rows = np.repeat(np.arange(120), 3)
    problem = cover_problem(np.ones(120), [f"s{j:02d}" for j in range(20)], rows, trios, p=6)
    core = core_of(problem)
    proven = branch(core, None, seconds=np.inf, nodes=np.inf, seed=0)
    assert proven.finished
    assert proven.nodes > 1
    assert proven.chosen is not None
    best = core.value_of(proven.chosen)
    for limits in ({"seconds": np.inf, "nodes": 1}, {"seconds": 0.01, "nodes": np.inf}):
        cut = branch(core, None, seed=0, **limits)
        assert not cut.finished
        assert round_bound(core, cut.bound) > best
        assert cut.chosen is None or core.value_of(cut.chosen) <= best
    node = solve(problem, MaxIterations(solve(problem, MaxIterations(10**9)).iterations - 1))
    assert node.status is Status.INTERRUPTED
    assert node.objective * SCALE <= best < node.bound * SCALE
