"""Rows that were read, as the table of their contract."""

from __future__ import annotations

from typing import Any

import pandas as pd

from coverage.model.tables import CONTRACTS, check


def last_day(rows: list[dict[str, Any]]) -> str:
    """Return the last day that rows speak of (``fin``), which is the vintage of their file."""
    return str(max(row["fin"] for row in rows))


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
