"""Where points lie, and Lambert-93."""

from __future__ import annotations

import pytest

from coverage.sources.given.coordinates import FRANCE, in_degrees, refuse_outside, where
from coverage.sources.given.faults import LineError
from coverage.sources.given.header import Header

POINTS = {
    "Ajaccio": (8.74, 41.93),
    "Lauterbourg": (8.23, 48.97),
    "Ouessant": (-5.1, 48.45),
    "Basse-Terre": (-61.73, 16.0),
    "Cayenne": (-52.33, 4.94),
    "Saint-Denis": (55.45, -20.88),
    "Mamoudzou": (45.23, -12.78),
    "Nouméa": (166.45, -22.27),
    "Papeete": (-149.57, -17.54),
    "Mata-Utu": (-176.17, -13.28),
    "Saint-Pierre": (-56.17, 46.78),
    "Saint-Martin": (-63.08, 18.07),
}


@pytest.mark.parametrize("name", POINTS)
def test_every_part_of_france_is_known_also_exchanged(name):
    lon, lat = POINTS[name]
    assert where(lon, lat) is None
    assert where(lat, lon) == "LATLON_SWAPPED"


@pytest.mark.parametrize(
    ("point", "code"),
    [
        ((0.0, 0.0), "NULL_ISLAND"),
        ((0.0, 46.0), None),
        ((13.405, 52.52), "OUT_OF_FRANCE"),
        ((848659.4, 6563322.5), "WRONG_CRS"),
        ((548000.0, 5793000.0), "WRONG_CRS"),
        ((float("nan"), 46.0), "OUT_OF_FRANCE"),
    ],
)
def test_what_is_wrong_with_other_points(point, code):
    assert where(*point) == code
    if code:
        with pytest.raises(LineError) as fault:
            refuse_outside(*point)
        assert fault.value.code == code


def test_no_box_reaches_into_another_one_exchanged():
    """So that exchanged coordinates can't be taken for right ones."""
    for west, south, east, north in FRANCE:
        for other_west, other_south, other_east, other_north in FRANCE:
            apart = south > other_east or north < other_west
            apart = apart or west > other_north or east < other_south
            assert apart


def header(lon: str, lat: str) -> Header:
    return Header({"lon": 0, "lat": 1}, {"lon": lon, "lat": lat})


CHATEAUROUX = (600219.5, 6635288.5)


def test_metres_of_x_and_y_are_converted_and_told(repairs):
    points = [(2, *CHATEAUROUX), (3, 848659.4, 6563322.5)]
    found = in_degrees(points, header("X", "y_l93"), repairs)
    assert [line for line, _, _ in found] == [2, 3]
    assert found[0][1:] == pytest.approx((1.69, 46.81), abs=0.01)
    (repair,) = repairs.told()
    assert repair.lines == ((2, 3),)
    assert "« X » et « y_l93 » lues en Lambert-93" in repair.detail


def test_other_points_stay_as_they_are(repairs):
    metres, degrees = (2, *CHATEAUROUX), (3, 1.69, 46.81)
    assert in_degrees([metres], header("lon", "lat"), repairs) == [metres]
    assert in_degrees([metres, degrees], header("x", "y"), repairs) == [metres, degrees]
    assert in_degrees([degrees], header("x", "y"), repairs) == [degrees]
    assert in_degrees([], header("x", "y"), repairs) == []
    assert repairs.told() == ()


def test_a_point_without_place_among_metres_is_the_one_that_is_told(repairs):
    found = in_degrees([(2, *CHATEAUROUX), (3, 0.0, 0.0)], header("x", "y"), repairs)
    assert [where(lon, lat) for _, lon, lat in found] == [None, "NULL_ISLAND"]
