"""17,000 sites, 30 minutes, 12 million nodes, 300,000 demand points: seconds and peak memory.

The work is done in a process of its own that loads the arrays and nothing else, so that the peak
is the work's. Its arguments are FILE THREADS; it answers with one line of JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

import coverage.base.jit  # noqa: F401
from coverage.network.graph import RoadGraph
from coverage.network.hanging import hang
from coverage.network.reduction import reduced
from coverage.network.rows import Rows
from coverage.network.search import Search
from tests.benchmarks import machine, tiles
from tests.benchmarks.results import Table
from tests.benchmarks.settings import Settings

_NODES, _SITES, _POINTS = 12_000_000, 17_000, 300_000
_LIMIT_DS = 30 * 600


def main(settings: Settings) -> list[Table]:
    """Return seconds and peak memory with one thread and with two."""
    table = Table(
        "national",
        (
            "threads", "sites", "demand points", "nodes", "pairs found", "preparation", "search",
            "peak, all", "peak, search", "peak, wanted", "load",
        ),
    )  # fmt: skip
    file = settings.folder("tiles") / "national.npz"
    # Home -> service is the search backwards, so the arrays are turned round beforehand.
    backwards = tiles.load(settings, _NODES).transposed()
    names = "indptr", "indices", "deciseconds", "x", "y"
    np.savez(file, allow_pickle=False, **{name: getattr(backwards, name) for name in names})
    del backwards
    for threads in (1, 2):
        command = [sys.executable, "-m", "tests.benchmarks.national", str(file), str(threads)]
        answer = subprocess.run(command, check=True, stdout=subprocess.PIPE)
        found = json.loads(answer.stdout)
        table.add(
            threads, f"{_SITES:,}", f"{_POINTS:,}", f"{found['nodes']:,}", f"{found['pairs']:,}",
            f"{found['preparation_s']:.1f} s", f"**{found['search_s']:.1f} s**",
            f"{found['peak_gb']:.2f} GB", f"**{found['search_peak_gb']:.2f} GB**",
            "≤ 1.5 GB", found["load"],
        )  # fmt: skip
    file.unlink()
    return [table]


def work(file: Path, threads: int) -> dict[str, float]:
    """Load, prepare, search; return what it took."""
    with np.load(file) as kept:
        graph = tiles.bare(*(kept[name] for name in ("indptr", "indices", "deciseconds", "x", "y")))
    generator = np.random.default_rng(11)
    start = time.perf_counter()
    network = reduced(graph)
    search = Search(network, hang(network, _homes(graph, generator), _POINTS))
    sites = generator.choice(graph.nodes, _SITES, replace=False).astype(np.int32)
    seeds = Rows(np.arange(_SITES + 1, dtype=np.int64), sites, np.zeros(_SITES, np.int32))
    # A first search of one site compiles.
    one = Rows(seeds.ptr[:2], seeds.item[:1], seeds.ds[:1])
    search.each(one, _LIMIT_DS, threads=1)
    prepared = time.perf_counter()
    whole_peak = machine.peak_gb()
    machine.forget_peak()
    found = search.each(seeds, _LIMIT_DS, threads=threads)
    searched = time.perf_counter()
    search_peak = machine.peak_gb()
    return {
        "nodes": graph.nodes,
        "pairs": found.item.size,
        "preparation_s": prepared - start,
        "search_s": searched - prepared,
        "peak_gb": max(whole_peak, search_peak),
        "search_peak_gb": search_peak,
        "load": machine.load(),
    }


def _homes(graph: RoadGraph, generator: np.random.Generator) -> Rows:
    """Hang demand points on both ends of arcs taken at random, as snapping does."""
    arc = generator.choice(graph.arcs, _POINTS, replace=False)
    tail = np.searchsorted(graph.indptr, arc, side="right") - 1
    node = np.concatenate((tail, graph.indices[arc]))
    point = np.tile(np.arange(_POINTS, dtype=np.int32), 2)
    along = (generator.uniform(0, 1, _POINTS) * graph.deciseconds[arc]).astype(np.int32)
    ds = np.concatenate((along, graph.deciseconds[arc] - along))
    order = np.argsort(node, kind="stable")
    pointers = np.searchsorted(node[order], np.arange(graph.nodes + 1))
    return Rows(pointers, point[order], ds[order])


if __name__ == "__main__":
    print(json.dumps(work(Path(sys.argv[1]), int(sys.argv[2]))))
