"""The rates by which people in digital difficulty are estimated: the editable ``needs.toml``."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from coverage.base.errors import UserError
from coverage.model.tables import AGE_BANDS

FILE = "needs.toml"
_POPULATION = ("aged_15_or_more", "illectronism")


@dataclass(frozen=True)
class NeedRates:
    """Shares (0..1). ``age_bands``: people in difficulty among those of each of ``AGE_BANDS``.

    ``aged_15_or_more`` is the share of people of that age in the population, ``illectronism``
    that of the people in difficulty among them.
    """

    age_bands: Mapping[str, float]
    aged_15_or_more: float
    illectronism: float

    @property
    def per_head(self) -> float:
        """People in difficulty per person of the whole population, where ages are not known."""
        return self.aged_15_or_more * self.illectronism

    @classmethod
    def load(cls, root: Path | None = None) -> NeedRates:
        """Read ``<root>/needs.toml`` over the shipped table.

        Raises ``UserError`` on what is no such table, a rate that does not exist or is no share.
        """
        own = root / FILE if root else None
        if own is None or not own.is_file():
            return SHIPPED
        try:
            text = own.read_text("utf-8")
        except UnicodeDecodeError:
            raise UserError(f"{own} n'est pas en UTF-8. Enregistrez-le en UTF-8.") from None
        changed = _parse(text, str(own))
        return cls(
            {**SHIPPED.age_bands, **changed["age_bands"]},
            **{name: getattr(SHIPPED, name) for name in _POPULATION} | changed["population"],
        )


def _parse(text: str, origin: str) -> dict[str, dict[str, float]]:
    """Return the rates of both parts of a table; a part may lack rates, or be missing."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{origin} n'est pas un fichier TOML valide : {error}") from None
    known = {"age_bands": AGE_BANDS, "population": _POPULATION}
    parts = {part: _rates(document.pop(part, {}), known[part], origin) for part in known}
    if document:
        raise UserError(f"{origin} : partie inconnue « {min(document)} ».")
    return parts


def _rates(part: Any, known: tuple[str, ...], origin: str) -> dict[str, float]:
    if not isinstance(part, dict):
        raise UserError(f"{origin} : il faut les parties {', '.join(known)}.")
    for name, rate in part.items():
        is_number = isinstance(rate, int | float) and not isinstance(rate, bool)
        if name not in known or not is_number or not (math.isfinite(rate) and 0 <= rate <= 1):
            raise UserError(
                f"{origin}, « {name} » : les taux sont {', '.join(known)}, entre 0 et 1."
            )
    return {name: float(rate) for name, rate in part.items()}


def _shipped() -> NeedRates:
    parts = _parse(resources.files("coverage.model").joinpath(FILE).read_text("utf-8"), FILE)
    return NeedRates(parts["age_bands"], **parts["population"])


SHIPPED = _shipped()
