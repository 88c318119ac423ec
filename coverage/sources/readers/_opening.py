"""Opening hours: free text of the producers -> the readable way OpenStreetMap writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")

#: What a form of the producer leaves in a half-day without hours.
FILLER = "00:00 - 00:00"

_SPAN = r"(?:[01]\d|2[0-3]):[0-5]\d-(?:[01]\d|2[0-3]):[0-5]\d"
_DAY = f"(?:{'|'.join(DAYS)})"
_DAY_LIST = rf"{_DAY}(?:-{_DAY})?(?:, ?{_DAY}(?:-{_DAY})?)*"
_RULE = rf"{_DAY_LIST} {_SPAN}(?:,{_SPAN})*"
_OSM = re.compile(rf"{_RULE}(?:; ?{_RULE})*")
_FREE = re.compile(r"(\d{1,2})[:hH](\d{2})\s*-\s*(\d{1,2})[:hH](\d{2})")


def spans(text: str) -> list[str] | None:
    """Return ``09:00-12:00`` spans of ``09:00 - 12:00 / 14:00 - 17:00``, or None if unreadable.

    Spans must follow each other in time within one day; the filler ``00:00 - 00:00`` is none.
    """
    found: list[str] = []
    last = "00:00"
    for part in text.split("/"):
        match = _FREE.fullmatch(part.strip())
        if match is None:
            return None
        if part.strip() == FILLER:
            continue
        start, end = (f"{int(match[i]):02d}:{match[i + 1]}" for i in (1, 3))
        if not last <= start < end <= "24:00":
            return None
        found.append(f"{start}-{end}")
        last = end
    return found


def opening_of_week(days: Sequence[str]) -> str | None:
    """Return ``Mo 09:00-12:00,14:00-17:00; …`` of one text a day, Monday first.

    An empty text is a closed day. None where a day can't be read, or where all are closed.
    """
    rules = []
    for name, text in zip(DAYS, days, strict=False):
        if not text:
            continue
        found = spans(text)
        if found is None:
            return None
        if found:
            rules.append(f"{name} {','.join(found)}")
    return "; ".join(rules) or None


def opening_as_published(text: str) -> str | None:
    """Return a text that is already written the OpenStreetMap way, else None."""
    return text if _OSM.fullmatch(text) else None
