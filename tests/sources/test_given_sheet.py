"""A user's workbook: its one filled sheet, as text."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

import openpyxl
import pytest

from coverage.base.errors import UserError
from coverage.sources.given_sheet import read_sheet


def workbook(*rows: list[object], more: tuple[str, ...] = ()) -> bytes:
    """A workbook with these rows, and another sheet with some text for each of ``more``."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for name in more:
        book.create_sheet(name)["B2"] = "texte"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_cells_are_what_one_would_write_in_a_csv() -> None:
    day, moment = datetime(2024, 2, 29), datetime(2024, 2, 29, 8, 30)
    content = workbook(
        ["titre", None, "fin", None],
        [],
        [12.0, 2.5, " 01004 ", day, moment, True, None],
    )
    assert read_sheet(content, "x.xlsx") == [
        (1, ["titre", "", "fin"]),
        (3, ["12", "2.5", "01004", "2024-02-29", "2024-02-29 08:30:00", "VRAI"]),
    ]
    assert read_sheet(workbook(), "x.xlsx") == []


def test_several_filled_sheets_are_refused_by_name() -> None:
    with pytest.raises(UserError, match=r"« x\.xlsx » a plusieurs feuilles.*« Sheet », « autre »"):
        read_sheet(workbook(["a"], more=("autre",)), "x.xlsx")
    assert read_sheet(workbook(more=("autre",)), "x.xlsx") == [(2, ["", "texte"])]


def _with_value(content: bytes, value: str) -> bytes:
    """The workbook with the value of its formula, as a spreadsheet keeps it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            text = old.read(part)
            assert part != "xl/worksheets/sheet1.xml" or b"<v></v>" in text or b"<v />" in text
            for hole in (b"<v></v>", b"<v />"):
                text = text.replace(hole, f"<v>{value}</v>".encode())
            new.writestr(part, text)
    return out.getvalue()


def test_a_formula_is_its_value_and_refused_without_one() -> None:
    content = workbook(["a", "b"], [1, "=A2+1"])
    with pytest.raises(UserError, match=r"feuille « Sheet », cellule B2.*collage spécial"):
        read_sheet(content, "x.xlsx")
    assert read_sheet(_with_value(content, "2"), "x.xlsx")[1] == (2, ["1", "2"])


def test_what_is_no_workbook_is_refused() -> None:
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    right = workbook(["a"])
    for content in (other.getvalue(), right[: len(right) // 2], b"PK\x03\x04"):
        with pytest.raises(UserError, match=r"« x\.ods » n’est pas un classeur lisible"):
            read_sheet(content, "x.ods")


def test_an_archive_that_unpacks_to_too_much_is_refused(monkeypatch) -> None:
    monkeypatch.setattr("coverage.sources.given_sheet._UNPACKED_LIMIT_BYTES", 1_000)
    with pytest.raises(UserError, match="trop grand"):
        read_sheet(workbook(["a"]), "x.xlsx")
