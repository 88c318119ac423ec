"""The places of a plan, named so that a reader finds them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coverage.model.plan import PlannedSite
    from coverage.model.results import StudyResult


@dataclass(frozen=True)
class PlannedPlace:
    """A place of the plan: its number, its name with the commune's, and the persons it adds."""

    number: int
    site: PlannedSite
    name: str
    newly_covered: float


def planned_places(result: StudyResult) -> list[PlannedPlace]:
    """Return the plan's places in its order: ``SARTENE BP -> SARTENE BP (Sartène)``.

    The commune is left out where the place's own name already spells it. Where no population is
    known, no place is better than another, so none is shown as a proposal.
    """
    codes = dict(zip(result.sites["site_id"], result.sites["code_insee"], strict=True))
    names = dict(zip(result.communes["code_insee"], result.communes["nom"], strict=True))
    if result.plan.total <= 0:
        return []
    return [
        PlannedPlace(
            number,
            site,
            _with_commune(site.nom, names.get(codes.get(site.site_id))),
            site.newly_covered,
        )
        for number, site in enumerate(result.plan.sites, start=1)
    ]


def _with_commune(name: str, commune: str | None) -> str:
    if commune is None or re.search(rf"(?<![\w-]){re.escape(commune)}(?![\w-])", name):
        return name
    return f"{name} ({commune})"
