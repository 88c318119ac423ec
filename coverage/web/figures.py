"""The few figures a page begins with, read from a study."""

from __future__ import annotations

from dataclasses import dataclass

from coverage.model.results import StudyResult
from coverage.reports.words.sentences import group_label
from coverage.web.communes import CommuneRow, commune_rows, number, sort_communes

#: From this index on a commune is a priority.
PRIORITY_SCORE = 0.55
FIRST_AREAS = 3


@dataclass(frozen=True)
class Figures:
    """What the pages say first of a territory; persons, and shares (0..1)."""

    minutes: int
    persons: float
    uncovered: float
    covered_share: float | None
    priority_communes: int
    priority_persons: float
    gained: float


@dataclass(frozen=True)
class GroupRow:
    """A group of inhabitants before and after the plan; persons, and shares (0..1)."""

    label: str
    persons: float | None
    before_share: float | None
    after_share: float | None
    gained: float | None


def territory_figures(result: StudyResult) -> Figures:
    """Return the figures of a study, counted on demand points within the study's limit."""
    communes = result.communes
    covered, uncovered = float(communes["covered"].sum()), float(communes["uncovered"].sum())
    persons = covered + uncovered
    first = communes[communes["score"].astype(float) >= PRIORITY_SCORE]
    return Figures(
        minutes=result.params.minutes,
        persons=persons,
        uncovered=uncovered,
        covered_share=covered / persons if persons else None,
        priority_communes=len(first),
        priority_persons=float(first["population"].astype(float).sum()),
        gained=sum(site.newly_covered for site in result.plan.sites),
    )


def first_areas(result: StudyResult) -> list[CommuneRow]:
    """Return the few communes with most persons concerned, where there are any."""
    rows = sort_communes(commune_rows(result), "personnes", descending=True)
    return [row for row in rows[:FIRST_AREAS] if row.concerned]


def group_rows(result: StudyResult) -> list[GroupRow]:
    """Return the cover by advisers before and after the plan: territory, FRR, QPV."""
    table = result.coverage
    table = table[
        (table["target"] == "adviser")
        & (table["minutes"] == result.params.minutes)
        & table["group"].isin(["territoire", "frr", "qpv"])
    ]
    rows = []
    for record in table.to_dict("records"):
        before, after = number(record["covered"]), number(record["covered_after"])
        rows.append(
            GroupRow(
                label=group_label(str(record["group"]), str(record["value"]), result.nom),
                persons=number(record["persons"]),
                before_share=number(record["covered_share"]),
                after_share=number(record["covered_after_share"]),
                gained=None if before is None or after is None else after - before,
            )
        )
    return rows
