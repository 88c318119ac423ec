"""Fetching from public addresses; here they are those of the local server."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from coverage.base.errors import SourceError
from coverage.base.workspace import Workspace
from coverage.sources import catalogue
from coverage.sources.catalogue import source
from coverage.sources.entry import Source
from coverage.sources.fetching import fetch
from coverage.sources.readers.frr import read_frr
from tests.sources.fetching import made
from tests.sources.fetching.conftest import QUICK
from tests.sources.fetching.made import FRR
from tests.sources.fetching.server import Server

CSV = made.frr()


def test_members_of_one_zip_are_asked_for_once_and_not_again(
    workspace: Workspace, server: Server, changed: Callable[..., Source]
) -> None:
    entry = changed("qpv_2015_polygons", address=f"{server.address}/qp.zip")
    contents = {file.name: made.shapefile(file.name) for file in entry.files}
    container = io.BytesIO()
    with zipfile.ZipFile(container, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(f"folder/{name}", content)
        archive.writestr("folder/other.shp", "other")
    server.files["qp.zip"] = container.getvalue()

    report = fetch(workspace, "2A", only=[entry.id], http=QUICK)

    assert report.fetched == (entry.id,)
    assert server.asked["qp.zip"] == 1
    for path in catalogue.raw_files(workspace, entry.id) or ():
        assert path.read_bytes() == contents[path.name]
    assert not list(workspace.raw.rglob(".tmp-*"))
    again = fetch(workspace, "2A", only=[entry.id], http=QUICK)
    assert again.unchanged == (entry.id,)
    assert again.received_bytes == 0
    assert server.asked["qp.zip"] == 2


def test_a_file_that_came_is_not_sent_again_for_another_that_did_not(
    workspace: Workspace, server: Server
) -> None:
    entry = source("qpv_2015_polygons")
    paths = [f"{entry.folder}/{file.name}" for file in entry.files]
    for path in paths:
        server.files[path] = made.shapefile(path)
    server.faults[paths[2]] = ["403"]
    ask = {"mirror": server.address, "only": [entry.id], "http": QUICK}
    with pytest.raises(SourceError, match="HTTP 403"):
        fetch(workspace, "2A", **ask)
    assert catalogue.raw_files(workspace, entry.id) is None

    report = fetch(workspace, "2A", **ask)

    assert report.fetched == (entry.id,)
    assert report.received_bytes == sum(len(server.files[path]) for path in paths[2:])
    assert report.bytes == sum(len(server.files[path]) for path in paths)


def test_a_dated_folder_is_asked_for_again_only_by_name(
    workspace: Workspace,
    server: Server,
    changed: Callable[..., Source],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server.files["frr.csv"] = CSV
    entry = changed("frr_2025", address=f"{server.address}/frr.csv", workbook="")
    monkeypatch.setattr("coverage.sources.fetching.sources.needed_for", lambda _: (entry,))

    assert fetch(workspace, "2A", http=QUICK).fetched == (entry.id,)
    assert fetch(workspace, "2A", http=QUICK).unchanged == (entry.id,)
    assert server.asked["frr.csv"] == 1
    (workspace.raw / FRR).write_bytes(b"spoilt by hand")
    assert fetch(workspace, "2A", http=QUICK).fetched == (entry.id,)
    again = fetch(workspace, "2A", only=[entry.id], http=QUICK)
    assert again.received_bytes == 0
    assert server.asked["frr.csv"] == 3


def test_a_substitute_comes_where_the_source_has_no_address(
    workspace: Workspace,
    server: Server,
    changed: Callable[..., Source],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wanted = source("communes_2023")
    server.files["communes.gz"] = made.communes()
    stand_in = changed(wanted.substitute, address=f"{server.address}/communes.gz")
    monkeypatch.setattr("coverage.sources.fetching.sources.needed_for", lambda _: (wanted,))

    assert fetch(workspace, "36", http=QUICK).fetched == (stand_in.id,)
    assert fetch(workspace, "36", http=QUICK).unchanged == (stand_in.id,)
    assert server.asked["communes.gz"] == 1
    server.files.clear()
    (workspace.raw / stand_in.folder / stand_in.files[0].name).write_bytes(b"spoilt")
    with pytest.raises(SourceError, match="Contours des communes"):
        fetch(workspace, "36", http=QUICK)


def test_a_workbook_takes_the_place_of_the_csv(
    workspace: Workspace, server: Server, changed: Callable[..., Source], tmp_path: Path
) -> None:
    entry = changed("frr_2025", address=f"{server.address}/frr%20juillet.xlsx")
    (tmp_path / "mirror" / FRR).parent.mkdir(parents=True)
    (tmp_path / "mirror" / FRR).write_bytes(CSV)
    fetch(workspace, "2A", mirror=str(tmp_path / "mirror"), only=[entry.id])
    from_csv = read_frr(workspace.raw / FRR)
    server.files["frr juillet.xlsx"] = made.frr_workbook()

    report = fetch(workspace, "2A", only=[entry.id], http=QUICK)

    assert report.fetched == (entry.id,)
    assert not (workspace.raw / FRR).exists()
    (workbook,) = catalogue.raw_files(workspace, entry.id) or ()
    assert workbook.suffix == ".xlsx"
    assert set(json.loads(workbook.with_name("manifest.json").read_text())) == {workbook.name}
    assert read_frr(workbook).equals(from_csv)
    server.files["frr juillet.xlsx"] = made.frr_workbook(3)
    kept = fetch(workspace, "2A", only=[entry.id], http=QUICK).kept
    assert "3 lignes au lieu de 40" in kept[0].reason
