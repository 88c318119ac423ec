"""What an import would answer to a road file: read as the import reads it, and nothing built."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from coverage.model.answers import OK, Answer
from coverage.model.words import whole
from coverage.network.extract import road_count, way_lines
from coverage.network.limited_reading import graphml_document, overpass_roads
from coverage.network.road_file import no_roads, road_format


def check_roads(path: Path) -> Answer:
    """Return ``OK`` for a road network that can be read whole; there is nothing to repair in one.

    Raises ``RefusedFileError`` as ``read_roads`` does, but for what a mode of travel alone can
    tell: whether any of the roads is open to it.
    """
    told = {"pbf": _extract, "graphml": _document, "overpass": _answers}[road_format(path)](path)
    return Answer(
        OK, f"«\u00a0{path.name}\u00a0» est un réseau routier que l’on sait lire\u00a0: {told}."
    )


def _extract(path: Path) -> str:
    roads = sum(road_count(lines) for lines in way_lines(path))
    if not roads:
        raise no_roads(path.name)
    return _ways(roads)


def _document(path: Path) -> str:
    document = graphml_document(path)
    edges = _some(len(document.tails), "tronçon")
    return f"{_some(len(document.x), 'carrefour')}, {edges} à sens unique"


def _answers(path: Path) -> str:
    found = overpass_roads(path)
    return _ways(sum(len(set(found.refs[start:stop])) > 1 for start, stop in pairwise(found.ptr)))


def _ways(count: int) -> str:
    return f"{_some(count, 'voie')} (routes et ferries)"


def _some(count: int, what: str) -> str:
    return f"{whole(count)}\u00a0{what}{'s' if count > 1 else ''}"
