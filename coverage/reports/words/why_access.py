"""The sentence that says how far help is from an area, and how much of it there is."""

from __future__ import annotations

import math
from typing import Any

from coverage.model.territory import ESTIMATE_MARK
from coverage.model.words import NARROW_SPACE, whole
from coverage.reports.words.areas import (
    MANY,
    NOBODY,
    Noun,
    Territory,
    against,
    count_text,
    minutes_text,
    number,
)


def why_access(row: Any, noun: Noun, territory: Territory) -> str:
    """Say how far the nearest adviser is and how many people are beyond the limit.

    Where the distance is no worse than the territory's, say how much help there is for the need.
    """
    persons, mean = number(row["persons"]), number(row["minutes_adviser"])
    if math.isnan(persons):
        return (
            "La population n’est pas disponible : on ne sait ni combien de personnes vivent dans "
            f"{noun.this}, ni à quelle distance d’un conseiller."
        )
    if persons < NOBODY:
        return f"Aucun habitant n’est compté dans {noun.this} : personne n’y manque d’accès."
    uncovered, unreached = number(row["uncovered"]), number(row["unreached"])
    far = _far(uncovered, unreached, persons, territory.minutes)
    how = f" ({ESTIMATE_MARK})" if territory.estimate else ""
    if far is None or (math.isnan(mean) and not far):
        return "Le temps de trajet jusqu’à un conseiller n’est pas disponible."
    if math.isnan(mean):
        return (
            "Plus de la moitié des habitants n’atteignent aucun conseiller en moins d’une heure"
            f"{how} ; {far}."
        )
    usual = territory.usual("minutes_adviser")
    nearest = f"{_whom(persons - unreached, unreached)} est à {minutes_text(mean)} en moyenne{how}"
    compared = _compared(mean, unreached, territory)
    if far and not mean <= usual:
        return f"{nearest}{compared} ; {far}."
    told = far or f"chaque habitant est à {minutes_text(territory.minutes)} ou moins"
    supply = _supply(
        number(row["access"]), territory.usual("access"), left_out=uncovered / persons >= MANY
    )
    return f"{nearest}{compared} ; {told}{supply}."


def _whom(reaching: float, unreached: float) -> str:
    """Say whose nearest adviser it is: a mean leaves out those who reach none."""
    if not unreached >= NOBODY:
        return "Le conseiller le plus proche"
    many = f"les {whole(reaching)} habitants qui en atteignent"
    who = many if round(reaching) > 1 else "le seul habitant qui en atteint"
    return f"Pour {who} un en moins d’une heure, le conseiller le plus proche"


def _compared(mean: float, unreached: float, territory: Territory) -> str:
    usual = territory.usual("minutes_adviser")
    if math.isnan(usual):
        return ""
    compared = against(minutes_text(mean), minutes_text(usual))
    whose = not unreached >= NOBODY and territory.unreached_share >= MANY
    return f"{compared} (parmi ceux qui en atteignent un)" if whose else compared


def _far(uncovered: float, unreached: float, persons: float, minutes: int) -> str | None:
    """Say how many of the inhabitants are beyond the limit: "" where nobody is, None where n.d."""
    if math.isnan(uncovered):
        return None
    limit, far, people = minutes_text(minutes), round(uncovered), round(persons)
    if uncovered < NOBODY:
        return ""
    verb = "est" if far == 1 else "sont"
    further = _further(far, unreached)
    if far < people:
        return f"{whole(far)} de ses {whole(people)} habitants {verb} à plus de {limit}{further}"
    if people == 1:
        return f"son seul habitant est à plus de {limit}{further}"
    return f"ses {whole(people)} habitants sont tous à plus de {limit}{further}"


def _further(far: int, unreached: float) -> str:
    """Say how many of those who are too far reach no adviser at all."""
    if not unreached >= NOBODY:
        return ""
    if round(unreached) < far:
        return f", dont {whole(unreached)} à plus d’une heure"
    return " et même à plus d’une heure"


def _supply(access: float, usual: float, *, left_out: bool) -> str:
    """Compare the help with the territory's; it isn't praised where many are ``left_out``."""
    if math.isnan(access) or math.isnan(usual):
        return ""
    many = "s" if round(access) > 1 else ""
    helped = (
        f"{count_text(access)} personne{many} aidée{many} par mois pour 1{NARROW_SPACE}000 en "
        "difficulté"
    )
    if count_text(access) == count_text(usual):
        return f" ; l’aide y est celle du territoire : {helped}"
    compared = f"{helped}, contre {count_text(usual)} dans le territoire"
    if access < usual:
        return f" ; mais, rapportée au besoin, l’aide y est plus rare : {compared}"
    return "" if left_out else f" ; l’aide n’y manque pas : {compared}"
