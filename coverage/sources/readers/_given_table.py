"""A table about all the communes of France that the user gives, as INSEE publishes it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from coverage.model.answers import Repairs
from coverage.sources.given.national import CODE_COLUMN, read_national

#: The line of the file that a row stands on.
LINE = "line"


def read_given_table(
    path: Path, expected: str, patterns: Sequence[str], repairs: Repairs
) -> pd.DataFrame:
    """Read some columns of a user's table of communes, as text; names are in upper case.

    ``path`` is a CSV, or the ZIP archive that holds it. ``expected`` says in French which table to
    give; ``patterns`` are those of the names of the columns to read. ``LINE`` and ``CODGEO`` are
    always there; what was put right goes to ``repairs``. Raises ``RefusedFileError`` on anything
    else, and on a commune that is there twice.
    """
    told = read_national(path, patterns, repairs, expected)
    table = pd.DataFrame([cells for _, _, cells in told.rows], columns=told.columns, dtype=object)
    table.insert(0, CODE_COLUMN, [code for _, code, _ in told.rows])
    table.insert(0, LINE, [line for line, _, _ in told.rows])
    return table
