"""What an import would answer to a file: read as the import reads it, and nothing stored.

The whole check is done in one limited child, so that this process needs no library of tables.
"""

from __future__ import annotations

import os
import stat
from importlib import import_module
from pathlib import Path
from typing import Any

from coverage.base.errors import RefusedFileError
from coverage.base.limited import ChildDiedError, Limits, run_limited
from coverage.model.answers import Answer, Repair

#: Kind of content -> the door that judges it, and what that takes after the path.
_DOORS: dict[str, tuple[str, tuple[str, ...]]] = {
    "counts": ("coverage.sources.given.checking:check_table", ("counts",)),
    "detections": ("coverage.sources.given.checking:check_table", ("detections",)),
    "places": ("coverage.sources.given.checking:check_table", ("places",)),
    "layer": ("coverage.sources.given.layers:check_layer", ()),
    "roads": ("coverage.network.checking:check_roads", ()),
}
KINDS = tuple(_DOORS)

#: What the crash of a reader says of a file, by the end of its name.
_BROKEN = {
    ".pbf": "CORRUPT_PBF",
    ".gpkg": "CORRUPT_GPKG",
    ".zip": "CORRUPT_SHP",
    ".xlsx": "CORRUPT_ZIP",
    ".graphml": "CORRUPT_ROADS",
    ".gz": "CORRUPT_ROADS",
    ".bz2": "CORRUPT_ROADS",
}
#: A road file may need more than other files, in step with its size.
_MEMORY_BYTES, _MEMORY_RATIO = 1_500_000_000, 20
_CPU_S, _BYTES_A_SECOND = 30, 1_000_000
#: Somebody may give a whole document for a name.
_LONGEST_SHOWN = 200


def check_file(path: Path, kind: str) -> Answer:
    """Return what the import of ``kind`` (``KINDS``) would answer to a file.

    Never raises for what is in the file, nor for a path that leads to none: NOT_FOUND.
    """
    try:
        _check_path(path)
        told, _ = run_limited(
            "coverage.study.checking:_answer",
            str(path.absolute()),
            kind,
            limits=_limits(path, kind),
        )
    except RefusedFileError as refusal:
        return Answer(refusal.code, refusal.sentence)
    except ChildDiedError as death:
        return _death(path, death)
    return _told(told)


def _check_path(path: Path) -> None:
    """Raise ``RefusedFileError`` (NOT_FOUND) unless a path leads to a file that one may read.

    A name is a path and nothing else, whatever it looks like: an address, a document. Nothing is
    opened here: a pipe would be waited for.
    """
    shown = str(path) if len(str(path)) <= _LONGEST_SHOWN else f"{str(path)[:_LONGEST_SHOWN]}…"
    try:
        is_file = stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):
        why = "n’existe pas. Donnez le chemin d’un fichier de cette machine"
    else:
        if is_file and os.access(path, os.R_OK):
            return
        why = (
            "ne vous est pas ouvert en lecture. Demandez-en le droit, ou copiez-le ailleurs"
            if is_file
            else "est un dossier ou un périphérique. Donnez le fichier lui-même"
        )
    raise RefusedFileError("NOT_FOUND", f"«\u00a0{shown}\u00a0» {why}.")


def _limits(path: Path, kind: str) -> Limits:
    if kind != "roads":
        return Limits()
    size = path.stat().st_size
    seconds = size // _BYTES_A_SECOND
    return Limits(
        memory_bytes=_MEMORY_BYTES + _MEMORY_RATIO * size,
        cpu_s=_CPU_S + seconds,
        wait_s=Limits().wait_s + seconds,
    )


def _answer(path: str, kind: str) -> dict[str, Any]:
    """Return the answer of a door as a document; what the limited child does."""
    name, more = _DOORS[kind]
    module, _, function = name.partition(":")
    answer: Answer = getattr(import_module(module), function)(Path(path), *more)
    return answer.document()


def _told(document: dict[str, Any]) -> Answer:
    """Return the answer of which ``Answer.document`` is the document."""
    repairs = tuple(
        Repair(
            repair["issue"],
            repair["detail"],
            repair["column"],
            tuple((first, last) for first, last in repair["lines"]),
        )
        for repair in document["repairs"]
    )
    return Answer(document["answer"], document["message"], repairs)


def _death(path: Path, death: ChildDiedError) -> Answer:
    """Return the answer to a file that ended the child: too much for its limits, or a crash."""
    broken = _BROKEN.get(path.suffix.lower())
    if death.why == "crash" and broken:
        return Answer(
            broken,
            f"«\u00a0{path.name}\u00a0» est abîmé\u00a0: sa lecture s’arrête net. Reprenez-le à sa "
            "source, ou enregistrez-le à nouveau.",
        )
    return Answer(
        "TOO_COMPLEX",
        f"«\u00a0{path.name}\u00a0» demande trop de mémoire ou de temps pour être lu. Donnez un "
        "fichier plus petit\u00a0: votre territoire, les colonnes utiles.",
    )
