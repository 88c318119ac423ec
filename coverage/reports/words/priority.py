"""French sentences about the priority index: where to look first, and what it measures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coverage.model.territory import ESTIMATE_MARK
from coverage.model.words import NARROW_SPACE, NO_BREAK_SPACE, whole
from coverage.reports.words.factors import (
    DETECTIONS,
    Factor,
    factors_of,
    formula,
    neutral_sentence,
)
from coverage.reports.words.ranks import ESTIMATE_APART, HYPOTHESES, ONLY_SLOWER
from coverage.reports.words.sentences import BY_CAR, NEED_RUNGS, spaced

if TYPE_CHECKING:
    from coverage.model.results import StudyResult

_COUNTS = {2: "deux", 3: "trois"}
#: How many communes are named at the top of a report.
_FIRST = 3


def first_looks(result: StudyResult) -> str | None:
    """Name the communes to look at first: by the index, and by the number of persons."""
    communes = result.communes
    ranked = communes[communes["rank"].notna()].sort_values(
        ["rank", "population", "code_insee"], ascending=[True, False, True]
    )
    names = ", ".join(ranked["nom"].head(_FIRST))
    highest = f"Indice de priorité le plus élevé : {names}." if names else None
    told = [text for text in (highest, most_concerned(result)) if text]
    return spaced(" ".join(told)) if told else None


def most_concerned(result: StudyResult) -> str | None:
    """Name the communes with most persons concerned; None where none counts one."""
    communes = result.communes
    most = communes[communes["concerned"] >= 1].sort_values(
        ["concerned", "code_insee"], ascending=[False, True]
    )
    names = ", ".join(
        f"{row['nom']} ({whole(row['concerned'])})" for row in most.head(_FIRST).to_dict("records")
    )
    return spaced(f"Où le plus de personnes sont concernées : {names}.") if names else None


def index_meaning(result: StudyResult) -> str:
    """Say that the index is a rate per head, and where persons are counted."""
    need, limit = NEED_RUNGS[result.need_rung], f"{result.params.minutes}{NO_BREAK_SPACE}min"
    factors = _factors(result)
    parts = f"{formula(factors)}, {_COUNTS[len(factors)]} rangs de 0 à 1"
    return spaced(
        f"L’indice est un taux par habitant ({parts}) : il ne dit pas "
        "combien de personnes attendent. « Personnes concernées » les compte : en difficulté "
        f"numérique ({need}) et à plus de {limit} d’un conseiller.{_neutral(result)}"
    )


def parts_meaning(result: StudyResult) -> str:
    """Say what the parts of the index are that their names don't explain."""
    texts = [
        "Manque d’accès : rang de la commune selon son accès E2SFCA (personnes aidées par mois "
        f"pour 1{NARROW_SPACE}000 en difficulté, les lieux proches comptant davantage) ; 1 pour "
        "l’accès le plus faible."
    ]
    if DETECTIONS in _factors(result):
        texts.append(
            "Détections du secteur : rang du taux du bloc, qui réunit souvent plusieurs communes "
            "(détections par jour de présence) ; 1 pour le taux le plus élevé."
        )
    return spaced(" ".join(texts))


def rank_meaning(*, estimate: bool) -> str:
    """Say what the interval of a rank and the words beside it are, and what they leave out."""
    apart = f" {ESTIMATE_APART}" if estimate else ""
    return spaced(
        f"Rang [5{NO_BREAK_SPACE}% à 95{NO_BREAK_SPACE}%] : neuf tirages sur dix donnent un rang "
        f"de cet intervalle quand les hypothèses changent ({HYPOTHESES}). Choix robuste : comme "
        f"son rang, au moins 80{NO_BREAK_SPACE}% des tirages placent le secteur parmi les dix "
        f"premiers (ou hors d’eux) ; choix sensible : sinon. {ONLY_SLOWER}{apart}"
    )


def _factors(result: StudyResult) -> tuple[Factor, ...]:
    return factors_of(result.communes)


def _neutral(result: StudyResult) -> str:
    """Return what a legend adds where a factor is the same for all communes."""
    told = neutral_sentence(_factors(result), result.facts["neutral"]["communes"])
    return f" {told}" if told else ""


def index_legend(result: StudyResult) -> str:
    """Return what a legend says of the index after its name."""
    how = ESTIMATE_MARK if result.estimate else BY_CAR
    parts = formula(_factors(result))
    return spaced(f"{parts} ({how}). Plus foncé : plus à faire.{_neutral(result)}")
