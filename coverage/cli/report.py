"""``maillage report``: the coverage report of the territory's current run."""

from __future__ import annotations

import argparse

from coverage.base.crs import territory_code
from coverage.base.workspace import Workspace


def run(args: argparse.Namespace) -> None:
    """Write rapport.pdf and communes.csv."""
    from coverage.study import load_current
    from coverage.study.outputs import write_report_folder

    workspace = Workspace.locate(args.root)
    result = load_current(workspace, territory_code(args.territory))
    write_report_folder(workspace, result, args.out.resolve())
    print(f"Rapport écrit dans {args.out}")
