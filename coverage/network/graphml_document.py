"""GraphML documents of OSMnx (plain, .gz, .bz2), read without building anything.

A stream reader, in place of ``osmnx.load_graphml``: it keeps the few attributes that travel times
need, and makes sure that each is what it should be. A document type is never read: its entities
open other files, or grow without end.
"""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from coverage.base.crs import WGS84
from coverage.base.errors import RefusedFileError
from coverage.network.graphml_crs import to_degrees
from coverage.network.keys import KEYS
from coverage.network.road_file import (
    check_file,
    damaged,
    missing_nodes,
    no_roads,
    off_the_globe,
    unpacked,
)

#: Not read: every edge of the file is one direction of a road, and the other is there or not. A
#: ferry's duration can't be shared over edges that OSMnx cut and merged.
_TOLD_BY_THE_EDGES = {"oneway", "oneway:bicycle", "junction", "route", "duration"}
_NEEDED = ("x", "y", "length")
_KEPT = frozenset({*_NEEDED, "crs", "geometry", *KEYS} - _TOLD_BY_THE_EDGES)

#: How the words before the points of a line may be written, blanks apart.
_LINE_WORDS = {"LINESTRING", "LINESTRINGZ", "LINESTRINGM", "LINESTRINGZM"}
#: Those that expat knows by itself, and the one that differs from them by its quotes.
_ENCODINGS = {"utf-8", "utf-16", "us-ascii", "iso-8859-1", "windows-1252"}

#: No edge goes round the globe; a longer one would not fit in a travel time.
_LONGEST_M = 4e7
#: An edge is as long as the straight line between its ends, or longer; what is less is a slip.
_SHORTEST_SHARE, _MOVED_M = 0.5, 100.0
_EARTH_RADIUS_M = 6_371_009.0
_DEGREE_M = math.radians(1) * _EARTH_RADIUS_M
#: A longer tag, comment or attribute is no tag; expat would begin it again with every piece.
_LONGEST_TAG_BYTES = 1_000_000

_Values = dict[str, str]
_Axes = tuple["array[float]", "array[float]"]


@dataclass(frozen=True)
class Document:
    """The nodes and edges of a network.

    Node ``n`` is at ``x[n], y[n]``, degrees (EPSG:4326). Edge ``e`` leads from the node
    ``tails[e]`` to ``heads[e]``, is ``length_m[e]`` long and has the tags ``tags[tag_row[e]]``.
    The edge ``bent[k]`` runs through the points ``ptr[k]`` to ``ptr[k + 1]`` of ``line_x, line_y``,
    both ends included; the others are straight.
    """

    x: array[float]
    y: array[float]
    tails: array[int]
    heads: array[int]
    length_m: array[float]
    tag_row: array[int]
    tags: list[_Values]
    bent: array[int]
    ptr: array[int]
    line_x: array[float]
    line_y: array[float]


def read_document(path: Path) -> Document:
    """Read a road network saved by OSMnx (``.graphml``, ``.graphml.gz``, ``.graphml.bz2``).

    Raises ``RefusedFileError`` (French, what to do): NOT_FOUND, EMPTY, TOO_BIG, XML_DTD,
    CORRUPT_ROADS where it is cut, NOT_ROADS where it is no network of OSMnx, NO_ROWS, DUP_ID,
    MISSING_CRS, BAD_NUMBER, WRONG_CRS, MISSING_NODES where an edge begins or ends nowhere.
    """
    check_file(path)
    reader = _Reader(path.name)
    reader.read(path)
    if not reader.nodes or not reader.edges:
        raise no_roads(path.name)
    if lacking := [key for key in _NEEDED if key not in reader.keys.values()]:
        raise RefusedFileError(
            "NOT_ROADS",
            f"Le GraphML «\u00a0{path.name}\u00a0» n’a pas {' ni '.join(lacking)}\u00a0: ce n’est "
            "pas un réseau routier d’OSMnx. Ajoutez les longueurs avec "
            "osmnx.distance.add_edge_lengths, puis enregistrez avec osmnx.save_graphml.",
        )
    if reader.twice:
        raise RefusedFileError(
            "DUP_ID",
            f"«\u00a0{path.name}\u00a0» a deux carrefours {reader.twice[0][:40]}. Enregistrez à "
            "nouveau le réseau avec osmnx.save_graphml.",
        )
    in_degrees = to_degrees(reader.crs, path.name)
    x, y = _places(reader)
    length_m = _lengths_m(reader)
    bent, ptr, line_x, line_y = _lines(reader)
    x, y = _on_globe(in_degrees(x, y), path.name)
    line_x, line_y = _on_globe(in_degrees(line_x, line_y), path.name)
    tails, heads = _ends(reader)
    if not bent and tails == heads:
        raise no_roads(path.name)
    _check_lengths(reader, x, y, tails, heads, length_m)
    rows: dict[tuple[tuple[str, str], ...], int] = {}
    tag_row = array(
        "q", (rows.setdefault(tuple(tags.items()), len(rows)) for _, _, tags in reader.edges)
    )
    tags = [dict(row) for row in rows]
    return Document(x, y, tails, heads, length_m, tag_row, tags, bent, ptr, line_x, line_y)


@dataclass
class _Reader:
    """Receives the events of the XML parser and keeps what we need of them."""

    name: str
    crs: str = WGS84
    nodes: dict[str, _Values] = field(default_factory=dict)
    edges: list[tuple[str, str, _Values]] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    twice: list[str] = field(default_factory=list)
    _is_graphml: bool = False
    _open: tuple[str, str] | None = None
    _values: _Values = field(default_factory=dict)
    _key: str = ""
    _text: list[str] = field(default_factory=list)
    _parser: expat.XMLParserType = field(default_factory=expat.ParserCreate)

    def read(self, path: Path) -> None:
        parser = self._parser
        parser.buffer_text = True
        parser.StartElementHandler = self._root
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._doctype
        parser.XmlDeclHandler = self._declared
        received = 0
        try:
            for chunk in unpacked(path):
                parser.Parse(chunk, False)
                received += len(chunk)
                if received - parser.CurrentByteIndex > _LONGEST_TAG_BYTES:
                    raise damaged(self.name, "une balise de plus d’un million de caractères")
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise damaged(self.name, error) if self._is_graphml else self._foreign() from None
        finally:
            # The two hold each other: without this both would stay in memory for a while.
            del self._parser

    def _foreign(self) -> RefusedFileError:
        return RefusedFileError(
            "NOT_ROADS",
            f"«\u00a0{self.name}\u00a0» n’est pas un GraphML. Téléchargez à nouveau le réseau "
            "routier.",
        )

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding and encoding.lower() not in _ENCODINGS:
            raise damaged(self.name, f"l’encodage {encoding[:40]} ne se lit pas")

    def _doctype(self, root: str, *_: object) -> None:
        if root.lower() == "html":
            raise self._foreign()
        raise RefusedFileError(
            "XML_DTD",
            f"«\u00a0{self.name}\u00a0» contient une déclaration DOCTYPE, qui peut faire lire "
            "d’autres fichiers. Enregistrez à nouveau le réseau avec osmnx.save_graphml.",
        )

    def _root(self, tag: str, _: _Values) -> None:
        if tag != "graphml":
            raise self._foreign()
        self._is_graphml = True
        self._parser.StartElementHandler = self._start

    def _start(self, tag: str, attributes: _Values) -> None:
        if tag == "data":
            self._key = self.keys.get(attributes.get("key", ""), "")
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
            self.keys[attributes.get("id", "")] = attributes["attr.name"]

    def _end(self, tag: str) -> None:
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
            if self._open[0] in self.nodes:
                self.twice.append(self._open[0])
            self.nodes[self._open[0]] = self._values
            self._open = None
        elif tag == "edge" and self._open:
            self.edges.append((*self._open, self._values))
            self._open = None


def _places(reader: _Reader) -> _Axes:
    """Return the coordinates of the nodes, as the file tells them."""
    x, y = array("d"), array("d")
    for node, values in reader.nodes.items():
        try:
            x.append(_number(values["x"]))
            y.append(_number(values["y"]))
        except (KeyError, ValueError):
            raise RefusedFileError(
                "BAD_NUMBER",
                f"Le carrefour {node[:40]} de «\u00a0{reader.name}\u00a0» n’a pas de coordonnées x "
                "et y qui soient des nombres. Enregistrez à nouveau le réseau avec "
                "osmnx.save_graphml.",
            ) from None
    return x, y


def _lengths_m(reader: _Reader) -> array[float]:
    """Return the lengths of the edges, taken out of their values."""
    lengths_m = array("d")
    for tail, head, values in reader.edges:
        try:
            length_m = _number(values.pop("length"))
        except (KeyError, ValueError):
            length_m = -1.0
        if not 0 <= length_m <= _LONGEST_M:
            raise RefusedFileError(
                "BAD_NUMBER",
                f"La route de {tail[:40]} à {head[:40]} de «\u00a0{reader.name}\u00a0» n’a pas de "
                "longueur en mètres (length). Ajoutez-la avec osmnx.distance.add_edge_lengths, "
                "puis enregistrez à nouveau.",
            )
        lengths_m.append(length_m)
    return lengths_m


def _lines(reader: _Reader) -> tuple[array[int], array[int], array[float], array[float]]:
    """Return the lines of the edges that have a geometry, ``LINESTRING (x y, x y, …)``.

    Heights are dropped (``LINESTRING Z``); an edge whose geometry is empty is straight.
    """
    bent, ptr = array("q"), array("q", [0])
    x, y = array("d"), array("d")
    for number, (tail, head, values) in enumerate(reader.edges):
        text = values.pop("geometry", "")
        if not text:
            continue
        try:
            places = _points(text)
        except ValueError:
            why = f"la ligne de la route de {tail[:40]} à {head[:40]} ne se lit pas"
            raise damaged(reader.name, why) from None
        if not places:
            continue
        x.extend(places[0::2])
        y.extend(places[1::2])
        bent.append(number)
        ptr.append(len(x))
    return bent, ptr, x, y


def _points(text: str) -> array[float]:
    """Return ``x, y, x, y, …`` of a line, nothing where it is empty.

    Raises ``ValueError`` where it is no line.
    """
    start, bracket, end = text.partition("(")
    words = "".join(start.upper().split())
    if not bracket and words.removesuffix("EMPTY") in _LINE_WORDS - {words}:
        return array("d")
    inner, bracket, rest = end.partition(")")
    if words not in _LINE_WORDS or not bracket or rest:
        raise ValueError("No line.")
    if len(inner.partition(",")[0].split()) > 2:
        inner = ",".join(" ".join(place.split()[:2]) for place in inner.split(","))
    _refuse_foreign_digits(inner)
    places = array("d", map(float, inner.replace(",", " ").split()))
    if len(places) != 2 * (1 + inner.count(",")):
        raise ValueError("No line.")
    return places


def _number(text: str) -> float:
    """Return the number of a text. Raises ``ValueError`` where it is none."""
    _refuse_foreign_digits(text)
    return float(text)


def _refuse_foreign_digits(text: str) -> None:
    """Raise ``ValueError`` for what Python alone reads: ``2_3``, the digits of other scripts."""
    if "_" in text or not text.isascii():
        raise ValueError("No number.")


def _check_lengths(
    reader: _Reader,
    x: array[float],
    y: array[float],
    tails: array[int],
    heads: array[int],
    length_m: array[float],
) -> None:
    """Raise ``RefusedFileError`` (BAD_NUMBER) where an edge is much shorter than its ends are far.

    Lengths differ from the straight line by millimetres in real networks; by tens of metres where
    OSMnx moved the ends (``consolidate_intersections``).
    """
    for tail, head, metres in zip(tails, heads, length_m, strict=True):
        # Along a meridian and a parallel it is further, and that costs nothing to know.
        most_m = _DEGREE_M * (abs(x[tail] - x[head]) + abs(y[tail] - y[head]))
        if metres >= _SHORTEST_SHARE * most_m - _MOVED_M:
            continue
        straight_m = _straight_m(x[tail], y[tail], x[head], y[head])
        if metres < _SHORTEST_SHARE * straight_m - _MOVED_M:
            names = list(reader.nodes)
            raise RefusedFileError(
                "BAD_NUMBER",
                f"La route de {names[tail][:40]} à {names[head][:40]} de «\u00a0{reader.name}"
                "\u00a0» est plus courte (length) que la distance entre ses bouts. Calculez les "
                "longueurs en mètres avec osmnx.distance.add_edge_lengths, puis enregistrez à "
                "nouveau.",
            )


def _straight_m(lon: float, lat: float, to_lon: float, to_lat: float) -> float:
    """Return a great-circle distance in metres (haversine)."""
    phi, to_phi = math.radians(lat), math.radians(to_lat)
    across = math.sin(math.radians(to_lon - lon) / 2) ** 2
    h = math.sin((to_phi - phi) / 2) ** 2 + math.cos(phi) * math.cos(to_phi) * across
    return 2 * _EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, h)))


def _ends(reader: _Reader) -> tuple[array[int], array[int]]:
    """Return the positions of the nodes at which the edges begin and end."""
    position = {node: number for number, node in enumerate(reader.nodes)}
    lacking = sum(tail not in position or head not in position for tail, head, _ in reader.edges)
    if lacking:
        raise missing_nodes(reader.name, lacking)
    return (
        array("q", (position[tail] for tail, _, _ in reader.edges)),
        array("q", (position[head] for _, head, _ in reader.edges)),
    )


def _on_globe(xy: _Axes, name: str) -> _Axes:
    """Return longitudes and latitudes, once each is one: not infinite, nor no number at all."""
    for axis, most in zip(xy, (180.0, 90.0), strict=True):
        if not all(-most <= value <= most for value in axis):
            raise off_the_globe(name)
    return xy
