"""A table that the user gives: from bytes to numbered lines of cells, before any meaning."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import NoReturn

from coverage.base.errors import SourceError, UserError
from coverage.model.words import whole

_SIZE_LIMIT_BYTES = 20_000_000
_TOLD_LINES = 10
_ZIP = b"PK\x03\x04"
#: What may stand before the titles: blank lines, and the separator as Excel is told of it.
_BREAK, _BLANKS = r"(?:\r\n|\n|\r)", r"[;,\t ]*"
_BEFORE_TITLES = re.compile(
    rf'(?:{_BLANKS}{_BREAK})*(?:"?sep=([;,\t])"?{_BLANKS}{_BREAK}(?:{_BLANKS}{_BREAK})*)?',
    re.IGNORECASE,
)
_ADVICE = "Enregistrez le tableau au format CSV (UTF-8, séparateur ;) ou XLSX."


class LineError(Exception):
    """One thing wrong on one line: the column and what to do (French)."""

    def __init__(self, column: str, advice: str) -> None:
        self.column = column
        super().__init__(advice)


def refuse(
    file: str, faults: Sequence[tuple[int, LineError]], *, most: int = _TOLD_LINES
) -> NoReturn:
    """Raise the ``UserError`` that tells the faults of a file, by its lines in their order.

    ``most`` lines are told with all that is wrong with them, the others are counted; where there
    are several, each has a line of the message of its own.
    """
    by_line = [list(found) for _, found in groupby(sorted(faults, key=_line), key=_line)]
    told = [
        f"ligne {found[0][0]}, "
        + "\u202f; ".join(f"colonne « {fault.column} »\u00a0: {fault}" for _, fault in found)
        for found in by_line[:most]
    ]
    if (more := len(by_line) - most) > 0:
        told.append(f"et {whole(more)} autre{'s lignes' if more > 1 else ' ligne'}")
    # The semicolons keep it readable where line breaks are lost (a page).
    start = "\n  " if len(told) > 1 else " "
    listed = start + f"\u202f;{start}".join(told)
    raise UserError(f"« {file} » n’a pas été lu, rien n’est gardé\u00a0:{listed}.")


def _line(fault: tuple[int, LineError]) -> int:
    return fault[0]


@dataclass(frozen=True)
class GivenLines:
    """What a user's table holds: the cells of its first line, and those of each line with text.

    ``rows`` are (line number in the file, cells). ``repaired`` is empty, or the issue and the
    detail (French) of what was put right on the way, for the quality notes.
    """

    header: list[str]
    rows: list[tuple[int, list[str]]]
    repaired: tuple[str, str] | tuple[()] = ()


def read_lines(path: Path, option: str) -> GivenLines:
    """Return the lines of a user's table, cells stripped: a CSV (``;``, ``,`` or tab) or an XLSX.

    Blank lines and a line ``sep=;`` may stand before the titles. ``option`` is the one that gave
    the file. Raises ``UserError`` for what is neither, naming the
    line where there is one.
    """
    content = _content(path, option)
    if not content.startswith(_ZIP):
        return _read_text(content, path.name)
    # Most commands never see a workbook.
    from coverage.sources.given_sheet import read_sheet

    rows = read_sheet(content, path.name)
    header = rows[0][1] if rows else []
    for line, cells in rows:
        if len(cells) > len(header):
            raise UserError(
                f"« {path.name} », ligne {line} : une cellule n’a pas de titre de colonne. "
                "Donnez-lui un titre en première ligne, ou videz-la."
            )
    return GivenLines(header, rows[1:])


def _content(path: Path, option: str) -> bytes:
    try:
        if path.stat().st_size > _SIZE_LIMIT_BYTES:
            raise UserError(f"« {path.name} » dépasse 20 Mo : ce n’est pas le tableau attendu.")
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        raise SourceError(f"Le fichier « {path} » n’existe pas. Vérifiez {option}.") from None


def _read_text(content: bytes, file: str) -> GivenLines:
    text, in_utf8 = _decoded(content, file)
    before_titles = _BEFORE_TITLES.match(text)
    skipped, told = (before_titles[0], before_titles[1]) if before_titles else ("", None)
    text, offset = text.removeprefix(skipped), len(re.findall(_BREAK, skipped))
    header_line = text.splitlines()[0] if text else ""
    delimiter = told or max(";,\t", key=header_line.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        header = next(lines, [])
        before = lines.line_num
        for row in lines:
            line, before = offset + before + 1, lines.line_num
            cells = [cell.strip() for cell in row]
            while len(cells) > len(header) and not cells[-1]:
                cells.pop()
            if not any(cells):
                continue
            if len(cells) > len(header):
                raise UserError(
                    f"« {file} », ligne {line} : {len(cells)} cellules pour {len(header)} "
                    "colonnes. Mettez entre guillemets les textes qui contiennent le séparateur "
                    f"« {delimiter} »."
                )
            rows.append((line, cells))
    except csv.Error as error:
        raise UserError(
            f"« {file} », ligne {offset + lines.line_num} : guillemets ou cellule illisibles "
            f"({error}). Enregistrez le fichier à nouveau en CSV."
        ) from None
    repaired = ("encodage", "Fichier lu en Windows-1252 et non en UTF-8.")
    return GivenLines(header, rows, () if in_utf8 else repaired)


def _decoded(content: bytes, file: str) -> tuple[str, bool]:
    """Return a file's text, and whether it was in UTF-8 (else Windows-1252)."""
    if b"\x00" in content:
        raise UserError(f"« {file} » n’est pas un texte. {_ADVICE}")
    if content[:200].lstrip(b"\xef\xbb\xbf \r\n").lower().startswith((b"<!doctype", b"<html")):
        raise UserError(f"« {file} » est une page HTML. {_ADVICE}")
    try:
        return content.decode("utf-8-sig"), True
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252"), False
    except UnicodeDecodeError:
        raise UserError(f"« {file} » mélange plusieurs encodages. {_ADVICE}") from None


def normal_form(text: str) -> str:
    """Return text for comparing: no case, no accents, single spaces for whatever is no letter."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE"))
    bare = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    return re.sub(r"[^a-z0-9]+", " ", bare).strip()
