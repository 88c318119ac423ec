"""The roads of a territory and of its surroundings, downloaded into one file."""

from __future__ import annotations

import shutil
from pathlib import Path

import geopandas as gpd
import shapely

from coverage.base.crs import DEMO, WGS84, metric_epsg, territory_name
from coverage.base.errors import SourceError, UserError
from coverage.base.files import exclusive_lock, no_room_is_told, temporary_beside
from coverage.base.progress import Progress, silent
from coverage.base.workspace import Workspace
from coverage.network.download import download_roads
from coverage.sources.catalogue import raw_files, source
from coverage.sources.geography import REACH_M, read_outline

#: The outline is told to the server with no more corners than this many metres need.
_CORNERS_M = 1_000.0
_SUFFIX = ".json.gz"
_OUTLINES = "departements_2026"


def check_target(territory: str, path: Path) -> None:
    """Raise ``UserError`` where a territory's roads can't be downloaded into ``path``.

    Its name must end with ``.json.gz``, it must not be there yet, and one must be allowed to
    write it: an hour of downloading must not be lost.
    """
    if territory == DEMO:
        raise UserError(
            "Les routes du territoire fictif sont inventées, il n'y a rien à télécharger. Donnez "
            "un code de département."
        )
    if not path.name.lower().endswith(_SUFFIX):
        raise UserError(
            f"Les routes s'écrivent dans un fichier {_SUFFIX} : donnez à --roads un nom comme "
            f"« routes-{territory_name(territory)}{_SUFFIX} », et non « {path.name} »."
        )
    if path.exists():
        raise UserError(
            f"« {path} » existe déjà. Donnez un autre nom à --roads, ou supprimez ce fichier pour "
            "télécharger les routes d'aujourd'hui."
        )
    with no_room_is_told(path), temporary_beside(path) as trial:
        trial.touch()


def fetch_roads(
    workspace: Workspace,
    territory: str,
    path: Path,
    mode: str = "drive",
    *,
    progress: Progress = silent,
) -> None:
    """Download the roads of ``mode`` within 60 km of a territory into ``path`` (``.json.gz``).

    What the server has answered is kept in the workspace until the file is complete: a download
    that was interrupted goes on where it stopped, one begun after that asks for everything again.
    Raises ``UserError`` (see ``check_target``), ``SourceError`` where the outlines of the
    départements have not been fetched, or where the server is out of reach or doesn't answer to
    the end.
    """
    check_target(territory, path)
    outline = surroundings(workspace, territory)
    answers = workspace.raw / "roads" / "overpass" / f"{territory}-{mode}"
    lock = answers.with_name(f".{answers.name}.lock")
    with exclusive_lock(lock, f"Le téléchargement des routes de {territory}"):
        download_roads(outline, path, mode, cache=answers, progress=progress)
        shutil.rmtree(answers)


def surroundings(workspace: Workspace, territory: str) -> shapely.Polygon | shapely.MultiPolygon:
    """Return what lies within 60 km of a territory (EPSG:4326), 2 km more at most.

    It is how far supply across the border is kept: every place has its roads.

    Raises ``SourceError`` where the outlines of the départements have not been fetched.
    """
    files = raw_files(workspace, _OUTLINES)
    if files is None:
        missing = source(_OUTLINES)
        raise SourceError(
            f"Pour savoir quelles routes télécharger, il manque : {missing.title}. {missing.remedy}"
        )
    outline = gpd.GeoSeries([read_outline(files[0], territory)], crs=WGS84)
    around_m = outline.to_crs(metric_epsg(territory)).buffer(REACH_M + _CORNERS_M)
    around: shapely.Polygon | shapely.MultiPolygon
    around = around_m.simplify(_CORNERS_M).to_crs(WGS84).iloc[0]
    return around
