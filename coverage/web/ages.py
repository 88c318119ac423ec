"""How old the data are: whole months, rounded down, on a ladder of four states."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from coverage.model.territory import SourceInfo

_VINTAGE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")

#: Age in months from which the state no longer holds, its name, and its tone on the screen.
LADDER = ((6, "À jour", "ok"), (12, "À surveiller", ""), (18, "À vérifier", "warn"))
OUTDATED = ("À actualiser", "bad")


@dataclass(frozen=True)
class DataAge:
    """The state of one source today; ``months`` is None where the vintage is not a date."""

    source: SourceInfo
    months: int | None
    state: str
    tone: str


def age_months(vintage: str, today: date) -> int | None:
    """Return the whole months between a vintage and today, rounded down; None without a date.

    ``2024`` counts from 1 January and ``2024-08`` from the 1st: an age is never told too young.
    """
    found = _VINTAGE.match(vintage)
    if found is None:
        return None
    try:
        start = date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return None
    months = 12 * (today.year - start.year) + today.month - start.month
    return max(months - (today.day < start.day), 0)


def data_age(source: SourceInfo, today: date, *, fictitious: bool = False) -> DataAge:
    """Return the state of a source: on the ladder, missing, invented, or of unknown date."""
    if source.status != "used":
        return DataAge(source, None, "n.d.", "")
    if fictitious:
        return DataAge(source, None, "inventé", "")
    months = age_months(source.vintage, today)
    if months is None:
        return DataAge(source, None, f"{OUTDATED[0]} : date inconnue", OUTDATED[1])
    for limit, state, tone in LADDER:
        if months < limit:
            return DataAge(source, months, state, tone)
    return DataAge(source, months, *OUTDATED)
