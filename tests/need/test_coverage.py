"""Coverage and equity of groups: a town worked by hand, and sums that equal the whole."""

from __future__ import annotations

from copy import copy
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage.model.results import AREA_FIGURES
from coverage.need.coverage import coverage_figures, group_figures
from coverage.need.groups import Groups
from coverage.need.points import points_of
from tests.need.towns.town import Town


@pytest.fixture(scope="module")
def three() -> Town:
    return Town("three_communes")


def study(town: Town, *, minutes=20, planned=("ap",)):
    """Return coverage and groups of a town."""
    ground = town.ground()
    points = points_of(ground, minutes=minutes, decay="linear", planned=planned)
    groups = Groups.of(town.communes, town.profiles, town.zones, ground)
    return coverage_figures(groups, ground, points), group_figures(groups, points)


def told(table: pd.DataFrame, **wanted) -> pd.DataFrame:
    """Return the rows with these values."""
    for column, value in wanted.items():
        table = table[table[column] == value]
    return table


def test_every_group_of_the_town_by_hand(three):
    expected = three.read("expected_groups").set_index(["group", "value"])
    _, groups = study(three)
    found = groups.set_index(["group", "value"])
    assert set(found.index) == set(expected.index)
    pd.testing.assert_frame_equal(
        found.loc[expected.index, expected.columns].astype(float),
        expected.astype(float),
        check_exact=False,
        rtol=1e-11,
        atol=1e-9,
    )


def test_the_columns_of_the_groups(three):
    _, groups = study(three)
    before = ["group", "value", "persons", "covered_share", "gap_points", "persons_per_adviser"]
    equity = ["gini", "palma", "fgt_0", "fgt_1", "fgt_2"]
    assert list(groups.columns) == [*before, *AREA_FIGURES, *equity]


def test_coverage_of_the_town_by_hand(three):
    table, _ = study(three)
    whole = told(table, group="territoire", mode="drive", target="adviser")
    assert whole["minutes"].tolist() == [10, 15, 20, 30]
    assert whole["covered"].tolist() == [90, 150, 150, 150]
    assert whole["covered_share"].tolist() == pytest.approx([9 / 17, 15 / 17, 15 / 17, 15 / 17])
    # In need: 6 + 6 within 10 min, 4 + 4 more within 15, of 27.
    assert whole["need_covered_share"].tolist() == pytest.approx([12 / 27, *[20 / 27] * 3])
    # The agence is 15 min away from h1 and exactly 20 from v3.
    assert whole["covered_after"].tolist() == [90, 160, 170, 170]
    assert whole["covered_after_share"].tolist()[2:] == [1, 1]
    # fs at 5, 15, 20 and 22.5 min, the agence at 15 and 20.
    contact = told(table, group="territoire", mode="drive", target="contact")
    assert contact["covered"].tolist() == [60, 110, 150, 170]
    assert contact[["covered_after", "covered_after_share"]].isna().all().all()
    ilot = told(table, group="territoire", mode="drive", target="ilot_numerique")
    assert ilot["covered"].tolist() == [60] * 4


def test_coverage_on_foot_and_by_bike_by_hand(three):
    table, _ = study(three)
    adviser = told(table, group="territoire", target="adviser")
    assert told(adviser, mode="walk")["covered"].tolist() == [0, 60, 60, 60]
    assert told(adviser, mode="bike")["covered"].tolist() == [60, 60, 100, 130]
    contact = told(table, group="territoire", mode="walk", target="contact")
    assert contact["covered"].tolist() == [10, 70, 70, 70]
    others = table[table["mode"] != "drive"]
    assert set(others["target"]) == {"adviser", "contact"}
    assert others["covered_after"].isna().all()


def test_contact_is_la_poste_s_whatever_the_table_of_services(three):
    table, _ = study(three)
    ground = three.ground()
    rows = {kind: replace(row, level="other") for kind, row in ground.services.services.items()}
    changed = replace(ground, services=replace(ground.services, services=rows))
    points = points_of(changed, minutes=20, decay="linear")
    groups = Groups.of(three.communes, three.profiles, three.zones, changed)
    found = coverage_figures(groups, changed, points)
    assert told(found, target="contact")["covered"].tolist() == (
        told(table, target="contact")["covered"].tolist()
    )


def test_only_targets_that_stand_somewhere_are_told(three):
    table, _ = study(three)
    assert set(told(table, mode="drive")["target"]) == {
        *("adviser", "contact", "bureau_poste", "agence_postale"),
        *("france_services", "ilot_numerique", "conseiller_numerique"),
    }


def test_each_partition_sums_to_the_whole(three):
    table, groups = study(three)
    keys = ["mode", "target", "minutes"]
    whole = told(table, group="territoire").set_index(keys)
    for group in ("epci", "frr", "densite", "qpv"):
        parts = told(table, group=group).groupby(keys)[["persons", "covered"]].sum()
        assert np.allclose(parts, whole.loc[parts.index, ["persons", "covered"]])
        rows = told(groups, group=group)
        for column in ("persons", "need", "uncovered", "advisers", "double_covered", "car_only"):
            expected = told(groups, group="territoire")[column].item()
            assert rows[column].sum() == pytest.approx(expected)
        # Time poverty is decomposable.
        for column in ("fgt_0", "fgt_1", "fgt_2"):
            expected = told(groups, group="territoire")[column].item()
            assert np.average(rows[column], weights=rows["persons"]) == pytest.approx(expected)


def test_the_uncovered_share_is_the_head_count_of_time_poverty(three):
    for minutes in (5, 10, 15, 20, 45):
        _, groups = study(three, minutes=minutes)
        assert groups["fgt_0"].tolist() == pytest.approx((1 - groups["covered_share"]).tolist())


def test_equal_access_has_gini_zero():
    town = Town("three_communes")
    # One adviser, at the door of all.
    town.costs = pd.DataFrame(
        {
            "mode": "drive",
            "demand_id": town.demand["demand_id"],
            "site_id": "fs",
            "cost_ds": np.zeros(len(town.demand), np.int32),
        }
    )
    _, groups = study(town)
    assert groups["gini"].tolist() == pytest.approx([0] * len(groups), abs=1e-15)
    assert groups["palma"].tolist() == pytest.approx([0.25] * len(groups))
    assert groups["fgt_0"].tolist() == [0] * len(groups)
    assert groups["gap_points"].tolist() == [0] * len(groups)


def test_nobody_at_all_gives_empty_tables_with_their_columns():
    town = Town("three_communes")
    town.demand, town.costs = town.demand.iloc[:0], town.costs.iloc[:0]
    table, groups = study(town)
    assert table.empty
    assert groups.empty
    assert {"group", "mode", "target", "minutes", "covered_share"} <= set(table.columns)
    assert {"group", "gini", "fgt_0", "covered_share"} <= set(groups.columns)


def test_permuted_rows_change_nothing(three):
    expected, expected_groups = study(three)
    for seed in range(3):
        town = Town("three_communes")
        town.demand = town.demand.sample(frac=1, random_state=seed)
        town.sites = town.sites.sample(frac=1, random_state=seed)
        table, groups = study(town)
        pd.testing.assert_frame_equal(table, expected, rtol=1e-12)
        pd.testing.assert_frame_equal(groups, expected_groups, rtol=1e-9)


def test_no_place_at_all_leaves_everybody_uncovered(three):
    ground = three.ground()
    no_reach = {m: replace(r, point=r.point[:0], ds=r.ds[:0], ptr=r.ptr * 0)
                for m, r in ground.reaches.items()}  # fmt: skip
    nothing = replace(ground, reaches=no_reach)
    points = points_of(nothing, minutes=20, decay="linear")
    groups = Groups.of(three.communes, three.profiles, three.zones, nothing)
    table = group_figures(groups, points)
    assert table["covered"].tolist() == [0] * len(table)
    assert table["uncovered"].tolist() == table["persons"].tolist()
    assert table[["fgt_0", "fgt_1", "fgt_2"]].to_numpy().tolist() == [[1, 1, 1]] * len(table)
    assert table[["gini", "palma", "median_adviser", "minutes_adviser"]].isna().all().all()
    assert coverage_figures(groups, nothing, points)["covered_share"].max() == 0


MINUTES = st.one_of(st.none(), st.integers(0, 480).map(lambda n: n / 8))
TOWN = Town("three_communes")
WAYS = st.lists(MINUTES, min_size=24, max_size=24)


def town_with(times: list[float | None]) -> Town:
    """Return the town with other times by car: its six homes by its four places."""
    town = copy(TOWN)
    pairs = pd.MultiIndex.from_product([town.demand["demand_id"], town.sites["site_id"]])
    table = pairs.to_frame(index=False, name=["demand_id", "site_id"])
    table["minutes"] = pd.Series(times, dtype=float)
    table = table.dropna().assign(mode="drive")
    table["cost_ds"] = (table["minutes"] * 600).astype(np.int32)
    town.costs = table
    return town


@settings(max_examples=20)
@given(WAYS, st.integers(1, 59))
def test_whatever_the_roads_nobody_disappears(times, minutes):
    table, groups = study(town_with(times), minutes=minutes)
    # Everybody is covered or not, in every group, and the groups add up to everybody.
    told_persons = (groups["covered"] + groups["uncovered"]).tolist()
    assert told_persons == pytest.approx(groups["persons"].tolist())
    for group in ("epci", "frr", "densite", "qpv"):
        assert told(groups, group=group)["covered"].sum() == pytest.approx(groups["covered"][0])
    assert table["covered_share"].between(0, 1).all()
    assert groups[["gini", "fgt_0", "fgt_1", "fgt_2"]].stack().between(0, 1).all()
    # A longer limit never covers fewer, nor does the plan.
    by_limit = table.groupby(["group", "value", "mode", "target"])["covered"]
    assert (by_limit.diff().dropna() >= 0).all()
    adviser = told(table, mode="drive", target="adviser")
    assert (adviser["covered_after"] >= adviser["covered"]).all()
    _, longer = study(town_with(times), minutes=minutes + 1)
    assert (longer["covered"] >= groups["covered"]).all()
    assert (longer["double_covered"] >= groups["double_covered"]).all()


@settings(max_examples=20)
@given(WAYS, st.sampled_from(["il", "ap"]))
def test_whatever_the_roads_one_more_adviser_place_never_covers_fewer(times, site):
    before_coverage, before = study(town_with(times))
    town = town_with(times)
    row = town.sites.index[town.sites["site_id"] == site][0]
    town.sites = town.sites.copy()
    town.sites.at[row, "roles"] = [*town.sites.at[row, "roles"], "permanence"]
    after_coverage, after = study(town)
    for column in (c for c in AREA_FIGURES if c.startswith(("covered", "double"))):
        assert (after[column] >= before[column]).all()
    assert (after[["fgt_0", "fgt_1", "fgt_2"]] <= before[["fgt_0", "fgt_1", "fgt_2"]]).all().all()
    some, more = (
        told(table, target="adviser")["covered"].to_numpy()
        for table in (before_coverage, after_coverage)
    )
    assert (more >= some).all()
