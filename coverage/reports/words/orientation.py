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
#: Of a step of which no loaded source tells: a link can't be called broken.
NOT_KNOWN = "non disponible"
#: More counters than this are counted, not named.
_NAMED = 6


@dataclass(frozen=True)
class OrientationStep:
    """One step of the chain: how many counters, how many without a partner, and which (French).

    ``broken`` is None, and ``names`` say why, where no loaded source tells of the step.
    """

    label: str
    counters: int
    broken: int | None
    names: str


def broken_links(orientation: pd.DataFrame) -> pd.Series[bool]:
    """Tell which rows are links known to be broken: without a partner, and not for want of data."""
    return orientation["partner_id"].isna() & orientation["known"].astype(bool)


def orientation_steps(result: StudyResult) -> list[OrientationStep]:
    """Return the steps in their order, with the counters without an eligible partner."""
    steps = []
    for step, rows in result.orientation.groupby("step", sort=False):
        label, counters = TAG_LABELS.get(str(step), str(step)), len(rows)
        if not rows["known"].any():
            steps.append(OrientationStep(label, counters, None, "aucune source n’en parle"))
            continue
        broken = rows[broken_links(rows)]
        names = _names(broken) if len(broken) < counters else "tous"
        steps.append(OrientationStep(label, counters, len(broken), names))
    return steps


def findings(orientation: pd.DataFrame) -> list[str]:
    """Return what is found of each row: a broken link, not known, ``sur place``, or nothing."""
    return [
        (BROKEN if known else NOT_KNOWN) if pd.isna(partner) else HERE if own == partner else ""
        for own, partner, known in zip(
            orientation["site_id"], orientation["partner_id"], orientation["known"], strict=True
        )
    ]


def orientation_meaning(result: StudyResult) -> str:
    """Say how a partner is chosen, and what it must accept."""
    accepted = "".join(
        f" Pour l’étape « {TAG_LABELS[step]} », il doit accepter : {TAG_LABELS[means]}."
        for step, means in result.params.accepts
    )
    return spaced(
        "Pour chaque point de contact de La Poste du territoire, le partenaire le plus proche en "
        "voiture parmi ceux qui sont éligibles : d’abord l’éligibilité, ensuite la distance. "
        f"Chaîne rompue : {BROKEN}.{accepted}"
    )


def orientation_text(result: StudyResult) -> str:
    """Return one sentence: how many links are broken of how many, and what is not known."""
    steps = orientation_steps(result)
    if not steps:
        return spaced("Orientation : aucun point de contact de La Poste.")
    known = [step for step in steps if step.broken is not None]
    texts = []
    if known:
        broken, links = (sum(getattr(s, of) for s in known) for of in ("broken", "counters"))
        many = "liens rompus" if broken > 1 else "lien rompu"
        what = f"{whole(broken)} {many} ({BROKEN})" if broken else f"aucun {many}"
        texts.append(f"{what} sur {whole(links)}")
    texts += [f"{s.label} : n.d., {s.names}" for s in steps if s.broken is None]
    return spaced(f"Orientation : {' ; '.join(texts)}.")


def _names(broken: pd.DataFrame) -> str:
    names = [str(name) for name in broken["nom"]]
    more = len(names) - _NAMED
    if more <= 0:
        return ", ".join(names)
    return f"{', '.join(names[:_NAMED])} et {whole(more)} autre{'s' if more > 1 else ''}"
