"""Lines and cells of a CSV, whatever parts them."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.base.errors import RefusedFileError
from coverage.sources.given import csv_lines
from coverage.sources.given.csv_lines import read_csv_lines

ROWS = [(1, ["a", "b"]), (2, ["1", "x; y, z"])]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_ends_of_line_are_told_apart(delimiter, end):
    text = f'a{delimiter}b{end}1{delimiter}"x; y, z"{end}'
    assert read_csv_lines(text, "t.csv") == ROWS
    assert read_csv_lines(text.removesuffix(end), "t.csv") == ROWS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('sep=,\na,b\n1,"2;3"\n', [(2, ["a", "b"]), (3, ["1", "2;3"])]),
        ('\n"SEP=|"\n\na|b\n', [(4, ["a", "b"])]),
        ("\n ; \na;b\n;;\n1;2\n", [(3, ["a", "b"]), (5, ["1", "2"])]),
        ('a;b\n"x\ny";2\n3;4\n', [(1, ["a", "b"]), (2, ["x\ny", "2"]), (4, ["3", "4"])]),
        ('a;b\n"x ""y""";=1+1\n', [(1, ["a", "b"]), (2, ['x "y"', "=1+1"])]),
        (
            "Corse, en mars, 2024\na;b\n1;2\n",
            [(1, ["Corse, en mars, 2024"]), (2, ["a", "b"]), (3, ["1", "2"])],
        ),
        ("Titre\n\na,b\n1,2\n", [(1, ["Titre"]), (3, ["a", "b"]), (4, ["1", "2"])]),
        ("a,b\n\n1,2\n", [(1, ["a", "b"]), (3, ["1", "2"])]),
        ("a;b\n1,5,6,7;2,5\n", [(1, ["a", "b"]), (2, ["1,5,6,7", "2,5"])]),
        ("a\u2028b;c\n", [(1, ["a\u2028b", "c"])]),
        ("seule\n1\n", [(1, ["seule"]), (2, ["1"])]),
        ("", []),
        (" ;; \n\t\n", []),
    ],
)
def test_lines_keep_their_numbers(text, expected):
    assert read_csv_lines(text, "t.csv") == expected


@pytest.mark.parametrize(
    ("text", "line"),
    [('a;b\n1;"2\n3;4\n', 2), ('a;b\n1;2\n"3"x;4\n', 3), ('"a;b\n1;2', 1)],
)
def test_quotes_that_do_not_close(text, line, refused):
    refusal = refused(read_csv_lines, text, "t.csv")
    assert refusal.code == "BAD_QUOTING"
    assert f"ligne {line}\u00a0:" in refusal.sentence


def test_a_record_of_many_lines_is_bounded(refused):
    refusal = refused(read_csv_lines, 'a;b\n1;"' + ("x" * 99 + "\n") * 10_001 + '"\n', "t.csv")
    assert refusal.code == "LINE_TOO_LONG"
    assert "ligne 2" in refusal.sentence


def test_columns_are_bounded_on_any_line(refused):
    wide = ";".join("x" * 1_000)
    assert len(read_csv_lines(f"{wide}\n{wide}\n", "t.csv")[1][1]) == 1_000
    refusal = refused(read_csv_lines, f"{wide}\n{wide};x\n", "t.csv")
    assert (refusal.code, "ligne 2" in refusal.sentence) == ("TOO_MANY_COLUMNS", True)


def test_lines_and_cells_are_bounded(refused, monkeypatch):
    assert len(read_csv_lines("a;b\n1;2\n3;4\n", "t.csv", most_rows=2)) == 3
    refusal = refused(read_csv_lines, "a;b\n1;2\n3;4\n5;6\n", "t.csv", most_rows=2)
    assert (refusal.code, " 2 lignes" in refusal.sentence) == ("TOO_BIG", True)
    monkeypatch.setattr(csv_lines, "MOST_CELLS", 3)
    assert refused(read_csv_lines, "a;b\n1;2\n", "t.csv").code == "TOO_BIG"


_CELLS = st.text(
    st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(' ;,|\n"'), max_size=6
)


@given(
    st.integers(2, 5).flatmap(
        lambda width: st.lists(st.lists(_CELLS, min_size=width, max_size=width), max_size=5)
    ),
    st.sampled_from(";,\t|"),
)
def test_a_table_that_was_written_is_read_the_same(rows, delimiter):
    rows = [[f"t{place}" for place in range(len(rows[0]) if rows else 2)], *rows]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    written = [[cell.strip() for cell in row] for row in rows]
    read = [cells for _, cells in read_csv_lines(out.getvalue(), "t.csv")]
    assert read == [row for row in written if any(row)]


@given(st.text(st.sampled_from('ab;,|"\n\r\t= ')))
def test_any_text_is_lines_or_refused(text):
    try:
        rows = read_csv_lines(text, "t.csv")
    except RefusedFileError:
        return
    assert all(any(cells) for _, cells in rows)
    assert [line for line, _ in rows] == sorted({line for line, _ in rows})
