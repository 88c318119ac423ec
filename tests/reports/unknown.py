"""The toy town as a study gives it where no population is known (Mayotte)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from coverage.model.results import StudyResult
from tests.toy import toy_result

_KNOWN = ("code_insee", "nom", "density_level", "frr", "zrr", "geometry")

_HOLDS = ("holds_road", "holds_crow")


def unknown_population(**changes: Any) -> StudyResult:
    """Return a study without a single demand point: no figure, no plan worth the name."""
    result = toy_result(**changes)
    communes = result.communes.copy()
    for name in communes.columns.difference(_KNOWN):
        if name == "need_rung":
            communes[name] = 3
        elif isinstance(communes[name].dtype, pd.Int64Dtype):
            communes[name] = pd.array([None] * len(communes), dtype="Int64")
        elif communes[name].dtype == object:
            communes[name] = None
        else:
            communes[name] = float("nan")
    qpv = result.qpv.copy()
    for name in qpv.columns.difference(("zone_id", "nom", "vintage")):
        whole = isinstance(qpv[name].dtype, pd.Int64Dtype)
        none = pd.array([None] * len(qpv), dtype="Int64") if whole else float("nan")
        qpv[name] = None if name == "stability" else none
    idle = tuple(replace(site, newly_covered=0.0) for site in result.plan.sites)
    plan = replace(
        result.plan, objective=0.0, bound=0.0, baseline=0.0, total=0.0, gap=0.0, sites=idle
    )
    return replace(
        result,
        communes=communes,
        qpv=qpv,
        plan=plan,
        need_rung=3,
        coverage=result.coverage.iloc[:0],
        groups=result.groups.iloc[:0],
        legal=result.legal.assign(
            **dict.fromkeys(result.legal.columns.difference(["state", *_HOLDS]), float("nan")),
            **dict.fromkeys(_HOLDS, pd.NA),
        ),
        legal_communes=result.legal_communes.iloc[:0],
        catchments=result.catchments.iloc[:0],
        unreachable_persons=0.0,
    )
