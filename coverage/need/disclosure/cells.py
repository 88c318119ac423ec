"""Cells: the blocks and official zones of a release, and what was told of them before.

What decides is in ``suppression``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, NamedTuple

import pandas as pd

from coverage.need.disclosure.counts import sums_of

MEASURES = ("detections", "others", "orientations")


@dataclass(eq=False)
class Cell:
    """A set of communes that figures are told of; ``told`` are the measures that may be."""

    zoning: str
    zone_id: str
    nom: str
    codes: tuple[str, ...]
    known: frozenset[str] = frozenset()
    told: set[str] = field(default_factory=set)

    @property
    def key(self) -> tuple[str, str]:
        """What names the cell."""
        return self.zoning, self.zone_id

    def knowing(self, known: frozenset[str]) -> Cell:
        """Return the cell with the measures that are known of it, telling none."""
        return Cell(self.zoning, self.zone_id, self.nom, self.codes, known)


def measures_known(counts: pd.DataFrame, codes: Iterable[str]) -> frozenset[str]:
    """Return the measures that are known of every sounded one of some communes."""
    sums = sums_of(counts, codes)
    sounded = bool(sums["days"])
    return frozenset(name for name in MEASURES if sounded and sums[name] is not None)


class Told(NamedTuple):
    """What was told of some communes at a release: persons by measure."""

    codes: tuple[str, ...]
    release: int
    figures: dict[str, float]


class History:
    """What was told at the releases before, by cell, oldest first."""

    def __init__(self, zones: pd.DataFrame) -> None:
        """Read it from rows of ``detection_zones``."""
        self._told: dict[tuple[str, str], list[Told]] = {}
        row: Any
        for row in zones.sort_values("release", kind="stable").itertuples():
            told = Told(tuple(row.codes), int(row.release), _figures(row))
            self._told.setdefault((row.zoning, row.zone_id), []).append(told)

    def last(self, cell: Cell, measure: str) -> dict[str, float] | None:
        """Return what was told of these very communes when ``measure`` was last told, or None."""
        for told in reversed(self._told.get(cell.key, [])):
            if told.codes == cell.codes and measure in told.figures:
                return told.figures
        return None

    def now(self, key: tuple[str, str]) -> frozenset[str]:
        """Return the measures that a cell tells since it last moved."""
        told = self._told.get(key, [])
        return frozenset(told[-1].figures) if told else frozenset()

    def facts(self) -> Iterator[tuple[str, tuple[str, ...], int]]:
        """Give measure, communes and release of every figure that was told."""
        for told in chain.from_iterable(self._told.values()):
            for measure in told.figures:
                yield measure, told.codes, told.release


def _figures(row: Any) -> dict[str, float]:
    told = {"detections": row.detections, "tests": row.tests, "orientations": row.orientations}
    figures = {name: float(value) for name, value in told.items() if not pd.isna(value)}
    if "tests" in figures:
        figures["others"] = figures.pop("tests") - figures["detections"]
    if "orientations" in figures:
        figures["unoriented"] = figures["detections"] - figures["orientations"]
    return figures
