"""Where a La Poste counter can send someone, in French: the steps, and the broken links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from coverage.model.tags import TAG_LABELS
from coverage.model.words import NO_BREAK_SPACE, whole
from coverage.reports.words.sentences import spaced

if TYPE_CHECKING:
    from coverage.model.results import StudyResult

BROKEN = f"aucun partenaire éligible à moins de 30{NO_BREAK_SPACE}min"
HERE = "sur place"
#: More counters than this are counted, not named.
_NAMED = 6


@dataclass(frozen=True)
class OrientationStep:
    """One step of the chain: how many counters, how many without a partner, and which (French)."""

    label: str
    counters: int
    broken: int
    names: str


def orientation_steps(result: StudyResult) -> list[OrientationStep]:
    """Return the steps in their order, with the counters without an eligible partner."""
    table = result.orientation
    steps = []
    for step, rows in table.groupby("step", sort=False):
        broken = rows[rows["partner_id"].isna()]
        label = TAG_LABELS.get(str(step), str(step))
        names = _names(broken) if len(broken) < len(rows) else "tous"
        steps.append(OrientationStep(label, len(rows), len(broken), names))
    return steps


def findings(orientation: pd.DataFrame) -> list[str]:
    """Return what is found of each row: a broken link, ``sur place``, or nothing to add."""
    return [
        BROKEN if pd.isna(partner) else HERE if own == partner else ""
        for own, partner in zip(orientation["site_id"], orientation["partner_id"], strict=True)
    ]


def orientation_meaning() -> str:
    """Say how a partner is chosen."""
    return spaced(
        "Pour chaque point de contact de La Poste du territoire, le partenaire le plus proche en "
        "voiture parmi ceux qui sont éligibles : d’abord l’éligibilité, ensuite la distance. "
        f"Chaîne rompue : {BROKEN}."
    )


def _names(broken: pd.DataFrame) -> str:
    names = [str(name) for name in broken["nom"]]
    more = len(names) - _NAMED
    if more <= 0:
        return ", ".join(names)
    return f"{', '.join(names[:_NAMED])} et {whole(more)} autre{'s' if more > 1 else ''}"
