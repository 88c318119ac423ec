"""How fast one travels: one published table (``speeds.toml``), no hidden number."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coverage.base.errors import UserError
from coverage.network.graph import HIGHWAYS
from coverage.network.keys import Tags
from coverage.network.raw import tag_values

#: Who travels.
MODES = ("drive", "walk", "bike")
_MPH_IN_KMH = 1.609344
#: A limit below this is a slip of the keyboard.
_LOWEST_LIMIT_KMH = 1.0
#: Half of what 32 bits hold, so that the sum of two arcs fits.
_LONGEST_DS = 2**30 - 2
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph)?", re.IGNORECASE)
_LIMIT_KEYS = ("maxspeed", "maxspeed:type", "source:maxspeed", "zone:maxspeed")

#: Speeds in the country and in town, km/h.
Kmh = tuple[float, float]


def check_mode(mode: str) -> None:
    """Raise ``UserError`` for a mode that is not drive, walk or bike."""
    if mode not in MODES:
        raise UserError(
            f"Mode « {mode} » inconnu : choisissez drive (voiture), walk (à pied) ou bike (vélo)."
        )


@dataclass(frozen=True)
class ModeSpeeds:
    """The speeds of one mode: by class, and what the ground makes of them, km/h.

    ``by_name`` are the classes that are open only where the mode's own key opens them,
    ``delay_s`` the seconds lost where at least three roads meet (country, town).
    """

    kmh: dict[str, Kmh]
    by_name: frozenset[str]
    surface_kmh: dict[str, float]
    tracktype_kmh: dict[str, float]
    delay_s: tuple[float, float]

    def __post_init__(self) -> None:
        unknown = (set(self.kmh) | self.by_name) - set(HIGHWAYS)
        if unknown:
            raise ValueError(f"Unknown classes of road: {sorted(unknown)}.")
        speeds = [speed for pair in self.kmh.values() for speed in pair]
        speeds += [*self.surface_kmh.values(), *self.tracktype_kmh.values()]
        if min(speeds, default=1.0) <= 0 or min(self.delay_s) < 0:
            raise ValueError("Speeds must be positive, delays 0 or more.")


@dataclass(frozen=True)
class Town:
    """What a town looks like where no outlines are known: junctions of streets on a km².

    ``cell_m`` is the side of the squares in which they are counted.
    """

    cell_m: float
    junctions_per_km2: float

    def __post_init__(self) -> None:
        if min(self.cell_m - 100, self.junctions_per_km2) <= 0:
            raise ValueError("A town needs junctions, in squares wider than 100 m.")


@dataclass(frozen=True)
class SpeedTable:
    """Speeds in km/h; refuses a class that is unknown and a speed that is not positive."""

    modes: dict[str, ModeSpeeds]
    town: Town
    zones_kmh: dict[str, float]
    driven_share: float
    closed_access: frozenset[str]
    closed_service: frozenset[str]
    paved: frozenset[str]
    walk_kmh: float
    detour: float
    straight_line_kmh: dict[str, float]
    straight_line_bike_kmh: float

    def __post_init__(self) -> None:
        speeds = [*self.zones_kmh.values(), *self.straight_line_kmh.values()]
        on_own_legs = self.walk_kmh, self.straight_line_bike_kmh
        if min(*speeds, *on_own_legs, self.driven_share, self.detour) <= 0:
            raise ValueError("Speeds must be positive.")
        if set(self.modes) != set(MODES):
            raise ValueError(f"Speeds are needed for {', '.join(MODES)}.")
        if "unknown" not in self.straight_line_kmh:
            raise ValueError("A straight-line speed is needed where no density level is known.")

    @property
    def kmh(self) -> dict[str, Kmh]:
        """Speeds by car, by class: (country, town)."""
        return self.modes["drive"].kmh

    @property
    def delay_s(self) -> tuple[float, float]:
        """Seconds that a car loses where at least three roads meet: (country, town)."""
        return self.modes["drive"].delay_s

    @property
    def walk_ds_per_m(self) -> float:
        """Deciseconds that one metre on foot takes."""
        return 36.0 / self.walk_kmh

    def straight_line_speed(self, density_level: Any, mode: str = "drive") -> float:
        """Return the crow-fly speed in km/h at a density level (1-7, or null when unknown).

        Who walks or rides a bike is as fast everywhere.
        """
        check_mode(mode)
        if mode != "drive":
            return self.walk_kmh if mode == "walk" else self.straight_line_bike_kmh
        try:
            key = str(int(density_level))
        except (TypeError, ValueError):
            key = "unknown"
        return self.straight_line_kmh.get(key, self.straight_line_kmh["unknown"])

    def limit_kmh(self, maxspeed: str) -> float | None:
        """Return the speed limit that a ``maxspeed`` tag tells, or None when it tells none.

        Understands km/h, mph and the zones of the table; of several values (``50;30``, or merged
        by OSMnx) the mean is taken, as OSMnx does. One below 1 km/h tells nothing.
        """
        limits = []
        for value in tag_values(maxspeed):
            for text in map(str.strip, value.split(";")):
                match = _NUMBER.fullmatch(text)
                if text in self.zones_kmh:
                    limits.append(self.zones_kmh[text])
                elif match:
                    mph = (match[2] or "").lower() == "mph"
                    limit = float(match[1]) * (_MPH_IN_KMH if mph else 1.0)
                    if limit >= _LOWEST_LIMIT_KMH:
                        limits.append(limit)
        return sum(limits) / len(limits) if limits else None

    def speeds(self, highway: str, tags: Tags, mode: str) -> Kmh:
        """Return how fast a road of a class is travelled: (country, town), km/h.

        The class tells the speed (of a track, its ``tracktype``); the ground and the limit can
        only lower it. The table says what is driven where nothing hinders: a limit of 90 km/h
        makes nobody faster on a winding road. Limits don't bind who walks.
        """
        table = self.modes[mode]
        kmh = table.kmh[highway]
        grounds = [part for text in tag_values(tags.get("surface", "")) for part in text.split(";")]
        if highway == "track" and table.tracktype_kmh:
            grade = tags.get("tracktype", "grade1" if set(grounds) & self.paved else "")
            graded = table.tracktype_kmh.get(grade)
            kmh = (graded, graded) if graded else kmh
        caps = [table.surface_kmh.get(ground.split(":")[0].strip()) for ground in grounds]
        if mode != "walk":
            limits = (self.limit_kmh(tags.get(key, "")) for key in _LIMIT_KEYS)
            limit = next((kmh for kmh in limits if kmh is not None), None)
            caps.append(limit and limit * self.driven_share)
        if mode == "bike" and "dismount" in tags.get("bicycle", ""):
            caps.append(self.walk_kmh)
        cap = min((cap for cap in caps if cap is not None), default=np.inf)
        return min(kmh[0], cap), min(kmh[1], cap)


def deciseconds(
    length_m: NDArray[np.float64], kmh: NDArray[np.float64], delay_s: NDArray[np.float64]
) -> NDArray[np.int32]:
    """Return the travel times of arcs: length over speed plus the delay, rounded once.

    No time is longer than 2**30 - 2 deciseconds (three years).
    """
    times = np.rint(36.0 * length_m / kmh + 10.0 * delay_s)
    return np.asarray(np.minimum(times, _LONGEST_DS), dtype=np.int32)


@cache
def speed_table() -> SpeedTable:
    """Return the published table, ``speeds.toml``."""
    text = resources.files("coverage.network").joinpath("speeds.toml").read_text("utf-8")
    raw = tomllib.loads(text)
    walk_kmh, steps_kmh = float(raw["walk"]["kmh"]), float(raw["walk"]["steps_kmh"])
    on_foot = {name: (walk_kmh, walk_kmh) for name in HIGHWAYS if name not in raw["walk"]["closed"]}
    kmh: dict[str, dict[str, Kmh]] = {
        "drive": {name: (float(v["rural"]), float(v["urban"])) for name, v in raw["kmh"].items()},
        "walk": on_foot | {"steps": (steps_kmh, steps_kmh)},
        "bike": {name: (float(v), float(v)) for name, v in raw["bike"]["kmh"].items()},
    }
    delay = raw["intersection_delay_s"]
    delay_s = {"drive": (float(delay["rural"]), float(delay["urban"]))}
    modes = {
        mode: ModeSpeeds(
            kmh=kmh[mode],
            by_name=frozenset(raw.get(mode, {}).get("by_name", [])),
            surface_kmh=_of_mode(raw["surface_kmh"], mode),
            tracktype_kmh=_of_mode(raw["tracktype_kmh"], mode),
            delay_s=delay_s.get(mode, (0.0, 0.0)),
        )
        for mode in MODES
    }
    return SpeedTable(
        modes=modes,
        town=Town(float(raw["urban"]["cell_m"]), float(raw["urban"]["junctions_per_km2"])),
        zones_kmh={zone: float(kmh) for zone, kmh in raw["maxspeed"]["zones"].items()},
        driven_share=float(raw["maxspeed"]["driven_share"]),
        closed_access=frozenset(raw["access"]["closed"]),
        closed_service=frozenset(raw["access"]["closed_service"]),
        paved=frozenset(raw["paved"]["surfaces"]),
        walk_kmh=walk_kmh,
        detour=float(raw["straight_line"]["detour"]),
        straight_line_kmh={k: float(v) for k, v in raw["straight_line"]["kmh"].items()},
        straight_line_bike_kmh=float(raw["straight_line"]["bike_kmh"]),
    )


def _of_mode(table: dict[str, dict[str, float]], mode: str) -> dict[str, float]:
    return {name: float(by_mode[mode]) for name, by_mode in table.items() if mode in by_mode}
