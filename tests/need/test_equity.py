"""Inequality and time poverty, against their definitions and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.need.equity import fgt, gini, palma
from coverage.need.reach import UNREACHED_DS

AMOUNTS = st.integers(0, 10_000).map(lambda n: n / 16)
PEOPLE = st.lists(
    st.tuples(AMOUNTS, st.integers(0, 4_000).map(lambda n: n / 8)), min_size=1, max_size=12
)
TIMES = st.one_of(st.just(UNREACHED_DS), st.integers(0, 40_000))
TRAVELLERS = st.lists(
    st.tuples(TIMES, st.integers(1, 400).map(lambda n: n / 8)), min_size=1, max_size=12
)


def split(pairs):
    """Return the values and the weights."""
    return tuple(np.array(column, float) for column in zip(*pairs, strict=True))


def gini_by_definition(values, weights):
    """Σ_iΣ_j w_i w_j |a_i − a_j| / (2 μ (Σ w)²)."""
    mean = (values * weights).sum() / weights.sum()
    gaps = np.abs(values[:, None] - values[None, :]) * weights[:, None] * weights[None, :]
    return gaps.sum() / (2 * mean * weights.sum() ** 2)


def palma_by_cutting(values, weights):
    """Take people one by one from either end, cutting the one on the edge."""
    people = sorted(zip(values, weights, strict=True))

    def held(rows, room):
        amount = 0.0
        for value, weight in rows:
            amount += value * min(weight, room)
            room -= min(weight, room)
        return amount

    low = held(people, 0.4 * weights.sum())
    return held(people[::-1], 0.1 * weights.sum()) / low if low > 0 else np.nan


def test_gini_by_hand():
    # Half have nothing: 1/2. One of four has all: 3/4.
    assert gini(np.array([0.0, 1.0]), np.ones(2)) == 0.5
    assert gini(np.array([0.0, 0, 0, 8]), np.ones(4)) == 0.75
    assert gini(np.array([0.0, 8]), np.array([3.0, 1])) == 0.75


def test_palma_by_hand():
    # Ten people with 1 to 10: the tenth holds 10, the four first 1 + 2 + 3 + 4.
    assert palma(np.arange(1.0, 11), np.ones(10)) == pytest.approx(1.0)
    # Five people: the fifth is cut in two (half of 5 = 2.5), the two first hold 3.
    assert palma(np.arange(1.0, 6), np.ones(5)) == pytest.approx(2.5 / 3)


@given(PEOPLE)
def test_gini_keeps_its_definition(pairs):
    values, weights = split(pairs)
    found = gini(values, weights)
    if (values * weights).sum() <= 0:
        assert np.isnan(found)
    else:
        assert found == pytest.approx(gini_by_definition(values, weights), abs=1e-12)
        assert 0 <= found < 1


@given(PEOPLE)
def test_palma_keeps_its_definition(pairs):
    values, weights = split(pairs)
    if weights.sum() > 0:
        expected = palma_by_cutting(values, weights)
        # Where the worst-off hold next to nothing, rounding says whether it is nothing.
        if np.isnan(expected) or expected < 1e6:
            assert palma(values, weights) == pytest.approx(expected, rel=1e-9, nan_ok=True)


@given(PEOPLE, st.integers(-40, 40), st.randoms())
def test_neither_scale_nor_order_changes_anything(pairs, power, random):
    values, weights = split(pairs)
    mixed = list(pairs)
    random.shuffle(mixed)
    again, their_weights = split(mixed)
    scale = 2.0**power
    for measure in (gini, palma):
        expected = pytest.approx(measure(values, weights), rel=1e-9, abs=1e-12, nan_ok=True)
        assert measure(scale * again, their_weights) == expected
        assert measure(again, scale * their_weights) == expected


@given(AMOUNTS.filter(bool), st.lists(st.integers(1, 400), min_size=1, max_size=9))
def test_equal_access_is_no_inequality(amount, weights):
    values = np.full(len(weights), amount)
    assert gini(values, np.array(weights, float)) == 0
    assert palma(values, np.array(weights, float)) == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("values", "weights"), [([], []), ([1.0, 2.0], [0.0, 0.0]), ([0.0, 0.0], [1.0, 3.0])]
)
def test_nobody_and_nothing_to_share_are_null(values, weights):
    assert np.isnan(gini(np.array(values, float), np.array(weights, float)))
    assert np.isnan(palma(np.array(values, float), np.array(weights, float)))


def test_one_person_is_equal_to_himself():
    assert gini(np.array([3.0]), np.array([1.0])) == 0
    assert palma(np.array([3.0]), np.array([1.0])) == pytest.approx(0.25)


def test_palma_has_no_bound_where_the_worst_off_have_nothing():
    assert np.isnan(palma(np.array([0.0, 1.0]), np.array([4.0, 6.0])))
    assert palma(np.array([0.0, 1.0]), np.array([3.0, 7.0])) == pytest.approx(1.0)


def test_what_is_negative_is_refused():
    with pytest.raises(ValueError, match="positive or zero"):
        gini(np.array([-1.0]), np.array([1.0]))
    with pytest.raises(ValueError, match="positive or zero"):
        palma(np.array([1.0]), np.array([-1.0]))


def test_time_poverty_by_hand():
    # At exactly 20 min nobody is poor; 40 min is short of a half, out of reach of everything.
    times = np.array([12_000, 24_000, UNREACHED_DS, 0], np.int32)
    assert fgt(times, np.array([5.0, 2, 1, 2]), 20).tolist() == [0.3, 0.2, 0.15]


def test_a_tenth_of_a_second_late_is_poor():
    assert fgt(np.array([12_001], np.int32), np.ones(1), 20)[0] == 1


def test_nobody_has_no_time_poverty():
    assert np.isnan(fgt(np.zeros(0, np.int32), np.zeros(0), 20)).all()


@given(TRAVELLERS, st.integers(1, 60), st.integers(0, 30))
def test_time_poverty_follows_its_axioms(pairs, minutes, longer):
    times, weights = split(pairs)
    times = times.astype(np.int32)
    measures = fgt(times, weights, minutes)
    # Deeper powers never weigh more, and all lie in 0..1.
    assert 1 >= measures[0] >= measures[1] - 1e-12 >= measures[2] - 2e-12 >= -2e-12
    assert measures[0] == pytest.approx(weights[times > 600 * minutes].sum() / weights.sum())
    # A longer limit never makes more people poor, nor anyone poorer.
    assert (fgt(times, weights, minutes + longer) <= measures + 1e-12).all()
    # Decomposable: the whole is the people-weighted mean of its parts.
    half = len(times) // 2
    if half:
        parts = [fgt(times[s], weights[s], minutes) for s in (slice(half), slice(half, None))]
        shares = [weights[:half].sum(), weights[half:].sum()]
        assert np.average(parts, axis=0, weights=shares) == pytest.approx(measures)
