"""``maillage need``: need, access, coverage and priorities as CSV."""

from __future__ import annotations

import argparse
import time
from datetime import UTC, datetime

from coverage.base.crs import territory_code
from coverage.base.workspace import Workspace
from coverage.cli.screen import progress_bar


def run(args: argparse.Namespace) -> None:
    """Write the tables of the need into a folder, and say what they hold."""
    started = time.monotonic()
    from coverage.model.params import StudyParams
    from coverage.model.words import decimal
    from coverage.reports.tables import write_tables
    from coverage.study import compute
    from coverage.study.summary import freshness_text, need_text, notes_text

    params = StudyParams(
        territory_code(args.territory),
        minutes=args.minutes,
        new=0,
        closed=tuple(args.close),
        opened=tuple(args.open),
        decay=args.decay,
        draws=args.draws,
        accepts=tuple(args.accepts),
        seed=args.seed,
    )
    with progress_bar() as progress:
        result = compute(Workspace.locate(args.root), params, progress, drawn=False)
    write_tables(result, args.out.resolve())
    today = datetime.now(UTC).date()
    print("\n".join((need_text(result), notes_text(result), *freshness_text(result, today))))
    print(f"Tables écrites dans {args.out}, en {decimal(time.monotonic() - started, 1)} s.")
