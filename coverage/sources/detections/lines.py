"""A file of counts as lines of named cells, before any meaning; and its faults, told together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from coverage.model.answers import Repair, Repairs
from coverage.sources.detections.cells import Cells
from coverage.sources.given.asides import told_apart
from coverage.sources.given.faults import LineError, refuse
from coverage.sources.given.header import read_header
from coverage.sources.given.lines import read_lines

if TYPE_CHECKING:
    from coverage.model.notes import Notes

_TOLD_LINES = 30
#: Where ``nom`` is that of a bureau, and not of a commune.
_ALSO = {"nom": ("nom_bureau", "nom_du_bureau", "libelle_du_site")}


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
    """The lines of one file, its name and source, and what is to be said of it.

    ``repairs`` are its owner's; ``unread`` (French sentences) is what was left aside; ``faults``
    those of cells that can't be read at all.
    """

    name: str
    source_id: str
    lines: tuple[Cells, ...]
    repairs: Repairs
    unread: tuple[str, ...] = ()
    faults: tuple[tuple[int, LineError], ...] = ()
    _said: dict[tuple[str, str], str] = field(default_factory=dict)

    def reported(self, issue: str, detail: str) -> None:
        """Say something to know about lines; ``detail`` never holds a count of persons."""
        self._said.setdefault((issue, detail), "reported")

    def repaired(self, issue: str, detail: str) -> None:
        """Say that lines were put right; ``detail`` never holds a count of persons."""
        self._said.setdefault((issue, detail), "repaired")

    def refuse_faults(self) -> None:
        """Raise ``RefusedFileError`` where a line has a fault."""
        faults = [(cells.line, fault) for cells in self.lines for fault in cells.faults]
        if faults or self.faults:
            rows = ((cells.line, tuple(cells.texts.values())) for cells in self.lines)
            found = told_apart([*self.faults, *faults], rows)
            refuse(self.name, found, most=_TOLD_LINES)

    def note(self, notes: Notes, vintage: str) -> None:
        """Note what was put right, and what is to be known.

        Notes are public, periods and counts are not: no cell that may hold a count is quoted.
        """
        notes.mended(self.source_id, vintage, map(_publicly, self.repairs.told()))
        for told in self.unread:
            notes.reported(self.source_id, vintage, self.name, "colonne ignorée", told)
        for (issue, detail), action in self._said.items():
            note = notes.repaired if action == "repaired" else notes.reported
            note(self.source_id, vintage, self.name, issue, detail)


def _publicly(repair: Repair) -> Repair:
    """Return what may be said of a repair to all: a line above the titles may hold anything."""
    if repair.column or not repair.lines:
        return repair
    return replace(repair, detail=f"{repair.issue[0].upper()}{repair.issue[1:]}")


def read_file(path: Path, option: str, repairs: Repairs, shape: Shape) -> CountsFile:
    """Return the lines of a file of counts; ``option`` is the one that gave it.

    What was put right goes to ``repairs``. Raises ``RefusedFileError`` for what is no table with
    these columns, or has no line.
    """
    model = (
        f"Donnez {shape.what}\u202f; le modèle est donné par "
        f"« maillage template {shape.source_id} -o {shape.source_id}.csv »."
    )
    given = read_lines(path, option)
    repairs.extend(given.repairs)
    header = read_header(
        given, shape.columns, repairs, required=shape.needed, advice=model, synonyms=_ALSO
    )
    lines = tuple(
        Cells(
            line,
            {column: cells[place] for column, place in header.places.items()},
            repairs=repairs,
        )
        for line, cells in given.rows
    )
    unread = (*given.unread, *header.unread)
    return CountsFile(path.name, shape.source_id, lines, repairs, unread, header.faults)
