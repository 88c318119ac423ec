"""The one filled sheet of a workbook (XLSX) that the user gives, as text."""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime, time
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from coverage.base.errors import UserError

#: What a workbook may hold once unpacked; a small archive can hide a huge table.
_UNPACKED_LIMIT_BYTES = 200_000_000
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    SyntaxError,  # XML that is none
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
)


def read_sheet(content: bytes, file: str) -> list[tuple[int, list[str]]]:
    """Return (row number, cells) of each row with text of a workbook's one filled sheet.

    Cells are stripped text, to the row's last filled one; dates are ISO, whole numbers have no
    decimals. Raises ``UserError`` on what is no workbook, has several filled sheets, or holds a
    formula whose value was not kept.
    """
    try:
        filled = _filled_sheets(content, file)
    except _UNREADABLE:
        raise UserError(
            f"« {file} » n’est pas un classeur lisible. Enregistrez-le à nouveau en XLSX, ou en "
            "CSV (UTF-8, séparateur ;)."
        ) from None
    if len(filled) > 1:
        names = ", ".join(f"« {name} »" for name in filled)
        raise UserError(
            f"« {file} » a plusieurs feuilles remplies ({names}). Gardez seulement celle du "
            "tableau."
        )
    return next(iter(filled.values()), [])


def _filled_sheets(content: bytes, file: str) -> dict[str, list[tuple[int, list[str]]]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(part.file_size for part in archive.infolist()) > _UNPACKED_LIMIT_BYTES:
            raise UserError(f"« {file} » est trop grand : ce n’est pas le tableau attendu.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # styles and validations that openpyxl doesn't know
        # Twice: a formula whose value the spreadsheet did not keep is an empty cell otherwise.
        values, formulas = (
            openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=data_only)
            for data_only in (True, False)
        )
        told = {sheet.title: list(_filled_rows(sheet)) for sheet in values.worksheets}
        for sheet in formulas.worksheets:
            _refuse_empty_formulas(sheet, dict(told[sheet.title]), file)
    return {name: rows for name, rows in told.items() if rows}


def _filled_rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    sheet.reset_dimensions()  # some programs write a wrong one
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        cells = [_text(value) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield number, cells


def _refuse_empty_formulas(sheet: Any, rows: dict[int, list[str]], file: str) -> None:
    sheet.reset_dimensions()
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        told = rows.get(number, [])
        for place, cell in enumerate(cells):
            if cell.data_type == "f" and not (place < len(told) and told[place]):
                raise UserError(
                    f"« {file} », feuille « {sheet.title} », cellule "
                    f"{get_column_letter(place + 1)}{number} : la valeur de cette formule n’est "
                    "pas dans le fichier. Remplacez les formules par leurs valeurs (collage "
                    "spécial) et enregistrez à nouveau."
                )


def _text(value: Any) -> str:
    """Return a cell as one would write it in a CSV."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "VRAI" if value else "FAUX"
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
