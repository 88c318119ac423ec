"""What a study says in French: one sentence of result, the plan's certificate, marks, limits.

Typography: no-break space before « : » and « % » and inside « », narrow no-break space before
« ; », « ? » and in thousands, real apostrophes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from coverage.model.plan import Plan, Status
from coverage.model.words import (
    NARROW_SPACE,
    NO_BREAK_SPACE,
    NOT_AVAILABLE,
    decimal,
    percent,
    whole,
)

if TYPE_CHECKING:
    from coverage.model.results import StudyResult

BY_CAR = "temps de trajet en voiture, hors congestion"
FOR_THE_EYE = "pour l’œil"
OSM_CREDIT = "© les contributeurs d’OpenStreetMap (ODbL)"

NEED_RUNGS = {
    1: "taux de difficulté par tranche d’âge",
    2: "population ajustée par l’indice de fragilité numérique, IFN",
    3: "besoin proportionnel à la population",
}

FRR_LABELS = {
    "socle": "FRR socle",
    "plus": "FRR+",
    "beneficiaire": "FRR bénéficiaire",
    "partiel": "FRR partiel",
    "beneficiaire_partiel": "FRR bénéficiaire partiel",
    "non_classee": "Hors FRR",
}
DENSITY_LABELS = {
    "1": "Grands centres urbains",
    "2": "Centres urbains intermédiaires",
    "3": "Petites villes",
    "4": "Ceintures urbaines",
    "5": "Bourgs ruraux",
    "6": "Rural à habitat dispersé",
    "7": "Rural à habitat très dispersé",
}
QPV_LABELS = {
    "qpv_2015": "En QPV (2015)",
    "hors_qpv": "Hors QPV",
}
_GROUP_LABELS = {"frr": FRR_LABELS, "densite": DENSITY_LABELS, "qpv": QPV_LABELS}
_GROUPS = {"frr": "Zonage FRR", "densite": "Densité", "qpv": "QPV"}
_TARGET_LABELS = {"adviser": "conseiller", "contact": "point de contact La Poste"}
_ACTIONS = {"repaired": "réparé", "quarantined": "écarté", "reported": "signalé"}


def spaced(text: str) -> str:
    """Put the no-break spaces of French typography into a text typed with plain ones."""
    for sign in (";", "?", "!"):
        text = text.replace(f" {sign}", f"{NARROW_SPACE}{sign}")
    for plain, right in ((" :", f"{NO_BREAK_SPACE}:"), ("« ", f"«{NO_BREAK_SPACE}")):
        text = text.replace(plain, right)
    return text.replace(" »", f"{NO_BREAK_SPACE}»")


def group_label(group: str, value: str, territory: str) -> str:
    """Return the French name of a coverage group: ``frr, plus -> FRR+``."""
    if group == "territoire":
        return territory
    if value == NOT_AVAILABLE:
        return f"{_GROUPS.get(group, group)} non disponible"
    return _GROUP_LABELS.get(group, {}).get(value, value)


def target_label(target: str, kinds: dict[str, str]) -> str:
    """Return the French name of what is to be reached; ``kinds`` gives the kinds' labels."""
    return _TARGET_LABELS.get(target) or kinds.get(target, target)


def action_label(action: str) -> str:
    """Return the French word of a quality note's action."""
    return _ACTIONS.get(action, action)


def minutes_text(minutes: float | None) -> str:
    """Return whole minutes; a commune without a time is out of reach."""
    if minutes is None or pd.isna(minutes):
        return "hors d’atteinte"
    return f"{decimal(float(minutes), 0)}{NO_BREAK_SPACE}min"


def _share(covered: float, total: float) -> str:
    return percent(covered / total) if total else percent(None)


def summary(result: StudyResult) -> str:
    """Say in one sentence who is covered today and what the plan would change."""
    plan, minutes = result.plan, result.params.minutes
    covered = float(result.communes["covered"].sum())
    uncovered = float(result.communes["uncovered"].sum())
    text = (
        f"Aujourd’hui, {_share(covered, covered + uncovered)} des habitants sont à "
        f"{minutes}{NO_BREAK_SPACE}min ou moins d’un conseiller"
    )
    count = len(plan.sites)
    if plan.status is Status.INFEASIBLE or not count:
        return spaced(f"{text} ; {whole(uncovered)} restent à couvrir.")
    after = float(result.communes["covered_after"].sum())
    what = "une permanence" if count == 1 else f"{count} permanences"
    return spaced(
        f"{text} ; avec {what} de plus, ils seraient {_share(after, covered + uncovered)} "
        f"({whole(after - covered)} personnes de plus)."
    )


def certificate(plan: Plan) -> str:
    """Say what is known about the plan's quality, no more (*optimal* only when proven)."""
    count = f"{len(plan.sites)} lieu{'x' if len(plan.sites) > 1 else ''}"
    minutes = plan.params.get("minutes", 20)
    gap = f"{decimal(100 * plan.gap, 1, up=True)}{NO_BREAK_SPACE}%"
    if plan.status is Status.OPTIMAL:
        return spaced(
            f"Aucun autre choix de {count} parmi {whole(plan.candidates)} ne couvre plus "
            f"d’habitants à {minutes}{NO_BREAK_SPACE}min. D’autres choix peuvent en couvrir autant."
        )
    if plan.status is Status.FEASIBLE:
        return f"Le meilleur plan possible ferait au plus {gap} de mieux."
    if plan.status is Status.INTERRUPTED:
        return spaced(
            "Le calcul a été arrêté avant la preuve : le meilleur plan possible ferait au plus "
            f"{gap} de mieux. Relancez avec plus de temps pour réduire l’écart."
        )
    wanted = plan.params.get("new", len(plan.sites))
    if plan.rule == "p":
        return spaced(
            f"Le plan demande {wanted} lieux mais il n’y a que {whole(plan.candidates)} lieux "
            "candidats. Demandez moins de lieux ou ajoutez des types de lieu candidats."
        )
    return "Les règles demandées ne peuvent pas être tenues ensemble. Retirez-en une."


def unreachable(result: StudyResult) -> str:
    """Say how many people no adviser place reaches at all, because nobody disappears."""
    persons = round(result.unreachable_persons)
    if not persons:
        return "Chaque habitant peut atteindre un conseiller en moins d’une heure."
    people = "1 personne n’atteint" if persons == 1 else f"{whole(persons)} personnes n’atteignent"
    return f"{people} aucun conseiller en moins d’une heure et sont comptées non couvertes."


def limits(result: StudyResult) -> list[str]:
    """Return the limits that a reader should know, each one sentence."""
    if result.estimate:
        times = (
            "Les temps sont une estimation à vol d’oiseau (distance directe × 1,3, vitesse selon "
            "la densité) : ils ne remplacent pas un calcul sur les routes."
        )
    else:
        times = (
            "Les temps sont en voiture, hors congestion, avec des vitesses par type de route qui "
            "ne sont pas encore calées sur des trajets mesurés."
        )
    texts = [
        times,
        "La couverture est comptée sur les points de demande ; les aires de desserte dessinées "
        "ne servent que pour l’œil.",
        f"Le besoin est une estimation : {NEED_RUNGS[result.need_rung]} ; ce n’est pas un "
        "dénombrement.",
        "L’indice de priorité classe les communes entre elles ; il ne mesure pas un nombre de "
        "personnes.",
    ]
    missing = [source.title for source in result.sources if source.status == "missing"]
    if missing:
        texts.append(f"Non disponible et donc non pris en compte : {', '.join(missing)}.")
    if result.fictitious:
        texts.insert(0, "Territoire fictif : tous les lieux, noms et chiffres sont inventés.")
    return [spaced(text) for text in texts]


def source_line(result: StudyResult) -> str:
    """Return the producers used with the years of their data, for a map's corner."""
    years: dict[str, list[str]] = {}
    for source in result.sources:
        if source.status == "used":
            year = source.vintage[:4] if source.vintage[:4].isdigit() else source.vintage
            years.setdefault(source.producer, []).append(year)
    texts = [f"{who} {', '.join(sorted(set(found)))}".strip() for who, found in years.items()]
    line = spaced(f"Sources : {' · '.join(texts)}") if texts else ""
    if not result.estimate and not result.fictitious:
        line = f"{line} · {OSM_CREDIT}" if line else OSM_CREDIT
    return line


def source_list(result: StudyResult) -> list[str]:
    """Return one line a source: title, producer, vintage and licence, or what would fill it."""
    lines = []
    for source in result.sources:
        if source.status == "used":
            parts = (source.title, source.producer, source.vintage, source.licence)
            lines.append(" · ".join(part for part in parts if part))
        else:
            lines.append(spaced(f"{source.title} : non disponible. {source.remedy}".strip()))
    return lines
