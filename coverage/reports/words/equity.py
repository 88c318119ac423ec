"""Who is better and who is worse off, in French: what each measure of equity says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from coverage.model.words import NARROW_SPACE, NO_BREAK_SPACE, decimal, percent
from coverage.reports.words.sentences import NEED_RUNGS, epci_names, group_label, spaced

if TYPE_CHECKING:
    from coverage.model.results import StudyResult

#: A gap under this many points is none.
_SAME_POINTS = 0.05


def gap_text(points: float | None) -> str:
    """Return a gap in points with its sign: ``−42,8 pts``; ``=`` where there is none."""
    if points is None or pd.isna(points):
        return "n.d."
    if abs(points) < _SAME_POINTS:
        return "="
    return f"{'+' if points > 0 else ''}{decimal(points, 1)}{NO_BREAK_SPACE}pts"


def equity_sentences(result: StudyResult) -> list[str]:
    """Say who is furthest behind, and how unevenly help is spread over the territory."""
    groups = result.groups
    if groups.empty:
        return []
    total = groups[groups["group"] == "territoire"].iloc[0]
    limit = f"{result.params.minutes}{NO_BREAK_SPACE}min"
    texts = []
    behind = groups[groups["gap_points"] <= -_SAME_POINTS].sort_values(
        ["gap_points", "group", "value"]
    )
    if len(behind):
        last = behind.iloc[0]
        label = group_label(str(last["group"]), str(last["value"]), result.nom, epci_names(result))
        texts.append(
            f"Le groupe le plus en retrait est « {label} » : {percent(last['covered_share'])} de "
            f"ses habitants sont à {limit} ou moins d’un conseiller, contre "
            f"{percent(total['covered_share'])} de tous."
        )
    if pd.notna(total["gini"]):
        texts.append(
            f"Gini de l’accès : {decimal(total['gini'], 2)} (0 : le même accès pour tous, 1 : tout "
            f"pour un seul){_palma(total['palma'])}."
        )
    if pd.notna(total["fgt_1"]):
        texts.append(
            f"Profondeur du manque : {decimal(total['fgt_1'], 3)} (FGT₁, de 0 quand chacun est à "
            f"{limit} ou moins à 1 quand personne n’est à portée)."
        )
    return [spaced(text) for text in texts]


def equity_meaning(result: StudyResult) -> str:
    """Say what the columns of the table of groups are."""
    return spaced(
        "Écart : part couverte du groupe moins celle de tous les habitants. Deux lieux : habitants "
        "qui en atteignent au moins deux. Voiture seule : couverts en voiture, ni à pied ni à "
        "vélo. Accès : personnes aidées par mois pour "
        f"1{NARROW_SPACE}000 en difficulté (besoin : {NEED_RUNGS[result.need_rung]})."
    )


def _palma(palma: float) -> str:
    if pd.isna(palma):
        return ""
    return (
        f" ; Palma : {decimal(palma, 2)} (part des 10{NO_BREAK_SPACE}% les mieux servis sur celle "
        f"des 40{NO_BREAK_SPACE}% les moins bien servis)"
    )
