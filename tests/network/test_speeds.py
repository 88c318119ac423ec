from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from coverage.network.graph import highway_codes
from coverage.network.speeds import speed_table


@pytest.mark.parametrize(
    ("text", "kmh"),
    [
        ("50", 50.0),
        ("50 km/h", 50.0),
        ("30 mph", 48.28032),
        ("FR:urban", 50.0),
        ("FR:rural", 80.0),
        ("FR:motorway", 130.0),
        ("FR:zone30", 30.0),
        ("['30', '50']", 40.0),
        ("", None),
        ("none", None),
        ("signals", None),
        ("0", None),
    ],
)
def test_maxspeed(text, kmh):
    assert speed_table().limit_kmh(text) == (kmh if kmh is None else pytest.approx(kmh))


def test_time_is_length_over_speed_plus_the_junction():
    table = speed_table()
    rural, urban = table.kmh["primary"]
    ds = table.deciseconds(
        np.array([1000.0, 1000.0, 1000.0, 1000.0, 0.0]),
        np.repeat(highway_codes("primary"), 5),
        ["", "", "", "100", ""],
        urban=np.array([False, True, True, False, False]),
        junction=np.array([False, False, True, False, False]),
    )
    assert ds.dtype == np.int32
    expected = [
        36000 / rural,
        36000 / urban,
        36000 / urban + 10 * table.delay_s[1],
        36000 / (100 * table.driven_share),
        0,
    ]
    assert ds.tolist() == [round(value) for value in expected]


def test_towns_are_never_faster_than_the_country():
    assert all(urban <= rural for rural, urban in speed_table().kmh.values())


def test_classes_and_access():
    table = speed_table()
    assert table.code_of("primary") == highway_codes("primary")[0]
    assert table.code_of("['footway', 'residential']") == highway_codes("residential")[0]
    assert table.code_of("footway") == table.code_of("") == -1
    assert table.is_open("")
    assert table.is_open("destination")
    assert not table.is_open("private")
    assert not table.is_open("['no', 'yes']")


def test_straight_line_speed_by_density_level():
    table = speed_table()
    assert table.straight_line_speed(1) < table.straight_line_speed(7)
    unknown = table.straight_line_kmh["unknown"]
    assert table.straight_line_speed(None) == table.straight_line_speed(float("nan")) == unknown


def test_nonsense_is_refused():
    table = speed_table()
    with pytest.raises(ValueError, match="positive"):
        dataclasses.replace(table, walk_kmh=0.0)
    with pytest.raises(ValueError, match="Unknown classes"):
        dataclasses.replace(table, kmh={"chemin": (1.0, 1.0)})
