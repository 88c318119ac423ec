"""More CSV tables of counts: bytes, lines and titles in other guises."""

from __future__ import annotations

import csv
import gzip
import json
from random import Random

from tests.sources.given.cases.case import REFUSED, Case, either, holding
from tests.sources.given.cases.csv_making import HEADER, ROWS, cell, table, text, with_cell
from tests.sources.given.cases.geopackage_making import content
from tests.sources.given.cases.pages import ERROR_PAGE, LAUGHS, LFS, XXE

_TITLES = ["Code INSEE", "Commune", "Longitude", "Latitude", "Détections"]
_BREAKS = [ROWS[0], ["36044", "Château-\nroux", *ROWS[1][2:]], *ROWS[2:]]
_WIDE = [f"c{n}" for n in range(995)]


def _counts(number: str, answer: str | frozenset[str], make: object, why: str = "",
line: int | None = None,
            told: str = "", file: str = "t.csv") -> Case:  # fmt: skip
    return Case(f"C{number}", file, "counts", answer, make, why, line, told)  # type: ignore[arg-type]


def _padded(size: int) -> list[list[str]]:
    return [[*row, "x" * size if n == 2 else ""] for n, row in enumerate(ROWS)]


ENCODINGS = [
    _counts("04-euro", "FIX", table([*ROWS, ["71014", "Œuvre à 3 €", "4.3", "46.95", "1"]],
            encoding="cp1252"), "characters that latin-1 lacks"),
    _counts("04-undefined", "BAD_ENCODING", holding(text().encode("cp1252").replace(b"Ajaccio",
        b"Ajac\x81o")),
            "a byte that cp1252 lacks", 4),
    _counts("04-mac", "BAD_ENCODING", table([*ROWS, ["71014", "Forêt", "4.3", "46.95", "1"]],
            encoding="mac_roman"), "an old Mac", 7),
    _counts("06-big-endian", "FIX",
        holding(b"\xfe\xff" + text(separator="\t").encode("utf-16-be"))),
    _counts("06-no-mark", either("FIX", "BINARY_IN_TEXT", "BAD_ENCODING"),
            table(encoding="utf-16-le"), "half of it is NUL"),
    _counts("06-utf32", either("FIX", "BINARY_IN_TEXT", "BAD_ENCODING"), table(encoding="utf-32")),
    _counts("06-odd", either("BAD_ENCODING", "BINARY_IN_TEXT"),
            holding(text().encode("utf-16")[:-1]), "half a character at the end"),
    _counts("06-lone", either("BAD_ENCODING", "BINARY_IN_TEXT"),
            holding(text().encode("utf-16") + b"\x00\xd8"), "half a pair at the end"),
    _counts("05-semicolon", "OK", table(separator=";", end="\r\n", encoding="utf-8-sig")),
    _counts("05-twice", either("OK", "FIX"), table(encoding="utf-8-sig", before="\ufeff"),
            "saved twice by tools that add a mark"),
    _counts("05-old-mac", "OK", table(end="\r"), "lines ended by CR alone"),
    _counts("05-both-ends", "OK", holding(text().replace("\n", "\r\n", 2)), "mixed ends of lines"),
    _counts("07-late", "BAD_ENCODING", holding(text().encode() + b"71014,Aut\xe9un,4.3,46.9,1\n"),
            "", 7),
    _counts("07-surrogate", "BAD_ENCODING", holding(text().encode().replace(b"Ajaccio",
        b"Aj\xed\xa0\x80o")),
            "half a pair, written as three bytes", 4),
]  # fmt: skip

BYTES = [
    _counts("13-blank", "EMPTY", holding("\r\n  \r\n\t\r\n")),
    _counts("13-mark", "EMPTY", holding(b"\xef\xbb\xbf")),
    _counts("13-mark16", "EMPTY", holding(b"\xff\xfe")),
    _counts("13-separators", either("EMPTY", "MISSING_COLUMN", "BAD_HEADER", "NO_ROWS"),
        holding(";;;;\n;;;;\n")),
    *(
        _counts(f"15-{ord(sign):04x}", "BINARY_IN_TEXT", cell(4, "nom", f"Aja{sign}ccio"), "", 4)
        for sign in "\x07\x0b\x0c\x1b\x1c\x1e\x85\x9f\u202a\u202b\u202d\u2066\u2067\u2068\u2069"
    ),
    _counts("15-header", "BINARY_IN_TEXT", table(header=[*HEADER[:4], "detections\0"]), "", 1),
    _counts("15-code", "BINARY_IN_TEXT", cell(3, "code_insee", "360\u202e44"), "", 3),
    _counts("15-order", "BINARY_IN_TEXT", table([["1001", "\0", *ROWS[0][2:4], "-5"]]),
            "earlier than a lost zero and a negative count", 2),
    _counts("33-mark", either("OK", "FIX", "BINARY_IN_TEXT"), cell(4, "nom", "Aja\u200fccio"),
            "a mark of direction that overrides nothing"),
    _counts("33-line", either("OK", "FIX"), cell(4, "nom", "Aja\u2028ccio"),
            "a separator that isn't the end of a line"),
    _counts("33-emoji", "OK", cell(4, "nom", "Ajaccio 👩‍🦽")),
    _counts("30-no-doctype", "NOT_CSV", holding("\n\n  <HTML><BODY>Session expirée</BODY></HTML>")),
    _counts("30-mark", "NOT_CSV", holding("\ufeff" + ERROR_PAGE)),
    _counts("30-table", "NOT_CSV",
        holding("<table><tr><td>code_insee</td></tr><tr><td>01001</td></tr></table>"),
            "an « Excel » of a web page"),
    _counts("30-xhtml", either("NOT_CSV", "XML_DTD"), holding(
        '<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "x">\n<html/>')),
    _counts("30-latin1", "NOT_CSV", holding(ERROR_PAGE.replace("utf-8",
        "latin1").encode("latin1"))),
    _counts("31-gzip", either("NOT_CSV"), holding(gzip.compress(text().encode()))),
    _counts("31-pdf", "NOT_CSV", holding(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n")),
    _counts("31-png", either("NOT_CSV", "BINARY_IN_TEXT"),
        holding(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")),
    _counts("31-ole2", either("NOT_CSV", "BINARY_IN_TEXT"),
        holding(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600))),
    _counts("31-geopackage", either("NOT_CSV", "BINARY_IN_TEXT"),
        lambda path: path.write_bytes(content())),
    _counts("31-empty-zip", "NOT_CSV", holding(b"PK\x05\x06" + bytes(18)), "an archive of nothing"),
    _counts("31-random", REFUSED, holding(Random(31).randbytes(5_000))),
    _counts("31-json", "NOT_CSV", holding(json.dumps([dict(zip(HEADER, ROWS[0], strict=True))]))),
    _counts("32-crlf", "NOT_CSV", holding(LFS.replace("\n", "\r\n"))),
    _counts("35-dtd", either("NOT_CSV", "XML_DTD"),
        holding(XXE + "<OGRVRTDataSource>&x;</OGRVRTDataSource>")),
    _counts("35-laughs", either("NOT_CSV", "XML_DTD"), holding(LAUGHS + "<x>&a9;</x>")),
    _counts("35-mark", "NOT_CSV", holding("\ufeff<OGRVRTDataSource></OGRVRTDataSource>")),
    _counts("27-no-end", "LINE_TOO_LONG", holding(b"code_insee;" + b"A" * 3_000_000),
        "titles without end", 1),
    _counts("27-under", "OK", table(_padded(950_000), header=[*HEADER, "note"])),
    _counts("27-over", "LINE_TOO_LONG", table(_padded(1_100_000), header=[*HEADER, "note"]), "", 4),
    _counts("27-quoted", either("LINE_TOO_LONG", "BAD_QUOTING"),
            holding(text() + '01002,"' + "x\n" * 800_000 + '",5.4,46.0,3\n'),
            "a cell of many lines", 7),
    _counts("27-open-quote", either("LINE_TOO_LONG", "BAD_QUOTING"),
            holding(text() + '01002,"x,5.4,46.0,3\n' + text(header=None) * 20_000)),
    _counts("27-order", "LINE_TOO_LONG", table(_padded(1_100_000), header=[*HEADER[:4], "x",
        "note"]),
            "earlier than a missing column"),
]  # fmt: skip

LINES = [
    _counts("00-tab", "OK", table(separator="\t"), file="t.tsv"),
    _counts("00-pipe", "OK", table(separator="|"), file="t.txt"),
    _counts("00-upper", "OK", table(), "the name a scanner gives", file="T.CSV"),
    _counts("00-quoted", "OK", table(quoting=csv.QUOTE_ALL, separator=";")),
    _counts("00-columns", "OK", table([row[::-1] for row in ROWS], header=HEADER[::-1])),
    _counts("00-more", "OK", table([[*row, "oui; ou non"] for row in ROWS], header=[*HEADER,
        "note"])),
    _counts("00-sep", "OK", table(separator=";", before="sep=;\r\n")),
    _counts("00-blank-lines", "OK", table(before="\n\n", after="\n\n\n")),
    _counts("00-blank-between", "OK", holding(text().replace("\n", "\n\n"))),
    _counts("00-no-last-end", "OK", holding(text().rstrip())),
    _counts("00-doubled", "OK", cell(3, "nom", 'Le "Bourg", haut')),
    _counts("00-line-feed", "OK", table(_BREAKS), "a cell of two lines"),
    _counts("00-trailing", "OK", table([[*row, "", ""] for row in ROWS], header=[*HEADER, "", ""],
        separator=";")),
    _counts("00-trailing-rows", "OK", table([[*row, ""] for row in ROWS], separator=";")),
    _counts("00-empty-rows", "OK", table([*ROWS, [""] * 5, [""] * 5], separator=";"),
        "Excel's last rows"),
    _counts("00-one", "OK", table(ROWS[:1])),
    _counts("00-many", "OK", table([[f"{n:05}", "x", "4.9", "46.1", "1"] for n in (1001, 1002,
        1004, 1005, 1006)])),
    _counts("00-no-name", either("OK", "BAD_VALUE"), cell(3, "nom", ""), "nothing reads the name"),
    _counts("16-after", "BAD_QUOTING", holding(text().replace("Ajaccio", '"Ajaccio" bis')), "", 4),
    _counts("16-inside", either("OK", "BAD_QUOTING"),
            holding(text().replace("Ajaccio", 'Aja"cc"io'))),
    _counts("16-header", "BAD_QUOTING", holding(text().replace("nom", '"nom', 1))),
    _counts("12-fewer", "RAGGED_ROW", table([ROWS[0], ROWS[1][:4], *ROWS[2:]]), "one cell less", 3),
    _counts("12-cut", "RAGGED_ROW", holding(text()[: text().rindex(",") - 9]),
        "a download that stopped", 6),
    _counts("12-comma", "RAGGED_ROW", holding(text().replace("4.9264", "4,9264")),
            "decimal commas between commas", 2),
    _counts("12-note", "RAGGED_ROW", table(after="Source : relevé du 3 mars\n"),
        "a note under the table", 7),
    _counts("12-after-blank", "RAGGED_ROW", table([ROWS[0], ["01002", "x"]], before="\n\n"),
            "lines are the file's", 5),
    _counts("12-after-break", "RAGGED_ROW", table([*_BREAKS, ["01002", "x"]]),
        "lines are the file's", 8),
    _counts("12-order", "RAGGED_ROW", table([["1001", "x", "4", "46", "-5"], ["36044"]]),
            "earlier than identifiers and numbers", 3),
]  # fmt: skip

TITLES = [
    _counts("34-first-row", either("MISSING_COLUMN", "BAD_HEADER"), table(header=None),
        "no titles at all"),
    _counts("34-two", "MISSING_COLUMN", table([row[:3] for row in ROWS], header=HEADER[:3]),
        told="lat"),
    _counts("34-english", "MISSING_COLUMN", table(header=["city_code", "city", "lon", "lat",
        "count"])),
    _counts("34-synonyms", "FIX", table(header=_TITLES, separator=";"), "a French table"),
    _counts("34-decomposed", "FIX", table(header=[*HEADER[:4], "De\u0301tections"]),
        "accents in two characters"),
    _counts("34-upper", either("OK", "FIX"), table(header=[name.upper() for name in HEADER])),
    _counts("34-blanks", either("OK", "FIX"), table(header=[f" {name} " for name in HEADER])),
    _counts("34-order", "MISSING_COLUMN", table([["1001", "x", "0", "0"]], header=HEADER[:4]),
        "earlier than the rows"),
    _counts("34-title", "FIX", table(before="Détections au 31 décembre 2025;;;;\n", separator=";"),
            "a title above, no doubt", 1),
    _counts("34-title-line", "BAD_COUNT", table(with_cell(3, "detections", "-5"),
        before="Détections;;;;\n", separator=";"),
            "lines are the file's", 4),
    _counts("34-index", either("OK", "FIX", "BAD_HEADER"), table(
        [[str(n), *row] for n, row in enumerate(ROWS)], header=["", *HEADER]),
        "pandas, with its index"),
    _counts("10-accents", "DUP_COLUMN", table([[*row, "9"] for row in ROWS], header=[*HEADER,
        "Détections"])),
    _counts("10-synonyms", "DUP_COLUMN", table([[*row, "9"] for row in ROWS], header=[*HEADER,
        "longitude"])),
    _counts("10-upper", "DUP_COLUMN", table([[*row, "9"] for row in ROWS], header=[*HEADER,
        "NOM"])),
    _counts("10-blank", "DUP_COLUMN", table([[*row, "9"] for row in ROWS], header=[*HEADER,
        " nom "])),
    _counts("10-others", either("OK", "DUP_COLUMN"), table(
        [[*row, "a", "b"] for row in ROWS], header=[*HEADER, "note", "note"]),
        "columns that nothing reads"),
    _counts("28-most", "OK", table([[*row, *[""] * 995] for row in ROWS], header=[*HEADER,
        *_WIDE])),
    _counts("28-one-more", "TOO_MANY_COLUMNS", table(
        [[*row, *[""] * 996] for row in ROWS], header=[*HEADER, *_WIDE, "c"])),
    _counts("28-row", either("TOO_MANY_COLUMNS", "RAGGED_ROW"), table([*ROWS, [*ROWS[0],
        *["9"] * 2_000]]),
            "a row alone", 7),
    _counts("14-blank", "NO_ROWS", table([], after="\n\n")),
    _counts("14-empty-rows", "NO_ROWS", table([[""] * 5] * 3)),
]  # fmt: skip

VARIANTS = [*ENCODINGS, *BYTES, *LINES, *TITLES]
