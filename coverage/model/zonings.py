"""The states of the rural zoning FRR, with the dates between which each holds (zonings.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources


@dataclass(frozen=True)
class Zoning:
    """One state: official label, first day, last day (None = not available), and the law.

    ``until`` is the last day on which setting up a business opens the rights of the state.
    """

    state: str
    label: str
    since: date | None
    until: date | None
    law: str

    def holds(self, day: date) -> bool | None:
        """Tell whether the state holds on a day, both ends included; None where not known."""
        if (self.since and day < self.since) or (self.until and day > self.until):
            return False
        return True if self.since and self.until else None


def _read() -> dict[str, Zoning]:
    text = resources.files("coverage.model").joinpath("zonings.toml").read_text("utf-8")
    return {
        state: Zoning(state, row["label"], row.get("since"), row.get("until"), row["law"])
        for state, row in tomllib.loads(text).items()
    }


#: The states of ``model.tables.FRR_STATES``, in its order.
FRR: Mapping[str, Zoning] = _read()
