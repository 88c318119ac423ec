"""The rural zoning FRR in French: the label of each state, and the dates between which it holds."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pandas as pd

from coverage.model.words import NARROW_SPACE, NO_BREAK_SPACE, NOT_AVAILABLE, french_date
from coverage.model.zonings import FRR, Zoning

#: States from most to least helped: the order in which they are listed.
_ORDER = ("plus", "socle", "beneficiaire", "partiel", "beneficiaire_partiel", "non_classee")
_OUTSIDE = "non_classee"


def _label(zoning: Zoning) -> str:
    """Return the official label, with the zoning's name where it doesn't bear it."""
    return zoning.label if "FRR" in zoning.label else f"{zoning.label} FRR"


FRR_LABELS = {state: _label(FRR[state]) for state in _ORDER}


def frr_text(state: Any) -> str:
    """Return a state with its dates: ``FRR socle, du 1er juillet 2024 au 31 décembre 2029``."""
    if pd.isna(state):
        return NOT_AVAILABLE
    label, zoning = FRR_LABELS[state], FRR[state]
    if state == _OUTSIDE:
        return label
    if zoning.since is None:
        return f"{label} (dates{NO_BREAK_SPACE}{NOT_AVAILABLE})"
    if zoning.until is None:
        return (
            f"{label}, depuis le {french_date(zoning.since)} (fin{NO_BREAK_SPACE}{NOT_AVAILABLE})"
        )
    return f"{label}, du {french_date(zoning.since)} au {french_date(zoning.until)}"


def frr_note(states: Collection[str]) -> str:
    """Say between which dates the states of FRR that are listed hold; nothing where none does."""
    told = [frr_text(state) for state in _ORDER if state in states and state != _OUTSIDE]
    if not told:
        return ""
    listed = f"{NARROW_SPACE}; ".join(told)
    return f"{listed}. La date de fin est le dernier jour où une installation ouvre les droits."
