"""What a study says in French: one sentence of result, the plan's certificate, marks, limits.

Typography: no-break space before « : » and « % » and inside « », narrow no-break space before
« ; », « ? » and in thousands, real apostrophes.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from coverage.base.crs import territory_name
from coverage.model.plan import Plan, Status
from coverage.model.quarters import GENERATIONS
from coverage.model.tables import AGE_BANDS
from coverage.model.territory import GIVEN_VINTAGE
from coverage.model.words import (
    NARROW_SPACE,
    NO_BREAK_SPACE,
    NOT_AVAILABLE,
    decimal,
    percent,
    whole,
)
from coverage.reports.words.zonings import FRR_LABELS

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
#: The same in the few words that a table's heading bears.
NEED_RUNG_NAMES = {1: "par âge", 2: "par l’IFN", 3: "proportionnel à la population"}

#: Labels in the order in which the groups are listed.
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
    **{generation.kind: f"En QPV ({generation.year})" for generation in GENERATIONS},
    "hors_qpv": "Hors QPV",
}
AGE_LABELS = {
    "aged_0_14": "Moins de 15 ans",
    **dict(
        zip(AGE_BANDS, ("15 à 44 ans", "45 à 59 ans", "60 à 74 ans", "75 ans et plus"), strict=True)
    ),
}
_GROUP_LABELS = {
    "frr": FRR_LABELS,
    "densite": DENSITY_LABELS,
    "qpv": QPV_LABELS,
    "age": AGE_LABELS,
}
_GROUP_ORDER = ("territoire", "epci", "frr", "densite", "qpv", "age")
_GROUPS = {
    "epci": "Intercommunalité",
    "frr": "Zonage FRR",
    "densite": "Densité",
    "qpv": "QPV",
    "age": "Âge",
}
OUT_OF_REACH = "hors d’atteinte"
#: From this share on, people out of reach are told beside the mean that leaves them out.
_TOLD_SHARE = 0.01
#: Fewer persons than this is nobody, once rounded.
_NOBODY = 0.5
#: Above this covered share a straight-line estimate tells little.
_NEARLY_ALL = 0.99
_TARGET_LABELS = {"adviser": "conseiller", "contact": "point de contact La Poste"}
_ACTIONS = {"repaired": "réparé", "quarantined": "écarté", "reported": "signalé"}


def spaced(text: str) -> str:
    """Put the no-break spaces of French typography into a text typed with plain ones."""
    for sign in (";", "?", "!"):
        text = text.replace(f" {sign}", f"{NARROW_SPACE}{sign}")
    for plain, right in ((" :", f"{NO_BREAK_SPACE}:"), ("« ", f"«{NO_BREAK_SPACE}")):
        text = text.replace(plain, right)
    return text.replace(" »", f"{NO_BREAK_SPACE}»")


def group_label(
    group: str, value: str, territory: str, epci: Mapping[str, str] = MappingProxyType({})
) -> str:
    """Return the French name of a group of people: ``frr, plus -> FRR+``.

    ``epci`` gives the names of the intercommunalities by their codes.
    """
    if group == "territoire":
        return territory
    if value == NOT_AVAILABLE:
        return f"{_GROUPS.get(group, group)} non disponible"
    labels = epci if group == "epci" else _GROUP_LABELS.get(group, {})
    return labels.get(value, value)


def qpv_name(result: StudyResult) -> str:
    """Return what the QPV of a study are called, with the year of their outlines: ``QPV 2024``."""
    kinds = set(result.zones["kind"])
    return next((g.name for g in GENERATIONS if g.kind in kinds), "QPV")


def epci_names(result: StudyResult) -> dict[str, str]:
    """Return the names of the intercommunalities by their codes, where they are loaded."""
    known = result.profiles[result.profiles["epci"].notna() & result.profiles["epci_nom"].notna()]
    return dict(zip(known["epci"], known["epci_nom"], strict=True))


def group_order(group: str, value: str) -> tuple[int, int]:
    """Return where a coverage group is listed: FRR from most to least helped, density 1 to 7."""
    values = list(_GROUP_LABELS.get(group, {}))
    at = values.index(value) if value in values else len(values)
    return (_GROUP_ORDER.index(group) if group in _GROUP_ORDER else len(_GROUP_ORDER), at)


def target_label(target: str, kinds: dict[str, str]) -> str:
    """Return the French name of what is to be reached; ``kinds`` gives the kinds' labels."""
    return _TARGET_LABELS.get(target) or kinds.get(target, target)


def action_label(action: str) -> str:
    """Return the French word of a quality note's action."""
    return _ACTIONS.get(action, action)


def minutes_text(
    minutes: float | None, persons: float | None, unreached: float | None = None
) -> str:
    """Return whole minutes; without a time, people are out of reach, and nobody is n.d.

    A mean leaves out whoever is out of reach: ``unreached`` of the ``persons`` are told beside it,
    ``3 min (47 % hors d’atteinte)``, where they are one in a hundred or more.
    """
    nobody = persons is None or pd.isna(persons) or persons <= 0
    if minutes is None or pd.isna(minutes):
        return NOT_AVAILABLE if nobody else OUT_OF_REACH
    text = f"{decimal(float(minutes), 0)}{NO_BREAK_SPACE}min"
    if nobody or unreached is None or pd.isna(unreached):
        return text
    share = unreached / (persons or 1.0)
    return f"{text} ({percent(share, 0)} {OUT_OF_REACH})" if share >= _TOLD_SHARE else text


def title(result: StudyResult) -> str:
    """Return the territory's name and code: ``Indre (36)``."""
    return f"{result.nom} ({territory_name(result.territory)})"


def persons_known(result: StudyResult) -> bool:
    """Tell whether any inhabitant is known; without, nobody is counted, covered or missing."""
    return bool((result.communes["population"].fillna(0) > 0).any())


def _share(covered: float, total: float) -> str:
    return percent(covered / total) if total else percent(None)


def _covered_share(result: StudyResult) -> float | None:
    covered = float(result.communes["covered"].sum())
    total = covered + float(result.communes["uncovered"].sum())
    return covered / total if total else None


def summary(result: StudyResult) -> str:
    """Say in one sentence who is covered today and what the plan would change."""
    plan, minutes = result.plan, result.params.minutes
    if not persons_known(result):
        return spaced(
            "Population n.d. : sans elle, on ne peut dire ni combien d’habitants sont à "
            f"{minutes}{NO_BREAK_SPACE}min d’un conseiller, ni où placer une permanence."
        )
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
    if plan.total <= 0 and plan.status is not Status.INFEASIBLE:
        return spaced(
            "Population n.d. : aucun choix de lieux ne peut être préféré à un autre. Déposez les "
            "populations des communes, puis relancez."
        )
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


def useless_sites(plan: Plan, minutes: int) -> str | None:
    """Say which places of a plan add nobody within the limit; None when each adds someone."""
    if plan.total <= 0 or not plan.sites:
        return None
    idle = [str(n) for n, site in enumerate(plan.sites, start=1) if site.newly_covered < _NOBODY]
    if not idle:
        return None
    limit = f"{minutes}{NO_BREAK_SPACE}min"
    useful = len(plan.sites) - len(idle)
    if not useful:
        return spaced(
            f"Aucune permanence de plus n’ajoute d’habitant à {limit} : essayez une limite plus "
            "courte."
        )
    some = f"{', '.join(idle[:-1])} et {idle[-1]}" if len(idle) > 1 else idle[0]
    who = f"Les lieux {some} n’ajoutent" if len(idle) > 1 else f"Le lieu {some} n’ajoute"
    enough = "une seule permanence suffit" if useful == 1 else f"{useful} permanences suffisent"
    return spaced(f"{who} personne à {limit} : {enough}. Essayez une limite plus courte.")


def unreachable(result: StudyResult) -> str:
    """Say how many people no adviser place reaches at all, because nobody disappears."""
    if not persons_known(result):
        return spaced("Habitants sans conseiller à moins d’une heure : n.d.")
    persons = round(result.unreachable_persons)
    if not persons:
        return "Chaque habitant peut atteindre un conseiller en moins d’une heure."
    people = "1 personne n’atteint" if persons == 1 else f"{whole(persons)} personnes n’atteignent"
    return f"{people} aucun conseiller en moins d’une heure et sont comptées non couvertes."


def covers_nearly_all(result: StudyResult) -> str | None:
    """Say that an estimate leaves too few people out to conclude from; None where it does not."""
    if not result.estimate or (_covered_share(result) or 0.0) <= _NEARLY_ALL:
        return None
    return spaced(
        f"À vol d’oiseau, {result.params.minutes}{NO_BREAK_SPACE}min couvrent presque tout : "
        "essayez une limite plus courte avant de conclure."
    )


def ilots_announced(result: StudyResult) -> str | None:
    """Return how many îlots were announced, where none is known by its place; else None."""
    places = result.places
    counts = places.loc[places["kind"] == "ilot_numerique", "count"]
    announced = result.facts.get("ilots_announced")
    if announced is None or counts.notna().any():
        return None
    source = result.facts.get("ilots_announced_source")
    number = f"{whole(announced)} annoncé{'s' if announced > 1 else ''}"
    return f"{number}, {source}" if source else number


def source_line(result: StudyResult) -> str:
    """Return the producers used with the years of their data, for a map's corner."""
    years: dict[str, list[str]] = {}
    for source in result.sources:
        if source.status == "used":
            year = source.vintage[:4] if source.vintage[:4].isdigit() else source.vintage
            # The producer says it: « votre fichier ».
            dated = [year] if year != GIVEN_VINTAGE else []
            years.setdefault(source.producer, []).extend(dated)
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
