"""The factors of the priority index in French: which there are, and which rank nobody."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Factor:
    """One factor of the index: its name in ``facts["neutral"]``, its column, and its words.

    ``heading`` stands over its parts (U+00AD where it may be parted), ``short`` in the formula,
    ``the`` in a sentence on how much there is, ``factor`` in one on whether it ranks anybody;
    ``plural`` is the agreement that these ask for.
    """

    key: str
    part: str
    heading: str
    short: str
    the: str
    factor: str
    plural: bool = False

    @property
    def alone(self) -> str:
        """Name it as all that is left: ``le besoin seul``."""
        return f"{self.the} {'seules' if self.plural else 'seul'}"


NEED = Factor("need", "need_part", "Besoin", "besoin", "le besoin", "le besoin")
ACCESS = Factor(
    key="access",
    part="access_part",
    heading="Manque d’accès",
    short="manque d’accès",
    the="le manque d’accès",
    factor="l’accès",
)
DETECTIONS = Factor(
    key="detections",
    part="detection_part",
    heading="Détec\u00adtions",
    short="détections du secteur",
    the="les détections du secteur",
    factor="les détections",
    plural=True,
)


def factors_of(areas: pd.DataFrame) -> tuple[Factor, ...]:
    """Return what the index of these areas is made of: detections only where they have a part."""
    known = bool(areas[DETECTIONS.part].notna().any())
    return (NEED, ACCESS, DETECTIONS) if known else (NEED, ACCESS)


def formula(factors: Sequence[Factor]) -> str:
    """Return the factors as the index multiplies them: ``besoin × manque d’accès``.

    Three are brought back to the scale of two.
    """
    names = " × ".join(factor.short for factor in factors)
    return f"({names}) puissance 2/3" if len(factors) > 2 else names


def left_by(factors: Sequence[Factor], neutral: Collection[str]) -> str:
    """Say what the index is once its neutral factors are left out: ``le besoin seul``."""
    left = [factor for factor in factors if factor.key not in neutral]
    if not left:
        return "le même pour tous"
    return left[0].alone if len(left) == 1 else formula(left)


def neutral_sentence(factors: Sequence[Factor], neutral: Collection[str]) -> str:
    """Say which factors rank nobody and what the index is without; nothing where all rank."""
    same = [factor for factor in factors if factor.key in neutral]
    if not same:
        return ""
    *before, last = (factor.factor for factor in same)
    names = f"{', '.join(before)} et {last}" if before else last
    many = len(same) > 1 or same[0].plural
    said = "sont neutres (les mêmes partout)" if many else "est neutre (le même partout)"
    return f"{names[0].upper()}{names[1:]} {said} : l’indice est {left_by(factors, neutral)}."
