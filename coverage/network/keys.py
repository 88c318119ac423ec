"""The tags of roads that count, by their OpenStreetMap keys."""

from __future__ import annotations

from collections.abc import Mapping

#: The tags of a road: key -> text.
Tags = Mapping[str, str]

#: The tags that count; readers need keep no other.
KEYS = (
    "access",
    "area",
    "bicycle",
    "cycleway",
    "cycleway:both",
    "cycleway:left",
    "cycleway:right",
    "duration",
    "foot",
    "highway",
    "junction",
    "maxspeed",
    "maxspeed:type",
    "motor_vehicle",
    "motorcar",
    "motorroad",
    "oneway",
    "oneway:bicycle",
    "route",
    "service",
    "sidewalk",
    "sidewalk:both",
    "sidewalk:left",
    "sidewalk:right",
    "source:maxspeed",
    "surface",
    "tracktype",
    "vehicle",
    "zone:maxspeed",
)


def may_be_road(tags: Tags) -> bool:
    """Tell whether a way may be a road or a ferry: whatever the mode, and open or not."""
    return "highway" in tags or tags.get("route") == "ferry"
