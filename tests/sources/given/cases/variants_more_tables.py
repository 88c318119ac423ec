"""Tables of counts that other tools and other hands write, and some made to hurt."""

from __future__ import annotations

import csv
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from tests.sources.given.cases.case import REFUSED, Case, either, holding
from tests.sources.given.cases.csv_making import HEADER, ROWS, cell, table, text
from tests.sources.given.cases.sheet_making import (
    SHEET,
    content,
    row_xml,
    sheet_data,
    typed,
    workbook,
    written,
)
from tests.sources.given.cases.zip_making import packed, rewritten

_IDS = either("INSEE_UNKNOWN", "BAD_ID", "BAD_VALUE")
_TAKEN = either("OK", "FIX")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_NO_BOOK = either("NOT_XLSX", "CORRUPT_ZIP")


def _t(name: str, answer: str | frozenset[str], make: Callable[[Path], object], why: str = "",
       line: int | None = None, told: str = "", file: str = "t.csv") -> Case:  # fmt: skip
    return Case(f"M-{name}", file, "counts", answer, make, why, line, told)


@cache
def _all_communes() -> tuple[tuple[str, ...], ...]:
    """Return a line for each commune of today, all of them somewhere in France, no city twice."""
    from coverage.sources.cog import commune_codes

    codes = commune_codes()
    every = (f"{number:05}" for number in range(1_000, 96_000))
    now = (code for code in every if (found := codes.now(code)) is not None and found.code == code)
    kept = (code for code in now if codes.city(code) == code)
    return tuple((code, f"Commune {code}", "2.35", "46.85", "12") for code in kept)


def _whole_france(path: Path) -> None:
    table(_all_communes(), separator=";")(path)


def _whole_france_sheet(path: Path) -> None:
    rows = [[code, nom, float(x), float(y), int(n)] for code, nom, x, y, n in _all_communes()]
    told = "".join(row_xml(n, cells) for n, cells in enumerate([HEADER, *rows], start=1))
    path.write_bytes(written(f"<sheetData>{told}</sheetData>"))


def _hand(sheet: str, **how: Any) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(written(sheet, **how))


def _data(more: str = "", old: str = "", new: str = "") -> Callable[[Path], object]:
    """Return a maker of the usual sheet, rows added to it, or a text of it changed."""
    rows = sheet_data() + more
    assert old in rows
    return _hand(f"<sheetData>{rows.replace(old, new, 1) if old else rows}</sheetData>")


def _sheet(xml: str | bytes) -> Callable[[Path], object]:
    data = xml.encode() if isinstance(xml, str) else xml
    return lambda path: path.write_bytes(written(packed(SHEET, data)))


def _relations(target: str, more: str = "") -> Callable[[Path], object]:
    """Return a maker of a workbook whose sheet lies where ``target`` says."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    xml = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{kind}" Target="{target}"{more}/></Relationships>'
    )
    plain = written(f"<sheetData>{sheet_data()}</sheetData>")
    changed = rewritten(plain, {"xl/_rels/workbook.xml.rels": xml.encode()})
    return lambda path: path.write_bytes(changed)


def _prefixed() -> str:
    """Return the usual sheet with a prefix on each element, as some libraries do."""
    body = f"<sheetData>{sheet_data()}</sheetData>".replace("</", "</x:").replace("<", "<x:")
    return f'<x:worksheet xmlns:x="{_MAIN}">{body.replace("<x:/x:", "</x:")}</x:worksheet>'


def _sheets(kinds: list[str]) -> Callable[[Path], object]:
    def change(book: Any) -> None:
        for number, kind in enumerate(kinds):
            if kind == "chart":
                book.create_chartsheet(f"Graphique {number}")
            else:
                book.create_sheet(f"Vide {number}").sheet_state = kind

    return workbook(change=change)


CODES = [
    _t("zero lost of a merged one", "INSEE_ZERO_LOST", cell(2, "code_insee", "1003"), "", 2),
    _t("zero lost, comma", "INSEE_ZERO_LOST", cell(2, "code_insee", "1001,0"), "", 2, "01001"),
    _t("zero lost, blank", "INSEE_ZERO_LOST", cell(2, "code_insee", "1\u202f001"), "", 2, "01001"),
    _t("four digits of none", either("INSEE_UNKNOWN"), cell(2, "code_insee", "9999"), "", 2),
    _t("float overseas", "FIX", cell(5, "code_insee", "97411.0"), "", 5),
    _t("code and name", _IDS, cell(3, "code_insee", "36044 - Châteauroux"), "", 3),
    _t("cyrillic", _IDS, cell(4, "code_insee", "2А004"), "a letter that looks so", 4),
    _t("plus", _IDS | {"FIX"}, cell(3, "code_insee", "+36044"), "", 3),
    _t("twice, blank", "DUP_ID", table([*ROWS, [" 36044 ", *ROWS[1][1:]]]), "", 7),
    _t("twice, old corsica", "DUP_ID", table([*ROWS, ["20004", *ROWS[2][1:]]]), "", 7, "2A004"),
    _t("total", _IDS, table([*ROWS, ["", "Total", "", "", "276"]]), "", 7),
    _t("whole france", "OK", _whole_france, "35,000 lines"),
]

NUMBERS = [
    _t("small coordinate", _TAKEN, cell(3, "lon", "-5.2e-05"), "pandas, beside the meridian of 0"),
    _t("long decimals", "OK", cell(3, "lon", "1.69140000000000001234567890123456789")),
    _t("near null", either("NULL_ISLAND", "OUT_OF_FRANCE"),
       table([[*ROWS[0][:2], "0.00001", "0.00001", "3"]]), "", 2),
    _t("zeros after", "FIX", cell(3, "detections", "12.0000"), "", 3),
    _t("tab inside", either("BAD_NUMBER", "FIX"), cell(3, "detections", "1\t234"), "", 3),
    _t("euro", "BAD_NUMBER", cell(3, "detections", "47 €"), "", 3),
    _t("fraction of ours", "BAD_NUMBER", cell(3, "detections", "3/4"), "", 3),
    _t("thousand and comma", either("BAD_COUNT", "BAD_NUMBER", "FIX"),
       cell(3, "detections", "1,234,567"), "", 3),
    _t("bengali", "BAD_NUMBER", cell(3, "lat", "৪৬.8"), "", 3),
    _t("degrees", "BAD_NUMBER", cell(3, "lat", "46.81°"), "", 3),
    _t("both in one", REFUSED, table(
        [[row[0], row[1], f"{row[3]}, {row[2]}", row[4]] for row in ROWS],
        header=["code_insee", "nom", "geo_point", "detections"]), "a portal's geo_point_2d"),
]  # fmt: skip

LINES = [
    _t("all at once", "OK", lambda path: path.write_bytes(
        ("\ufeffsep=;\r\n" + text(separator=";", end="\r\n", quoting=csv.QUOTE_ALL)).encode())),
    _t("sep comma", "OK", table(before='"sep=,"\n'), "quoted"),
    _t("ellipsis", "FIX", table([*ROWS, ["71014", "Autun…", "4.3", "46.95", "1"]],
                                encoding="cp1252"), "a byte that latin-1 has no sign for"),
    _t("replaced", either("OK", "BAD_ENCODING"), cell(3, "nom", "Ch\ufffdteauroux"),
       "lost before it came here"),
    _t("soft hyphen", either("FIX", "OK"), table(header=[*HEADER[:4], "detec\u00adtions"])),
    _t("title of two lines", either("FIX", "OK", "MISSING_COLUMN"),
       table(header=["code\ninsee", *HEADER[1:]])),
    _t("inches", either("OK", "BAD_QUOTING"), holding(
        text(separator="\t").replace("Ajaccio", 'Écran 5"')), "a database's tab-separated export"),
    _t("mime", REFUSED | {"FIX"},
       holding("From: a@b.fr\nSubject: =?utf-8?Q?d=C3=A9?=\n\n" + text())),
    _t("rtf", REFUSED, holding("{\\rtf1\\ansi " + text() + "}")),
    _t("parquet", either("NOT_CSV", "BINARY_IN_TEXT"), holding(b"PAR1\x15\x04\x15" + bytes(99))),
    _t("jpeg", either("NOT_CSV", "BINARY_IN_TEXT"), holding(b"\xff\xd8\xff\xe0\0\x10JFIF\0" * 9)),
    _t("json error", "NOT_CSV", holding('{"error": "not found"}')),
    _t("comment, then html", "NOT_CSV", holding("<!-- cache -->\n<!DOCTYPE html><html></html>")),
    _t("title of 1 MB", "LINE_TOO_LONG", table(header=[*HEADER[:4], "d" * 1_200_000]), "", 1),
    _t("21 MB", either("TOO_BIG"), table(ROWS * 120_000),
        "or its lines told twice, which is later"),
    _t("tab in quotes", "OK", cell(3, "nom", "Château\troux")),
    _t("one column", REFUSED, holding("code_insee\n01001\n36044\n")),
    _t("empty title", either("BAD_HEADER", "OK", "FIX", "RAGGED_ROW"), table(
        [[*row, "x"] for row in ROWS], header=[*HEADER, ""]), "above a column that is filled"),
    _t("iso-2022", "BINARY_IN_TEXT", cell(3, "nom", "\x1b$B5\x1b(B"), "", 3),
]  # fmt: skip


def _x(name: str, answer: str | frozenset[str], make: Callable[[Path], object], why: str = "",
       line: int | None = None) -> Case:  # fmt: skip
    return _t(f"x {name}", answer, make, why, line, file="t.xlsx")


_START = f'<?xml version="1.0"?><worksheet xmlns="{_MAIN}"><sheetData>'
SHEETS = [
    _x("whole france", "OK", _whole_france_sheet, "35,000 lines"),
    _x("prefix", "OK", _sheet(_prefixed()), "each element has one"),
    _x("mark", "OK", _sheet(b"\xef\xbb\xbf" + f"{_START}{sheet_data()}</sheetData></worksheet>"
                            .encode())),
    _x("latin1", either("OK", *_NO_BOOK), _sheet(
        f"{_START}{sheet_data()}</sheetData></worksheet>".replace(
            '"1.0"', '"1.0" encoding="ISO-8859-1"').encode("latin1"))),
    *(_x(f"in {name}", _NO_BOOK | {"OK"}, _sheet(
        f"{_START}{sheet_data()}</sheetData></worksheet>".replace(
            '"1.0"', f'"1.0" encoding="{name}"'))) for name in (
                "utf-7", "x-inconnu", "rot13", "zip", "idna", "cp932", "undefined")),
    _x("absolute target", "OK", _relations("/xl/worksheets/sheet1.xml")),
    _x("target elsewhere", _NO_BOOK | {"EMPTY"}, _relations("http://127.0.0.1:9/s.xml",
        ' TargetMode="External"')),
    _x("target outside", _NO_BOOK, _relations("../../../../etc/passwd")),
    _x("target of nothing", _NO_BOOK, _relations("worksheets/absente.xml")),
    _x("entity", "OK", _data(old="Ajaccio", new="Ajaccio &amp; co &#233;")),
    _x("override by its number", "BINARY_IN_TEXT", _data(old="Ajaccio", new="A&#x202E;jaccio")),
    _x("nul by its number", either("BINARY_IN_TEXT", *_NO_BOOK), _data(old="Ajaccio", new="A&#0;")),
    _x("unknown entity", _NO_BOOK, _data(old="Ajaccio", new="&lol;")),
    _x("cell twice", either("OK", *REFUSED), _data(old='r="B2"', new='r="A2"')),
    _x("cell nowhere", REFUSED, _data(old='r="B2"', new='r="ZZZZ99999999999"')),
    _x("cell 0", either("OK", *REFUSED), _data(old='r="B2"', new='r="B0"')),
    _x("row 0", either("OK", *REFUSED), _data(old='<row r="2">', new='<row r="0">')),
    _x("row -1", either("OK", *REFUSED), _data(old='<row r="2">', new='<row r="-1">')),
    _x("row of 30 digits", either("OK", *REFUSED), _data(old='<row r="2">',
                                                         new=f'<row r="{"9" * 30}">')),
    _x("rows upside down", either("OK", *REFUSED), _data(old='<row r="2">', new='<row r="900">')),
    _x("unknown type", either("OK", *REFUSED), _data(old='t="inlineStr"', new='t="q"')),
    _x("date as text", "BAD_NUMBER", _data(
        '<row r="7"><c r="A7"><v>71014</v></c><c r="B7" t="str"><v>x</v></c>'
        '<c r="C7"><v>4.3</v></c><c r="D7"><v>46.9</v></c>'
        '<c r="E7" t="d"><v>2025-03-01</v></c></row>'), "", 7),
    _x("empty values", "BAD_NUMBER", _data(
        '<row r="7"><c r="A7"><v>71014</v></c><c r="B7" t="str"><v>x</v></c>'
        '<c r="C7"><v>4.3</v></c><c r="D7"><v>46.9</v></c><c r="E7"><v></v></c></row>'), "", 7),
    _x("styled cells", "OK", _data('<row r="7"><c r="A7" s="0"/><c r="J7" s="0"/></row>')),
    _x("rounding", "OK", _data(old="46.8103", new="46.810299999999998")),
    _x("deep", either("OK", *_NO_BOOK, "TOO_COMPLEX"), _sheet(
        f"{_START}{sheet_data()}</sheetData>" + "<a>" * 60_000 + "</a>" * 60_000 + "</worksheet>")),
    _x("long attribute", either("OK", *REFUSED), _data(old="<row",
        new=f'<row x="{"y" * 2_000_000}"')),
    _x("cell of 2 MB", REFUSED, _data(old="Ajaccio", new="y" * 2_000_000), "longer than a line"),
    _x("empty sheets", "OK", _sheets(["visible"] * 40)),
    _x("chart", "OK", _sheets(["chart"])),
    _x("very hidden", "OK", _sheets(["veryHidden"])),
    _x("totals", either("INSEE_UNKNOWN", "BAD_ID"),
       workbook([*typed(), ["Total", None, None, None, 276]]), "", 7),
    _x("same name in the archive", either("OK", "CORRUPT_ZIP"), lambda path: path.write_bytes(
        content() + b""), "control"),
    _x("comments", "OK", workbook(edited=lambda data: rewritten(
        data, {"xl/comments1.xml": b"<comments/>", "docProps/custom.xml": b"<Properties/>"}))),
]  # fmt: skip

VARIANTS = [*CODES, *NUMBERS, *LINES, *SHEETS]
