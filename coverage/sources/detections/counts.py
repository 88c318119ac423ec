"""What was detected at the counter: one line a bureau and period.

Nothing is kept unless every line is understood; the faults are told together.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from coverage.model.tables import CONTRACTS, check
from coverage.sources.detections.bureaux import Counters
from coverage.sources.detections.cells import Cells, Period
from coverage.sources.detections.lines import CountsFile, Shape, read_file
from coverage.sources.detections.periods import Spell, refuse_overlaps

if TYPE_CHECKING:
    import geopandas as gpd

    from coverage.model.notes import Notes

COLUMNS = tuple(CONTRACTS["detections"].columns)
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

    Raises ``UserError`` with up to thirty wrong lines (column, what is wrong, what to do).
    """
    file = read_file(path, notes, SHAPE)
    counters = Counters.of(sites, matches, communes)
    today = today or datetime.now(UTC).date()
    rows: list[dict[str, Any]] = []
    spells: dict[str, list[Spell]] = defaultdict(list)
    for cells in file.lines:
        row, period = _row(cells, counters, file, today)
        rows.append(row)
        if row["id_bureau"] and period:
            spells[row["id_bureau"]].append(Spell(cells, period))
    for of_bureau in spells.values():
        refuse_overlaps(of_bureau, "ce bureau")
    file.close()
    return typed("detections", rows)


def _row(
    cells: Cells, counters: Counters, file: CountsFile, today: date
) -> tuple[dict[str, Any], Period | None]:
    """Return the contract's columns of one line, and its period."""
    id_bureau = counters.find(cells, file)
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
            )
    if days == 0 and any((tests, detections, orientations)):
        cells.fault(
            "jours_presence",
            "personne n’était présent (0), mais des tests sont comptés\u202f; donnez les jours",
        )
    cells.above("detections", detections, "tests", tests)
    cells.above("orientations", orientations, "detections", detections)
    first, last = period or (None, None)
    told = (id_bureau, first, last, days, tests, detections, orientations)
    return dict(zip(COLUMNS, told, strict=True)), period


def typed(table: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Return rows as a table that keeps its contract."""
    columns = CONTRACTS[table].columns
    frame = pd.DataFrame(
        {
            name: pd.Series([row[name] for row in rows], dtype=str(column.dtype))
            for name, column in columns.items()
        }
    )
    check(table, frame)
    return frame
