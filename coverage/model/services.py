"""Kinds of place and what each of them gives: the editable table ``services.toml``."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from coverage.base.errors import UserError

LEVELS = ("adviser", "equipment", "contact", "other")


@dataclass(frozen=True)
class Service:
    """One kind of place: French label, service level, tie-break rank, persons helped a month."""

    kind: str
    label: str
    level: str
    rank: int
    persons_month: float


def _parse(text: str, origin: str) -> dict[str, Service]:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{origin} n'est pas un fichier TOML valide : {error}") from None
    services = {}
    for kind, row in document.items():
        try:
            service = Service(
                kind,
                str(row["label"]),
                str(row["level"]),
                int(row["rank"]),
                float(row["persons_month"]),
            )
        except (KeyError, TypeError, ValueError):
            raise UserError(
                f"{origin}, « {kind} » : il faut label, level, rank et persons_month."
            ) from None
        sane = math.isfinite(service.persons_month) and service.persons_month >= 0
        if service.level not in LEVELS or not sane:
            raise UserError(
                f"{origin}, « {kind} » : level est l'un de {', '.join(LEVELS)} "
                "et persons_month est positif ou nul."
            )
        services[kind] = service
    return services


_SHIPPED = _parse(
    resources.files("coverage.model").joinpath("services.toml").read_text("utf-8"), "services.toml"
)

#: Every kind a place can have, in the order of the shipped table.
KINDS: tuple[str, ...] = tuple(_SHIPPED)

#: Kinds that are the default candidates for a new permanence.
CONTACT_KINDS: tuple[str, ...] = tuple(k for k, s in _SHIPPED.items() if s.level == "contact")


@dataclass(frozen=True)
class ServiceTable:
    """The table in force: the shipped one, or the workspace's own ``services.toml``."""

    services: Mapping[str, Service]

    @classmethod
    def load(cls, root: Path | None = None) -> ServiceTable:
        """Read ``<root>/services.toml`` over the shipped table; unknown kinds are refused."""
        services = dict(_SHIPPED)
        own = root / "services.toml" if root else None
        if own and own.is_file():
            try:
                text = own.read_text("utf-8")
            except UnicodeDecodeError:
                raise UserError(f"{own} n'est pas en UTF-8. Enregistrez-le en UTF-8.") from None
            changed = _parse(text, str(own))
            unknown = sorted(set(changed) - set(KINDS))
            if unknown:
                raise UserError(f"{own} : types de lieu inconnus : {', '.join(unknown)}.")
            services.update(changed)
        return cls(services)

    def of_level(self, level: str) -> frozenset[str]:
        """Return the kinds of a service level."""
        return frozenset(kind for kind, row in self.services.items() if row.level == level)

    def __getitem__(self, kind: str) -> Service:
        return self.services[kind]
