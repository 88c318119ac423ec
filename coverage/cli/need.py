"""``maillage need``: need, access, coverage and priorities as CSV."""

from __future__ import annotations

import argparse

from coverage.base.crs import territory_code
from coverage.base.workspace import Workspace
from coverage.cli.screen import progress_bar


def run(args: argparse.Namespace) -> None:
    """Write communes.csv, qpv.csv, couverture.csv, places.csv and qualite.csv."""
    from coverage.model.params import StudyParams
    from coverage.reports.tables import write_tables
    from coverage.study import compute

    params = StudyParams(territory_code(args.territory))
    with progress_bar() as progress:
        result = compute(Workspace.locate(args.root), params, progress)
    write_tables(result, args.out.resolve())
    print(f"Tables écrites dans {args.out}")
