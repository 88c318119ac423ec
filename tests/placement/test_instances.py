"""Public instances with known optima; they lie beside the mirror and are never in the project."""

from pathlib import Path

import numpy as np
import pytest

from coverage.model.plan import Status
from coverage.placement.engine import solve
from coverage.placement.problem import cover_problem
from coverage.placement.stop import MaxIterations


@pytest.fixture(scope="module")
def sjc324(mirror: Path) -> np.ndarray:
    path = mirror.parent / "instances" / "mclp" / "SJC324.txt"
    if not path.is_file():
        pytest.skip(f"no public instances at {path}")
    return np.loadtxt(path, skiprows=1)


@pytest.mark.parametrize(
    ("radius", "p", "optimum"),
    [(800, 1, 5461), (800, 2, 8790), (800, 3, 11604), (800, 4, 12106), (800, 5, 12152)]
    + [(150, 16, 6394), (150, 40, 10443)],
)
def test_sjc324_is_proved(sjc324: np.ndarray, radius: int, p: int, optimum: int):
    x, y, weights = sjc324.T
    row, column = np.nonzero(np.hypot(x[:, None] - x, y[:, None] - y) <= radius)
    problem = cover_problem(weights, [f"{j:03d}" for j in range(len(x))], row, column, p=p)
    solution = solve(problem, MaxIterations(10**6))
    assert solution.objective == solution.bound == optimum
    assert solution.status is Status.OPTIMAL
