"""Numbers as people write them, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.model.answers import Repairs
from coverage.sources.given.cells import Cell
from coverage.sources.given.faults import LineError
from coverage.sources.given.numbers import count, number


def cell(text: str) -> Cell:
    return Cell(7, "detections", text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", 12), ("-4.5", -4.5), ("+4.5", 4.5), (".5", 0.5), ("5.", 5), ("1e-5", 1e-5), ("007", 7)],
)
def test_numbers_of_programs_need_no_repair(text, value, repairs):
    assert number(cell(text), repairs) == value
    assert repairs.told() == ()


@pytest.mark.parametrize("text", ["1" * 300_000 + "x", "1." * 150_000, "1 234" * 60_000, "1" * 501])
def test_endless_digits_are_no_number_at_once(text, repairs):
    with pytest.raises(LineError) as fault:
        number(cell(text), repairs)
    assert fault.value.code == "BAD_NUMBER"
    assert len(str(fault.value)) < 120


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("46,15", 46.15),
        ("-4,5", -4.5),
        ("−4,5", -4.5),
        ("1 234", 1234),
        ("1\u00a0234\u00a0567", 1234567),
        ("12\u202f345,5", 12345.5),
        ("1\u2009234.5", 1234.5),
        ("1'234", 1234),
        ("46\u200b.15", 46.15),
    ],
)
def test_french_numbers_are_read_and_told(text, value, repairs):
    assert number(cell(text), repairs) == value
    (repair,) = repairs.told()
    assert (repair.column, repair.lines) == ("detections", ((7, 7),))


@pytest.mark.parametrize(
    "text",
    ["", "douze", "NaN", "inf", "-Infinity", "1e400", "1_000", "12 34", "1.234,5", "1,234.5"]
    + ["1,2,3", "１２", "٣", "12 pers.", "VRAI", "#N/A", "2024-02-29", "0x1F", "--5", "5 %", "="],
)
def test_what_is_no_number(text, repairs):
    for reader in (number, count):
        with pytest.raises(LineError) as fault:
            reader(cell(text), repairs)
        assert fault.value.code == "BAD_NUMBER"


@pytest.mark.parametrize(
    ("text", "value"),
    [("3.0", 3), ("3,00", 3), ("1 234,0", 1234), ("10 000 000", 10_000_000), ("-0", 0)],
)
def test_counts_are_whole_and_what_was_taken_off_is_told(text, value, repairs):
    counted = count(cell(text), repairs)
    assert (counted, type(counted)) == (value, int)
    assert bool(repairs.told()) == (text != "-0")


@pytest.mark.parametrize(
    "text",
    ["-5", "−5", "3.7", "3,7", "1e308", "1e2", "10000001", "1,234", "1.234", "1,000", "9" * 50],
)
def test_what_counts_nothing(text, repairs):
    with pytest.raises(LineError) as fault:
        count(cell(text), repairs)
    assert fault.value.code == "BAD_COUNT"
    assert "nombre entier, 0 ou plus" in str(fault.value)


def test_the_most_is_a_bound_that_may_be_reached(repairs):
    assert count(cell("31"), repairs, most=31) == 31
    with pytest.raises(LineError):
        count(cell("32"), repairs, most=31)


def test_a_message_shows_nothing_hidden_nor_long(repairs):
    with pytest.raises(LineError) as fault:
        number(cell("\u202e<script>" + "x" * 90), repairs)
    assert "[U+202E]<script>" in str(fault.value)
    assert len(str(fault.value)) < 100


@given(
    st.integers(0, 10_000_000),
    st.sampled_from([" ", "\u00a0", "\u202f", ""]),
    st.sampled_from(["", ".0", ",0"]),
)
def test_any_count_is_read_as_it_was_written(value, blank, zeros):
    text = f"{value:,}".replace(",", blank) + zeros
    assert count(cell(text), Repairs()) == value


@given(st.text(max_size=12))
def test_any_text_is_a_number_or_a_fault(text):
    for reader in (number, count):
        try:
            value = reader(cell(text.strip()), Repairs())
        except LineError:
            continue
        assert abs(value) < float("inf")
