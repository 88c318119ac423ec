import pytest

from coverage.reports.palette import (
    DETECTION_COLOURS,
    NEED_COLOURS,
    PRIORITY_COLOURS,
    TIME_COLOURS,
    need_ramp,
    priority_ramp,
    time_ramp,
)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(light: str, dark: str) -> float:
    return (luminance(light) + 0.05) / (luminance(dark) + 0.05)


@pytest.mark.parametrize(
    "colours", [PRIORITY_COLOURS, TIME_COLOURS, NEED_COLOURS, DETECTION_COLOURS]
)
def test_darker_means_more_to_do(colours: tuple[str, ...]) -> None:
    found = [luminance(colour) for colour in colours]
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == 6


def test_the_ramp_jumps_where_the_decision_turns() -> None:
    assert contrast(PRIORITY_COLOURS[3], PRIORITY_COLOURS[4]) >= 3
    assert contrast(TIME_COLOURS[2], TIME_COLOURS[3]) >= 3


def test_exactly_twenty_minutes_is_below_and_exactly_0_55_is_above_the_break() -> None:
    assert time_ramp(20).rank(20.0) == 2
    assert time_ramp(20).rank(20.0000001) == 3
    assert priority_ramp().rank(0.55) == 4
    assert priority_ramp().rank(0.5499999) == 3


def test_classes_span_the_six_colours_and_absence_has_none() -> None:
    ramp = need_ramp(ifn=True)
    assert [ramp.rank(v) for v in (0, 4, 5.5, 6, 7, 9)] == [0, 1, 2, 3, 4, 5]
    assert ramp.rank(None) is None
    assert ramp.rank(float("nan")) is None


def test_another_limit_moves_the_break() -> None:
    ramp = time_ramp(10)
    assert ramp.limits == (5.0, 7.5, 10.0, 15.0, 22.5)
    assert ramp.rank(10.0) == 2
    assert ramp.labels()[2] == "plus de 7,5 à 10"


def test_labels_are_french() -> None:
    assert priority_ramp().labels()[:2] == ["moins de 0,10", "de 0,10 à moins de 0,25"]
    assert time_ramp(20).labels()[0] == "10 ou moins"
    assert time_ramp(20).labels()[-1] == "plus de 45"
