"""Opening hours in French, from the simple form of OpenStreetMap's ``opening_hours``."""

from __future__ import annotations

import re

from coverage.model.words import NARROW_SPACE, NO_BREAK_SPACE

_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_FRENCH = ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.")
_HOURS = r"\d{2}:\d{2}-\d{2}:\d{2}"
_SPAN = rf"(?:{'|'.join(_DAYS)})(?:-(?:{'|'.join(_DAYS)}))?"
_RULE = re.compile(rf"({_SPAN}(?:,{_SPAN})*) ({_HOURS}(?:,{_HOURS})*)")


def opening_text(opening: str) -> str:
    """Return opening hours in French; days with the same hours are told together.

    ``Mo-Fr 09:00-12:00,14:00-17:00 -> lun.–ven. 9 h–12 h, 14 h–17 h``. Any other form is
    returned as it is.
    """
    by_day: dict[int, str] = {}
    for part in opening.split(";"):
        rule = _RULE.fullmatch(part.strip())
        days = _days(rule[1]) if rule else []
        if rule is None or not days or by_day.keys() & set(days):
            return opening
        by_day |= dict.fromkeys(days, rule[2])
    together: dict[str, list[int]] = {}
    for day in sorted(by_day):
        together.setdefault(by_day[day], []).append(day)
    texts = [f"{_days_text(days)} {_hours_text(hours)}" for hours, days in together.items()]
    return f"{NARROW_SPACE}; ".join(texts)


def _days(text: str) -> list[int]:
    """Return the days' numbers; nothing where a range runs backwards or a day comes twice."""
    found: list[int] = []
    for span in text.split(","):
        first, _, last = span.partition("-")
        found.extend(range(_DAYS.index(first), _DAYS.index(last or first) + 1))
        if _DAYS.index(last or first) < _DAYS.index(first):
            return []
    return found if len(set(found)) == len(found) else []


def _days_text(days: list[int]) -> str:
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    ends = ((_FRENCH[run[0]], _FRENCH[run[-1]]) for run in runs)
    return ", ".join(first if first == last else f"{first}–{last}" for first, last in ends)


def _hours_text(text: str) -> str:
    spans = (span.split("-") for span in text.split(","))
    return ", ".join(f"{_clock(opens)}–{_clock(closes)}" for opens, closes in spans)


def _clock(text: str) -> str:
    hour, minute = text.split(":")
    whole = f"{int(hour)}{NO_BREAK_SPACE}h"
    return whole if minute == "00" else f"{whole}{NO_BREAK_SPACE}{minute}"
