"""A table about all the communes of France that the user gives, as INSEE publishes it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from coverage.base.errors import UserError
from coverage.model.tables import CODE_INSEE

#: A census table of France by commune takes some 40 MB.
_SIZE_LIMIT_BYTES = 200_000_000
#: The line of column names comes after a few lines of titles where a workbook was saved as text.
_LINES_LOOKED_AT = 20


def read_given_table(path: Path, expected: str, wanted: Callable[[frozenset[str]], Any]) -> Any:
    """Read some columns of a user's table of communes, as text; names are in upper case.

    ``path`` is a CSV (``;``, ``,`` or tab; UTF-8 or Windows-1252), or the ZIP archive that holds
    it. ``expected`` says in French which table to give. ``wanted`` gets the names of the columns
    and returns those to read, none where this is not the line of names. ``CODGEO`` is always
    read; it is made of five characters again where a spreadsheet took the first zero off.
    Raises ``UserError`` on anything else, and on a commune that is there twice.
    """
    text = _decoded(_content(path, expected), path, expected)
    start, delimiter, names = _line_of_names(text, path, expected, wanted)
    kept = ["CODGEO", *wanted(frozenset(names))]
    places = {name: names.index(name) for name in kept}
    try:
        table = pd.read_csv(
            io.StringIO(text[start:]),
            sep=delimiter,
            dtype=str,
            keep_default_na=False,
            header=None,
            skiprows=1,
            names=list(range(len(names))),
            usecols=list(places.values()),
            index_col=False,
            engine="c",
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError):
        raise UserError(
            f"« {path.name} » : ses lignes n’ont pas toutes les mêmes colonnes. {expected}"
        ) from None
    columns = [table[place].fillna("").str.strip() for place in places.values()]
    table = pd.concat(columns, axis=1, keys=list(places))
    table = table[table["CODGEO"] != ""].reset_index(drop=True)
    short = table["CODGEO"].str.fullmatch(r"\d{4}")
    table.loc[short, "CODGEO"] = "0" + table.loc[short, "CODGEO"]
    _refuse_wrong_codes(table["CODGEO"], path, expected)
    return table


def _refuse_wrong_codes(codes: pd.Series[str], path: Path, expected: str) -> None:
    if codes.empty:
        raise UserError(f"« {path.name} » ne contient aucune commune. {expected}")
    wrong = codes[~codes.str.fullmatch(CODE_INSEE.pattern)]
    if len(wrong):
        raise UserError(
            f"« {path.name} » : « {wrong.iloc[0]} » n’est pas un code de commune. {expected}"
        )
    twice = codes[codes.duplicated()]
    if len(twice):
        raise UserError(
            f"« {path.name} » : la commune {twice.iloc[0]} y est deux fois. Gardez une seule ligne "
            "par commune."
        )


def _content(path: Path, expected: str) -> bytes:
    if path.stat().st_size > _SIZE_LIMIT_BYTES:
        raise UserError(f"« {path.name} » dépasse 200\u00a0Mo. {expected}")
    content = path.read_bytes()
    if not content.startswith(b"PK\x03\x04"):
        return content
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [
                member
                for member in archive.infolist()
                if member.filename.lower().endswith(".csv")
                # INSEE puts the meaning of the columns beside the table.
                and not Path(member.filename).name.lower().startswith("meta")
            ]
            if members:
                chosen = max(members, key=lambda member: member.file_size)
                if chosen.file_size <= _SIZE_LIMIT_BYTES:
                    return archive.read(chosen)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        pass
    raise UserError(f"« {path.name} » ne contient pas de tableau CSV lisible. {expected}")


def _decoded(content: bytes, path: Path, expected: str) -> str:
    if b"\x00" not in content:
        for encoding in ("utf-8-sig", "cp1252"):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                continue
    raise UserError(f"« {path.name} » n’est pas un texte. {expected}")


def _line_of_names(
    text: str, path: Path, expected: str, wanted: Callable[[frozenset[str]], Any]
) -> tuple[int, str, list[str]]:
    """Return where the line of column names starts, its separator and the names."""
    start = 0
    for line in text[:_SIZE_LIMIT_BYTES].split("\n", _LINES_LOOKED_AT)[:_LINES_LOOKED_AT]:
        delimiter = max(";,\t", key=line.count)
        names = [cell.strip().strip('"').strip().upper() for cell in line.split(delimiter)]
        if "CODGEO" in names and wanted(frozenset(names)):
            return start, delimiter, names
        start += len(line) + 1
    raise UserError(f"« {path.name} » n’a pas les colonnes attendues. {expected}")
