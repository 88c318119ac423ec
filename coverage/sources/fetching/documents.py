"""Documents whose bytes do not tell what reading them takes: looked at in a limited child.

A few bytes of a JSON text are a hundred of memory; a tar may have a header as large as memory,
a database a view without end.
"""

from __future__ import annotations

import json
import tarfile
import zlib
from collections.abc import Collection
from pathlib import Path
from typing import Any

from coverage.base.errors import RefusedFileError, SourceError
from coverage.base.limited import ChildDiedError, Limits, run_limited
from coverage.sources.fetching.errors import FetchError

_LIMITS = Limits()
_MOST_UNPACKED_BYTES = 3_000_000_000
#: Why a GeoPackage is not the one that its reader knows, though it is whole.
_OTHER_LAYER = {
    "VIEW_NOT_ALLOWED": "sa couche est calculée quand on la lit",
    "AMBIGUOUS_LAYER": "plusieurs couches sont remplies",
}


def rows_of_document(path: Path, name: str, columns: Collection[str]) -> int | None:
    """Return how many rows a document has, its columns checked; None: it is cut or damaged.

    Raises ``SourceError`` (the end of a sentence) where it is another document than the one that
    is known, ``FetchError`` where it would take more memory or time than a document may.
    """
    try:
        rows, _ = run_limited(
            f"{__name__}:count_rows", str(path), name.lower(), list(columns), limits=_LIMITS
        )
    except ChildDiedError as error:
        raise FetchError("le fichier reçu est trop lourd à lire, ou abîmé") from error
    return None if rows is None else int(rows)


def count_rows(path: str, name: str, columns: list[str]) -> int | None:
    """Do what ``rows_of_document`` says, without limits."""
    count = next(_COUNTS[ending] for ending in DOCUMENTS if name.endswith(ending))
    try:
        return count(Path(path), columns)
    except SourceError:
        raise
    except (ValueError, RecursionError, EOFError, zlib.error, tarfile.TarError):
        return None


def refuse_missing(columns: Collection[str], there: Collection[str]) -> None:
    """Raise ``SourceError`` (the end of a sentence) where some of the columns are not there."""
    gone = [column for column in columns if column not in there]
    if gone:
        told = ", ".join(f"«\u00a0{column}\u00a0»" for column in gone[:5])
        raise SourceError(
            f"la colonne {told} manque" if len(gone) == 1 else f"les colonnes {told} manquent"
        )


def _json_rows(path: Path, columns: Collection[str]) -> int:
    document: Any = json.loads(path.read_text("utf-8-sig"))
    rows = document.get("features") if isinstance(document, dict) else document
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SourceError("ce n’est plus une liste d’objets")
    if isinstance(document, dict):
        rows = [row.get("properties") or {} for row in rows]
    refuse_missing(columns, set().union(*rows) if rows else set())
    return len(rows)


def _tar_rows(path: Path, columns: Collection[str]) -> int:
    count = unpacked = 0
    with tarfile.open(path, "r|gz") as archive:
        for member in archive:
            unpacked += member.size
            if unpacked > _MOST_UNPACKED_BYTES:
                raise SourceError("l’archive est trop grande une fois décompressée")
            count += member.isfile()
    return count


def _geopackage_rows(path: Path, columns: Collection[str]) -> int | None:
    """Look at the one filled layer; its last row's number stands for their count."""
    from coverage.sources.given.layers.geopackage import look_at_layer

    try:
        there, last = look_at_layer(path)
    except RefusedFileError as error:
        if error.code == "NO_ROWS":
            return 0
        if error.code not in _OTHER_LAYER:
            return None
        raise SourceError(_OTHER_LAYER[error.code]) from error
    refuse_missing(columns, there)
    return last


_COUNTS = {
    ".json": _json_rows,
    ".geojson": _json_rows,
    ".tar.gz": _tar_rows,
    ".gpkg": _geopackage_rows,
}
#: How the names of these documents end.
DOCUMENTS = tuple(_COUNTS)
