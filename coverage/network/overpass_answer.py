"""Answers of the Overpass API (JSON, as OSMnx keeps them in its cache), read as they are."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from coverage.base.errors import RefusedFileError
from coverage.network.json_stream import JsonStream
from coverage.network.keys import KEYS, may_be_road
from coverage.network.road_file import (
    check_file,
    damaged,
    missing_nodes,
    no_roads,
    off_the_globe,
    start_of_text,
    unpacked,
)

#: OpenStreetMap's identifiers, and its longitudes and latitudes.
_MOST_ID = 2**63
_EAST, _NORTH = 180.0, 90.0

#: Within which a JSON begins.
_HEAD_BYTES = 1024

_KeptTags = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class OverpassRoads:
    """The ways of some answers that may be roads.

    Node ``ids[n]`` is at ``lon[n], lat[n]``. Way ``w`` runs through the nodes whose identifiers
    are ``refs[ptr[w]:ptr[w + 1]]``, each one of ``ids``, and has the tags ``tags[tag_row[w]]``.
    """

    ids: array[int]
    lon: array[float]
    lat: array[float]
    ptr: array[int]
    refs: array[int]
    tag_row: array[int]
    tags: list[dict[str, str]]


def read_answers(path: Path) -> OverpassRoads:
    """Read an answer of Overpass, or a list of answers; what several of them hold is taken once.

    Raises ``RefusedFileError`` (French, what to do): NOT_FOUND, EMPTY, TOO_BIG, BAD_ENCODING,
    BAD_JSON, TOO_COMPLEX, NOT_ROADS where it is another JSON, CORRUPT_ROADS where Overpass itself
    did not finish or an element is not what it should be, NO_ROWS, BAD_NUMBER, WRONG_CRS,
    MISSING_NODES.
    """
    check_file(path)
    found = _Found(path.name)
    found.read(path)
    found.check()
    rows = {kept: row for row, kept in enumerate(dict.fromkeys(k for k, _ in found.ways.values()))}
    ptr = array("q", [0])
    refs = array("q")
    for _, through in found.ways.values():
        refs.extend(through)
        ptr.append(len(refs))
    return OverpassRoads(
        ids=array("q", found.nodes),
        lon=array("d", (lon for lon, _ in found.nodes.values())),
        lat=array("d", (lat for _, lat in found.nodes.values())),
        ptr=ptr,
        refs=refs,
        tag_row=array("q", (rows[kept] for kept, _ in found.ways.values())),
        tags=[dict(kept) for kept in rows],
    )


@dataclass
class _Found:
    """The nodes and the ways of a file, by their identifiers."""

    name: str
    nodes: dict[int, tuple[float, float]] = field(default_factory=dict)
    ways: dict[int, tuple[_KeptTags, list[int]]] = field(default_factory=dict)

    def read(self, path: Path) -> None:
        """Take in all the answers of a file."""
        chunks = unpacked(path)
        first = next(chunks, b"")
        if not start_of_text(first[:_HEAD_BYTES]).startswith((b"{", b"[")):
            raise _foreign(self.name)
        stream = JsonStream(chain([first], chunks), self.name)
        if stream.next() == "[":
            for _ in stream.elements():
                self._answer(stream)
        else:
            self._answer(stream)
        stream.end()

    def _answer(self, stream: JsonStream) -> None:
        """Take in one answer, element by element: nothing else of it is kept."""
        if stream.next() != "{":
            stream.value()
            raise _foreign(self.name)
        count, remark = -1, ""
        for key in stream.members():
            if key != "elements":
                value = stream.value()
                remark = " ".join(str(value).split()).rstrip(".") if key == "remark" else remark
            elif stream.next() != "[":
                stream.value()
                raise _foreign(self.name)
            else:
                count = 0
                for count, _ in enumerate(stream.elements(), start=1):  # noqa: B007 - told below
                    self._element(stream.value())
        if count < 0:
            raise _foreign(self.name)
        if "error" in remark or (remark and not count):
            raise RefusedFileError(
                "CORRUPT_ROADS",
                f"«\u00a0{self.name}\u00a0» est incomplet, Overpass n’a pas fini d’y répondre "
                f"({remark[:200]}). Refaites la demande, sur une zone plus petite s’il le faut.",
            )

    def _element(self, element: Any) -> None:
        if not isinstance(element, dict):
            raise damaged(self.name, "un élément qui n’est pas un objet")
        try:
            if element["type"] == "node":
                place = element["lon"], element["lat"]
                self.nodes[_number(element["id"])] = self._degrees(*place)
            elif element["type"] == "way" and may_be_road(element.get("tags", {})):
                tags = element.get("tags", {})
                kept = tuple((key, _text(tags[key])) for key in KEYS if key in tags)
                through = [_number(node) for node in element["nodes"]]
                self.ways[_number(element["id"])] = kept, through
        except (KeyError, TypeError, AttributeError) as error:
            raise damaged(self.name, f"élément inattendu\u00a0: {error}") from None

    def _degrees(self, *place: Any) -> tuple[float, float]:
        """Return a longitude and a latitude that are numbers (``true`` is none)."""
        if not all(type(value) in (int, float) and abs(value) < math.inf for value in place):
            raise RefusedFileError(
                "BAD_NUMBER",
                f"Des points de «\u00a0{self.name}\u00a0» n’ont pas de coordonnées qui soient des "
                "nombres. Refaites la demande à Overpass.",
            )
        lon, lat = place
        # Before they are floats: an integer may have thousands of digits.
        if abs(lon) > _EAST or abs(lat) > _NORTH:
            raise off_the_globe(self.name)
        return float(lon), float(lat)

    def check(self) -> None:
        """Raise ``RefusedFileError`` unless there are ways, and each has all its nodes."""
        if not any(len(set(refs)) > 1 for _, refs in self.ways.values()):
            raise no_roads(self.name)
        known = self.nodes.keys()
        if lacking := sum(not known >= set(refs) for _, refs in self.ways.values()):
            raise missing_nodes(self.name, lacking)


def _number(value: Any) -> int:
    """Return an identifier. Raises ``TypeError`` where it is none."""
    if type(value) is not int or abs(value) >= _MOST_ID:
        raise TypeError("un identifiant qui n’est pas un nombre entier")
    return value


def _text(value: Any) -> str:
    """Return the text of a tag. Raises ``TypeError`` where it is none."""
    if not isinstance(value, str):
        raise TypeError("une clé dont la valeur n’est pas un texte")
    return value


def _foreign(name: str) -> RefusedFileError:
    return RefusedFileError(
        "NOT_ROADS",
        f"«\u00a0{name}\u00a0» n’est pas une réponse d’Overpass (elements manque). Donnez le JSON "
        "tel que l’API ou le cache d’OSMnx le garde.",
    )
