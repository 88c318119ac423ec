"""What an import would answer to a table, storing nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from coverage.base.errors import RefusedFileError
from coverage.model.answers import FIX, OK, Answer, Repairs


def check_table(path: Path, kind: str) -> Answer:
    """Return the answer to a table of a kind (``KINDS``): taken as it is, repaired, or refused.

    Raises ``SourceError`` where there is no such file.
    """
    repairs = Repairs()
    try:
        message = KINDS[kind](path, repairs)
    except RefusedFileError as refusal:
        return Answer(refusal.code, refusal.sentence)
    told = repairs.told()
    return Answer(FIX if told else OK, message, told)


def _counts(path: Path, repairs: Repairs) -> str:
    from coverage.sources.given.counts import read_counts, told

    return told(read_counts(path, "--as counts", repairs))


def _places(path: Path, repairs: Repairs) -> str:
    from coverage.sources.places_check import check_places

    return check_places(path, repairs)


def _detections(path: Path, repairs: Repairs) -> str:
    from coverage.sources.detections import check_detections

    return check_detections(path, repairs)


#: Kind of table -> what reads it: repairs are noted, a French sentence says what was read.
KINDS: dict[str, Callable[[Path, Repairs], str]] = {
    "counts": _counts,
    "places": _places,
    "detections": _detections,
}
