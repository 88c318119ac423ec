"""``maillage place``: where to put new permanences, with a certificate."""

from __future__ import annotations

import argparse

from coverage.base.crs import territory_code
from coverage.base.workspace import Workspace
from coverage.cli.screen import progress_bar


def run(args: argparse.Namespace) -> int:
    """Write plan.json, sites.csv and communes.csv; exit code 2 when no plan keeps the rules."""
    from coverage.model.params import StudyParams
    from coverage.model.plan import Status
    from coverage.model.services import CONTACT_KINDS
    from coverage.reports.tables import write_plan
    from coverage.study import compute
    from coverage.study.summary import plan_text

    params = StudyParams(
        territory_code(args.territory),
        minutes=args.minutes,
        new=args.new,
        model=args.model,
        candidates=tuple(args.candidates or CONTACT_KINDS),
        locked=tuple(args.lock),
        forbidden=tuple(args.forbid),
        seed=args.seed,
        time_limit_s=args.time_limit,
    )
    with progress_bar() as progress:
        result = compute(Workspace.locate(args.root), params, progress)
    write_plan(result, args.out.resolve())
    print(plan_text(result))
    return 2 if result.plan.status is Status.INFEASIBLE else 0
