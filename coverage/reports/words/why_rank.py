"""The sentence that says where an area stands, how sure that is, and what makes it so."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from coverage.model.words import decimal, whole
from coverage.reports.words.areas import MANY, Ranked, Territory, number
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
    neutral = ""
    if group.neutral_need:
        neutral = " Le besoin est neutre (le même partout) : l’indice est le manque d’accès seul."
    elif group.neutral_access:
        neutral = " L’accès est neutre (le même partout) : l’indice est le besoin seul."
    drawn = f"{_interval(row)}{_certainty(row, group)}"
    apart = f" {ESTIMATE_APART}" if territory.estimate and drawn else ""
    return f"{place}{drawn}.{apart}{neutral}"


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


def _certainty(row: Any, group: Ranked) -> str:
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
        return f"{held} : c’est robuste{_why_out(row)}"
    both = not (group.neutral_need or group.neutral_access) and _parts(row)[0] >= _HIGH
    together = ", besoin et manque d’accès y sont tous deux élevés" if both else ""
    return f"{held} : le choix est robuste{together}"


def _parts(row: Any) -> tuple[float, float]:
    """Return the smaller and the larger of the two parts of the index."""
    need, access = number(row["need_part"]), number(row["access_part"])
    return min(need, access), max(need, access)


def _why_sensitive(row: Any, group: Ranked) -> str:
    low, high = _parts(row)
    if high - low >= _APART and not (group.neutral_need or group.neutral_access):
        need, access = (decimal(number(row[part]), 2) for part in ("need_part", "access_part"))
        return (
            f"car le besoin ({need} sur 1) et le manque d’accès ({access}) ne disent pas la même "
            "chose"
        )
    near = int((abs(group.rows["score"] - row["score"]) <= _NEAR).sum()) - 1
    if near >= _CROWD:
        return f"car {whole(near)} autres {group.noun.many} ont presque le même indice"
    return f"car il tient aux hypothèses ({HYPOTHESES})"


def _why_out(row: Any) -> str:
    low, _ = _parts(row)
    if low > _LOW:
        return ""
    if low == number(row["need_part"]):
        return f", car le besoin par habitant y est faible ({decimal(low, 2)} sur 1)"
    if number(row["uncovered"]) >= MANY * number(row["persons"]):
        return ""
    return f", car l’accès à l’aide y est bon (manque d’accès : {decimal(low, 2)} sur 1)"
