"""Fair pairs: both sides warmed up once, then run in turn, and the ratio taken pair by pair."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable


def seconds(work: Callable[[], object]) -> float:
    """Return how long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def compare(
    name: str, ours: Callable[[], object], peer: Callable[[], object], *, pairs: int = 7
) -> None:
    """Print peer time / our time: median and quartiles of alternated pairs."""
    ours(), peer()
    mine, theirs = [], []
    for _ in range(pairs):
        mine.append(seconds(ours))
        theirs.append(seconds(peer))
    ratios = [b / a for a, b in zip(mine, theirs, strict=True)]
    low, middle, high = statistics.quantiles(ratios, n=4)
    our_ms, peer_ms = 1e3 * statistics.median(mine), 1e3 * statistics.median(theirs)
    print(
        f"{name:46} {middle:6.1f} x  [{low:.1f} to {high:.1f}]  ours {our_ms:.1f} ms, "
        f"peer {peer_ms:.1f} ms, load {os.getloadavg()[0]:.1f}",
        flush=True,
    )
