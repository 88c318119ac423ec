"""``maillage map``: the territory's map as one file that works without a network."""

from __future__ import annotations

import argparse

from coverage.base.crs import territory_code
from coverage.base.workspace import Workspace


def run(args: argparse.Namespace) -> None:
    """Write the map of the territory's current run."""
    from coverage.reports.maps import write_map
    from coverage.study import load_current

    result = load_current(Workspace.locate(args.root), territory_code(args.territory))
    write_map(result, args.out.resolve())
    print(f"Carte écrite : {args.out}")
