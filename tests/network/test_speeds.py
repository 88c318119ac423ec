from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from coverage.network.speeds import MODES, deciseconds, speed_table


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
        ("FR:zone:30", 30.0),
        ("FR:30", 30.0),
        ("GB:nsl_single", 96.56064),
        ("walk", 6.0),
        ("50;30", 40.0),
        ("['30', '50']", 40.0),
        ("", None),
        ("none", None),
        ("signals", None),
        ("0", None),
        ("0.00001", None),
        ("0.5 mph", None),
        ("1", 1.0),
        ("50;0.001", 50.0),
        ("[{[]:1}]", None),
        ("9" * 5000, float("inf")),
        ("-30", None),
        ("XX:rural", None),
        ("[" * 10_000, None),
    ],
)
def test_maxspeed(text, kmh):
    assert speed_table().limit_kmh(text) == (kmh if kmh is None else pytest.approx(kmh))


def test_time_is_length_over_speed_plus_the_delay_rounded_once():
    ds = deciseconds(
        np.array([1000.0, 1000.0, 0.0, 0.4]),
        np.array([66.0, 36.0, 50.0, 50.0]),
        np.array([0.0, 3.0, 1.0, 0.0]),
    )
    assert ds.dtype == np.int32
    assert ds.tolist() == [545, 1030, 10, 0]


def test_a_time_is_never_longer_than_32_bits_hold():
    ds = deciseconds(np.array([4e7, 1e300]), np.array([0.95, 1e-5]), np.array([3.0, 0.0]))
    assert ds.dtype == np.int32
    assert ds.tolist() == [2**30 - 2] * 2


def test_towns_are_never_faster_than_the_country():
    for mode in MODES:
        assert all(urban <= rural for rural, urban in speed_table().modes[mode].kmh.values())


def test_only_cars_lose_time_at_junctions():
    table = speed_table()
    assert min(table.delay_s) > 0
    assert table.modes["walk"].delay_s == table.modes["bike"].delay_s == (0.0, 0.0)


def test_straight_line_speed_by_density_level():
    table = speed_table()
    assert table.straight_line_speed(1) < table.straight_line_speed(7)
    unknown = table.straight_line_kmh["unknown"]
    assert table.straight_line_speed(None) == table.straight_line_speed(float("nan")) == unknown


def test_nonsense_is_refused():
    table = speed_table()
    drive = table.modes["drive"]
    with pytest.raises(ValueError, match="positive"):
        dataclasses.replace(table, walk_kmh=0.0)
    with pytest.raises(ValueError, match="Unknown classes"):
        dataclasses.replace(drive, kmh={"chemin": (1.0, 1.0)})
    with pytest.raises(ValueError, match="positive"):
        dataclasses.replace(drive, surface_kmh={"mud": -1.0})
    with pytest.raises(ValueError, match="delays"):
        dataclasses.replace(drive, delay_s=(-1.0, 0.0))
    with pytest.raises(ValueError, match="bike"):
        dataclasses.replace(table, modes={"drive": drive, "walk": drive})
