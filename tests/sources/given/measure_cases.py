"""Each case through the real command, by hand: ``python -m tests.sources.given.measure_cases``.

Prints the seconds of the wall clock, those of the processors, and the memory: the most that the
command held and the most that its child held, added up; then the slowest and the biggest. Seconds
taken on a machine that does other work are too many.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.sources.given.test_catalogue_cases import CASES, Case

_SAMPLE_S = 0.01


def measured(case: Case, folder: Path) -> tuple[str, float, float, float]:
    """Return a case's answer, its seconds by the clock and of the processors, its megabytes."""
    path = case.written_in(folder)
    before = _processor_s()
    started = time.perf_counter()
    with subprocess.Popen(
        [Path(sys.executable).with_name("maillage"), "check", path, "--as", case.kind, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
    ) as process:
        held: dict[int, float] = {}
        while process.poll() is None:
            _look(process.pid, held)
            time.sleep(_SAMPLE_S)
        seconds = time.perf_counter() - started
        out, said = process.communicate()
    path.unlink()
    cost = seconds, _processor_s() - before, sum(held.values())
    try:
        document = json.loads(out)
    except ValueError:
        return f"no document: {said.decode()[-200:]}", *cost
    right = process.returncode == (0 if document["answer"] in ("OK", "FIX") else 2)
    return document["answer"] if right else f"exit {process.returncode}", *cost


def _processor_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _look(process: int, held: dict[int, float]) -> None:
    """Note the most memory that a process and those that it started have held so far."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return
    for line in status.splitlines():
        if line.startswith("VmHWM:"):
            held[process] = int(line.split()[1]) / 1024
    for child in children:
        _look(int(child), held)


def main() -> None:
    """Measure the cases whose ids begin as told (all of them otherwise)."""
    wanted = tuple(sys.argv[1:]) or ("",)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for case in CASES:
            if case.id.startswith(wanted):
                answer, seconds, cost_s, megabytes = measured(case, Path(folder))
                passed = answer in case.answers and seconds < 3 and megabytes < 300
                rows.append((case, answer, seconds, megabytes, passed))
                print(
                    f"{case.id}  {case.file:32}{answer:20}"
                    f"{seconds:6.2f} s {cost_s:6.2f} s {megabytes:6.0f} MB"
                    f"{'' if passed else '   expected ' + ' or '.join(sorted(case.answers)[:3])}",
                    flush=True,
                )
    slowest, biggest = max(rows, key=lambda row: row[2]), max(rows, key=lambda row: row[3])
    print(f"slowest  {slowest[0].file} {slowest[2]:.2f} s")
    print(f"biggest  {biggest[0].file} {biggest[3]:.0f} MB")
    print(f"passed {sum(row[4] for row in rows)} of {len(rows)}")


if __name__ == "__main__":
    main()
