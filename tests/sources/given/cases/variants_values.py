"""More CSV tables of counts: codes, numbers and places in other guises."""

from __future__ import annotations

from tests.sources.given.cases.case import REFUSED, Case, either
from tests.sources.given.cases.csv_making import (
    HEADER,
    LAMBERT,
    ROWS,
    cell,
    table,
    with_cell,
)

_IDS = frozenset({"INSEE_UNKNOWN", "BAD_ID", "INSEE_ZERO_LOST", "BAD_VALUE"})
_NO_NUMBER = frozenset({"BAD_NUMBER", "BAD_COUNT"})
_MERCATOR = [
    ["01001", "x", "548404.3", "5804965.8", "12"],
    ["97411", "x", "6172710.3", "-2377444.6", "5"],
]


def _at(code: str, lon: str, lat: str) -> list[list[str]]:
    return [*ROWS[:2], [code, "x", lon, lat, "3"]]


def _code(code: str, answer: str | frozenset[str], why: str = "", told: str = "") -> Case:
    return Case(
        f"C03 code {code!r}", "t.csv", "counts", answer, cell(3, "code_insee", code), why, 3, told
    )


def _count(count: str, answer: str | frozenset[str], why: str = "") -> Case:
    line = None if "OK" in Case("", "", "", answer, cell(3, "nom", "")).answers else 3
    return Case(f"C21 count {count[:12]!r}", "t.csv", "counts", answer,
                table(with_cell(3, "detections", count), separator=";"), why, line)  # fmt: skip


def _place(code: str, lon: str, lat: str, answer: str | frozenset[str], why: str = "") -> Case:
    line = None if answer == "OK" else 4
    return Case(f"C36 {code} at {lon},{lat}", "t.csv", "counts", answer,
                table(_at(code, lon, lat), separator=";"), why, line)  # fmt: skip


def _metres(
    x: str, y: str, answer: str | frozenset[str], rows: list[list[str]] = LAMBERT, why: str = ""
) -> Case:
    return Case(f"C18 {x} {y} {rows[0][2]}", "t.csv", "counts", answer,
                table(rows, header=["code_insee", "nom", x, y, "detections"]), why)  # fmt: skip


CODES = [
    _code("2a004", either("FIX", "DUP_ID"), "and Ajaccio stands on line 4: twice the same"),
    Case("C03 lower case", "t.csv", "counts", "FIX", cell(4, "code_insee", "2a004"), "", 4),
    Case("C03 old Corsica", "t.csv", "counts", "FIX", cell(4, "code_insee", "20004"),
        "before 1976", 4, "2A004"),
    Case("C03 blanks", "t.csv", "counts", either("OK", "FIX"), cell(4, "code_insee", " 2A004 ")),
    Case("C03 blank inside", "t.csv", "counts", "FIX", cell(4, "code_insee", "2A 004"), "", 4),
    Case("C03 zero width", "t.csv", "counts", "FIX", cell(4, "code_insee", "2A0\u200b04"),
        "copied from a page", 4),
    Case("C03 float", "t.csv", "counts", "FIX", cell(3, "code_insee", "36044.0"),
        "pandas; no zero is lost", 3),
    _code("36044.5", _IDS | {"ID_SCIENTIFIC"}),
    _code("50173", "FIX", "Équeurdreville-Hainneville, in Cherbourg-en-Cotentin since 2016",
        "50129"),
    _code("85060", "FIX", "Château-d’Olonne, in Les Sables-d’Olonne since 2019", "85194"),
    _code("74011", "FIX", "Annecy-le-Vieux, delegated to Annecy", "74010"),
    _code("59355", "FIX", "Lomme, associated with Lille", "59350"),
    _code("97123", "FIX", "Saint-Barthélemy before 2007", "97701"),
    *(_code(code, either("OK", "FIX"), "an arrondissement") for code in ("75101", "69381")),
    _code("13201", "DUP_ID", "an arrondissement, and its city is counted too", "13055"),
    _code("97608", "OK", "Mamoudzou"),
    _code("98818", "OK", "Nouméa"),
    _code("97502", "OK", "Saint-Pierre"),
    *(_code(code, _IDS, why) for code, why in {
        "00001": "made up for the demonstration",
        "2A999": "never was",
        "2C001": "no such département",
        "75001": "a postcode",
        "O1001": "a letter O",
        "36 044 000": "a SIREN cut",
        "": "none",
        "Total": "the last row of many tables",
        "０１００１": "full width",
        "36044\u0301": "an accent on a digit",
        "360440": "six digits",
        "36": "a département",
        "-36044": "negative",
    }.items()),
    _code("36044,0", either("FIX", *_IDS)),
    _code("1002", "INSEE_ZERO_LOST", "", "01002"),
    _code("9122", "INSEE_ZERO_LOST", "", "09122"),
    _code('="01002"', either("FIX", *_IDS), "Excel told to keep it a text"),
    _code("'01002", either("FIX", *_IDS), "an apostrophe to keep it a text"),
    _code("1.002E+03", "ID_SCIENTIFIC"),
    _code("3,6044E+04", "ID_SCIENTIFIC"),
    Case("C11 moved", "t.csv", "counts", "DUP_ID", table(
        [*ROWS, ["50129", "x", "-1.62", "49.64", "1"], ["50173", "x", "-1.65", "49.65", "2"]]),
        "two in one successor", 8, "50129"),
    Case("C11 case", "t.csv", "counts", "DUP_ID", table([*ROWS, ["2a004", *ROWS[2][1:]]]), "", 7,
        "2A004"),
    Case("C11 before numbers", "t.csv", "counts", "DUP_ID", table(
        [[*ROWS[0][:4], "douze"], ROWS[1], ROWS[1]]), "identifiers come before numbers", 4),
    Case("C01 before numbers", "t.csv", "counts", "INSEE_ZERO_LOST", table(
        [[*ROWS[1][:4], "-3"], ["1001", *ROWS[0][1:]]]), "", 3),
    Case("C01 many", "t.csv", "counts", "INSEE_ZERO_LOST", table(
        [[str(1000 + n), "x", "4.9", "46.1", "1"] for n in (1, 2, 4, 5, 6, 7, 8, 9)]),
        "all of a département", 2),
    Case("C29 siren", "t.csv", "counts", "ID_SCIENTIFIC", table(
        [[*row, "3,33E+08"] for row in ROWS], header=[*HEADER, "SIREN"], separator=";"), "", 2),
    Case("C29 id", "t.csv", "counts", "ID_SCIENTIFIC", table(
        [[*row, "1.23e+13"] for row in ROWS], header=[*HEADER, "id"]), "", 2),
    Case("C29 whole", "t.csv", "counts", "OK", table(
        [[*row, "35600000000048"] for row in ROWS], header=[*HEADER, "siret"])),
    Case("C29 elsewhere", "t.csv", "counts", "OK", cell(3, "nom", "1E5"), "a name"),
]  # fmt: skip

NUMBERS = [
    *(_count(count, "FIX") for count in ("1 234", "1\u202f234", "1\u2009234", "3.0", "3,0",
        "1 234,00")),
    *(_count(count, "OK") for count in ("0", "10000000")),
    *(_count(count, "BAD_COUNT") for count in ("10000001", "0,5", "-0,5", "-1")),
    *(_count(count, _NO_NUMBER) for count in (
        "", "-", "n.d.", "NaN", "inf", "-Infinity", "#N/A", "#DIV/0!", "s", "<5", "47 détections",
        "12 %", "(5)",
        "0x10", "1_000", "１２", "١٢", "²", "½", "1e400", "−5", "VRAI", "12/03/2025", "1 23 4",
        "1,2,3", "1.2.3", "9" * 5_000)),
    _count("=1+1", either("BAD_NUMBER", "FORMULA_CELL")),
    _count("1,234", either("BAD_COUNT", "BAD_NUMBER"), "1.234, or 1 234?"),
    _count("1.234", either("BAD_COUNT", "BAD_NUMBER"), "1.234, or 1 234?"),
    _count("1.234.567", either("FIX", "BAD_COUNT", "BAD_NUMBER")),
    _count("1'234", either("FIX", "BAD_NUMBER"), "a Swiss number"),
    _count("1e3", either("FIX", "BAD_COUNT", "BAD_NUMBER"), "changed if it is taken"),
    _count("+5", either("OK", "FIX", "BAD_NUMBER")),
    _count("007", either("OK", "FIX", "BAD_NUMBER", "BAD_COUNT")),
    _count("-0", either("OK", "FIX", "BAD_NUMBER", "BAD_COUNT")),
    _count("12\u200b", "FIX", "a blank of no width"),
    _count("1" + " " * 400 + "2", _NO_NUMBER),
]  # fmt: skip

PLACES = [
    _place("71014", "4,3", "46,95", "FIX", "decimal commas"),
    _place("71014", "4.3", "", "BAD_NUMBER"),
    _place("71014", "", "", "BAD_NUMBER"),
    _place("71014", "4°18'", "46°57'", "BAD_NUMBER"),
    _place("71014", "4.3 E", "46.95 N", "BAD_NUMBER"),
    _place("71014", "٤", "46.95", "BAD_NUMBER", "Arabic digits"),
    _place("71014", "1e400", "46.95", "BAD_NUMBER"),
    _place("71014", "nan", "nan", "BAD_NUMBER"),
    _place("71014", "0x4", "46.95", "BAD_NUMBER"),
    _place("71014", "4_3", "46.95", "BAD_NUMBER"),
    _place("71014", "0.0", "-0.0", "NULL_ISLAND"),
    _place("71014", "0,000", "0,000", "NULL_ISLAND"),
    _place("61001", "0", "48.43", "OK", "Alençon's meridian is Greenwich's"),
    _place("71014", "4.3", "0", "OUT_OF_FRANCE"),
    _place("71014", "46.95", "4.3", "LATLON_SWAPPED"),
    _place("97411", "-20.8789", "55.4504", "LATLON_SWAPPED", "Réunion"),
    _place("97105", "16.0", "-61.73", "LATLON_SWAPPED", "Guadeloupe"),
    _place("97302", "4.93", "-52.33", "LATLON_SWAPPED", "Guyane"),
    _place("98735", "-17.53", "-149.57", "LATLON_SWAPPED", "Tahiti"),
    _place("97105", "-61.73", "16.0", "OK"),
    _place("97302", "-52.33", "4.93", "OK"),
    _place("97209", "-61.07", "14.6", "OK"),
    _place("97608", "45.23", "-12.78", "OK"),
    _place("97502", "-56.17", "46.78", "OK"),
    _place("98735", "-149.57", "-17.53", "OK"),
    _place("98818", "166.45", "-22.27", "OK"),
    _place("98613", "-176.17", "-13.3", "OK"),
    _place("97701", "-62.85", "17.9", "OK"),
    _place("29155", "-5.1", "48.46", "OK", "Ouessant"),
    _place("2B033", "9.45", "42.7", "OK"),
    _place("71014", "-0.1276", "51.5072", "OUT_OF_FRANCE", "London"),
    _place("71014", "-74.0", "40.7", "OUT_OF_FRANCE", "New York"),
    _place("71014", "52.52", "13.405", "OUT_OF_FRANCE", "Berlin, swapped: nowhere French either"),
    _place("71014", "400", "46.9", either("OUT_OF_FRANCE", "WRONG_CRS")),
    _place("71014", "4.3", "469.5", either("OUT_OF_FRANCE", "WRONG_CRS", "LATLON_SWAPPED")),
    _place("71014", "4300000", "46950000", "WRONG_CRS", "microdegrees"),
    _place("97411", "338807.6", "7690477.7", "WRONG_CRS", "UTM 40 S"),
    _place("71014", "6651000.5", "799000.2", either("WRONG_CRS", "LATLON_SWAPPED"),
        "Lambert-93, swapped"),
    _place("71014", "0", "0", "NULL_ISLAND"),
    Case("C19 after numbers", "t.csv", "counts", "BAD_NUMBER", table(
        [[*ROWS[0][:2], "0", "0", "1"], [*ROWS[1][:4], "x"]]), "numbers come before geography", 3),
    _metres("x_l93", "y_l93", "FIX"),
    _metres("X", "Y", "FIX"),
    _metres("lambert_x", "lambert_y", "FIX"),
    _metres("x", "y", "FIX", ROWS, "degrees under x and y"),
    _metres("lon", "lat", "WRONG_CRS", _MERCATOR, "Web Mercator"),
    _metres("x", "y", REFUSED, _MERCATOR, "Web Mercator, said to be nothing"),
    _metres("x_l93", "y_l93", REFUSED, [["36044", "x", "547000", "2202000", "5"]],
        "Lambert II étendu"),
    _metres("x_l93", "y_l93", REFUSED, [["36044", "x", "6635288.5", "600219.5", "5"]], "swapped"),
    _metres("x_l93", "y_l93", REFUSED, [["36044", "x", "nan", "6635288.5", "5"]]),
    _metres("x_l93", "y_l93", REFUSED, [["36044", "x", "0", "0", "5"]]),
]  # fmt: skip

VARIANTS = [*CODES, *NUMBERS, *PLACES]
