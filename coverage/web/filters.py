"""How templates write French: numbers, dates, and the sentences of the reports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from coverage.base.crs import territory_code, territory_name
from coverage.model.results import StudyResult
from coverage.model.services import ServiceTable
from coverage.model.words import (
    NARROW_SPACE,
    NO_BREAK_SPACE,
    decimal,
    french_date,
    percent,
    vintage_text,
    whole,
)
from coverage.reports.layers import patterns
from coverage.reports.palette import priority_ramp
from coverage.reports.planned import planned_places
from coverage.reports.words import detections, sentences
from coverage.reports.words.freshness import ladder_sentence, step_text
from coverage.reports.words.limits import limits
from coverage.reports.words.priority import rank_meaning

#: What each placement model looks for, in words that need no operations research.
MODEL_LABELS = {
    "mclp": "couverture maximale",
    "p-median": "trajet moyen le plus court",
    "p-center": "plus long trajet le plus court",
    "lscp": "couverture de tous, avec le moins de lieux",
}


def gain(persons: float | None) -> str:
    """Return a difference in persons with its sign: ``+ 650``."""
    text = whole(persons)
    return f"+{NARROW_SPACE}{text}" if persons is not None and round(persons) > 0 else text


def short_decimal(value: float, digits: int = 2) -> str:
    """Return a number with as many decimals as it needs, at most ``digits``."""
    return decimal(value, digits).rstrip("0").rstrip(",")


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
        "step": step_text,
        "ladder": lambda _: ladder_sentence(),
        "action": sentences.action_label,
        "score_colour": score_colour,
        "address": lambda territory: territory_name(territory_code(territory)),
        "kind_label": lambda kind: services[kind].label,
        "patterns": _patterns,
        "summary": sentences.summary,
        "certificate": sentences.certificate,
        "useless_sites": sentences.useless_sites,
        "planned_places": planned_places,
        "model_label": lambda model: MODEL_LABELS.get(model, model),
        "unreachable": sentences.unreachable,
        "covers_nearly_all": sentences.covers_nearly_all,
        "limits": limits,
        "need_rung": lambda result: sentences.NEED_RUNGS[result.need_rung],
        "rank_meaning": lambda result: rank_meaning(estimate=bool(result and result.estimate)),
        "source_line": sentences.source_line,
        "secret_legend": detections.secret_legend,
        "counted": detections.counted,
        "rated": detections.rated,
        "zones_note": detections.zones_note,
        "protection_cost": detections.cost_text,
        "rate_meaning": lambda _: detections.rate_meaning(),
        "decimal": short_decimal,
    }
