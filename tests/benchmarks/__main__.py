"""Run benchmarks and keep their results; write the tables of docs/benchmarks.md.

python -m tests.benchmarks [NAME…] [--mirror DIR] [--pairs N]   without names: all of them
python -m tests.benchmarks --tables                             the document from what is kept
"""

from __future__ import annotations

import argparse
import os
import traceback
from importlib import import_module
from pathlib import Path

import coverage.base.jit  # noqa: F401
from tests.benchmarks import results
from tests.benchmarks.settings import ROOT, Settings, default_cache

#: Each name is a module whose ``main(settings)`` returns tables.
BENCHMARKS = (
    "one_to_many",
    "tiled",
    "settled",
    "national",
    "osrm_table",
    "reading",
    "pandana",
    "polygons",
    "agreement",
    "access",
)
_DOCUMENT = ROOT / "docs" / "benchmarks.md"


def main() -> int:
    """Run what the command line asks for; 1 when a benchmark failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("names", nargs="*", choices=[[], *BENCHMARKS], metavar="NAME")
    parser.add_argument("--mirror", type=Path, default=None)
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--tables", action="store_true", help="write docs/benchmarks.md and stop")
    options = parser.parse_args()
    mirror = options.mirror or Path(
        os.environ.get("MAILLAGE_MIRROR") or ROOT.parent / "shared" / "data"
    )
    settings = Settings(mirror=mirror.resolve(), cache=default_cache(), pairs=options.pairs)
    folder = settings.folder("results")
    failed = []
    for name in () if options.tables else options.names or BENCHMARKS:
        try:
            benchmark = import_module(f"tests.benchmarks.{name}")
            print(f"{name}: {(benchmark.__doc__ or '').splitlines()[0]}", flush=True)
            tables = benchmark.main(settings)
        except Exception:
            # The others still run: an hour of measuring is not lost to one of them.
            traceback.print_exc()
            failed.append(name)
        else:
            results.keep(folder, name, tables)
    if options.tables:
        text = _DOCUMENT.read_text("utf-8")
        _DOCUMENT.write_text(results.filled(text, results.kept(folder)), "utf-8")
    if failed:
        print("failed:", ", ".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
