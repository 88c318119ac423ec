"""``maillage fetch``: bring a territory's sources into data/raw."""

from __future__ import annotations

import argparse

from coverage.base.crs import territory_code
from coverage.base.workspace import Workspace
from coverage.cli.screen import progress_bar


def run(args: argparse.Namespace) -> None:
    """Fetch and tell what came, what was already there and what is missing."""
    from coverage.sources.fetch import fetch

    territory = territory_code(args.territory)
    with progress_bar() as progress:
        report = fetch(
            Workspace.locate(args.root),
            territory,
            mirror=args.mirror,
            only=args.source,
            progress=progress,
        )
    print(report.sentence())
