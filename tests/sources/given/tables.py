"""Tables that these tests write, and the workbook that holds some XML."""

from __future__ import annotations

import io
import zipfile

import openpyxl

HEADER = "code_insee;nom;lon;lat;detections"
AMBERIEU = "01004;Ambérieu-en-Bugey;5.36;45.96;12"
AJACCIO = "2A004;Ajaccio;8.74;41.93;7"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def table(*lines: str, header: str = HEADER) -> str:
    """Return a CSV of these lines under the titles of a table of counts."""
    return "\n".join((header, *lines)) + "\n"


def workbook(*rows: list[object], more: tuple[str, ...] = ()) -> bytes:
    """Return a workbook with these rows, and another sheet with some text for each of ``more``."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for name in more:
        book.create_sheet(name)["B2"] = "texte"
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def hand_made(rows: str, *, texts: str = "", after: str = "", names: str = "x:") -> bytes:
    """Return a workbook whose XML is written by hand, with a prefix (``names``) before its names.

    ``rows`` stand in ``sheetData``, ``texts`` among the shared ones, ``after`` after the data.
    """
    space = f'xmlns{":" + names[:-1] if names else ""}="{_MAIN}"'

    def dressed(xml: str) -> str:
        return (
            xml.replace("</", "<\0").replace("<", f"<{names}").replace(f"<{names}\0", f"</{names}")
        )

    def relations(*parts: tuple[str, str, str]) -> str:
        told = "".join(
            f'<Relationship Id="{identifier}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
            for identifier, kind, target in parts
        )
        return f'<Relationships xmlns="{_RELATIONS}">{told}</Relationships>'

    book = f'<{names}workbook {space} xmlns:r="{_OFFICE}">' + dressed(
        '<sheets><sheet name="Feuille" sheetId="1" r:id="r1"/></sheets></workbook>'
    )
    sheet = f"<{names}worksheet {space}>" + dressed(
        f'<dimension ref="A1:XFD1048576"/><sheetData>{rows}</sheetData>{after}</worksheet>'
    )
    shared = f"<{names}sst {space}>" + dressed(f"{texts}</sst>")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_rels/.rels", relations(("r0", "officeDocument", "/xl/Workbook.xml")))
        archive.writestr("xl/workbook.xml", book)
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            relations(("r1", "worksheet", "worksheets/s.xml"), ("r2", "sharedStrings", "t.xml")),
        )
        archive.writestr("xl/worksheets/s.xml", sheet)
        archive.writestr("xl/t.xml", shared)
    return out.getvalue()


def changed(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """Return a workbook with some bytes of one of its parts replaced; they must be there."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            text = before.read(name)
            assert name != part or old in text
            after.writestr(name, text.replace(old, new) if name == part else text)
    return out.getvalue()
