"""The sentence that says how far help is from an area, and how much of it there is."""

from __future__ import annotations

import math
from typing import Any

from coverage.model.territory import ESTIMATE_MARK
from coverage.model.words import NARROW_SPACE, whole
from coverage.reports.words.areas import (
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
    far = _far(number(row["uncovered"]), persons, territory.minutes)
    how = f" ({ESTIMATE_MARK})" if territory.estimate else ""
    if far is None or (math.isnan(mean) and not far):
        return "Le temps de trajet jusqu’à un conseiller n’est pas disponible."
    if math.isnan(mean):
        return (
            "Plus de la moitié des habitants n’atteignent aucun conseiller en moins d’une heure"
            f"{how} ; {far}."
        )
    usual = territory.usual("minutes_adviser")
    here, there = minutes_text(mean), minutes_text(usual)
    nearest = f"Le conseiller le plus proche est à {here} en moyenne{how}"
    compared = "" if math.isnan(usual) else against(here, there)
    if far and not mean <= usual:
        return f"{nearest}{compared} ; {far}."
    told = far or f"chaque habitant est à {minutes_text(territory.minutes)} ou moins"
    supply = _supply(number(row["access"]), territory.usual("access"))
    return f"{nearest}{compared} ; {told}{supply}."


def _far(uncovered: float, persons: float, minutes: int) -> str | None:
    """Say how many of the inhabitants are beyond the limit: "" where nobody is, None where n.d."""
    if math.isnan(uncovered):
        return None
    limit, far, people = minutes_text(minutes), round(uncovered), round(persons)
    if uncovered < NOBODY:
        return ""
    if far >= people:
        if people == 1:
            return f"son seul habitant est à plus de {limit}"
        return f"ses {whole(people)} habitants sont tous à plus de {limit}"
    verb = "est" if far == 1 else "sont"
    return f"{whole(far)} de ses {whole(people)} habitants {verb} à plus de {limit}"


def _supply(access: float, usual: float) -> str:
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
    return f" ; l’aide n’y manque pas : {compared}"
