"""E2SFCA: worked by hand, beside PySAL's and scipy's, and supply is never lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from coverage.model.params import DECAYS
from coverage.need.access import (
    NATURAL_MINUTES,
    access_from,
    access_of,
    e2sfca,
    range_minutes,
    ratios_of,
    unreached_supply,
    weights_by_ds,
)
from coverage.need.reach import Reach

HERE = Path(__file__).parent
VALLEY, ORACLE = HERE / "towns" / "valley", HERE / "oracle"


def town(folder: Path, prefix: str = "") -> tuple[Reach, np.ndarray]:
    """Read points, sites and times; return their reach and the sites' supply."""
    points, sites, times = (
        pd.read_csv(folder / f"{prefix}{name}.csv") for name in ("points", "sites", "times")
    )
    reach = Reach.of(
        gpd.GeoDataFrame(points.rename(columns={"point": "demand_id"})),
        gpd.GeoDataFrame(sites.rename(columns={"site": "site_id"})),
        times.rename(columns={"point": "demand_id", "site": "site_id", "ds": "cost_ds"}),
    )
    return reach, sites["supply"].to_numpy(float)


def random_pairs(seed: int, points: int, places: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return ptr, point, ds of places that reach some of the points."""
    generator = np.random.default_rng(seed)
    near = generator.random((places, points)) < 0.7
    place, point = np.nonzero(near)
    ptr = np.concatenate(([0], np.cumsum(near.sum(axis=1))))
    return ptr, point, generator.integers(0, 36_000, place.size)


def test_every_decay_that_can_be_asked_for_has_a_range():
    assert set(NATURAL_MINUTES) == set(DECAYS)


@pytest.mark.parametrize("decay", DECAYS)
def test_a_valley_worked_by_hand(decay):
    reach, supply = town(VALLEY)
    expected = pd.read_csv(VALLEY / "expected.csv")[decay]
    found = access_of(reach, supply, decay=decay)
    assert found == pytest.approx(expected.to_numpy(), abs=5e-8)
    assert found @ reach.demand["need"] == pytest.approx(138)
    ratios = ratios_of(reach, supply, decay=decay)
    assert unreached_supply(ratios, supply).tolist() == [0, 0, 50]


@pytest.mark.parametrize("decay", DECAYS)
def test_the_answers_of_pysal(decay):
    reach, supply = town(ORACLE, "access_")
    expected = pd.read_csv(ORACLE / "access_answers.csv")[decay].to_numpy()
    found = access_of(reach, supply, decay=decay)
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert found[-1] == 0  # the last point reaches nothing
    ratios = ratios_of(reach, supply, decay=decay)
    assert unreached_supply(ratios, supply)[-1] == 100  # nobody in need reaches it


def test_the_gaussian_has_a_hundredth_left_at_thirty_minutes():
    weights = weights_by_ds("gaussian")
    assert weights[[0, 9_000, 18_000]] == pytest.approx([1.0, 0.01**0.25, 0.01])
    assert weights[18_001:].tolist() == [0]  # and nothing a tenth of a second later


def test_the_steps_hold_at_exactly_five_ten_and_fifteen_minutes():
    weights = weights_by_ds("apl2012")
    assert weights[[0, 3_000, 3_001, 6_000, 6_001, 9_000]].tolist() == [1, 1, 0.3, 0.3, 0.1, 0.1]
    assert weights[9_001:].tolist() == [0]


def test_linear_falls_to_nothing():
    assert weights_by_ds("linear")[[0, 4_500, 18_000]].tolist() == [1, 0.75, 0]


def test_another_range_stretches_a_decay_in_proportion():
    weights = weights_by_ds("apl2012", 30)
    assert weights[[6_000, 6_001, 12_000, 12_001, 18_000, 18_001]].tolist() == [
        1, 0.3, 0.3, 0.1, 0.1, 0,
    ]  # fmt: skip
    half = weights_by_ds("gaussian", 15)
    assert half[:-1] == pytest.approx(weights_by_ds("gaussian")[:-1:2])
    # A range of 0.75 ds: only being there counts.
    assert weights_by_ds("linear", 0.00125).tolist() == [1, 0]


@pytest.mark.parametrize("minutes", [0, -1, np.nan, np.inf])
def test_a_range_is_a_time(minutes):
    with pytest.raises(ValueError, match="above 0 minutes"):
        range_minutes("gaussian", minutes)


def test_an_unknown_decay_is_named():
    with pytest.raises(ValueError, match="not cosine"):
        weights_by_ds("cosine")


GOOD = {
    "ptr": [0, 1, 2],
    "point": [0, 1],
    "ds": [0, 600],
    "population": [1.0, 2.0],
    "supply": [3.0, 4.0],
}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"population": [1.0, np.nan]}, "population"),
        ({"population": [-1.0, 2.0]}, "population"),
        ({"population": [np.inf, 2.0]}, "population"),
        ({"supply": [3.0, -1.0]}, "supply"),
        ({"supply": [3.0, np.nan]}, "supply"),
        ({"supply": [3.0]}, "2 places have 1 supplies"),
        ({"ds": [0, -600]}, "negative"),
        ({"point": [0, 2]}, "no population"),
        ({"point": [0, -1]}, "no population"),
        ({"ptr": [0, 1, 3]}, "add up"),
        ({"ptr": [1, 1, 2]}, "add up"),
        ({"ptr": [0, 3, 2]}, "overlap"),
        ({"ds": [0]}, "add up"),
    ],
)
def test_wrong_arrays_are_refused_in_a_sentence(wrong, message):
    e2sfca(**GOOD)
    with pytest.raises(ValueError, match=message):
        e2sfca(**{**GOOD, **wrong})


def test_nobody_nothing_nowhere():
    assert e2sfca([0], [], [], [], []).size == 0
    assert e2sfca([0], [], [], [1.0, 2.0], []).tolist() == [0, 0]
    assert e2sfca([0, 0], [], [], [1.0], [5.0]).tolist() == [0]
    # Someone is there, but nobody in need: nothing is divided by nobody.
    assert e2sfca([0, 1], [0], [0], [0.0], [5.0]).tolist() == [0]


@given(st.integers(0, 2**16), st.integers(0, 12), st.integers(0, 8), st.sampled_from(DECAYS))
def test_it_is_what_two_products_of_matrices_give(seed, points, places, decay):
    ptr, point, ds = random_pairs(seed, points, places)
    generator = np.random.default_rng(seed)
    population, supply = generator.uniform(0, 100, points), generator.uniform(0, 50, places)
    table = weights_by_ds(decay)
    weight = table[np.minimum(ds, table.size - 1)]
    matrix = sparse.csr_array((weight, point, ptr), shape=(places, points))
    served = matrix @ population
    ratio = np.divide(supply, served, out=np.zeros(places), where=served > 0)
    found = e2sfca(ptr, point, ds, population, supply, decay=decay)
    assert found == pytest.approx(matrix.T @ ratio, rel=1e-12, abs=1e-15)


@given(st.integers(0, 2**16), st.integers(1, 12), st.integers(1, 8), st.sampled_from(DECAYS))
def test_supply_is_conserved(seed, points, places, decay):
    ptr, point, ds = random_pairs(seed, points, places)
    generator = np.random.default_rng(seed)
    need = generator.uniform(0, 100, points) * (generator.random(points) < 0.5)
    supply = generator.uniform(0, 50, places)
    reach = Reach(
        gpd.GeoDataFrame({"need": need}), gpd.GeoDataFrame(index=range(places)),
        ptr, point.astype(np.int32), ds.astype(np.int32),
    )  # fmt: skip
    helped = need @ access_of(reach, supply, decay=decay)
    lost = unreached_supply(ratios_of(reach, supply, decay=decay), supply)
    assert helped + lost.sum() == pytest.approx(supply.sum())


@given(st.integers(0, 2**16), st.integers(1, 12), st.integers(1, 8), st.sampled_from(DECAYS))
def test_a_slower_way_never_reaches_more_of_what_is_shared(seed, points, places, decay):
    ptr, point, ds = random_pairs(seed, points, places)
    generator = np.random.default_rng(seed)
    homes = gpd.GeoDataFrame({"need": generator.uniform(0, 100, points)})
    sites = gpd.GeoDataFrame(index=range(places))
    supply = generator.uniform(0, 50, places)
    by_car = Reach(homes, sites, ptr, point.astype(np.int32), ds.astype(np.int32))
    later = (ds + generator.integers(0, 6_000, ds.size)).astype(np.int32)
    on_foot = replace(by_car, ds=later)
    ratios = ratios_of(by_car, supply, decay=decay)
    assert (
        access_from(ratios, on_foot, decay=decay) <= access_of(by_car, supply, decay=decay)
    ).all()
    assert access_from(ratios, by_car, decay=decay).tolist() == (
        access_of(by_car, supply, decay=decay).tolist()
    )


@given(st.integers(0, 2**16), st.sampled_from(DECAYS))
def test_one_more_place_takes_from_nobody(seed, decay):
    ptr, point, ds = random_pairs(seed, 9, 5)
    generator = np.random.default_rng(seed)
    population, supply = generator.uniform(0, 100, 9), generator.uniform(1, 50, 5)
    before = e2sfca(ptr, point, ds, population, [*supply[:-1], 0.0], decay=decay)
    after = e2sfca(ptr, point, ds, population, supply, decay=decay)
    assert (after >= before).all()


@given(st.integers(0, 2**16), st.randoms())
def test_the_order_of_the_places_changes_next_to_nothing(seed, random):
    points, places = 9, 6
    ptr, point, ds = random_pairs(seed, points, places)
    generator = np.random.default_rng(seed)
    population, supply = generator.uniform(0, 100, points), generator.uniform(0, 50, places)
    order = list(range(places))
    random.shuffle(order)
    rows = [slice(ptr[place], ptr[place + 1]) for place in order]
    shuffled = e2sfca(
        np.concatenate(([0], np.cumsum(np.diff(ptr)[order]))),
        np.concatenate([point[row] for row in rows]),
        np.concatenate([ds[row] for row in rows]),
        population,
        supply[order],
    )
    assert shuffled == pytest.approx(e2sfca(ptr, point, ds, population, supply), rel=1e-12)
