"""``maillage fetch``: bring a territory's sources into data/raw, and its roads into a file."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from coverage.base.crs import territory_code, territory_name
from coverage.base.errors import UserError
from coverage.base.workspace import Workspace
from coverage.cli.screen import progress_bar
from coverage.model.words import decimal


def run(args: argparse.Namespace) -> None:
    """Fetch and tell what came, what was already there and what is missing; then the roads."""
    from coverage.sources.fetching import fetch

    territory, workspace = territory_code(args.territory), Workspace.locate(args.root)
    roads = args.roads.resolve() if args.roads else None
    if roads:
        from coverage.study.road_download import check_target

        check_target(territory, roads)
    elif args.mode:
        raise UserError("--mode dit quelles routes télécharger : donnez aussi --roads FICHIER.")
    with progress_bar() as progress:
        report = fetch(
            workspace,
            territory,
            mirror=args.mirror,
            only=args.source,
            progress=progress,
        )
    print(report.sentence(), flush=True)
    if roads:
        _fetch_roads(args, workspace, territory, roads)


def _fetch_roads(
    args: argparse.Namespace, workspace: Workspace, territory: str, roads: Path
) -> None:
    """Download the roads and tell what can be done with them."""
    from coverage.study.road_download import fetch_roads

    mode = args.mode or "drive"
    with progress_bar() as progress:
        fetch_roads(workspace, territory, roads, mode, progress=progress)
    file = shlex.quote(str(args.roads))
    if mode == "drive":
        root = f" --root {shlex.quote(args.root)}" if args.root else ""
        after = f"maillage build {territory_name(territory)} --roads {file}{root}"
    else:
        after = (
            f"maillage times {file} --mode {mode} --from DEPARTS.csv --to LIEUX.csv -o TEMPS.csv"
        )
    megabytes = decimal(roads.stat().st_size / 1e6, 1)
    print(f"Routes téléchargées : {args.roads} ({megabytes} Mo). Ensuite : {after}")
