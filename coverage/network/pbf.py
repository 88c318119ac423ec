"""OpenStreetMap extracts (``.osm.pbf``) -> ways.

A child process tells the ways as text (``extract.way_lines``); pyarrow reads the numbers of that
text as it comes. So nothing is done in Python for a node, and little for a way. Memory: 24 bytes a
point of the roads, beside the child's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pyarrow import csv

from coverage.network.extract import way_lines
from coverage.network.keys import KEYS, Tags
from coverage.network.ways import OsmWays

#: A whole line: what a child that died was writing doesn't count.
_WAY = re.compile(rb"^w\S+ T(\S*) N(\S*)\n", re.MULTILINE)
_TAG = re.compile(rb"(?:^|,)(%s)=([^,]*)" % b"|".join(re.escape(key.encode()) for key in KEYS))
_ESCAPED = re.compile(r"%([0-9a-f]+)%")
#: OPL ``n123x9.1y42.2,n124…`` -> lines of numbers with commas between them.
_COMMAS = bytes.maketrans(b"xy", b",,")
_COLUMNS = ["node", "x", "y"]
#: What a node without a place is given. A road that has one is refused once all is read.
_NOWHERE = b"x999y999"

_RawTags = tuple[tuple[bytes, bytes], ...]


def read_pbf(path: Path, wanted: Callable[[Tags], bool]) -> OsmWays:
    """Read the ways with a ``highway`` tag, and the ferries, of an OpenStreetMap extract.

    The ways whose tags are not ``wanted`` are counted but have no nodes. Raises
    ``RefusedFileError`` as ``way_lines`` does.
    """
    found = _Found(wanted)
    for block in way_lines(path):
        found.add(block)
    return found.ways(path.name)


class _Found:
    """The ways told so far."""

    def __init__(self, wanted: Callable[[Tags], bool]) -> None:
        self._wanted = wanted
        self._rows: dict[_RawTags, int] = {}
        self._tags: list[Tags] = []
        self._is_wanted: list[bool] = []
        self._tag_row: list[int] = []
        self._counts: list[int] = []
        self._numbers = [np.empty((0, 3))]

    def add(self, block: bytes) -> None:
        """Take in the ways of a block of lines."""
        nodes: list[bytes] = []
        for tags, refs in _WAY.findall(block):
            kept: _RawTags = tuple(_TAG.findall(tags))
            row = self._rows.get(kept)
            if row is None:
                row = self._new_row(kept)
            self._tag_row.append(row)
            self._counts.append(refs.count(b"n") if self._is_wanted[row] else 0)
            if self._is_wanted[row] and refs:
                nodes.append(refs)
        if nodes:
            self._numbers.append(_numbers(nodes))

    def _new_row(self, kept: _RawTags) -> int:
        tags = {key.decode(): _text(value) for key, value in kept}
        self._tags.append(tags)
        self._is_wanted.append(self._wanted(tags))
        return self._rows.setdefault(kept, len(self._rows))

    def ways(self, name: str) -> OsmWays:
        """Return all the ways."""
        table = np.concatenate(self._numbers)
        # Identifiers are whole numbers far below 2**53: floats hold them exactly.
        _, first, refs = np.unique(table[:, 0], return_index=True, return_inverse=True)
        return OsmWays(
            name=name,
            ptr=np.concatenate(([0], np.cumsum(self._counts))).astype(np.int64),
            refs=refs,
            x=table[first, 1],
            y=table[first, 2],
            tag_row=np.array(self._tag_row, dtype=np.int32),
            tags=self._tags,
        )


def _numbers(nodes: list[bytes]) -> NDArray[np.float64]:
    """Return identifier, longitude and latitude of nodes written as OPL."""
    text = b",".join(nodes).replace(b"xy", _NOWHERE)
    lines = text.replace(b",n", b"\n").translate(_COMMAS)[1:]
    table = csv.read_csv(BytesIO(lines), csv.ReadOptions(use_threads=False, column_names=_COLUMNS))
    return np.column_stack([column.to_numpy().astype(np.float64) for column in table.columns])


def _text(value: bytes) -> str:
    """Return a tag value: OPL writes blanks, commas and the like as ``%20%``."""
    text = value.decode("utf-8", "replace")
    return _ESCAPED.sub(lambda code: chr(int(code[1], 16)), text)
