"""The ladder of ages, at its exact rungs."""

from __future__ import annotations

from datetime import date

import pytest

from coverage.model.territory import SourceInfo
from coverage.model.words import french_date, vintage_text
from coverage.web.ages import age_months, data_age
from coverage.web.filters import gain, gap_text


def source(vintage: str, **changes: str) -> SourceInfo:
    return SourceInfo("x", "X", "P", "L", vintage, **changes)


@pytest.mark.parametrize(
    ("vintage", "today", "months"),
    [
        ("2025-06-04", date(2026, 11, 22), 17),
        ("2025-06-04", date(2026, 12, 3), 17),  # one day short of 18: rounded down
        ("2025-06-04", date(2026, 12, 4), 18),
        ("2024-08", date(2026, 11, 22), 27),
        ("2015", date(2026, 11, 22), 142),
        ("2027-01-01", date(2026, 11, 22), 0),
        ("fictif", date(2026, 11, 22), None),
        ("", date(2026, 11, 22), None),
        ("2024-13", date(2026, 11, 22), None),
    ],
)
def test_age_months(vintage, today, months):
    assert age_months(vintage, today) == months


@pytest.mark.parametrize(
    ("vintage", "state"),
    [
        ("2026-05-23", "À jour"),  # 5 whole months
        ("2026-05-22", "À surveiller"),  # exactly 6
        ("2025-11-23", "À surveiller"),
        ("2025-11-22", "À vérifier"),
        ("2025-05-23", "À vérifier"),
        ("2025-05-22", "À actualiser"),
        ("n.d.", "À actualiser : date inconnue"),
    ],
)
def test_ladder(vintage, state):
    assert data_age(source(vintage), date(2026, 11, 22)).state == state


def test_missing_and_invented_sources_have_no_age():
    today = date(2026, 11, 22)
    assert data_age(source("2025", status="missing"), today).state == "n.d."
    assert data_age(source("2025"), today, fictitious=True).state == "inventé"


@pytest.mark.parametrize(
    ("vintage", "text"),
    [
        ("2025-06-04", "4\u00a0juin 2025"),
        ("2024-08-01", "1er\u00a0août 2024"),
        ("2024-08", "août 2024"),
        ("2021", "2021"),
        ("fictif", "fictif"),
        ("2024-13", "2024-13"),
        ("2024-xx", "2024-xx"),
        ("", "—"),
    ],
)
def test_vintage_text(vintage, text):
    assert vintage_text(vintage) == text


def test_french_words():
    assert french_date(date(2026, 2, 1)) == "1er\u00a0février 2026"
    assert gain(7222.0) == "+\u202f7\u202f222"
    assert gain(0.2) == "0"
    assert gain(-3.0) == "−3"
    assert gap_text(0.00401) == "0,5\u00a0%"
