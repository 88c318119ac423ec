"""Suppression: which figures of a release may be told, so that no small count can be worked out.

A block's detections, and its tests where known, are told because of the way blocks are made, and so
is a zone that is made of whole blocks. All else (zones that cut through blocks, orientations) is
told where it is large enough, moved enough since it was last told, and the audit finds that nothing
small can then be worked out. What the audit blames is hidden: zones before blocks, the whole
territory last, the smallest first. What was hidden in vain is told after all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage.model.detections import BLOCK, ZONINGS
from coverage.need.disclosure.audit import Audit
from coverage.need.disclosure.cells import Cell, History
from coverage.need.disclosure.counts import Unknowns
from coverage.need.disclosure.releases import enough

I64 = NDArray[np.int64]

#: What is told with a measure besides: whoever knows the detections knows the rest of them.
_MADE_OF = {"orientations": ("orientations", "unoriented")}
#: The measures that say something of one another: whoever isn't detected is counted apart.
_BESIDE = {
    "detections": ("detections", "orientations"),
    "others": ("others",),
    "orientations": ("detections", "orientations"),
}
#: The measures whose small counts each one could give away.
_LOOKED_AT = {
    "detections": ("detections", "orientations", "unoriented"),  # told at the releases before
    "others": ("others",),
    "orientations": ("detections", "orientations", "unoriented"),
}
#: A width this much short of the threshold is the solver's rounding.
_ROUNDING = 1e-6


@dataclass(frozen=True, eq=False)
class Suppression:
    """One release's decisions: which measures of which cells are told.

    ``pairs`` are the communes that an attacker would look at two by two: of one block, or on both
    sides of a border of blocks. ``block_of``: the block of each commune.
    """

    unknowns: Unknowns
    history: History
    release: int
    pairs: tuple[tuple[str, str], ...]
    block_of: pd.Series[str]
    threshold: int

    def decide(self, cells: list[Cell]) -> None:
        """Fill ``told`` of the cells; blocks come in with what was already allowed.

        Detections are decided first, then the tests of the cells that tell detections, then
        orientations.
        """
        moved = {cell.key: frozenset(cell.told) for cell in cells if cell.zoning == BLOCK}
        for measure in ("detections", "others"):
            for cell in cells:
                blocks = self._whole_blocks(cell)
                if measure in cell.known and blocks is not None:
                    keys = [(BLOCK, block) for block in blocks]
                    if all(measure in moved.get(key, self.history.now(key)) for key in keys):
                        cell.told.add(measure)
            self._tell(measure, cells)
        self._tell("orientations", cells)

    def _whole_blocks(self, cell: Cell) -> list[str] | None:
        """Return the blocks whose sounded communes are the cell's, None where it cuts through."""
        sounded = self.block_of.reindex(self.unknowns.codes)
        inside = sounded.index.isin(cell.codes)
        blocks = set(sounded[inside])
        return None if blocks & set(sounded[~inside]) else sorted(blocks)

    def _tell(self, measure: str, cells: list[Cell]) -> None:
        """Tell a measure of as many more cells as can be, so that everything small stays hidden."""
        allowed = {
            cell.key: cell
            for cell in cells
            if measure in cell.known - cell.told and self._allowed(measure, cell)
        }
        small = self._small(_LOOKED_AT[measure])
        asked = dict(allowed)
        while (blamed := self._blamed(measure, cells, asked, small)) is not None:
            del asked[blamed]
        hidden = sorted(allowed.keys() - asked.keys(), key=lambda key: self._loss(allowed[key]))
        for key in reversed(hidden):
            more = {**asked, key: allowed[key]}
            if self._blamed(measure, cells, more, small) is None:
                asked = more
        for cell in asked.values():
            cell.told.add(measure)

    def _blamed(
        self,
        measure: str,
        cells: list[Cell],
        asked: dict[tuple[str, str], Cell],
        small: list[I64],
    ) -> tuple[str, str] | None:
        """Return the cell to hide first if all that are ``asked`` were told; None: all may be."""
        hidden = [c for c in cells if measure in c.known - c.told and c.key not in asked]
        watched = [*small]
        watched += [parts for cell in hidden for parts in self._hidden(measure, cell)]
        audit = Audit(self.unknowns.counts, watched)
        for name, codes, release in self.history.facts():
            if name in _BESIDE[measure]:
                audit.tell(self.unknowns.standing(name, codes, release).parts)
        for cell in cells:
            for name in _BESIDE[measure]:
                if name in cell.told:
                    self._publish(audit, name, cell)
        facts = {self._publish(audit, measure, cell): cell for cell in asked.values()}
        for at in range(len(watched)):
            because = audit.leak(at, self.threshold - _ROUNDING) or ()
            # What was told before, or of a block, can't be taken back, and gives nothing away.
            if blamed := [facts[fact] for fact in because if fact in facts]:
                return min(blamed, key=self._loss).key
        return None

    def _loss(self, cell: Cell) -> tuple[int, float, tuple[str, str]]:
        """Return what tells which cell is missed least: a small zone first, the territory last."""
        missed = {BLOCK: 1, ZONINGS[0]: 2}.get(cell.zoning, 0)
        return missed, self._value("detections", cell), cell.key

    def _publish(self, audit: Audit, measure: str, cell: Cell) -> int:
        return audit.tell(self.unknowns.standing(measure, cell.codes, self.release).parts)

    def _allowed(self, measure: str, cell: Cell) -> bool:
        if measure != "detections" and "detections" not in cell.told:
            return False
        before = self.history.last(cell, measure) or {}
        return all(
            enough(self._value(name, cell), before.get(name), self.threshold)
            for name in _MADE_OF.get(measure, (measure,))
        )

    def _value(self, measure: str, cell: Cell) -> float:
        return self.unknowns.standing(measure, cell.codes, self.release).value

    def _hidden(self, measure: str, cell: Cell) -> list[I64]:
        """Return the parts of what a hidden cell must not give away."""
        names = _MADE_OF.get(measure, (measure,))
        sums = [self.unknowns.standing(name, cell.codes, self.release) for name in names]
        return [found.parts for found in sums if len(found.parts)]

    def _small(self, measures: Iterable[str]) -> list[I64]:
        """Return the parts of every count under the threshold, of communes and of pairs."""
        groups = [(code,) for code in self.unknowns.codes] + list(self.pairs)
        small: dict[bytes, I64] = {}
        for measure in measures:
            for codes in groups:
                for release in range(1, self.release + 1):
                    for found in (
                        self.unknowns.standing(measure, codes, release),
                        self.unknowns.added(measure, codes, release),
                    ):
                        if len(found.parts) and found.value < self.threshold:
                            parts = np.sort(found.parts)
                            small[parts.tobytes()] = parts
        return list(small.values())
