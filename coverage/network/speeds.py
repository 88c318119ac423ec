"""How fast a car drives: one published table (``speeds.toml``), no hidden number."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coverage.network.graph import HIGHWAYS
from coverage.network.graphml import tag_values

_MPH_IN_KMH = 1.609344
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph)?", re.IGNORECASE)


@dataclass(frozen=True)
class SpeedTable:
    """Speeds in km/h and delays in seconds; ``kmh[class] = (rural, urban)``.

    Refuses a class that is unknown and a speed that is not positive.
    """

    kmh: dict[str, tuple[float, float]]
    zones_kmh: dict[str, float]
    driven_share: float
    delay_s: tuple[float, float]
    closed_access: frozenset[str]
    walk_kmh: float
    detour: float
    straight_line_kmh: dict[str, float]

    def __post_init__(self) -> None:
        unknown = set(self.kmh) - set(HIGHWAYS)
        if unknown:
            raise ValueError(f"Unknown classes of road: {sorted(unknown)}.")
        speeds = [speed for pair in self.kmh.values() for speed in pair]
        speeds += [*self.zones_kmh.values(), *self.straight_line_kmh.values(), self.walk_kmh]
        if min(*speeds, self.driven_share, self.detour) <= 0 or min(self.delay_s) < 0:
            raise ValueError("Speeds must be positive, delays 0 or more.")
        if "unknown" not in self.straight_line_kmh:
            raise ValueError("A straight-line speed is needed where no density level is known.")

    @property
    def walk_ds_per_m(self) -> float:
        """Deciseconds that one metre on foot takes."""
        return 36.0 / self.walk_kmh

    def straight_line_speed(self, density_level: Any) -> float:
        """Return the crow-fly speed in km/h at a density level (1-7, or null when unknown)."""
        try:
            key = str(int(density_level))
        except (TypeError, ValueError):
            key = "unknown"
        return self.straight_line_kmh.get(key, self.straight_line_kmh["unknown"])

    def limit_kmh(self, maxspeed: str) -> float | None:
        """Return the speed limit that a ``maxspeed`` tag tells, or None when it tells none.

        Understands km/h, mph and the French zones; of several values, as OSMnx merges them, the
        mean is taken, as OSMnx does.
        """
        limits = []
        for value in tag_values(maxspeed):
            match = _NUMBER.fullmatch(value.strip())
            if value.strip() in self.zones_kmh:
                limits.append(self.zones_kmh[value.strip()])
            elif match and float(match[1]) > 0:
                mph = (match[2] or "").lower() == "mph"
                limits.append(float(match[1]) * (_MPH_IN_KMH if mph else 1.0))
        return sum(limits) / len(limits) if limits else None

    def code_of(self, highway: str) -> int:
        """Return the class code of a ``highway`` tag, -1 where no car drives.

        Of several values, as OSMnx merges them, the first that is driven on counts.
        """
        known = (HIGHWAYS.index(value) for value in tag_values(highway) if value in self.kmh)
        return next(known, -1)

    def is_open(self, access: str) -> bool:
        """Tell whether an ``access`` tag leaves the road open to the public."""
        return self.closed_access.isdisjoint(tag_values(access))

    def deciseconds(
        self,
        length_m: NDArray[np.float64],
        highway: NDArray[np.int8],
        maxspeed: list[str],
        *,
        urban: NDArray[np.bool_],
        junction: NDArray[np.bool_],
    ) -> NDArray[np.int32]:
        """Return the travel time of arcs, rounded to the decisecond.

        ``junction`` tells the arcs that end where at least three roads meet: they bear the delay.
        """
        table = np.array([self.kmh.get(name, (np.nan, np.nan)) for name in HIGHWAYS])
        kmh = table[highway, urban.astype(np.intp)]
        known = {text: self.limit_kmh(text) for text in set(maxspeed)}
        limit = np.array([known[text] or np.nan for text in maxspeed], dtype=np.float64)
        kmh = np.where(np.isnan(limit), kmh, limit * self.driven_share)
        delay_s = np.array(self.delay_s)[urban.astype(np.intp)] * junction
        exact_ds = 36.0 * length_m / kmh + 10.0 * delay_s
        return np.asarray(np.rint(exact_ds), dtype=np.int32)


@cache
def speed_table() -> SpeedTable:
    """Return the published table, ``speeds.toml``."""
    text = resources.files("coverage.network").joinpath("speeds.toml").read_text("utf-8")
    raw = tomllib.loads(text)
    return SpeedTable(
        kmh={name: (float(v["rural"]), float(v["urban"])) for name, v in raw["kmh"].items()},
        zones_kmh={zone: float(kmh) for zone, kmh in raw["maxspeed"]["zones"].items()},
        driven_share=float(raw["maxspeed"]["driven_share"]),
        delay_s=(
            float(raw["intersection_delay_s"]["rural"]),
            float(raw["intersection_delay_s"]["urban"]),
        ),
        closed_access=frozenset(raw["access"]["closed"]),
        walk_kmh=float(raw["walk"]["kmh"]),
        detour=float(raw["straight_line"]["detour"]),
        straight_line_kmh={k: float(v) for k, v in raw["straight_line"]["kmh"].items()},
    )
