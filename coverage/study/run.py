"""Run: fetch, build what changed, compute, write. One call from raw data to a report."""

from __future__ import annotations

import resource
import time
from dataclasses import dataclass
from pathlib import Path

from coverage.base.progress import Progress, part, silent
from coverage.base.workspace import Workspace
from coverage.model.notes import Notes
from coverage.model.params import StudyParams
from coverage.model.results import StudyResult
from coverage.sources.catalogue import available, raw_files, sources_of
from coverage.sources.fetching import FetchReport, fetch
from coverage.study.build import build
from coverage.study.build_files import BuildFiles, build_key, is_built
from coverage.study.computing import compute
from coverage.study.outputs import is_written, publish, write_outputs


@dataclass(frozen=True)
class Outcome:
    """What a run did: its result, what was fetched and built anew, and what it cost.

    ``reused`` are the user's files of the last build that this run took again, by option.
    """

    result: StudyResult
    fetched: FetchReport
    reused: dict[str, Path]
    built: bool
    seconds: float
    peak_mb: float


def _raw(workspace: Workspace, territory: str) -> tuple[Path, ...]:
    found = (available(workspace, source) for source in sources_of(workspace, territory))
    paths = (raw_files(workspace, source.id) for source in found if source)
    return tuple(path for some in paths if some for path in some)


def build_territory(
    workspace: Workspace,
    territory: str,
    files: BuildFiles | None = None,
    progress: Progress = silent,
) -> Notes:
    """Build a territory's layers from what has been fetched."""
    files = files or BuildFiles()
    key = build_key(workspace, territory, files, _raw(workspace, territory))
    return build(workspace, territory, files, key=key, progress=progress)


def run_territory(
    workspace: Workspace,
    territory: str,
    files: BuildFiles | None = None,
    *,
    params: StudyParams | None = None,
    mirror: str | None = None,
    progress: Progress = silent,
) -> Outcome:
    """Fetch, build, compute and write a territory. What has not changed is not done again.

    The user's files of the last build stay in use where ``files`` gives no other (``build`` alone
    uses exactly what it is given). Raises ``SourceError``, ``TableError``, ``LockedError``,
    ``DiskFullError``, ``UserError``.
    """
    started = time.monotonic()
    given, params = (files or BuildFiles()).given(), params or StudyParams(territory)
    known = BuildFiles.remembered(workspace, territory).given()
    files = BuildFiles(**{**known, **given})
    reused = {option: path for option, path in known.items() if option not in given}
    fetched = fetch(workspace, territory, mirror=mirror, progress=part(progress, 0.0, 0.1))
    key = build_key(workspace, territory, files, _raw(workspace, territory))
    fresh = is_built(workspace, territory, key)
    if not fresh:
        build(workspace, territory, files, key=key, progress=part(progress, 0.1, 0.65))
    result = compute(workspace, params, part(progress, 0.65, 0.85))
    if not is_written(workspace, result.run_id):
        write_outputs(workspace, result, part(progress, 0.85, 1.0), seconds_since=started)
    publish(workspace, territory, result.run_id)
    progress(1.0, "Terminé")
    # ru_maxrss is in kilobytes on Linux.
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seconds = time.monotonic() - started
    return Outcome(result, fetched, reused, not fresh, seconds, peak_mb)
