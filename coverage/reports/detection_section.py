"""The section of the report on detections at the counter, as plain texts in French."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from coverage.model.tables import FUNNEL
from coverage.model.words import percent, whole
from coverage.reports.words.detections import (
    FUNNEL_LABELS,
    FUNNEL_STAGES,
    ZONING_LABELS,
    count_text,
    ordered_zones,
    period_text,
    rate_meaning,
    rate_text,
    secret_legend,
    summary_sentences,
)

if TYPE_CHECKING:
    from coverage.model.detections import ProtectedDetections
    from coverage.model.results import StudyResult

#: As many of the blocks with the highest rates, and of the last periods, are printed.
_BLOCKS, _PERIODS = 10, 12


def detection_section(result: StudyResult) -> dict[str, Any]:
    """Return what may be told of the counters; where nothing is loaded, that, in sentences."""
    protected = result.detections
    if protected is None:
        rows: dict[str, Any] = {key: [] for key in ("blocks", "trend", "zones", "funnel")}
        return {**rows, "sentences": summary_sentences(result), "meaning": ""}
    return {
        "sentences": summary_sentences(result),
        "blocks": _block_rows(protected),
        "trend": _trend_rows(protected),
        "zones": _zone_rows(protected),
        "funnel": _funnel_rows(protected),
        "meaning": f"{rate_meaning()} {secret_legend(protected)}",
    }


def _block_rows(protected: ProtectedDetections) -> list[list[str]]:
    highest = protected.blocks.sort_values(["rate", "block_id"], ascending=[False, True])
    return [
        [
            str(row["nom"]),
            _rate(row),
            count_text(row["detections"], row["detections_mark"]),
            whole(row["days"]),
            row["orientations_mark"] or percent(row["oriented_share"], 0),
            whole(row["communes"]),
            period_text(row["since"], row["until"]),
        ]
        for row in highest.head(_BLOCKS).to_dict("records")
    ]


def _trend_rows(protected: ProtectedDetections) -> list[list[str]]:
    return [
        [
            period_text(row["since"], row["until"]),
            rate_text(row["rate"], row["rate_low"], row["rate_high"], ""),
            count_text(row["detections"], ""),
            count_text(row["tests"], ""),
            whole(row["days"]),
            whole(row["blocks"]),
        ]
        for row in protected.trend.sort_values("since").tail(_PERIODS).to_dict("records")
    ]


def _zone_rows(protected: ProtectedDetections) -> list[list[str]]:
    zones = ordered_zones(protected.zones)
    first = ~zones["zoning"].duplicated()  # a zoning is named once
    return [
        [
            ZONING_LABELS[row["zoning"]] if named else "",
            str(row["nom"]),
            _rate(row),
            *(
                count_text(row[count], row[f"{count}_mark"])
                for count in ("detections", "tests", "orientations")
            ),
        ]
        for row, named in zip(zones.to_dict("records"), first, strict=True)
    ]


def _funnel_rows(protected: ProtectedDetections) -> list[list[str]]:
    steps = protected.funnel.set_index("step").to_dict("index")
    told = [step for step in FUNNEL if step in steps]
    stages = pd.Series([FUNNEL_STAGES[step] for step in told])
    return [
        [
            stage,
            FUNNEL_LABELS[step],
            count_text(steps[step]["count"], steps[step]["mark"]),
            period_text(steps[step]["since"], steps[step]["until"]),
        ]
        for step, stage in zip(told, stages.mask(stages.duplicated(), ""), strict=True)
    ]


def _rate(row: dict[Any, Any]) -> str:
    return rate_text(row["rate"], row["rate_low"], row["rate_high"], row["detections_mark"])
