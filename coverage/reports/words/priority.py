"""French sentences about the priority index: where to look first, and what it measures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from coverage.model.territory import ESTIMATE_MARK
from coverage.model.words import NARROW_SPACE, NO_BREAK_SPACE, whole
from coverage.reports.words.ranks import HYPOTHESES
from coverage.reports.words.sentences import BY_CAR, NEED_RUNGS, spaced

if TYPE_CHECKING:
    from coverage.model.results import StudyResult

#: How the two parts of the index are named, on maps and in documents.
INDEX_PARTS = "besoin × manque d’accès"
#: How many communes are named at the top of a report.
_FIRST = 3


def first_looks(result: StudyResult) -> str | None:
    """Name the communes to look at first: by the index, and by the number of persons."""
    table = pd.DataFrame(result.communes.drop(columns="geometry"))
    ranked = table[table["rank"].notna()].sort_values(
        ["rank", "population", "code_insee"], ascending=[True, False, True]
    )
    texts = []
    if len(ranked):
        names = ", ".join(ranked["nom"].head(_FIRST))
        texts.append(f"Indice de priorité le plus élevé : {names}.")
    most = table[table["concerned"] >= 1].sort_values(
        ["concerned", "code_insee"], ascending=[False, True]
    )
    if len(most):
        names = ", ".join(
            f"{row.nom} ({whole(float(row.concerned))})"  # type: ignore[arg-type]
            for row in most.head(_FIRST).itertuples()
        )
        texts.append(f"Où le plus de personnes sont concernées : {names}.")
    return spaced(" ".join(texts)) if texts else None


def index_meaning(result: StudyResult) -> str:
    """Say that the index is a rate per head, and where persons are counted."""
    need, limit = NEED_RUNGS[result.need_rung], f"{result.params.minutes}{NO_BREAK_SPACE}min"
    return spaced(
        f"L’indice est un taux par habitant ({INDEX_PARTS}, deux rangs de 0 à 1) : il ne dit pas "
        "combien de personnes attendent. « Personnes concernées » les compte : en difficulté "
        f"numérique ({need}) et à plus de {limit} d’un conseiller.{_neutral(result)}"
    )


def access_meaning() -> str:
    """Say what the part of the index that tells of access is."""
    return spaced(
        "Manque d’accès : rang de la commune selon son accès E2SFCA (personnes aidées par mois "
        f"pour 1{NARROW_SPACE}000 en difficulté, les lieux proches comptant davantage) ; 1 pour "
        "l’accès le plus faible."
    )


def rank_meaning() -> str:
    """Say what the interval of a rank and the words beside it are."""
    return spaced(
        f"Rang [5{NO_BREAK_SPACE}% à 95{NO_BREAK_SPACE}%] : neuf tirages sur dix donnent un rang "
        f"de cet intervalle quand les hypothèses changent ({HYPOTHESES}). Choix robuste : comme "
        f"son rang, au moins 80{NO_BREAK_SPACE}% des tirages placent le secteur parmi les dix "
        "premiers (ou hors d’eux) ; choix sensible : sinon."
    )


def _neutral(result: StudyResult) -> str:
    """Return what a legend adds where the need is the same share of people everywhere."""
    if result.need_rung != 3:
        return ""
    return " Besoin neutre (le même partout) : l’indice est le manque d’accès seul."


def index_legend(result: StudyResult) -> str:
    """Return what a legend says of the index after its name."""
    how = ESTIMATE_MARK if result.estimate else BY_CAR
    return spaced(f"{INDEX_PARTS} ({how}). Plus foncé : plus à faire.{_neutral(result)}")
