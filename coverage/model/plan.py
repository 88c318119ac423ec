"""A placement plan: which sites, how good, and how far from the best possible at most."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from coverage.model.words import NO_BREAK_SPACE, decimal


class Status(StrEnum):
    """How much is known about a plan; ``OPTIMAL`` means proven."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INTERRUPTED = "interrupted"
    INFEASIBLE = "infeasible"


@dataclass(frozen=True)
class PlannedSite:
    """A place where a permanence is proposed; ``newly_covered`` in persons, in plan order."""

    site_id: str
    nom: str
    kind: str
    lon: float
    lat: float
    newly_covered: float


@dataclass(frozen=True)
class Plan:
    """A plan with its certificate, on the original demand rows.

    ``objective`` and ``bound`` are on the same objective (persons covered for mclp, the ones the
    open places cover included); ``gap`` = |bound − objective| / max(|objective|, 1e-9).
    ``unreachable`` holds the demand that no candidate or open place reaches.
    """

    status: Status
    model: str
    objective: float
    bound: float
    gap: float
    sites: tuple[PlannedSite, ...]
    seed: int
    params: dict[str, Any]
    inputs: dict[str, str]
    baseline: float = 0.0
    total: float = 0.0
    candidates: int = 0
    rule: str | None = None
    unreachable: dict[str, float] = field(default_factory=lambda: {"points": 0, "persons": 0.0})

    @property
    def status_text(self) -> str:
        """The certificate in French: *optimal prouvé*, *faisable, écart ≤ x %*."""
        gap = f"écart ≤ {decimal(100 * self.gap, 1, up=True)}{NO_BREAK_SPACE}%"
        return {
            Status.OPTIMAL: "optimal prouvé",
            Status.FEASIBLE: f"faisable, {gap}",
            Status.INTERRUPTED: f"interrompu, {gap}",
            Status.INFEASIBLE: "infaisable",
        }[self.status]

    def as_dict(self) -> dict[str, Any]:
        """Return the document ``plan.json``."""
        document = asdict(self)
        document["status"] = self.status.value
        document["status_text"] = self.status_text
        document["sites"] = [asdict(site) for site in self.sites]
        if self.rule is None:
            del document["rule"]
        return document

    @classmethod
    def from_dict(cls, document: dict[str, Any]) -> Plan:
        """Read a ``plan.json`` document back."""
        values = {k: v for k, v in document.items() if k not in {"status_text", "marks"}}
        values["status"] = Status(values["status"])
        values["sites"] = tuple(PlannedSite(**site) for site in values["sites"])
        return cls(**values)
