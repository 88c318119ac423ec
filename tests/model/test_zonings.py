"""The dates of FRR, as the texts say them."""

from __future__ import annotations

from datetime import date

import pytest

from coverage.model.tables import FRR_STATES
from coverage.model.zonings import FRR


def test_every_state_has_a_label_and_a_text() -> None:
    assert tuple(FRR) == FRR_STATES
    for zoning in FRR.values():
        assert zoning.label
        assert zoning.law
        if zoning.since and zoning.until:
            assert zoning.since < zoning.until


@pytest.mark.parametrize(
    ("state", "since", "until"),
    [
        ("socle", date(2024, 7, 1), date(2029, 12, 31)),
        ("plus", date(2025, 1, 1), None),
        ("beneficiaire", date(2024, 7, 1), date(2027, 12, 31)),
        ("partiel", None, None),
    ],
)
def test_dates(state: str, since: date | None, until: date | None) -> None:
    assert (FRR[state].since, FRR[state].until) == (since, until)


def test_a_state_holds_on_both_of_its_ends() -> None:
    former_zrr = FRR["beneficiaire"]
    assert former_zrr.holds(date(2024, 7, 1)) is True
    assert former_zrr.holds(date(2024, 6, 30)) is False
    assert former_zrr.holds(date(2027, 12, 31)) is True
    assert former_zrr.holds(date(2028, 1, 1)) is False
    assert FRR["partiel"].holds(date(2025, 1, 1)) is None
    assert FRR["plus"].holds(date(2024, 12, 31)) is False
    assert FRR["plus"].holds(date(2025, 1, 1)) is None
