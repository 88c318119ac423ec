"""Opening hours: free text of the producers -> the readable way OpenStreetMap writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from coverage.model.opening import Span, Week, parse_span

#: What a form of the producer leaves in a half-day without hours.
FILLER = "00:00 - 00:00"

_FREE = re.compile(r"(\d{1,2})[:hH](\d{2})\s*-\s*(\d{1,2})[:hH](\d{2})")
#: Nobody is received at night: hours outside these are a slip of the pen (« 19:00-11:00 »).
_FIRST_MIN, _LAST_MIN = 6 * 60, 23 * 60


# A few texts fill most of a file's cells.
@lru_cache(maxsize=4096)
def spans(text: str) -> tuple[Span, ...] | None:
    """Return the spans of ``09:00 - 12:00 / 14:00 - 17:00`` in minutes, or None if unreadable.

    Spans must follow each other in time within one day, or repeat one already told (which counts
    once); the filler ``00:00 - 00:00`` is none. Spans that overlap are not mended: no one can tell
    which is meant, nor whether they are alternate weeks.
    """
    found: list[Span] = []
    for part in text.split("/"):
        match = _FREE.fullmatch(part.strip())
        if match is None:
            return None
        if part.strip() == FILLER:
            continue
        span = parse_span("{}:{}-{}:{}".format(*match.groups()))
        if span is None or (found and span[0] < found[-1][1] and span not in found):
            return None
        if span not in found:
            found.append(span)
    return tuple(found)


def repeats(text: str) -> bool:
    """Tell whether a day's readable text tells the same span twice (« 9-12 / 9-12 »)."""
    parts = [part.strip() for part in text.split("/") if part.strip() != FILLER]
    return len(spans(text) or parts) < len(parts)


def opening_of_week(days: Sequence[str]) -> str | None:
    """Return ``Mo-Fr 09:00-12:00,14:00-17:00; …`` of one text a day, Monday first.

    An empty text is a closed day. None where a day can't be read or has hours at night, or where
    all are closed.
    """
    by_day = [spans(text) if text else () for text in days]
    if None in by_day:
        return None
    week = Week.of((day, *span) for day, its in enumerate(by_day) for span in its or ())
    return week.to_osm() if week and _is_believed(week) else None


def opening_as_published(text: str) -> str | None:
    """Return a text that is already written the OpenStreetMap way, else None.

    None too for hours at night.
    """
    week = Week.parse(text)
    return text if week and _is_believed(week) else None


def _is_believed(week: Week) -> bool:
    return all(
        opens >= _FIRST_MIN and closes <= _LAST_MIN for day in week.days for opens, closes in day
    )
