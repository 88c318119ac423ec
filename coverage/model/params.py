"""What a study is asked to do. Parameters refuse nonsense when they are built."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, dataclass
from typing import Any

from coverage.base.errors import UserError
from coverage.model.services import CONTACT_KINDS, KINDS
from coverage.model.tags import OFFERS, PAYMENTS

MODELS = ("mclp", "p-median", "p-center", "lscp")
#: How a place's help fades with travel time (``need.access`` has the formulas).
DECAYS = ("gaussian", "apl2012", "linear")
#: Travel times are kept up to this many minutes between a demand point and a place.
COST_LIMIT_MINUTES = 60


@dataclass(frozen=True)
class StudyParams:
    """The parameters of one study of one territory.

    ``minutes`` is the service limit S, ``new`` the number p of new permanences, ``candidates``
    the kinds of place that may receive one, ``catchment_kinds`` the kinds whose catchments are
    drawn (none: the partners, meaning every place that is not La Poste's). ``closed`` are site
    ids, ``opened`` points (lon, lat in degrees) of new La Poste contact points: the study is made
    as if. ``decay`` is the decay of E2SFCA, ``draws`` the number of seeded draws behind the
    interval of each rank. ``accepts`` are pairs (step of the orientation, means of payment that
    its partner must take), such as ``("formation", "pass_numerique")``.
    """

    territory: str
    minutes: int = 20
    new: int = 3
    model: str = "mclp"
    candidates: tuple[str, ...] = CONTACT_KINDS
    locked: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    catchment_minutes: tuple[int, ...] = (10, 20, 30)
    catchment_kinds: tuple[str, ...] = ()
    seed: int = 0
    time_limit_s: float = 60.0
    closed: tuple[str, ...] = ()
    opened: tuple[tuple[float, float], ...] = ()
    decay: str = "gaussian"
    draws: int = 1000
    accepts: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.minutes <= COST_LIMIT_MINUTES:
            raise UserError(f"--minutes doit être compris entre 1 et {COST_LIMIT_MINUTES}.")
        if self.new < 0:
            raise UserError("--new doit être positif ou nul.")
        if self.model not in MODELS:
            raise UserError(f"--model est l'un de {', '.join(MODELS)}.")
        if not (self.time_limit_s >= 0 and math.isfinite(self.time_limit_s)):
            raise UserError("--time-limit doit être positif ou nul (secondes).")
        if not 0 <= self.seed < 2**31:
            raise UserError("--seed est un entier entre 0 et 2 147 483 647.")
        unknown = [k for k in (*self.candidates, *self.catchment_kinds) if k not in KINDS]
        if unknown:
            raise UserError(
                f"Type de lieu inconnu : {', '.join(unknown)}. Types possibles : "
                f"{', '.join(KINDS)}."
            )
        if not self.candidates:
            raise UserError("Il faut au moins un type de lieu candidat (--candidates).")
        both = sorted(set(self.locked) & set(self.forbidden))
        if both:
            raise UserError(f"Lieu à la fois imposé et interdit : {', '.join(both)}.")
        if not all(site_id.strip() for site_id in (*self.closed, *self.locked, *self.forbidden)):
            raise UserError("Un identifiant de lieu est vide : donnez celui de places.csv.")
        steps = [step for step, _ in self.accepts]
        known = set(steps) <= set(OFFERS) and {means for _, means in self.accepts} <= set(PAYMENTS)
        if not known or len(set(steps)) < len(steps):
            raise UserError(
                f"--accepts attend ÉTAPE=MOYEN, une fois par étape : {', '.join(OFFERS)} ; "
                f"{', '.join(PAYMENTS)}."
            )
        if self.decay not in DECAYS:
            raise UserError(f"--decay est l'un de {', '.join(DECAYS)}.")
        if not 100 <= self.draws <= 100_000:
            raise UserError("--draws est un nombre de tirages entre 100 et 100 000.")
        if len(set(self.closed)) < len(self.closed) or len(set(self.opened)) < len(self.opened):
            raise UserError("Un même lieu est donné deux fois à --close ou à --open.")
        if any(not (-180 <= lon <= 180 and -90 <= lat <= 90) for lon, lat in self.opened):
            raise UserError("--open attend LON,LAT en degrés (WGS 84), par exemple 8.74,41.93.")
        limits = self.catchment_minutes
        if not limits or any(not 1 <= m <= COST_LIMIT_MINUTES for m in limits):
            raise UserError(
                f"Les minutes d'une aire de desserte sont entre 1 et {COST_LIMIT_MINUTES}."
            )

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for a JSON document."""
        return json.loads(json.dumps(asdict(self)))  # type: ignore[no-any-return]

    def run_id(self, inputs: dict[str, str]) -> str:
        """Return the name of this run: 12 hex digits of sha256(parameters + input hashes)."""
        document = json.dumps({"params": self.as_dict(), "inputs": inputs}, sort_keys=True)
        return hashlib.sha256(document.encode("utf-8")).hexdigest()[:12]
