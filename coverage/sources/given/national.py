"""A table about all the communes of France, as INSEE publishes it: some columns, by commune.

It may be ten times larger than a table that somebody fills in, come in an archive with the meaning
of its columns, and have lines of titles above; its codes are those of any year, of the next ones
too. It is taken apart in a limited child.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from coverage.base.errors import RefusedFileError
from coverage.base.limited import ChildDiedError, run_limited
from coverage.model.answers import Repair, Repairs
from coverage.sources.cog import commune_codes
from coverage.sources.given.archive import ZIP, opened_archive, read_member
from coverage.sources.given.cells import Cell
from coverage.sources.given.codes import CODE, written_code
from coverage.sources.given.faults import Faults
from coverage.sources.given.raw import MOST_LINE_BYTES, empty, refuse_no_text
from coverage.sources.given.text import decoded

#: A census table of France by commune takes some 40 MB.
_MOST_BYTES = 200_000_000
#: The line of column names comes after a few lines of titles where a workbook was saved as text.
_LINES_LOOKED_AT = 20
_LINE = re.compile(r"[^\n]*\n|[^\n]+\Z")
_DELIMITERS = ";,\t|"
CODE_COLUMN = "CODGEO"


@dataclass(frozen=True)
class NationalTable:
    """Some columns of a table: ``rows`` are (line in the file, code of the commune, cells)."""

    columns: list[str]
    rows: list[tuple[int, str, list[str]]]


def read_national(
    path: Path, patterns: Sequence[str], repairs: Repairs, advice: str
) -> NationalTable:
    """Return the columns whose names match one of ``patterns``, of each line with a commune's code.

    ``path`` is a CSV, or the ZIP archive that holds it; names of columns are given in upper case.
    What was put right goes to ``repairs``: a first zero that a spreadsheet took off is, where only
    one code can have been meant. ``advice`` (French) says which table to give. Raises
    ``RefusedFileError``: as the doors of archives and texts do, MISSING_COLUMN, NO_ROWS,
    BAD_QUOTING, RAGGED_ROW, ID_SCIENTIFIC, INSEE_UNKNOWN, DUP_ID.
    """
    target = "coverage.sources.given.national:parsed"
    try:
        told, _ = run_limited(target, str(path), list(patterns), advice)
    except ChildDiedError:
        raise RefusedFileError(
            "TOO_COMPLEX", f"« {path.name} » demande trop de mémoire ou de temps. {advice}"
        ) from None
    repairs.extend(
        Repair(issue, detail, column, tuple((first, last) for first, last in lines))
        for issue, detail, column, lines in told["repairs"]
    )
    return NationalTable(told["columns"], [(line, code, row) for line, code, row in told["rows"]])


def parsed(path: str, patterns: list[str], advice: str) -> dict[str, Any]:
    """Return the columns of a table and what was put right, as JSON (in the child)."""
    file = Path(path).name
    repairs, faults = Repairs(), Faults(file)
    content = _content(Path(path), advice)
    refuse_no_text(content, file, most_bytes=_MOST_BYTES)
    text = decoded(content, file, repairs)
    titles = _titles(text, patterns, file, advice)
    rows = []
    first_line: dict[str, int] = {}
    for line, cells in _records(text, titles, file):
        cell = Cell(line, CODE_COLUMN, cells[titles.code])
        if not cell.text:
            continue
        with faults.on(line):
            code = _code(cell, repairs)
            if (first := first_line.setdefault(code, line)) != line:
                told = f"{code} est déjà à la ligne {first}\u202f; gardez une ligne par commune"
                raise cell.error("DUP_ID", told)
            rows.append((line, code, [cells[place] for place in titles.places.values()]))
    faults.close()
    if not rows:
        told = f"« {file} » ne contient aucune commune. {advice}"
        raise RefusedFileError("NO_ROWS", told)
    return {
        "columns": list(titles.places),
        "rows": rows,
        "repairs": [astuple(repair) for repair in repairs.told()],
    }


def _content(path: Path, advice: str) -> bytes:
    if path.stat().st_size > _MOST_BYTES:
        raise _too_big(path.name, advice)
    content = path.read_bytes()
    if not content.strip():
        raise empty(path.name)
    if not content.startswith(ZIP):
        return content
    with opened_archive(content, path.name) as archive:
        members = [
            member
            for member in archive.infolist()
            if member.filename.lower().endswith(".csv")
            # INSEE puts the meaning of the columns beside the table.
            and not Path(member.filename).name.lower().startswith("meta")
        ]
        if not members:
            told = f"« {path.name} » ne contient pas de tableau CSV. {advice}"
            raise RefusedFileError("MISSING_PART", told)
        chosen = max(members, key=lambda member: member.file_size)
        if chosen.file_size > _MOST_BYTES:
            raise _too_big(path.name, advice)
        return read_member(archive, chosen, path.name)


def _too_big(file: str, advice: str) -> RefusedFileError:
    return RefusedFileError("TOO_BIG", f"« {file} » dépasse 200\u00a0Mo. {advice}")


@dataclass(frozen=True)
class _Titles:
    """The line of column names: its number, what separates them, where the columns stand."""

    line: int
    delimiter: str
    count: int
    code: int
    places: dict[str, int]


def _titles(text: str, patterns: Sequence[str], file: str, advice: str) -> _Titles:
    """Find the line of column names among the first ones. Raises ``RefusedFileError``."""
    wanted = re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
    for number, found in enumerate(islice(_LINE.finditer(text), _LINES_LOOKED_AT), start=1):
        delimiter = max(_DELIMITERS, key=found[0].count)
        names = [name.strip().strip('"').strip().upper() for name in found[0].split(delimiter)]
        read = {name: place for place, name in enumerate(names) if wanted.fullmatch(name)}
        if CODE_COLUMN in names and read:
            for name in (CODE_COLUMN, *read):
                if names.count(name) > 1:
                    told = f"« {file} », ligne {number}\u00a0: deux colonnes « {name} »."
                    raise RefusedFileError("DUP_COLUMN", f"{told} Gardez-en une seule.")
            return _Titles(number, delimiter, len(names), names.index(CODE_COLUMN), read)
    told = f"« {file} » n’a pas les colonnes attendues. {advice}"
    raise RefusedFileError("MISSING_COLUMN", told)


def _records(text: str, titles: _Titles, file: str) -> Iterator[tuple[int, list[str]]]:
    """Give (line, stripped cells) of each line with text under the titles."""
    csv.field_size_limit(MOST_LINE_BYTES)
    source = (found[0] for found in islice(_LINE.finditer(text), titles.line, None))
    lines = csv.reader(source, delimiter=titles.delimiter, strict=True)
    try:
        while True:
            line = titles.line + lines.line_num + 1
            row = next(lines, None)
            if row is None:
                return
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if len(cells) < titles.count or any(cells[titles.count :]):
                told = f"{len(cells)} cellules pour {titles.count} colonnes"
                advice = "Reprenez le tableau tel qu’il est publié."
                message = f"« {file} », ligne {line}\u00a0: {told}. {advice}"
                raise RefusedFileError("RAGGED_ROW", message)
            yield line, cells
    except csv.Error:
        message = f"« {file} », ligne {line}\u00a0: un guillemet n’est pas fermé."
        advice = "Reprenez le tableau tel qu’il est publié."
        raise RefusedFileError("BAD_QUOTING", f"{message} {advice}") from None


def _code(cell: Cell, repairs: Repairs) -> str:
    """Return the code of a line; those of the years to come are not known. Raises ``LineError``."""
    text = cell.bare(repairs)
    if CODE.fullmatch(text):
        return text
    if commune_codes().exists(f"0{text}"):
        cell.repaired(repairs, "zéro perdu", f"« {text} » lu 0{text}")
        return f"0{text}"
    return written_code(cell, repairs)
