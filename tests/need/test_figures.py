"""The figures of a town small enough to be worked by hand."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point, box

from coverage.model.services import ServiceTable
from coverage.need.figures import (
    commune_figures,
    coverage_figures,
    place_counts,
    qpv_figures,
    supply_of,
)
from coverage.need.reach import UNREACHED_DS, Reach, mean_minutes, within

SERVICES = ServiceTable.load()


def make():
    """Two communes: A (100 people in two points, one in a QPV), B (50 people, never reached)."""
    communes = gpd.GeoDataFrame(
        {
            "code_insee": ["2A001", "2A002"],
            "nom": ["A", "B"],
            "population": pd.array([100, 50], dtype="Int64"),
            "density_level": pd.array([3, 7], dtype="Int64"),
            "frr": [None, "socle"],
        },
        geometry=[box(9, 42, 9.1, 42.1), box(9.1, 42, 9.2, 42.1)],
        crs=4326,
    )
    demand = gpd.GeoDataFrame(
        {
            "demand_id": ["a1", "a2", "b1"],
            "code_insee": ["2A001", "2A001", "2A002"],
            "persons": [60.0, 40.0, 50.0],
            "need": [6.0, 4.0, 10.0],
            "method": ["roads", "qpv", "centroid"],
            "qpv_share": [0.0, 1.0, 0.0],
            "frr": [None, None, "socle"],
        },
        geometry=[Point(9.01, 42.01), Point(9.05, 42.05), Point(9.15, 42.05)],
        crs=4326,
    )
    sites = gpd.GeoDataFrame(
        {
            "site_id": ["fs", "bureau", "ilot"],
            "kind": ["bureau_poste", "bureau_poste", "ilot_numerique"],
            "roles": [
                ["bureau_poste", "france_services"],
                ["bureau_poste"],
                ["ilot_numerique"],
            ],
            "persons_month": [np.nan, np.nan, 20.0],
            "in_territory": [True, True, True],
        },
        geometry=[Point(9.02, 42.02)] * 3,
        crs=4326,
    )
    costs = pd.DataFrame(
        {
            "demand_id": ["a1", "a2", "b1", "a1"],
            "site_id": ["fs", "fs", "bureau", "ilot"],
            "cost_ds": np.array([6000, 12000, 12001, 0], np.int32),
        }
    )
    zones = gpd.GeoDataFrame(
        {
            "zone_id": ["QP02A001", "QP02A002"],
            "kind": "qpv_2015",
            "nom": ["Q", "R"],
            "vintage": "2015",
        },
        geometry=[box(9.04, 42.04, 9.06, 42.06), box(9.09, 42.09, 9.095, 42.095)],
        crs=4326,
    )  # fmt: skip
    return communes, zones, Reach.of(demand, sites, costs)


def test_exactly_the_limit_is_covered():
    assert within(np.array([12000, 12001], np.int32), 20).tolist() == [True, False]


def test_mean_minutes_hides_nobody():
    times = np.array([600, UNREACHED_DS, 600, UNREACHED_DS], np.int32)
    means = mean_minutes(times, np.array([60.0, 40, 40, 60]), pd.Series(["a", "a", "b", "b"]))
    assert means["a"] == 1.0
    assert np.isnan(means["b"])


def test_costs_of_unknown_places_are_a_defect():
    _, _, reach = make()
    costs = pd.DataFrame({"demand_id": ["a1"], "site_id": ["x"], "cost_ds": [1]})
    with pytest.raises(ValueError, match="lack"):
        Reach.of(reach.demand, reach.sites, costs)


def test_supply_is_the_best_role_unless_the_place_says():
    _, _, reach = make()
    assert supply_of(reach.sites, SERVICES).tolist() == [100.0, 0.0, 20.0]


def test_commune_figures_by_hand():
    communes, _, reach = make()
    table = commune_figures(
        communes, reach, SERVICES, minutes=20, rung=3, planned=frozenset({"bureau"})
    ).set_index("nom")
    assert table.loc["A", ["covered_10", "covered_20", "covered", "uncovered"]].tolist() == [
        60, 100, 100, 0,
    ]  # fmt: skip
    # A bureau and an îlot are no adviser cover; the bureau is 20 min and 0.1 s away from B.
    assert table.loc["B", ["covered", "uncovered", "concerned", "covered_after"]].tolist() == [
        0, 50, 10, 0,
    ]  # fmt: skip
    assert table.loc["A", "minutes_adviser"] == pytest.approx((60 * 10 + 40 * 20) / 100)
    assert np.isnan(table.loc["B", "minutes_adviser"])
    assert table.loc["B", "minutes_contact"] == pytest.approx(12001 / 600)
    assert table.loc["A", "qpv_share"] == pytest.approx(0.4)
    assert table.loc["B", "access"] == 0.0
    # 120 persons a month for 10 people in need, and all of it is conserved.
    assert table.loc["A", "access"] == pytest.approx(12_000)
    assert table["rank"].to_dict() == {"A": 2, "B": 1}
    assert table.loc["A", "method"] == "qpv;roads"


def test_a_plan_covers_what_its_sites_reach():
    communes, _, reach = make()
    table = commune_figures(
        communes, reach, SERVICES, minutes=21, rung=3, planned=frozenset({"bureau"})
    )
    assert table["covered_after"].tolist() == [100, 50]


def test_qpv_figures_by_hand_and_null_without_points():
    _, zones, reach = make()
    table = qpv_figures(zones, reach, SERVICES, minutes=20).set_index("nom")
    assert table.loc["Q", ["persons", "need", "covered"]].tolist() == [40, 4, 40]
    assert table.loc["Q", "minutes_adviser"] == pytest.approx(20)
    assert table.loc["R", ["persons", "minutes_adviser"]].isna().all()


def test_groups_sum_to_the_whole():
    communes, _, reach = make()
    table = coverage_figures(communes, reach, SERVICES)
    wanted = table[(table["minutes"] == 20) & (table["target"] == "adviser")]
    for group in ("territoire", "frr", "densite", "qpv"):
        rows = wanted[wanted["group"] == group]
        assert rows["persons"].sum() == pytest.approx(150)
        assert rows["covered"].sum() == pytest.approx(100)
    assert set(wanted.loc[wanted["group"] == "qpv", "covered_share"]) == {1.0, 60 / 110}


def test_the_coverage_after_the_plan_is_told_by_group():
    communes, _, reach = make()
    table = coverage_figures(communes, reach, SERVICES, frozenset({"bureau"}))
    whole = table[(table["group"] == "territoire") & (table["target"] == "adviser")]
    after = whole.set_index("minutes")["covered_after"]
    # The bureau is 20 min and 0.1 s away from the fifty people of B.
    assert after.to_dict() == {10: 60, 15: 60, 20: 100, 30: 150}
    assert (whole["covered_after"] >= whole["covered"]).all()
    others = table[table["target"] != "adviser"]
    assert others["covered_after"].isna().all()


def test_nobody_at_all_gives_empty_tables_with_their_columns():
    communes, zones, reach = make()
    nobody = Reach.of(reach.demand.iloc[:0], reach.sites, pd.DataFrame(
        {"demand_id": [], "site_id": [], "cost_ds": np.zeros(0, np.int32)}
    ))  # fmt: skip
    table = coverage_figures(communes, nobody, SERVICES)
    assert table.empty
    assert {"group", "target", "minutes", "covered_share"} <= set(table.columns)
    figures = commune_figures(communes, nobody, SERVICES, minutes=20, rung=3)
    assert figures[["need", "covered", "score"]].isna().all().all()
    assert qpv_figures(zones, nobody, SERVICES, minutes=20)["persons"].isna().all()


def test_a_point_beside_a_qpv_is_not_of_it():
    _, zones, reach = make()
    demand = reach.demand.assign(qpv_share=0.0)  # the same places, but nobody lives in the QPV
    outside = Reach(demand, reach.sites, reach.demand_index, reach.site_index, reach.cost_ds)
    assert qpv_figures(zones, outside, SERVICES, minutes=20)["persons"].isna().all()


def test_counts_count_roles_and_tell_unknown_from_none():
    _, _, reach = make()
    table = place_counts(reach.sites, SERVICES, frozenset({"partenaire"})).set_index("kind")
    assert table.loc["bureau_poste", "count"] == 2
    assert table.loc["france_services", "count"] == 1
    assert table.loc["mairie", "count"] == 0
    assert pd.isna(table.loc["partenaire", "count"])
