"""Opening hours in French, from the simple form of OpenStreetMap's ``opening_hours``."""

from __future__ import annotations

from collections.abc import Sequence

from coverage.model.opening import DAYS, HALF_DAYS, Span, Week, runs_of_days
from coverage.model.words import NARROW_SPACE, NO_BREAK_SPACE

_FRENCH = ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.")


def opening_text(opening: str) -> str:
    """Return opening hours in French; days with the same hours are told together.

    ``Mo-Fr 09:00-12:00,14:00-17:00 -> lun.–ven. 9 h–12 h, 14 h–17 h``. What is not understood is
    returned as it is.
    """
    week = Week.parse(opening)
    if week is None:
        return opening
    texts = [f"{_days_text(days)} {_hours_text(spans)}" for days, spans in week.together()]
    return f"{NARROW_SPACE}; ".join(texts)


def half_days_text(week: Week) -> str:
    """Return the half-days on which a place is open: ``lun. matin|lun. après-midi``."""
    names = {"am": "matin", "pm": "après-midi"}
    return "|".join(
        f"{_FRENCH[DAYS.index(day)]} {names[half]}"
        for (day, half), is_open in zip(HALF_DAYS, week.half_days(), strict=True)
        if is_open
    )


def _days_text(days: Sequence[int]) -> str:
    ends = ((_FRENCH[first], _FRENCH[last]) for first, last in runs_of_days(days))
    return ", ".join(first if first == last else f"{first}–{last}" for first, last in ends)


def _hours_text(spans: Sequence[Span]) -> str:
    return ", ".join(f"{_clock(opens)}–{_clock(closes)}" for opens, closes in spans)


def _clock(minutes: int) -> str:
    whole = f"{minutes // 60}{NO_BREAK_SPACE}h"
    return f"{whole}{NO_BREAK_SPACE}{minutes % 60:02d}" if minutes % 60 else whole
