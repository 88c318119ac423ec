from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.model.opening import (
    DAYS,
    EVENINGS,
    HALF_DAYS,
    SATURDAY,
    SLOT_WORDS,
    Week,
    parse_span,
)

_DAY_MIN = 1440
_SPANS = st.tuples(st.integers(0, 6), st.integers(0, _DAY_MIN - 1), st.integers(1, _DAY_MIN)).map(
    lambda span: (span[0], span[1], span[1] + span[2])
)
_QUARTERS = st.tuples(st.integers(0, 6), st.integers(0, 95), st.integers(1, 96)).map(
    lambda span: (span[0], 15 * span[1], 15 * (span[1] + span[2]))
)
WEEKS = st.lists(_SPANS, min_size=1, max_size=12).map(Week.of).filter(bool)
QUARTER_WEEKS = st.lists(_QUARTERS, min_size=1, max_size=12).map(Week.of).filter(bool)


def _open_minutes(spans: Iterable[tuple[int, int, int]]) -> set[int]:
    """Every open minute of the week, one by one."""
    return {
        (day * _DAY_MIN + minute) % (7 * _DAY_MIN)
        for day, opens, closes in spans
        for minute in range(opens, closes)
    }


def _minutes_of(week: Week) -> set[int]:
    return _open_minutes((day, *span) for day, spans in enumerate(week.days) for span in spans)


def _parsed(text: str) -> Week:
    week = Week.parse(text)
    assert week is not None
    return week


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("Mo-Fr 09:00-12:00,14:00-17:00; Sa 09:00-12:00", None),
        ("Tu, We 10:00-12:30", "Tu,We 10:00-12:30"),
        ("Mo - Fr 9:00 - 12:00", "Mo-Fr 09:00-12:00"),
        # a later rule replaces the earlier for its days
        (
            "Mo-Fr 08:30-12:00,13:30-17:00; Th off",
            "Mo-We,Fr 08:30-12:00,13:30-17:00",
        ),
        ("Mo-Th 09:00-17:00; We 09:00-12:30", "Mo,Tu,Th 09:00-17:00; We 09:00-12:30"),
        ("Mo 09:00-12:00; Mo 14:00-17:00", "Mo 14:00-17:00"),
        # a rule after a comma adds
        ("We, Th 14:00-18:00, Sa  14:00-17:00", "We,Th 14:00-18:00; Sa 14:00-17:00"),
        ("Mo 09:00-12:00, Mo 14:00-17:00", "Mo 09:00-12:00,14:00-17:00"),
        ("Mo-Fr 09:00-12:00, We closed", "Mo,Tu,Th,Fr 09:00-12:00"),
        # ranges of days over Sunday
        ("Fr-Mo 10:00-12:00", "Mo,Fr-Su 10:00-12:00"),
        # hours past midnight, written in either way
        ("Fr 22:00-02:00", "Fr 22:00-24:00; Sa 00:00-02:00"),
        ("Su 22:00-26:00", "Mo 00:00-02:00; Su 22:00-24:00"),
        # what spills over midnight stays when the next day has a rule of its own
        ("Fr 22:00-02:00; Sa off", "Fr 22:00-24:00; Sa 00:00-02:00"),
        # spans that touch or overlap are one
        ("Mo 09:00-12:00,12:00-17:00", "Mo 09:00-17:00"),
        ("Mo 09:00-13:00,12:00-17:00", "Mo 09:00-17:00"),
        # holidays are no part of an ordinary week
        ("Mo-Fr,PH 09:00-12:00; PH off; SH off", "Mo-Fr 09:00-12:00"),
        ("24/7", "Mo-Su 00:00-24:00"),
    ],
)
def test_the_simple_form_is_understood(text: str, canonical: str | None) -> None:
    assert _parsed(text).to_osm() == (canonical or text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sur rendez-vous",
        "9h à 12h / 14h à 17h",
        "09:00-12:00,14:00-17:00",  # on which days is not said
        "Mo-Fr 09:00-12:00; 14:00-17:00",
        "Mo[1] 09:00-12:00",
        "week 1-53/2 Mo 09:00-12:00",
        "Jul-Aug Mo 09:00-12:00",
        "SH Mo 09:00-12:00",
        "Mo 09:00+",
        'Mo 09:00-12:00 "sur rendez-vous"',
        "Mo 09:00-12:00 || We 09:00-12:00",
        "Mo 09:00-12:00;",
        "Mo 09:00-12:00 Tu 09:00-12:00",
        "Mo",
        "Mo 24:00-25:00",
        "Mo 09:60-10:00",
        "Mo 09:00-49:00",
        "Mo 10:00-35:00",
        "Mo 09:00-09:00",
        "mo-fr 09:00-12:00",
        "PH 09:00-12:00",
        "PH off",
        "Mo-Su off",
    ],
)
def test_what_is_not_understood_is_no_week(text: str) -> None:
    assert Week.parse(text) is None


@given(st.text(alphabet="MoTuSaPH0123456789:-,; /off", max_size=40))
def test_any_text_is_a_week_or_none(text: str) -> None:
    week = Week.parse(text)
    assert week is None or _minutes_of(week)


@given(WEEKS)
def test_a_week_written_is_read_back(week: Week) -> None:
    assert Week.parse(week.to_osm()) == week


@given(st.lists(_SPANS, min_size=1, max_size=12))
def test_a_week_holds_exactly_the_minutes_of_its_spans(spans: list[tuple[int, int, int]]) -> None:
    week = Week.of(spans)
    assert week is not None
    assert _minutes_of(week) == _open_minutes(spans)
    assert Week.of(reversed(spans)) == week


@given(WEEKS, WEEKS)
def test_hours_are_the_common_minutes_counted_one_by_one(week: Week, other: Week) -> None:
    assert week.hours() == pytest.approx(len(_minutes_of(week)) / 60)
    assert week.hours(other) == pytest.approx(len(_minutes_of(week) & _minutes_of(other)) / 60)


def test_evenings_begin_at_18_h_and_saturday_is_one_day() -> None:
    week = _parsed("Mo,Sa 14:00-19:30; Tu 18:00-20:00; We 09:00-18:00")
    assert week.hours() == 5.5 + 5.5 + 2 + 9
    assert week.hours(EVENINGS) == 1.5 + 1.5 + 2
    assert week.hours(SATURDAY) == 5.5


@pytest.mark.parametrize(
    ("hours", "morning", "afternoon"),
    [
        ("09:00-12:00", True, False),
        ("14:00-17:00", False, True),
        ("12:00-14:00", True, True),  # an hour on each side of 13:00
        ("12:01-14:00", False, True),
        ("12:00-13:59", True, False),
        ("08:00-08:30,12:30-13:30,18:00-18:30", True, True),  # parts of an hour add up
        ("12:30-13:30", False, False),
    ],
)
def test_a_half_day_is_open_from_one_hour_on(hours: str, morning: bool, afternoon: bool) -> None:
    told = dict(zip(HALF_DAYS, _parsed(f"We {hours}; Su 09:00-17:00").half_days(), strict=True))
    assert (told["We", "am"], told["We", "pm"]) == (morning, afternoon)
    assert sum(told.values()) == morning + afternoon


@given(WEEKS)
def test_slots_are_the_quarters_of_the_spans(week: Week) -> None:
    quarters = np.zeros(7 * 96, dtype=bool)
    for day, spans in enumerate(week.days):
        for opens, closes in spans:
            quarters[day * 96 + round(opens / 15) : day * 96 + round(closes / 15)] = True
    slots = week.slots()
    assert slots.shape == (SLOT_WORDS,)
    bits = np.unpackbits(slots.view(np.uint8), bitorder="little")
    assert bits[: 7 * 96].astype(bool).tolist() == quarters.tolist()
    assert not bits[7 * 96 :].any()


@given(QUARTER_WEEKS, QUARTER_WEEKS)
def test_quarter_hours_join_to_the_joined_week(week: Week, other: Week) -> None:
    joined = Week.of(
        (day, *span) for one in (week, other) for day, its in enumerate(one.days) for span in its
    )
    assert joined is not None
    assert (week.slots() | other.slots()).tolist() == joined.slots().tolist()
    assert np.bitwise_count(joined.slots()).sum() / 4 == joined.hours()


@pytest.mark.parametrize(
    "days",
    [
        ((),) * 7,
        (((540, 720),),) * 6,
        (((540, 720), (720, 800)),) + ((),) * 6,
        (((720, 540),),) + ((),) * 6,
        (((540, 1441),),) + ((),) * 6,
        (((-1, 60),),) + ((),) * 6,
    ],
)
def test_a_week_refuses_what_is_none(days: tuple[tuple[tuple[int, int], ...], ...]) -> None:
    with pytest.raises(ValueError, match="seven days of ordered spans"):
        Week(days)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("9:00-12:00", (540, 720)),
        ("00:00-24:00", (0, 1440)),
        ("22:00-02:00", (1320, 1560)),
        ("22:00-26:00", (1320, 1560)),
        ("09:00-09:00", None),
        ("09:00", None),
    ],
)
def test_spans_are_minutes_from_midnight(text: str, span: tuple[int, int] | None) -> None:
    assert parse_span(text) == span


def test_days_of_the_same_hours_are_told_together() -> None:
    week = _parsed("Tu,Th,Sa 09:00-12:00; We 14:00-17:00")
    days = [tuple(DAYS[day] for day in days) for days, _ in week.together()]
    assert days == [("Tu", "Th", "Sa"), ("We",)]
