"""When a search must end: users stop on seconds, tests on iterations.

One iteration is one interchange, one subgradient step or one branch-and-bound node.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Protocol


class Stop(Protocol):
    """A stopping rule: what is left of a search that made ``iterations`` in ``seconds``."""

    def iterations_left(self, iterations: int) -> float:
        """Return how many iterations are still allowed (``inf``: any number)."""

    def seconds_left(self, seconds: float) -> float:
        """Return how many seconds are still allowed (``inf``: any number)."""


@dataclass(frozen=True)
class MaxIterations:
    """Stop after ``limit`` iterations, so that the same search gives the same plan anywhere."""

    limit: int

    def __post_init__(self) -> None:
        if self.limit < 0:
            raise ValueError("limit must not be negative")

    def iterations_left(self, iterations: int) -> float:
        """Return how many iterations are still allowed."""
        return max(0, self.limit - iterations)

    def seconds_left(self, seconds: float) -> float:
        """Return ``inf``: the clock does not matter."""
        return math.inf


@dataclass(frozen=True)
class MaxRuntime:
    """Stop after ``limit_s`` seconds."""

    limit_s: float

    def __post_init__(self) -> None:
        if not self.limit_s >= 0:
            raise ValueError("limit_s must not be negative")

    def iterations_left(self, iterations: int) -> float:
        """Return ``inf``: the count does not matter."""
        return math.inf

    def seconds_left(self, seconds: float) -> float:
        """Return how many seconds are still allowed."""
        return max(0.0, self.limit_s - seconds)


class Meter:
    """Holds one search to its stopping rule: counts its iterations and its seconds."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop
        self._started_at = time.monotonic()
        self.iterations = 0

    @property
    def iterations_left(self) -> float:
        """How many iterations are still allowed."""
        return self._stop.iterations_left(self.iterations)

    @property
    def seconds_left(self) -> float:
        """How many seconds are still allowed."""
        return self._stop.seconds_left(time.monotonic() - self._started_at)

    @property
    def over(self) -> bool:
        """Whether the search must end now."""
        return self.iterations_left <= 0 or self.seconds_left <= 0
