"""Branch and bound (HiGHS) on what the Lagrangian bound left open.

Each row is a ladder of values: ``y_ik = 1`` when row i is served at level k or better, so
``y_ik <= y_i,k−1 + Σ_{j at level k} x_j`` and the objective adds the height of each rung
(Cornuéjols, Nemhauser and Wolsey, 1980). With one level a row this is MCLP as written by Church
and ReVelle (1974).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse

from coverage.placement.core import Core, FloatArray
from coverage.placement.problem import SCALE, IntArray

#: The solver stops when objective and bound are closer than this part of the smallest unit.
_UNIT_SHARE = 0.9


@dataclass(frozen=True, eq=False)
class BranchResult:
    """What a search came to.

    ``chosen``: the best plan seen, or None; ``bound`` in thousandths; ``finished``: no limit cut
    the search off.
    """

    chosen: IntArray | None
    bound: float
    nodes: int
    finished: bool


def branch(
    core: Core, start: IntArray | None, *, seconds: float, nodes: float, seed: int
) -> BranchResult:
    """Search a core to the end, or to ``seconds`` or ``nodes``; ``start``: a known plan."""
    if core.p in {0, core.site_count}:  # one plan only
        only = np.arange(core.p)
        return BranchResult(only, float(core.value_of(only)), 0, True)
    rung, rung_row, rung_value, height = _ladders(core)
    model = _model(core, rung, rung_row, height)
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    options = {
        "output_flag": False,
        "threads": 1,
        "random_seed": seed,
        "mip_rel_gap": 0.0,
        "mip_abs_gap": _UNIT_SHARE * core.unit / SCALE,
    }
    if math.isfinite(seconds):
        options["time_limit"] = seconds
    if math.isfinite(nodes):
        options["mip_max_nodes"] = int(min(nodes, 2**31 - 1))
    for name, value in options.items():
        solver.setOptionValue(name, value)
    solver.passModel(model)
    if start is not None:
        known = highspy.HighsSolution()
        served = core.served(start)[1]
        is_open = np.zeros(core.site_count)
        is_open[start] = 1.0
        known.col_value = np.append(is_open, served[rung_row] >= rung_value).tolist()
        solver.setSolution(known)
    solver.run()
    info = solver.getInfo()
    status = solver.getModelStatus()
    chosen = None
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        is_in = np.array(solver.getSolution().col_value[: core.site_count])
        chosen = np.sort(np.argsort(-is_in, kind="stable")[: core.p])
    return BranchResult(
        chosen=chosen,
        bound=info.mip_dual_bound * SCALE,
        nodes=max(0, int(info.mip_node_count)),
        finished=status == highspy.HighsModelStatus.kOptimal,
    )


def _ladders(core: Core) -> tuple[IntArray, IntArray, IntArray, FloatArray]:
    """Return the rung of each entry, and for each rung its row, its value and its height."""
    top = np.ones(len(core.row), dtype=np.bool_)
    top[1:] = (core.row[1:] != core.row[:-1]) | (core.value[1:] != core.value[:-1])
    rung_row, rung_value = core.row[top], core.value[top]
    below = np.append(rung_value[1:], 0)
    below[np.append(rung_row[1:] != rung_row[:-1], True)] = 0
    return np.cumsum(top) - 1, rung_row, rung_value, (rung_value - below) / SCALE


def _model(core: Core, rung: IntArray, rung_row: IntArray, height: FloatArray) -> highspy.HighsLp:
    sites, rungs = core.site_count, len(rung_row)
    higher = np.flatnonzero(rung_row[1:] == rung_row[:-1]) + 1
    parts = [
        (np.arange(rungs), sites + np.arange(rungs), 1.0),
        (rung, core.col, -1.0),
        (higher, sites + higher - 1, -1.0),
        (np.full(sites, rungs), np.arange(sites), 1.0),
    ]
    data = np.concatenate([np.full(len(i), v) for i, _, v in parts])
    place = (np.concatenate([i for i, _, _ in parts]), np.concatenate([j for _, j, _ in parts]))
    matrix = sparse.csc_array((data, place), shape=(rungs + 1, sites + rungs))
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = matrix.shape
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = np.append(np.zeros(sites), height)
    model.col_lower_ = np.zeros(sites + rungs)
    model.col_upper_ = np.ones(sites + rungs)
    model.row_lower_ = np.append(np.full(rungs, -highspy.kHighsInf), float(core.p))
    model.row_upper_ = np.append(np.zeros(rungs), float(core.p))
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = matrix.indptr
    model.a_matrix_.index_ = matrix.indices
    model.a_matrix_.value_ = matrix.data
    kinds = highspy.HighsVarType
    model.integrality_ = [kinds.kInteger] * sites + [kinds.kContinuous] * rungs
    return model
