import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.model.opening import Week
from coverage.reports.words.opening import half_days_text, opening_text


@pytest.mark.parametrize(
    ("opening", "expected"),
    [
        ("Mo-Fr 09:00-12:00,14:00-17:00", "lun.–ven. 9 h–12 h, 14 h–17 h"),
        ("Mo-Fr 08:30-12:00; Sa 09:00-12:00", "lun.–ven. 8 h 30–12 h\u202f; sam. 9 h–12 h"),
        (
            "Mo 09:00-12:00; Tu 09:00-12:00; We 09:00-11:45; Th 09:00-12:00",
            "lun.–mar., jeu. 9 h–12 h\u202f; mer. 9 h–11 h 45",
        ),
        ("Tu,Fr 09:00-12:00", "mar., ven. 9 h–12 h"),
        ("Fr-Mo 09:00-12:00", "lun., ven.–dim. 9 h–12 h"),
        ("Mo-Fr 09:00-12:00; We off; PH off", "lun.–mar., jeu.–ven. 9 h–12 h"),
        ("24/7", "lun.–dim. 0 h–24 h"),
    ],
)
def test_the_simple_form_reads_in_french(opening: str, expected: str) -> None:
    assert opening_text(opening).replace("\u00a0", " ") == expected


@pytest.mark.parametrize(
    "opening",
    [
        "lu-ve 09:00-12:00",
        "09:00-12:00",
        "Mo[1] 09:00-12:00",
        "sur rendez-vous",
        "",
    ],
)
def test_any_other_form_stays_as_it_is(opening: str) -> None:
    assert opening_text(opening) == opening


@given(st.text(max_size=40))
def test_no_text_is_lost(opening: str) -> None:
    assert opening_text(opening) == opening or "–" in opening_text(opening)


def test_half_days_read_in_french() -> None:
    week = Week.parse("Mo 09:00-12:00,14:00-17:00; Sa 11:30-14:00; Su 09:00-12:00")
    assert week is not None
    assert half_days_text(week) == "lun. matin|lun. après-midi|sam. matin|sam. après-midi"
