"""Where each layer comes from, for its passport: sources, vintages, licences, repairs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from coverage.model.notes import Notes
from coverage.model.territory import SourceInfo
from coverage.study.layer_files import PROTECTED_LAYERS

_PLACES = ("laposte", "france_services", "etapes", "conseillers", "mediation", "annuaire", "places")
#: Beginnings of the ids of the sources that each layer is made from.
_SOURCES_OF = {
    "communes": ("communes", "departements", "population", "density", "frr", "zrr", "ifn"),
    "profiles": ("ifn", "ages", "epci"),
    "zones": ("qpv", "departements"),
    "demand": ("population", "squares", "qpv", "ifn", "ages", "roads"),
    "sites": _PLACES,
    "matches": _PLACES,
    "detections": ("detections",),
    "activity": ("activity",),
    **dict.fromkeys((*PROTECTED_LAYERS, "detections_released"), ("detections", "activity")),
    "costs": ("roads",),
    "costs_walk": ("roads",),
    "costs_bike": ("roads",),
    "distances": ("roads",),
    "links": ("roads",),
    "outside": ("communes", "population", "density", "roads"),
    "costs_outside": ("roads",),
    "quality": ("",),
}


def origin_of(layer: str, sources: Iterable[SourceInfo], notes: Notes) -> dict[str, Any]:
    """Return ``source, vintage, licence`` (lists, one entry a source used) and ``repairs``."""
    begins = _SOURCES_OF[layer]
    used = [
        source
        for source in sources
        if source.status == "used" and source.source_id.removeprefix("demo_").startswith(begins)
    ]
    ids = {source.source_id for source in used}
    return {
        "source": [source.source_id for source in used],
        "vintage": [source.vintage for source in used],
        "licence": [source.licence for source in used],
        "repairs": sum(row[0] in ids and row[4] == "repaired" for row in notes.rows),
    }
