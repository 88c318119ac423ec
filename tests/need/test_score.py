from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.need.score import competition_rank, priority, rank01

NUMBERS = st.lists(st.integers(-50, 50).map(float), min_size=2, max_size=30)


def test_rank01_by_hand():
    assert rank01(np.array([5.0, 1.0, 5.0, np.nan, 9.0])) == pytest.approx(
        [0.5, 0.0, 0.5, np.nan, 1.0], nan_ok=True
    )


def test_all_equal_is_neutral():
    assert rank01(np.array([3.0, 3.0, np.nan])) == pytest.approx([1.0, 1.0, np.nan], nan_ok=True)
    assert rank01(np.array([np.nan])) == pytest.approx([np.nan], nan_ok=True)


@given(NUMBERS)
def test_rank01_stays_in_bounds_and_keeps_order(values):
    ranks = rank01(np.array(values))
    assert ((ranks >= 0) & (ranks <= 1)).all()
    low, high = int(np.argmin(values)), int(np.argmax(values))
    assert ranks[low] <= ranks[high]


@given(NUMBERS, st.randoms())
def test_order_of_rows_changes_nothing(values, random):
    order = list(range(len(values)))
    random.shuffle(order)
    need, access = np.array(values), np.array(values[::-1])
    score = priority(need, access)[0]
    assert priority(need[order], access[order])[0] == pytest.approx(score[order])


def test_high_need_and_no_access_come_first():
    score, need_part, access_part = priority(np.array([0.1, 0.3, 0.2]), np.array([9.0, 0.0, 5.0]))
    assert competition_rank(score).tolist() == [3, 1, 2]
    assert score == pytest.approx(need_part * access_part)


def test_equal_scores_share_a_rank():
    ranks = competition_rank(np.array([0.5, 0.9, 0.9, np.nan, 0.1]))
    assert ranks == pytest.approx([3, 1, 1, np.nan, 4], nan_ok=True)
