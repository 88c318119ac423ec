import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.reports.words.opening import opening_text


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
    ],
)
def test_the_simple_form_reads_in_french(opening: str, expected: str) -> None:
    assert opening_text(opening).replace("\u00a0", " ") == expected


@pytest.mark.parametrize(
    "opening",
    [
        "lu-ve 09:00-12:00",
        "24/7",
        "Mo-Fr 09:00-12:00; PH off",
        "Mo 09:00-12:00; Mo 14:00-17:00",
        "Fr-Mo 09:00-12:00",
        "",
    ],
)
def test_any_other_form_stays_as_it_is(opening: str) -> None:
    assert opening_text(opening) == opening


@given(st.text(max_size=40))
def test_no_text_is_lost(opening: str) -> None:
    assert opening_text(opening) == opening or "–" in opening_text(opening)
