"""Sums, means and quantiles of the demand points of areas; who lives where."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, box

from coverage.need.areas import Areas, communes_of, qpv_of, qpv_places
from coverage.need.reach import UNREACHED_DS


def parts(*shares: list[float]) -> Areas:
    """Make areas from the shares of all points in each."""
    names = [f"area {number}" for number in range(len(shares))]
    return Areas.of_shares(names, [np.array(share, float) for share in shares])


def quantile(values: list[int], weights: list[float], share: float) -> float:
    """Go through the values by hand until the share of the weight has come."""
    arrived = 0.0
    for value, weight in sorted(zip(values, weights, strict=True)):
        arrived += weight
        if weight and arrived >= share * sum(weights) - 1e-9:
            return value
    return np.nan


SHARES = st.integers(0, 8).map(lambda n: n / 8)
ROWS = st.lists(
    st.tuples(SHARES, st.integers(0, 4_000).map(lambda n: n / 1000), st.integers(0, 40_000)),
    min_size=1,
    max_size=15,
)


def test_areas_are_made_of_the_points_that_have_a_share():
    areas = parts([1, 0, 0.25], [0, 0, 0.75], [0, 0, 0])
    assert areas.ids == ("area 0", "area 1", "area 2")
    assert areas.area.tolist() == [0, 0, 1]
    assert areas.point.tolist() == [0, 2, 2]
    assert areas.share.tolist() == [1, 0.25, 0.75]
    assert areas.held.tolist() == [True, True, False]
    assert areas.sums(np.array([10.0, 5, 8])).tolist() == [12, 6, 0]


def test_no_area_and_no_point_have_no_figure():
    nothing = Areas.of_shares([], [])
    assert len(nothing) == 0
    assert nothing.people_within(np.ones(2), np.zeros(2, np.int32), [1, 2]).shape == (0, 2)
    assert nothing.quantiles(np.zeros(2, np.int32), np.ones(2), (0.5,)).shape == (0, 1)
    empty = parts([], [])
    assert empty.people(np.zeros(0)).tolist() == [0, 0]
    assert np.isnan(empty.means(np.zeros(0), np.zeros(0))).all()
    assert np.isnan(empty.quantiles(np.zeros(0, np.int32), np.zeros(0), (0.5, 0.9))).all()


def test_exactly_the_limit_is_within():
    areas = parts([1, 1, 1, 1])
    values = np.array([600, 601, 1200, UNREACHED_DS], np.int32)
    people = areas.people_within(np.array([1.0, 2, 4, 8]), values, [600, 1200])
    assert people.tolist() == [[1, 7]]


def test_tenths_of_persons_add_up_to_everybody():
    """0.1 + 0.2 + 0.7 in any order of summing is one person, not a hair more or less."""
    areas = parts([1, 1, 1])
    persons = np.array([0.1, 0.2, 0.7])
    values = np.array([3, 1, 2], np.int32)
    assert areas.people_within(persons, values, [1, 2, 3])[0, 2] == areas.people(persons)[0] == 1


def test_a_mean_hides_nobody():
    areas = parts([1, 1, 0, 0], [0, 0, 1, 1])
    values = np.array([1.0, np.nan, 1.0, np.nan])
    means = areas.means(values, np.array([50.0, 50, 49, 51]))
    assert means[0] == 1
    assert np.isnan(means[1])


def test_quantiles_by_hand():
    # Half of ten people is five, reached at exactly the second value; nine tenths at the third.
    areas = parts([1, 1, 1, 1, 0], [0, 0, 0, 0, 0.5], [0, 0, 0, 0, 0])
    values = np.array([30, 10, 20, UNREACHED_DS, 7], np.int32)
    found = areas.quantiles(values, np.array([4.0, 3, 2, 1, 1]), (0.5, 0.9))
    assert found[:2].tolist() == [[20, 30], [7, 7]]
    assert np.isnan(found[2]).all()


@given(st.lists(ROWS, min_size=1, max_size=4))
def test_quantiles_are_those_of_each_area_alone(tables):
    rows = [row for table in tables for row in table]
    shares = np.zeros((len(tables), len(rows)))
    start = 0
    for number, table in enumerate(tables):
        shares[number, start : start + len(table)] = [share for share, _, _ in table]
        start += len(table)
    weights = np.array([weight for _, weight, _ in rows])
    values = np.array([value for _, _, value in rows], np.int32)
    found = parts(*shares).quantiles(values, weights, (0.5, 0.9))
    for number, share in enumerate(shares):
        for column, q in enumerate((0.5, 0.9)):
            expected = quantile(values.tolist(), (weights * share).tolist(), q)
            assert found[number, column] == pytest.approx(expected, nan_ok=True)


@given(ROWS, st.randoms())
def test_permuted_rows_change_nothing(rows, random):
    share, persons, value = (np.array(column) for column in zip(*rows, strict=True))
    order = list(range(len(rows)))
    random.shuffle(order)
    one, other = parts(share, 1 - share), parts(share[order], (1 - share)[order])
    values = value.astype(np.int32)
    limits = [100, 10_000, 20_000]
    assert np.array_equal(one.people(persons), other.people(persons[order]))
    assert np.array_equal(
        one.people_within(persons, values, limits),
        other.people_within(persons[order], values[order], limits),
    )
    assert np.array_equal(
        one.quantiles(values, persons, (0.5, 0.9)),
        other.quantiles(values[order], persons[order], (0.5, 0.9)),
        equal_nan=True,
    )


@given(ROWS)
def test_the_parts_of_a_partition_add_up_to_the_whole(rows):
    share, persons, value = (np.array(column) for column in zip(*rows, strict=True))
    areas, limits = parts(share, 1 - share), [100, 10_000, 20_000]
    within = areas.people_within(persons, value.astype(np.int32), limits)
    assert within.sum(axis=0) == pytest.approx([persons[value <= limit].sum() for limit in limits])
    assert (np.diff(within, axis=1) >= 0).all()
    assert (within <= areas.people(persons)[:, None]).all()


def test_a_place_across_the_border_is_in_no_commune():
    communes = pd.DataFrame({"code_insee": ["2A001", "2A002"]})
    places = pd.DataFrame({"code_insee": ["2A002", "2B001", "2A002"]})
    areas = communes_of(communes, places)
    assert areas.ids == ("2A001", "2A002")
    assert areas.sums(np.array([1.0, 2, 4])).tolist() == [0, 5]


def zones() -> gpd.GeoDataFrame:
    """Two QPV side by side and one apart; an outline that is no QPV."""
    return gpd.GeoDataFrame(
        {
            "zone_id": ["outline", "west", "east", "apart"],
            "kind": ["departement", "qpv_2015", "qpv_2015", "qpv_2015"],
        },
        geometry=[
            box(0, 40, 20, 50),
            box(9.00, 42.00, 9.01, 42.01),
            box(9.01, 42.00, 9.02, 42.01),
            box(9.10, 42.10, 9.11, 42.11),
        ],
        crs=4326,
    )


def homes(*rows: tuple[float, float, float]) -> gpd.GeoDataFrame:
    """Make demand points of (lon, lat, qpv_share)."""
    return gpd.GeoDataFrame(
        {"qpv_share": [share for _, _, share in rows]},
        geometry=[Point(lon, lat) for lon, lat, _ in rows],
        crs=4326,
    )


def test_each_person_of_a_qpv_is_in_one_qpv():
    demand = homes(
        (9.005, 42.005, 1.0),  # well inside
        (9.010, 42.005, 0.5),  # on the border of two: the first
        (9.0205, 42.005, 0.25),  # a square's centre just outside
        (9.015, 42.005, 0.0),  # inside, but nobody of it lives there
        (9.5, 42.5, 0.0),
    )
    areas = qpv_of(zones(), demand)
    assert areas.ids == ("west", "east", "apart")
    assert areas.point.tolist() == [0, 1, 2]
    assert areas.area.tolist() == [0, 0, 1]
    assert areas.sums(np.full(5, 8.0)).tolist() == [12, 2, 0]
    assert areas.held.tolist() == [True, True, False]


def test_nearest_is_measured_on_the_ground():
    """At 60° N a degree of longitude is half a degree of latitude: east is nearer here."""
    both = gpd.GeoDataFrame(
        {"zone_id": ["north", "east"], "kind": "qpv_2015"},
        geometry=[box(0, 60.010, 0.1, 60.1), box(0.014, 59.9, 0.1, 60.005)],
        crs=4326,
    )
    assert qpv_of(both, homes((0, 60, 1.0))).area.tolist() == [1]


def test_without_qpv_nobody_lives_in_one():
    areas = qpv_of(zones().iloc[:1], homes((9.005, 42.005, 0.0)))
    assert areas.ids == ()
    areas = qpv_of(zones(), homes((9.005, 42.005, 0.0)))
    assert len(areas) == 3
    assert not areas.held.any()


def test_places_stand_in_a_qpv_by_their_geometry():
    sites = homes((9.015, 42.005, 0), (9.5, 42.5, 0), (9.005, 42.005, 0))
    areas = qpv_places(zones(), sites)
    assert areas.sums(np.array([1.0, 2, 4])).tolist() == [4, 1, 0]
