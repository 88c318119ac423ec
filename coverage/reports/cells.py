"""One table as a CSV file that any program opens: RFC 4180 in UTF-8, safe in a spreadsheet.

Codes stay text, an empty cell is *not available*, 0 is zero, and a cell that a spreadsheet would
run as a formula is neutralised. The same table gives the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coverage.base.files import write_text

#: Decimals by column; other floats keep six. Persons keep three, so that sums stay equal.
_DIGITS = {
    **dict.fromkeys(("need", "persons", "covered", "covered_10", "covered_15", "covered_20"), 3),
    **dict.fromkeys(("covered_30", "uncovered", "concerned", "covered_after", "newly_covered"), 3),
    **dict.fromkeys(("double_covered", "car_only", "far_road", "far_crow", "margin_persons"), 3),
    "unreached": 3,
    **dict.fromkeys(("far_road_today", "persons_per_adviser", "advisers"), 3),
    **dict.fromkeys(("access", "access_walk", "access_bike"), 3),
    **dict.fromkeys(("minutes", "minutes_adviser", "minutes_contact", "median_adviser"), 2),
    **dict.fromkeys(("p90_adviser", "hours_week", "hours_evening", "hours_saturday"), 2),
    **dict.fromkeys(("ifn", "gap_points", "confidence", "name_share", "address_share"), 2),
    **dict.fromkeys(("gini", "palma", "fgt_0", "fgt_1", "fgt_2", "top10_share"), 4),
    **dict.fromkeys(("rate", "rate_low", "rate_high", "detection_rate", "oriented_share"), 4),
    "distance_m": 0,
}
_DEFAULT_DIGITS = 6
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_MARK_SEPARATOR = " ; "


def write_table(table: pd.DataFrame, path: Path, marks: Sequence[str] = ()) -> None:
    """Write one table as CSV, rounded to what the data bears and safe to open in a spreadsheet.

    ``marks`` (see ``model.territory``) fill a last column, so that no line can be quoted
    without them.
    """
    ready = {name: _cells(table[name], str(name)) for name in table.columns}
    if marks:
        ready["avertissement"] = [marks_text(marks)] * len(table)
    text = pd.DataFrame(ready, dtype=object).to_csv(index=False, lineterminator="\r\n")
    write_text(path, text)


def marks_text(marks: Sequence[str]) -> str:
    """Return the marks as one cell tells them."""
    return _MARK_SEPARATOR.join(marks)


def _cells(column: pd.Series[Any], name: str) -> list[str]:
    digits = _DIGITS.get(name, _DEFAULT_DIGITS)
    return [_cell(value, digits) for value in column]


def _cell(value: Any, digits: int) -> str:
    if isinstance(value, (list, tuple, np.ndarray)):
        return _safe("|".join(str(part) for part in value))
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, str):
        return _safe(value)
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, (bool, np.bool_)):
        return str(value).lower()
    if not hasattr(value, "__round__"):
        return _safe(str(value))
    number = float(value)
    if not math.isfinite(number):
        return ""
    text = f"{round(number, digits):.{digits}f}"
    text = text.rstrip("0").rstrip(".") if digits else text
    return "0" if text == "-0" else text


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
