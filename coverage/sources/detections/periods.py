"""Periods of one bureau or place that run over one another would count people twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from coverage.sources.detections.cells import Cells, Period


class Spell(NamedTuple):
    """The period of one line."""

    cells: Cells
    period: Period


def overlaps(spells: Iterable[Spell]) -> Iterator[tuple[Spell, Spell]]:
    """Yield (earlier line, later line) of one bureau where their periods share a day.

    Each line is told once, with the line that runs longest of those begun before it.
    """
    longest: Spell | None = None
    for spell in sorted(spells, key=lambda spell: (spell.period, spell.cells.line)):
        if longest is not None and spell.period[0] <= longest.period[1]:
            first, second = sorted((longest, spell), key=lambda each: each.cells.line)
            yield first, second
        if longest is None or spell.period[1] > longest.period[1]:
            longest = spell


def refuse_overlaps(spells: Iterable[Spell], whose: str) -> None:
    """Tell the later line of each two that share a day, naming the other one.

    ``whose`` is whose periods they are, in French: « ce bureau ».
    """
    for first, second in overlaps(spells):
        number, start = first.cells.line, second.period[0]
        code = "OVERLAP"
        if first.period[0] == start:
            code = "DUP_ID"
            told = f"{whose} a déjà une ligne pour la période qui commence le {start}"
        else:
            told = f"la période chevauche, pour {whose}, celle du {_days(first.period)}"
        told += f" (ligne {number})"
        second.cells.fault("debut", f"{told}\u202f; gardez-en une ou corrigez les dates", code)


def _days(period: Period) -> str:
    return f"{period[0]} au {period[1]}"
