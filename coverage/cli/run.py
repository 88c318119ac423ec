"""``maillage run``: everything, from the raw data to the report."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from coverage.base.crs import territory_code
from coverage.base.workspace import Workspace
from coverage.cli.screen import progress_bar


def run(args: argparse.Namespace) -> None:
    """Fetch, build, compute, write; then tell the result in a few lines."""
    from coverage.study import BuildFiles, run_territory
    from coverage.study.summary import result_text

    workspace = Workspace.locate(args.root)
    files = BuildFiles(**{option: getattr(args, option) for option in BuildFiles.options()})
    with progress_bar() as progress:
        outcome = run_territory(
            workspace,
            territory_code(args.territory),
            files,
            mirror=args.mirror,
            progress=progress,
        )
    print(result_text(outcome, workspace, datetime.now(UTC).date()))
