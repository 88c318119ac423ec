"""Text first: columns, numbers, names, hours."""

from __future__ import annotations

import importlib
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.base.errors import SourceError
from coverage.sources.catalogue import CATALOGUE, Source
from coverage.sources.readers._text import (
    _single_spaced,
    folded,
    numbers,
    read_json,
    read_table,
    records_of,
)


def test_codes_stay_text_and_line_feeds_go(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes('\ufeffcode,nom,autre\n01004," Ambé\nrieu ",x\n2A004,,y\n'.encode())
    table = read_table(path, ["code", "nom"])
    assert table.to_dict("list") == {"code": ["01004", "2A004"], "nom": ["Ambé rieu", ""]}


def test_a_missing_column_names_file_and_column(tmp_path: Path) -> None:
    path = tmp_path / "densite.csv"
    path.write_text("insee_com,niveau\n01001,x\n", "utf-8")
    with pytest.raises(SourceError, match=r"densite\.csv.*« niveau_densite »"):
        read_table(path, ["insee_com", "niveau_densite"])


@pytest.mark.parametrize("content", [b"", b"a,b\n", b"a,b\n1,2\n1,2,3,4\n", b"a,b\n\xff\xfe,1\n"])
def test_empty_ragged_or_not_utf8_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"a\.csv"):
        read_table(path, ["a", "b"])


def test_broken_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[{"a": 1}', "utf-8")
    with pytest.raises(SourceError, match=r"a\.json"):
        read_json(path)


def test_records_are_text_and_a_missing_key_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[{"code": 1053, "nom": "A\\nB"}, {"code": "2B033"}]', "utf-8")
    assert records_of(path, ["code", "nom"]).to_numpy().tolist() == [["1053", "A B"], ["2B033", ""]]
    with pytest.raises(SourceError, match="« lat »"):
        records_of(path, ["code", "lat"])


def test_numbers_with_french_commas_and_thousands() -> None:
    read = numbers(pd.Series(["6\u202f490", "1 234,5", "12.5", "", "s", "1\u00a0000"]))
    assert read.fillna(-1).tolist() == [6490, 1234.5, 12.5, -1, -1, 1000]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("L’Île-d'Yeu", "l ile d yeu"), ("  PORTO-VECCHIO ", "porto vecchio"), ("Œuf", "oeuf")],
)
def test_names_are_folded(text: str, wanted: str) -> None:
    assert folded(text) == wanted


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize("entry", [e for e in CATALOGUE if e.reader], ids=lambda e: e.id)
def test_the_reader_that_the_catalogue_names_exists(entry: Source) -> None:
    module, function = entry.reader.split(":")
    assert callable(
        getattr(importlib.import_module(f"coverage.sources.readers.{module}"), function)
    )


@pytest.mark.parametrize(
    ("end", "whole"),
    [
        ("3,d", True),
        ("3,d\n", True),
        ("3,\n", True),
        ("3", False),
        ('"3\n4",d', True),
        ("\n", True),
    ],
)
def test_a_table_cut_in_its_last_line_is_refused(tmp_path: Path, end: str, whole: bool) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"code,nom\n1,b\n{end}", "utf-8")
    if whole:
        assert read_table(path, ["code", "nom"])["nom"].tolist()[0] == "b"
    else:
        with pytest.raises(SourceError, match=r"a\.csv est coupé"):
            read_table(path, ["code", "nom"])


@given(st.lists(st.text(st.characters(exclude_characters="\0\r\x1a"), max_size=8), min_size=1))
def test_blanks_are_taken_off_as_if_cell_by_cell(cells: list[str]) -> None:
    wanted = [" ".join(cell.split()) for cell in cells]
    assert _single_spaced(pd.Series(cells, dtype=object)).tolist() == wanted
