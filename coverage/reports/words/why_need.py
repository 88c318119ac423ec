"""The sentence that says who may need help in an area, by the rung of the ladder of need."""

from __future__ import annotations

import math
from typing import Any

from coverage.model.tables import AGE_BANDS, IFN_PARTS
from coverage.model.words import NO_BREAK_SPACE, decimal, percent
from coverage.reports.words.areas import (
    COMMUNE,
    NOBODY,
    QUARTER,
    Noun,
    Territory,
    against,
    count_text,
    number,
)
from coverage.reports.words.sentences import NEED_RUNGS

_PART_LABELS = dict(
    zip(
        IFN_PARTS,
        (
            "l’absence de très haut débit fixe",
            "l’absence de 4G",
            "la pauvreté",
            "la part des 65 ans et plus",
            "la part des personnes sans diplôme",
        ),
        strict=True,
    )
)
#: The bands whose people are more often in difficulty than the mean: they tell high from low.
_BAND_LABELS = dict(
    zip(AGE_BANDS[2:], ("la part des 60 à 74 ans", "la part des 75 ans et plus"), strict=True)
)


def why_need(code: str, row: Any, noun: Noun, territory: Territory) -> str:
    """Say how many people are in difficulty, on which rung, and what sets the area apart."""
    persons, need = number(row["persons"]), number(row["need"])
    if math.isnan(persons) or math.isnan(need):
        return "Le besoin n’est pas disponible : il se compte à partir de la population."
    if persons < NOBODY:
        return f"Aucun habitant n’est compté dans {noun.this} : il n’y a pas de besoin."
    people = f"{count_text(need)} personne{'s' if round(need) > 1 else ''} en difficulté"
    if territory.rung == 3:
        return (
            f"Le besoin, proportionnel à la population, est de {people} : c’est la même part des "
            f"habitants partout, ce qui ne dit rien de {noun.this} en particulier."
        )
    start = f"Le besoin ({NEED_RUNGS[territory.rung]}) est de {people}"
    if noun is COMMUNE and territory.rung == 2:
        return f"{start}{_fragility(code, number(row['ifn']), territory)}."
    rate, usual = need / persons, territory.usual("need") / territory.usual("persons")
    compared = "" if math.isnan(usual) else against(percent(rate), percent(usual))
    share = f"{start}, soit {percent(rate)} des habitants{compared}"
    if noun is QUARTER:
        return f"{share} ; ce taux est celui de la commune, il ne dit rien du quartier seul."
    return f"{share}{_component(code, rate - usual, _BAND_LABELS, territory)}."


def _fragility(code: str, ifn: float, territory: Territory) -> str:
    if math.isnan(ifn):
        return " ; l’IFN de la commune n’est pas disponible, elle compte au taux moyen"
    usual = territory.part_means["ifn"]
    here, there = decimal(ifn, 1), decimal(usual, 1)
    score = f"{here} sur{NO_BREAK_SPACE}10"
    if here == there:
        return f" ; la fragilité y est celle du territoire ({score})"
    how = "plus forte" if ifn > usual else "plus faible"
    return (
        f" ; la fragilité y est {how} que dans le territoire ({score}, contre {there})"
        f"{_component(code, ifn - usual, _PART_LABELS, territory)}"
    )


def _component(code: str, gap: float, labels: dict[str, str], territory: Territory) -> str:
    """Name the component that is furthest from the territory's mean, on the side of ``gap``."""
    sign = -1.0 if gap < 0 else 1.0
    parts, means = territory.parts.loc[code], territory.part_means
    gaps = {name: sign * (number(parts[name]) - means[name]) for name in labels}
    gaps = {name: value for name, value in gaps.items() if value > 0}
    if not gaps or math.isnan(gap):
        return ""
    name = max(gaps, key=gaps.__getitem__)
    here, there = (
        percent(value) if name in AGE_BANDS else decimal(value, 1)
        for value in (number(parts[name]), means[name])
    )
    return "" if here == there else f", surtout pour {labels[name]} ({here} contre {there})"
