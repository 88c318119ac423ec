"""Try each reader for some minutes: ``python -m tests.fuzz [--minutes M] [READER]…``.

Each reader runs in a process of its own; what it finds lies in ``.fuzz/READER/findings``. Exit
code 1 where something was found.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fuzz.readers import READERS

FOLDER = Path(".fuzz")


def main() -> int:
    """Run the readers named, or all, one after the other."""
    parser = argparse.ArgumentParser(prog="tests.fuzz")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("readers", nargs="*", metavar="READER", help=", ".join(READERS))
    told = parser.parse_args()
    if unknown := sorted(set(told.readers) - set(READERS)):
        parser.error(f"no reader {', '.join(unknown)}: {', '.join(READERS)}")
    found = 0
    for name in told.readers or READERS:
        found += _try(name, round(60 * told.minutes))
    return 1 if found else 0


def _try(name: str, seconds: int) -> int:
    findings = FOLDER / name / "findings"
    corpus = FOLDER / name / "corpus"
    for folder in (findings, corpus):
        folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(READERS[name].seeds()):
        (corpus / f"seed-{number}").write_bytes(seed)
    options = [
        f"-max_total_time={seconds}",
        "-max_len=150000",
        "-timeout=20",
        "-rss_limit_mb=2000",
        "-print_final_stats=1",
        "-verbosity=0",
        f"-artifact_prefix={findings}/",
    ]
    # Many files a second: in memory, where the system has such a folder.
    shared = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    started = time.monotonic()
    with TemporaryDirectory(dir=shared) as scratch:
        told = [name, str(findings), scratch, str(corpus), *options]
        command = [sys.executable, "-m", "tests.fuzz.trying", *told]
        done = subprocess.run(command, check=False, stderr=subprocess.PIPE, text=True)
    minutes = (time.monotonic() - started) / 60
    (FOLDER / name / "log").write_text(done.stderr)
    units = re.search(r"number_of_executed_units: +(\d+)", done.stderr)
    found = sorted(path.name for path in findings.iterdir())
    taught = re.search(r"new_units_added: +(\d+)", done.stderr)
    print(
        f"{name}: {units[1] if units else '?'} files in {minutes:.1f} min, "
        f"{taught[1] if taught else '?'} took a new path, "
        f"findings: {', '.join(found) or 'none'}",
        flush=True,
    )
    if done.returncode:
        # The fuzzer itself stopped, by a crash of the reader or by a defect of the harness.
        print(f"{name}: stopped before its time, exit {done.returncode}\n{done.stderr[-2000:]}")
    return len(found) + bool(done.returncode)


if __name__ == "__main__":
    sys.exit(main())
