"""What the page « Détections » tells, from the protected detections alone: rows and one chart."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from coverage.model.detections import NEVER_SOUNDED, ProtectedDetections
from coverage.model.results import StudyResult
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
    rate_text,
    total_period,
    trend_breaks,
    whole_territory,
)
from coverage.web.communes import number
from coverage.web.orders import Order, Orders, plain

#: Where an axis may end, times a power of ten: halves of them are round too.
_CEILINGS = (1, 1.5, 2, 3, 4, 6, 8, 10)


@dataclass(frozen=True)
class AreaRow:
    """A block of communes or an official zone, and what may be told of its counters.

    ``rate`` is in detections per presence-day. A figure that isn't told is None; its text says
    why (``s`` or ``n.d.``). ``communes`` are names; ``held_since``: the release that its
    figures still are of, None where they are of the last one.
    """

    code: str
    nom: str
    communes: tuple[str, ...]
    sounded: int
    days: int
    rate: float | None
    detections: float | None
    tests: float | None
    orientations: float | None
    rate_text: str
    detections_text: str
    tests_text: str
    orientations_text: str
    oriented_share: float | None
    period_text: str
    held_since: int | None


#: What a table of counters, or of their blocks, can be sorted by.
COUNT_ORDERS: tuple[Order[Any], ...] = (
    Order("taux", "Taux", lambda row: row.rate),
    Order("detections", "Détec\u00adtions", lambda row: row.detections),
    Order("tests", "Tests", lambda row: row.tests),
    Order("orientations", "Orien\u00adtations", lambda row: row.orientations),
    Order("jours", "Jours", lambda row: row.days),
)
BLOCK_ORDERS: Orders[AreaRow] = Orders(
    (
        Order("bloc", "Bloc", lambda row: plain(row.nom), descending=False, numeric=False),
        *COUNT_ORDERS,
        Order("communes", "Com\u00admunes", lambda row: len(row.communes)),
    ),
    default=("taux", True),
)


def commune_names(result: StudyResult) -> dict[str, str]:
    """Return the names of the communes by their codes."""
    return dict(zip(result.communes["code_insee"], result.communes["nom"], strict=True))


def block_rows(result: StudyResult, told: ProtectedDetections) -> list[AreaRow]:
    """Return the blocks with the names of their communes."""
    names = commune_names(result)
    members = told.communes.groupby("block_id")["code_insee"].apply(list).to_dict()
    return [
        _area_row(record, record["block_id"], members.get(record["block_id"], []), names, told)
        for record in pd.DataFrame(told.blocks.drop(columns="geometry")).to_dict("records")
    ]


def zone_rows(result: StudyResult, told: ProtectedDetections) -> list[tuple[str, list[AreaRow]]]:
    """Return the official zones by zoning, the département first, under the zoning's name."""
    names = commune_names(result)
    groups: dict[str, list[AreaRow]] = {}
    for record in ordered_zones(told.zones).to_dict("records"):
        row = _area_row(record, record["zone_id"], list(record["codes"]), names, told)
        groups.setdefault(ZONING_LABELS[record["zoning"]], []).append(row)
    return list(groups.items())


def territory_row(result: StudyResult) -> AreaRow | None:
    """Return the figures of the whole territory, None where it has none."""
    told = counted(result)
    record = None if told is None else whole_territory(told)
    if told is None or record is None:
        return None
    row = _area_row(record, record["zone_id"], list(record["codes"]), commune_names(result), told)
    return replace(row, period_text=total_period(told, record["since"], record["until"]))


def _area_row(
    record: Mapping[Any, Any],
    code: Any,
    communes: list[str],
    names: dict[str, str],
    told: ProtectedDetections,
) -> AreaRow:
    return AreaRow(
        code=str(code),
        nom=str(record["nom"]),
        communes=tuple(sorted((names.get(one, one) for one in communes), key=plain)),
        sounded=int(record["sounded"]),
        days=int(record["days"]),
        rate=number(record["rate"]),
        detections=number(record["detections"]),
        tests=number(record["tests"]),
        orientations=number(record["orientations"]),
        detections_text=count_text(record["detections"], record["detections_mark"]),
        tests_text=count_text(record["tests"], record["tests_mark"]),
        orientations_text=count_text(record["orientations"], record["orientations_mark"]),
        rate_text=area_rate_text(record),
        oriented_share=number(record["oriented_share"]),
        period_text=period_text(record["since"], record["until"]),
        held_since=int(record["release"]) if record["release"] < told.release else None,
    )


@dataclass(frozen=True)
class Unsounded:
    """Where nobody ever held the test: communes with such a counter, and those it would serve."""

    with_counter: tuple[str, ...]
    served_by_none: int


def unsounded(result: StudyResult, told: ProtectedDetections) -> Unsounded:
    """Return the communes that the detections say nothing of."""
    names, table = commune_names(result), told.communes
    never = table["sounding"] == NEVER_SOUNDED
    codes = table.loc[never, "code_insee"]
    return Unsounded(
        tuple(sorted((names.get(code, code) for code in codes), key=plain)),
        int((~table["served"] & ~never).sum()),
    )


@dataclass(frozen=True)
class FunnelRow:
    """One step of the way from detection to support, and how many took it."""

    stage: str
    label: str
    count_text: str
    period_text: str


def funnel_rows(told: ProtectedDetections) -> list[FunnelRow]:
    """Return the steps in the order in which a person takes them."""
    records = {record["step"]: record for record in told.funnel.to_dict("records")}
    return [
        FunnelRow(
            FUNNEL_STAGES[step],
            label,
            count_text(records[step]["count"], records[step]["mark"]),
            funnel_period(told, records[step]),
        )
        for step, label in FUNNEL_LABELS.items()
        if step in records
    ]


@dataclass(frozen=True)
class TrendBar:
    """A period of the trend: where it stands on the chart, in per cent of its width and height.

    The heights are None where nothing is known of the period. ``blocks``: how many tell it.
    ``broken``: why the line begins anew here (French), empty where it goes on.
    """

    period_text: str
    broken: str
    blocks: int
    days: int
    detections_text: str
    tests_text: str
    rate_text: str
    x: float
    width: float
    top: float | None
    middle: float | None
    bottom: float | None


@dataclass(frozen=True)
class Trend:
    """The rate of the whole territory, period by period; ``ceiling`` is the end of its axis."""

    bars: tuple[TrendBar, ...]
    ceiling: float
    since: date
    until: date


def trend(told: ProtectedDetections) -> Trend | None:
    """Return the trend as a chart from 0 up, None where no period is told."""
    table = told.trend
    highest = table["rate_high"].max()
    if table.empty or pd.isna(highest):
        return None
    since, until = table["since"].min(), table["until"].max()
    days, ceiling = (until - since).days + 1, _ceiling(float(highest))
    bars, breaks = [], trend_breaks(told)
    for at, record in enumerate(table.sort_values("since").to_dict("records")):
        heights = [number(record[name]) for name in ("rate_high", "rate", "rate_low")]
        top, middle, bottom = (
            None if one is None else round(100 * (1 - one / ceiling), 2) for one in heights
        )
        bars.append(
            TrendBar(
                period_text=period_text(record["since"], record["until"]),
                broken=breaks.get(at, ""),
                blocks=int(record["blocks"]),
                days=int(record["days"]),
                detections_text=count_text(record["detections"], ""),
                tests_text=count_text(record["tests"], ""),
                rate_text=rate_text(record["rate"], record["rate_low"], record["rate_high"], ""),
                x=round(100 * (record["since"] - since).days / days, 2),
                width=round(100 * ((record["until"] - record["since"]).days + 1) / days, 2),
                top=top,
                middle=middle,
                bottom=bottom,
            )
        )
    return Trend(tuple(bars), ceiling, since.date(), until.date())


def _ceiling(highest: float) -> float:
    """Return the round number (a few halves and wholes of a power of ten) that holds a value."""
    if highest <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(highest))
    return next(times * power for times in _CEILINGS if times * power >= highest)
