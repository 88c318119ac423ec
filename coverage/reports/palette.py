"""Colours, class limits and symbols: darker means more to do, on every layer.

The limits are fixed, the same for all territories and for before and after, so two maps can be
laid side by side; but for detections, whose rate is the practice of a territory's own testers: they
are told against its mean. A value is classed unrounded.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise

from coverage.model.words import decimal

PRIORITY_COLOURS = ("#FDF6E3", "#F8E4B8", "#F1CB87", "#E6AC62", "#97452F", "#5F1A2D")
TIME_COLOURS = ("#F3F8F7", "#CDE2E8", "#9AC5D4", "#2D658F", "#1C4472", "#0D2345")
NEED_COLOURS = ("#F5F1F8", "#DFD3EA", "#C3B0D8", "#9F86C0", "#6E4F9A", "#41296B")
DETECTION_COLOURS = ("#F7F4EC", "#E2DCC0", "#C4BF8E", "#9C9C5C", "#66702F", "#38451A")

INK = "#1B2428"
SEA = "#E6ECEE"
COMMUNE_BORDER = "#7F888C"
QPV = "#B3007A"
PROPOSED = "#0B6B53"

PRIORITY_LIMITS = (0.10, 0.25, 0.40, 0.55, 0.70)
#: From this index on a commune is a priority.
PRIORITY_BREAK = 0.55
IFN_LIMITS = (4.0, 5.0, 6.0, 7.0, 8.0)
NEED_PER_100_LIMITS = (8.0, 12.0, 16.0, 20.0, 24.0)
_DETECTION_STEPS = (0.5, 0.75, 0.9, 1.1, 1.5)
_TIME_STEPS = (0.5, 0.75, 1.0, 1.5, 2.25)


@dataclass(frozen=True)
class Ramp:
    """Six colours and the five limits between them.

    ``closed_above``: a value exactly at a limit stays in the class below it (travel times: at
    exactly 20 minutes one is covered); otherwise it goes up. ``break_at`` is the limit where a
    decision turns and the colours jump; ``digits`` are the decimals that the data bears.
    """

    key: str
    colours: tuple[str, ...]
    limits: tuple[float, ...]
    digits: int
    closed_above: bool = False
    break_at: float | None = None

    def rank(self, value: float | None) -> int | None:
        """Return the class 0..5 of a value, None where there is no value."""
        if value is None or math.isnan(value):
            return None
        bisect = bisect_left if self.closed_above else bisect_right
        return bisect(self.limits, value)

    def labels(self) -> list[str]:
        """Return the six French class labels, from light to dark."""
        texts = [self._limit(limit) for limit in self.limits]
        low, high = texts[0], texts[-1]
        if self.closed_above:
            between = [f"plus de {a} à {b}" for a, b in pairwise(texts)]
            return [f"{low} ou moins", *between, f"plus de {high}"]
        between = [f"de {a} à moins de {b}" for a, b in pairwise(texts)]
        return [f"moins de {low}", *between, f"{high} et plus"]

    def _limit(self, limit: float) -> str:
        digits = self.digits if self.digits or float(limit).is_integer() else 1
        return decimal(limit, digits)


def priority_ramp() -> Ramp:
    """Return the ramp of the priority index (0..1), which breaks at 0.55."""
    return Ramp("score", PRIORITY_COLOURS, PRIORITY_LIMITS, 2, break_at=PRIORITY_BREAK)


def time_ramp(limit_minutes: int) -> Ramp:
    """Return the ramp of minutes; its break follows the study's service limit."""
    limits = tuple(limit_minutes * step for step in _TIME_STEPS)
    return Ramp("minutes", TIME_COLOURS, limits, 0, closed_above=True, break_at=limit_minutes)


def need_ramp(*, ifn: bool) -> Ramp:
    """Return the ramp of need: the IFN (0..10), or persons in need per 100 inhabitants."""
    return Ramp("need", NEED_COLOURS, IFN_LIMITS if ifn else NEED_PER_100_LIMITS, 0)


def detection_ramp(mean: float) -> Ramp:
    """Return the ramp of detections per presence-day, round the territory's ``mean``."""
    limits = tuple(mean * step for step in _DETECTION_STEPS)
    return Ramp("detections", DETECTION_COLOURS, limits, 2)


#: Symbol of each kind of place (ids in ``templates/symbols.svg``).
SYMBOLS: dict[str, str] = {
    "bureau_poste": "s-bureau",
    "agence_postale": "s-agence",
    "relais_poste": "s-relais",
    "france_services": "s-fs",
    "ilot_numerique": "s-ilot",
    "etape_numerique": "s-etape",
    "conseiller_numerique": "s-adviser",
    "permanence": "s-adviser",
    "mediation": "s-part",
    "partenaire": "s-part",
    "france_travail": "s-office",
    "mairie": "s-office",
}
