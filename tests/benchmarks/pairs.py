"""Fair pairs: both sides warmed up once, then run in turn, and the ratio taken pair by pair."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

#: Runs some work once and returns the seconds it took.
Stopwatch = Callable[[], float]


def stopwatch(work: Callable[[], object]) -> Stopwatch:
    """Return a stopwatch of work done in this process."""

    def seconds() -> float:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    return seconds


@dataclass(frozen=True)
class Pairs:
    """Seconds of alternated pairs: ours, the peer's; ``load`` is the machine's at the end."""

    ours: tuple[float, ...]
    peer: tuple[float, ...]
    load: float

    @property
    def ratios(self) -> tuple[float, ...]:
        """Peer time / our time, pair by pair."""
        return tuple(b / a for a, b in zip(self.ours, self.peer, strict=True))

    @property
    def quartiles(self) -> tuple[float, float, float]:
        """Lower quartile, median and upper quartile of the ratios."""
        low, middle, high = statistics.quantiles(self.ratios, n=4, method="inclusive")
        return low, middle, high

    @property
    def our_median_s(self) -> float:
        """Median of our seconds."""
        return statistics.median(self.ours)

    @property
    def peer_median_s(self) -> float:
        """Median of the peer's seconds."""
        return statistics.median(self.peer)


def compare(ours: Stopwatch, peer: Stopwatch, *, pairs: int) -> Pairs:
    """Run both once untimed, then ``pairs`` times in turn; each goes first every other time."""
    if pairs < 2:
        raise ValueError("Quartiles need at least two pairs.")
    ours(), peer()
    mine, theirs = [], []
    for k in range(pairs):
        if k % 2 == 0:
            mine.append(ours())
            theirs.append(peer())
        else:
            theirs.append(peer())
            mine.append(ours())
    return Pairs(tuple(mine), tuple(theirs), os.getloadavg()[0])
