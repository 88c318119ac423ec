"""What can be worked out from published sums: the attacker's linear programs.

The attacker knows every sum that was told and that no count is negative. The least and the most
that a hidden count can then be are two linear programs (Fischetti & Salazar, 2001, "Solving the
cell suppression problem on tabular data with linear constraints", Management Science 47(7);
Hundepool et al., Statistical Disclosure Control, 2012, ch. 4).
"""

from __future__ import annotations

from collections.abc import Sequence

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

#: A dual smaller than this is the solver's rounding.
_TINY = 1e-7


class Audit:
    """Counts that an attacker doesn't know, by number, and the sums of them that he was told.

    All that is told is told first; then sums are looked at.

    ``counts`` are the counts themselves, a point that keeps every fact; ``watched`` are the sums
    that may not be found out, each by the numbers of its counts.
    """

    def __init__(self, counts: F64, watched: Sequence[I64]) -> None:
        self._counts, self._watched = counts, watched
        ends = np.cumsum([0, *map(len, watched)])
        parts = np.concatenate([np.zeros(0, np.int64), *watched])
        shape = (len(watched), len(counts))
        self._sums = csr_matrix((np.ones(len(parts)), parts, ends), shape=shape)
        # A point where a program ended keeps every fact: a sum that differs enough between two
        # such points needs no program of its own.
        self._low = self._sums @ counts
        self._high = self._low.copy()
        self._model = highspy.Highs()  # type: ignore[no-untyped-call]
        self._model.silent()
        self._model.setOptionValue("threads", 1)
        self._model.setOptionValue("presolve", "off")
        # Primal simplex: another sum to look at leaves the point at hand feasible.
        self._model.setOptionValue("simplex_strategy", 4)
        nothing = np.zeros(len(counts))
        self._model.addVars(len(counts), nothing, np.full(len(counts), highspy.kHighsInf))

    def tell(self, parts: I64) -> int:
        """Publish the sum of some of the counts (by number); returns the number of this fact."""
        total = float(self._counts[parts].sum())
        one = np.ones(len(parts))
        self._model.addRow(total, total, len(parts), parts.astype(np.int32), one)
        return int(self._model.getNumRow()) - 1

    def leak(self, watched: int, width: float) -> frozenset[int] | None:
        """Return the facts that give a watched sum away, None where it is well hidden.

        Well hidden: the least and the most that it can be are ``width`` apart, or more.
        """
        because: frozenset[int] = frozenset()
        for sense in (highspy.ObjSense.kMaximize, highspy.ObjSense.kMinimize):
            if self._high[watched] - self._low[watched] >= width:
                return None
            because |= self._end(watched, sense)
        hidden = self._high[watched] - self._low[watched] >= width
        return None if hidden else because

    def _end(self, watched: int, sense: highspy.ObjSense) -> frozenset[int]:
        """Go to the least or the most of a watched sum; returns the facts that hold it there."""
        cost = np.zeros(len(self._counts))
        cost[self._watched[watched]] = 1.0
        self._model.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost)
        self._model.changeObjectiveSense(sense)
        self._model.run()
        status = self._model.getModelStatus()
        if status == highspy.HighsModelStatus.kUnbounded:
            self._high[watched] = np.inf
            return frozenset()
        if status != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"The audit ended without an answer ({status}).")
        solution = self._model.getSolution()
        seen = self._sums @ np.asarray(solution.col_value)
        self._low, self._high = np.minimum(self._low, seen), np.maximum(self._high, seen)
        return frozenset(np.flatnonzero(np.abs(solution.row_dual) > _TINY).tolist())
