"""QPV of 2024 arrive in a study of those of 2015, and go again: everything says which."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from coverage.base.workspace import Workspace
from coverage.model.results import StudyResult
from coverage.reports.documents import report_data
from coverage.sources.catalogue import source
from coverage.study import run_territory
from coverage.study.results import map_path, run_folder
from coverage.web.app import create_app

SOURCES = (
    *("communes/2023", "limites_administratives/2026", "population_communes/2024"),
    *("grilles_communales/2026", "laposte_points_contact/2025-06-04", "qpv/2015", "qpv/2024"),
    *("france_services/2024-08-01", "qpv_indicateurs/2022"),
)
OLD = re.compile(
    r"QPV[\s\u00a0]2015|QPV \(2015\)|qpv_2015|QP090\d{3}|contours de 2015|ceux de 2015"
)
NEW = re.compile(r"QPV[\s\u00a0]2024|QPV \(2024\)|qpv_2024|QN090\d\dM|contours de 2024")


@pytest.fixture
def copied(mirror: Path, tmp_path: Path) -> Path:
    """A mirror of what a study of QPV needs, which a test may add to."""
    folder = tmp_path / "mirror"
    for name in SOURCES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(mirror / name, folder / name)
    return folder


def told(workspace: Workspace, result: StudyResult) -> dict[str, str]:
    """Return all that is told of a study, by where it is told."""
    folder = run_folder(workspace, result.run_id)
    files = [*folder.glob("need/*.csv"), *folder.glob("report/*.csv")]
    texts = {path.name: path.read_text("utf-8") for path in files}
    texts["carte"] = map_path(workspace, "90").read_text("utf-8")
    texts["rapport"] = str(report_data(result, date(2026, 1, 1)))
    client = create_app(workspace).test_client()
    for page in ("", "carte", "placement", "donnees", "telechargements", "comment"):
        with client.get(f"/t/90/{page}") as answer:
            texts[f"page {page}"] = answer.get_data(as_text=True)
    return texts


def speaking(texts: dict[str, str], pattern: re.Pattern[str]) -> set[str]:
    return {name for name, text in texts.items() if pattern.search(text)}


def _publish_2024(mirror: Path, old: gpd.GeoDataFrame) -> list[str]:
    """Add to a mirror the QPV of 2024, a little beside the old ones, and 1,000 people in each.

    Fetching expects files of the whole country: so many others are of another département.
    """
    moved = shapely.transform(old.geometry.to_numpy(), lambda xy: xy + [0.001, 0.0005])
    codes = [f"QN090{number:02d}M" for number in range(1, len(old) + 1)]
    own = gpd.GeoDataFrame({"code_qp": codes, "lib_qp": old["nom"]}, geometry=moved, crs=4326)
    others = own.assign(code_qp="QN01301M")
    polygons = pd.concat([own, *[others] * (1 + 1_000 // len(old))], ignore_index=True)
    people = "\n".join(["CODGEO;POP_MUN", *(f"{code};1 000" for code in [*codes, *["x"] * 600])])
    folders = []
    for key, text in (
        ("qpv_2024_polygons", polygons.to_json()),
        ("qpv_2024_population", people + "\n"),
    ):
        entry = source(key)
        path = mirror / entry.folder / entry.files[0].name
        path.parent.mkdir(parents=True)
        path.write_text(text, "utf-8")
        folders.append(entry.folder)
    return folders


@pytest.mark.slow
def test_the_polygons_of_2024_replace_those_of_2015_and_the_year_shows(copied, tmp_path) -> None:
    workspace = Workspace(tmp_path / "w")
    before = run_territory(workspace, "90", mirror=str(copied)).result
    shown = {"qpv.csv", "couverture.csv", "groupes.csv", "qualite.csv", "carte", "rapport"}
    assert speaking(told(workspace, before), OLD) >= shown
    assert (before.qpv["vintage"] == "2015").all()

    old = before.zones
    folders = _publish_2024(copied, old)
    after = run_territory(workspace, "90", mirror=str(copied)).result
    assert after.run_id != before.run_id
    texts = told(workspace, after)
    assert speaking(texts, OLD) == set()
    assert speaking(texts, NEW) >= shown
    assert (after.qpv["vintage"] == "2024").all()
    groups = after.groups.set_index("value")["group"]
    assert groups[groups == "qpv"].index.tolist() == ["qpv_2024", "hors_qpv"]
    assert after.qpv["persons"].sum() == pytest.approx(1_000 * len(old), abs=1)

    for folder in folders:
        shutil.rmtree(workspace.raw / folder)
        shutil.rmtree(copied / folder)
    back = run_territory(workspace, "90", mirror=str(copied)).result
    assert back.run_id == before.run_id
    assert (back.qpv["vintage"] == "2015").all()
