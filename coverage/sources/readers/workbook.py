"""Tables that their producers publish as a workbook (xls, xlsx, ods), as the same CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from pathlib import Path
from typing import Any

from coverage.base.errors import SourceError
from coverage.base.limited import ChildDefectError, ChildDiedError, run_limited

WORKBOOKS = (".xlsx", ".xls", ".ods")
_HEADER_WITHIN = 30
_UNREADABLE = "ce n’est pas un classeur lisible"


def csv_of_workbook(path: Path, columns: Collection[str]) -> bytes:
    """Return, as a CSV in UTF-8, the sheet of a workbook that has the ``columns``.

    What stands above the line of column names is left out; whole numbers have no decimals. The
    workbook is read in a limited child process. Raises ``SourceError`` (the end of a sentence)
    where it is damaged or no sheet has all the columns.
    """
    return _read(path, columns)[1]


def rows_of_workbook(path: Path, columns: Collection[str]) -> int:
    """Return how many rows the sheet with the ``columns`` has. Raises ``SourceError``."""
    return int(_read(path, columns)[0])


def _read(path: Path, columns: Collection[str]) -> tuple[Any, bytes]:
    try:
        return run_limited(f"{__name__}:sheet_as_csv", str(path), list(columns))
    except (ChildDiedError, ChildDefectError) as error:
        raise SourceError(_UNREADABLE) from error


def sheet_as_csv(path: str, columns: list[str]) -> tuple[int, bytes]:
    """Return the number of rows and the CSV of the sheet that has the columns."""
    import python_calamine

    # By its content: a workbook that has just come has no name of its own yet.
    content = io.BytesIO(Path(path).read_bytes())
    try:
        with python_calamine.CalamineWorkbook.from_filelike(content) as book:
            sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    except python_calamine.CalamineError as error:
        raise SourceError(_UNREADABLE) from error
    fewest = list(columns)
    for sheet in sheets:
        rows = [[_text(cell) for cell in row] for row in sheet]
        for line, header in enumerate(rows[:_HEADER_WITHIN]):
            gone = [column for column in columns if column not in header]
            if not gone:
                return _as_csv(header, rows[line + 1 :])
            fewest = min(fewest, gone, key=len)
    told = f"la colonne «\u00a0{fewest[0]}\u00a0» manque" if fewest else "classeur vide"
    raise SourceError(told)


def _as_csv(header: list[str], rows: list[list[str]]) -> tuple[int, bytes]:
    filled = [row for row in rows if any(row)]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *filled])
    return len(filled), text.getvalue().encode()


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split())
