"""What is left to decide once the open places are taken for granted.

Opening places for good leaves a smaller problem of the same shape: with ``b_i`` the best value
row i already has, ``max(b_i, max_{j ∈ S} v_ij) = b_i + max_{j ∈ S} max(0, v_ij − b_i)``. So open
places, locked places and places fixed by a bound all vanish, and the search only ever sees
``max Σ_i max_{j ∈ S} v_ij, |S| = p``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from coverage.placement.problem import CoverProblem, IntArray

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Core:
    """A problem without open places; rows that rank the sites alike are one row.

    Entry k says that site ``col[k]`` gives ``value[k]`` thousandths (> 0) to row ``row[k]``;
    entries are sorted by row, then by decreasing value, then by site. ``offset`` is the value
    that the open places give. ``columns[j]`` is the caller's number of site j. Sites are in the
    order that breaks ties, rows in an order that depends on nothing but their content.
    """

    p: int
    offset: int
    columns: IntArray
    row_count: int
    row: IntArray
    col: IntArray
    value: IntArray

    @property
    def site_count(self) -> int:
        """How many sites may be chosen."""
        return len(self.columns)

    @cached_property
    def starts(self) -> IntArray:
        """The first entry of each row."""
        return np.searchsorted(self.row, np.arange(self.row_count))

    @cached_property
    def ceiling(self) -> int:
        """The value of opening everything, which no plan can exceed."""
        return int(self.value[self.starts].sum())

    @cached_property
    def unit(self) -> int:
        """A number that divides every objective (at least 1): bounds round down to it."""
        return int(np.gcd.reduce(self.value)) if len(self.value) else 1

    @cached_property
    def of_site(self) -> list[IntArray]:
        """The entries of each site."""
        order = np.argsort(self.col, kind="stable")
        return np.split(order, np.searchsorted(self.col[order], np.arange(1, self.site_count)))

    def value_of(self, chosen: IntArray) -> int:
        """Return the objective of a set of sites, in thousandths, without ``offset``."""
        return int(self.served(chosen)[1].sum())

    def served(self, chosen: IntArray) -> tuple[IntArray, IntArray, IntArray]:
        """Return for each row its best chosen site (-1: none), its value and the second value."""
        is_open = np.zeros(self.site_count, dtype=np.bool_)
        is_open[chosen] = True
        entry = np.flatnonzero(is_open[self.col])
        rows = self.row[entry]
        first = np.ones(len(rows), dtype=np.bool_)
        first[1:] = rows[1:] != rows[:-1]
        second = np.zeros(len(rows), dtype=np.bool_)
        second[1:] = first[:-1] & ~first[1:]
        site = np.full(self.row_count, -1, dtype=np.int64)
        best = np.zeros(self.row_count, dtype=np.int64)
        next_best = np.zeros(self.row_count, dtype=np.int64)
        site[rows[first]] = self.col[entry[first]]
        best[rows[first]] = self.value[entry[first]]
        next_best[rows[second]] = self.value[entry[second]]
        return site, best, next_best

    def narrowed(self, keep: BoolArray, opened: BoolArray) -> Core:
        """Return the problem left when ``opened`` sites are taken and only ``keep`` may follow."""
        return _reduce(
            self.row_count,
            self.row,
            self.col,
            self.value,
            keep & ~opened,
            opened,
            self.p - int(opened.sum()),
            self.columns,
            self.offset,
        )


def core_of(problem: CoverProblem) -> Core:
    """Return what is left to decide in a problem: its open and locked places are taken."""
    count = len(problem.site_ids)
    keep = np.zeros(count, dtype=np.bool_)
    keep[problem.allowed] = True
    opened = np.zeros(count, dtype=np.bool_)
    opened[problem.open_sites] = True
    opened[problem.locked] = True
    return _reduce(
        len(problem.weights),
        problem.row,
        problem.column,
        problem.value,
        keep & ~opened,
        opened,
        problem.p - len(problem.locked),
        np.arange(count),
        0,
    )


def _reduce(
    row_count: int,
    row: IntArray,
    col: IntArray,
    value: IntArray,
    keep: BoolArray,
    opened: BoolArray,
    p: int,
    columns: IntArray,
    offset: int,
) -> Core:
    base = np.zeros(row_count, dtype=np.int64)
    taken = opened[col]
    np.maximum.at(base, row[taken], value[taken])
    left = value - base[row]
    useful = keep[col] & (left > 0)
    number = np.cumsum(keep) - 1
    merged_row, merged_col, merged_value = _merge_alike(
        row[useful], number[col[useful]], left[useful]
    )
    return Core(
        p=p,
        offset=offset + int(base.sum()),
        columns=columns[keep],
        row_count=int(merged_row[-1]) + 1 if len(merged_row) else 0,
        row=merged_row,
        col=merged_col,
        value=merged_value,
    )


def _merge_alike(
    row: IntArray, col: IntArray, value: IntArray
) -> tuple[IntArray, IntArray, IntArray]:
    """Add up the rows that rank the same sites in the same order, ties included.

    Such rows are always served by the same site, so the sum of their maxima is the maximum of
    their sums. Merged rows are in the order of their content.
    """
    order = np.lexsort((col, -value, row))
    row, col, value = row[order], col[order], value[order]
    if not len(row):
        return row, col, value
    new_row = np.append(True, row[1:] != row[:-1])
    starts = np.flatnonzero(new_row)
    lengths = np.diff(np.append(starts, len(row)))
    falls = np.append(0, value[1:] != value[:-1]) | new_row
    level = np.cumsum(falls)
    level = level - np.repeat(level[starts], lengths)
    profile = np.stack([col, level], axis=1)
    keys = [profile[a : a + n].tobytes() for a, n in zip(starts, lengths, strict=True)]
    found = {key: index for index, key in enumerate(keys)}
    ordered = sorted(found)
    place = {key: number for number, key in enumerate(ordered)}
    group = np.array([place[key] for key in keys], dtype=np.int64)

    representative = np.array([found[key] for key in ordered], dtype=np.int64)
    group_lengths = lengths[representative]
    group_starts = np.append(0, np.cumsum(group_lengths)[:-1])
    within = np.arange(len(row)) - np.repeat(starts, lengths)
    target = np.repeat(group_starts[group], lengths) + within
    total = np.zeros(int(group_lengths.sum()), dtype=np.int64)
    np.add.at(total, target, value)
    merged_col = np.zeros_like(total)
    merged_col[target] = col
    return np.repeat(np.arange(len(ordered)), group_lengths), merged_col, total
