"""The lines of a CSV, whatever separates its cells."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

from coverage.base.errors import RefusedFileError
from coverage.sources.given.raw import MOST_LINE_BYTES, MOST_ROWS, line_too_long, too_big

MOST_COLUMNS = 1_000
MOST_CELLS = 2_500_000
DELIMITERS = ";,\t|"
#: The separator as spreadsheets are told of it, on a line of its own.
_TOLD = re.compile(rf'"?sep=([{DELIMITERS}])"?[{DELIMITERS} ]*', re.IGNORECASE)
_LINE = re.compile(r"[^\r\n]*+(?:\r\n|\r|\n)|[^\r\n]++\Z")
_QUOTED = re.compile(r'"(?:[^"]++|"")*+"')
#: Lines without a separator above the first one that has some: a title, blank lines.
_MOST_BEFORE = 20
Row = tuple[int, list[str]]


def read_csv_lines(text: str, file: str, *, most_rows: int = MOST_ROWS) -> list[Row]:
    """Return (line number, stripped cells) of each line with text; the separator is told apart.

    Blank lines and a line ``sep=;`` are passed over. A cell in quotes may go over several lines:
    its line is where it begins. Raises ``RefusedFileError``: BAD_QUOTING, LINE_TOO_LONG (1 MB,
    quoted line breaks included), TOO_MANY_COLUMNS (1,000), TOO_BIG (more
    than ``most_rows`` lines under the first one).
    """
    source = _Lines(text, file)
    delimiter, skipped = _delimiter(text)
    csv.field_size_limit(MOST_LINE_BYTES)
    lines = csv.reader(source, delimiter=delimiter, strict=True)
    rows: list[Row] = []
    slots = 0
    try:
        while True:
            line = source.number + 1
            source.begin()
            row = next(lines, None)
            if row is None:
                return rows
            if line <= skipped:
                continue
            if len(row) > MOST_COLUMNS:
                raise too_many_columns(file, line)
            cells = [cell.strip() for cell in row]
            if any(cells):
                rows.append((line, cells))
                slots += len(cells)
                if len(rows) > 1 + most_rows or slots > MOST_CELLS:
                    raise too_big(file, most_rows)
    except csv.Error:
        raise RefusedFileError(
            "BAD_QUOTING",
            f"« {file} », ligne {line}\u00a0: un guillemet n’est pas fermé, ou un texte le suit. "
            'Fermez-le, ou doublez-le dans le texte (""), puis enregistrez à nouveau en CSV.',
        ) from None


def too_many_columns(file: str, line: int) -> RefusedFileError:
    """Return the refusal of a line of more than 1,000 cells."""
    return RefusedFileError(
        "TOO_MANY_COLUMNS",
        f"« {file} », ligne {line}\u00a0: plus de 1\u202f000 colonnes. Gardez seulement celles "
        "qui sont utiles.",
    )


class _Lines(Iterator[str]):
    """Gives the lines of a text one by one, and knows how much of a record was given."""

    def __init__(self, text: str, file: str) -> None:
        self._lines = _lines_of(text)
        self._file = file
        self.number = self._first = self._given = 0

    def begin(self) -> None:
        """Begin a record."""
        self._first, self._given = self.number + 1, 0

    def __next__(self) -> str:
        line = next(self._lines)
        self.number += 1
        self._given += len(line)
        if self._given > MOST_LINE_BYTES:
            raise line_too_long(self._file, self._first)
        return line


def _lines_of(text: str) -> Iterator[str]:
    """Give the lines of a text with their ends; a file in memory takes four times the text."""
    return (found[0] for found in _LINE.finditer(text))


def _delimiter(text: str) -> tuple[str, int]:
    """Return what separates the cells, and how many lines are passed over to tell it."""
    title = ""
    for number, line in enumerate(_lines_of(text), start=1):
        bare = _QUOTED.sub("", line)
        is_blank = not line.strip(f"{DELIMITERS}\r\n\u00a0 ")
        most = max(DELIMITERS, key=bare.count)
        if title and is_blank:
            continue
        if title:
            # A title may hold commas that separate nothing: the line under it tells more.
            of_title = max(DELIMITERS, key=title.count)
            fits = bare.count(of_title) >= title.count(of_title) or title.count(most)
            return (of_title if fits else most), 0
        if told := _TOLD.fullmatch(line.strip()):
            return told[1], number
        if bare.count(most) and not is_blank:
            title = bare
        elif number > _MOST_BEFORE:
            break
    return max(DELIMITERS, key=title.count), 0
