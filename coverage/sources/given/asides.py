"""Lines that stand in a table and are none of its own: sums of others, notes under it, examples."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from coverage.base.text import folded
from coverage.model.answers import rank
from coverage.sources.given.cells import shown
from coverage.sources.given.faults import LineError

_SUM = re.compile(r"((grand |sous )?(total|totaux)( .*)?|(ensemble|somme|cumul)( general| du .*)?)")
_EXAMPLE = re.compile(r"exemples?(?![a-z]).*")
_OF_IDENTIFIERS = rank("BAD_ID")


def sum_or_example(text: str) -> str | None:
    """Return what to do (French) about a name that is a sum's or an example's, None for others."""
    name = folded(text)
    if _SUM.fullmatch(name):
        return f"« {shown(text)} » compte d’autres lignes une seconde fois\u202f; ôtez sa ligne"
    if _EXAMPLE.fullmatch(name):
        return f"« {shown(text)} » est un exemple du modèle\u202f; ôtez cette ligne"
    return None


def alone(cells: Iterable[str]) -> str | None:
    """Return what to do (French) about a line of one filled cell, None for any other."""
    filled = [cell for cell in cells if cell]
    if len(filled) != 1:
        return None
    return sum_or_example(filled[0]) or (
        f"« {shown(filled[0])} » est seul sur sa ligne, comme un total ou une note\u202f; ôtez "
        "cette ligne, ou complétez-la"
    )


def told_apart(
    faults: Sequence[tuple[int, LineError]], rows: Iterable[tuple[int, Sequence[str]]]
) -> list[tuple[int, LineError]]:
    """Return the faults (line, fault) of a table, a line that is none of its own having one.

    ``rows`` are (line, cells). Such a line has a fault, and one filled cell; or it is not known
    what it is of, and it begins with the name of a sum. Its code stays that of its first fault.
    """
    first_of: dict[int, LineError] = {}
    for line, fault in faults:
        first = first_of.setdefault(line, fault)
        if rank(fault.code) < rank(first.code):
            first_of[line] = fault
    apart = {}
    for line, cells in rows:
        if first_fault := first_of.get(line):
            why = alone(cells)
            if why is None and rank(first_fault.code) == _OF_IDENTIFIERS:
                why = sum_or_example(next(filter(None, cells), ""))
            if why:
                apart[line] = LineError(first_fault.column, why, first_fault.code)
    return [*apart.items(), *((line, fault) for line, fault in faults if line not in apart)]
