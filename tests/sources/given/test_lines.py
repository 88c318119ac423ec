"""The door of tables: titles, lines of as many cells, what a limited child says."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coverage.base import limited
from coverage.base.errors import RefusedFileError, SourceError
from coverage.base.limited import ChildDiedError
from coverage.sources.given import lines as door
from coverage.sources.given.lines import read_lines
from tests.sources.given.tables import saved, workbook


def test_lines_have_as_many_cells_as_there_are_titles(read):
    found = read("a;b;;\n1;2;;\n;3\n4;5;;;;\n")
    assert (found.header, found.header_line) == (["a", "b"], 1)
    assert found.rows == [(2, ["1", "2"]), (3, ["", "3"]), (4, ["4", "5"])]
    assert found.repairs == ()
    assert read(workbook(["a", "b"], [1], [None, 2]), "t.xlsx").rows == [
        (2, ["1", ""]),
        (3, ["", "2"]),
    ]


def test_titles_above_are_told_and_lines_stay_those_of_the_file(read):
    for content, name in (
        ("Titre du tableau;;\nau 3 mars\n\na;b\n1;2\n", "t.csv"),
        (workbook(["Titre du tableau"], ["au 3 mars"], [], ["a", "b"], [1, 2]), "t.xlsx"),
    ):
        found = read(content, name)
        assert (found.header, found.header_line) == (["a", "b"], 4)
        assert found.rows == [(5, ["1", "2"])]
        (repair,) = found.repairs
        assert repair.lines == ((1, 2),)
        assert "« Titre du tableau »" in repair.detail


@pytest.mark.parametrize(
    ("content", "line"), [("a;b\n1;2\n1;2;3\n", 3), ("a;b;c\n\n1;2\n", 3), ("a;b\n1;;3\n", 2)]
)
def test_lines_of_other_lengths_are_refused_by_their_number(content, line, read, refused):
    refusal = refused(read, content)
    assert refusal.code == "RAGGED_ROW"
    assert f"ligne {line}\u00a0:" in refusal.sentence


def test_a_cell_without_title_in_a_workbook(read, refused):
    refusal = refused(read, workbook(["a", "b"], [1, 2, 3]), "t.xlsx")
    assert refusal.code == "RAGGED_ROW"
    assert "Donnez un titre" in refusal.sentence


@pytest.mark.parametrize(
    ("merged", "line", "where"), [("A1:B1", 1, "au-dessus"), ("A2:A3", 2, "dans les titres")]
)
def test_merged_cells_in_or_above_the_titles(merged, line, where, read, refused):
    book = openpyxl.Workbook()
    for row in (["Titre"], ["a", "b"], [None, None], [1, 2]):
        book.active.append(row)
    book.active.merge_cells(merged)
    refusal = refused(read, saved(book), "t.xlsx")
    assert refusal.code == "BAD_HEADER"
    assert f"ligne {line}\u00a0: les cellules {merged} sont" in refusal.sentence
    assert where in refusal.sentence


def test_merged_cells_under_the_titles_are_no_matter(read):
    book = openpyxl.Workbook()
    for row in (["a", "b"], [1, 2], [None, 3]):
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    assert read(saved(book), "t.xlsx").rows == [(2, ["1", "2"]), (3, ["", "3"])]


@pytest.mark.parametrize("content", ["", "\ufeff", " \n\n;;;\n", b"\xff\xfe", workbook()])
def test_nothing_is_empty(content, read, refused):
    name = "t.xlsx" if content[:2] == b"PK" else "t.csv"
    assert refused(read, content, name).code == "EMPTY"


def test_a_sheet_of_formulas_alone(read, refused):
    refusal = refused(read, workbook([None, "=1+1"]), "t.xlsx")
    assert refusal.code == "FORMULA_CELL"
    assert "B1" in refusal.sentence


def test_no_such_file(tmp_path, here):
    for path in (tmp_path / "absent.csv", tmp_path):
        with pytest.raises(SourceError, match=r"n’existe pas.*Vérifiez --places"):
            read_lines(path, "--places")


def test_what_ends_the_child_is_too_complex(tmp_path, refused, monkeypatch):
    def died(*_):
        raise ChildDiedError("memory")

    monkeypatch.setattr(door, "run_limited", died)
    assert refused(read_lines, tmp_path / "t.csv", "").code == "TOO_COMPLEX"


def test_a_limited_child_gives_the_same(tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    path.write_bytes("Titre\na;é\n1;2\n".encode("cp1252"))
    from_child = read_lines(path, "")
    monkeypatch.setattr(limited, "_inside", True)
    assert read_lines(path, "") == from_child
    assert [repair.lines for repair in from_child.repairs] == [(), ((1, 1),)]
    path.write_text("a;b\n1;2;3\n")
    monkeypatch.setattr(limited, "_inside", False)
    with pytest.raises(RefusedFileError, match=r"ligne 2.*\(RAGGED_ROW\)"):
        read_lines(path, "")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=120),
    name=st.sampled_from(["t.csv", "t.xlsx", "t.txt", "t", "t.xls"]),
)
def test_any_bytes_are_lines_or_refused(content, name, tmp_path: Path, here):
    (tmp_path / name).write_bytes(content)
    try:
        found = read_lines(tmp_path / name, "")
    except RefusedFileError:
        return
    assert all(len(cells) == len(found.header) for _, cells in found.rows)
