"""What is wrong with a table, told by its lines under one code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple, NoReturn

from coverage.base.errors import RefusedFileError
from coverage.model.answers import rank
from coverage.model.words import whole

_TOLD_LINES = 10
#: Of faults of one column and code: more than are ever told.
_MOST_SENTENCES = 1_000


class LineError(Exception):
    """One thing wrong on one line: the column, what to do (French), and the code of it."""

    def __init__(self, column: str, advice: str, code: str = "BAD_VALUE") -> None:
        self.column, self.code = column, code
        super().__init__(advice)


class _OnLine(NamedTuple):
    faults: Faults
    line: int

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        if isinstance(error, LineError):
            self.faults.note(self.line, error)
            return True
        return False


@dataclass
class Faults:
    """What is wrong with a file, collected as its lines are read."""

    file: str
    found: list[tuple[int, LineError]] = field(default_factory=list)
    _alike: dict[tuple[str, str], list[LineError]] = field(default_factory=dict)

    def on(self, line: int) -> _OnLine:
        """Keep the ``LineError`` that ends a ``with`` block, as a fault of a line."""
        return _OnLine(self, line)

    def note(self, line: int, error: LineError) -> None:
        """Keep a fault of a line; of very many alike, those of the last lines share one sentence.

        They are only counted: the first ones are told.
        """
        alike = self._alike.setdefault((error.column, error.code), [])
        if len(alike) < _MOST_SENTENCES:
            # Where it was raised holds all that was known there.
            error.__traceback__ = error.__context__ = None
            alike.append(error)
        self.found.append((line, error if alike[-1] is error else alike[0]))

    def close(self, *, most: int = _TOLD_LINES) -> None:
        """Raise ``RefusedFileError`` where something was found: see ``refuse``."""
        if self.found:
            refuse(self.file, self.found, most=most)


def refuse(
    file: str, faults: Sequence[tuple[int, LineError]], *, most: int = _TOLD_LINES
) -> NoReturn:
    """Raise the ``RefusedFileError`` that tells the faults of a file, as (line, fault).

    Its code is that of the family which comes first in the reading order, on the first line. The
    lines with a fault of that family are told first, then the others, each in their order:
    ``most`` lines with all that is wrong with them, one fault a column; the others are counted.
    """
    by_line = []
    for line, found in groupby(sorted(faults, key=lambda each: each[0]), key=lambda each: each[0]):
        of_line = sorted((fault for _, fault in found), key=lambda fault: rank(fault.code))
        by_line.append((rank(of_line[0].code), line, of_line))
    by_line.sort(key=lambda each: each[:2])
    told = [f"ligne {line}, {_told(of_line)}" for _, line, of_line in by_line[:most]]
    if (more := len(by_line) - most) > 0:
        told.append(f"et {whole(more)} autre{'s lignes' if more > 1 else ' ligne'}")
    # The semicolons keep it readable where line breaks are lost (a page).
    start = "\n  " if len(told) > 1 else " "
    listed = start + f"\u202f;{start}".join(told)
    raise RefusedFileError(
        by_line[0][2][0].code, f"« {file} » n’a pas été lu, rien n’est gardé\u00a0:{listed}."
    )


def _told(faults: Sequence[LineError]) -> str:
    first_of_each = {fault.column: fault for fault in reversed(faults)}
    kept = [fault for fault in faults if first_of_each[fault.column] is fault]
    return "\u202f; ".join(f"colonne « {fault.column} »\u00a0: {fault}" for fault in kept)
