"""Who reaches what: nearest times, counts, on tables of any order."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.need.reach import (
    UNREACHED_DS,
    Reach,
    within,
)

POINTS, SITES = ("a", "b", "c"), ("x", "y", "z")
ROLES = (["bureau_poste", "france_services"], ["mairie"], ["france_services"])
#: c reaches nothing; the limit of 20 min is 12,000 ds.
COSTS = (("a", "x", 12_000), ("b", "x", 12_001), ("a", "y", 600), ("b", "z", 0))


def demand_of(points=POINTS) -> gpd.GeoDataFrame:
    # Indexes that are not positions, on purpose.
    return gpd.GeoDataFrame({"demand_id": points}, index=range(10, 10 + len(points)), dtype=object)


def sites_of(sites=SITES, roles=ROLES) -> gpd.GeoDataFrame:
    table = {"site_id": list(sites), "roles": list(roles)}
    return gpd.GeoDataFrame(table, index=range(50, 50 + len(sites)), dtype=object)


def costs_of(rows=COSTS) -> pd.DataFrame:
    table = pd.DataFrame(list(rows), columns=["demand_id", "site_id", "cost_ds"], dtype=object)
    return table.astype({"cost_ds": "int32"})


def make() -> Reach:
    return Reach.of(demand_of(), sites_of(), costs_of())


def test_pairs_are_kept_by_site_then_point():
    reach = make()
    assert reach.ptr.tolist() == [0, 2, 3, 4]
    assert reach.point.tolist() == [0, 1, 0, 1]
    assert reach.ds.tolist() == [12_000, 12_001, 600, 0]
    types = reach.ptr.dtype, reach.point.dtype, reach.ds.dtype
    assert types == (np.dtype(np.int64), np.dtype(np.int32), np.dtype(np.int32))
    assert reach.demand.index.tolist() == [0, 1, 2]
    assert reach.sites.index.tolist() == [0, 1, 2]


@given(st.permutations(COSTS))
def test_the_order_of_the_costs_changes_nothing(rows):
    reach, shuffled = make(), Reach.of(demand_of(), sites_of(), costs_of(rows))
    for name in ("ptr", "point", "ds"):
        assert getattr(reach, name).tolist() == getattr(shuffled, name).tolist()


def test_ids_stored_as_categories_are_the_same():
    reach = make()
    stored = costs_of().astype({"demand_id": "category", "site_id": "category"})
    assert Reach.of(demand_of(), sites_of(), stored).point.tolist() == reach.point.tolist()


def test_unknown_ids_and_pairs_told_twice_are_defects():
    with pytest.raises(ValueError, match="lack"):
        Reach.of(demand_of(), sites_of(), costs_of([("a", "nowhere", 1)]))
    with pytest.raises(ValueError, match="lack"):
        Reach.of(demand_of(), sites_of(), costs_of([("nobody", "x", 1)]))
    for twice in (("a", "b", "a"), ("a", "a", "b")):
        with pytest.raises(ValueError, match="twice"):
            Reach.of(demand_of(), sites_of(), costs_of([(home, "x", 1) for home in twice]))


def test_the_nearest_is_among_the_sites_asked_for():
    reach = make()
    every = np.ones(3, bool)
    assert reach.nearest_ds(every).tolist() == [600, 0, UNREACHED_DS]
    services = reach.sites_with({"france_services"})
    assert services.tolist() == [True, False, True]
    assert reach.nearest_ds(services).tolist() == [12_000, 0, UNREACHED_DS]
    assert reach.nearest_ds(reach.known_sites(["y", "elsewhere"])).tolist() == [
        600, UNREACHED_DS, UNREACHED_DS,
    ]  # fmt: skip
    assert reach.nearest_ds(~every).tolist() == [UNREACHED_DS] * 3


def test_exactly_the_limit_is_within():
    reach = make()
    assert reach.count_within(reach.sites_with({"france_services"}), 20).tolist() == [1, 1, 0]
    assert reach.count_within(np.ones(3, bool), 20).tolist() == [2, 1, 0]
    assert reach.count_within(np.ones(3, bool), 12_001 / 600).tolist() == [2, 2, 0]
    assert within(np.array([12_000, 12_001, UNREACHED_DS], np.int32), 20).tolist() == [
        True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("points", "sites"), [((), ()), (POINTS, ()), ((), SITES), (POINTS, SITES)]
)
def test_empty_tables_and_no_pairs(points, sites):
    reach = Reach.of(demand_of(points), sites_of(sites, ROLES[: len(sites)]), costs_of([]))
    mask = np.ones(len(sites), bool)
    assert reach.nearest_ds(mask).tolist() == [UNREACHED_DS] * len(points)
    assert reach.count_within(mask, 30).tolist() == [0] * len(points)
    assert reach.sites_with({"mairie"}).size == len(sites)


@given(st.integers(0, 2**16))
def test_nearest_and_counts_are_those_of_the_whole_matrix(seed):
    generator = np.random.default_rng(seed)
    points, sites = generator.integers(0, 8, 2)
    times = generator.integers(0, 3_000, (sites, points)).astype(np.int32)
    near = generator.random((sites, points)) < 0.5
    j, i = np.nonzero(near)
    rows = zip(i.astype(str), j.astype(str), times[j, i], strict=True)
    reach = Reach.of(
        demand_of([str(i) for i in range(points)]),
        sites_of([str(j) for j in range(sites)], [["mairie"]] * sites),
        costs_of(rows),
    )
    mask = generator.random(sites) < 0.6
    whole = np.where(near & mask[:, None], times, UNREACHED_DS)
    assert reach.nearest_ds(mask).tolist() == whole.min(axis=0, initial=UNREACHED_DS).tolist()
    assert reach.count_within(mask, 2.5).tolist() == (whole <= 1_500).sum(axis=0).tolist()
    # A longer limit, and one more place, never reach fewer.
    assert (reach.count_within(mask, 3) >= reach.count_within(mask, 2.5)).all()
    assert (reach.nearest_ds(mask) >= reach.nearest_ds(mask | True)).all()
