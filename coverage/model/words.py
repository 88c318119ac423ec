"""French numbers and dates: decimal comma, narrow no-break space in thousands."""

from __future__ import annotations

import math
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

NARROW_SPACE = "\u202f"
NO_BREAK_SPACE = "\u00a0"
NOT_AVAILABLE = "n.d."

_MONTHS = (
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
)


def decimal(value: float | None, digits: int, *, up: bool = False) -> str:
    """Return a number as the French write it: ``1234.5 -> "1 234,5"``, minus sign ``−``.

    ``up`` rounds towards plus infinity, for a bound that must not be told smaller than it is.
    """
    if value is None or not math.isfinite(value):
        return NOT_AVAILABLE
    rounding = ROUND_CEILING if up else ROUND_HALF_UP
    exact = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), rounding=rounding)
    text = f"{abs(exact):,.{digits}f}".replace(",", NARROW_SPACE).replace(".", ",")
    return f"−{text}" if exact < 0 else text


def whole(value: float | None) -> str:
    """Return a whole number in French: ``162942 -> "162 942"``."""
    return decimal(value, 0)


def share_of(part: float, total: float) -> float | None:
    """Return part / total, or None where there is nobody (or nobody is known)."""
    return part / total if total > 0 else None


def percent(share: float | None, digits: int = 1) -> str:
    """Return a share (0..1) as a French percentage: ``0.889 -> "88,9 %"``."""
    if share is None or math.isnan(share):
        return NOT_AVAILABLE
    return f"{decimal(100 * share, digits)}{NO_BREAK_SPACE}%"


def french_date(day: date) -> str:
    """Return a day as the French write it: ``1er août 2024``, the day tied to its month."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number}{NO_BREAK_SPACE}{french_month(day)}"


def french_month(day: date) -> str:
    """Return the month of a day: ``août 2024``."""
    return f"{_MONTHS[day.month - 1]} {day.year}"


def vintage_text(vintage: str) -> str:
    """Return a vintage as the French write it: ``2024-08 -> août 2024``; others as they are."""
    for shape, length in (("%Y-%m-%d", 3), ("%Y-%m", 2)):
        try:
            day = datetime.strptime(vintage, shape).date()
        except ValueError:
            continue
        return french_date(day) if length == 3 else french_month(day)
    return vintage or "—"
