"""From the tables of a study to a plan with its certificate."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coverage.base.errors import UserError
from coverage.model.plan import Plan, PlannedSite, Status
from coverage.placement.engine import solve
from coverage.placement.problem import (
    DS_PER_MINUTE,
    SCALE,
    CoverProblem,
    positions,
    problem_from_tables,
)
from coverage.placement.stop import MaxRuntime, Stop

if TYPE_CHECKING:
    import geopandas as gpd

    from coverage.model.params import StudyParams
    from coverage.model.services import ServiceTable
    from coverage.placement.core import BoolArray

_AVAILABLE = ("mclp",)


def place(
    demand: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    costs: pd.DataFrame,
    params: StudyParams,
    services: ServiceTable,
    *,
    inputs: dict[str, str],
    weight: str = "persons",
    stop: Stop | None = None,
) -> Plan:
    """Choose ``params.new`` more places so that most people are within ``params.minutes``.

    MCLP with the adviser places of ``sites`` open. ``weight`` is the column of ``demand`` that
    is counted: ``persons`` or ``need``; the plan's figures are in its unit, each row rounded to
    a thousandth, and ``params["weight"]`` names it. ``costs`` holds deciseconds. Without
    ``stop`` the search ends after ``params.time_limit_s``.

    ``objective`` and ``baseline`` count who is covered with and without the plan, ``total``
    everybody. ``newly_covered`` counts each person once, in plan order, so that it sums to
    ``objective − baseline``. ``unreachable`` is the demand that no open place and no candidate
    reaches within the limit of the costs table.

    Raises ``UserError`` for a model that is not available and for wrong locked or forbidden ids.
    """
    if params.model not in _AVAILABLE:
        raise UserError(
            f"Le modèle « {params.model} » n'est pas encore disponible ; utilisez mclp."
        )
    problem = problem_from_tables(demand, sites, costs, params, services, weight=weight)
    solution = solve(problem, stop or MaxRuntime(params.time_limit_s), params.seed)

    limit_ds = params.minutes * DS_PER_MINUTE
    opened = [problem.site_ids[j] for j in problem.open_sites]
    chosen = [problem.site_ids[j] for j in solution.sites]
    before = covered_by(demand, costs, opened, limit_ds)
    after = covered_by(demand, costs, [*opened, *chosen], limit_ds)
    if round(int(problem.weights[after].sum()) - solution.objective * SCALE) != 0:
        raise RuntimeError("the plan covers other people than the search says")

    candidates = [problem.site_ids[j] for j in problem.allowed]
    anywhere = int(costs["cost_ds"].max()) if len(costs) else 0
    lost = ~covered_by(demand, costs, [*opened, *candidates], anywhere)
    gap = abs(solution.bound - solution.objective) / max(abs(solution.objective), 1e-9)
    return Plan(
        status=solution.status,
        model=params.model,
        objective=solution.objective,
        bound=solution.bound,
        gap=gap,
        sites=_in_plan_order(problem, solution.sites, before, sites),
        seed=params.seed,
        params={**params.as_dict(), "weight": weight},
        inputs=dict(inputs),
        baseline=int(problem.weights[before].sum()) / SCALE,
        total=int(problem.weights.sum()) / SCALE,
        candidates=len(candidates),
        rule=solution.rule if solution.status is Status.INFEASIBLE else None,
        unreachable={
            "points": int(lost.sum()),
            "persons": int(problem.weights[lost].sum()) / SCALE,
        },
    )


def covered_by(
    demand: pd.DataFrame, costs: pd.DataFrame, site_ids: Iterable[str], limit_ds: int
) -> BoolArray:
    """Tell for each row of ``demand`` whether one of the sites is at ``limit_ds`` or nearer."""
    near = costs[(costs["cost_ds"] <= limit_ds) & costs["site_id"].isin(list(site_ids))]
    row = positions(near["demand_id"], demand["demand_id"])
    covered = np.zeros(len(demand), dtype=np.bool_)
    covered[row[row >= 0]] = True
    return covered


def _in_plan_order(
    problem: CoverProblem, columns: tuple[int, ...], before: BoolArray, sites: gpd.GeoDataFrame
) -> tuple[PlannedSite, ...]:
    """Return the sites, each time the one that adds most to those before it."""
    rows_of = {j: problem.row[problem.column == j] for j in columns}
    covered = before.copy()
    table = sites.set_index("site_id")
    planned = []
    while rows_of:
        adds = {j: int(problem.weights[rows[~covered[rows]]].sum()) for j, rows in rows_of.items()}
        best = min(adds, key=lambda j: (-adds[j], j))
        covered[rows_of.pop(best)] = True
        site_id = problem.site_ids[best]
        site = table.loc[site_id]
        planned.append(
            PlannedSite(
                site_id=site_id,
                nom=str(site["nom"]),
                kind=str(site["kind"]),
                lon=float(site["geometry"].x),
                lat=float(site["geometry"].y),
                newly_covered=adds[best] / SCALE,
            )
        )
    return tuple(planned)
