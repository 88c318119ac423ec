"""How templates write French: numbers, dates, and the sentences of the reports."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from markupsafe import Markup

from coverage.base.crs import territory_code, territory_name
from coverage.model.results import StudyResult
from coverage.model.services import ServiceTable
from coverage.model.words import NARROW_SPACE, NO_BREAK_SPACE, decimal, percent, whole
from coverage.reports.layers import patterns
from coverage.reports.palette import priority_ramp
from coverage.reports.words import sentences

_MONTHS = (
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
)


def gain(persons: float | None) -> str:
    """Return a difference in persons with its sign: ``+ 650``."""
    text = whole(persons)
    return f"+{NARROW_SPACE}{text}" if persons is not None and round(persons) > 0 else text


def french_date(day: date) -> str:
    """Return a day as the French write it: ``1er août 2024``."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number} {_MONTHS[day.month - 1]} {day.year}"


def vintage_text(vintage: str) -> str:
    """Return a vintage as the French write it: ``2024-08 -> août 2024``; others as they are."""
    parts = [int(part) for part in vintage.split("-") if part.isdigit()]
    if vintage.count("-") != len(parts) - 1 or not all(1 <= part <= 12 for part in parts[1:2]):
        return vintage or "—"
    if len(parts) == 3 and 1 <= parts[2] <= 31:
        return f"{'1er' if parts[2] == 1 else parts[2]} {_MONTHS[parts[1] - 1]} {parts[0]}"
    return f"{_MONTHS[parts[1] - 1]} {parts[0]}" if len(parts) == 2 else vintage


def gap_text(gap: float) -> str:
    """Return an optimality gap in per cent, never rounded down."""
    return f"{decimal(100 * gap, 1, up=True)}{NO_BREAK_SPACE}%"


def score_colour(score: float) -> str:
    """Return the colour of an index, as on the map."""
    ramp = priority_ramp()
    return ramp.colours[ramp.rank(score) or 0]


def _patterns(result: StudyResult) -> Markup:
    return Markup(patterns(result))  # noqa: S704 - made of constants only, no data in it


def filters(services: ServiceTable) -> dict[str, Callable[..., Any]]:
    """Return the filters that the templates use, by name."""
    return {
        "whole": whole,
        "percent": percent,
        "gain": gain,
        "gap": gap_text,
        "french_date": french_date,
        "vintage": vintage_text,
        "score_colour": score_colour,
        "address": lambda territory: territory_name(territory_code(territory)),
        "kind_label": lambda kind: services[kind].label,
        "patterns": _patterns,
        "summary": sentences.summary,
        "certificate": sentences.certificate,
        "unreachable": sentences.unreachable,
        "limits": sentences.limits,
        "source_line": sentences.source_line,
    }
