"""Progress is told by a callback, so that a study never knows who is watching."""

from __future__ import annotations

from collections.abc import Callable

#: ``progress(share, text)``: how much of the whole is done (0..1), and what goes on (French).
Progress = Callable[[float, str], None]


def silent(share: float, text: str) -> None:
    """Tell nobody."""


def part(progress: Progress, start: float, end: float) -> Progress:
    """Return the callback of one step, which fills ``start``..``end`` of the whole."""

    def report(share: float, text: str) -> None:
        progress(start + (end - start) * min(max(share, 0.0), 1.0), text)

    return report
