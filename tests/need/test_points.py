"""What is known of each home of a town worked by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from coverage.model.services import ServiceTable
from coverage.need.points import Ground, points_of, told_minutes
from coverage.need.reach import UNREACHED_DS
from tests.need.towns.town import Town


@pytest.fixture
def town() -> Town:
    return Town("three_communes")


def points(town: Town, *, minutes=20, planned=("ap",)):
    return points_of(town.ground(), minutes=minutes, decay="linear", planned=planned)


def test_times_of_each_home(town):
    found = points(town)
    nan = np.nan
    for name, expected in {
        "adviser_ds": [5, 15, 10, 15, 40, nan],
        "adviser_walk_ds": [15, nan, 60, nan, nan, nan],
        "adviser_bike_ds": [10, 20, 25, nan, nan, nan],
        "contact_ds": [5, 15, 20, 22.5, 20, 15],
        "after_ds": [5, 15, 10, 15, 20, 15],
    }.items():
        assert told_minutes(getattr(found, name)).tolist() == pytest.approx(expected, nan_ok=True)


def test_places_access_and_hours_of_each_home(town):
    found = points(town)
    assert found.adviser_count.tolist() == [2, 1, 2, 1, 0, 0]
    assert found.access.tolist() == pytest.approx([12, 5, 20 / 3, 5, 0, 0])
    assert found.hours_week.tolist() == [20, 15, 20, 5, 0, 0]
    assert found.hours_evening.tolist() == [1, 0, 1, 1, 0, 0]
    assert found.hours_saturday.tolist() == [3, 0, 3, 3, 0, 0]
    assert found.covered.tolist() == [True, True, True, True, False, False]
    assert found.covered_after.all()
    # b1 walks, b2 rides exactly twenty minutes, v1 would ride for more.
    assert found.car_only.tolist() == [False, False, True, True, False, False]


def test_without_a_car_one_has_what_sharing_by_car_leaves(town):
    found = points(town)
    # On foot cn is an hour away from its only visitor, and the agence offers nothing.
    assert found.access_walk.tolist() == pytest.approx([5, 0, 0, 0, 0, 0])
    assert found.access_bike.tolist() == pytest.approx([20 / 3, 10 / 3, 5 / 6, 0, 0, 0])


def test_what_nobody_reaches_is_told(town):
    assert points(town).unreached_supply == 0
    town.sites.loc[town.sites["site_id"] == "ap", "persons_month"] = 30
    # h1 is 15 minutes from the agence: what it offers is received.
    assert points(town).unreached_supply == 0
    town.demand.loc[town.demand["demand_id"].isin(["h1", "v3"]), "need"] = 0.0
    assert points(town).unreached_supply == 30


def test_out_of_reach_is_beyond_every_limit(town):
    assert points(town).unreached.tolist() == [False] * 5 + [True]


def test_without_a_plan_nothing_changes(town):
    found = points(town, planned=())
    assert found.after_ds.tolist() == found.adviser_ds.tolist()


def test_unknown_hours_are_counted_and_null(town):
    town.sites.loc[town.sites["site_id"] == "cn", "opening"] = None
    found = points(town)
    assert found.unknown_hours == 1
    # v2 has cn alone: its hours are not known; v3 and h1 have no place in reach: that is known.
    expected = [15, 15, 15, np.nan, 0, 0]
    assert found.hours_week.tolist() == pytest.approx(expected, nan_ok=True)


def test_posts_count_at_adviser_places_only(town):
    town.sites["posts"] = [1.0, 2.0, 4.0, 8.0]
    assert town.ground().adviser_posts.tolist() == [1, 2, 0, 0]


def test_a_contact_point_is_la_poste_s_whatever_the_table_of_services(town):
    services = ServiceTable.load()
    rows = {kind: replace(row, level="other") for kind, row in services.services.items()}
    ground = replace(town.ground(), services=replace(services, services=rows))
    found = points_of(ground, minutes=20, decay="linear")
    assert (found.adviser_ds == UNREACHED_DS).all()
    assert found.contact_ds.tolist() == points(town).contact_ds.tolist()


def test_the_ground_asks_the_places_what_they_give(town):
    ground = town.ground()
    for reach in ground.reaches.values():
        reach.sites["staff"] = [["conseiller_numerique:1"], ["conseiller_numerique:0.4"], [], []]
    made = Ground.of(ground.reaches, ground.services)
    assert made.supply.tolist() == [100, 40, 12, 0]
    assert made.posts.tolist() == [1, 0.4, 0, 0]
    assert made.drive is ground.drive


def test_out_of_reach_has_no_minutes():
    found = told_minutes(np.array([0, 600, UNREACHED_DS], np.int32))
    assert found.tolist() == pytest.approx([0, 1, np.nan], nan_ok=True)
