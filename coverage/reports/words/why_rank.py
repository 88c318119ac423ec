"""The sentence that says where an area stands, how sure that is, and what makes it so."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from coverage.model.words import decimal, whole
from coverage.reports.words.areas import MANY, Ranked, Territory, number
from coverage.reports.words.factors import DETECTIONS, NEED, Factor, neutral_sentence
from coverage.reports.words.ranks import (
    ESTIMATE_APART,
    HYPOTHESES,
    PRIORITY_AREAS,
    draws_text,
    ordinal,
)

#: Two parts of the index this far apart don't say the same thing.
_APART = 0.3
#: From this rank01 on a part is high; up to the other it is low.
_HIGH, _LOW = 0.7, 0.35
#: More often than not.
_HALF = 0.5
#: Indexes this near are easily exchanged; as many neighbours make a rank unsure.
_NEAR, _CROWD = 0.05, 3
#: More names than this are counted.
_NAMES = 2


def why_rank(row: Any, group: Ranked, territory: Territory) -> str:
    """Say the rank among how many, the ties, the interval and how sure the choice is.

    Where times are estimates, say that their own error is in none of that.
    """
    noun = group.noun
    if pd.isna(row["rank"]):
        return f"{noun.the} n’est pas {noun.ranked} : son indice n’est pas disponible."
    if group.ranked == 1:
        return f"C’est {noun.alone} {noun.ranked} du territoire : son rang n’apprend rien."
    rank = ordinal(int(row["rank"]), feminine=noun.feminine)
    place = f"{noun.the} est {noun.ranked} {rank} sur {whole(group.ranked)}{_ties(row, group)}"
    drawn = f"{_interval(row)}{_certainty(row, group, territory)}"
    apart = ESTIMATE_APART if territory.estimate and drawn else ""
    neutral = neutral_sentence(group.factors, group.neutral)
    return " ".join(text for text in (f"{place}{drawn}.", apart, neutral) if text)


def _ties(row: Any, group: Ranked) -> str:
    others = group.rows[(group.rows["rank"] == row["rank"]) & (group.rows.index != row.name)]
    names = sorted(others["nom"])
    if not names:
        return ""
    if len(names) > _NAMES:
        return f", ex æquo avec {whole(len(names))} autres {group.noun.many}"
    return f", ex æquo avec {' et '.join(names)}"


def _interval(row: Any) -> str:
    low, high = row["rank_low"], row["rank_high"]
    if pd.isna(low) or pd.isna(high):
        return ""
    ends = f"du {ordinal(int(low))} au {ordinal(int(high))}"
    if low <= row["rank"] <= high:
        if low == high:
            return f" ; son rang reste le {ordinal(int(low))} dans neuf tirages sur dix"
        return f" ; selon les hypothèses, son rang va {ends} (neuf tirages sur dix)"
    moved = f"est le {ordinal(int(low))}" if low == high else f"va {ends}"
    return (
        f" ; les tirages ne font que ralentir les trajets, et son rang y {moved} (neuf tirages sur "
        "dix)"
    )


def _certainty(row: Any, group: Ranked, territory: Territory) -> str:
    """Say whether being among the ten first, or not, holds in the draws, and what makes it so."""
    noun, share, stability = group.noun, number(row["top10_share"]), row["stability"]
    if group.ranked <= PRIORITY_AREAS:
        every = "toutes les" if noun.feminine else "tous les"
        return f" ; {every} {noun.many} sont parmi les dix {noun.first}"
    if math.isnan(share) or pd.isna(stability):
        return ""
    where = f"parmi les dix {noun.first} dans {draws_text(share)}"
    held = f" ; {noun.she} {'est' if share else 'n’est'} {where}"
    if stability == "sensible":
        return f"{held} : le choix est sensible, {_why_sensitive(row, group)}"
    if share < _HALF:
        return f"{held} : c’est robuste{_why_out(row, group)}"
    return f"{held} : le choix est robuste{_together(row, group, territory)}"


def _together(row: Any, group: Ranked, territory: Territory) -> str:
    """Say that all the parts of the index are high, where several rank and are."""
    factors = _telling(row, group.ranking)
    if len(factors) < 2 or not all(_is_high(row, factor, territory) for factor in factors):
        return ""
    *before, last = (factor.short for factor in factors)
    every = "tous deux élevés" if len(factors) == 2 else "tous élevés"
    return f", {', '.join(before)} et {last} y sont {every}"


def _is_high(row: Any, factor: Factor, territory: Territory) -> bool:
    """Tell whether a part is high; detections must be above what is usual too.

    Where many communes share the highest rate of a few blocks, or where few were sounded, a part
    may be high at a rate that is not.
    """
    if _part(row, factor) < _HIGH:
        return False
    return factor is not DETECTIONS or number(row.get("detection_rate")) > territory.usual_rate


def _telling(row: Any, factors: Sequence[Factor]) -> list[Factor]:
    """Return the factors that tell something of an area itself.

    The detections of a commune whose counter was never sounded are the median of the others.
    """
    unsounded = "detection_rate" in row.index and pd.isna(row["detection_rate"])
    return [factor for factor in factors if factor is not DETECTIONS or not unsounded]


def _part(row: Any, factor: Factor) -> float:
    return number(row[factor.part])


def _why_sensitive(row: Any, group: Ranked) -> str:
    factors = _telling(row, group.ranking)
    ordered = sorted(factors, key=lambda factor: _part(row, factor))
    if len(ordered) > 1 and _part(row, ordered[-1]) - _part(row, ordered[0]) >= _APART:
        ends = [factor for factor in factors if factor in (ordered[0], ordered[-1])]
        first, second = (decimal(_part(row, factor), 2) for factor in ends)
        return (
            f"car {ends[0].the} ({first} sur 1) et {ends[1].the} ({second}) ne disent pas la même "
            "chose"
        )
    near = int((abs(group.rows["score"] - row["score"]) <= _NEAR).sum()) - 1
    if near >= _CROWD:
        return f"car {whole(near)} autres {group.noun.many} ont presque le même indice"
    return f"car il tient aux hypothèses ({HYPOTHESES})"


def _why_out(row: Any, group: Ranked) -> str:
    lowest = min(_telling(row, group.factors), key=lambda factor: _part(row, factor))
    low = _part(row, lowest)
    if low > _LOW:
        return ""
    told = f"{decimal(low, 2)} sur 1"
    if lowest is NEED:
        return f", car le besoin par habitant y est faible ({told})"
    if lowest is DETECTIONS:
        return f", car les détections y sont peu fréquentes ({told})"
    if number(row["uncovered"]) >= MANY * number(row["persons"]):
        return ""
    return f", car l’accès à l’aide y est bon (manque d’accès : {told})"
