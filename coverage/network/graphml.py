"""OSMnx GraphML (plain, .gz, .bz2) -> roads.

A stream reader, in place of ``osmnx.load_graphml``: it keeps the few attributes that travel times
need and builds no NetworkX graph (Corsica: 1.4 to 1.8 s against 7 s).
"""

from __future__ import annotations

import bz2
import gzip
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from coverage.base.crs import WGS84
from coverage.base.errors import SourceError
from coverage.network.edges import Lines, paired_roads
from coverage.network.raw import RawRoads, check_file, check_globe, damaged
from coverage.network.tags import KEYS

_OPENERS: dict[str, Callable[[Path, str], Any]] = {
    ".graphml": lambda path, mode: path.open(mode),
    ".gz": gzip.open,
    ".bz2": bz2.open,
}
#: Not read: every edge of the file is one direction of a road, and the other is there or not. A
#: ferry's duration can't be shared over edges that OSMnx cut and merged.
_TOLD_BY_THE_EDGES = {"oneway", "oneway:bicycle", "junction", "route", "duration"}
_KEPT = frozenset({"x", "y", "crs", "length", "geometry", *KEYS} - _TOLD_BY_THE_EDGES)

_LINE = re.compile(r"LINESTRING\s*(?:ZM?|M)?\s*\((.*)\)", re.IGNORECASE | re.DOTALL)

#: No edge goes round the globe; a longer one would not fit in a travel time.
_LONGEST_M = 4e7

Xy = NDArray[np.float64]


class _NotGraphmlError(Exception):
    """The document has another root than GraphML, or declares entities."""


@dataclass
class _Reader:
    """Receives the events of the XML parser and keeps what we need of them."""

    crs: str = WGS84
    nodes: dict[str, tuple[str, str]] = field(default_factory=dict)
    edges: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    _keys: dict[str, str] = field(default_factory=dict)
    _open: tuple[str, str] | None = None
    _values: dict[str, str] = field(default_factory=dict)
    _key: str = ""
    _text: list[str] = field(default_factory=list)
    _parser: expat.XMLParserType = field(default_factory=expat.ParserCreate)

    def root(self, tag: str, _: dict[str, str]) -> None:
        if tag != "graphml":
            raise _NotGraphmlError
        self._parser.StartElementHandler = self.start

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "data":
            self._key = self._keys.get(attributes.get("key", ""), "")
            if self._key:
                # Only the text that is kept is asked for: most of it is not.
                self._text = []
                self._parser.CharacterDataHandler = self._text.append
        elif tag == "node":
            self._open, self._values = (attributes.get("id", ""), ""), {}
        elif tag == "edge":
            ends = attributes.get("source", ""), attributes.get("target", "")
            self._open, self._values = ends, {}
        elif tag == "key" and attributes.get("attr.name", "") in _KEPT:
            self._keys[attributes.get("id", "")] = attributes["attr.name"]

    def end(self, tag: str) -> None:
        if tag == "data":
            if self._key:
                self._parser.CharacterDataHandler = None
                value = "".join(self._text).strip()
                if self._open is not None:
                    self._values[self._key] = value
                elif self._key == "crs":
                    self.crs = value
                self._key = ""
        elif tag == "node" and self._open:
            self.nodes[self._open[0]] = self._values.get("x", ""), self._values.get("y", "")
            self._open = None
        elif tag == "edge" and self._open:
            self.edges.append((*self._open, self._values))
            self._open = None

    def doctype(self, *_: object) -> None:
        raise _NotGraphmlError

    def read(self, file: Any) -> None:
        parser = self._parser
        parser.buffer_text = True
        parser.StartElementHandler = self.root
        parser.EndElementHandler = self.end
        parser.StartDoctypeDeclHandler = self.doctype
        try:
            parser.ParseFile(file)
        finally:
            # The two hold each other: without this both would stay in memory for a while.
            del self._parser


def _parsed(path: Path) -> _Reader:
    check_file(path)
    reader = _Reader()
    try:
        with _OPENERS[path.suffix.lower()](path, "rb") as file:
            reader.read(file)
    except _NotGraphmlError:
        raise SourceError(
            f"« {path.name} » n'est pas un GraphML : téléchargez à nouveau le réseau routier."
        ) from None
    except (EOFError, zlib.error, expat.ExpatError, OSError) as error:
        raise damaged(path.name, error) from None
    return reader


def _to_degrees(reader: _Reader, name: str) -> Callable[[Xy], Xy]:
    """Return what brings coordinates of the file to longitudes and latitudes."""
    try:
        crs = CRS.from_user_input(reader.crs)
    except CRSError:
        raise SourceError(
            f"La projection de « {name} » est inconnue (« {reader.crs} ») : enregistrez le réseau "
            "en EPSG:4326."
        ) from None
    if crs.is_geographic:
        return lambda xy: xy
    transform = Transformer.from_crs(crs, WGS84, always_xy=True).transform
    return lambda xy: np.column_stack(transform(xy[:, 0], xy[:, 1]))


def read_graphml(path: Path) -> RawRoads:
    """Read a road network saved by OSMnx (``.graphml``, ``.graphml.gz``, ``.graphml.bz2``).

    Two edges that are the two directions of one road (same ends, bends, length and tags) become
    one road. Every node of the file keeps its number. Raises ``SourceError`` (French, what to do)
    for a file that is missing, of another kind, cut, empty, or without coordinates or lengths.
    """
    reader = _parsed(path)
    if not reader.nodes or not reader.edges:
        raise SourceError(
            f"« {path.name} » ne contient aucune route : téléchargez un réseau qui couvre le "
            "territoire."
        )
    try:
        xy = np.array(list(reader.nodes.values()), dtype=np.float64).reshape(-1, 2)
    except ValueError:
        raise SourceError(
            f"Des carrefours de « {path.name} » n'ont pas de coordonnées x et y : enregistrez le "
            "réseau avec osmnx.save_graphml."
        ) from None
    position = {node: number for number, node in enumerate(reader.nodes)}
    try:
        tails = np.array([position[tail] for tail, _, _ in reader.edges], dtype=np.int64)
        heads = np.array([position[head] for _, head, _ in reader.edges], dtype=np.int64)
    except KeyError as error:
        raise SourceError(
            f"Une route de « {path.name} » part d'un carrefour absent ({error.args[0]}) : "
            "téléchargez à nouveau le réseau routier."
        ) from None
    try:
        length_m = np.array([values.pop("length") for _, _, values in reader.edges], dtype=float)
    except (KeyError, ValueError):
        length_m = np.array([np.nan])
    if not ((length_m >= 0) & (length_m <= _LONGEST_M)).all():
        raise SourceError(
            f"Des routes de « {path.name} » n'ont pas de longueur en mètres (length) : ajoutez-la "
            "avec osmnx.distance.add_edge_lengths, puis enregistrez à nouveau."
        )
    lines = _lines(reader, path.name)
    to_degrees = _to_degrees(reader, path.name)
    raw = paired_roads(
        to_degrees(xy),
        tails,
        heads,
        length_m,
        Lines(lines.edges, lines.ptr, to_degrees(lines.xy)),
        [values for _, _, values in reader.edges],
    )
    check_globe(raw.x, raw.y, path.name)
    return raw


def _lines(reader: _Reader, name: str) -> Lines:
    """Return the lines of the edges that have a geometry, ``LINESTRING (x y, x y, …)``.

    Heights are dropped (``LINESTRING Z``); an edge whose geometry is empty is straight.
    """
    texts = {
        number: text
        for number, (_, _, values) in enumerate(reader.edges)
        if (text := values.pop("geometry", "")) and not text.upper().endswith("EMPTY")
    }
    # Read as one text: geometries made one by one take twenty times the room.
    inner = [_places(text) for text in texts.values()]
    counts = np.array([1 + text.count(",") for text in inner], dtype=np.int64)
    try:
        numbers = np.array(",".join(inner).replace(",", " ").split(), dtype=np.float64)
        xy = numbers.reshape(int(counts.sum()), 2)
    except ValueError as error:
        raise damaged(name, error) from None
    return Lines(
        edges=np.array(list(texts), dtype=np.int64),
        ptr=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        xy=xy,
    )


def _places(text: str) -> str:
    """Return the ``x y, x y, …`` of a line."""
    line = _LINE.fullmatch(text)
    places = line[1] if line else text
    if len(places.partition(",")[0].split()) <= 2:
        return places
    return ",".join(" ".join(place.split()[:2]) for place in places.split(","))
