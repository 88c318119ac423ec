"""How old data are: a vintage's age in whole months, and the ladder of states it goes down.

A day is always given, never read from a clock: a table that must be the same bytes when it is
made again holds the days on which a vintage changes state (``turning_days``), and who shows it
says the state of the day.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

_VINTAGE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:\D.*)?")
_YEARS = re.compile(r"(\d{4})\s*[-–]\s*\d{4}")


@dataclass(frozen=True)
class Step:
    """One state of the ladder.

    ``label`` and ``sign`` (never a colour alone) are what is shown, ``tone`` the screen's word for
    its colour; ``below_months`` is the age in months from which the state no longer holds (None:
    it holds for ever).
    """

    key: str
    label: str
    sign: str
    tone: str
    below_months: int | None


FRESH = Step("a_jour", "À jour", "✓", "ok", 6)
WATCH = Step("a_surveiller", "À surveiller", "○", "", 12)
CHECK = Step("a_verifier", "À vérifier", "!", "warn", 18)
RENEW = Step("a_actualiser", "À actualiser", "×", "bad", None)
UNDATED = Step("date_inconnue", "Date inconnue", "?", "warn", None)
#: The ladder, freshest first. A vintage without a date stands on none of its steps: ``UNDATED``.
LADDER = (FRESH, WATCH, CHECK, RENEW)
#: The steps on which a layer is old: what rests on it should be checked before it is used.
OLD = frozenset({CHECK, RENEW})


def vintage_day(vintage: str) -> date | None:
    """Return the day a vintage counts from; None where it tells no date.

    The first day of what it names: ``2024`` is 1 January, ``2024-08`` the 1st, ``2023-2025`` 1
    January 2023. Nobody knows when in the year the data were taken, and this is the cautious
    reading: an age is never told too young.
    """
    text = vintage.strip()
    found = _YEARS.fullmatch(text)
    if found:
        return _day(found[1], None, None)
    found = _VINTAGE.fullmatch(text)
    return None if found is None else _day(found[1], found[2], found[3])


def oldest_vintage(vintages: Iterable[str]) -> str | None:
    """Return the vintage of the earliest day; None where none tells a date."""
    days = {vintage: day for vintage in vintages if (day := vintage_day(vintage))}
    return min(days, key=lambda vintage: days[vintage], default=None)


def _day(year: str, month: str | None, day: str | None) -> date | None:
    try:
        return date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None


def age_months(vintage: str, day: date) -> int | None:
    """Return the whole months between a vintage and a day, rounded down; None without a date.

    Rounded down, so that 17 months never reads « 18 »; a vintage to come is 0 months old.
    """
    start = vintage_day(vintage)
    if start is None:
        return None
    months = 12 * (day.year - start.year) + day.month - start.month
    return max(months - (day.day < start.day), 0)


def step_at(vintage: str, day: date) -> Step:
    """Return the state of a vintage on a day; without a date it is unknown, never up to date."""
    months = age_months(vintage, day)
    if months is None:
        return UNDATED
    return next(step for step in LADDER if step.below_months is None or months < step.below_months)


def turning_days(vintage: str) -> tuple[date, date, date] | None:
    """Return the first days on which a vintage is to be watched, checked and renewed.

    None where it tells no date. These are what a table without a clock says of its freshness.
    """
    start = vintage_day(vintage)
    if start is None:
        return None
    watch, check, renew = (
        _months_after(start, step.below_months) for step in LADDER if step.below_months is not None
    )
    return watch, check, renew


def _months_after(start: date, months: int) -> date:
    """Return the first day on which a vintage is so many whole months old."""
    year, month = divmod(12 * start.year + start.month - 1 + months, 12)
    if start.day <= calendar.monthrange(year, month + 1)[1]:
        return date(year, month + 1, start.day)
    # The month has no such day: it is over before the age is reached.
    year, month = divmod(12 * year + month + 1, 12)
    return date(year, month + 1, 1)
