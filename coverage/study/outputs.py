"""What a run writes: ``runs/<run_id>/{need,catchments,place,report}/`` and ``maps/<T>.html``."""

from __future__ import annotations

import json
import time
from datetime import UTC, date, datetime
from pathlib import Path

from coverage import __version__
from coverage.base.crs import territory_name
from coverage.base.files import write_bytes, write_json
from coverage.base.progress import Progress, silent
from coverage.base.workspace import Workspace
from coverage.model.results import StudyResult
from coverage.reports.documents import write_report
from coverage.reports.maps import write_map
from coverage.reports.tables import write_catchments, write_communes, write_plan, write_tables
from coverage.study.drawing import catchment_kinds
from coverage.study.program import program_hash
from coverage.study.results import map_path, run_folder, save_result, set_current


def publish(workspace: Workspace, territory: str, run_id: str) -> None:
    """Make a written run the current one: what the app shows, and the territory's map."""
    page = (run_folder(workspace, run_id) / "map.html").read_bytes()
    target = map_path(workspace, territory)
    if not (target.is_file() and target.read_bytes() == page):
        write_bytes(target, page)
    set_current(workspace, territory, run_id)


def run_date(workspace: Workspace, run_id: str) -> date:
    """Return the day a run was first written; the same run made again keeps its date."""
    passport = run_folder(workspace, run_id) / "run.json"
    if passport.is_file():
        return date.fromisoformat(json.loads(passport.read_text("utf-8"))["date"])
    return datetime.now(UTC).date()


def is_written(workspace: Workspace, run_id: str) -> bool:
    """Tell whether this run was written to its end by this very program."""
    passport = run_folder(workspace, run_id) / "run.json"
    if not passport.is_file():
        return False
    return bool(json.loads(passport.read_text("utf-8"))["program"] == program_hash())


def write_report_folder(workspace: Workspace, result: StudyResult, folder: Path) -> None:
    """Write the report and its table of communes."""
    write_report(result, folder / "rapport.pdf", run_date(workspace, result.run_id))
    write_communes(result, folder / "communes.csv")


def write_outputs(
    workspace: Workspace,
    result: StudyResult,
    progress: Progress = silent,
    *,
    seconds_since: float | None = None,
) -> Path:
    """Write every output of a run and return its folder.

    What the clock decides (date, seconds) goes to ``run.json`` alone.
    """
    folder = run_folder(workspace, result.run_id)
    day = run_date(workspace, result.run_id)
    progress(0.0, "Tables")
    write_tables(result, folder / "need")
    write_catchments(
        result.catchments,
        folder / "catchments" / "aires.geojson",
        result.marks,
        territory=territory_name(result.territory),
        kinds="|".join(catchment_kinds(result.params.catchment_kinds)),
        run_id=result.run_id,
    )
    write_plan(result, folder / "place")
    progress(0.3, "Carte")
    write_map(result, folder / "map.html")
    progress(0.6, "Rapport")
    write_report_folder(workspace, result, folder / "report")
    save_result(workspace, result)
    seconds = None if seconds_since is None else round(time.monotonic() - seconds_since, 1)
    document = {
        "run_id": result.run_id,
        "version": __version__,
        "program": program_hash(),
        "date": day.isoformat(),
        "seconds": seconds,
        "params": result.params.as_dict(),
        "inputs": result.inputs,
    }
    write_json(folder / "run.json", document)
    progress(1.0, "Résultats écrits")
    return folder
