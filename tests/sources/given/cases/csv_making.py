"""Tables of counts, as people's tools write them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

HEADER = ["code_insee", "nom", "lon", "lat", "detections"]
#: Communes of the four corners: an apostrophe, an accent, Corsica, overseas.
ROWS: list[list[str]] = [
    ["01001", "L'Abergement-Clémenciat", "4.9264", "46.1534", "12"],
    ["36044", "Châteauroux", "1.6914", "46.8103", "47"],
    ["2A004", "Ajaccio", "8.7376", "41.9257", "31"],
    ["97411", "Saint-Denis", "55.4504", "-20.8789", "66"],
    ["13055", "Marseille", "5.3698", "43.2965", "120"],
]
#: Communes of the mainland, their places in metres of Lambert-93.
LAMBERT: list[list[str]] = [
    ["01001", "L'Abergement-Clémenciat", "848659.4", "6563322.5", "12"],
    ["36044", "Châteauroux", "600219.5", "6635288.5", "47"],
    ["2A004", "Ajaccio", "1176532.1", "6108988.9", "31"],
    ["69123", "Lyon", "842666.7", "6519924.4", "66"],
    ["13055", "Marseille", "892390.2", "6247035.3", "120"],
]
Row = Sequence[str]


def with_cell(line: int, column: str, value: str, rows: Iterable[Row] = ROWS) -> list[list[str]]:
    """Return the rows with one cell changed; ``line`` is counted as in the file, titles being 1."""
    changed = [list(row) for row in rows]
    changed[line - 2][HEADER.index(column)] = value
    return changed


def with_column(column: str, values: Sequence[str]) -> list[list[str]]:
    """Return the rows with the cells of one column changed."""
    at = HEADER.index(column)
    return [[*row[:at], value, *row[at + 1 :]] for row, value in zip(ROWS, values, strict=False)]


def text(
    rows: Iterable[Row] = ROWS,
    *,
    header: Row | None = HEADER,
    separator: str = ",",
    end: str = "\n",
    quoting: int = csv.QUOTE_MINIMAL,
) -> str:
    """Return a table as ``csv`` writes it."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    if header is not None:
        writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def table(
    rows: Iterable[Row] = ROWS,
    *,
    header: Row | None = HEADER,
    separator: str = ",",
    end: str = "\n",
    encoding: str = "utf-8",
    quoting: int = csv.QUOTE_MINIMAL,
    before: str = "",
    after: str = "",
) -> Callable[[Path], object]:
    """Return a maker of a CSV file."""
    written = before + text(rows, header=header, separator=separator, end=end, quoting=quoting)
    return lambda path: path.write_bytes((written + after).encode(encoding))


def cell(line: int, column: str, value: str) -> Callable[[Path], object]:
    """Return a maker of the usual table with one cell changed."""
    return table(with_cell(line, column, value))
