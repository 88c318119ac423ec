"""Results on disk: written once under their run id, read back by the app and the reports."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from coverage.base.crs import territory_name
from coverage.base.errors import MissingLayerError
from coverage.base.files import write_atomic, write_json, write_text
from coverage.base.workspace import Workspace
from coverage.model.detections import ProtectedDetections
from coverage.model.params import StudyParams
from coverage.model.plan import Plan
from coverage.model.results import StudyResult
from coverage.model.territory import SourceInfo

_MAPPED = ("communes", "sites", "zones", "outline", "neighbours", "catchments", "density")
_TABLES = (
    *_MAPPED,
    *(
        "qpv",
        "coverage",
        "groups",
        "foundations",
        "legal",
        "legal_communes",
        "orientation",
        "matches",
    ),
    *("profiles", "places", "quality"),
)
#: Tables of what may be told of the detections, where they are loaded.
_DETECTIONS = ("blocks", "communes", "zones", "trend", "funnel")
_WITH_SHAPES = (*_MAPPED, "detection_blocks")


def run_folder(workspace: Workspace, run_id: str) -> Path:
    """Return the folder of a run."""
    return workspace.runs / run_id


def map_path(workspace: Workspace, territory: str) -> Path:
    """Return where the map of a territory is written."""
    return workspace.maps / f"{territory_name(territory)}.html"


def save_result(workspace: Workspace, result: StudyResult) -> None:
    """Write the tables and the document of a result under ``runs/<run_id>/result/``."""
    folder = run_folder(workspace, result.run_id) / "result"
    frames = {name: getattr(result, name) for name in _TABLES}
    protected, release = result.detections, None
    if protected is not None:
        frames |= {f"detection_{name}": getattr(protected, name) for name in _DETECTIONS}
        release = {name: getattr(protected, name) for name in ("threshold", "release", "prior")}
    for name, frame in frames.items():
        write_atomic(
            folder / f"{name}.parquet",
            lambda path, frame=frame: frame.to_parquet(path, index=False),  # type: ignore[misc]
        )
    document = {
        "run_id": result.run_id,
        "nom": result.nom,
        "params": result.params.as_dict(),
        "inputs": result.inputs,
        "sources": [asdict(source) for source in result.sources],
        "estimate": result.estimate,
        "need_rung": result.need_rung,
        "plan": result.plan.as_dict(),
        "unreachable_persons": result.unreachable_persons,
        "detections": release,
        "facts": result.facts,
    }
    write_json(folder / "result.json", document)


def _params(document: dict[str, Any]) -> StudyParams:
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in document.items()
    }
    for pairs in ("opened", "accepts"):
        values[pairs] = tuple((one, other) for one, other in values[pairs])
    return StudyParams(**values)


def _read(folder: Path, name: str) -> Any:
    reader = gpd if name in _WITH_SHAPES else pd
    return reader.read_parquet(folder / f"{name}.parquet")


def _detections(folder: Path, release: dict[str, Any] | None) -> ProtectedDetections | None:
    if release is None:
        return None
    tables = {name: _read(folder, f"detection_{name}") for name in _DETECTIONS}
    prior = release["prior"]
    return ProtectedDetections(**{**release, "prior": prior and (prior[0], prior[1])}, **tables)


def load_result(workspace: Workspace, run_id: str) -> StudyResult:
    """Read a result back. Raises ``MissingLayerError`` where the run is not there."""
    folder = run_folder(workspace, run_id) / "result"
    try:
        document = json.loads((folder / "result.json").read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        raise MissingLayerError(
            f"Le calcul « {run_id} » n'est pas dans ce dossier de travail."
        ) from None
    try:
        tables = {name: _read(folder, name) for name in _TABLES}
        return StudyResult(
            **{
                **document,
                "params": _params(document["params"]),
                "sources": tuple(SourceInfo(**source) for source in document["sources"]),
                "plan": Plan.from_dict(document["plan"]),
                "detections": _detections(folder, document["detections"]),
            },
            **tables,
        )
    except (OSError, KeyError, TypeError, ValueError):
        name = territory_name(str(document.get("params", {}).get("territory", "")))
        raise MissingLayerError(
            f"Le calcul « {run_id} » vient d'une autre version de Maillage, ou il est abîmé. "
            f"Relancez : maillage run {name}"
        ) from None


def set_current(workspace: Workspace, territory: str, run_id: str) -> None:
    """Make a run the one that the app shows for its territory."""
    write_text(workspace.runs / f"{territory_name(territory)}.current", run_id + "\n")


def current_run(workspace: Workspace, territory: str) -> str | None:
    """Return the id of the territory's current run, or None."""
    pointer = workspace.runs / f"{territory_name(territory)}.current"
    return pointer.read_text("utf-8").strip() if pointer.is_file() else None


def load_current(workspace: Workspace, territory: str) -> StudyResult:
    """Read the current result of a territory. Raises ``MissingLayerError`` where there is none."""
    run_id = current_run(workspace, territory)
    if run_id is None:
        name = territory_name(territory)
        raise MissingLayerError(
            f"Le territoire {name} n'a pas encore été étudié. Lancez : maillage run {name}"
        )
    return load_result(workspace, run_id)
