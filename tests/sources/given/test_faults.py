"""Faults of a table, told by its lines."""

from __future__ import annotations

import pytest

from coverage.sources.given.faults import Faults, LineError, refuse


def test_the_first_family_then_the_first_line_give_the_code(refused):
    refusal = refused(
        refuse,
        "t.csv",
        [
            (2, LineError("lon", "hors de France", "OUT_OF_FRANCE")),
            (9, LineError("code_insee", "inconnu", "INSEE_UNKNOWN")),
            (5, LineError("lon", "à échanger", "LATLON_SWAPPED")),
            (5, LineError("code_insee", "en double", "DUP_ID")),
        ],
    )
    assert refusal.code == "DUP_ID"
    told = [line.strip(" \u202f;.") for line in refusal.sentence.split("\n")[1:]]
    assert told == [
        "ligne 5, colonne « code_insee »\u00a0: en double\u202f; colonne « lon »\u00a0: à échanger",
        "ligne 9, colonne « code_insee »\u00a0: inconnu",
        "ligne 2, colonne « lon »\u00a0: hors de France",
    ]


def test_one_fault_a_column_and_ten_lines_are_told(refused):
    faults = [(line, LineError("lon", why)) for line in range(1, 14) for why in ("un", "deux")]
    sentence = refused(refuse, "t.csv", faults).sentence
    assert "deux" not in sentence
    assert "ligne 10," in sentence
    assert "ligne 11," not in sentence
    assert sentence.endswith("et 3 autres lignes.")
    assert refused(refuse, "t.csv", faults[:22]).sentence.endswith("et 1 autre ligne.")


def test_a_single_fault_is_one_sentence(refused):
    refusal = refused(refuse, "t.csv", [(3, LineError("nom", "un nom manque"))])
    assert refusal.code == "BAD_VALUE"
    assert refusal.sentence == (
        "« t.csv » n’a pas été lu, rien n’est gardé\u00a0: "
        "ligne 3, colonne « nom »\u00a0: un nom manque."
    )


def test_faults_without_end_are_counted_and_hold_nothing(refused):
    faults = Faults("t.csv")
    for line in range(2, 5_002):
        with faults.on(line):
            raise LineError("nom", f"il manque à {line}", "DUP_ID")
    with faults.on(9_999):
        raise LineError("nom", "un nom manque", "INSEE_UNKNOWN")
    assert len({id(error) for _, error in faults.found}) == 1_001
    assert all(error.__traceback__ is None for _, error in faults.found)
    sentence = refused(faults.close).sentence
    assert "il manque à 11\u202f;" in sentence
    assert sentence.endswith("et 4\u202f991 autres lignes.")


def test_faults_are_kept_as_lines_are_read_and_defects_are_not(refused):
    faults = Faults("t.csv")
    faults.close()
    with faults.on(4):
        raise LineError("nom", "un nom manque")
    with pytest.raises(ZeroDivisionError), faults.on(5):
        raise ZeroDivisionError
    assert "ligne 4" in refused(faults.close).sentence
