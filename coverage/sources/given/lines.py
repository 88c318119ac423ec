"""The door of tables: a file that somebody gives, as numbered lines of text cells.

A CSV or a workbook is taken apart in a limited child; what its cells mean is for those who read
them (``header``, ``numbers``, ``coordinates``, ``codes``).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from coverage.base.errors import RefusedFileError
from coverage.base.limited import ChildDiedError, run_limited
from coverage.model.answers import Repair
from coverage.sources.given.raw import MOST_ROWS


@dataclass(frozen=True)
class Formula:
    """A formula whose value a workbook did not keep: its line, its place in the line, its cell."""

    line: int
    place: int
    cell: str

    @property
    def advice(self) -> str:
        """What to do (French)."""
        return (
            f"la valeur de la formule de la cellule {self.cell} n’est pas dans le fichier\u202f; "
            "remplacez les formules par leurs valeurs (collage spécial) et enregistrez à nouveau"
        )


@dataclass(frozen=True, repr=False)
class GivenLines:
    """What a table holds.

    ``header`` are its titles, ``header_line`` the line they stand on; ``rows`` are (line number
    in the file, stripped cells, as many as there are titles) of each line with text. ``repairs``
    tell what was put right on the way, ``unread`` (French sentences) what was left aside. It has
    no telling ``repr``: cells may be counts of persons.
    """

    file: str
    header: list[str]
    header_line: int
    rows: list[tuple[int, list[str]]]
    repairs: tuple[Repair, ...] = ()
    formulas: tuple[Formula, ...] = ()
    unread: tuple[str, ...] = ()


def read_lines(path: Path, option: str, *, most_rows: int = MOST_ROWS) -> GivenLines:
    """Return the lines of a table: a CSV (``;``, ``,``, tab or ``|``) or the sheet of an XLSX.

    ``option`` is the one that gave the file, ``most_rows`` the lines that such a table may have at
    most. A UTF-16 or Windows-1252 text, and titles of one cell
    above the line of titles, are repairs. Raises ``SourceError`` where there is no file;
    ``RefusedFileError`` where its bytes, its container or its lines can't be understood.
    """
    try:
        told, _ = run_limited("coverage.sources.given.parsing:parsed", str(path), option, most_rows)
    except ChildDiedError:
        raise RefusedFileError(
            "TOO_COMPLEX",
            f"« {path.name} » demande trop de mémoire ou de temps pour être lu. Donnez un tableau "
            "plus petit : votre territoire, les colonnes utiles.",
        ) from None
    return GivenLines(
        file=path.name,
        header=told["header"],
        header_line=told["header_line"],
        rows=[(line, cells) for line, cells in told["rows"]],
        repairs=tuple(
            Repair(issue, detail, column, tuple((first, last) for first, last in lines))
            for issue, detail, column, lines in told["repairs"]
        ),
        formulas=tuple(Formula(*formula) for formula in told["formulas"]),
        unread=tuple(told["unread"]),
    )
