"""The opening hours of a place in one ordinary week.

They are written and read as OpenStreetMap's ``opening_hours``, of which only the simple part is
understood: days, hours and ``off``. Anything else (dates, alternate weeks, open ends, comments,
hours without days) is not guessed at: there is no week.

Grammar: https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
#: The half-days of a rota, in the order of ``Week.half_days``; Sundays are left aside.
HALF_DAYS = tuple((day, half) for day in DAYS[:6] for half in ("am", "pm"))
#: A morning ends and an afternoon begins at 13:00; a place is open on a half-day when it is open
#: for one hour of it at least.
MIDDAY_MIN = 13 * 60
HALF_DAY_LEAST_MIN = 60
#: Quarter hours of a week as bits: 7 x 96 = 672 bits in 11 words of 64.
SLOT_MIN = 15
SLOT_WORDS = 11

_DAY_MIN = 24 * 60

_TIME = r"[0-9]{1,2}:[0-5][0-9]"
_SPAN = re.compile(rf"({_TIME})\s*-\s*({_TIME})")
_DAY = f"(?:{'|'.join(DAYS)})"
# Public and school holidays are no part of an ordinary week: read, and left aside.
_SELECTOR = re.compile(rf"({_DAY})(?:\s*-\s*({_DAY}))?|PH|SH")
_RULE = re.compile(
    rf"\s*((?:{_SELECTOR.pattern})(?:\s*,\s*(?:{_SELECTOR.pattern}))*)\s+"
    rf"(?P<hours>off|closed|{_SPAN.pattern}(?:\s*,\s*{_SPAN.pattern})*)\s*"
)
_ALWAYS = "Mo-Su 00:00-24:00"

Span = tuple[int, int]


@dataclass(frozen=True)
class Week:
    """The hours of one ordinary week: for each day from Monday, spans in minutes from midnight.

    Spans of a day are in order and do not touch each other; hours past midnight belong to the
    next day. There is one span at least: a place that is never open tells nothing.
    """

    days: tuple[tuple[Span, ...], ...]

    def __post_init__(self) -> None:
        edges = [[minute for span in day for minute in span] for day in self.days]
        ordered = all(
            a < b for day in edges for a, b in zip([-1, *day], [*day, _DAY_MIN + 1], strict=True)
        )
        if len(self.days) != len(DAYS) or not any(self.days) or not ordered:
            raise ValueError("A week has seven days of ordered spans in 0..1440, one at least.")

    @classmethod
    def of(cls, spans: Iterable[tuple[int, int, int]]) -> Week | None:
        """Return the week of (day, opens, closes): day 0..6, minutes from that day's midnight.

        Spans may overlap and may run past midnight, from Sunday into Monday too. None without any.
        """
        by_day: list[list[Span]] = [[] for _ in DAYS]
        for first_day, opens, closes in spans:
            for day in range(first_day, first_day + 1 + (closes - 1) // _DAY_MIN):
                past = (day - first_day) * _DAY_MIN
                span = max(opens - past, 0), min(closes - past, _DAY_MIN)
                by_day[day % len(DAYS)].append(span)
        days = tuple(map(_merged, by_day))
        return cls(days) if any(days) else None

    @classmethod
    def parse(cls, text: str) -> Week | None:
        """Read the simple form of ``opening_hours``; None for anything that is not understood.

        A rule after ``;`` replaces what was said of its days, one after ``,`` adds to it, and
        ``off`` empties them. ``PH`` and ``SH`` are left aside. ``24/7`` is every hour.
        """
        rules = _rules(text.replace("24/7", _ALWAYS))
        if rules is None:
            return None
        by_day: list[list[Span]] = [[] for _ in DAYS]
        for days, hours, adds in rules:
            for day in days:
                by_day[day] = [*(by_day[day] if adds and hours else ()), *hours]
        return cls.of((day, *span) for day, spans in enumerate(by_day) for span in spans)

    def together(self) -> list[tuple[tuple[int, ...], tuple[Span, ...]]]:
        """Return the days of the same hours together, (days, spans), by their first day."""
        found: dict[tuple[Span, ...], tuple[int, ...]] = {}
        for day, spans in enumerate(self.days):
            if spans:
                found[spans] = (*found.get(spans, ()), day)
        return [(days, spans) for spans, days in found.items()]

    def to_osm(self) -> str:
        """Write the week as ``opening_hours``: ``Mo-Fr 09:00-12:00,14:00-17:00; Sa 09:00-12:00``.

        ``Week.parse`` reads back the same week.
        """
        return "; ".join(
            f"{_days_osm(days)} {_hours_osm(spans)}" for days, spans in self.together()
        )

    def hours(self, during: Week | None = None) -> float:
        """Return the hours a week when the place is open, or only those that fall in ``during``."""
        of_both = zip(self.days, (during or _WHOLE).days, strict=True)
        minutes = sum(_common(span, other) for day, its in of_both for span in day for other in its)
        return minutes / 60

    def half_days(self) -> tuple[bool, ...]:
        """Tell for each of ``HALF_DAYS`` whether the place is open for an hour of it at least."""
        halves = ((0, MIDDAY_MIN), (MIDDAY_MIN, _DAY_MIN))
        return tuple(
            sum(_common(span, half) for span in day) >= HALF_DAY_LEAST_MIN
            for day in self.days[:6]
            for half in halves
        )

    def slots(self) -> NDArray[np.uint64]:
        """Return the quarter hours of the week as bits, ``SLOT_WORDS`` words.

        Spans are rounded to the nearest quarter hour; the union of weeks is the OR of their slots.
        """
        bits = np.zeros(SLOT_WORDS * 64, dtype=np.uint8)
        for day, spans in enumerate(self.days):
            for span in spans:
                first, last = ((day * _DAY_MIN + at + SLOT_MIN // 2) // SLOT_MIN for at in span)
                bits[first:last] = 1
        return np.packbits(bits, bitorder="little").view(np.uint64)


def parse_span(text: str) -> Span | None:
    """Read ``09:00-12:00`` as minutes from midnight; None for what is no span of hours.

    ``22:00-02:00`` and ``22:00-26:00`` both close after midnight. A span that ends where it begins
    is nothing (some write 24 hours so, others none).
    """
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        return None
    opens, closes = map(_minutes, found.groups())
    if closes < opens:
        closes += _DAY_MIN
    return (opens, closes) if opens < _DAY_MIN and 0 < closes - opens <= _DAY_MIN else None


def runs_of_days(days: Sequence[int]) -> list[tuple[int, int]]:
    """Return the runs of days that follow each other, (first, last): ``0 1 2 4 -> 0-2, 4-4``."""
    runs: list[tuple[int, int]] = []
    for day in days:
        if runs and day == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def _rules(text: str) -> list[tuple[list[int], list[Span], bool]] | None:
    """Return (days, spans, whether they are added) of each rule; None where one can't be read."""
    rules = []
    at, adds = 0, False
    while rule := _RULE.match(text, at):
        hours = [] if rule["hours"] in ("off", "closed") else rule["hours"].split(",")
        spans = [span for span in map(parse_span, hours) if span]
        if len(spans) < len(hours):
            return None
        rules.append((_days(rule[1]), spans, adds))
        if rule.end() == len(text):
            return rules
        if text[rule.end()] not in ";,":
            return None
        at, adds = rule.end() + 1, text[rule.end()] == ","
    return None


def _days(text: str) -> list[int]:
    """Return the days of ``Mo-We,Fr``; ``Fr-Mo`` runs over Sunday; holidays are none."""
    found = []
    for first, last in _SELECTOR.findall(text):
        if first:
            start = DAYS.index(first)
            length = (DAYS.index(last or first) - start) % len(DAYS) + 1
            found += [(start + step) % len(DAYS) for step in range(length)]
    return found


def _minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return 60 * int(hour) + int(minute)


def _merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the spans in order, those that touch or overlap as one."""
    merged: list[Span] = []
    for opens, closes in sorted(spans):
        if merged and opens <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], closes))
        else:
            merged.append((opens, closes))
    return tuple(merged)


def _common(one: Span, other: Span) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def _days_osm(days: Sequence[int]) -> str:
    texts = []
    for first, last in runs_of_days(days):
        joint = "-" if last - first > 1 else ","
        texts.append(DAYS[first] if first == last else f"{DAYS[first]}{joint}{DAYS[last]}")
    return ",".join(texts)


def _hours_osm(spans: Sequence[Span]) -> str:
    return ",".join(
        "-".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in span) for span in spans
    )


def _week(text: str) -> Week:
    week = Week.parse(text)
    assert week is not None
    return week


_WHOLE = _week(_ALWAYS)
#: From 18 h to midnight, every day: the hours of those who work.
EVENINGS = _week("Mo-Su 18:00-24:00")
SATURDAY = _week("Sa 00:00-24:00")
