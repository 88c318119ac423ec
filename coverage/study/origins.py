"""Where each layer comes from, for its passport: sources, vintages, licences, repairs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from coverage.model.notes import Notes
from coverage.model.territory import SourceInfo
from coverage.need.foundations import Ids, Tellers
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

#: What each rung of need stands on besides the population.
_NEED_OF = {1: ("ages",), 2: ("ifn",)}


def origin_of(layer: str, sources: Iterable[SourceInfo], notes: Notes) -> dict[str, Any]:
    """Return ``source, vintage, licence`` (lists, one entry a source used) and ``repairs``."""
    used = _used(sources, _SOURCES_OF[layer])
    ids = {source.source_id for source in used}
    return {
        "source": [source.source_id for source in used],
        "vintage": [source.vintage for source in used],
        "licence": [source.licence for source in used],
        "repairs": sum(row[6] for row in notes.rows if row[0] in ids and row[4] == "repaired"),
    }


def tellers_of(sources: Iterable[SourceInfo], *, need_rung: int, estimate: bool) -> Tellers:
    """Return the sources that tell what isn't a place (see ``need.foundations``).

    ``need_rung``: of the ladder of need. ``estimate``: times are no times by road.
    """
    listed = tuple(sources)

    def ids(*begins: str) -> Ids:
        return tuple(source.source_id for source in _used(listed, begins))

    return Tellers(
        # The fictitious territory has its people in the table of its communes.
        population=ids("population") or ids("communes"),
        squares=ids("squares"),
        # The list of 2024 gives names; it puts nobody anywhere.
        quarters=tuple(one for one in ids("qpv") if one != "qpv_2024_list"),
        need=ids(*_NEED_OF[need_rung]) if need_rung in _NEED_OF else (),
        roads=() if estimate else ids("roads"),
        detections=ids("detections"),
        vintages={source.source_id: source.vintage for source in listed},
    )


def _used(sources: Iterable[SourceInfo], begins: tuple[str, ...]) -> list[SourceInfo]:
    return [
        source
        for source in sources
        if source.status == "used" and source.source_id.removeprefix("demo_").startswith(begins)
    ]
