"""A CSV that the user gives: from bytes to numbered lines of cells, before any meaning."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from coverage.base.errors import SourceError, UserError
from coverage.model.words import whole

_SIZE_LIMIT_BYTES = 20_000_000
_TOLD_FAULTS = 10
_ADVICE = "Enregistrez le tableau au format CSV (UTF-8, séparateur ;)."


class LineError(Exception):
    """One thing wrong on one line: the column and what to do (French)."""

    def __init__(self, column: str, advice: str) -> None:
        self.column = column
        super().__init__(advice)


def faults_text(faults: Sequence[tuple[int, LineError]]) -> str:
    """Return the faults of a file by their lines, ten at most, the others counted (French)."""
    told = " ; ".join(
        f"ligne {line}, colonne {fault.column} : {fault}" for line, fault in faults[:_TOLD_FAULTS]
    )
    more = len(faults) - _TOLD_FAULTS
    return told + (f" ; et {whole(more)} autre{'s' if more > 1 else ''}" if more > 0 else "")


@dataclass(frozen=True)
class GivenLines:
    """What a user's CSV holds: the cells of its first line, and those of each line with text.

    ``rows`` are (line number in the file, cells). ``repaired`` is empty, or the issue and the
    detail (French) of what was put right on the way, for the quality notes.
    """

    header: list[str]
    rows: list[tuple[int, list[str]]]
    repaired: tuple[str, str] | tuple[()] = ()


def read_lines(path: Path, option: str) -> GivenLines:
    """Return the lines of a user's CSV, cells stripped; the separator is ``;``, ``,`` or a tab.

    ``option`` is the one that gave the file. Raises ``UserError`` for what is not a readable CSV,
    naming the line where there is one.
    """
    text, in_utf8 = _read_text(path, option)
    header_line = text.splitlines()[0] if text else ""
    delimiter = max(";,\t", key=header_line.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        header = next(lines, [])
        before = lines.line_num
        for cells in lines:
            line, before = before + 1, lines.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(header):
                raise UserError(
                    f"« {path.name} », ligne {line} : {len(cells)} cellules pour {len(header)} "
                    "colonnes. Mettez entre guillemets les textes qui contiennent le séparateur "
                    f"« {delimiter} »."
                )
            rows.append((line, [cell.strip() for cell in cells]))
    except csv.Error as error:
        raise UserError(
            f"« {path.name} », ligne {lines.line_num} : guillemets ou cellule illisibles "
            f"({error}). Enregistrez le fichier à nouveau en CSV."
        ) from None
    repaired = ("encodage", "Fichier lu en Windows-1252 et non en UTF-8.")
    return GivenLines(header, rows, () if in_utf8 else repaired)


def _read_text(path: Path, option: str) -> tuple[str, bool]:
    """Return a file's text, and whether it was in UTF-8 (else Windows-1252)."""
    try:
        if path.stat().st_size > _SIZE_LIMIT_BYTES:
            raise UserError(f"« {path.name} » dépasse 20 Mo : ce n’est pas le tableau attendu.")
        content = path.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        raise SourceError(f"Le fichier « {path} » n’existe pas. Vérifiez {option}.") from None
    if content.startswith(b"PK\x03\x04") or b"\x00" in content:
        raise UserError(f"« {path.name} » n’est pas un texte. {_ADVICE}")
    if content[:200].lstrip(b"\xef\xbb\xbf \r\n").lower().startswith((b"<!doctype", b"<html")):
        raise UserError(f"« {path.name} » est une page HTML. {_ADVICE}")
    try:
        return content.decode("utf-8-sig"), True
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252"), False
    except UnicodeDecodeError:
        raise UserError(f"« {path.name} » mélange plusieurs encodages. {_ADVICE}") from None


def normal_form(text: str) -> str:
    """Return text for comparing: no case, no accents, single spaces for whatever is no letter."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE"))
    bare = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    return re.sub(r"[^a-z0-9]+", " ", bare).strip()
