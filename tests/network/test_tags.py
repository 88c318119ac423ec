from __future__ import annotations

import pytest

from coverage.network.graph import HIGHWAYS
from coverage.network.keys import KEYS
from coverage.network.speeds import speed_table
from coverage.network.tags import Rule, duration_s, road_rule


def rule(mode: str, **tags: str) -> Rule:
    """The rule of a residential street with these tags (``__`` stands for a colon)."""
    told = {"highway": "residential"} | {k.replace("__", ":"): v for k, v in tags.items()}
    assert set(told) <= set(KEYS)
    return road_rule(told, mode)


@pytest.mark.parametrize(
    ("tags", "directions"),
    [
        ({}, (True, True)),
        ({"oneway": "yes"}, (True, False)),
        ({"oneway": "true"}, (True, False)),
        ({"oneway": "1"}, (True, False)),
        ({"oneway": "-1"}, (False, True)),
        ({"oneway": "reverse"}, (False, True)),
        ({"oneway": "no"}, (True, True)),
        # lights, or one after the other
        ({"oneway": "alternating"}, (True, True)),
        ({"highway": "motorway_link", "oneway": "alternating"}, (True, True)),
        ({"junction": "roundabout"}, (True, False)),
        ({"junction": "circular"}, (True, False)),
        ({"junction": "roundabout", "oneway": "-1"}, (False, True)),
        ({"junction": "roundabout", "oneway": "no"}, (True, True)),
        ({"junction": "approach"}, (True, True)),
        ({"highway": "motorway"}, (True, False)),
        ({"highway": "motorway_link"}, (True, False)),
        ({"highway": "motorway", "oneway": "no"}, (True, True)),
        ({"highway": "trunk"}, (True, True)),
    ],
)
def test_directions_by_car(tags, directions):
    told = rule("drive", **tags)
    assert (told.forward, told.backward) == directions
    assert told.is_open


def test_a_direction_that_changes_by_the_hour_is_left_out_and_said():
    told = rule("drive", oneway="reversible")
    assert not told.is_open
    assert told.left_out == "by_the_hour"
    assert rule("walk", oneway="reversible").is_open


def test_who_walks_goes_both_ways_and_bikes_where_they_are_let():
    for mode, tags, directions in [
        ("walk", {"oneway": "yes"}, (True, True)),
        ("bike", {"oneway": "yes"}, (True, False)),
        ("bike", {"oneway": "yes", "oneway__bicycle": "no"}, (True, True)),
        ("bike", {"oneway": "no", "oneway__bicycle": "yes"}, (True, False)),
        ("bike", {"oneway": "yes", "cycleway": "opposite"}, (True, True)),
        ("bike", {"oneway": "yes", "cycleway__left": "opposite_lane"}, (True, True)),
        ("bike", {"oneway": "yes", "cycleway": "lane"}, (True, False)),
        ("bike", {"oneway": "-1", "cycleway": "opposite_track"}, (True, True)),
    ]:
        told = rule(mode, **tags)
        assert (told.forward, told.backward) == directions, (mode, tags)


@pytest.mark.parametrize(
    ("mode", "tags", "is_open"),
    [
        ("drive", {"access": "private"}, False),
        ("drive", {"access": "no"}, False),
        ("drive", {"access": "agricultural"}, False),
        ("drive", {"access": "forestry"}, False),
        ("drive", {"access": "agricultural;forestry"}, False),
        ("drive", {"access": "private;customers"}, True),
        ("drive", {"access": "destination"}, True),
        ("drive", {"access": "permissive"}, True),
        ("drive", {"access": "customers"}, True),
        # one closed stretch of an edge that OSMnx merged
        ("drive", {"access": "['yes', 'no']"}, False),
        # the narrower key counts
        ("drive", {"access": "no", "motor_vehicle": "yes"}, True),
        ("drive", {"access": "yes", "vehicle": "no"}, False),
        ("drive", {"vehicle": "no", "motorcar": "yes"}, True),
        ("drive", {"motor_vehicle": "bus"}, False),
        ("drive", {"bicycle": "no", "foot": "no"}, True),
        ("drive", {"service": "emergency_access"}, False),
        ("drive", {"area": "yes"}, False),
        ("drive", {"highway": "footway"}, False),
        ("drive", {"highway": "construction"}, False),
        ("walk", {"access": "private"}, False),
        ("walk", {"access": "no", "foot": "yes"}, True),
        ("walk", {"foot": "no"}, False),
        ("walk", {"foot": "use_sidepath"}, False),
        ("walk", {"motor_vehicle": "no"}, True),
        ("walk", {"highway": "steps"}, True),
        ("walk", {"highway": "motorway", "foot": "yes"}, False),
        ("walk", {"highway": "trunk"}, False),
        ("walk", {"highway": "trunk", "foot": "yes"}, True),
        ("walk", {"highway": "trunk", "sidewalk": "left"}, True),
        ("walk", {"highway": "trunk", "sidewalk": "no"}, False),
        ("walk", {"highway": "trunk", "sidewalk__left": "yes"}, True),
        ("walk", {"highway": "trunk", "sidewalk__both": "yes"}, True),
        ("walk", {"highway": "trunk", "sidewalk__left": "no", "sidewalk__right": "yes"}, True),
        ("walk", {"highway": "trunk", "sidewalk__both": "no"}, False),
        # drawn on the map as a way of its own
        ("walk", {"highway": "trunk", "sidewalk": "separate"}, False),
        ("walk", {"highway": "trunk", "sidewalk": "['left', 'no']"}, False),
        ("walk", {"highway": "trunk", "sidewalk": "left", "foot": "no"}, False),
        ("walk", {"highway": "trunk", "cycleway": "lane"}, False),
        ("walk", {"highway": "cycleway"}, False),
        ("walk", {"highway": "cycleway", "foot": "designated"}, True),
        ("walk", {"motorroad": "yes"}, False),
        ("bike", {"highway": "steps"}, False),
        ("bike", {"highway": "motorway"}, False),
        ("bike", {"highway": "trunk"}, False),
        ("bike", {"highway": "trunk_link"}, False),
        ("bike", {"highway": "trunk", "bicycle": "yes"}, True),
        ("bike", {"highway": "trunk", "cycleway": "lane"}, True),
        ("bike", {"highway": "trunk", "cycleway__right": "track"}, True),
        ("bike", {"highway": "trunk", "cycleway__both": "no"}, False),
        ("bike", {"highway": "trunk", "cycleway": "separate"}, False),
        ("bike", {"highway": "trunk", "sidewalk": "both"}, False),
        ("bike", {"highway": "trunk", "motorroad": "yes"}, False),
        ("bike", {"highway": "footway"}, False),
        ("bike", {"highway": "footway", "bicycle": "yes"}, True),
        ("bike", {"highway": "footway", "bicycle": "no"}, False),
        ("bike", {"vehicle": "no", "bicycle": "yes"}, True),
        ("bike", {"vehicle": "no"}, False),
        ("bike", {"motor_vehicle": "no"}, True),
    ],
)
def test_who_may_go_there(mode, tags, is_open):
    assert rule(mode, **tags).is_open is is_open


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2:45", 9900),
        ("08:00", 28_800),
        ("00:10:30", 630),
        ("165", 9900),
        ("PT2H45M", 9900),
        ("PT50M", 3000),
        ("P1DT1H", 90_000),
        ("", None),
        ("P", None),
        ("0", None),
        ("2h45", None),
        ("1:75", None),
        ("²", None),
        ("99999999999", None),
        ("9" * 5000, None),
        ("9" * 5000 + ":00", None),
        ("PT" + "9" * 5000 + "H", None),
    ],
)
def test_durations(text, seconds):
    assert duration_s(text) == seconds


def test_a_ferry_takes_its_own_time_or_is_left_out():
    crossing = road_rule({"route": "ferry", "duration": "1:30"}, "drive")
    assert HIGHWAYS[crossing.highway] == "ferry"
    assert crossing.duration_s == 5400
    assert (crossing.forward, crossing.backward) == (True, True)
    assert road_rule({"route": "ferry"}, "drive").left_out == "ferry"
    assert road_rule({"route": "ferry", "duration": "court"}, "walk").left_out == "ferry"
    # a closed ferry is not missing a duration
    assert road_rule({"route": "ferry", "access": "private"}, "drive").left_out == ""
    # a route of another kind is no road
    assert not road_rule({"route": "bus", "duration": "1:30"}, "drive").is_open


@pytest.mark.parametrize(
    ("tags", "boards"),
    [
        ({}, {"drive", "walk", "bike"}),
        ({"foot": "yes"}, {"walk"}),
        ({"foot": "yes", "bicycle": "yes"}, {"walk", "bike"}),
        ({"motorcar": "yes"}, {"drive", "walk", "bike"}),
        ({"motor_vehicle": "no", "foot": "yes"}, {"walk"}),
        ({"motorcar": "yes", "foot": "no"}, {"drive", "bike"}),
        ({"access": "no"}, set()),
        # for walkers: the cars are kept out, and nobody is named
        ({"motor_vehicle": "no"}, {"walk", "bike"}),
        ({"vehicle": "no"}, {"walk"}),
        ({"foot": "no"}, {"drive", "bike"}),
        ({"bicycle": "no"}, {"drive", "walk"}),
        ({"motor_vehicle": "no", "bicycle": "no"}, {"walk"}),
        ({"access": "no", "foot": "yes"}, {"walk"}),
        ({"access": "no", "motorcar": "yes"}, {"drive"}),
    ],
)
def test_who_boards_a_ferry(tags, boards):
    ferry = {"route": "ferry", "duration": "10", **tags}
    assert {mode for mode in ("drive", "walk", "bike") if road_rule(ferry, mode).is_open} == boards


@pytest.mark.parametrize("mode", ["walk", "bike"])
def test_trunk_roads_left_out_in_doubt_are_said(mode):
    assert rule(mode, highway="trunk").left_out == "trunk"
    # no doubt: the road says itself that it is closed, or open
    key = {"walk": "foot", "bike": "bicycle"}[mode]
    for closed in ({"motorroad": "yes"}, {key: "no"}, {"access": "private"}):
        assert rule(mode, highway="trunk", **closed) == Rule()
    assert rule(mode, highway="trunk", **{key: "yes"}).left_out == ""
    assert rule("drive", highway="trunk", service="emergency_access").left_out == ""
    assert rule("walk", highway="cycleway").left_out == ""


def test_of_merged_classes_the_first_that_is_travelled_counts():
    merged = {"highway": "['footway', 'residential']"}
    assert HIGHWAYS[road_rule(merged, "drive").highway] == "residential"
    assert HIGHWAYS[road_rule(merged, "walk").highway] == "footway"
    assert not road_rule({}, "drive").is_open


def test_limits_cap_and_never_hurry():
    table = speed_table()
    rural, urban = table.kmh["secondary"]
    kmh = {
        limit: road_rule({"highway": "secondary", "maxspeed": limit}, "drive").kmh
        for limit in ("", "90", "FR:rural", "30", "20 mph", "none", "50;30")
    }
    assert kmh[""] == kmh["90"] == kmh["FR:rural"] == kmh["none"] == (rural, urban)
    assert kmh["30"] == pytest.approx((30 * table.driven_share,) * 2)
    assert kmh["20 mph"] == pytest.approx((32.18688 * table.driven_share, 32.18688 * 0.95))
    assert kmh["50;30"] == pytest.approx((40 * table.driven_share, urban))
    zoned = {"highway": "secondary", "source:maxspeed": "FR:zone30"}
    assert road_rule(zoned, "drive").kmh == kmh["30"]
    assert road_rule(zoned, "walk").kmh == (table.walk_kmh, table.walk_kmh)


def test_the_usual_limits_do_not_slow_the_class_they_go_with():
    table = speed_table()
    for highway, limit in [("motorway", "130"), ("trunk", "110"), ("primary", "80")]:
        told = road_rule({"highway": highway, "maxspeed": limit}, "drive")
        assert told.kmh == table.kmh[highway]


def test_ground_and_tracks_slow_down():
    table = speed_table()

    def kmh(mode: str = "drive", **tags: str) -> tuple[float, float]:
        return road_rule(tags, mode).kmh

    drive = table.modes["drive"]
    assert kmh(highway="track") == drive.kmh["track"]
    assert kmh(highway="track", tracktype="grade1")[0] == drive.tracktype_kmh["grade1"]
    assert kmh(highway="track", tracktype="grade5")[0] < drive.kmh["track"][1]
    assert kmh(highway="track", surface="asphalt") == kmh(highway="track", tracktype="grade1")
    assert kmh(highway="track", tracktype="grade1", surface="mud")[0] == drive.surface_kmh["mud"]
    assert kmh(highway="unclassified", surface="gravel") == (
        drive.surface_kmh["gravel"],
        drive.kmh["unclassified"][1],
    )
    assert kmh(highway="unclassified", surface="asphalt") == drive.kmh["unclassified"]
    assert kmh(highway="unclassified", surface="asphalt;sand")[0] == drive.surface_kmh["sand"]
    assert kmh("bike", highway="path", surface="sand") == (5.0, 5.0)
    assert kmh("bike", highway="path", bicycle="dismount") == (table.walk_kmh, table.walk_kmh)
    # walkers don't mind
    assert kmh("walk", highway="track", surface="mud", tracktype="grade5")[0] == table.walk_kmh
    assert kmh("walk", highway="steps")[0] < table.walk_kmh
