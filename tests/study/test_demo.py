"""The fictitious département end to end, and what a run promises."""

from __future__ import annotations

import dataclasses
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from coverage.base.errors import MissingLayerError, UserError
from coverage.base.workspace import Workspace
from coverage.model.params import StudyParams
from coverage.model.results import COMMUNE_RESULTS
from coverage.network.roads import read_modes
from coverage.study import (
    BuildFiles,
    build_territory,
    compute,
    load_current,
    load_layers,
    run_territory,
    territory_states,
)
from coverage.study.layer_files import PROTECTED_LAYERS, store_of
from coverage.study.results import map_path, run_folder
from coverage.study.summary import plan_text, quality_text
from tests.study.alike import assert_alike

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "run.json"
    }


def test_the_result_has_every_column_it_promises(demo_workspace):
    result = load_current(demo_workspace, "00")
    assert set(COMMUNE_RESULTS) <= set(result.communes.columns)
    assert result.fictitious
    assert not result.estimate
    assert len(result.communes) == 60


def test_every_feature_of_the_demo_shows_something(demo_workspace):
    result = load_current(demo_workspace, "00")
    counts = result.places.set_index("kind")["count"]
    assert counts.drop("permanence").gt(0).all()
    assert len(result.qpv) == 3
    assert result.qpv["minutes_adviser"].notna().all()
    assert result.plan.status == "optimal"
    assert result.plan.objective > result.plan.baseline + 1000
    assert result.unreachable_persons > 0
    assert result.communes["unreached"].sum() == pytest.approx(result.unreachable_persons)
    assert set(result.coverage["group"]) == {
        *("territoire", "epci", "frr", "densite", "qpv", "age"),
    }


def test_every_file_says_that_it_is_fictitious(demo_workspace):
    result = load_current(demo_workspace, "00")
    folder = run_folder(demo_workspace, result.run_id)
    for path in folder.rglob("*.csv"):
        assert "territoire fictif" in path.read_text("utf-8") or len(pd.read_csv(path)) == 0, path
    for name in ("place/plan.json", "catchments/aires.geojson"):
        assert "territoire fictif" in (folder / name).read_text("utf-8")
    assert "territoire fictif" in map_path(demo_workspace, "00").read_text("utf-8").lower()


def test_the_same_run_made_again_gives_the_same_bytes(demo_workspace, tmp_path):
    first = load_current(demo_workspace, "00")
    again = Workspace(tmp_path)
    outcome = run_territory(again, "00")
    assert outcome.built
    assert outcome.result.run_id == first.run_id
    folder = run_folder(demo_workspace, first.run_id)
    assert hashes(folder) == hashes(run_folder(again, first.run_id))
    assert map_path(demo_workspace, "00").read_bytes() == map_path(again, "00").read_bytes()


def test_what_the_road_file_lacks_is_in_the_quality_table(tmp_path, monkeypatch):
    def cut(*args, **options):
        graphs = read_modes(*args, **options).items()
        told = {"notes": ("Il manque 3 points.",)}
        return {mode: dataclasses.replace(graph, **told) for mode, graph in graphs}

    monkeypatch.setattr("coverage.study.road_memory.read_modes", cut)
    notes = build_territory(Workspace(tmp_path), "00")
    quality = load_layers(Workspace(tmp_path), "00").quality
    told = quality[quality["issue"] == "remarque sur le réseau"]
    assert told[["item", "action", "detail"]].to_numpy().tolist() == [
        ["réseau", "reported", "Il manque 3 points."]
    ]
    assert "temps de trajet\u00a0: remarque sur le réseau" in quality_text(notes)


def test_what_has_not_changed_is_not_done_again(demo_workspace):
    before = map_path(demo_workspace, "00").stat().st_mtime_ns
    outcome = run_territory(demo_workspace, "00")
    assert not outcome.built
    assert map_path(demo_workspace, "00").stat().st_mtime_ns == before


def test_other_parameters_are_another_run(demo_workspace):
    params = StudyParams("00", new=1, minutes=15)
    one = compute(demo_workspace, params, drawn=False)
    current = load_current(demo_workspace, "00")
    assert one.run_id != current.run_id
    assert len(one.plan.sites) == 1
    assert one.communes["covered"].sum() <= current.communes["covered"].sum()


def test_who_pays_with_the_pass_finds_fewer_partners(demo_workspace):
    whoever = load_current(demo_workspace, "00")
    params = StudyParams("00", new=0, accepts=(("formation", "pass_numerique"),))
    result = compute(demo_workspace, params, drawn=False)
    keys = ["site_id", "step"]
    both = result.orientation.merge(whoever.orientation, on=keys, suffixes=("", "_whoever"))
    assert both["known"].all()
    training = both[both["step"] == "formation"]
    found = training["partner_id"].notna()
    assert 0 < found.sum() < training["partner_id_whoever"].notna().sum()
    assert (training["minutes"] >= training["minutes_whoever"])[found].all()
    tags = result.sites.set_index("site_id")["tags"]
    assert all("pass_numerique" in tags[partner] for partner in training.loc[found, "partner_id"])
    others = both[both["step"] != "formation"]
    assert others["partner_id"].equals(others["partner_id_whoever"])


def test_times_of_other_places_are_refused(demo_workspace, tmp_path):
    shutil.copytree(demo_workspace.root, tmp_path / "w")
    workspace = Workspace(tmp_path / "w")
    store = store_of(workspace, "00")
    sites = load_layers(workspace, "00").sites
    for key in ({}, {"build": store.version("costs").passport["build"]}):
        with store.build("essai") as build:
            build.write("sites", lambda path: sites.iloc[1:].to_parquet(path, index=False), key)
        with pytest.raises(UserError, match="maillage build demo"):
            load_layers(workspace, "00")


def test_results_of_another_version_say_what_to_do(demo_workspace, tmp_path):
    shutil.copytree(demo_workspace.root / "runs", tmp_path / "runs")
    workspace = Workspace(tmp_path)
    folder = run_folder(workspace, load_current(workspace, "00").run_id) / "result"
    (folder / "neighbours.parquet").unlink()
    with pytest.raises(MissingLayerError, match="maillage run demo"):
        load_current(workspace, "00")
    (folder / "result.json").write_text("{")
    with pytest.raises(MissingLayerError):
        load_current(workspace, "00")


def test_the_fictitious_territory_takes_no_files(tmp_path):
    places = tmp_path / "lieux.csv"
    places.write_text("nom;type\n", "utf-8")
    with pytest.raises(UserError, match="fictif"):
        run_territory(Workspace(tmp_path), "00", BuildFiles(places=places))


def test_a_place_that_adds_nobody_is_said(demo_workspace):
    result = compute(demo_workspace, StudyParams("00", new=30), drawn=False)
    assert "ajoute" in plan_text(result)
    assert result.plan.sites[-1].newly_covered == 0


def test_a_plan_that_cannot_be_kept_says_why(demo_workspace):
    result = compute(demo_workspace, StudyParams("00", new=500), drawn=False)
    text = plan_text(result)
    assert "infaisable" in text
    assert "500" in text or "candidats" in text


def test_an_unbuilt_territory_says_what_to_do(tmp_path):
    with pytest.raises(MissingLayerError, match="maillage run 2A"):
        load_current(Workspace(tmp_path), "2A")
    with pytest.raises(MissingLayerError, match="maillage build 2A"):
        compute(Workspace(tmp_path), StudyParams("2A"))


def test_a_damaged_pointer_is_a_territory_to_build(tmp_path):
    workspace = Workspace(tmp_path)
    folder = store_of(workspace, "00").folder
    folder.mkdir(parents=True)
    (folder / "layers.current").write_text("{")
    assert territory_states(workspace)[0].state == "buildable"


def test_a_run_is_named_by_its_detections_too(demo_workspace, tmp_path):
    shutil.copytree(demo_workspace.root, tmp_path / "w")
    workspace = Workspace(tmp_path / "w")
    params = StudyParams("00")
    with_detections = load_layers(workspace, "00").inputs
    with store_of(workspace, "00").build("essai") as build:
        communes = build.current["communes"]
        facts = {**communes["facts"], "detections": False}
        build.written["communes"] = {**communes, "facts": facts}
    without = load_layers(workspace, "00").inputs
    assert set(with_detections) - set(without) == set(PROTECTED_LAYERS)
    assert params.run_id(with_detections) != params.run_id(without)


def test_states_of_an_empty_workspace(tmp_path):
    states = {state.code: state for state in territory_states(Workspace(tmp_path))}
    assert len(states) == 102
    assert states["demo"].state == "buildable"
    assert states["2A"].state == "missing"


def test_more_permanences_never_cover_fewer(demo_workspace):
    covered = [
        compute(demo_workspace, StudyParams("00", new=new), drawn=False).plan.objective
        for new in (0, 1, 4)
    ]
    assert covered == sorted(covered)
    assert covered[0] < covered[2]


def test_a_saved_result_reads_back_whole(demo_workspace):
    result = load_current(demo_workspace, "00")
    fresh = compute(demo_workspace, result.params)
    assert_alike(result, fresh)


def script(name: str, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPTS / name), *args], capture_output=True, text=True, check=False
    )


def test_scripts_are_short():
    for path in SCRIPTS.glob("*.py"):
        assert len(path.read_text("utf-8").splitlines()) < 40, path.name


def test_script_places_permanences(demo_workspace):
    done = script("place_permanences.py", "demo", "--new", "2", "--root", str(demo_workspace.root))
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line[:2] for line in lines[:2]] == ["1.", "2."]
    assert "optimal prouvé" in lines[-1]


def test_script_draws_catchments(demo_workspace, tmp_path):
    target = tmp_path / "aires.gpkg"
    done = script(
        "catchments_to_partners.py", "demo", str(target), "--kind", "partenaire",
        "--root", str(demo_workspace.root),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    from coverage.base.gdal import read_vector

    areas = read_vector(target)
    assert sorted(areas["minutes"]) == [10, 20, 30]
    assert set(areas["avertissement"]) == {"territoire fictif"}


def test_scripts_tell_errors_in_one_line(tmp_path):
    done = script("place_permanences.py", "2A", "--root", str(tmp_path))
    assert done.returncode != 0
    assert "maillage build 2A" in done.stderr
    assert "Traceback" not in done.stderr
