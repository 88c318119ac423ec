"""Workbooks: by openpyxl, by its bytes edited, and with parts written by hand."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl

from tests.sources.given.cases.csv_making import HEADER, ROWS
from tests.sources.given.cases.zip_making import Entry, archived, packed, rewritten

SHEET = "xl/worksheets/sheet1.xml"
Change = Callable[[Any], None]


def typed(rows: Iterable[Sequence[str]] = ROWS) -> list[list[Any]]:
    """Return rows as a workbook holds them: codes and names text, the rest numbers."""
    return [[code, nom, float(lon), float(lat), int(count)] for code, nom, lon, lat, count in rows]


def content(
    rows: Iterable[Sequence[Any]] | None = None,
    *,
    header: Sequence[Any] | None = HEADER,
    change: Change | None = None,
) -> bytes:
    """Return a workbook of one sheet; ``change`` is called with the workbook before it is saved."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ([header] if header is not None else []) + list(typed() if rows is None else rows):
        sheet.append(list(row))
    if change is not None:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def workbook(
    rows: Iterable[Sequence[Any]] | None = None,
    *,
    header: Sequence[Any] | None = HEADER,
    change: Change | None = None,
    edited: Callable[[bytes], bytes] | None = None,
) -> Callable[[Path], object]:
    """Return a maker of a workbook; ``edited`` changes its bytes."""

    def make(path: Path) -> None:
        data = content(rows, header=header, change=change)
        path.write_bytes(edited(data) if edited else data)

    return make


def part_edited(part: str, old: str, new: str) -> Callable[[bytes], bytes]:
    """Return an edit of one part of a workbook: the first text that matches is replaced."""

    def edit(data: bytes) -> bytes:
        import zipfile

        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            xml = archive.read(part).decode()
        changed, count = re.subn(old, lambda _: new, xml, count=1, flags=re.DOTALL)
        assert count, f"nothing to edit in {part}"
        return rewritten(data, {part: changed.encode()})

    return edit


def written(
    sheet: str | Entry,
    *,
    shared: str | Entry = "",
    workbook_properties: str = "",
    prolog: str = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>',
) -> bytes:
    """Return a workbook of parts written by hand, as light tools write them.

    ``sheet`` is what stands in ``<worksheet>``; or an ``Entry``, the part itself, packed.
    """
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    types = "application/vnd.openxmlformats-"
    sheet_type = f"{types}officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        f'<Default Extension="rels" ContentType="{types}package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{sheet_type}.sheet.main+xml"/>'
        f'<Override PartName="/{SHEET}" ContentType="{sheet_type}.worksheet+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{sheet_type}.sharedStrings+xml"/>'
        "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}">{workbook_properties}'
        '<sheets><sheet name="Feuil1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{office}/sharedStrings" Target="sharedStrings.xml"/>'
        "</Relationships>",
    }
    entries = [
        packed(name, ('<?xml version="1.0"?>' + xml).encode()) for name, xml in parts.items()
    ]
    for name, part, tag in ((SHEET, sheet, "worksheet"), ("xl/sharedStrings.xml", shared, "sst")):
        if isinstance(part, Entry):
            entries.append(part)
        else:
            entries.append(packed(name, f'{prolog}<{tag} xmlns="{main}">{part}</{tag}>'.encode()))
    return archived(entries)


def row_xml(number: int, cells: Sequence[Any]) -> str:
    """Return a row of a sheet, its texts written in place."""
    told = "".join(
        f'<c r="{chr(65 + at)}{number}"><v>{value}</v></c>'
        if isinstance(value, (int, float))
        else f'<c r="{chr(65 + at)}{number}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
        for at, value in enumerate(cells)
    )
    return f'<row r="{number}">{told}</row>'


def sheet_data(rows: Iterable[Sequence[Any]] | None = None) -> str:
    """Return the usual table as rows of a sheet."""
    listed = [HEADER, *(typed() if rows is None else rows)]
    return "".join(row_xml(number, cells) for number, cells in enumerate(listed, start=1))
