"""What only the owner of the counts sees, and the record of who looked."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from coverage.base.errors import MissingLayerError
from coverage.base.workspace import Workspace
from coverage.cli import main
from coverage.study.layer_files import read_layer, store_of
from coverage.study.owner import (
    RESTRICTED,
    note_access,
    owner_tables,
    owner_view,
    write_owner_export,
)


def test_the_owner_sees_every_counter_and_its_counts(demo_workspace: Workspace) -> None:
    store = store_of(demo_workspace, "00")
    counts = read_layer(store, store.version("detections"))
    view = owner_view(demo_workspace, "00")
    seen = view.bureaux.set_index("id_bureau")
    for name, column in (("detections", "detections"), ("days", "jours_presence")):
        by_bureau = counts.groupby("id_bureau")[column].sum()
        assert seen[name][seen["days"] > 0].to_dict() == by_bureau.to_dict()
    # Counters that were never sounded are there too, without a rate.
    assert (seen["days"] == 0).any()
    assert seen.loc[seen["days"] == 0, "rate"].isna().all()
    assert view.departure is not None
    assert view.held.empty


def test_the_export_says_on_each_line_that_it_is_restricted(
    demo_workspace: Workspace, tmp_path: Path
) -> None:
    written = write_owner_export(owner_tables(demo_workspace, "00"), "00", tmp_path)
    assert [path.name for path in written] == [
        "donnees-brutes-periodes.csv",
        "donnees-brutes-bureaux.csv",
        "donnees-brutes-activite.csv",
    ]
    store = store_of(demo_workspace, "00")
    counts = read_layer(store, store.version("detections"))
    tables = [pd.read_csv(path, dtype=str) for path in written]
    for table in tables:
        assert len(table)
        assert set(table["diffusion"]) == {RESTRICTED}
        assert set(table["avertissement"]) == {"territoire fictif"}
    assert tables[0]["detections"].astype(int).sum() == counts["detections"].sum()
    assert len(tables[0]) == len(counts)


def test_without_detections_there_is_nothing_to_own(
    demo_workspace: Workspace, tmp_path: Path
) -> None:
    with pytest.raises(MissingLayerError, match="maillage build 2A"):
        owner_view(Workspace(tmp_path), "2A")
    store = store_of(Workspace(tmp_path), "00")
    shutil.copytree(store_of(demo_workspace, "00").folder, store.folder)
    with store.build("essai") as build:
        build.current["communes"]["facts"]["detections"] = False
    with pytest.raises(MissingLayerError, match="Aucune détection n’est chargée"):
        owner_view(Workspace(tmp_path), "00")
    # Nobody looked at anything: nothing is on record, and nothing written.
    out = tmp_path / "raw"
    assert main(["detections", "demo", "--owner", "-o", str(out), "--root", str(tmp_path)]) != 0
    assert not out.exists()
    assert not (tmp_path / "runs").exists()


def test_the_command_tells_blocks_to_anybody_and_counts_to_the_owner(
    demo_workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = ["--root", str(tmp_path / "w")]
    shutil.copytree(
        store_of(demo_workspace, "00").folder, store_of(Workspace(tmp_path / "w"), "00").folder
    )
    contour = tmp_path / "metropole.geojson"
    ring = [[-6, 41], [10, 41], [10, 52], [-6, 52], [-6, 41]]
    contour.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}), "utf-8")
    told, raw = tmp_path / "told", tmp_path / "raw"
    assert main(["detections", "demo", "--within", str(contour), "-o", str(told), *root]) == 0
    blocks = pd.read_csv(told / "detections_blocs.csv")
    answer = capsys.readouterr().out.replace("\u202f", "")
    assert f"{len(blocks)} blocs de communes entiers" in answer
    assert f"détections\u00a0: {blocks['detections'].sum()}" in answer
    assert not (tmp_path / "w" / "runs").exists()
    assert main(["detections", "demo", "--owner", "-o", str(raw), *root]) == 0
    assert "ne pas diffuser" in capsys.readouterr().out
    assert {path.name.startswith("donnees-brutes-") for path in raw.iterdir()} == {True}
    log = (tmp_path / "w" / "runs" / "acces.jsonl").read_text("utf-8")
    assert json.loads(log)["what"] == "export"


def test_each_look_is_written_down_without_a_count(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    note_access(workspace, "00", who="Élise", what="page")
    note_access(workspace, "2A", who="Élise", what="export")
    path = tmp_path / "runs" / "acces.jsonl"
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [(line["territory"], line["what"]) for line in lines] == [
        ("demo", "page"),
        ("2A", "export"),
    ]
    assert all(set(line) == {"when", "who", "territory", "what"} for line in lines)
    assert path.stat().st_mode & 0o077 == 0
