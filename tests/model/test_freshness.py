"""The ladder of ages, at its exact rungs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.model.freshness import (
    CHECK,
    FRESH,
    LADDER,
    OLD,
    RENEW,
    UNDATED,
    WATCH,
    age_months,
    step_at,
    turning_days,
    vintage_day,
)

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("vintage", "day"),
    [
        ("2025-06-04", date(2025, 6, 4)),
        ("2024-08", date(2024, 8, 1)),
        ("2024", date(2024, 1, 1)),
        (" 2024 ", date(2024, 1, 1)),
        ("2023-2025", date(2023, 1, 1)),  # the oldest of what it may hold
        ("2023 – 2025", date(2023, 1, 1)),
        ("2024-08-01T09:30:00", date(2024, 8, 1)),
        ("2024 (provisoire)", date(2024, 1, 1)),
    ],
)
def test_a_vintage_counts_from_its_first_day(vintage: str, day: date) -> None:
    assert vintage_day(vintage) == day


@pytest.mark.parametrize(
    "vintage",
    ["", "n.d.", "non daté", "fictif", "fichier fourni", "2024-13", "2024-02-30", "20245", "v2024"],
)
def test_what_is_no_date_is_unknown_and_never_up_to_date(vintage: str) -> None:
    assert vintage_day(vintage) is None
    assert age_months(vintage, TODAY) is None
    assert step_at(vintage, TODAY) is UNDATED
    assert turning_days(vintage) is None


@pytest.mark.parametrize(
    ("vintage", "today", "months"),
    [
        ("2025-06-04", date(2026, 11, 22), 17),
        ("2025-06-04", date(2026, 12, 3), 17),  # one day short of 18: rounded down
        ("2025-06-04", date(2026, 12, 4), 18),
        ("2024-08", date(2026, 11, 22), 27),
        ("2015", date(2026, 11, 22), 142),
        ("2027-01-01", date(2026, 11, 22), 0),
    ],
)
def test_months_are_whole_and_rounded_down(vintage: str, today: date, months: int) -> None:
    assert age_months(vintage, today) == months


@pytest.mark.parametrize(
    ("vintage", "step"),
    [
        ("2026-05-23", FRESH),  # 5 whole months
        ("2026-05-22", WATCH),  # exactly 6
        ("2025-11-23", WATCH),
        ("2025-11-22", CHECK),  # exactly 12
        ("2025-05-23", CHECK),
        ("2025-05-22", RENEW),  # exactly 18
    ],
)
def test_the_ladder(vintage: str, step: object) -> None:
    assert step_at(vintage, TODAY) is step


def test_what_is_old() -> None:
    assert {CHECK, RENEW} == OLD
    assert [step.label for step in LADDER] == [
        "À jour",
        "À surveiller",
        "À vérifier",
        "À actualiser",
    ]
    assert len({step.sign for step in (*LADDER, UNDATED)}) == 5


def test_turning_days_of_a_day_that_the_month_lacks() -> None:
    # Six months after 31 August: February has no 31st, so 1 March; then the 31st exists again.
    assert turning_days("2025-08-31") == (date(2026, 3, 1), date(2026, 8, 31), date(2027, 3, 1))
    assert turning_days("2025-06-04") == (date(2025, 12, 4), date(2026, 6, 4), date(2026, 12, 4))


@given(st.dates(date(2000, 1, 1), date(2060, 12, 31)))
def test_a_vintage_changes_state_on_its_turning_days_and_not_before(start: date) -> None:
    days = turning_days(start.isoformat())
    assert days is not None
    for day, before, after in zip(days, LADDER[:-1], LADDER[1:], strict=True):
        assert step_at(start.isoformat(), day - timedelta(days=1)) is before
        assert step_at(start.isoformat(), day) is after
