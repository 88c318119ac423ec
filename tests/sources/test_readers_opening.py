from collections.abc import Callable
from pathlib import Path

import pytest

from coverage.model.opening import Week
from coverage.model.territory import TerritoryTables
from coverage.sources.readers._opening import (
    opening_as_published,
    opening_of_week,
    repeats,
    spans,
)
from coverage.sources.readers._text import read_table

_DAYS = ["h_lundi", "h_mardi", "h_mercredi", "h_jeudi", "h_vendredi", "h_samedi"]


def test_a_week_of_free_text_is_written_the_osm_way() -> None:
    week = ["", "09:00 - 12:00 / 14:00 - 17:00", "8h30-12h00", "", "", "09:00 - 12:00"]
    assert opening_of_week(week) == "Tu 09:00-12:00,14:00-17:00; We 08:30-12:00; Sa 09:00-12:00"


def test_days_of_the_same_hours_are_written_together() -> None:
    assert opening_of_week(["09:00 - 12:00"] * 5 + [""]) == "Mo-Fr 09:00-12:00"
    assert opening_of_week(["09:00 - 12:00 / 12:00 - 17:00", ""]) == "Mo 09:00-17:00"


@pytest.mark.parametrize(
    "text",
    [
        "sur rendez-vous",
        "14:00 - 12:00",
        "09:00 - 09:00",
        "14:00 - 17:00 / 09:00 - 12:00",
        # overlaps: a slip, or alternate weeks; no one can tell
        "10:00 - 12:00 / 11:00 - 13:00",
        "09:00 - 12:30 / 12:29 - 17:00",
        "09:00 - 17:30 / 09:00 - 12:00 / 13:30 - 17:30",
        # nobody is received at night
        "01:00 - 12:00",
        "20:00 - 23:30",
    ],
)
def test_hours_that_cannot_be_read_are_null(text: str) -> None:
    assert opening_of_week(["09:00 - 12:00", text]) is None


@pytest.mark.parametrize(
    ("text", "twice"),
    [
        ("08:30 - 11:30 / 08:30 - 11:30", True),
        ("08:30 - 11:30 / 13:30 - 17:00 / 13:30 - 17:00", True),
        ("00:00 - 00:00 / 08:30 - 11:30", False),
        ("08:30 - 11:30 / 13:30 - 17:00", False),
        ("08:30 - 11:30 / 09:00 - 17:00 / 09:00 - 17:00", False),
        ("sur rendez-vous", False),
        ("", False),
    ],
)
def test_a_span_told_twice_counts_once(text: str, twice: bool) -> None:
    assert repeats(text) is twice
    found = spans(text)
    assert found is None or len(set(found)) == len(found)
    assert opening_of_week(["08:30 - 11:30 / 08:30 - 11:30"]) == "Mo 08:30-11:30"


def test_filler_hours_and_closed_weeks_are_no_hours() -> None:
    assert opening_of_week(["00:00 - 00:00 / 09:00 - 12:00", "00:00 - 00:00"]) == "Mo 09:00-12:00"
    assert opening_of_week(["", ""]) is None


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Tu-Fr 09:00-12:00,14:00-17:00; Sa 09:00-12:00", True),
        ("Mo-Fr 08:30-12:00; We off", True),
        ("Tu, We 10:00-12:30", True),
        ("9h à 12h / 14h à 17h", False),
        ("Fr 19:00-11:00", False),
        ("Th 01:00-12:00", False),
        ("24/7", False),
        ("", False),
    ],
)
def test_only_text_already_in_osm_form_and_by_day_is_kept(text: str, kept: bool) -> None:
    assert opening_as_published(text) == (text if kept else None)


def test_hours_of_every_france_services_are_read_listed_or_absent(mirror: Path) -> None:
    path = mirror / "france_services" / "2024-08-01" / "liste-fs.csv"
    days = read_table(path, _DAYS).to_numpy().tolist()
    openings = [opening_of_week(texts) for texts in days]
    unread = [texts for texts, opening in zip(days, openings, strict=True) if opening is None]
    assert len(days) == 2845
    assert sum(not any(texts) for texts in unread) == 48
    assert sum(any(texts) for texts in unread) == 20
    mended = [
        texts
        for texts, opening in zip(days, openings, strict=True)
        if opening and any(map(repeats, texts))
    ]
    assert len(mended) == 12
    # What is written is read back, and the written form is the shortest.
    weeks = [Week.parse(opening) for opening in openings if opening]
    assert [week.to_osm() for week in weeks if week] == [text for text in openings if text]


def test_a_span_told_twice_is_noted_as_mended(read: Callable[[str], TerritoryTables]) -> None:
    tables = read("2B")
    noted = tables.notes.table().query("issue == 'plages répétées'")
    assert noted[["item", "action"]].to_numpy().tolist() == [["fs:1255", "repaired"]]
    assert "Murato" in noted["detail"].iloc[0]
    mended = tables.sites["opening"] == "Mo-Fr 08:30-11:30"
    assert tables.sites.loc[mended, "nom"].str.contains("Murato", case=False).any()
