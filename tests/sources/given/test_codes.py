"""Codes of communes as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.model.answers import Repairs
from coverage.sources.given.cells import Cell
from coverage.sources.given.codes import commune_code, is_named
from coverage.sources.given.faults import LineError


def cell(text: str) -> Cell:
    return Cell(3, "code_insee", text)


@pytest.mark.parametrize("text", ["01004", "2A004", "97411", "98818", "75101", "13201", "69381"])
def test_codes_of_today_and_arrondissements_need_no_repair(text, repairs):
    found = commune_code(cell(text), repairs)
    assert found.code == text
    assert found.nom
    assert repairs.told() == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("13055.0", "13055"),
        ("13055,00", "13055"),
        ("2a004", "2A004"),
        ("13 055", "13055"),
        ("'01004", "01004"),
        ('="01004"', "01004"),
        ("01004\u200b", "01004"),
        ("20004", "2A004"),
        ("01033", "01033"),
        ("14697", "14654"),
    ],
)
def test_other_writings_and_years_are_put_right_and_told(text, code, repairs):
    assert commune_code(cell(text), repairs).code == code
    told = repairs.told()
    assert bool(told) == (text != code)
    assert all(repair.lines == ((3, 3),) for repair in told)


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("1004", "INSEE_ZERO_LOST", "écrivez 01004 (Ambérieu-en-Bugey)"),
        ("1004.0", "INSEE_ZERO_LOST", "01004"),
        ("1 004", "INSEE_ZERO_LOST", "01004"),
        ("1.001E+03", "ID_SCIENTIFIC", "format texte"),
        ("1,001E3", "ID_SCIENTIFIC", "format texte"),
        ("99999", "INSEE_UNKNOWN", "jamais"),
        ("00001", "INSEE_UNKNOWN", "fictive"),
        ("75001", "INSEE_UNKNOWN", "75101"),
        ("", "INSEE_UNKNOWN", "manque"),
        ("Ambérieu", "INSEE_UNKNOWN", "cinq caractères"),
        ("010041", "INSEE_UNKNOWN", "cinq caractères"),
        ("０１００４", "INSEE_UNKNOWN", "cinq caractères"),
        ("9999", "INSEE_UNKNOWN", "cinq caractères"),
    ],
)
def test_what_names_no_commune(text, code, words, repairs):
    with pytest.raises(LineError) as fault:
        commune_code(cell(text), repairs)
    assert fault.value.code == code
    assert words in str(fault.value)


@pytest.mark.parametrize(
    ("code", "nom", "may_be"),
    [
        ("36044", "CHATEAUROUX", True),
        ("36044", "Ville de Châteauroux", True),
        ("36044", "Chateau roux", True),
        ("36044", "Issoudun", False),
        ("36044", "", True),
        ("93066", "St-Denis", True),
        ("93066", "Saint-Ouen", False),
        ("75101", "Paris 1er", True),
        ("76351", "Havre (Le)", True),
        ("76351", "Le Mans", False),
        ("2A004", "A", True),
        ("14697", "Sainte-Marguerite", True),  # merged since: what it was called is not known
    ],
)
def test_a_name_may_be_that_of_a_commune_or_not(code, nom, may_be, repairs):
    assert is_named(commune_code(cell(code), repairs), nom) is may_be


@given(st.text(max_size=8) | st.from_regex(r"[0-9]{2,6}(\.0)?", fullmatch=True))
def test_any_text_is_a_commune_of_today_or_a_fault(text):
    try:
        found = commune_code(cell(text.strip()), Repairs())
    except LineError:
        return
    assert commune_code(cell(found.code), Repairs()) == (found.code, found.nom, "")
