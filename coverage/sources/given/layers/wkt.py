"""Descriptions of reference systems (WKT): taken apart by us, told to PROJ in numbers and names.

PROJ reads more in such a text than a place on the Earth: it may name grids, which PROJ opens
wherever they are, and steps to run. Only what says where the axes lie is told again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_MOST_CHARACTERS, _MOST_DEPTH = 20_000, 20
_TOKEN = re.compile(
    r'\s*+(?:(?P<value>"(?:[^"]|"")*+"|[+-]?(?:\d++(?:\.\d*+)?|\.\d++)(?:e[+-]?\d++)?)'
    r"|(?P<word>[a-z_]\w*+)|(?P<mark>[\[\](),]))\s*+",
    re.ASCII | re.IGNORECASE,
)
_CLOSES = {"[": "]", "(": ")"}
#: What may be told again, as WKT 1 and WKT 2 call it.
_KEPT = frozenset(
    "PROJCS GEOGCS DATUM SPHEROID PRIMEM UNIT PROJECTION PARAMETER AXIS AUTHORITY TOWGS84 PROJCRS "
    "PROJECTEDCRS BASEGEOGCRS BASEGEODCRS GEOGCRS GEOGRAPHICCRS GEODCRS GEODETICCRS GEODETICDATUM "
    "TRF ENSEMBLE MEMBER ENSEMBLEACCURACY ELLIPSOID PRIMEMERIDIAN LENGTHUNIT ANGLEUNIT SCALEUNIT "
    "CONVERSION METHOD CS ORDER MERIDIAN ID".split()
)
#: What says nothing of where the axes lie.
_LEFT = frozenset(
    "USAGE SCOPE AREA BBOX EXTENT TIMEEXTENT VERTICALEXTENT REMARK CITATION URI METADATA ANCHOR "
    "DYNAMIC FRAMEEPOCH MODEL VERT_CS VERTCS VERTCRS VERTICALCRS".split()
)
_COMPOUND = frozenset(("COMPD_CS", "COMPOUNDCRS"))
_SYSTEMS = frozenset(
    "PROJCS GEOGCS PROJCRS PROJECTEDCRS GEOGCRS GEOGRAPHICCRS GEODCRS GEODETICCRS".split()
)
_EXTENSION = "EXTENSION"
#: How GDAL says that Web Mercator is on a sphere: its number is beside it, and is what is read.
_WEB_MERCATOR = [
    '"PROJ4"',
    '"+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m '
    '+nadgrids=@null +wktext +no_defs"',
]
#: Ways to project have names; PROJ takes some others for a command line.
_METHODS = frozenset(("METHOD", "PROJECTION"))
_METHOD = re.compile(r"\"(?!PROJ|custom)[\w ()./&'-]++\"", re.IGNORECASE)


class WktError(Exception):
    """The text is no description of a reference system, or says more than that."""


@dataclass(frozen=True)
class Description:
    """A reference system: its number in EPSG (None: it is not told), and the text to tell PROJ."""

    epsg: int | None
    text: str


@dataclass
class _Node:
    """A word and what stands between its brackets: values as they are written, nodes."""

    name: str
    values: list[str | _Node] = field(default_factory=list)

    @property
    def nodes(self) -> list[_Node]:
        return [value for value in self.values if isinstance(value, _Node)]


def read_wkt(text: str) -> Description:
    """Return what a description of a projected or geographic system says; heights are left.

    Raises ``WktError`` where the text is no WKT, or says anything else than names and numbers of
    such a system (a file, a grid, a step to run).
    """
    if len(text) > _MOST_CHARACTERS:
        raise WktError
    root = _Parser(text).root()
    if root.name in _COMPOUND:
        root = next((node for node in root.nodes if node.name in _SYSTEMS), root)
    if root.name not in _SYSTEMS:
        raise WktError
    told = _told(root)
    epsg = _epsg(root)
    # Without its sphere it would be another Mercator.
    if epsg is None and any(node.name == _EXTENSION for node in root.nodes):
        raise WktError
    return Description(epsg, told)


def _epsg(system: _Node) -> int | None:
    for node in system.nodes:
        if node.name in ("AUTHORITY", "ID") and len(node.values) >= 2:
            authority, number = (str(value).strip('"') for value in node.values[:2])
            if authority.upper() == "EPSG" and re.fullmatch(r"\d{1,6}", number, re.ASCII):
                return int(number)
    return None


def _told(node: _Node) -> str:
    """Return a node as text again, with what is kept of it."""
    if node.name not in _KEPT:
        raise WktError
    values = []
    for value in node.values:
        if isinstance(value, str):
            values.append(value)
        elif value.name == _EXTENSION:
            if value.values != _WEB_MERCATOR:
                raise WktError
        elif value.name not in _LEFT:
            values.append(_told(value))
    if node.name in _METHODS and not (values and _METHOD.fullmatch(values[0])):
        raise WktError
    return f"{node.name}[{','.join(values)}]"


class _Parser:
    """A text and the place up to which it is read."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0

    def root(self) -> _Node:
        """Read the whole text: a node, and heights that ESRI puts after it."""
        first = self._item(0)
        while self._at < len(self._text):
            self._mark(",")
            self._item(0)
        if not isinstance(first, _Node):
            raise WktError
        return first

    def _item(self, depth: int) -> str | _Node:
        token = self._next()
        if token["value"]:
            return token["value"]
        if not token["word"] or depth > _MOST_DEPTH:
            raise WktError
        opened = self._text[self._at : self._at + 1]
        if opened not in _CLOSES:
            return token["word"]
        self._mark(opened)
        node = _Node(token["word"].upper())
        while True:
            node.values.append(self._item(depth + 1))
            if self._mark(",", _CLOSES[opened]) != ",":
                return node

    def _mark(self, *expected: str) -> str:
        mark = self._next()["mark"]
        if mark not in expected:
            raise WktError
        return mark

    def _next(self) -> re.Match[str]:
        token = _TOKEN.match(self._text, self._at)
        if token is None:
            raise WktError
        self._at = token.end()
        return token
