"""Real territories end to end: 2A on its roads, 36 as an estimate, 81 with the Albi squares."""

from __future__ import annotations

import json
import shutil
from datetime import date

import pandas as pd
import pytest

from coverage.base.crs import metric_epsg
from coverage.base.errors import UserError
from coverage.base.workspace import Workspace
from coverage.model.services import ServiceTable
from coverage.need.access import access_from, access_of, ratios_of, unreached_supply
from coverage.study import (
    BuildFiles,
    build_territory,
    load_current,
    load_layers,
    run_territory,
    territory_states,
)
from coverage.study.computing import ground_of
from coverage.study.results import map_path, run_folder
from coverage.study.summary import result_text
from tests.network.osm_files import write_overpass

#: What must come out of the public files, by hand from their producers' pages and tables.
EXPECTED = {
    "2A": {
        "communes": 124,
        "population": 162_942,
        "frr": {"socle": 78, "beneficiaire": 22, "non_classee": 24},
        "places": {
            "bureau_poste": 54, "agence_postale": 30, "relais_poste": 4, "france_services": 15,
            "etape_numerique": 0,
        },
        "bureaux_fs": 4,
        "qpv": 3,
        "etapes_quarantined": 1,
        "estimate": False,
    },
    "36": {
        "communes": 241,
        "population": 217_228,
        "frr": {"socle": 60, "plus": 180, "non_classee": 1},
        "places": {
            "bureau_poste": 38, "agence_postale": 65, "relais_poste": 23, "france_services": 26,
            "etape_numerique": 1,
        },
        "bureaux_fs": 11,
        "qpv": 4,
        "etapes_quarantined": 0,
        "estimate": True,
    },
}  # fmt: skip


@pytest.mark.parametrize("territory", ["2A", "36"])
def test_figures_of_the_sources(real_workspace, territory):
    expected, result = EXPECTED[territory], load_current(real_workspace, territory)
    communes = result.communes
    assert len(communes) == expected["communes"]
    assert communes["population"].sum() == expected["population"]
    assert communes[["population", "density_level", "frr"]].notna().all().all()
    assert communes["frr"].value_counts().to_dict() == expected["frr"]
    counts = result.places.set_index("kind")["count"]
    assert {kind: counts[kind] for kind in expected["places"]} == expected["places"]
    assert pd.isna(counts["ilot_numerique"])
    assert (result.zones["kind"] == "qpv_2015").sum() == expected["qpv"]
    both = [
        {"bureau_poste", "france_services"} <= set(roles)
        for roles in result.sites.loc[result.sites["in_territory"], "roles"]
    ]
    assert sum(both) == expected["bureaux_fs"]
    quality = result.quality
    etapes = quality["source"].str.startswith("etapes") & (quality["action"] == "quarantined")
    assert etapes.sum() == expected["etapes_quarantined"]
    assert result.estimate is expected["estimate"]


@pytest.mark.parametrize("territory", ["2A", "36"])
def test_people_across_the_border_share_the_places(real_workspace, territory):
    """Who lives near a border gets less than if nobody lived beyond; the interior gets the same."""
    layers = load_layers(real_workspace, territory)
    services = ServiceTable.load()
    ground, rivals = ground_of(layers, services), layers.rivals()
    reach, supply = ground.drive, ground.supply
    idle = unreached_supply(ratios_of(reach, supply), supply).sum()
    assert idle > 0.3 * supply.sum()
    # All but what stands alone: people live within half an hour of nearly every place.
    ratios = ground.ratios("gaussian")
    assert unreached_supply(ratios, supply).sum() < 0.01 * supply.sum()
    alone = access_of(reach, supply)
    shared = access_from(ratios, reach)
    need = reach.demand["need"].to_numpy()
    theirs = access_of(rivals, supply, rivals=reach) @ rivals.demand["need"]
    assert need @ shared + theirs == pytest.approx(supply.sum(), rel=0.01)
    assert (shared <= alone)[need > 0].all()
    epsg = metric_epsg(territory)
    ground_m = layers.zones.to_crs(epsg)
    beyond = ground_m.geometry[layers.zones["kind"] == "departement_voisin"].union_all()
    km = reach.demand.to_crs(epsg).distance(beyond).to_numpy() / 1000
    near, far = (km < 5) & (alone > 0), km > 30
    assert (need[near] @ shared[near]) < 0.9 * (need[near] @ alone[near])
    assert far.any()
    assert shared[far] == pytest.approx(alone[far], rel=1e-3)


def test_the_ilots_announced_in_indre_are_said(real_workspace):
    assert load_current(real_workspace, "36").facts["ilots_announced"] == 14


@pytest.mark.parametrize("territory", ["2A", "36", "81"])
def test_nobody_disappears(real_workspace, territory):
    layers = load_layers(real_workspace, territory)
    placed = layers.demand.groupby("code_insee")["persons"].sum()
    people = layers.communes.set_index("code_insee")["population"]
    people = people[people > 0].astype(float)
    assert set(placed.index) == set(people.index)
    assert (placed - people).abs().max() < 1e-6
    result = load_current(real_workspace, territory)
    told = result.communes["covered"].sum() + result.communes["uncovered"].sum()
    assert told == pytest.approx(people.sum())


def test_squares_come_first_where_there_are_some(real_workspace):
    demand = load_layers(real_workspace, "81").demand
    albi = demand[demand["code_insee"] == "81004"]
    assert set(albi["method"]) == {"grid"}
    assert len(albi) > 300
    assert set(demand.loc[demand["code_insee"] != "81004", "method"]) <= {"grid", "centroid", "qpv"}


def test_roads_spread_people_over_residential_streets(real_workspace):
    demand = load_layers(real_workspace, "2A").demand
    share = demand.groupby("method")["persons"].sum() / demand["persons"].sum()
    assert share["roads"] > 0.9
    assert demand["qpv_share"].max() == 1


def test_places_across_the_border_are_supply(real_workspace):
    layers = load_layers(real_workspace, "36")
    outside = layers.sites[~layers.sites["in_territory"]]
    assert {"18", "37", "41", "86", "87", "23"} <= set(outside["code_insee"].str[:2])
    used = layers.costs[layers.costs["site_id"].isin(outside["site_id"])]
    assert len(used) > 1000
    plan = load_current(real_workspace, "36").plan
    here = set(layers.sites.loc[layers.sites["in_territory"], "site_id"])
    assert {site.site_id for site in plan.sites} <= here


def test_three_permanences_in_corse_du_sud_are_proved(real_workspace):
    result = load_current(real_workspace, "2A")
    plan = result.plan
    assert (plan.status, plan.gap, len(plan.sites)) == ("optimal", 0, 3)
    assert plan.total == pytest.approx(162_942, abs=1)
    gained = sum(site.newly_covered for site in plan.sites)
    assert plan.objective == pytest.approx(plan.baseline + gained, abs=0.01)
    assert result.communes["covered"].sum() == pytest.approx(plan.baseline, abs=1)
    assert result.communes["covered_after"].sum() == pytest.approx(plan.objective, abs=1)
    assert 0.8 < plan.baseline / plan.total < plan.objective / plan.total < 1


@pytest.mark.parametrize("territory", ["2A", "36", "81"])
def test_every_file_of_the_contract_is_written(real_workspace, territory):
    result = load_current(real_workspace, territory)
    folder = run_folder(real_workspace, result.run_id)
    for name in (
        "need/communes.csv", "need/qpv.csv", "need/couverture.csv", "need/places.csv",
        "need/qualite.csv", "need/qualite_details.csv", "need/fraicheur.csv",
        "catchments/aires.geojson", "place/plan.json", "place/sites.csv",
        "place/communes.csv", "report/rapport.pdf", "report/communes.csv", "run.json",
    ):  # fmt: skip
        assert (folder / name).stat().st_size > 0, name
    assert map_path(real_workspace, territory).stat().st_size < 3_000_000
    table = pd.read_csv(folder / "need/communes.csv", dtype={"code_insee": str})
    assert table["code_insee"].tolist() == sorted(result.communes["code_insee"])
    marks = set(table.get("avertissement", pd.Series(dtype=str)))
    assert marks == ({"estimation à vol d’oiseau"} if result.estimate else set())
    plan = json.loads((folder / "place/plan.json").read_text("utf-8"))
    assert plan["status_text"] == "optimal prouvé"


def test_catchments_are_nested_and_valid(real_workspace):
    for territory in ("2A", "36"):
        areas = load_current(real_workspace, territory).catchments.sort_values("minutes")
        assert areas["minutes"].tolist() == [10, 20, 30]
        assert areas.geometry.is_valid.all()
        inner, middle, outer = areas.geometry.to_crs(2154)
        assert inner.difference(middle).area < 1e-6 * inner.area
        assert middle.difference(outer).area < 1e-6 * middle.area


def test_states_tell_what_is_there(real_workspace):
    states = {state.code: state for state in territory_states(real_workspace)}
    assert (states["2A"].state, states["2A"].estimate) == ("ready", False)
    assert (states["36"].state, states["36"].estimate) == ("ready", True)
    assert "Réseau routier" in states["36"].missing
    assert states["41"].state == "buildable"


#: What no study can do without.
REQUIRED = (
    "communes/2023", "limites_administratives/2026", "population_communes/2024",
    "grilles_communales/2026", "laposte_points_contact/2025-06-04",
)  # fmt: skip


@pytest.fixture(scope="module")
def required(mirror, tmp_path_factory) -> str:
    """A mirror of the required sources alone: quick to read."""
    folder = tmp_path_factory.mktemp("mirror")
    for source in REQUIRED:
        shutil.copytree(mirror / source, folder / source)
    return str(folder)


@pytest.mark.slow
def test_the_users_files_stay_and_the_map_follows_the_run(required, tmp_path):
    """A run with places, the same again without naming them, then a build without: the map too."""
    workspace = Workspace(tmp_path / "w")
    places = tmp_path / "lieux.csv"
    places.write_text("nom;type;code_insee\nÎlot de la mairie;îlot numérique;90010\n", "utf-8")
    with_places = run_territory(workspace, "90", BuildFiles(places=places), mirror=required)
    again = run_territory(workspace, "90", mirror=required)
    assert again.result.run_id == with_places.result.run_id
    assert again.reused == {"places": places}
    counts = again.result.places.set_index("kind")["count"]
    assert counts["ilot_numerique"] == 1
    page = map_path(workspace, "90").read_bytes()
    build_territory(workspace, "90")
    without = run_territory(workspace, "90", mirror=required)
    assert without.reused == {}
    assert without.result.run_id != again.result.run_id
    assert map_path(workspace, "90").read_bytes() != page
    back = run_territory(workspace, "90", BuildFiles(places=places), mirror=required)
    assert back.result.run_id == again.result.run_id
    assert map_path(workspace, "90").read_bytes() == page
    places.unlink()
    with pytest.raises(UserError, match="maillage build 90"):
        run_territory(workspace, "90", mirror=required)


def test_roads_of_elsewhere_are_refused(required, tmp_path):
    street = [([1, 2], {"highway": "residential"})]
    nantes = write_overpass(tmp_path / "r.json", {1: (-1.55, 47.2), 2: (-1.54, 47.2)}, street)
    with pytest.raises(UserError, match="ne couvre pas Indre"):
        run_territory(Workspace(tmp_path), "36", BuildFiles(roads=nantes), mirror=required)


def test_a_territory_without_partners_or_population_still_has_a_study(required, tmp_path):
    """Mayotte: no population is published in the file, and no optional source is there."""
    workspace = Workspace(tmp_path / "w")
    outcome = run_territory(workspace, "976", mirror=required)
    result = outcome.result
    assert result.communes["population"].isna().all()
    assert result.coverage.empty
    assert result.catchments.empty
    assert result.legal.drop(columns="state").isna().all(axis=None)
    assert result.communes["uncovered"].isna().all()
    assert result.facts["neutral"] == {"communes": [], "qpv": []}
    assert "n.d." in result_text(outcome, workspace, date(2026, 1, 1))
    report = run_folder(workspace, result.run_id) / "report" / "rapport.pdf"
    assert report.stat().st_size > 0
