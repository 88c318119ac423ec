"""What was detected at the counter: one line a bureau and period.

Nothing is kept unless every line is understood; the faults are told together.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coverage.model.answers import Repairs
from coverage.sources.detections.bureaux import Counters
from coverage.sources.detections.cells import Cells, Period
from coverage.sources.detections.lines import Shape, read_file
from coverage.sources.detections.periods import Spell, refuse_overlaps

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from coverage.model.notes import Notes

COLUMNS = (
    "id_bureau",
    "debut",
    "fin",
    "jours_presence",
    "tests",
    "detections",
    "orientations",
)
#: What a bureau is known by besides its identifier.
KNOWN_BY = ("nom", "code_insee")
SHAPE = Shape("detections", "une ligne par bureau et par période", COLUMNS, KNOWN_BY)


def read_detections(
    path: Path,
    notes: Notes,
    sites: gpd.GeoDataFrame,
    matches: pd.DataFrame,
    communes: pd.DataFrame,
    *,
    today: date | None = None,
) -> pd.DataFrame:
    """Read the counts by bureau and period (contract ``detections``), in the file's order.

    ``path`` is a CSV (``;``, ``,`` or tab) or an XLSX; ``sites``, ``matches`` and ``communes`` are
    the contract tables that say which bureaux there are, and how their communes are named.
    ``id_bureau`` is La Poste's ``identifiant_a`` of the counter's site, whatever the line said of
    it. What was repaired, and each bureau that was found by its name, goes to ``notes``. An empty
    cell of ``tests`` or ``orientations`` is not known. ``today`` is the last day that may have been
    counted (by default today, UTC).

    Raises ``RefusedFileError`` with up to thirty wrong lines (column, what is wrong, what to do).
    """
    from coverage.sources.detections.typed import last_day, typed

    file = read_file(path, "--detections", Repairs(), SHAPE)
    counters = Counters.of(sites, matches, communes)
    today = today or datetime.now(UTC).date()
    rows: list[dict[str, Any]] = []
    spells: dict[str, list[Spell]] = defaultdict(list)
    for cells in file.lines:
        id_bureau = counters.find(cells, file)
        row, period = figures(cells, today)
        rows.append({"id_bureau": id_bureau, **row})
        if id_bureau and period:
            spells[id_bureau].append(Spell(cells, period))
    for of_bureau in spells.values():
        refuse_overlaps(of_bureau, "ce bureau")
    file.refuse_faults()
    file.note(notes, last_day(rows))
    return typed("detections", rows)


def figures(cells: Cells, today: date) -> tuple[dict[str, Any], Period | None]:
    """Return what a line tells of a bureau, by the contract's columns, and its period.

    What contradicts itself is told by a fault; no period ends after ``today``.
    """
    period = cells.period(today)
    days = cells.count("jours_presence", needed="le nombre de jours de présence")
    tests = cells.count("tests")
    detections = cells.count("detections", needed="le nombre de détections")
    orientations = cells.count("orientations")
    if days is not None and period is not None:
        length = (period[1] - period[0]).days + 1
        if days > length:
            cells.fault(
                "jours_presence",
                f"{days} jours de présence dans une période de {length}\u202f; corrigez le nombre "
                "ou les dates",
                "BAD_COUNT",
            )
    if days == 0 and any((tests, detections, orientations)):
        cells.fault(
            "jours_presence",
            "personne n’était présent (0), mais des tests sont comptés\u202f; donnez les jours",
            "BAD_COUNT",
        )
    cells.above("detections", detections, "tests", tests)
    cells.above("orientations", orientations, "detections", detections)
    first, last = period or (None, None)
    told = (first, last, days, tests, detections, orientations)
    return dict(zip(COLUMNS[1:], told, strict=True)), period
