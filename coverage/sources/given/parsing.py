"""A table taken apart: its bytes, its titles, its lines of as many cells (in a limited child)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from itertools import islice
from pathlib import Path
from typing import Any

from coverage.base.errors import RefusedFileError
from coverage.model.answers import Repairs
from coverage.sources.given.asides import alone, sum_or_example
from coverage.sources.given.cells import shown
from coverage.sources.given.csv_lines import Row, read_csv_lines
from coverage.sources.given.lines import Formula
from coverage.sources.given.raw import empty, is_workbook, read_content, refuse_no_text
from coverage.sources.given.sheet import Sheet, read_sheet
from coverage.sources.given.text import decoded

#: Lines above the titles that hold one cell: a title, a date, where it comes from.
_MOST_TITLES = 5


def parsed(path: str, option: str, most_rows: int) -> dict[str, Any]:
    """Return what the table of a path holds, as JSON (in the child)."""
    file = Path(path).name
    content = read_content(Path(path), option)
    repairs = Repairs()
    in_workbook = is_workbook(content, file)
    if in_workbook:
        sheet = read_sheet(content, file, most_rows=most_rows)
        repairs.extend(sheet.repairs)
    else:
        refuse_no_text(content, file)
        text = decoded(content, file, repairs)
        sheet = Sheet(read_csv_lines(text, file, most_rows=most_rows))
    if not sheet.rows:
        raise _without_value(sheet, file) if sheet.formulas else empty(file)
    start = _titles_above(sheet.rows)
    header_line, titles = sheet.rows[start]
    merged = [(line, told) for line, told in sorted(sheet.merged) if line <= header_line]
    if merged:
        line, told = merged[0]
        where = "dans les titres des colonnes" if line == header_line else "au-dessus des titres"
        raise RefusedFileError(
            "BAD_HEADER",
            f"« {file} », ligne {line}\u00a0: les cellules {told} sont fusionnées, {where}. "
            "Défusionnez-les, et laissez une seule ligne de titres.",
        )
    for line, cells in sheet.rows[:start]:
        told = f"« {shown(next(filter(None, cells)))} » lu comme un titre, au-dessus des colonnes"
        repairs.add("ligne de titre", told, line=line)
    header = _trimmed(titles)
    for line, cells in sheet.rows[start + 1 :]:
        _fit(cells, len(header), line, file, in_workbook=in_workbook)
    return {
        "header": header,
        "header_line": header_line,
        "rows": sheet.rows[start + 1 :],
        "repairs": [astuple(repair) for repair in repairs.told()],
        "formulas": sheet.formulas,
        "unread": sheet.unread,
    }


def _titles_above(rows: Sequence[Row]) -> int:
    """Return how many lines of one cell stand above the line of titles."""
    filled = [sum(map(bool, cells)) for _, cells in islice(rows, _MOST_TITLES + 1)]
    return next((place for place, cells in enumerate(filled) if cells > 1), 0)


def _trimmed(titles: Sequence[str]) -> list[str]:
    last = max(place for place, title in enumerate(titles) if title)
    return list(titles[: last + 1])


def _fit(cells: list[str], titles: int, line: int, file: str, *, in_workbook: bool) -> None:
    """Give a line as many cells as there are titles; a workbook doesn't tell the last empty ones.

    Raises ``RefusedFileError`` (RAGGED_ROW) where a CSV has less, or a cell has no title.
    """
    if any(cells[titles:]) or (len(cells) < titles and not in_workbook):
        found = max(place for place, cell in enumerate(cells, start=1) if cell)
        found = found if found > titles else len(cells)
        raise RefusedFileError(
            "RAGGED_ROW",
            f"« {file} », ligne {line}\u00a0: {found} cellule{'s' if found > 1 else ''} pour "
            f"{titles} colonne{'s' if titles > 1 else ''}. "
            f"{_advice(cells, in_workbook=in_workbook)}",
        )
    del cells[titles:]
    cells.extend([""] * (titles - len(cells)))


def _advice(cells: Sequence[str], *, in_workbook: bool) -> str:
    """Return what to do (French) about a line that has more or less cells than there are titles."""
    if aside := alone(cells) or sum_or_example(next(filter(None, cells))):
        return f"{aside}."
    if in_workbook:
        return "Donnez un titre à chaque colonne remplie, ou videz-la."
    return "Vérifiez les séparateurs, et mettez entre guillemets les textes qui en contiennent."


def _without_value(sheet: Sheet, file: str) -> RefusedFileError:
    line, place, cell = sheet.formulas[0]
    advice = Formula(line, place, cell).advice
    return RefusedFileError("FORMULA_CELL", f"« {file} », ligne {line}\u00a0: {advice}.")
