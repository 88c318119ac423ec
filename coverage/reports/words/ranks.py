"""French words for a rank and for how sure it is: the interval and the share of the draws.

Ranks and their intervals come from seeded draws over the weights of the index, its normalisation,
the time limit and the speeds (``model.results``, ``PRIORITY_FIGURES``).
"""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from coverage.model.words import NO_BREAK_SPACE, NOT_AVAILABLE, decimal, whole

#: The ten first are the priority areas; where no more than ten are ranked all of them are.
PRIORITY_AREAS = 10
#: More often than not.
_HALF = 0.5
#: Of a share in per cent that binary numbers put this little under a whole one.
_ROUNDING = 1e-9
#: What the draws change, in the order of the method.
HYPOTHESES = "poids, normalisation, limite de temps, vitesses"
#: Why a rank may lie outside its own interval.
ONLY_SLOWER = (
    "Les tirages ne font que ralentir les trajets : un rang peut donc être hors de son propre "
    "intervalle."
)
#: What the draws leave out where times are straight-line estimates.
ESTIMATE_APART = "L’erreur des temps, estimés à vol d’oiseau, n’y est pas comptée."


def ordinal(rank: int, *, feminine: bool = False) -> str:
    """Return a rank as the French write it: ``1er`` (``1re``), ``8e``."""
    if rank == 1:
        return "1re" if feminine else "1er"
    return f"{whole(rank)}e"


def interval_text(low: Any, high: Any) -> str:
    """Return the 5-95 % interval of a rank: ``[8 à 35]``, or nothing where there is none."""
    if pd.isna(low) or pd.isna(high):
        return ""
    return f"[{whole(low)} à {whole(high)}]".replace(" ", NO_BREAK_SPACE)


def rank_text(rank: Any, low: Any, high: Any, *, tied: bool = False) -> str:
    """Return a rank with its interval: ``8e ex æquo [8 à 35]``; n.d. where there is none."""
    if pd.isna(rank):
        return NOT_AVAILABLE
    parts = [ordinal(int(rank)), "ex æquo" if tied else "", interval_text(low, high)]
    return " ".join(part for part in parts if part)


def stability_text(
    rank: Any, stability: Any, top10_share: Any, *, ranked: int, estimate: bool
) -> str:
    """Say in a few words how sure it is that an area is, or is not, among the ten first.

    ``ranked`` is the number of areas that are ranked; ``estimate`` tells that times are
    straight-line estimates, whose error no draw counts.
    """
    if 0 < ranked <= PRIORITY_AREAS:
        return f"sans objet ({whole(ranked)} classés)"
    if pd.isna(rank) or pd.isna(stability) or pd.isna(top10_share):
        return NOT_AVAILABLE
    share = float(top10_share)
    where = "parmi les dix premiers" if share >= _HALF else "hors des dix premiers"
    times = draws_text(share if share >= _HALF else 1 - share)
    apart = " (hors erreur des temps estimés)" if estimate else ""
    return f"choix {stability}{NO_BREAK_SPACE}: {where} dans {times}{apart}"


def draws_text(share: Any) -> str:
    """Return a share of the draws in words: ``96 % des tirages``, ``tous les tirages``."""
    if float(share) in (0.0, 1.0):
        return "tous les tirages" if share else "aucun tirage"
    return f"{draws_percent(share)} des tirages"


def draws_percent(share: Any) -> str:
    """Return a share of the draws in whole per cent reached; little is 1, not 0.

    Never rounded up: 79.5 % doesn't reach the 80 % that make a choice robust.
    """
    percent = math.floor(100 * float(share) + _ROUNDING)
    if share > 0:
        percent = max(percent, 1)
    return f"{decimal(percent, 0)}{NO_BREAK_SPACE}%"
