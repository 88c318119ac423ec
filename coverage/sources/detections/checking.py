"""What an import would answer to a file of detections, before any list of bureaux is known."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime
from pathlib import Path

from coverage.base.text import folded
from coverage.model.answers import Repairs
from coverage.model.words import whole
from coverage.sources.detections.bureaux import bureau_id
from coverage.sources.detections.cells import Cells
from coverage.sources.detections.counts import SHAPE, figures
from coverage.sources.detections.lines import read_file
from coverage.sources.detections.periods import Spell, refuse_overlaps
from coverage.sources.given.codes import commune_code


def check_detections(path: Path, repairs: Repairs, *, today: date | None = None) -> str:
    """Say in French what an import would read; which bureaux there are it can't tell.

    What would be put right goes to ``repairs``. ``today`` is the last day that may have been
    counted (by default today, UTC). Raises ``RefusedFileError`` with up to thirty wrong lines.
    """
    file = read_file(path, "--as detections", repairs, SHAPE)
    today = today or datetime.now(UTC).date()
    spells: dict[str, list[Spell]] = defaultdict(list)
    for cells in file.lines:
        bureau = _bureau(cells)
        _, period = figures(cells, today)
        if bureau and period:
            spells[bureau].append(Spell(cells, period))
    for of_bureau in spells.values():
        refuse_overlaps(of_bureau, "ce bureau")
    file.refuse_faults()
    lines, bureaux = len(file.lines), len(spells)
    return " ".join(
        (
            f"{whole(lines)} ligne{'s lues' if lines > 1 else ' lue'}, "
            f"{whole(bureaux)} bureau{'x' if bureaux > 1 else ''}.",
            "Chaque bureau sera cherché à la construction.",
            *file.unread,
        )
    )


def _bureau(cells: Cells) -> str | None:
    """Return what tells a line's bureau from others, None where a fault says why not."""
    if cells.names_no_place("nom") or cells.names_no_place("id_bureau"):
        return None
    code = cells.told("code_insee", commune_code)
    if text := cells.text("id_bureau"):
        return bureau_id(text.lower()).upper()
    if not cells.text("nom") or not cells.text("code_insee"):
        told = "un identifiant manque\u202f; donnez-le, ou remplissez nom et code_insee"
        cells.fault("id_bureau", told, "BAD_ID")
        return None
    return f"{folded(cells.text('nom'))} {code.code}" if code else None
