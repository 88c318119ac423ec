"""Detections per presence-day: by hand, beside scipy's negative binomial, and in any territory."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import gamma, nbinom

from coverage.need.rates import plain_rates, shrunken_rates
from tests.need.towns.counters import raw_counts, read

ROWS = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 300)), max_size=25)
#: Rows whose likelihood has a summit and rises again towards an infinite prior, and whether they
#: are likeliest there: all alike.
TWICE = {
    "summit": ([180, 30792, 1710], [28, 3950, 203], False),
    "alike": ([106, 254, 3978], [82, 259, 3486], True),
}


def town() -> tuple[list[int], list[int]]:
    """Return detections and days of the town's counters, the one never sounded at the end."""
    rows = raw_counts().counts.groupby("id_bureau")[["detections", "jours_presence"]].sum()
    return [*rows["detections"], 0], [*rows["jours_presence"], 0]


def columns(rates) -> np.ndarray:
    return np.array(rates[:3])


def likelihood(counts, days, shape, mean):
    """Return what scipy says of counts that are negative binomial, for one prior or many."""
    shape, mean = np.asarray(shape)[..., None], np.asarray(mean)[..., None]
    return nbinom.logpmf(counts, shape, 1 / (1 + np.asarray(days) * mean / shape)).sum(axis=-1)


def tried(counts, days, shapes, means) -> float:
    """Return the greatest likelihood of all pairs of a prior's shape and mean."""
    return likelihood(counts, days, *np.meshgrid(shapes, means)).max()


def some_counts(seed: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    days = generator.integers(1, 200, 12)
    return generator.poisson(generator.gamma(2.0, 0.3, 12) * days), days


def test_the_town_by_hand():
    found = shrunken_rates(*town())
    assert found.prior == pytest.approx((0.3696065, 1.8480325), abs=5e-8)
    assert found.rate == pytest.approx(read("expected")["rate"], abs=5e-7, nan_ok=True)


def test_the_interval_holds_nine_tenths_of_what_is_known():
    counts, days = some_counts(1)
    found = shrunken_rates(counts, days)
    shape, prior_days = found.prior
    known = gamma(shape + counts, scale=1 / (prior_days + days))
    assert known.mean() == pytest.approx(found.rate)
    assert known.cdf(found.low) == pytest.approx(0.05)
    assert known.cdf(found.high) == pytest.approx(0.95)


@pytest.mark.parametrize("seed", range(4))
def test_no_other_prior_is_likelier(seed):
    counts, days = some_counts(seed)
    shape, prior_days = shrunken_rates(counts, days).prior
    best = likelihood(counts, days, shape, shape / prior_days)
    most = tried(counts, days, np.geomspace(0.05, 500, 60), np.geomspace(0.05, 5, 60))
    assert most <= best < most + 0.05


@pytest.mark.parametrize(("counts", "days", "together"), TWICE.values(), ids=list(TWICE))
def test_the_higher_of_two_summits_is_taken(counts, days, together):
    prior = shrunken_rates(counts, days).prior
    mean = sum(counts) / sum(days)
    alike = likelihood(counts, days, 1e8, mean)
    apart = tried(counts, days, np.geomspace(0.1, 1e4, 100), mean * np.geomspace(0.2, 20, 100))
    assert (prior is None) == together == (alike > apart)
    if prior is not None:
        assert likelihood(counts, days, prior[0], prior[0] / prior[1]) >= apart


def test_shrunken_rates_are_nearer_the_truth_than_the_counts_are():
    generator = np.random.default_rng(5)
    days = generator.integers(2, 60, 300)
    truth = generator.gamma(3.0, 0.1, 300)
    counts = generator.poisson(truth * days)
    found = shrunken_rates(counts, days)
    assert found.prior == pytest.approx((3.0, 10.0), rel=0.3)
    assert np.square(found.rate - truth).mean() < 0.8 * np.square(counts / days - truth).mean()
    assert 0.85 <= ((found.low <= truth) & (truth <= found.high)).mean() <= 0.95


@pytest.mark.parametrize(
    ("counts", "days"),
    [
        pytest.param([6, 6, 6], [20, 20, 20], id="all equal"),
        pytest.param([3, 6, 30], [10, 20, 100], id="one rate"),
        pytest.param([5, 7, 6], [20, 20, 20], id="less than chance"),
        pytest.param([4], [25], id="one bureau"),
        pytest.param([0, 0], [3, 40], id="nobody"),
    ],
)
def test_rows_that_differ_no_more_than_chance_have_the_rate_of_all_together(counts, days):
    found = shrunken_rates(counts, days)
    assert found.prior is None
    total, every_day = sum(counts), sum(days)
    assert found.rate == pytest.approx([total / every_day] * len(days))
    known = gamma(total + 0.5, scale=1 / every_day)
    assert known.cdf(found.high) == pytest.approx([0.95] * len(days))
    assert known.cdf(found.low) == pytest.approx([0.05 if total else 0.0] * len(days))
    assert (found.low < found.high).all()


def test_no_row_is_told_more_narrowly_than_all_together_would_be():
    counts, days = [42, 58], [100, 100]
    found = shrunken_rates(counts, days)
    # A prior that is worth more than all that was counted.
    assert found.prior[0] > sum(counts)
    known = gamma(100.5, scale=found.rate / 100.5)
    assert known.cdf(found.low) == pytest.approx([0.05, 0.05])
    assert known.cdf(found.high) == pytest.approx([0.95, 0.95])


def test_a_row_without_days_is_null_and_moves_no_other():
    counts, days = some_counts(2)
    expected = columns(shrunken_rates(counts, days))
    found = columns(shrunken_rates([0, *counts, 9], [0, *days, 0]))
    assert np.isnan(found[:, [0, -1]]).all()
    assert np.array_equal(found[:, 1:-1], expected)
    for make in (shrunken_rates, plain_rates):
        assert np.isnan(columns(make([0, 3], [0, 0]))).all()
        assert columns(make([], [])).shape == (3, 0)


@settings(max_examples=40)
@given(ROWS, st.randoms())
def test_relabelled_rows_change_not_a_bit(rows, random):
    order = list(range(len(rows)))
    random.shuffle(order)
    counts, days = np.array(rows, int).reshape(-1, 2).T
    expected, found = shrunken_rates(counts, days), shrunken_rates(counts[order], days[order])
    assert np.array_equal(columns(found), columns(expected)[:, order], equal_nan=True)
    assert found.prior == expected.prior


@settings(max_examples=40)
@given(ROWS)
def test_a_rate_lies_between_its_own_and_the_usual_one_and_in_its_interval(rows):
    counts, days = np.array(rows, int).reshape(-1, 2).T
    found = shrunken_rates(counts, days)
    seen = days > 0
    assert np.array_equal(np.isnan(found.rate), ~seen)
    assert (found.low[seen] <= found.rate[seen]).all()
    assert (found.rate[seen] <= found.high[seen]).all()
    assert (found.low[seen] < found.high[seen]).all()
    if found.prior is not None:
        own, usual = counts[seen] / days[seen], found.prior[0] / found.prior[1]
        assert (found.rate[seen] >= np.minimum(own, usual) * (1 - 1e-12)).all()
        assert (found.rate[seen] <= np.maximum(own, usual) * (1 + 1e-12)).all()


@settings(max_examples=40)
@given(ROWS, st.sampled_from([0.5, 7.0]))
def test_another_unit_of_time_is_another_unit_of_rate(rows, factor):
    counts, days = np.array(rows, int).reshape(-1, 2).T
    once, other = shrunken_rates(counts, days), shrunken_rates(counts, days * factor)
    # A prior at the very end of what is tried may fall on either side of it.
    assert columns(other) * factor == pytest.approx(columns(once), rel=5e-3, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize(
    ("counts", "days"),
    [
        ([100_000, *[0] * 1999], [1] * 2000),
        ([100_000, 0], [1, 5000]),
        ([0, 1], [1, 5000]),
        (np.arange(2000) * 50, np.full(2000, 5000)),
        (np.arange(2000) % 2, np.arange(1, 2001)),
    ],
)
def test_any_scale_gives_numbers(counts, days):
    found = shrunken_rates(counts, days)
    assert np.isfinite(columns(found)).all()
    assert (columns(found) >= 0).all()


def test_plain_rates_are_each_row_for_itself():
    found = plain_rates([0, 3, 400, 5], [5, 10, 1000, 0])
    assert found.rate == pytest.approx([0, 0.3, 0.4, np.nan], nan_ok=True)
    known = gamma([3.5, 400.5], scale=[1 / 10, 1 / 1000])
    assert known.cdf(found.low[1:3]) == pytest.approx([0.05, 0.05])
    assert known.cdf(found.high[1:3]) == pytest.approx([0.95, 0.95])
    assert found.low[0] == 0
    assert gamma.cdf(found.high[0], 0.5, scale=1 / 5) == pytest.approx(0.95)
    assert found.prior is None


@pytest.mark.parametrize(
    ("counts", "days"), [([1], [-1]), ([-1], [1]), ([np.nan], [1]), ([1, 2], [1]), ([[1]], [[1]])]
)
def test_what_is_no_count_is_refused(counts, days):
    for make in (shrunken_rates, plain_rates):
        with pytest.raises(ValueError, match="Counts and presence-days"):
            make(counts, days)
