import json
from itertools import combinations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

from coverage.base.errors import UserError
from coverage.model.params import StudyParams
from coverage.model.plan import Plan, Status
from coverage.model.services import ServiceTable
from coverage.model.tables import check
from coverage.placement.place import covered_by, place
from coverage.placement.stop import MaxIterations

SERVICES = ServiceTable.load()
LIMIT_DS = 20 * 600
PERSONS = {"d1": 100.0, "d2": 1000.0, "d3": 60.0, "d4": 60.0, "d5": 7.0, "d6": 3.0}


def _demand() -> gpd.GeoDataFrame:
    persons = list(PERSONS.values())
    table = gpd.GeoDataFrame(
        {
            "demand_id": list(PERSONS),
            "code_insee": "2A004",
            "persons": persons,
            "need": [x / 4 for x in persons],
            "method": "centroid",
            "qpv_share": 0.0,
            "frr": "socle",
        },
        geometry=[Point(9 + k / 10, 42) for k in range(len(persons))],
        crs="EPSG:4326",
    )
    return check("demand", table)


def _sites(*rows: tuple[str, str, list[str], bool]) -> gpd.GeoDataFrame:
    count = len(rows)
    table = gpd.GeoDataFrame(
        {
            "site_id": [row[0] for row in rows],
            "nom": [f"Lieu {row[0]}" for row in rows],
            "kind": [row[1] for row in rows],
            "roles": [row[2] for row in rows],
            "told_by": [["test"] * len(row[2]) for row in rows],
            "network": pd.Series([None] * count, dtype=object),
            "staff": [[] for _ in rows],
            "tags": [[] for _ in rows],
            "address": None,
            "code_insee": "2A004",
            "in_territory": [row[3] for row in rows],
            "persons_month": np.nan,
            "opening": pd.Series([None] * count, dtype=object),
            "source": "test",
            "vintage": "2024",
        },
        geometry=[Point(9 + k / 10, 42.1) for k in range(count)],
        crs="EPSG:4326",
    )
    return check("sites", table)


SITES = _sites(
    ("laposte:1", "bureau_poste", ["bureau_poste"], True),
    ("laposte:2", "agence_postale", ["agence_postale"], True),
    ("laposte:3", "bureau_poste", ["bureau_poste", "france_services"], True),
    ("laposte:4", "relais_poste", ["relais_poste"], False),
    ("fs:5", "france_services", ["france_services"], False),
    ("mairie:6", "mairie", ["mairie"], True),
    ("laposte:7", "bureau_poste", ["bureau_poste"], True),
)


def _costs(*pairs: tuple[str, str, int]) -> pd.DataFrame:
    table = pd.DataFrame(pairs, columns=["demand_id", "site_id", "cost_ds"])
    return check("costs", table.astype({"cost_ds": "int32"}))


COSTS = _costs(
    ("d1", "laposte:3", 0),  # a bureau that is a France services: open
    ("d2", "fs:5", LIMIT_DS),  # across the border, at exactly S: open
    ("d2", "laposte:1", 10),
    ("d3", "laposte:1", LIMIT_DS),
    ("d3", "laposte:2", 100),
    ("d4", "laposte:2", 100),
    ("d4", "laposte:7", LIMIT_DS + 1),
    ("d4", "laposte:4", 5),
    ("d5", "mairie:6", 50),
    ("d6", "laposte:4", 50),
)


def _plan(costs: pd.DataFrame = COSTS, weight: str = "persons", **params: object) -> Plan:
    asked = StudyParams("2A", **{"new": 1, **params})
    return place(_demand(), SITES, costs, asked, SERVICES, inputs={"sites": "ab"}, weight=weight)


def _ids(plan: Plan) -> list[str]:
    return [site.site_id for site in plan.sites]


def test_persons_are_counted_and_open_places_are_not_counted_in_p():
    plan = _plan()
    assert plan.status is Status.OPTIMAL
    assert _ids(plan) == ["laposte:2"]
    assert (plan.baseline, plan.objective, plan.bound) == (1100.0, 1220.0, 1220.0)
    assert plan.total == 1230.0
    assert plan.gap == 0
    assert plan.sites[0].newly_covered == 120.0
    assert (plan.sites[0].lon, plan.sites[0].lat) == (9.1, 42.1)
    assert (plan.sites[0].nom, plan.sites[0].kind) == ("Lieu laposte:2", "agence_postale")
    assert plan.inputs == {"sites": "ab"}
    assert plan.params["weight"] == "persons"


def test_candidates_are_the_territorys_contact_points_that_have_no_adviser():
    plan = _plan(new=3)
    assert plan.candidates == 3
    assert sorted(_ids(plan)) == ["laposte:1", "laposte:2", "laposte:7"]


def test_candidates_by_kind_or_role():
    plan = _plan(candidates=("mairie",))
    assert _ids(plan) == ["mairie:6"]
    assert plan.sites[0].newly_covered == 7.0


def test_demand_out_of_everyones_reach_is_counted_and_kept():
    plan = _plan()
    assert plan.unreachable == {"points": 2, "persons": 10.0}
    assert _plan(candidates=("mairie", "agence_postale")).unreachable["persons"] == 3.0


def test_exactly_at_the_limit_is_covered_and_one_tenth_of_a_second_more_is_not():
    assert _plan(forbidden=("laposte:2",)).objective == 1160.0
    late = COSTS.assign(cost_ds=COSTS["cost_ds"].replace(LIMIT_DS, LIMIT_DS + 1).astype("int32"))
    assert _plan(late).baseline == 100.0


def test_locked_and_forbidden_are_kept():
    plan = _plan(new=2, locked=("mairie:6",), forbidden=("laposte:2",))
    assert sorted(_ids(plan)) == ["laposte:1", "mairie:6"]
    assert [site.newly_covered for site in plan.sites] == [60.0, 7.0]


def test_each_person_is_new_once_and_the_order_is_by_what_is_added():
    plan = _plan(new=3)
    assert _ids(plan)[0] == "laposte:2"
    assert [site.newly_covered for site in plan.sites] == [120.0, 0.0, 0.0]
    assert sum(site.newly_covered for site in plan.sites) == plan.objective - plan.baseline


def test_the_weight_can_be_the_need():
    plan = _plan(weight="need")
    assert (plan.objective, plan.total) == (305.0, 307.5)
    assert plan.params["weight"] == "need"


def test_ties_go_to_the_better_kind_then_to_the_id():
    same = _costs(*[("d1", f"laposte:{k}", 5) for k in (7, 2, 1)])
    assert _ids(_plan(same)) == ["laposte:1"]
    assert _ids(_plan(same, forbidden=("laposte:1",))) == ["laposte:7"]


def test_more_places_than_candidates_is_infeasible_and_says_the_rule():
    plan = _plan(new=4)
    assert plan.status is Status.INFEASIBLE
    assert plan.rule == "p"
    assert plan.sites == ()
    assert plan.objective == plan.baseline == 1100.0
    assert _plan(locked=("laposte:1", "laposte:2")).rule == "locked"


def test_no_new_place_is_a_proven_plan():
    plan = _plan(new=0)
    assert (plan.status, plan.objective, plan.gap) == (Status.OPTIMAL, plan.baseline, 0)


def test_without_any_cost_everybody_is_out_of_reach():
    nothing = _plan(COSTS.iloc[:0])
    assert (nothing.objective, nothing.bound, nothing.gap) == (0, 0, 0)
    assert nothing.unreachable == {"points": 6, "persons": 1230.0}
    assert _ids(nothing) == ["laposte:1"]


def test_an_unknown_id_is_named_with_its_neighbours():
    with pytest.raises(UserError, match=r"« laposte:11 ».*laposte:1 \(Lieu laposte:1\)"):
        _plan(locked=("laposte:11",))
    with pytest.raises(UserError, match=r"--forbid.*« lieu mairie:6 ».*mairie:6 \(Lieu"):
        _plan(forbidden=("lieu mairie:6",))
    with pytest.raises(UserError, match=r"« zzz ».*site_id"):
        _plan(locked=("zzz",))


def test_a_place_that_cannot_be_locked_is_refused():
    with pytest.raises(UserError, match="déjà un conseiller"):
        _plan(locked=("laposte:3",))
    with pytest.raises(UserError, match="hors du territoire"):
        _plan(locked=("laposte:4",))


def test_a_model_that_is_not_there_is_told():
    with pytest.raises(UserError, match="« p-median » n'est pas encore disponible"):
        _plan(model="p-median")


def test_a_plan_survives_its_document():
    plan = _plan(new=2)
    assert Plan.from_dict(json.loads(json.dumps(plan.as_dict()))) == plan


def test_covered_by_reads_text_and_categories_alike():
    categories = COSTS.astype({"demand_id": "category", "site_id": "category"})
    for costs in (COSTS, categories):
        covered = covered_by(_demand(), costs, ["laposte:1", "fs:5"], LIMIT_DS)
        assert covered.tolist() == [False, True, True, False, False, False]
    assert not covered_by(_demand(), COSTS, [], LIMIT_DS).any()
    assert _plan(categories.assign(demand_id=categories["demand_id"])) == _plan()


def test_a_larger_study_against_every_pair_of_sites_and_shuffled_tables():
    random = np.random.default_rng(4)
    count = 60
    demand = gpd.GeoDataFrame(
        {
            "demand_id": [f"d{k}" for k in range(count)],
            "code_insee": "2A004",
            "persons": random.random(count) * 40,
            "need": 0.0,
            "method": "roads",
            "qpv_share": 0.0,
            "frr": None,
        },
        geometry=[Point(9, 42)] * count,
        crs="EPSG:4326",
    )
    kinds = random.choice(["bureau_poste", "agence_postale", "france_services"], 15)
    sites = _sites(*[(f"s:{k}", kind, [str(kind)], True) for k, kind in enumerate(kinds)])
    row, column = np.nonzero(random.random((count, 15)) < 0.15)
    ds = random.integers(0, 2 * LIMIT_DS, len(row))
    costs = _costs(*[(f"d{i}", f"s:{j}", c) for i, j, c in zip(row, column, ds, strict=True)])
    params = StudyParams("2A", new=2)
    plan = place(demand, sites, costs, params, SERVICES, inputs={}, stop=MaxIterations(10**6))

    near = costs[costs["cost_ds"] <= LIMIT_DS].groupby("site_id")["demand_id"].agg(set)
    persons = demand.set_index("demand_id")["persons"].round(3)
    is_open = sites.loc[sites["kind"] == "france_services", "site_id"]

    def covered(chosen: tuple[str, ...]) -> float:
        return float(persons[list(set().union(*near.reindex([*is_open, *chosen]).dropna()))].sum())

    candidates = sorted(set(sites["site_id"]) - set(is_open))
    best = max(covered(pair) for pair in combinations(candidates, 2))
    assert plan.status is Status.OPTIMAL
    assert plan.objective == pytest.approx(best, abs=1e-6)
    assert plan.objective == pytest.approx(covered(tuple(_ids(plan))), abs=1e-6)

    shuffled = place(
        demand.sample(frac=1, random_state=1),
        sites.sample(frac=1, random_state=2),
        costs.sample(frac=1, random_state=3),
        params,
        SERVICES,
        inputs={},
        stop=MaxIterations(10**6),
    )
    assert shuffled == plan
