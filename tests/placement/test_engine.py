from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage.model.plan import Status
from coverage.placement.engine import solve
from coverage.placement.problem import SCALE, CoverProblem, cover_problem
from coverage.placement.stop import MaxIterations, MaxRuntime

FOREVER = MaxIterations(10**9)


def _hard(seed: int, p: int = 8) -> CoverProblem:
    """A random plane whose Lagrangian bound does not close, so that the search has to branch."""
    random = np.random.default_rng(seed)
    points, places = random.random((300, 2)), random.random((40, 2))
    near = np.hypot(*(points[:, None] - places[None]).transpose(2, 0, 1)) <= 0.16
    row, column = np.nonzero(near)
    weights = random.integers(1, 60, 300) / 4
    return cover_problem(weights, [f"s{j:02d}" for j in range(40)], row, column, p=p)


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_the_plan_is_the_best_there_is(
    data: st.DataObject, problems: Callable, brute_force: Callable, value_of: Callable
):
    problem = data.draw(problems())
    solution = solve(problem, FOREVER, seed=1)
    assert solution.status is Status.OPTIMAL
    assert solution.objective == solution.bound == brute_force(problem)
    assert solution.objective == value_of(problem, solution.sites)
    assert len(set(solution.sites)) == problem.p
    assert set(problem.locked) <= set(solution.sites) <= set(problem.allowed)


@settings(max_examples=100, deadline=None)
@given(data=st.data(), limit=st.integers(0, 12))
def test_an_interrupted_search_tells_the_truth(
    data: st.DataObject, limit: int, problems: Callable, brute_force: Callable, value_of: Callable
):
    problem = data.draw(problems())
    solution = solve(problem, MaxIterations(limit))
    best = brute_force(problem)
    assert value_of(problem, solution.sites) == solution.objective <= best <= solution.bound
    assert (solution.status is Status.OPTIMAL) == (solution.objective == solution.bound)
    assert solution.status in {Status.OPTIMAL, Status.INTERRUPTED}


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_infeasible_names_the_rule(data: st.DataObject, problems: Callable, value_of: Callable):
    problem = data.draw(problems(feasible=False))
    solution = solve(problem, FOREVER)
    if problem.p > len(problem.allowed):
        assert (solution.status, solution.rule) == (Status.INFEASIBLE, "p")
    elif len(problem.locked) > problem.p:
        assert (solution.status, solution.rule) == (Status.INFEASIBLE, "locked")
    else:
        assert solution.status is Status.OPTIMAL
        return
    assert solution.sites == ()
    assert solution.objective == value_of(problem, ())


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_one_more_site_never_covers_fewer(data: st.DataObject, problems: Callable):
    problem = data.draw(problems())
    if problem.p < len(problem.allowed):
        more = solve(replace(problem, p=problem.p + 1), FOREVER)
        assert more.objective >= solve(problem, FOREVER).objective


def test_without_time_the_plan_is_greedy_and_the_bound_everybody_in_reach():
    problem = _hard(0)
    solution = solve(problem, MaxRuntime(0))
    assert solution.status is Status.INTERRUPTED
    assert solution.iterations == 0
    assert len(solution.sites) == problem.p
    coverable = problem.weights[np.unique(problem.row)].sum() / SCALE
    assert solution.objective < solution.bound == coverable


def test_without_time_a_plain_proof_is_still_a_proof():
    everything = cover_problem([3, 4], ["a", "b"], [0, 1], [0, 1], p=2)
    assert solve(everything, MaxRuntime(0)).status is Status.OPTIMAL
    assert solve(replace(everything, p=0), MaxRuntime(0)).status is Status.OPTIMAL


@pytest.mark.parametrize("seed", range(4))
def test_more_iterations_only_close_the_gap(seed: int):
    problem = _hard(seed)
    proven = solve(problem, FOREVER)
    assert proven.status is Status.OPTIMAL
    for limit in (0, 1, 5, 50, 200, 410, 440):
        cut = solve(problem, MaxIterations(limit))
        assert cut.objective <= proven.objective <= cut.bound
        assert cut.iterations <= max(limit, proven.iterations)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("limit", [3, 60, 10**9])
def test_shuffled_rows_change_nothing(seed: int, limit: int):
    problem = _hard(seed)
    order = np.random.default_rng(9).permutation(len(problem.weights))
    place = np.argsort(order)
    pairs = np.random.default_rng(8).permutation(len(problem.row))
    shuffled = cover_problem(
        problem.weights[order] / SCALE,
        problem.site_ids,
        place[problem.row[pairs]],
        problem.column[pairs],
        p=problem.p,
    )
    assert solve(shuffled, MaxIterations(limit), 5) == solve(problem, MaxIterations(limit), 5)


def test_equal_plans_take_the_first_sites():
    problem = cover_problem([5, 5], ["a", "b", "c", "d"], [0, 0, 1, 1], [1, 3, 2, 3], p=1)
    assert solve(problem, FOREVER).sites == (3,)
    assert solve(replace(problem, p=2), FOREVER).sites == (0, 3)
