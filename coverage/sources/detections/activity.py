"""What followed the detections, as a territory tells it: one line a place and period."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from coverage.base.text import folded
from coverage.model.answers import Repairs
from coverage.model.tables import ACTIVITY_COUNTS, CONTRACTS
from coverage.sources.detections.lines import Shape, read_file
from coverage.sources.detections.periods import Spell, refuse_overlaps
from coverage.sources.detections.typed import last_day, typed

if TYPE_CHECKING:
    import pandas as pd

    from coverage.model.notes import Notes

COLUMNS = tuple(CONTRACTS["activity"].columns)
_OPTIONAL = ("lieu", "detections")
SHAPE = Shape(
    "activity",
    "une ligne par lieu et par période",
    tuple(name for name in COLUMNS if name not in _OPTIONAL),
    _OPTIONAL,
)


def read_activity(
    path: Path, notes: Notes, *, bureaux_told: bool = False, today: date | None = None
) -> pd.DataFrame:
    """Read what followed (contract ``activity``), in the file's order: a CSV or an XLSX.

    An empty ``lieu`` is the whole territory; an empty count is not known. ``bureaux_told``: the
    bureaux tell their detections themselves, so those of this file are left out, which is noted.
    ``today`` is the last day that may have been counted (by default today, UTC).

    Raises ``RefusedFileError`` with up to thirty wrong lines (column, what is wrong, what to do);
    a line that sums others or is an example of the template is wrong, and periods that share a day
    are wrong for one place, and for a place and the whole territory where both tell one count.
    """
    file = read_file(path, "--activity", Repairs(), SHAPE)
    today = today or datetime.now(UTC).date()
    rows, spells = [], []
    for cells in file.lines:
        cells.names_no_place("lieu")
        period = cells.period(today)
        counts = {name: cells.count(name) for name in ACTIVITY_COUNTS}
        if not any(cells.text(name) for name in ACTIVITY_COUNTS):
            told = " ou ".join(ACTIVITY_COUNTS)
            missing = f"ligne sans aucun compte\u202f; donnez {told}"
            cells.fault("accompagnements", missing, "BAD_NUMBER")
        first, last = period or (None, None)
        rows.append({"lieu": cells.text("lieu"), "debut": first, "fin": last, **counts})
        if period is not None:
            spells.append(Spell(cells, period))
    _refuse_twice(spells)
    file.refuse_faults()
    vintage = last_day(rows)
    file.note(notes, vintage)
    if bureaux_told and any(row["detections"] is not None for row in rows):
        rows = [{**row, "detections": None} for row in rows]
        notes.reported(
            SHAPE.source_id,
            vintage,
            path.name,
            "détections ignorées",
            "La colonne « detections » n’est pas lue\u00a0: le fichier des bureaux les donne.",
        )
    return typed("activity", rows)


def _refuse_twice(spells: list[Spell]) -> None:
    by_place: dict[str, list[Spell]] = defaultdict(list)
    for spell in spells:
        by_place[folded(spell.cells.text("lieu"))].append(spell)
    for place, of_place in by_place.items():
        refuse_overlaps(of_place, "ce lieu" if place else "tout le territoire")
    whole = by_place.pop("", [])
    for spell in (spell for of_place in by_place.values() for spell in of_place):
        for other in whole:
            if both := _both_told(spell, other):
                spell.cells.fault(
                    "lieu",
                    f"la ligne {other.cells.line} compte déjà « {both} » de tout le territoire ces "
                    "jours-là\u202f; gardez le total ou le détail",
                    "OVERLAP",
                )
                break


def _both_told(one: Spell, other: Spell) -> str | None:
    """Return a count that two lines both tell of the same day, if there is one."""
    if one.period[0] > other.period[1] or other.period[0] > one.period[1]:
        return None
    both = (name for name in ACTIVITY_COUNTS if one.cells.text(name) and other.cells.text(name))
    return next(both, None)
