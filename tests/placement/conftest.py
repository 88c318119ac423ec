"""Small placement problems made by hypothesis, and the simplest solver there is."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from hypothesis import strategies as st

from coverage.placement.problem import SCALE, CoverProblem, cover_problem


@st.composite
def _problems(draw: st.DrawFn, *, plain: bool = False, feasible: bool = True) -> CoverProblem:
    """Up to 12 sites and 14 rows; unless ``plain``, some open, locked, forbidden, partial."""
    sites = draw(st.integers(1, 12))
    rows = draw(st.integers(1, 14))
    weights = draw(
        st.one_of(
            st.lists(st.integers(0, 9).map(float), min_size=rows, max_size=rows),
            st.lists(st.floats(0, 50), min_size=rows, max_size=rows),
        )
    )
    served = draw(
        st.lists(st.tuples(st.integers(0, rows - 1), st.integers(0, sites - 1)), max_size=4 * sites)
    )
    role = draw(st.lists(st.sampled_from("ccccolf"), min_size=sites, max_size=sites))
    if plain:
        role = ["c"] * sites
    shares = [1.0] * len(served)
    if not plain and draw(st.booleans()):
        shares = [draw(st.sampled_from([0.25, 0.5, 1.0])) for _ in served]
    named = {letter: [j for j, r in enumerate(role) if r == letter] for letter in "colf"}
    free = len(named["c"]) + len(named["l"])
    p = draw(st.integers(len(named["l"]), free) if feasible else st.integers(0, sites + 2))
    return cover_problem(
        weights,
        [f"s{j:02d}" for j in range(sites)],
        [i for i, _ in served],
        [j for _, j in served],
        p=p,
        value_share=shares,
        open_sites=named["o"],
        locked=named["l"],
        forbidden=named["f"],
    )


@pytest.fixture(scope="session")
def problems() -> Callable[..., st.SearchStrategy[CoverProblem]]:
    return _problems


@pytest.fixture(scope="session")
def value_of() -> Callable[..., float]:
    """The formula, written plainly: the sum over rows of the best value among the sites."""

    def value(problem: CoverProblem, sites: tuple[int, ...]) -> float:
        best = [0] * len(problem.weights)
        for i, j, v in zip(problem.row, problem.column, problem.value, strict=True):
            if j in sites or j in problem.open_sites:
                best[i] = max(best[i], int(v))
        return sum(best) / SCALE

    return value


@pytest.fixture(scope="session")
def brute_force(value_of: Callable[..., float]) -> Callable[[CoverProblem], float]:
    """The best value over every set of p sites that keeps the rules."""

    def best(problem: CoverProblem) -> float:
        free = np.setdiff1d(problem.allowed, problem.locked).tolist()
        more = problem.p - len(problem.locked)
        return max(
            value_of(problem, (*problem.locked, *chosen)) for chosen in combinations(free, more)
        )

    return best
