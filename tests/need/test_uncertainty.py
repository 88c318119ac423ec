"""Ranks under other assumptions: the draws, one by one, and what they say."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from coverage.model.params import DECAYS
from coverage.need import uncertainty
from coverage.need.access import NATURAL_MINUTES, access_of, e2sfca
from coverage.need.areas import Areas
from coverage.need.reach import Reach
from coverage.need.score import min_max01, normal01, rank01
from coverage.need.uncertainty import (
    CONCENTRATION,
    access_by_range,
    ranges_minutes,
    rank_draws,
    stability,
)

COMMUNES, POINTS, SITES = 40, 200, 15
FIELDS = ("low", "high", "top_share")


@pytest.fixture(scope="module")
def region() -> tuple[Reach, np.ndarray, Areas]:
    """Communes of five points, strips of a square of 50 minutes; none in need in the last one."""
    generator = np.random.default_rng(3)
    home = generator.uniform(0, 30_000, (POINTS, 2))
    home = home[np.argsort(home[:, 0])]
    place = generator.uniform(0, 30_000, (SITES, 2))
    ds = np.linalg.norm(place[:, None] - home[None, :], axis=2).astype(np.int32)
    site, point = np.nonzero(ds <= 36_000)
    need = generator.integers(1, 60, POINTS).astype(float)
    commune = np.arange(POINTS) * COMMUNES // POINTS
    need[commune == COMMUNES - 1] = 0
    reach = Reach(
        gpd.GeoDataFrame({"need": need, "persons": need * 3 + generator.integers(0, 300, POINTS)}),
        gpd.GeoDataFrame(index=range(SITES)),
        np.concatenate(([0], np.cumsum(np.bincount(site, minlength=SITES)))),
        point.astype(np.int32),
        ds[site, point],
    )
    supply = generator.choice([0.0, 50.0, 100.0], SITES)
    names = tuple(f"c{k}" for k in range(COMMUNES))
    return reach, supply, Areas(names, commune, np.arange(POINTS), np.ones(POINTS))


@pytest.fixture(scope="module")
def factors(region) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return need per head, access [ranges, areas] and the ranges."""
    reach, supply, areas = region
    ranges, access = access_by_range(reach, supply, areas)
    persons = areas.sums(reach.demand["persons"].to_numpy())
    return areas.sums(reach.demand["need"].to_numpy()) / persons, access, ranges


@pytest.mark.parametrize("decay", DECAYS)
@given(seed=st.integers(0, 2**16), minutes=st.sampled_from([20.0, 25.0, 33.75, 35.0]))
def test_a_speed_factor_is_a_shorter_range(decay, seed, minutes):
    """Times / 0.8 at a range of L give the access of the times themselves at 0.8 L."""
    generator = np.random.default_rng(seed)
    points, places = 9, 6
    ds = 4 * generator.integers(0, 6_000, points * places)  # a quarter more is whole, too
    ptr = np.arange(places + 1) * points
    point = np.tile(np.arange(points), places)
    people, supply = generator.uniform(0, 100, points), generator.uniform(0, 50, places)
    slow = e2sfca(ptr, point, ds * 5 // 4, people, supply, decay=decay, minutes=minutes)
    near = e2sfca(ptr, point, ds, people, supply, decay=decay, minutes=0.8 * minutes)
    assert slow == pytest.approx(near, rel=1e-12)


@pytest.mark.parametrize("decay", DECAYS)
def test_the_ranges_hold_every_draw_and_lie_close(decay):
    ranges = ranges_minutes(decay)
    natural = NATURAL_MINUTES[decay]
    assert ranges[[0, -1]] == pytest.approx([0.8 * (natural - 5), natural + 5])
    assert np.diff(ranges) == pytest.approx(0.25)


@pytest.mark.parametrize("decay", DECAYS)
def test_access_at_each_range_is_that_of_the_study(region, decay):
    reach, supply, areas = region
    ranges, access = access_by_range(reach, supply, areas, decay=decay)
    assert access.shape == (ranges.size, COMMUNES)
    need = reach.demand["need"].to_numpy()
    for row in (0, ranges.size // 2, ranges.size - 1):
        points = access_of(reach, supply, decay=decay, minutes=ranges[row])
        for commune in (0, 7, COMMUNES - 2):
            here = areas.area == commune
            expected = 1000 * (need[here] @ points[here]) / need[here].sum()
            assert access[row, commune] == pytest.approx(expected)
    assert np.isnan(access[:, COMMUNES - 1]).all()  # nobody is in need there


def test_the_draws_one_by_one(factors):
    """The same draws, each worked through by itself in plain words."""
    need, access, ranges = factors
    draws, seed, known = 300, 5, COMMUNES - 1
    found = rank_draws(need, access, ranges, draws=draws, seed=seed, top=4)
    generator = np.random.Generator(np.random.PCG64(seed))
    weights = 2 * generator.dirichlet([5, 5], draws)
    ways = generator.integers(0, 3, draws)
    drawn = generator.uniform(0.8, 1.0, draws) * generator.uniform(25, 35, draws)
    ranks = np.empty((draws, known))
    for draw in range(draws):
        to_scale = (rank01, min_max01, normal01)[ways[draw]]
        row = np.argmin(abs(ranges - drawn[draw]))
        far = to_scale(-np.round(access[row, :known], 9))
        a, b = weights[draw]
        score = np.round(to_scale(np.round(need[:known], 9)) ** a * far**b, 12)
        ranks[draw] = [1 + (score > mine).sum() for mine in score]
    ordered = np.sort(ranks, axis=0)
    # Of 300: the 15th and the 285th.
    assert found.low[:known].tolist() == ordered[14].tolist()
    assert found.high[:known].tolist() == ordered[284].tolist()
    top_share = (ranks <= 4).mean(axis=0)
    assert found.top_share[:known].tolist() == top_share.tolist()
    assert ((top_share > 0) & (top_share < 1)).any()  # or the town shows nothing


def test_robust_is_what_four_draws_in_five_agree_to():
    rank = np.array([1.0, 10, 10, 11, 11, 11, np.nan, 3])
    share = np.array([0.8, 0.79, 0.1, 0.2, 0.21, 0.9, 0.9, np.nan])
    assert stability(rank, share).tolist() == [
        *("robuste", "sensible", "sensible", "robuste", "sensible", "sensible", None, None)
    ]
    assert stability(np.array([3.0]), np.array([0.0]), top=2).tolist() == ["robuste"]


def test_an_area_that_lacks_a_factor_is_null_everywhere_and_ranks_nobody(factors):
    need, access, ranges = factors
    found = rank_draws(need, access, ranges)
    for name in FIELDS:
        assert np.isnan(getattr(found, name)[-1])
        assert not np.isnan(getattr(found, name)[:-1]).any()
    alone = rank_draws(need[:-1], access[:, :-1], ranges)
    for name in FIELDS:
        assert getattr(found, name)[:-1].tolist() == getattr(alone, name).tolist()


def test_the_same_seed_gives_the_same_and_another_seed_nearly(factors):
    first, again, other = (rank_draws(*factors, seed=seed) for seed in (1, 1, 2))
    for name in FIELDS:
        assert np.array_equal(getattr(first, name)[:-1], getattr(again, name)[:-1])
    assert not np.array_equal(first.top_share[:-1], other.top_share[:-1])
    assert np.nanmax(abs(first.top_share - other.top_share)) < 0.1


@given(st.permutations(range(COMMUNES)))
def test_the_order_of_the_areas_changes_nothing(factors, order):
    need, access, ranges = factors
    found = rank_draws(need, access, ranges, draws=100)
    shuffled = rank_draws(need[order], access[:, order], ranges, draws=100)
    for name in FIELDS:
        assert np.array_equal(getattr(shuffled, name), getattr(found, name)[order], equal_nan=True)


def test_who_is_worst_on_all_counts_is_always_first():
    need = np.array([0.1, 0.9, 0.2, 0.3])
    ranges = ranges_minutes()
    access = np.tile([[30.0, 1.0, 20.0, 10.0]], (ranges.size, 1))
    found = rank_draws(need, access, ranges, draws=200, top=1)
    assert found.low.tolist() == found.high.tolist() == [4, 1, 3, 2]
    assert found.top_share.tolist() == [0, 1, 0, 0]


def test_where_all_are_equal_all_are_first():
    ranges = ranges_minutes()
    found = rank_draws(np.full(12, 0.2), np.full((ranges.size, 12), 5.0), ranges, draws=100)
    assert found.high.tolist() == [1] * 12
    assert found.top_share.tolist() == [1] * 12


def test_no_area_at_all(factors):
    _, access, ranges = factors
    nothing = np.full(COMMUNES, np.nan)
    assert np.isnan(rank_draws(nothing, access, ranges).top_share).all()
    assert rank_draws(np.empty(0), np.empty((ranges.size, 0)), ranges).low.size == 0


def test_a_further_factor_takes_part(factors):
    need, access, ranges = factors
    urgent = np.zeros(COMMUNES)
    last = int(np.nanargmax(rank_draws(need, access, ranges).low))
    urgent[last] = 1.0
    with_it = rank_draws(need, access, ranges, others=(urgent,))
    assert with_it.low[last] < rank_draws(need, access, ranges).low[last]
    heavy = rank_draws(need, access, ranges, others=(urgent,), powers=(0.5, 0.5, 5.0))
    assert heavy.low[last] <= with_it.low[last]


def test_neither_factor_weighs_three_times_the_other_in_nine_draws_of_ten():
    assert beta(CONCENTRATION, CONCENTRATION).ppf(0.05) == pytest.approx(1 / 4, abs=0.005)


@pytest.mark.parametrize("decay", DECAYS)
def test_a_finer_row_of_ranges_would_say_the_same(region, factors, monkeypatch, decay):
    reach, supply, areas = region
    need = factors[0]
    ranges, access = access_by_range(reach, supply, areas, decay=decay)
    coarse = rank_draws(need, access, ranges)
    monkeypatch.setattr(uncertainty, "_RANGE_STEP_MINUTES", 0.25 / 16)
    ranges, access = access_by_range(reach, supply, areas, decay=decay)
    fine = rank_draws(need, access, ranges)
    # The draws are the same; another seed moves these shares by several times as much.
    assert np.nanmax(abs(fine.top_share - coarse.top_share)) < 0.02


def test_ranges_of_another_kind_are_refused(factors):
    need, access, ranges = factors
    with pytest.raises(ValueError, match="ranges"):
        rank_draws(need, access, ranges - 3)
