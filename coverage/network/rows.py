"""Rows of numbers and times: what hangs on nodes, where searches begin, what they find."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]


class Rows(NamedTuple):
    """Numbers and times in rows: row ``r`` is ``item[ptr[r]:ptr[r + 1]]`` and its ``ds``."""

    ptr: I64
    item: I32
    ds: I32

    @classmethod
    def empty(cls, rows: int) -> Rows:
        """Return ``rows`` empty rows."""
        return cls(np.zeros(rows + 1, np.int64), np.empty(0, np.int32), np.empty(0, np.int32))

    @property
    def row(self) -> I64:
        """The number of the row in which each item stands."""
        return np.repeat(np.arange(self.ptr.size - 1), np.diff(self.ptr))

    def some(self, rows: slice) -> Rows:
        """Return a run of the rows, ``rows.start`` to ``rows.stop``."""
        a, b = self.ptr[rows.start], self.ptr[rows.stop]
        return Rows(self.ptr[rows.start : rows.stop + 1] - a, self.item[a:b], self.ds[a:b])


def pointers(row: NDArray[np.integer], rows: int) -> I64:
    """Return where each of ``rows`` rows begins and ends, once items are sorted by ``row``."""
    return np.concatenate(([0], np.cumsum(np.bincount(row, minlength=rows)))).astype(np.int64)


def joined(parts: Sequence[Rows]) -> Rows:
    """Return the rows of all parts, one after the other."""
    if len(parts) == 1:
        return parts[0]
    counts = [np.diff(part.ptr) for part in parts]
    ptr = np.concatenate([np.zeros(1, np.int64), np.cumsum(np.concatenate([_NO_ROW, *counts]))])
    item = np.concatenate([_NO_ITEM, *(part.item for part in parts)])
    return Rows(ptr, item, np.concatenate([_NO_ITEM, *(part.ds for part in parts)]))


_NO_ROW, _NO_ITEM = np.empty(0, np.int64), np.empty(0, np.int32)
