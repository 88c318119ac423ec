"""Run as a program: write a layer again and again in forked children, and kill each on its way.

Every child is a fork of this one warm process and kills itself with SIGKILL at the n-th line that
it executes in the store; some are killed by the parent at a random moment instead, so that the
kill also lands inside a write. After each kill the layer must be readable, whole, and be either
the version before or the version the child was writing. Prints a JSON summary.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from coverage.base import files, store

ROWS = 2_000
TRACED = {files.__file__, store.__file__}


def write_version(layers: store.LayerStore, number: int) -> None:
    frame = pd.DataFrame({"version": [number] * ROWS, "row": range(ROWS)})
    same = pd.DataFrame({"version": [0] * ROWS, "row": range(ROWS)})
    with layers.build("essai") as build:
        build.write("alpha", lambda path: frame.to_parquet(path), {"number": number})
        # The same bytes in every build, with another passport.
        build.write("beta", lambda path: same.to_parquet(path), {"number": number})


def read_version(layers: store.LayerStore) -> int:
    """Read both layers, whole, and return the one build they are of."""
    alpha, beta = layers.checked("alpha"), layers.checked("beta")
    column = pq.ParquetFile(alpha.path).read(["version"], use_threads=False)["version"]
    assert len(column) == ROWS
    assert set(column.to_pylist()) == {alpha.passport["number"]}
    assert pq.ParquetFile(beta.path).metadata.num_rows == ROWS
    assert beta.passport["number"] == alpha.passport["number"], "layers of two builds"
    return int(alpha.passport["number"])


def child(layers: store.LayerStore, number: int, kill_at: int | None, pipe: int) -> None:
    lines = 0

    def trace(frame, event, arg):  # type: ignore[no-untyped-def]
        nonlocal lines
        if frame.f_code.co_filename not in TRACED:
            return None
        if event == "line":
            lines += 1
            if lines == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)
    write_version(layers, number)
    sys.settrace(None)
    os.write(pipe, str(lines).encode())
    os._exit(0)


def fork(layers: store.LayerStore, number: int, kill_at: int | None, delay: float | None) -> str:
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        child(layers, number, kill_at, writer)
    os.close(writer)
    if delay is not None:
        time.sleep(delay)
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    told = os.read(reader, 20).decode()
    os.close(reader)
    return told


def main(folder: Path, wanted: int) -> None:
    layers = store.LayerStore(folder)
    write_version(layers, 0)
    started = time.monotonic()
    lines = int(fork(layers, 1, None, None))
    whole = time.monotonic() - started
    number, outcomes, points = 1, {"old": 0, "new": 0}, []
    rng = random.Random(7)
    step = max(1, lines // wanted)
    kills = [(at, None) for at in range(1, lines + 1, step)]
    kills += [(None, rng.uniform(0, whole)) for _ in range(40)]
    for kill_at, delay in kills:
        before = read_version(layers)
        number += 1
        told = fork(layers, number, kill_at, delay)
        now = read_version(layers)
        assert now in {before, number}, (before, now, number)
        outcomes["new" if now == number else "old"] += 1
        points.append(bool(told))
    write_version(layers, number + 1)
    assert read_version(layers) == number + 1
    left = [path.name for path in folder.iterdir() if path.name.startswith(".tmp-")]
    kept = len(list(folder.glob("alpha-*.parquet")))
    summary = {"kills": len(kills), "survived": sum(points), **outcomes, "left": left, "kept": kept}
    print(json.dumps(summary))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
