"""Workbooks of counts, good and bad."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.sources.given.cases.case import Case
from tests.sources.given.cases.csv_making import HEADER
from tests.sources.given.cases.pages import LAUGHS
from tests.sources.given.cases.sheet_making import (
    SHEET,
    part_edited,
    row_xml,
    typed,
    workbook,
    written,
)
from tests.sources.given.cases.zip_making import DEFLATED, Entry, repeated

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#: What an old Excel, and an Excel that asks for a password, begin with.
OLE2 = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + bytes.fromhex("3e000300feff0900")


def second_sheet(book: Any) -> None:
    """Add a second sheet that is as full as the first."""
    other = book.create_sheet("Feuil2")
    for row in [HEADER, *typed()]:
        other.append(row)


def formula_without_value(book: Any) -> None:
    """Put a formula where a count should be; no program has computed it."""
    book.active["E3"] = "=A1+1"


def title_above(book: Any) -> None:
    """Put a title above the header, over all its columns."""
    sheet = book.active
    sheet.insert_rows(1)
    sheet["A1"] = "Détections au 31 décembre 2025"
    sheet.merge_cells("A1:E1")


def sheet_bomb(path: Path) -> None:
    """Write a sheet of 300 MB that a packer makes small."""
    rows = row_xml(2, typed()[0]).encode() * 500
    start = f'<?xml version="1.0"?><worksheet xmlns="{_MAIN}"><sheetData>'.encode()
    times = 300_000_000 // len(rows) + 1
    stream, crc, size = repeated(
        rows, times, start + row_xml(1, HEADER).encode(), b"</sheetData></worksheet>"
    )
    path.write_bytes(written(Entry(SHEET, stream, DEFLATED, size, crc)))


CASES: list[Case] = [
    Case("X00", "ok.xlsx", "counts", "OK", workbook()),
    Case("X01", "insee_numeric.xlsx", "counts", "INSEE_ZERO_LOST",
         workbook([[1001, *typed()[0][1:]], *typed()[1:]]), "the cell is a number", 2, "01001"),
    Case("X02", "two_sheets.xlsx", "counts", "AMBIGUOUS_LAYER", workbook(change=second_sheet),
         told="Feuil2"),
    Case("X03", "formula.xlsx", "counts", "FORMULA_CELL", workbook(change=formula_without_value),
         "written by a program that computes nothing", 3),
    Case("X04", "truncated.xlsx", "counts", "CORRUPT_ZIP",
         workbook(edited=lambda data: data[: len(data) // 2])),
    Case("X05", "billion_laughs.xlsx", "counts", "XML_DTD",
         workbook(edited=part_edited(SHEET, r"^(<\?xml[^>]*\?>)?", LAUGHS))),
    Case("X06", "sheet_bomb.xlsx", "counts", "ZIP_TOO_BIG", sheet_bomb),
    Case("X07", "dimension_lie.xlsx", "counts", "OK",
         workbook(edited=part_edited(SHEET, r'<dimension ref="[^"]*"\s*/>',
                                     '<dimension ref="A1:XFD1048576"/>'))),
    Case("X08", "old_xls.xlsx", "counts", "NOT_XLSX",
         lambda path: path.write_bytes(OLE2 + bytes(range(256)) * 40)),
    Case("X09", "merged_header.xlsx", "counts", "BAD_HEADER", workbook(change=title_above)),
]  # fmt: skip
