"""A user's workbook: its one filled sheet, as text."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.base.errors import RefusedFileError
from coverage.sources.given import sheet_cells
from coverage.sources.given.sheet import read_sheet
from coverage.sources.given.sheet_parts import Styles
from tests.sources.given.tables import changed, hand_made, saved, workbook

SHEET = "xl/worksheets/sheet1.xml"


def rows_of(content: bytes) -> list[tuple[int, list[str]]]:
    return read_sheet(content, "x.xlsx").rows


def test_cells_are_what_one_would_write_in_a_csv():
    day, moment = datetime(2024, 2, 29), datetime(2024, 2, 29, 8, 30)
    content = workbook(
        ["titre", None, "fin", None], [], [12.0, 2.5, " 01004 ", day, moment, True, "#N/A", None]
    )
    assert rows_of(content) == [
        (1, ["titre", "", "fin"]),
        (3, ["12", "2.5", "01004", "2024-02-29", "2024-02-29 08:30:00", "VRAI", "#N/A"]),
    ]
    assert rows_of(workbook()) == []


def test_numbers_keep_all_that_is_known_of_them():
    content = hand_made(
        "<row><c><v>12345678901234</v></c><c><v>1.2345678901234E13</v></c><c><v>1e-5</v></c>"
        "<c><v>4.9000000000000004</v></c><c><v>1e400</v></c><c><v>1_000</v></c></row>"
    )
    (row,) = rows_of(content)
    assert row[1] == ["12345678901234", "12345678901234", "1e-05", "4.9", "1e400", "1_000"]


def test_dates_follow_the_calendar_of_the_workbook():
    book = openpyxl.Workbook()
    book.epoch = datetime(1904, 1, 1)
    book.active.append([datetime(2024, 2, 29)])
    assert rows_of(saved(book)) == [(1, ["2024-02-29"])]


def test_a_code_shown_with_its_zeros_is_read_so_and_told():
    book = openpyxl.Workbook()
    book.active.append(["code", 1004])
    book.active["B1"].number_format = "00000"
    sheet = read_sheet(saved(book), "x.xlsx")
    assert sheet.rows == [(1, ["code", "01004"])]
    (repair,) = sheet.repairs
    assert "« 1004 » lu 01004" in repair.detail
    assert "B1" in repair.detail


def test_xml_of_other_programs_is_read():
    """Prefixes, rich and phonetic text, texts in place, cells that don't tell where they are."""
    content = hand_made(
        '<row r="2"><c t="s"><v>0</v></c><c r="D2" t="inlineStr"><is><t> en place_x000D_</t></is>'
        '</c></row><row><c t="str"><f>A1</f><v>formule</v></c><c t="d"><v>2024-02-29T00:00:00</v>'
        '</c></row><row><c t="b"><v>0</v></c><c t="str"><f>""</f><v></v></c></row>',
        texts="<si><r><t>deux </t></r><r><t>parts</t></r><rPh><t>non</t></rPh></si>",
    )
    sheet = read_sheet(content, "x.xlsx")
    assert sheet.rows == [
        (2, ["deux parts", "", "", "en place"]),
        (3, ["formule", "2024-02-29"]),
        (4, ["FAUX"]),
    ]
    assert sheet.formulas == []


def test_merged_cells_and_formulas_without_value_are_told():
    content = hand_made(
        '<row r="3"><c r="AB3"><f>1+1</f></c><c r="AC3"><f>1+1</f><v>2</v></c></row>',
        after='<mergeCells><mergeCell ref="B2:D5"/><mergeCell ref="A7:A9"/></mergeCells>',
        names="",
    )
    sheet = read_sheet(content, "x.xlsx")
    assert sheet.merged == [(2, "B2:D5"), (7, "A7:A9")]
    assert sheet.formulas == [(3, 27, "AB3")]
    assert sheet.rows == [(3, [""] * 28 + ["2"])]


def test_several_filled_sheets_are_refused_by_name(refused):
    refusal = refused(read_sheet, workbook(["a"], more=("autre",)), "x.xlsx")
    assert refusal.code == "AMBIGUOUS_LAYER"
    assert "« Sheet », « autre »" in refusal.sentence
    assert rows_of(workbook(more=("autre",))) == [(2, ["", "texte"])]


def test_hidden_sheets_are_not_read_and_it_is_said():
    book = openpyxl.load_workbook(io.BytesIO(workbook(["a"], more=("listes", "autre"))))
    book["listes"].sheet_state = "hidden"
    book["autre"].sheet_state = "veryHidden"
    sheet = read_sheet(saved(book), "x.xlsx")
    assert sheet.rows == [(1, ["a"])]
    assert [told.count("masquée") for told in sheet.unread] == [1, 1]


def test_hidden_rows_are_read_and_it_is_said():
    book = openpyxl.load_workbook(io.BytesIO(workbook(["a"], ["b"], ["c"], ["d"], [])))
    for line in (2, 4, 5):
        book.active.row_dimensions[line].hidden = True
    sheet = read_sheet(saved(book), "x.xlsx")
    assert sheet.rows == [(1, ["a"]), (2, ["b"]), (3, ["c"]), (4, ["d"])]
    (repair,) = sheet.repairs
    assert repair.issue == "lignes masquées lues"
    assert repair.lines == ((2, 2), (4, 4))


def _zipped(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


RELATIONS = "xl/_rels/workbook.xml.rels"
GOOD = workbook(["a", "b"], [1, 2])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (_zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "NOT_XLSX"),
        (GOOD[: len(GOOD) // 2], "CORRUPT_ZIP"),
        (b"PK\x03\x04", "CORRUPT_ZIP"),
        (changed(GOOD, SHEET, b"</sheetData>", b""), "NOT_XLSX"),
        (changed(GOOD, SHEET, b'r="A2"', b'r="ZZZZ2"'), "NOT_XLSX"),
        (changed(GOOD, SHEET, b'r="2"', b'r="1"'), "NOT_XLSX"),
        (hand_made('<row><c t="s"><v>0</v></c></row>'), "NOT_XLSX"),
        (hand_made('<row><c t="s"><v>-1</v></c></row>', texts="<si><t>a</t></si>"), "NOT_XLSX"),
        (changed(GOOD, RELATIONS, b'Id="rId1"', b'Id="rId1" TargetMode="External"'), "NOT_XLSX"),
        (changed(GOOD, RELATIONS, b'Id="rId1"', b'Id="other"'), "NOT_XLSX"),
        (changed(GOOD, "xl/styles.xml", b"<styleSheet", b"<!DOCTYPE a><styleSheet"), "XML_DTD"),
        (changed(GOOD, "docProps/core.xml", b"<cp:", b"<!DOCTYPE a><cp:"), "XML_DTD"),
        (
            changed(
                GOOD, SHEET, b"<worksheet", b"<!--" + b"x" * 70_000 + b"--><!DOCTYPE a><worksheet"
            ),
            "XML_DTD",
        ),
        (hand_made('<row><c t="str"><v>a\u202eb</v></c></row>'), "BINARY_IN_TEXT"),
        (hand_made('<row><c r="ALM1"><v>1</v></c></row>'), "TOO_MANY_COLUMNS"),
        (hand_made(f'<row><c t="str"><v>{"x" * 1_000_001}</v></c></row>'), "LINE_TOO_LONG"),
        (hand_made('<row r="1048577"><c><v>1</v></c></row>'), "NOT_XLSX"),
    ],
)
def test_what_is_no_workbook_of_a_table(content, code, refused):
    assert refused(read_sheet, content, "x.xlsx").code == code


def test_a_format_without_end_is_no_date_at_once():
    styles = Styles()
    styles.start("numFmt", {"numFmtId": "170", "formatCode": "[" * 1_000_000})
    styles.start("cellXfs", {})
    styles.start("xf", {"numFmtId": "170"})
    assert (styles.dates, styles.digits) == (set(), {})


def test_a_thousand_columns_are_read():
    ((_, cells),) = rows_of(hand_made('<row><c r="ALL1"><v>1</v></c></row>'))
    assert len(cells) == 1_000


def test_rows_cells_and_texts_are_bounded(refused, monkeypatch):
    """A text told once and shown by many cells counts as often as it is shown."""
    shown = "<row><c t='s'><v>0</v></c></row>".replace("'", '"') * 3
    content = hand_made(shown, texts=f"<si><t>{'x' * 100}</t></si>")
    assert len(rows_of(content)) == 3
    assert len(read_sheet(content, "x.xlsx", most_rows=2).rows) == 3
    assert refused(read_sheet, content, "x.xlsx", most_rows=1).code == "TOO_BIG"
    for name, most in (("MOST_CELLS", 2), ("MOST_TABLE_BYTES", 299)):
        with monkeypatch.context() as bounded:
            bounded.setattr(sheet_cells, name, most)
            assert refused(read_sheet, content, "x.xlsx").code == "TOO_BIG"


@given(st.binary(max_size=8), st.integers(0, 100), st.booleans())
def test_any_damage_is_read_over_or_refused(damage, place, inside):
    """Of the archive's bytes, or of its sheet once unpacked."""
    if inside:
        text = zipfile.ZipFile(io.BytesIO(GOOD)).read(SHEET)
        at = place * len(text) // 100
        content = changed(GOOD, SHEET, text, text[:at] + damage + text[at + len(damage) :])
    else:
        at = place * len(GOOD) // 100
        content = GOOD[:at] + damage + GOOD[at + len(damage) :]
    try:
        rows_of(content)
    except RefusedFileError:
        return


_CELLS = st.one_of(
    st.none(),
    st.integers(-(10**14), 10**14),
    # The library that writes them keeps sixteen digits.
    st.floats(-1e14, 1e14).map(lambda value: float(f"{value:.15g}")),
    st.text(st.characters(exclude_categories=["C", "Z"]), max_size=5).filter(
        lambda text: not text.startswith("=") and "_x000" not in text
    ),
)


@given(st.lists(st.lists(_CELLS, min_size=1, max_size=4), max_size=4))
def test_a_table_that_was_written_is_read_the_same(rows):
    def told(value):
        if value is None or isinstance(value, str):
            return value or ""
        return str(int(value)) if float(value).is_integer() else repr(value)

    expected = []
    for number, row in enumerate(rows, start=1):
        cells = [told(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            expected.append((number, cells))
    assert rows_of(workbook(*rows)) == expected
