"""Shapes as databases write them (WKB), read by ourselves: nothing is made before it is counted."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np

from coverage.sources.given.layers.shapes import Outline, Ring, other_kind, points, polygons

_POINT, _LINE, _POLYGON, _MULTI_POINT, _MULTI_POLYGON = 1, 2, 3, 4, 6
_OTHERS = {2: "LineString", 5: "MultiLineString", 7: "GeometryCollection"}
_MOST_KIND = 17


class WkbError(Exception):
    """The bytes are no shape."""


def read_wkb(data: bytes) -> Outline:
    """Return the outline that WKB (ISO) tells, heights left.

    Raises ``WkbError`` where the bytes are no shape, ``FeatureError``.
    """
    reader = _Reader(data)
    kind = reader.kind()
    if kind == _POINT:
        outline = points(reader.point(), several=False)
    elif kind == _MULTI_POINT:
        each = [reader.point() for _ in reader.several(_POINT)]
        outline = points(np.concatenate([*each, np.empty((0, 2))]), several=True)
    elif kind == _POLYGON:
        outline = polygons([reader.rings()], several=False)
    elif kind == _MULTI_POLYGON:
        parts = [reader.rings() for _ in reader.several(_POLYGON)]
        outline = polygons(parts, several=True)
    elif kind <= _MOST_KIND:
        if kind == _LINE:
            reader.line()
        raise other_kind(_OTHERS.get(kind, "courbe ou surface"))
    else:
        raise WkbError
    if not reader.ended:
        raise WkbError
    return outline


class _Reader:
    """The bytes of a shape, and the place up to which they are read."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at, self._order, self._numbers = data, 0, "<", 2

    @property
    def ended(self) -> bool:
        return self._at == len(self._data)

    def kind(self) -> int:
        """Read the head of a shape: the order of its bytes, its kind, how many numbers a vertex."""
        order = self._data[self._at : self._at + 1]
        if order not in (b"\0", b"\1"):
            raise WkbError
        self._at += 1
        self._order = "<" if order == b"\1" else ">"
        dimensions, kind = divmod(self.count(), 1000)
        if dimensions > 3:
            raise WkbError
        self._numbers = (2, 3, 3, 4)[dimensions]
        return kind

    def several(self, kind: int) -> Iterator[None]:
        """Read how many shapes follow, and the head of each, which is to be of this kind."""
        for _ in range(self.count()):
            if self.kind() != kind:
                raise WkbError
            yield

    def count(self) -> int:
        """Read a whole number."""
        try:
            (told,) = struct.unpack_from(f"{self._order}I", self._data, self._at)
        except struct.error:
            raise WkbError from None
        self._at += 4
        return int(told)

    def point(self) -> Ring:
        """Read one position; none where it is written as not-a-number."""
        xy = self._positions(1)
        return xy[:0] if np.isnan(xy).all() else xy

    def line(self) -> Ring:
        """Read the positions of a line, or of a ring."""
        return self._positions(self.count())

    def rings(self) -> list[Ring]:
        """Read the rings of a polygon."""
        count = self.count()
        if count * 4 > len(self._data) - self._at:
            raise WkbError
        return [self.line() for _ in range(count)]

    def _positions(self, count: int) -> Ring:
        size = count * self._numbers * 8
        if size > len(self._data) - self._at:
            raise WkbError
        told = np.frombuffer(
            self._data, f"{self._order}f8", count=count * self._numbers, offset=self._at
        )
        self._at += size
        return told.reshape(count, self._numbers)[:, :2].astype(np.float64)
