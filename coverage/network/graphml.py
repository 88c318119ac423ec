"""OSMnx GraphML (plain, .gz, .bz2) -> arrays of nodes and arcs.

A stream reader, in place of ``osmnx.load_graphml``: it keeps the few attributes that travel times
need and builds no NetworkX graph (Corsica: about a third of the time).
"""

from __future__ import annotations

import ast
import bz2
import gzip
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

_OPENERS: dict[str, Callable[[Path, str], Any]] = {
    ".graphml": lambda path, mode: path.open(mode),
    ".gz": gzip.open,
    ".bz2": bz2.open,
}
_EDGE_KEYS = ("highway", "length", "maxspeed", "access")


@dataclass(frozen=True)
class RawRoads:
    """A road file as it was written: one row a node, one row a directed arc.

    ``x``, ``y`` in degrees (EPSG:4326); ``tails`` and ``heads`` are positions of nodes;
    ``highway``, ``maxspeed`` and ``access`` are the texts of the tags, empty where absent.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    tails: NDArray[np.int64]
    heads: NDArray[np.int64]
    length_m: NDArray[np.float64]
    highway: list[str]
    maxspeed: list[str]
    access: list[str]


def tag_values(text: str) -> list[str]:
    """Return the values of a tag that OSMnx may have merged: ``"['30', '50']" -> [30, 50]``."""
    if not text.startswith("["):
        return [text] if text else []
    try:
        values = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return [text]
    return [str(value) for value in values]


class _NotGraphmlError(Exception):
    """The document has another root than GraphML, or declares entities."""


@dataclass
class _Reader:
    """Receives the events of the XML parser and keeps what we need of them."""

    crs: str = WGS84
    nodes: dict[str, tuple[str, str]] = field(default_factory=dict)
    edges: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    _keys: dict[str, str] = field(default_factory=dict)
    _open: tuple[str, str, str] = ("", "", "")
    _values: dict[str, str] = field(default_factory=dict)
    _key: str = ""
    _text: list[str] = field(default_factory=list)
    _rooted: bool = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self._rooted:
            if tag != "graphml":
                raise _NotGraphmlError
            self._rooted = True
        if tag == "data":
            self._key, self._text = self._keys.get(attributes.get("key", ""), ""), []
        elif tag == "node":
            self._open, self._values = ("node", attributes.get("id", ""), ""), {}
        elif tag == "edge":
            ends = attributes.get("source", ""), attributes.get("target", "")
            self._open, self._values = ("edge", *ends), {}
        elif tag == "key":
            self._keys[attributes.get("id", "")] = attributes.get("attr.name", "")

    def text(self, text: str) -> None:
        if self._key:
            self._text.append(text)

    def end(self, tag: str) -> None:
        if tag == "data":
            if self._key == "crs" and not self._open[0]:
                self.crs = "".join(self._text)
            elif self._key in ("x", "y", *_EDGE_KEYS):
                self._values[self._key] = "".join(self._text).strip()
            self._key = ""
        elif tag == "node":
            self.nodes[self._open[1]] = self._values.get("x", ""), self._values.get("y", "")
            self._open = ("", "", "")
        elif tag == "edge":
            self.edges.append((self._open[1], self._open[2], self._values))
            self._open = ("", "", "")

    def doctype(self, *_: object) -> None:
        raise _NotGraphmlError

    def read(self, file: Any) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.text
        parser.StartDoctypeDeclHandler = self.doctype
        parser.ParseFile(file)


def _parsed(path: Path) -> _Reader:
    opener = _OPENERS.get(path.suffix.lower())
    if opener is None:
        raise SourceError(
            f"« {path.name} » n'est pas un réseau routier que l'on sait lire : donnez un GraphML "
            "d’OSMnx (.graphml, .graphml.gz ou .graphml.bz2)."
        )
    reader = _Reader()
    try:
        with opener(path, "rb") as file:
            reader.read(file)
    except FileNotFoundError:
        raise SourceError(
            f"Le réseau routier « {path} » n'existe pas : vérifiez le chemin."
        ) from None
    except _NotGraphmlError:
        raise SourceError(
            f"« {path.name} » n'est pas un GraphML (une page web enregistrée à sa place ?) : "
            "téléchargez à nouveau le réseau routier."
        ) from None
    except (EOFError, zlib.error, expat.ExpatError, OSError) as error:
        raise SourceError(
            f"« {path.name} » est coupé ou abîmé ({error}) : téléchargez à nouveau le réseau "
            "routier."
        ) from None
    return reader


def _degrees(reader: _Reader, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    try:
        xy = np.array(list(reader.nodes.values()), dtype=np.float64).reshape(-1, 2)
        crs = CRS.from_user_input(reader.crs)
    except ValueError:
        raise SourceError(
            f"Des carrefours de « {name} » n'ont pas de coordonnées x et y : enregistrez le réseau "
            "avec osmnx.save_graphml."
        ) from None
    except CRSError:
        raise SourceError(
            f"La projection de « {name} » est inconnue (« {reader.crs} ») : enregistrez le réseau "
            "en EPSG:4326."
        ) from None
    x, y = xy[:, 0], xy[:, 1]
    if not crs.is_geographic:
        x, y = Transformer.from_crs(crs, WGS84, always_xy=True).transform(x, y)
    if not (np.isfinite(xy).all() and (np.abs(x) <= 180).all() and (np.abs(y) <= 90).all()):
        raise SourceError(
            f"Des carrefours de « {name} » sont hors du globe : enregistrez le réseau en EPSG:4326."
        )
    return np.ascontiguousarray(x), np.ascontiguousarray(y)


def read_graphml(path: Path) -> RawRoads:
    """Read a road network saved by OSMnx (``.graphml``, ``.graphml.gz``, ``.graphml.bz2``).

    Every edge is one directed arc, as OSMnx writes them; its ``oneway`` tag is already told by
    the absence of the opposite edge. Raises ``SourceError`` (French, what to do) for a file that
    is missing, of another kind, cut, empty, or without coordinates or lengths.
    """
    reader = _parsed(path)
    if not reader.nodes or not reader.edges:
        raise SourceError(
            f"« {path.name} » ne contient aucune route : téléchargez un réseau qui couvre le "
            "territoire."
        )
    x, y = _degrees(reader, path.name)
    position = {node: number for number, node in enumerate(reader.nodes)}
    try:
        tails = np.array([position[tail] for tail, _, _ in reader.edges], dtype=np.int64)
        heads = np.array([position[head] for _, head, _ in reader.edges], dtype=np.int64)
    except KeyError as error:
        raise SourceError(
            f"Une route de « {path.name} » part d'un carrefour absent ({error.args[0]}) : "
            "téléchargez à nouveau le réseau routier."
        ) from None
    values = [attributes for _, _, attributes in reader.edges]
    try:
        length_m = np.array([float(v["length"]) for v in values], dtype=np.float64)
    except (KeyError, ValueError):
        length_m = np.array([np.nan])
    if not (np.isfinite(length_m).all() and (length_m >= 0).all()):
        raise SourceError(
            f"Des routes de « {path.name} » n'ont pas de longueur en mètres (length) : ajoutez-la "
            "avec osmnx.distance.add_edge_lengths, puis enregistrez à nouveau."
        )
    columns = {key: [v.get(key, "") for v in values] for key in ("highway", "maxspeed", "access")}
    return RawRoads(x=x, y=y, tails=tails, heads=heads, length_m=length_m, **columns)
