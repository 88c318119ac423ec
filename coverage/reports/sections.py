"""The sections of the report on who is underserved: priorities, legal test, equity, orientation.

Each function returns plain texts in French, for the template to print.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from coverage.model.words import decimal, percent, share_of, whole
from coverage.reports.priorities import priority_communes, priority_quarters
from coverage.reports.words.equity import equity_meaning, equity_sentences, gap_text
from coverage.reports.words.factors import Factor, factors_of
from coverage.reports.words.legal import legal_rows, legal_rule, legal_sentences
from coverage.reports.words.orientation import orientation_meaning, orientation_steps
from coverage.reports.words.ranks import PRIORITY_AREAS, draws_percent, rank_text
from coverage.reports.words.sentences import (
    epci_names,
    group_label,
    group_order,
    minutes_text,
    persons_known,
)
from coverage.reports.words.zonings import frr_note

if TYPE_CHECKING:
    from coverage.model.results import StudyResult

#: As many of the first areas have their reasons printed.
_TOLD = 3


def priority_section(result: StudyResult) -> dict[str, Any]:
    """Return the ten first communes and QPV with their intervals, and why the first are first."""
    communes, quarters = priority_communes(result), priority_quarters(result)
    factors = factors_of(result.communes)
    ranked = {"communes": int(result.communes["rank"].notna().sum())}
    ranked["quarters"] = int(result.qpv["rank"].notna().sum())
    return {
        "parts": [factor.heading for factor in factors],
        "communes": _priority_rows(communes, factors, ranked["communes"]),
        "quarters": _priority_rows(quarters, factors, ranked["quarters"]),
        "why": _reasons(communes) + _reasons(quarters.head(1)),
    }


def _priority_rows(first: pd.DataFrame, factors: Sequence[Factor], ranked: int) -> list[list[str]]:
    tied = first["rank"].duplicated(keep=False)
    return [
        [
            rank_text(row["rank"], row["rank_low"], row["rank_high"], tied=bool(shared)),
            str(row["nom"]),
            decimal(_number(row["score"]), 2),
            *(decimal(_number(row[factor.part]), 2) for factor in factors),
            minutes_text(
                row["minutes_adviser"], _number(row["persons"]), _number(row["unreached"])
            ),
            whole(_number(row["persons"])),
            whole(_number(row["concerned"])),
            _choice(row) if ranked > PRIORITY_AREAS else "—",
        ]
        for row, shared in zip(first.to_dict("records"), tied, strict=True)
    ]


def _choice(row: dict[Any, Any]) -> str:
    share = _number(row["top10_share"])
    if share is None:
        return "n.d."
    return f"{row['stability']} ({draws_percent(share)})"


def _reasons(first: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {"name": row["nom"], "sentences": [row[f"pourquoi_{n}"] for n in (1, 2, 3)]}
        for row in first.head(_TOLD).to_dict("records")
    ]


def legal_section(result: StudyResult) -> dict[str, Any]:
    """Return the legal test of La Poste: the rule, the figures, the findings."""
    return {
        "rule": legal_rule(),
        "rows": legal_rows(result),
        "findings": legal_sentences(result),
    }


def equity_section(result: StudyResult) -> dict[str, Any]:
    """Return the groups side by side: who is covered, how well, and the gap to everybody."""
    if not persons_known(result) or result.groups.empty:
        return {"cover": [], "help": [], "sentences": [], "meaning": "", "zoning": ""}
    names = epci_names(result)
    rows = result.groups.to_dict("records")
    rows.sort(key=lambda row: group_order(str(row["group"]), str(row["value"])))
    cover, given = [], []
    for row in rows:
        label = group_label(str(row["group"]), str(row["value"]), "Tout le territoire", names)
        persons = float(row["persons"])
        cover.append(
            [
                label,
                whole(persons),
                percent(_number(row["covered_share"])),
                gap_text(_number(row["gap_points"])),
                percent(share_of(row["covered_after"], persons)),
                minutes_text(row["median_adviser"], persons),
                minutes_text(row["p90_adviser"], persons),
                percent(share_of(row["double_covered"], persons)),
                percent(share_of(row["car_only"], persons)),
            ]
        )
        given.append(
            [
                label,
                whole(_number(row["access"])),
                "aucun" if row["advisers"] == 0 else whole(_number(row["persons_per_adviser"])),
                decimal(_number(row["hours_week"]), 0),
                decimal(_number(row["hours_evening"]), 1),
                decimal(_number(row["hours_saturday"]), 1),
                decimal(_number(row["gini"]), 2),
                decimal(_number(row["fgt_1"]), 3),
            ]
        )
    return {
        "cover": cover,
        "help": given,
        "sentences": equity_sentences(result),
        "meaning": equity_meaning(result),
        "zoning": frr_note(set(result.groups.loc[result.groups["group"] == "frr", "value"])),
    }


def orientation_section(result: StudyResult) -> dict[str, Any]:
    """Return for each step of the chain how many counters have no eligible partner, and which."""
    return {
        "meaning": orientation_meaning(result),
        "rows": [
            [
                step.label.capitalize(),
                whole(step.counters),
                whole(step.broken),
                step.names or "—",
            ]
            for step in orientation_steps(result)
        ],
    }


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)
