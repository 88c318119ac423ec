"""The priority index: parts of 0..1, their product, and ranks in which equals share."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.need.score import (
    NORMALISATIONS,
    competition_rank,
    min_max01,
    normal01,
    priority,
    rank01,
)

NUMBERS = st.lists(st.integers(-50, 50).map(float), min_size=2, max_size=30)
WAYS = st.sampled_from(list(NORMALISATIONS))


def test_rank01_by_hand():
    assert rank01(np.array([5.0, 1.0, 5.0, 9.0])) == pytest.approx([0.5, 0.0, 0.5, 1.0])


def test_min_max_and_z_by_hand():
    assert min_max01(np.array([2.0, 4.0, 3.5])) == pytest.approx([0, 1, 0.75])
    # Mean 3, standard deviation 1: a z of -1, 1, 1, -1.
    assert normal01(np.array([2.0, 4.0, 4.0, 2.0])) == pytest.approx(
        [0.158655, 0.841345, 0.841345, 0.158655], abs=1e-6
    )


@given(WAYS, st.integers(1, 5))
def test_all_equal_is_neutral(way, areas):
    assert NORMALISATIONS[way](np.full(areas, 3.0)).tolist() == [1.0] * areas


@given(WAYS, NUMBERS)
def test_parts_stay_in_bounds_and_keep_order(way, values):
    parts = NORMALISATIONS[way](np.array(values))
    assert ((parts >= 0) & (parts <= 1)).all()
    order = np.argsort(values)
    assert (np.diff(parts[order]) >= 0).all()


@given(WAYS, NUMBERS, NUMBERS)
def test_rows_are_brought_to_scale_each_by_itself(way, one, other):
    size = min(len(one), len(other))
    rows = np.array([one[:size], other[:size]])
    together = NORMALISATIONS[way](rows)
    assert np.array_equal(together, [NORMALISATIONS[way](row) for row in rows])


@given(WAYS, NUMBERS, st.randoms())
def test_order_of_rows_changes_not_a_bit(way, values, random):
    order = list(range(len(values)))
    random.shuffle(order)
    values = np.array(values) / 7
    parts = NORMALISATIONS[way](values)
    assert np.array_equal(NORMALISATIONS[way](values[order]), parts[order])
    score = priority(values, values[::-1]).score
    assert np.array_equal(priority(values[order], values[::-1][order]).score, score[order])


def test_high_need_and_no_access_come_first():
    found = priority(np.array([0.1, 0.3, 0.2]), np.array([9.0, 0.0, 5.0]))
    assert competition_rank(found.score).tolist() == [3, 1, 2]
    assert found.parts[0].tolist() == [0, 1, 0.5]
    assert found.parts[1].tolist() == [0, 1, 0.5]
    assert found.score.tolist() == [0, 1, 0.25]
    assert found.neutral == (False, False)


def test_without_any_access_the_areas_tie_on_it():
    found = priority(np.array([0.1, 0.3, 0.2]), np.array([9.0, 0.0, 0.0]))
    assert found.parts[1].tolist() == [0, 0.75, 0.75]


def test_a_neutral_factor_is_told_and_ranks_nobody():
    found = priority(np.array([0.2, 0.2 + 1e-12, 0.2]), np.array([9.0, 0.0, 5.0]))
    assert found.neutral == (True, False)
    assert found.parts[0].tolist() == [1, 1, 1]
    assert found.score.tolist() == found.parts[1].tolist()


def test_powers_weigh_the_factors():
    need, access = np.array([0.1, 0.3, 0.2]), np.array([0.0, 9.0, 5.0])
    found = priority(need, access, powers=(2.0, 1.0))
    assert found.score == pytest.approx([0, 0, 0.5**2 * 0.5])


def test_a_third_factor_counts_as_the_others_on_the_scale_of_two():
    need, access = np.array([0.1, 0.3, 0.2]), np.array([0.0, 9.0, 5.0])
    third = np.array([1.0, 2.0, 3.0])
    found = priority(need, access, others=(third,))
    assert len(found.parts) == len(found.neutral) == 3
    assert found.score == pytest.approx([0, 0, (0.5 * 0.5 * 1.0) ** (2 / 3)])
    same = priority(need, access, others=(np.ones(3),))
    assert same.neutral == (False, False, True)
    assert same.score.tolist() == priority(need, access).score.tolist()


def test_an_area_that_lacks_a_factor_is_null_everywhere_and_counts_for_no_one():
    need = np.array([0.1, 0.3, 0.2, 0.9])
    access = np.array([9.0, 0.0, 5.0, np.nan])
    found = priority(need, access)
    known = priority(need[:3], access[:3])
    assert found.score[:3].tolist() == known.score.tolist()
    assert np.isnan([found.score[3], found.parts[0][3], found.parts[1][3]]).all()
    assert np.isnan(competition_rank(found.score)[3])


def test_no_area_that_has_every_factor():
    found = priority(np.array([np.nan, 1.0]), np.array([1.0, np.nan]))
    assert np.isnan(found.score).all()
    assert np.isnan(competition_rank(found.score)).all()
    assert priority(np.empty(0), np.empty(0)).score.size == 0


def test_equal_scores_share_a_rank():
    ranks = competition_rank(np.array([0.5, 0.9, 0.9, np.nan, 0.1]))
    assert ranks == pytest.approx([3, 1, 1, np.nan, 4], nan_ok=True)
