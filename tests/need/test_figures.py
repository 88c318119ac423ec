"""The figures of communes and QPV: a town worked by hand, and what must hold in any town."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from shapely import box

from coverage.model.results import AREA_FIGURES, COMMUNE_RESULTS, PRIORITY_FIGURES
from coverage.model.services import ServiceTable
from coverage.need.figures import commune_figures, place_counts, qpv_figures
from coverage.need.points import points_of
from coverage.need.reach import Reach
from tests.need.towns.counters import apart
from tests.need.towns.town import Town

DRAWS = 200


@pytest.fixture(scope="module")
def three() -> Town:
    return Town("three_communes")


def study(town: Town, ground=None, *, minutes=20, planned=("ap",), detections=None):
    """Return the communes' and the QPV's figures of a town."""
    ground = ground or town.ground()
    points = points_of(ground, minutes=minutes, decay="linear", planned=planned)
    drawn = {"detections": detections, "draws": DRAWS}
    communes = commune_figures(town.communes, ground, points, rung=3, **drawn)
    return communes.table, qpv_figures(town.zones, ground, points, **drawn).table


def detected(*rates: float | None):
    """Return detections of Bourg, Vallon and Hameau, a block each; None: never sounded."""
    return apart(dict(zip(("2A001", "2A002", "2A003"), rates, strict=True)))


def with_reach(town: Town, **changed: Reach):
    """Return the town's ground with other reaches."""
    ground = town.ground()
    return replace(ground, reaches=dict(ground.reaches) | changed)


def test_every_figure_of_the_town_by_hand(three):
    expected = three.read("expected_communes").set_index("figure").astype(float)
    assert set(AREA_FIGURES) <= set(expected.index)
    table, _ = study(three)
    found = table.set_index("code_insee")[expected.index].T
    pd.testing.assert_frame_equal(
        found.astype(float), expected, check_names=False, check_exact=False, rtol=1e-11
    )


def test_the_contract_comes_first_then_the_results_in_order(three):
    table, qpv = study(three)
    assert list(table.columns) == [*three.communes.columns, *COMMUNE_RESULTS]
    assert table.crs == three.communes.crs
    named = ["zone_id", "nom", "vintage", "persons"]
    assert list(qpv.columns) == [*named, *AREA_FIGURES, *PRIORITY_FIGURES]
    assert table["method"].tolist() == ["grid;roads", "roads", "centroid"]
    assert table["need_rung"].tolist() == [3, 3, 3]
    ranks = ["rank", "rank_low", "rank_high"]
    assert [str(table[column].dtype) for column in ranks] == ["Int64"] * 3


def test_the_interval_of_a_rank_holds_the_rank(three):
    table, _ = study(three)
    assert (table["rank_low"] <= table["rank"]).all()
    assert (table["rank"] <= table["rank_high"]).all()
    # Three communes: to be among the ten first says nothing.
    assert table["top10_share"].isna().all()
    assert table["stability"].isna().all()


def test_the_qpv_counts_the_share_of_its_points(three):
    _, qpv = study(three)
    row = qpv.set_index("zone_id").loc["QP02A001"]
    told = ["persons", "need", "covered", "uncovered", "minutes_adviser", "advisers", "access"]
    assert row[told].tolist() == pytest.approx([20, 2, 20, 0, 15, 1, 5000])
    assert row["rank"] == 1


def test_a_qpv_without_a_point_has_no_figure(three):
    _, qpv = study(three)
    row = qpv.set_index("zone_id").loc["QP02A002"]
    assert row[["persons", *AREA_FIGURES]].drop("advisers").isna().all()
    assert row["advisers"] == 0
    assert row[list(PRIORITY_FIGURES)].isna().all()


def test_a_commune_without_people_has_no_figure_and_no_rank(three):
    town = Town("three_communes")
    town.demand = town.demand[town.demand["code_insee"] != "2A002"]
    town.costs = town.costs[~town.costs["demand_id"].str.startswith("v")]
    table, _ = study(town)
    empty = table.set_index("nom").loc["Vallon"]
    assert empty[["need", "covered", "access", "score", "rank", "method"]].isna().all()
    assert empty["advisers"] == pytest.approx(0.4)
    assert table["rank"].dropna().tolist() == [2, 1]


def test_nobody_at_all_has_no_figure():
    town = Town("three_communes")
    town.demand, town.costs = town.demand.iloc[:0], town.costs.iloc[:0]
    table, qpv = study(town)
    assert table[["need", "covered", "access", "score"]].isna().all().all()
    assert qpv["persons"].isna().all()


def test_without_a_qpv_the_table_is_empty_with_its_columns(three):
    ground = three.ground()
    points = points_of(ground, minutes=20, decay="linear")
    table, neutral = qpv_figures(three.zones.iloc[:0], ground, points, draws=DRAWS)
    assert table.empty
    assert {"zone_id", "persons", "covered", "rank", "stability"} <= set(table.columns)
    assert neutral == ()


def test_a_factor_that_is_the_same_for_all_is_named():
    def neutral(town):
        ground = town.ground()
        points = points_of(ground, minutes=20, decay="linear")
        ranked = commune_figures(town.communes, ground, points, rung=3, draws=DRAWS)
        # One QPV has people: it is compared with none.
        assert qpv_figures(town.zones, ground, points, draws=DRAWS).neutral == ()
        return ranked.neutral

    town = Town("three_communes")
    assert neutral(town) == ()
    town.demand["need"] = 0.15 * town.demand["persons"]
    assert neutral(town) == ("need",)
    town.sites["persons_month"] = 0.0
    assert neutral(town) == ("need", "access")


def test_detections_are_a_third_factor(three):
    table, _ = study(three, detections=detected(0.3, 0.9, 0.1))
    assert table["detection_rate"].tolist() == [0.3, 0.9, 0.1]
    assert table["detection_part"].tolist() == [0.5, 1.0, 0.0]
    # Need 0, 0.5, 1 and access 0, 0.5, 1: Hameau was first without it, and Vallon second.
    # (1/2 x 1/2 x 1) ** (2/3)
    assert table["score"].tolist() == pytest.approx([0.0, 0.396850, 0.0], abs=1e-6)
    assert table["rank"].tolist() == [2, 1, 2]
    assert (table["rank_low"] <= table["rank"]).all()
    assert (table["rank"] <= table["rank_high"]).all()
    assert table["rank_low"].tolist()[1] == 1
    assert study(three)[0]["rank_low"].tolist() == [3, 2, 1]


def test_a_commune_never_sounded_takes_the_median_of_the_others(three):
    table, _ = study(three, detections=detected(0.1, None, 0.5))
    assert table["detection_rate"].tolist() == pytest.approx([0.1, np.nan, 0.5], nan_ok=True)
    assert table["detection_part"].tolist() == [0.0, 0.5, 1.0]
    assert table["score"].tolist() == pytest.approx([0.0, 0.25, 1.0])  # (1/8) ** (2/3)


def test_without_any_rate_all_is_as_without_detections(three):
    expected, expected_qpv = study(three)
    assert expected[["detection_rate", "detection_part"]].isna().all(axis=None)
    table, qpv = study(three, detections=detected(None, None, None))
    pd.testing.assert_frame_equal(pd.DataFrame(table), pd.DataFrame(expected), check_exact=True)
    pd.testing.assert_frame_equal(qpv, expected_qpv, check_exact=True)


def test_one_rate_for_all_ranks_nobody(three):
    ground = three.ground()
    points = points_of(ground, minutes=20, decay="linear")
    told = {"detections": detected(0.2, 0.2, None), "draws": DRAWS}
    table, neutral = commune_figures(three.communes, ground, points, rung=3, **told)
    assert neutral == ("detections",)
    assert table["detection_part"].tolist() == [1, 1, 1]
    assert table["score"].tolist() == study(three)[0]["score"].tolist()


@pytest.mark.parametrize(("bourg", "parts"), [(0.25, [0, 1]), (0.35, [1, 0]), (None, [1, 1])])
def test_the_detections_of_a_qpv_are_the_mean_of_its_people(bourg, parts):
    town = Town("three_communes")
    in_second = town.demand["demand_id"].isin(["v1", "h1"])
    town.demand.loc[in_second, "qpv_share"] = 1.0
    shapes = [town.zones.geometry[0], box(9.11, 42.0, 9.3, 42.1)]
    town.zones = town.zones.set_geometry(shapes, crs=4326)
    # 30 people of Vallon at 0.2 and 10 of Hameau at 0.6: 0.3.
    _, qpv = study(town, detections=detected(bourg, 0.2, 0.6))
    assert qpv["detection_part"].tolist() == parts


def test_unknown_hours_are_null_not_zero():
    town = Town("three_communes")
    town.sites["opening"] = None
    table, _ = study(town)
    hours = table.set_index("nom")["hours_week"]
    assert hours[["Bourg", "Vallon"]].isna().all()
    # Nobody of Hameau has a place within the limit: that is known, and it is zero.
    assert hours["Hameau"] == 0


def test_where_nobody_is_in_need_there_is_no_access_to_rank():
    town = Town("three_communes")
    town.demand.loc[town.demand["code_insee"] == "2A003", "need"] = 0.0
    table, _ = study(town)
    row = table.set_index("nom").loc["Hameau"]
    assert row[["access", "score", "rank"]].isna().all()


def test_an_ilot_is_no_adviser_whatever_its_staff():
    town = Town("three_communes")
    town.sites.loc[town.sites["site_id"] == "il", "posts"] = 3.0
    table, _ = study(town)
    assert table["advisers"].tolist() == [1, 0.4, 0]
    assert table["covered"].tolist() == [100, 50, 0]


def test_a_place_across_the_border_serves_but_is_not_counted_here():
    town = Town("three_communes")
    town.sites.loc[town.sites["site_id"] == "cn", "code_insee"] = "2B001"
    table, _ = study(town)
    assert table["advisers"].tolist() == [1, 0, 0]
    assert table["covered"].tolist() == [100, 50, 0]


@pytest.mark.parametrize("mode", ["walk", "bike"])
def test_another_way_to_go_leaves_fewer_by_car_only(three, mode):
    before = study(three)[0]["car_only"].sum()
    drive = three.ground().reaches["drive"]
    table, _ = study(three, with_reach(three, **{mode: drive}))
    assert before == 50
    assert table["car_only"].sum() == 0


def test_a_longer_limit_never_covers_fewer(three):
    tables = [study(three, minutes=minutes)[0] for minutes in (5, 10, 15, 20, 30, 45, 60)]
    for column in ("covered", "covered_after", "double_covered"):
        told = np.array([table[column] for table in tables])
        assert (np.diff(told, axis=0) >= 0).all()
    assert (np.diff([table["uncovered"] for table in tables], axis=0) <= 0).all()


def test_one_more_place_never_covers_fewer(three):
    before, _ = study(three)
    town = Town("three_communes")
    town.sites.at[town.sites.index[town.sites["site_id"] == "ap"][0], "roles"] = ["permanence"]
    after, _ = study(town)
    columns = [c for c in AREA_FIGURES if c.startswith("covered") or c == "double_covered"]
    assert (after[columns] >= before[columns]).all().all()
    assert after["covered"].tolist() == [100, 60, 10]
    assert (after["concerned"] <= before["concerned"]).all()


def test_permuted_rows_change_nothing(three):
    expected, expected_qpv = study(three)
    for seed in range(3):
        town = Town("three_communes")
        town.demand = town.demand.sample(frac=1, random_state=seed)
        town.sites = town.sites.sample(frac=1, random_state=seed)
        town.costs = town.costs.sample(frac=1, random_state=seed)
        table, qpv = study(town)
        pd.testing.assert_frame_equal(
            pd.DataFrame(table), pd.DataFrame(expected), rtol=1e-12, check_exact=False
        )
        pd.testing.assert_frame_equal(qpv, expected_qpv, rtol=1e-12, check_exact=False)


def test_counts_count_roles_and_tell_unknown_from_none(three):
    services = ServiceTable.load()
    table = place_counts(three.sites, services, frozenset({"partenaire"})).set_index("kind")
    assert table.loc["bureau_poste", "count"] == 1
    assert table.loc["france_services", "count"] == 1
    assert table.loc["mairie", "count"] == 0
    assert pd.isna(table.loc["partenaire", "count"])
