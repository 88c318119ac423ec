"""A road file as it was written: what every reader gives, before modes and speeds."""

from __future__ import annotations

import ast
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coverage.network.keys import Tags
from coverage.network.road_file import off_the_globe

#: A longer list is none of tags: OpenStreetMap's have 255 characters at most.
_LONGEST_LIST = 10_000


def tag_values(text: str) -> list[str]:
    """Return the values of a tag that OSMnx may have merged: ``"['30', '50']" -> [30, 50]``."""
    if not text.startswith("[") or len(text) > _LONGEST_LIST:
        return [text] if text else []
    try:
        return [str(value) for value in ast.literal_eval(text)]
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return [text]


@dataclass(frozen=True, eq=False)
class RawRoads:
    """Roads between two nodes, with their bends and their tags.

    ``x`` and ``y`` are the points, in degrees (EPSG:4326): the first ``nodes`` of them are where
    roads meet or end, the others are bends. Road ``r`` runs through ``points[ptr[r]:ptr[r + 1]]``,
    both ends included. ``length_m`` is its length, ``way_m`` that of the whole way which it is a
    piece of. Its tags are ``tags[tag_row[r]]``: equal tags are told once. ``forward`` and
    ``backward`` say in which directions the file itself lets it be travelled.
    """

    nodes: int
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    ptr: NDArray[np.int64]
    points: NDArray[np.int64]
    length_m: NDArray[np.float64]
    way_m: NDArray[np.float64]
    tag_row: NDArray[np.int32]
    tags: list[Tags]
    forward: NDArray[np.bool_]
    backward: NDArray[np.bool_]

    @property
    def roads(self) -> int:
        """Number of roads."""
        return int(self.ptr.size) - 1


def runs(start: NDArray[np.int64], stop: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the numbers of all the ranges ``start:stop``, one range after the other."""
    counts = stop - start
    offset = np.cumsum(counts) - counts
    return np.asarray(np.arange(int(counts.sum())) + np.repeat(start - offset, counts))


def check_globe(x: NDArray[np.float64], y: NDArray[np.float64], name: str) -> None:
    """Raise ``RefusedFileError`` (WRONG_CRS) unless every point is a longitude and a latitude."""
    if not ((np.abs(x) <= 180) & (np.abs(y) <= 90)).all():
        raise off_the_globe(name)
