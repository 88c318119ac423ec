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
    area_rate_text,
    count_text,
    counted,
    funnel_period,
    ordered_zones,
    period_text,
    rate_meaning,
    rate_text,
    secret_legend,
    summary_sentences,
    trend_breaks,
    zones_note,
)

if TYPE_CHECKING:
    from coverage.model.detections import ProtectedDetections
    from coverage.model.results import StudyResult

#: As many of the blocks with the highest rates, and of the last periods, are printed.
_BLOCKS, _PERIODS = 10, 12


def detection_section(result: StudyResult) -> dict[str, Any]:
    """Return what may be told of the counters; where nothing is loaded, that, in sentences."""
    protected, told = counted(result), result.detections
    section: dict[str, Any] = {
        "sentences": summary_sentences(result),
        **{key: [] for key in ("blocks", "trend", "trend_breaks", "zones")},
        "zones_note": "",
        "funnel": [] if told is None else _funnel_rows(told),
        "meaning": "",
    }
    if protected is not None:
        trend, breaks = _trend_rows(protected)
        section |= {
            "blocks": _block_rows(protected),
            "trend": trend,
            "trend_breaks": breaks,
            "zones": _zone_rows(protected),
            "zones_note": zones_note(protected),
            "meaning": f"{rate_meaning()} {secret_legend(protected)}",
        }
    elif told is not None and told.funnel["mark"].ne("").any():
        section["meaning"] = secret_legend(told)
    return section


def _block_rows(protected: ProtectedDetections) -> list[list[str]]:
    highest = protected.blocks.sort_values(["rate", "block_id"], ascending=[False, True])
    return [
        [
            str(row["nom"]),
            area_rate_text(row),
            count_text(row["detections"], row["detections_mark"]),
            whole(row["days"]),
            row["orientations_mark"] or percent(row["oriented_share"], 0),
            whole(row["communes"]),
            period_text(row["since"], row["until"]),
        ]
        for row in highest.head(_BLOCKS).to_dict("records")
    ]


def _trend_rows(protected: ProtectedDetections) -> tuple[list[list[str]], list[str]]:
    """Return the last periods, parted where other blocks tell them, and what parts them."""
    breaks = trend_breaks(protected)
    periods = protected.trend.sort_values("since").to_dict("records")
    first = max(0, len(periods) - _PERIODS)
    rows: list[list[str]] = []
    reasons: list[str] = []
    for at, row in enumerate(periods[first:], start=first):
        if at in breaks:
            reasons.append(breaks[at])
            if rows:
                rows.append(["autres blocs", *[""] * 5])
        rows.append(
            [
                period_text(row["since"], row["until"]),
                rate_text(row["rate"], row["rate_low"], row["rate_high"], ""),
                count_text(row["detections"], ""),
                count_text(row["tests"], ""),
                whole(row["days"]),
                whole(row["blocks"]),
            ]
        )
    return rows, reasons


def _zone_rows(protected: ProtectedDetections) -> list[list[str]]:
    zones = ordered_zones(protected.zones)
    first = ~zones["zoning"].duplicated()  # a zoning is named once
    return [
        [
            ZONING_LABELS[row["zoning"]] if named else "",
            str(row["nom"]),
            area_rate_text(row),
            *(
                count_text(row[count], row[f"{count}_mark"])
                for count in ("detections", "tests", "orientations")
            ),
        ]
        for row, named in zip(zones.to_dict("records"), first, strict=True)
    ]


def _funnel_rows(protected: ProtectedDetections) -> list[list[str]]:
    steps = {row["step"]: row for row in protected.funnel.to_dict("records")}
    told = [step for step in FUNNEL if step in steps]
    stages = pd.Series([FUNNEL_STAGES[step] for step in told])
    return [
        [
            stage,
            FUNNEL_LABELS[step],
            count_text(steps[step]["count"], steps[step]["mark"]),
            funnel_period(protected, steps[step]),
        ]
        for step, stage in zip(told, stages.mask(stages.duplicated(), ""), strict=True)
    ]
