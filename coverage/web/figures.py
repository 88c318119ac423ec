"""The few figures a page begins with, read from a study."""

from __future__ import annotations

from dataclasses import dataclass

from coverage.model.results import StudyResult
from coverage.reports.palette import PRIORITY_BREAK
from coverage.reports.words.sentences import epci_names, group_label, group_order
from coverage.web.communes import COMMUNE_ORDERS, CommuneRow, commune_rows, number

FIRST_AREAS = 3
#: Persons from which a count is not written 0.
HALF = 0.5


@dataclass(frozen=True)
class Figures:
    """What the pages say first of a territory; persons, and shares (0..1); None = n.d.

    Where nobody's home is known there is no count at all, which is not a count of 0.
    """

    minutes: int
    persons: float | None
    uncovered: float | None
    covered_share: float | None
    priority_communes: int | None
    priority_persons: float | None
    gained: float | None


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
    scores = communes["score"].astype(float)
    first = communes[scores >= PRIORITY_BREAK]
    if not persons:
        return Figures(result.params.minutes, None, None, None, None, None, None)
    return Figures(
        minutes=result.params.minutes,
        persons=persons,
        uncovered=uncovered,
        covered_share=covered / persons,
        priority_communes=len(first) if scores.notna().any() else None,
        priority_persons=float(first["population"].astype(float).sum()),
        gained=sum(site.newly_covered for site in result.plan.sites),
    )


def concerned_areas(result: StudyResult) -> list[CommuneRow]:
    """Return the few communes with most persons concerned; those under half a person are left."""
    rows = COMMUNE_ORDERS.sort(commune_rows(result), "personnes", descending=True)
    return [row for row in rows[:FIRST_AREAS] if (row.concerned or 0) >= HALF]


def urgent_areas(result: StudyResult) -> list[CommuneRow]:
    """Return the few communes with the highest index above 0, equals by inhabitants."""
    rows = COMMUNE_ORDERS.sort(commune_rows(result), "habitants", descending=True)
    rows = [row for row in rows if row.score]
    return sorted(rows, key=lambda row: -(row.score or 0))[:FIRST_AREAS]


def group_rows(result: StudyResult) -> list[GroupRow]:
    """Return the cover by advisers before and after the plan: territory, EPCI, FRR, QPV."""
    table = result.groups
    if table.empty:  # nobody's home is known
        return []
    table = table[table["group"].isin(["territoire", "epci", "frr", "qpv"])]
    names = epci_names(result)
    records = table.to_dict("records")
    records.sort(key=lambda record: group_order(str(record["group"]), str(record["value"])))
    rows = []
    for record in records:
        before, after = number(record["covered"]), number(record["covered_after"])
        persons = number(record["persons"])
        rows.append(
            GroupRow(
                label=group_label(str(record["group"]), str(record["value"]), result.nom, names),
                persons=persons,
                before_share=number(record["covered_share"]),
                after_share=None if after is None or not persons else after / persons,
                gained=None if before is None or after is None else after - before,
            )
        )
    return rows
