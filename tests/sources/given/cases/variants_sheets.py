"""More workbooks of counts: what spreadsheets hold besides numbers and texts, and hostile parts."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.sources.given.cases.case import REFUSED, Case, either, holding
from tests.sources.given.cases.csv_making import HEADER, text
from tests.sources.given.cases.pages import ERROR_PAGE, LAUGHS, XXE
from tests.sources.given.cases.sheet_making import (
    SHEET,
    content,
    part_edited,
    row_xml,
    sheet_data,
    typed,
    workbook,
    written,
)
from tests.sources.given.cases.sheets import second_sheet
from tests.sources.given.cases.zip_making import (
    DEFLATED,
    Entry,
    archived,
    packed,
    repeated,
    rewritten,
)

_SHARED = "xl/sharedStrings.xml"
_NO_BOOK = either("NOT_XLSX", "CORRUPT_ZIP")
_TAKEN = either("OK", "FIX")


def _set(**cells: Any) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        for at, value in cells.items():
            book.active[at] = value

    return change


def _formatted(book: Any) -> None:
    book.active["A2"] = 1001
    book.active["A2"].number_format = "00000"


def _title(book: Any) -> None:
    book.active.insert_rows(1)
    book.active["A1"] = "Détections au 31 décembre 2025"


def _hidden(book: Any) -> None:
    second_sheet(book)
    book["Feuil2"].sheet_state = "hidden"


def _empty_sheet(book: Any) -> None:
    book.create_sheet("Feuil2")


def _merged_rows(book: Any) -> None:
    book.active.merge_cells("B2:B3")


def _moved(book: Any) -> None:
    book.active.insert_rows(1, 2)
    book.active.insert_cols(1)


def _blank_rows(book: Any) -> None:
    book.active.insert_rows(3, 2)


def _date_1904(book: Any) -> None:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    book.epoch = CALENDAR_MAC_1904
    book.active["E3"] = datetime.date(2025, 3, 1)


def _hand(sheet: str, shared: str = "", **how: Any) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(written(sheet, shared=shared, **how))


def _rows(number: int, count: str, kind: str = "") -> str:
    """Return the usual rows by hand, and after them one whose count is written so."""
    code = row_xml(number, ["71014", "Autun", 4.3, 46.95]).removesuffix("</row>")
    told = f' t="{kind}"' if kind else ""
    return f'<sheetData>{sheet_data()}{code}<c r="E{number}"{told}>{count}</c></row></sheetData>'


def _cell(count: str, kind: str = "") -> Callable[[Path], object]:
    return _hand(_rows(7, count, kind))


def _replaced(**parts: bytes | None) -> Callable[[bytes], bytes]:
    named = {"sheet": SHEET, "shared": _SHARED, "book": "xl/workbook.xml",
    "macro": "xl/vbaProject.bin",
             "types": "[Content_Types].xml", "link": "xl/externalLinks/externalLink1.xml",
             "inner": "xl/embeddings/classeur.xlsx"}  # fmt: skip
    return lambda data: rewritten(data, {named[name]: part for name, part in parts.items()})


def _document(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, "<x/>")
    return out.getvalue()


def _sheet_of(prolog: str, encoding: str = "utf-8") -> Callable[[Path], object]:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xml = f'{prolog}<worksheet xmlns="{main}"><sheetData>{sheet_data()}</sheetData></worksheet>'
    return lambda path: path.write_bytes(written(packed(SHEET, xml.encode(encoding))))


def _shared_bomb(megabytes: int) -> Callable[[Path], object]:
    def make(path: Path) -> None:
        stream, crc, size = repeated(b"<si><t>lol</t></si>" * 50_000, megabytes)
        bomb = Entry(_SHARED, stream, DEFLATED, size, crc)
        path.write_bytes(written(f"<sheetData>{sheet_data()}</sheetData>", shared=bomb))

    return make


def _encrypted(path: Path) -> None:
    path.write_bytes(archived([Entry("[Content_Types].xml", b"x" * 40, flags=1)]))


_SHARED_ROW = (
    "<sheetData>" + sheet_data() + '<row r="7"><c r="A7" t="s"><v>{}</v></c>'
    '<c r="B7" t="s"><v>1</v></c><c r="C7"><v>4.3</v></c><c r="D7"><v>46.95</v></c>'
    '<c r="E7"><v>3</v></c></row></sheetData>'
)
_STRINGS = "<si><t>71014</t></si><si><r><t>Au</t></r><r><rPr><b/></rPr><t>tun</t></r></si>"


def _x(name: str, answer: str | frozenset[str], make: Any, why: str = "", line: int | None = None,
       file: str = "t.xlsx") -> Case:  # fmt: skip
    return Case(f"X-{name}", file, "counts", answer, make, why, line)


VARIANTS = [
    _x("by hand", "OK", _hand(f"<sheetData>{sheet_data()}</sheetData>"),
        "no styles, no shared texts"),
    _x("shared texts", "OK", _hand(_SHARED_ROW.format(0), _STRINGS), "one of them rich"),
    _x("no shared text", REFUSED, _hand(_SHARED_ROW.format(99), _STRINGS),
        "a text that isn't there"),
    _x("no references", "OK", _hand("<sheetData>" + re.sub(r' r="[A-Z]*\d+"', "",
        sheet_data()) + "</sheetData>"),
       "rows and cells that don't say where they are"),
    _x("upper", "OK", workbook(), file="T.XLSX"),
    _x("cached", _TAKEN, _cell("<f>1+2</f><v>3</v>"), "a formula, and what it gave"),
    _x("cached text", REFUSED, _cell("<f>A1</f><v>abc</v>", "str")),
    _x("formula", "FORMULA_CELL", _cell("<f>1+2</f>"), "", 7),
    _x("shared formula", "FORMULA_CELL", _cell('<f t="shared" si="0"/>'), "", 7),
    _x("formula in a name", either("FORMULA_CELL", "OK"), workbook(change=_set(B3="=A1"))),
    _x("text that looks so", "OK", workbook([["36044", "'=1+1", 1.69, 46.8, 3]])),
    _x("boolean", "BAD_NUMBER", workbook(change=_set(E3=True)), "", 3),
    _x("error", "BAD_NUMBER", _cell("<v>#N/A</v>", "e"), "", 7),
    _x("nan", "BAD_NUMBER", _cell("<v>NaN</v>"), "", 7),
    _x("1e400", either("BAD_NUMBER", "BAD_COUNT"), _cell("<v>1e400</v>"), "", 7),
    _x("not a number", REFUSED, _cell("<v>abc</v>"), "a number cell that holds letters"),
    _x("underscore", REFUSED, _cell("<v>1_000</v>"), "Python's number, no spreadsheet's"),
    _x("date", "BAD_NUMBER", workbook(change=_set(E3=datetime.date(2025, 3, 1))), "", 3),
    _x("date 1904", "BAD_NUMBER", workbook(change=_date_1904), "", 3),
    _x("fraction", "BAD_COUNT", workbook(change=_set(E3=3.7)), "", 3),
    _x("negative", "BAD_COUNT", workbook(change=_set(E3=-5)), "", 3),
    _x("empty count", "BAD_NUMBER", workbook(change=_set(E3=None)), "", 3),
    _x("count as text", _TAKEN, workbook(change=_set(E3="47"))),
    _x("count with a blank", "FIX", workbook(change=_set(E3="1\u202f234")), "", 3),
    _x("comma", "FIX", workbook(change=_set(C3="1,6914", D3="46,8103")), "", 3),
    _x("whole float", "OK", _cell("<v>12.0</v>")),
    _x("number code", _TAKEN, workbook(change=_set(A3=36044)), "no zero to lose"),
    _x("format 00000", either("INSEE_ZERO_LOST", "FIX"), workbook(change=_formatted),
        "shown as 01001", 2),
    _x("big number", REFUSED, workbook(change=_set(A3=12345678901234567890))),
    _x("unknown", "INSEE_UNKNOWN", workbook(change=_set(A3="99999")), "", 3),
    _x("swapped", "LATLON_SWAPPED", workbook(change=_set(C3=46.8103, D3=1.6914)), "", 3),
    _x("title", "FIX", workbook(change=_title), "not merged: no doubt", 1),
    _x("moved", either("OK", "FIX", "BAD_HEADER", "MISSING_COLUMN"), workbook(change=_moved),
        "from B3 on"),
    _x("blank rows", "OK", workbook(change=_blank_rows)),
    _x("merged rows", either("OK", "BAD_HEADER", "BAD_VALUE", "RAGGED_ROW"),
        workbook(change=_merged_rows),
       "two names in one"),
    _x("empty sheet", "OK", workbook(change=_empty_sheet)),
    _x("hidden sheet", either("AMBIGUOUS_LAYER", "OK", "FIX"), workbook(change=_hidden)),
    _x("titles only", "NO_ROWS", workbook([])),
    _x("nothing", either("EMPTY", "NO_ROWS", "MISSING_COLUMN", "BAD_HEADER"), workbook([],
        header=None)),
    _x("missing", "MISSING_COLUMN", workbook([row[:4] for row in typed()], header=HEADER[:4])),
    _x("twice", "DUP_COLUMN", workbook([[*row, "x"] for row in typed()], header=[*HEADER, "nom"])),
    _x("same commune", "DUP_ID", workbook([*typed(), typed()[0]]), "", 7),
    _x("far column", either("TOO_MANY_COLUMNS", "RAGGED_ROW"), workbook(change=_set(XFD3="x"))),
    _x("far row", either("OK", *REFUSED), workbook(change=_set(B1048576="x")), "within its limits"),
    _x("control", "BINARY_IN_TEXT", _hand(
        f'<sheetData>{sheet_data()}</sheetData>'.replace("Ajaccio", "Aja\u202eccio"))),
    _x("escaped control", either("BINARY_IN_TEXT", "OK"), _hand(
        f'<sheetData>{sheet_data()}</sheetData>'.replace("Ajaccio", "Aja_x0000_ccio")),
        "as spreadsheets escape it"),
    _x("macros", either("OK", "NOT_XLSX"), workbook(edited=_replaced(macro=b"\xd0\xcf\x11\xe0")),
        "never run"),
    _x("links", either("OK", "FIX", *REFUSED), workbook(edited=_replaced(link=b'<externalLink/>'))),
    _x("embedded", either("OK", "ZIP_NESTED"), workbook(edited=_replaced(inner=content()))),
    _x("strict", either("OK", "NOT_XLSX"), workbook(edited=part_edited(
        SHEET, "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://purl.oclc.org/ooxml/spreadsheetml/main"))),
    _x("shared bomb", "ZIP_TOO_BIG", _shared_bomb(300)),
    _x("ratio", "ZIP_TOO_BIG", _shared_bomb(150), "250 MB aren't reached, 200 times are"),
    _x("dtd in texts", "XML_DTD",
        workbook(edited=_replaced(shared=(LAUGHS + "<sst><si><t>&a9;</t></si></sst>").encode()))),
    _x("dtd in the book", "XML_DTD", workbook(edited=part_edited("xl/workbook.xml",
        r"^(<\?xml[^>]*\?>)?", XXE))),
    _x("dtd in types", "XML_DTD", workbook(edited=part_edited("[Content_Types].xml",
        r"^(<\?xml[^>]*\?>)?", XXE))),
    _x("dtd alone", "XML_DTD", _sheet_of("<!DOCTYPE worksheet>"), "it declares nothing"),
    _x("dtd in utf-16", "XML_DTD", _sheet_of(
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE w [<!ENTITY a "b">]>', "utf-16")),
    _x("dtd after comment", "XML_DTD",
        _sheet_of('<?xml version="1.0"?><!-- x --><!DOCTYPE w [<!ENTITY a "b">]>')),
    _x("dtd after much", "XML_DTD",
        _sheet_of(f'<?xml version="1.0"?><!--{"x" * 200_000}--><!DOCTYPE w [<!ENTITY a "b">]>')),
    _x("dtd in a comment", _TAKEN, _sheet_of('<?xml version="1.0"?><!-- <!DOCTYPE x> -->'),
        "none is declared"),
    _x("broken xml", _NO_BOOK, workbook(edited=part_edited(SHEET, "</sheetData>", "</sheetDat>"))),
    _x("binary sheet", _NO_BOOK, workbook(edited=_replaced(sheet=b"\0\1\2" * 50))),
    _x("no sheet", _NO_BOOK, workbook(edited=_replaced(sheet=None))),
    _x("no book", _NO_BOOK, workbook(edited=_replaced(book=None))),
    _x("no types", either("NOT_XLSX", "CORRUPT_ZIP", "OK"), workbook(edited=_replaced(types=None))),
    _x("word", "NOT_XLSX", holding(_document("word/document.xml")), "a letter"),
    _x("ods", "NOT_XLSX", holding(_document("content.xml")), "LibreOffice's own"),
    _x("csv", "NOT_XLSX", holding(text())),
    _x("html", "NOT_XLSX", holding(ERROR_PAGE)),
    _x("empty", "EMPTY", holding("")),
    _x("encrypted", either("CORRUPT_ZIP", "NOT_XLSX"), _encrypted),
    _x("style", either("OK", "FIX", *REFUSED), _hand(
        _rows(7, "<v>3</v>").replace('r="E7"', 'r="E7" s="999"')), "a style that isn't there"),
    _x("xls", REFUSED,
        lambda path: path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(3_000)),
       "an old Excel under its own name", file="t.xls"),
    _x("prefix", either("OK", "CORRUPT_ZIP", "NOT_XLSX"),
        workbook(edited=lambda data: b"junk" + data)),
    _x("no name", either("OK", "CORRUPT_ZIP", "NOT_XLSX", "ZIP_UNSAFE_PATH"),
        lambda path: path.write_bytes(
        archived([Entry("", b"x"), packed("xl/workbook.xml", b"<workbook/>")]))),
    _x("crc", "CORRUPT_ZIP", lambda path: path.write_bytes(
        written(Entry(SHEET,
        f"<worksheet><sheetData>{sheet_data()}</sheetData></worksheet>".encode(), crc=7)))),
]  # fmt: skip
