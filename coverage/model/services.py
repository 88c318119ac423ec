"""Kinds of place and what each of them gives: the editable table ``services.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from coverage.base.errors import UserError
from coverage.model.staff import STAFF_KINDS, StaffKind, posts_of_staff
from coverage.model.tags import TAGS
from coverage.model.words import whole

#: No single place helps more people in a month: a larger number is a slip of the pen.
MOST_PERSONS_MONTH = 50_000
LEVELS = ("adviser", "equipment", "contact", "other")
_SANE = f"est un nombre de 0 à {whole(MOST_PERSONS_MONTH)}"
#: The table of ``services.toml`` that holds the kinds of staff.
_STAFF = "personnel"


@dataclass(frozen=True)
class Service:
    """One kind of place: French label, service level, tie-break rank, persons helped a month.

    ``tags`` are what it offers where the place does not say; ``team`` is the kind of staff that
    such a place always has of its own, beside whoever else helps there (none: "").
    """

    kind: str
    label: str
    level: str
    rank: int
    persons_month: float
    tags: tuple[str, ...] = ()
    team: str = ""


def _document(text: str, origin: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{origin} n'est pas un fichier TOML valide : {error}") from None


def _services(
    document: Mapping[str, Any], origin: str, known: Mapping[str, Service]
) -> dict[str, Service]:
    services = {}
    for kind, row in document.items():
        if kind == _STAFF:
            continue
        usual = known.get(kind)
        try:
            service = Service(
                kind,
                str(row["label"]),
                str(row["level"]),
                int(row["rank"]),
                float(row["persons_month"]),
                tuple(row.get("tags", usual.tags if usual else ())),
                str(row.get("team", usual.team if usual else "")),
            )
        except (AttributeError, KeyError, TypeError, ValueError):
            raise UserError(
                f"{origin}, « {kind} » : il faut label, level, rank et persons_month."
            ) from None
        if service.level not in LEVELS or not _sane(service.persons_month):
            raise UserError(
                f"{origin}, « {kind} » : level est l'un de {', '.join(LEVELS)} "
                f"et persons_month {_SANE}."
            )
        if not set(service.tags) <= set(TAGS) or service.team not in ("", *STAFF_KINDS):
            raise UserError(
                f"{origin}, « {kind} » : tags est une liste parmi {', '.join(TAGS)}, et team l'un "
                f"de {', '.join(STAFF_KINDS)}."
            )
        services[kind] = service
    return services


def _staff(document: Mapping[str, Any], origin: str) -> dict[str, StaffKind]:
    staff = {}
    rows = document.get(_STAFF, {})
    if not isinstance(rows, dict):
        raise UserError(f"{origin} : écrivez une table [{_STAFF}.<personnel>] pour chacun.")
    for kind, row in rows.items():
        try:
            person = StaffKind(kind, str(row["label"]), float(row["persons_month"]))
        except (KeyError, TypeError, ValueError):
            raise UserError(
                f"{origin}, « {_STAFF}.{kind} » : il faut label et persons_month."
            ) from None
        if kind not in STAFF_KINDS or not _sane(person.persons_month):
            raise UserError(
                f"{origin}, « {_STAFF}.{kind} » : le personnel est l'un de "
                f"{', '.join(STAFF_KINDS)} et persons_month {_SANE}."
            )
        staff[kind] = person
    return staff


def _sane(number: float) -> bool:
    return 0 <= number <= MOST_PERSONS_MONTH


_SHIPPED_DOCUMENT = _document(
    resources.files("coverage.model").joinpath("services.toml").read_text("utf-8"), "services.toml"
)
_SHIPPED = _services(_SHIPPED_DOCUMENT, "services.toml", {})
_SHIPPED_STAFF = _staff(_SHIPPED_DOCUMENT, "services.toml")

#: Every kind a place can have, in the order of the shipped table.
KINDS: tuple[str, ...] = tuple(_SHIPPED)

#: Kinds that are the default candidates for a new permanence.
CONTACT_KINDS: tuple[str, ...] = tuple(k for k, s in _SHIPPED.items() if s.level == "contact")


@dataclass(frozen=True)
class ServiceTable:
    """The table in force: the shipped one, or the workspace's own ``services.toml``."""

    services: Mapping[str, Service]
    staff: Mapping[str, StaffKind] = field(default_factory=lambda: dict(_SHIPPED_STAFF))

    @classmethod
    def load(cls, root: Path | None = None) -> ServiceTable:
        """Read ``<root>/services.toml`` over the shipped table; unknown kinds are refused."""
        services, staff = dict(_SHIPPED), dict(_SHIPPED_STAFF)
        own = root / "services.toml" if root else None
        if own and own.is_file():
            try:
                text = own.read_text("utf-8")
            except UnicodeDecodeError:
                raise UserError(f"{own} n'est pas en UTF-8. Enregistrez-le en UTF-8.") from None
            document = _document(text, str(own))
            changed = _services(document, str(own), _SHIPPED)
            unknown = sorted(set(changed) - set(KINDS))
            if unknown:
                raise UserError(f"{own} : types de lieu inconnus : {', '.join(unknown)}.")
            services.update(changed)
            staff.update(_staff(document, str(own)))
        return cls(services, staff)

    def of_level(self, level: str) -> frozenset[str]:
        """Return the kinds of a service level."""
        return frozenset(kind for kind, row in self.services.items() if row.level == level)

    def persons_month(self, roles: Collection[str], staff: Collection[str]) -> float:
        """Return the persons helped a month at a place that tells no number itself.

        What its staff help; a role whose own ``team`` is not among them adds its default, once
        for all such roles. Without staff, the default of the best role.
        """
        posts = posts_of_staff(staff)
        untold = [self[role] for role in roles]
        if posts:
            untold = [service for service in untold if service.team and service.team not in posts]
        helped = sum(self.staff[kind].persons_month * number for kind, number in posts.items())
        return helped + max((service.persons_month for service in untold), default=0.0)

    def __getitem__(self, kind: str) -> Service:
        return self.services[kind]
