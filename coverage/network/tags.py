"""What the tags of a road say to one who drives, walks or rides a bike.

A rule is worked out once for each distinct set of tags. The keys are those of OpenStreetMap
(https://wiki.openstreetmap.org/wiki/Key:access); the values that close a road and every speed
are in ``speeds.toml``. Not read: conditional restrictions, barriers on nodes, turn restrictions,
limits that differ by direction.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from coverage.network.graph import HIGHWAYS
from coverage.network.keys import Tags
from coverage.network.raw import tag_values
from coverage.network.speeds import Kmh, SpeedTable, speed_table

#: The keys that open or close a road to a mode, the one that counts most first.
_MODE_KEYS = {
    "drive": ("motorcar", "motor_vehicle", "vehicle"),
    "walk": ("foot",),
    "bike": ("bicycle", "vehicle"),
}
_FORWARD = {"yes", "true", "1"}
_BACKWARD = {"-1", "reverse"}
#: Alternate traffic, by lights or by turns, lets both directions pass.
_BOTH = {"no", "false", "0", "alternating"}
_BY_THE_HOUR = {"reversible"}
_CYCLEWAYS = ("cycleway", "cycleway:both", "cycleway:left", "cycleway:right")
_SIDEWALKS = ("sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right")
#: Words of a pavement or a cycle lane that isn't there, or that has a way of its own on the map.
_NO_SIDE = {"no", "none", "separate"}
_TRUNKS = {"trunk", "trunk_link"}
_CLOCK = re.compile(r"(\d{1,6}):([0-5]\d)(?::([0-5]\d))?")
_ISO = re.compile(r"P(?:(\d{1,6})D)?T?(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?")
_MINUTES = re.compile(r"\d{1,6}", re.ASCII)


@dataclass(frozen=True)
class Rule:
    """What one set of tags means for one mode.

    ``highway`` is the class (position in ``HIGHWAYS``), -1 where the mode may not go; ``forward``
    and ``backward`` the directions open to it, ``kmh`` its speed in the country and in town;
    ``duration_s`` the time of a whole ferry crossing. ``left_out`` says why a road that might be
    open is not taken: "" or "ferry" (no duration), "by_the_hour" (its direction changes) or
    "trunk" (nothing says that who walks or rides may use it).
    """

    highway: int = -1
    forward: bool = False
    backward: bool = False
    kmh: Kmh = (1.0, 1.0)
    duration_s: float | None = None
    left_out: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the mode may go there at all."""
        return self.highway >= 0


def road_rule(tags: Tags, mode: str) -> Rule:
    """Return what the tags of a road mean for ``mode`` (drive, walk, bike)."""
    table = speed_table()
    if tags.get("route") == "ferry":
        return _ferry(tags, mode, table)
    classes = table.modes[mode].kmh
    highway = next((name for name in tag_values(tags.get("highway", "")) if name in classes), "")
    if not highway or "yes" in tag_values(tags.get("area", "")):
        return Rule()
    if not _is_open(_access(tags, mode), table):
        return Rule()
    if not _is_meant(highway, tags, mode, table):
        doubtful = highway in _TRUNKS and mode != "drive" and tags.get("motorroad") != "yes"
        return Rule(left_out="trunk" if doubtful else "")
    forward, backward = _directions(highway, tags, mode)
    if not (forward or backward):
        return Rule(left_out="by_the_hour")
    return Rule(HIGHWAYS.index(highway), forward, backward, table.speeds(highway, tags, mode))


def _access(tags: Tags, mode: str) -> str:
    """Return the word that counts for the mode: of its own keys, else of ``access``."""
    own = _own_word(tags, mode)
    return tags.get("access", "") if own is None else own


def _own_word(tags: Tags, mode: str) -> str | None:
    """Return the word that the mode's own keys say, None where they are silent."""
    return next((tags[key] for key in _MODE_KEYS[mode] if key in tags), None)


def _is_open(access: str, table: SpeedTable) -> bool:
    """Tell whether an access word lets pass.

    Of several words of one road (``private;customers``) one that opens is enough; of several
    stretches, as OSMnx merges them, one that is closed closes.
    """
    stretches = [{word.strip() for word in text.split(";")} for text in tag_values(access)]
    return not any(words <= table.closed_access for words in stretches)


def _is_meant(highway: str, tags: Tags, mode: str, table: SpeedTable) -> bool:
    """Tell whether the class and the service of a road are for the mode, access aside."""
    if mode == "drive":
        return table.closed_service.isdisjoint(tag_values(tags.get("service", "")))
    if highway not in table.modes[mode].by_name and tags.get("motorroad") != "yes":
        return True
    named = tags.get(_MODE_KEYS[mode][0])
    beside = _SIDEWALKS if mode == "walk" else _CYCLEWAYS
    has_side = any(key in tags and _NO_SIDE.isdisjoint(tag_values(tags[key])) for key in beside)
    return has_side or (named is not None and _is_open(named, table))


def _directions(highway: str, tags: Tags, mode: str) -> tuple[bool, bool]:
    """Return whether one may go with the way's nodes, and against them."""
    if mode == "walk":
        return True, True
    oneway = tags.get("oneway", "")
    if mode == "bike":
        against = any(tags.get(key, "").startswith("opposite") for key in _CYCLEWAYS)
        oneway = tags.get("oneway:bicycle", "no" if against else oneway)
    if oneway in _BY_THE_HOUR:
        return False, False
    if oneway in _BACKWARD:
        return False, True
    implied = tags.get("junction") in ("roundabout", "circular") or highway.startswith("motorway")
    return True, not (oneway in _FORWARD or (implied and oneway not in _BOTH))


def _ferry(tags: Tags, mode: str, table: SpeedTable) -> Rule:
    if not _boards(tags, mode, table):
        return Rule()
    duration = duration_s(tags.get("duration", ""))
    if duration is None:
        return Rule(left_out="ferry")
    forward, backward = _directions("ferry", tags, mode)
    return Rule(HIGHWAYS.index("ferry"), forward, backward, duration_s=duration)


def _boards(tags: Tags, mode: str, table: SpeedTable) -> bool:
    """Tell whether a ferry takes the mode.

    By the mode's own key; else by ``access``. A ferry that lets in by name other travellers only
    doesn't take it, but walkers and bikes go where cars go; one that only keeps others out does.
    """
    own = _own_word(tags, mode)
    if own is not None or not _is_open(tags.get("access", ""), table):
        return own is not None and _is_open(own, table)
    words = {other: _own_word(tags, other) for other in _MODE_KEYS}
    let_in = {other for other, word in words.items() if word is not None and _is_open(word, table)}
    return not let_in or (mode != "drive" and "drive" in let_in)


def duration_s(text: str) -> float | None:
    """Return the seconds of a ``duration`` tag, or None when it tells none.

    Hours and minutes (``2:45``), with seconds (``02:45:00``), minutes (``165``) or ISO 8601
    (``PT2H45M``).
    """
    text = text.strip()
    clock, iso = _CLOCK.fullmatch(text), _ISO.fullmatch(text)
    if clock:
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        total = 3600 * hours + 60 * minutes + seconds
    elif iso:
        days, hours, minutes, seconds = (int(part or 0) for part in iso.groups())
        total = 86_400 * days + 3600 * hours + 60 * minutes + seconds
    elif _MINUTES.fullmatch(text):
        total = 60 * int(text)
    else:
        return None
    return float(total) if 0 < total < _LONGEST_S else None


#: A longer crossing is a slip of the keyboard; it would not fit in a travel time either.
_LONGEST_S = 7 * 86_400
