"""CSV tables of counts, good and bad: what people and portals really send."""

from __future__ import annotations

from pathlib import Path

from tests.sources.given.cases.case import Case, holding
from tests.sources.given.cases.csv_making import (
    HEADER,
    LAMBERT,
    ROWS,
    cell,
    table,
    text,
    with_column,
)
from tests.sources.given.cases.pages import ERROR_PAGE, LFS, VRT
from tests.sources.given.cases.sheet_making import workbook

_SIRET = ["siret", "nom", "lon", "lat", "detections"]
_NUMBERS = [["1.23457E+13", *row[1:]] for row in ROWS]


def _swapped(path: Path) -> None:
    table([[code, nom, lat, lon, count] for code, nom, lon, lat, count in ROWS])(path)


def _mixed_encodings(path: Path) -> None:
    first, second, *others = text().encode().splitlines(keepends=True)
    path.write_bytes(first + second + b"".join(others[1:]) + others[0].decode().encode("cp1252"))


def _long_line(path: Path) -> None:
    path.write_bytes(text().encode() + b"01002," + b"A" * 20_000_000 + b",5.4,46.0,3\n")


def _wide(path: Path) -> None:
    extra = [f"c{n}" for n in range(100_000 - len(HEADER))]
    table([[*row, *("" for _ in extra)] for row in ROWS[:2]], header=[*HEADER, *extra])(path)


CASES: list[Case] = [
    Case("C00", "ok.csv", "counts", "OK", table()),
    Case("C01", "insee_zero_lost.csv", "counts", "INSEE_ZERO_LOST", cell(2, "code_insee", "1001"),
         "a spreadsheet took the code for a number", 2, "01001"),
    Case("C02", "insee_float.csv", "counts", "INSEE_ZERO_LOST",
         table(with_column("code_insee", ["1001.0", "36044.0"])),
         "pandas, in a column where a cell is missing", 2, "01001"),
    Case("C03", "insee_unknown.csv", "counts", "INSEE_UNKNOWN", cell(4, "code_insee", "99999"),
         "never was a commune", 4, "99999"),
    Case("C04", "latin1.csv", "counts", "FIX", table(encoding="cp1252"), "an old Excel"),
    Case("C05", "bom.csv", "counts", "OK", table(encoding="utf-8-sig"), "Excel's « CSV UTF-8 »"),
    Case("C06", "utf16.csv", "counts", "FIX", table(separator="\t", end="\r\n", encoding="utf-16"),
         "Excel's « Texte Unicode »"),
    Case("C07", "mixed_enc.csv", "counts", "BAD_ENCODING", _mixed_encodings,
         "two exports pasted one after the other", 6),
    Case("C08", "semicolon_comma_decimal.csv", "counts", "FIX",
         table([[a, b, lon.replace(".", ","), lat.replace(".", ","), n]
                for a, b, lon, lat, n in ROWS], separator=";"), "a French Excel"),
    Case("C09", "nbsp_thousand.csv", "counts", "FIX", cell(4, "detections", "1\u00a0234"),
         "a French number", 4),
    Case("C10", "dup_header.csv", "counts", "DUP_COLUMN",
         table([[*row, row[1]] for row in ROWS], header=[*HEADER, "nom"]), told="nom"),
    Case("C11", "dup_id.csv", "counts", "DUP_ID", table([*ROWS, ROWS[1]]), "", 7, "36044"),
    Case("C12", "ragged.csv", "counts", "RAGGED_ROW",
         table([ROWS[0], [*ROWS[1], "oui"], *ROWS[2:]]), "one cell more", 3),
    Case("C13", "empty.csv", "counts", "EMPTY", holding("")),
    Case("C14", "header_only.csv", "counts", "NO_ROWS", table([])),
    Case("C15", "nul.csv", "counts", "BINARY_IN_TEXT", cell(3, "nom", "Ch\0teauroux"), "", 3),
    Case("C16", "open_quote.csv", "counts", "BAD_QUOTING",
         holding(text().replace("Ajaccio", '"Ajaccio'))),
    Case("C17", "swapped.csv", "counts", "LATLON_SWAPPED", _swapped, "", 2),
    Case("C18", "lambert_as_lonlat.csv", "counts", "WRONG_CRS", table(LAMBERT), "", 2),
    Case("C19", "null_island.csv", "counts", "NULL_ISLAND",
         table([[*ROWS[0][:2], "0", "0", "12"], *ROWS[1:]]), "", 2),
    Case("C20", "nan_coord.csv", "counts", "BAD_NUMBER",
         table([ROWS[0], [*ROWS[1][:2], "NaN", "46.81", "4"], [*ROWS[2][:2], "8.7", "inf", "4"]]),
         "", 3),
    Case("C21", "neg_count.csv", "counts", "BAD_COUNT", cell(3, "detections", "-5"), "", 3, "-5"),
    Case("C22", "frac_count.csv", "counts", "BAD_COUNT", cell(3, "detections", "3.7"), "", 3),
    Case("C23", "text_count.csv", "counts", "BAD_NUMBER", cell(5, "detections", "douze"), "", 5,
         "douze"),
    Case("C24", "huge_count.csv", "counts", "BAD_COUNT", cell(5, "detections", "1e308"), "", 5),
    Case("C25", "formula.csv", "counts", "OK",
         cell(3, "nom", '=HYPERLINK("http://127.0.0.1:9/?"&A1,"Mairie")'), "text, escaped later"),
    Case("C26", "html.csv", "counts", "OK", cell(3, "nom", "<script>alert(`1`)</script>"),
         "text, escaped later"),
    Case("C27", "long_line.csv", "counts", "LINE_TOO_LONG", _long_line, "", 7),
    Case("C28", "wide.csv", "counts", "TOO_MANY_COLUMNS", _wide),
    Case("C29", "sci_siret.csv", "counts", "ID_SCIENTIFIC", table(_NUMBERS, header=_SIRET),
         "what is lost can't be found again; it outranks the column that misses", 2, "siret"),
    Case("C30", "is_html.csv", "counts", "NOT_CSV", holding(ERROR_PAGE)),
    Case("C31", "is_zip.csv", "counts", "NOT_CSV", workbook()),
    Case("C32", "lfs.csv", "counts", "NOT_CSV", holding(LFS)),
    Case("C33", "bidi.csv", "counts", "BINARY_IN_TEXT", cell(4, "nom", "Ajac\u202eoic"), "", 4),
    Case("C34", "missing_col.csv", "counts", "MISSING_COLUMN",
         table([row[:4] for row in ROWS], header=HEADER[:4]), told="detections"),
    Case("C35", "vrt.csv", "counts", "NOT_CSV", holding(VRT)),
    Case("C36", "out_of_france.csv", "counts", "OUT_OF_FRANCE",
         table([*ROWS[:3], [*ROWS[3][:2], "13.405", "52.52", "8"]]), "Berlin", 5),
]  # fmt: skip
