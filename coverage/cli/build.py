"""``maillage build``: clean layers and travel times."""

from __future__ import annotations

import argparse

from coverage.base.crs import territory_code
from coverage.base.workspace import Workspace
from coverage.cli.screen import progress_bar


def run(args: argparse.Namespace) -> None:
    """Build and tell what was repaired and quarantined."""
    from coverage.study import BuildFiles, build_territory
    from coverage.study.layer_files import store_of
    from coverage.study.protection import told_now
    from coverage.study.summary import published_text, quality_text

    files = BuildFiles(**{option: getattr(args, option) for option in BuildFiles.options()})
    workspace, territory = Workspace.locate(args.root), territory_code(args.territory)
    with progress_bar() as progress:
        notes = build_territory(workspace, territory, files, progress=progress)
    print(quality_text(notes))
    if told := published_text(told_now(store_of(workspace, territory))):
        print(told)
