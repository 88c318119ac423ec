"""A file of counts as lines of named cells, before any meaning; and its faults, told together."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from coverage.base.errors import UserError
from coverage.model.words import whole
from coverage.sources.detections.cells import Cells
from coverage.sources.given_file import normal_form, read_lines, refuse
from coverage.sources.reading import GIVEN

if TYPE_CHECKING:
    from coverage.model.notes import Notes

_TOLD_LINES = 30


@dataclass(frozen=True)
class Shape:
    """What a file of counts is: its source (its option's name and its template's) and columns.

    ``what`` says what a line stands for, in French.
    """

    source_id: str
    what: str
    needed: tuple[str, ...]
    optional: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is read."""
        return (*self.optional, *self.needed)


@dataclass(frozen=True)
class CountsFile:
    """The lines of one file, its name, and where its notes go.

    Notes are public, periods are not: what is to be said of several lines is said once, without
    their numbers.
    """

    name: str
    source_id: str
    lines: tuple[Cells, ...]
    notes: Notes
    _said: set[tuple[str, str]] = field(default_factory=set)

    def reported(self, issue: str, detail: str) -> None:
        """Note something to know about lines; ``detail`` never holds a count of persons."""
        if self._is_new(issue, detail):
            self.notes.reported(self.source_id, GIVEN, self.name, issue, detail)

    def repaired(self, issue: str, detail: str) -> None:
        """Note lines that were put right; ``detail`` never holds a count of persons."""
        if self._is_new(issue, detail):
            self.notes.repaired(self.source_id, GIVEN, self.name, issue, detail)

    def _is_new(self, issue: str, detail: str) -> bool:
        if (issue, detail) in self._said:
            return False
        self._said.add((issue, detail))
        return True

    def close(self) -> None:
        """Note what was put right; raises ``UserError`` where a line has a fault."""
        faults = [(cells.line, fault) for cells in self.lines for fault in cells.faults]
        if faults:
            refuse(self.name, faults, most=_TOLD_LINES)
        repaired = sum((cells.repaired for cells in self.lines), Counter[tuple[str, str]]())
        for (issue, detail), lines in repaired.items():
            told = f"{detail}\u00a0: {whole(lines)} ligne{'s' if lines > 1 else ''}."
            self.notes.repaired(self.source_id, GIVEN, self.name, issue, told)


def read_file(path: Path, notes: Notes, shape: Shape) -> CountsFile:
    """Return the lines of a file of counts.

    Titles are known without their accents, case and spaces; columns that are not read are noted.
    Raises ``UserError`` for what is no table with these columns, or has no line.
    """
    model = (
        f"Le modèle est donné par « maillage template {shape.source_id} -o {shape.source_id}.csv »."
    )
    given = read_lines(path, f"--{shape.source_id}")
    header = [normal_form(cell).replace(" ", "_") for cell in given.header]
    missing = [name for name in shape.needed if name not in header]
    if missing:
        raise UserError(
            f"« {path.name} »\u00a0: en première ligne, il manque {', '.join(missing)}. {model}"
        )
    for name in shape.columns:
        if header.count(name) > 1:
            raise UserError(f"« {path.name} » a deux colonnes « {name} ». Gardez-en une seule.")
    if not given.rows:
        raise UserError(f"« {path.name} » ne contient aucune ligne. Ajoutez {shape.what}. {model}")
    if given.repaired:
        notes.repaired(shape.source_id, GIVEN, path.name, *given.repaired)
    for name in (name for name in header if name and name not in shape.columns):
        detail = f"La colonne « {name} » n’est pas lue."
        notes.reported(shape.source_id, GIVEN, path.name, "colonne ignorée", detail)
    lines = tuple(Cells(line, dict(zip(header, cells, strict=False))) for line, cells in given.rows)
    return CountsFile(path.name, shape.source_id, lines, notes)
