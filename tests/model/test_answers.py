"""What an import answers: the reading order of the codes, repairs told by their lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.model.answers import FAMILIES, FAMILY_OF, Answer, Repair, Repairs, rank


def test_reading_order_of_the_catalogue():
    order = ["EMPTY", "ZIP_TOO_BIG", "XML_DTD", "BAD_QUOTING", "DUP_COLUMN", "DUP_ID"]
    order += ["BAD_COUNT", "NULL_ISLAND"]
    assert [rank(code) for code in order] == list(range(len(FAMILIES)))


def test_an_identifier_in_scientific_notation_is_told_before_a_kml_is_a_kml():
    assert FAMILY_OF["ID_SCIENTIFIC"] == "identifiers"
    assert rank("XML_DTD") < rank("BAD_JSON")


def test_repairs_alike_are_one_with_all_their_lines():
    repairs = Repairs()
    for line in (4, 2, 3, 9):
        repairs.add("virgule décimale", f"« 1,{line} » lu 1.{line}", line=line, column="lon")
    repairs.add("encodage", "Fichier lu en Windows-1252")
    first, second = repairs.told()
    told = "« 1,4 » lu 1.4, par exemple"
    assert first == Repair("virgule décimale", told, "lon", ((2, 4), (9, 9)))
    assert first.told() == "« 1,4 » lu 1.4, par exemple (lignes 2 à 4 et 9)"
    assert second.told() == "Fichier lu en Windows-1252"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([7], "ligne 7"),
        ([2, 3], "lignes 2 et 3"),
        ([7, 8], "lignes 7 et 8"),
        ([2, 4], "lignes 2 et 4"),
        ([2, 3, 5], "lignes 2, 3 et 5"),
        ([2, 3, 4], "lignes 2 à 4"),
        (range(1, 27, 2), "lignes 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23…"),
    ],
)
def test_lines_are_listed_as_one_says_them(lines, told):
    repairs = Repairs()
    for line in lines:
        repairs.add("a", "tout est lu pareil", line=line)
    assert repairs.told()[0].told() == f"tout est lu pareil ({told})"


@given(st.lists(st.integers(1, 60)))
def test_ranges_hold_each_line_once(lines):
    repairs = Repairs()
    for line in lines:
        repairs.add("a", "b", line=line)
    again = Repairs()
    again.extend(repairs.told())
    assert again.told() == repairs.told()
    told = [n for repair in again.told() for a, b in repair.lines for n in range(a, b + 1)]
    assert told == sorted(set(lines))


def test_document_of_an_answer():
    answer = Answer("FIX", "Lu.", (Repair("a", "b", "c", ((2, 3),)),))
    assert answer.accepted
    assert answer.document() == {
        "answer": "FIX",
        "message": "Lu.",
        "repairs": [{"issue": "a", "column": "c", "lines": [[2, 3]], "detail": "b"}],
    }
    assert not Answer("BAD_COUNT", "Refusé.").accepted
