import math

import numpy as np
import pytest

from coverage.base.errors import UserError
from coverage.placement.problem import cover_problem, round_weights


def test_weights_are_rounded_to_a_thousandth():
    assert round_weights([0.0, 1.00049, 2.0006]).tolist() == [0, 1000, 2001]


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -1.0])
def test_a_weight_that_is_no_quantity_is_refused_with_its_row(wrong: float):
    with pytest.raises(UserError, match="ligne 2"):
        round_weights([1.0, wrong])


@pytest.mark.parametrize("weights", [[1e308, 1e308], [1e13], [9e12, 9e12]])
def test_weights_too_large_to_count_exactly_are_refused(weights: list[float]):
    with pytest.raises(UserError, match="trop grands"):
        round_weights(weights)


def test_a_pair_given_twice_counts_once_at_its_best():
    problem = cover_problem([10], ["a"], [0, 0, 0], [0, 0, 0], p=1, value_share=[0.2, 0.9, 0.5])
    assert problem.value.tolist() == [9000]


def test_pairs_worth_nothing_are_left_out():
    problem = cover_problem([0, 3], ["a"], [0, 1], [0, 0], p=1)
    assert problem.row.tolist() == [1]


def test_a_problem_does_not_change():
    problem = cover_problem([1], ["a"], [0], [0], p=1)
    with pytest.raises(ValueError, match="read-only"):
        problem.weights[0] = 5
    assert isinstance(problem.weights, np.ndarray)
