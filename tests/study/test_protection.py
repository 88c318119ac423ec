"""What is published of detections, from build to build, and what is never forgotten."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from shapely.geometry import box

from coverage.base.crs import WGS84
from coverage.base.errors import UserError
from coverage.base.store import LayerStore
from coverage.base.workspace import Workspace
from coverage.model.raw_detections import RawDetections
from coverage.model.tables import CONTRACTS, empty
from coverage.model.territory import TerritoryTables
from coverage.need.disclosure import Published
from coverage.study import build_territory, load_current, load_layers, load_result
from coverage.study import layer_files as files
from coverage.study.protection import next_release, read_published, threshold_of, zonings_of
from coverage.study.results import save_result
from tests.study.alike import assert_alike
from tests.toy import SIDE, SOUTH, WEST, toy_result
from tests.toy_detections import read_tables, sounded_result

CODES = ("2A001", "2A002", "2A003")
DETECTIONS = (30, 25, 4)
TABLES = ("blocks", "communes", "zones", "trend", "funnel")


def counted(*detections: int) -> RawDetections:
    """Three bureaux in a row, five tests a detection, in one month."""
    rows = [
        (f"B{number}", count, 5 * count) for number, count in enumerate(detections) if count > 0
    ]
    ids = pd.Series([row[0] for row in rows], dtype=object)
    numbers = [[10] * len(rows), *([row[k] for row in rows] for k in (2, 1, 1))]
    names = ("jours_presence", "tests", "detections", "orientations")
    counts = pd.DataFrame(
        {
            "id_bureau": ids,
            "debut": pd.Timestamp("2025-01-01"),
            "fin": pd.Timestamp("2025-01-31"),
            **{n: pd.array(v, dtype="Int64") for n, v in zip(names, numbers, strict=True)},
        }
    ).astype({"debut": "datetime64[ns]", "fin": "datetime64[ns]"})
    bureaux = gpd.GeoDataFrame(
        {"id_bureau": ["B0", "B1", "B2"], "nom": ["A", "B", "C"], "code_insee": CODES},
        geometry=[shape.centroid for shape in _shapes()],
        crs=WGS84,
    )
    return RawDetections(counts, bureaux, empty("activity"))


def _shapes() -> list[Any]:
    return [
        box(WEST + k * SIDE, SOUTH, WEST + (k + 1) * SIDE, SOUTH + SIDE) for k in range(len(CODES))
    ]


def territory(raw: RawDetections | None) -> TerritoryTables:
    """The three first communes of the toy town, whose other tables are as that town's."""
    toy = toy_result()
    communes = toy.communes.iloc[:3][list(CONTRACTS["communes"].columns)]
    shaped = gpd.GeoDataFrame(communes.drop(columns="geometry"), geometry=_shapes(), crs=WGS84)
    return read_tables(toy, raw, communes=shaped, profiles=toy.profiles.iloc[:3])


def built(store: LayerStore, raw: RawDetections | None, root: Path) -> Published | None:
    """Do what a build does with the detections, and nothing else; return what it published."""
    with store.build("Essai") as build:
        release = next_release(store, territory(raw), root=root)
        release.write(build, lambda layer, **more: {"build": "", **more})
        facts = {"detections": release.published is not None}
        communes = territory(raw).communes
        passport = {"build": "", "facts": facts}
        files.write_layer(build, "communes", communes, passport)
    return release.published


@pytest.fixture
def store(tmp_path: Path) -> LayerStore:
    return LayerStore(tmp_path / "data" / "processed" / "2A")


def test_the_next_build_reads_what_was_published(store: LayerStore, tmp_path: Path) -> None:
    assert read_published(store) is None
    published = built(store, counted(*DETECTIONS), tmp_path)
    read = read_published(store)
    assert published is not None
    assert read is not None
    for fact in ("release", "threshold", "prior"):
        assert getattr(read, fact) == getattr(published, fact)
    for name in (*TABLES, "released"):
        one, other = (pd.DataFrame(getattr(each, name)) for each in (published, read))
        assert_frame_equal(one, other)


def test_the_same_counts_again_are_no_new_release(store: LayerStore, tmp_path: Path) -> None:
    built(store, counted(*DETECTIONS), tmp_path)
    hashes = {layer: store.version(layer).sha256 for layer in files.PROTECTED_LAYERS}
    again = built(store, counted(*DETECTIONS), tmp_path)
    assert again is not None
    assert again.release == 1
    assert {layer: store.version(layer).sha256 for layer in files.PROTECTED_LAYERS} == hashes


def test_what_was_published_outlives_a_build_without_counts(
    store: LayerStore, tmp_path: Path
) -> None:
    built(store, counted(*DETECTIONS), tmp_path)
    assert files.layers_of(store.versions())[-5:] == files.PROTECTED_LAYERS
    built(store, None, tmp_path)
    # The counts are gone from the disk, nothing is shown, and what was told isn't forgotten.
    assert not list(store.folder.glob("detections-*"))
    assert not list(store.folder.glob("detections.*"))
    assert files.layers_of(store.versions()) == files.LAYERS
    built(store, counted(60, 50, 8), tmp_path)
    published = read_published(store)
    assert published is not None
    assert published.release == 2
    assert set(published.released["release"]) == {1, 2}
    assert files.layers_of(store.versions())[-5:] == files.PROTECTED_LAYERS


def test_an_unreadable_history_is_not_taken_for_none(store: LayerStore, tmp_path: Path) -> None:
    built(store, counted(*DETECTIONS), tmp_path)
    store.version("detections_released").path.write_bytes(b"cut")
    with pytest.raises(UserError, match=r"illisible.*Remettez une sauvegarde"):
        built(store, counted(*DETECTIONS), tmp_path)
    (store.folder / "layers.current").unlink()
    with pytest.raises(UserError, match="illisible"):
        built(store, counted(*DETECTIONS), tmp_path)


def test_a_history_given_up_as_the_message_says_begins_anew(
    store: LayerStore, tmp_path: Path
) -> None:
    built(store, counted(*DETECTIONS), tmp_path)
    built(store, counted(60, 50, 8), tmp_path)
    store.version("detections_released").path.unlink()
    with pytest.raises(UserError, match=r"en effaçant ses fichiers detections_released\*\."):
        built(store, counted(*DETECTIONS), tmp_path)
    for path in store.folder.glob("detections_released*"):
        path.unlink()
    anew = built(store, counted(*DETECTIONS), tmp_path)
    assert anew is not None
    assert anew.release == 1
    assert set(anew.released["release"]) == {1}
    read = read_published(store)
    assert read is not None
    assert read.release == 1


def test_the_threshold_is_frozen_with_the_first_release(store: LayerStore, tmp_path: Path) -> None:
    (tmp_path / "secret.toml").write_text("seuil = 20\n", "utf-8")
    built(store, counted(*DETECTIONS), tmp_path)
    published = read_published(store)
    assert published is not None
    assert published.threshold == 20
    assert published.blocks["detections"].min() >= 20
    (tmp_path / "secret.toml").unlink()
    with pytest.raises(UserError, match=r"figés.*au seuil de 20"):
        built(store, counted(*DETECTIONS), tmp_path)
    # Whoever loads no detections isn't asked for a threshold.
    built(store, None, tmp_path)


def test_a_workspace_may_ask_for_more(tmp_path: Path) -> None:
    assert threshold_of(tmp_path) == 11
    (tmp_path / "secret.toml").write_text("seuil = 11\n", "utf-8")
    assert threshold_of(tmp_path) == 11


@pytest.mark.parametrize(
    "text",
    ["seuil = 10", "seuil = 20.5", "seuil = true", "seuil", "", "seuil = 20\nautre = 1", "é"],
)
def test_a_wrong_threshold_is_told_in_one_sentence(text: str, tmp_path: Path) -> None:
    (tmp_path / "secret.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(UserError, match="écrivez une seule ligne"):
        threshold_of(tmp_path)


def test_zones_bear_the_names_of_the_groups_of_people() -> None:
    table = zonings_of(territory(None))
    zones = table.groupby(["zoning", "zone_id"])["code_insee"].agg("|".join)
    assert zones["departement"].to_dict() == {"2A": "2A001|2A002|2A003"}
    assert zones["frr"].to_dict() == {
        "beneficiaire": "2A002",
        "non_classee": "2A001",
        "socle": "2A003",
    }
    assert zones["densite"].to_dict() == {"3": "2A001", "5": "2A002", "6": "2A003"}
    names = table.set_index("zone_id")["nom"]
    assert names["socle"] == "FRR socle"
    assert names["6"] == "Rural à habitat dispersé"
    assert set(names[["2A"]]) == {"Toy-du-Sud"}
    # Every zoning parts the communes: none is in two zones of it, none in no zone.
    for _, rows in table.groupby("zoning"):
        assert sorted(rows["code_insee"]) == list(CODES)


def test_opening_a_territory_opens_nothing_of_its_owner(
    demo_workspace: Workspace, tmp_path: Path
) -> None:
    store = files.store_of(demo_workspace, "00")
    layers = load_layers(demo_workspace, "00")
    owners = {"detections", "activity", "detections_released"}
    assert owners <= set(store.versions())
    assert owners.isdisjoint(layers.inputs)
    hashes = {store.version(layer).sha256 for layer in owners}
    assert hashes.isdisjoint(layers.inputs.values())
    assert set(files.PROTECTED_LAYERS) <= set(layers.inputs)
    assert layers.detections is not None
    # Without the owner's files everything else still opens.
    copy = files.store_of(Workspace(tmp_path), "00")
    shutil.copytree(store.folder, copy.folder)
    for layer in owners:
        copy.version(layer).path.unlink()
    again = load_layers(Workspace(tmp_path), "00")
    assert again.detections is not None
    assert again.inputs == layers.inputs


def test_a_result_is_read_back_with_its_detections(tmp_path: Path) -> None:
    workspace, result = Workspace(tmp_path), sounded_result()
    save_result(workspace, result)
    read = load_result(workspace, result.run_id)
    assert result.detections is not None
    assert read.detections is not None
    assert_alike(read.detections, result.detections)
    assert_frame_equal(pd.DataFrame(read.density), pd.DataFrame(result.density))
    without = dataclasses.replace(result, run_id="sans", detections=None)
    save_result(workspace, without)
    assert load_result(workspace, "sans").detections is None


def test_the_study_of_the_demo_tells_what_its_layers_do(demo_workspace: Workspace) -> None:
    result, layers = load_current(demo_workspace, "00"), load_layers(demo_workspace, "00")
    assert result.detections is not None
    assert layers.detections is not None
    assert_alike(result.detections, layers.detections)
    assert len(result.density)
    assert result.communes["detection_part"].notna().all()
    rates = layers.detections.rate_by_commune()
    assert result.communes.set_index("code_insee")["detection_rate"].equals(rates)


@pytest.mark.slow
def test_the_same_build_again_publishes_nothing_new(
    demo_workspace: Workspace, tmp_path: Path
) -> None:
    copy = files.store_of(Workspace(tmp_path), "00")
    shutil.copytree(files.store_of(demo_workspace, "00").folder, copy.folder)
    before = load_layers(Workspace(tmp_path), "00").inputs
    build_territory(Workspace(tmp_path), "00")
    assert load_layers(Workspace(tmp_path), "00").inputs == before
