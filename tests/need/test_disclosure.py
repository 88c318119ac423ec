"""Blocks, releases, zones and months: what may be told of detections, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from coverage.base.crs import WGS84
from coverage.model.detections import NEVER_SOUNDED, NO_BUREAU, SOUNDED
from coverage.model.raw_detections import RawDetections
from coverage.model.tables import check, empty
from coverage.need.disclosure import Published, protect
from coverage.need.disclosure.audit import Audit
from tests.need.counters import Counters, invented

#: Detections of six communes in a row, by month; everybody else tested is four times as many.
ROW = (12, 3, 9, 20, 4, 15)
#: Where the communes end: each is narrower than the one before, so the next is the nearest.
BORDERS = (9.0, 9.06, 9.115, 9.165, 9.21, 9.25, 9.285)


def codes(count: int) -> list[str]:
    return [f"2A{k + 1:03d}" for k in range(count)]


def row_of(*months: tuple[int | None, ...], rest: int = 4) -> Counters:
    """Return communes in a row, one counter each, and detections by month (None: no presence)."""
    size = len(months[0])
    names = codes(size)
    communes = gpd.GeoDataFrame(
        {
            "code_insee": names,
            "nom": [f"Commune {k + 1}" for k in range(size)],
            "population": [100 * (k + 1) for k in range(size)],
        },
        geometry=[
            shapely.box(west, 42, east, 42.05) for west, east in pairwise(BORDERS[: size + 1])
        ],
        crs=WGS84,
    )
    bureaux = gpd.GeoDataFrame(
        {"id_bureau": names, "nom": names, "code_insee": names},
        geometry=shapely.centroid(communes.geometry.to_numpy()),
        crs=WGS84,
    )
    starts = pd.date_range("2023-01-01", periods=len(months), freq="MS")
    rows = [
        (name, start, start + pd.offsets.MonthEnd(1), 10, (1 + rest) * count, count, count // 2)
        for start, month in zip(starts, months, strict=True)
        for name, count in zip(names, month, strict=True)
        if count is not None
    ]
    counted = ["jours_presence", "tests", "detections", "orientations"]
    counts = pd.DataFrame(rows, columns=["id_bureau", "debut", "fin", *counted])
    counts = counts.astype(dict.fromkeys(counted, "Int64"))
    return Counters(communes, zoned(departement=[names]), bureaux, counts)


def zoned(**zonings: list[list[str]]) -> pd.DataFrame:
    rows = [
        (zoning, f"{zoning}-{number}", f"{zoning} {number}", code)
        for zoning, zones in zonings.items()
        for number, zone in enumerate(zones)
        for code in zone
    ]
    return pd.DataFrame(rows, columns=["zoning", "zone_id", "nom", "code_insee"])


def release(
    territory: Counters, months: int = 24, before: Published | None = None, **options: int
) -> Published:
    raw = territory.until(months)
    return protect(raw, territory.communes, territory.zonings, before, metric_epsg=2154, **options)


def block_sets(told: Published) -> set[frozenset[str]]:
    groups = told.communes.groupby("block_id")["code_insee"]
    return {frozenset(members) for _, members in groups}


def numbered(*numbers: int) -> frozenset[str]:
    return frozenset(f"2A{number:03d}" for number in numbers)


def test_small_communes_join_the_nearest() -> None:
    # Fewest inhabitants first: 2 (3 detections) goes with 3, nearer than 1, which makes 12 of them;
    # then 5 (4) with 6.
    told = release(row_of(ROW))
    assert block_sets(told) == {numbered(1), numbered(2, 3), numbered(4), numbered(5, 6)}
    assert told.blocks["detections"].tolist() == [12, 12, 20, 19]
    assert told.blocks["tests"].tolist() == [60, 60, 100, 95]
    assert told.blocks["nom"].tolist()[:2] == ["Commune 1", "Commune 3 et 1 autre"]


def test_as_many_without_detection_are_needed() -> None:
    # One in two is detected: 12 with, 12 without; one and a half: 12 with, 6 without.
    assert len(release(row_of((12, 12), rest=1)).blocks) == 2
    few = row_of((12, 12), (0, 0))
    counts = few.counts.assign(tests=few.counts["detections"] + 6)
    assert len(release(replace(few, counts=counts)).blocks) == 2  # 6 + 6 in two months
    assert len(release(replace(few, counts=counts), 1).blocks) == 1


def test_exactly_the_threshold_is_told() -> None:
    assert len(release(row_of((11, 11))).blocks) == 2
    assert len(release(row_of((11, 10, 1))).blocks) == 2
    assert len(release(row_of((11, 11)), threshold=12).blocks) == 1


def test_too_few_in_all_tell_nothing_until_they_are_enough() -> None:
    territory = row_of((3, 4), (2, 9))
    nothing = release(territory, 1)
    assert all(table.empty for table in (nothing.blocks, nothing.released, nothing.trend))
    zone = nothing.protected().zones.iloc[0]
    assert (zone["detections_mark"], zone["tests_mark"]) == ("s", "s")
    assert zone[["detections", "tests", "rate"]].isna().all()
    funnel = nothing.protected().funnel.set_index("step")
    assert funnel.loc["detections", "mark"] == "s"
    assert nothing.protected().rate_by_commune().isna().all()
    later = release(territory, 24, nothing)
    assert later.blocks["detections"].tolist() == [18]


def test_nobody_sounded() -> None:
    territory = row_of((0, 0))
    absent = territory.counts.assign(jours_presence=0).astype(territory.counts.dtypes)
    told = release(replace(territory, counts=absent)).protected()
    assert told.zones["detections_mark"].tolist() == ["n.d."]
    assert told.communes["sounding"].tolist() == [NEVER_SOUNDED] * 2
    assert not told.communes["served"].any()


def test_never_sounded_is_no_zero() -> None:
    territory = row_of((20, None, None, 30))
    bureaux = territory.bureaux[territory.bureaux["code_insee"] != "2A003"]
    told = release(replace(territory, bureaux=bureaux)).protected()
    assert told.communes["sounding"].tolist() == [SOUNDED, NEVER_SOUNDED, NO_BUREAU, SOUNDED]
    # The third commune has no counter: the fourth's is nearer than the second's.
    assert told.communes["served"].tolist() == [True, False, True, True]
    assert told.rate_by_commune().notna().tolist() == [True, False, True, True]


def test_unknown_tests_are_not_available() -> None:
    territory = row_of(ROW)
    territory.counts.loc[0, "tests"] = pd.NA
    told = release(territory)
    assert told.blocks["tests_mark"].tolist() == ["n.d.", "", "", ""]
    assert told.protected().zones["tests_mark"].tolist() == ["n.d."]


def test_a_block_moves_by_none_or_eleven() -> None:
    territory = row_of((20, 20), (0, 3), (0, 9), (0, 0))
    first = release(territory, 1)
    second = release(territory, 2, first)
    assert second.release == 1  # 3 more: held; none more: stands too
    assert second.blocks.equals(first.blocks)
    third = release(territory, 3, second)
    assert third.release == 2
    assert third.blocks["detections"].tolist() == [20, 32]
    assert third.blocks["release"].tolist() == [1, 2]
    assert third.blocks["until"].dt.month.tolist() == [1, 3]
    assert release(territory, 4, third).release == 2


def test_the_same_counts_are_the_same_release() -> None:
    territory = row_of(ROW)
    told = release(territory)
    again = release(territory, 24, told)
    for name in ("blocks", "communes", "zones", "trend", "funnel", "released", "release"):
        assert same(getattr(again, name), getattr(told, name)), name


def same(one: object, other: object) -> bool:
    return one.equals(other) if isinstance(one, pd.DataFrame) else one == other


def test_blocks_are_frozen() -> None:
    territory = row_of(ROW, (50, 50, 50, 50, 50, 50))
    first = release(territory, 1)
    second = release(territory, 2, first)
    assert block_sets(second) == block_sets(first)
    assert second.blocks["detections"].tolist() == [62, 112, 70, 119]
    assert second.blocks["nom"].equals(first.blocks["nom"])


def test_the_threshold_is_frozen_too() -> None:
    territory = row_of(ROW)
    with pytest.raises(ValueError, match="threshold"):
        release(territory, 24, release(territory), threshold=20)


def changed(territory: Counters, **columns: list[int | None]) -> Counters:
    """Return the territory with some of its columns of counts replaced."""
    counts = territory.counts.assign(**{name: pd.array(v, "Int64") for name, v in columns.items()})
    return replace(territory, counts=counts)


def test_a_corrected_count_that_went_down_stands_until_it_is_up_again() -> None:
    territory = row_of((40, 40))
    first = release(territory)
    less = changed(territory, detections=[38, 20], tests=[198, 180], orientations=[19, 10])
    second = release(less, 24, first)
    assert second.blocks["detections"].tolist() == [40, 40]
    more = changed(territory, detections=[51, 42], tests=[300, 300], orientations=[25, 20])
    assert release(more, 24, second).blocks["detections"].tolist() == [51, 40]


def test_rows_that_go_and_come_back_give_no_count_away() -> None:
    territory = row_of((30, 20), (30, 20), (3, 20))
    first = release(territory, 2)
    gone = replace(territory, counts=territory.counts.drop(index=0).reset_index(drop=True))
    second = release(gone, 2, first)
    third = release(territory, 3, second)
    told = [of.blocks["detections"].tolist() for of in (first, second, third)]
    assert told == [[60, 40], [60, 40], [60, 60]]


def test_what_was_unknown_or_went_down_once_is_unknown_from_then_on() -> None:
    territory = row_of((40, 40), (40, 40))
    known = territory.counts["tests"].tolist()
    first = release(changed(territory, tests=[None, *known[1:]]), 1)
    assert first.blocks["tests_mark"].tolist() == ["n.d.", ""]
    second = release(territory, 24, first)
    assert second.blocks["detections"].tolist() == [80, 80]
    assert second.blocks["tests_mark"].tolist() == ["n.d.", ""]
    assert second.trend["tests"].isna().tolist() == [True, True]

    first = release(territory, 1)
    second = release(changed(territory, orientations=[19, 20, 20, 20]), 24, first)
    assert first.blocks["orientations"].tolist() == [20, 20]
    assert second.blocks["orientations"].tolist() == [39, 40]  # more than 20, if less in January
    less = changed(territory, detections=[90, 90, 40, 40], orientations=[19, 55, 1, 20])
    less = changed(less, tests=[900, 900, 200, 200])
    third = release(less, 24, second)
    assert third.blocks["detections"].tolist() == [130, 130]
    assert third.blocks["orientations_mark"].tolist() == ["n.d.", ""]


def test_few_that_are_not_oriented_are_hidden_too() -> None:
    territory = changed(row_of((30, 40, 50)), orientations=[26, 20, 25])
    assert release(territory).blocks["orientations_mark"].tolist()[0] == "s"


def test_a_counter_gone_from_the_file_leaves_its_block_as_it_was() -> None:
    territory = row_of((40, 40))
    first = release(territory)
    gone = replace(territory, counts=territory.counts.iloc[:1])
    assert release(gone, 24, first).blocks["detections"].tolist() == [40, 40]


def test_a_zone_that_gives_a_commune_away_is_hidden() -> None:
    # Blocks {1} and {2, 3}: 15 and 5 + 20. The zone {1, 2} holds 20: less block {1}, 5 are left.
    # The zone {3} holds 20 of the 25 of its block: 5 are left too.
    territory = row_of((15, 5, 20))
    assert block_sets(release(territory)) == {numbered(1), numbered(2, 3)}
    zonings = zoned(departement=[codes(3)], epci=[["2A001", "2A002"], ["2A003"]])
    told = release(replace(territory, zonings=zonings)).protected()
    zones = told.zones.set_index("zone_id")
    assert zones.loc["departement-0", "detections"] == 40
    for zone in ("epci-0", "epci-1"):
        assert zones.loc[zone, ["detections_mark", "tests_mark"]].tolist() == ["s", "s"]
        assert zones.loc[zone, ["detections", "tests", "orientations", "rate"]].isna().all()


def test_a_zone_that_gives_nothing_away_is_told() -> None:
    territory = row_of((30, 40, 20, 50))
    zonings = zoned(departement=[codes(4)], frr=[codes(2), codes(4)[2:]])
    zones = release(replace(territory, zonings=zonings)).protected().zones.set_index("zone_id")
    assert zones["detections"].to_dict() == {"departement-0": 140, "frr-0": 70, "frr-1": 70}
    assert zones.loc["frr-0", "rate"] == pytest.approx(70 / 20)


def test_few_oriented_are_hidden_with_what_gives_them_away() -> None:
    territory = row_of((30, 40, 50))
    oriented = territory.counts.assign(orientations=[15, 4, 25])
    told = release(replace(territory, counts=oriented.astype(territory.counts.dtypes)))
    # 4 in the second block, or 44 - 15 - 25 = 4 by the territory's.
    marks = told.blocks["orientations_mark"].tolist()
    whole = told.protected().zones["orientations_mark"].tolist()
    assert marks[1] == "s"
    assert [*marks, *whole].count("s") >= 2
    assert told.blocks["oriented_share"].isna().equals(told.blocks["orientations"].isna())


def test_the_months_add_up_to_what_the_blocks_tell() -> None:
    territory = row_of((12, 5), (2, 3), (4, 4), (30, 20), (1, 0))
    told = release(territory)
    assert told.trend["detections"].tolist() == [17, 13, 51]
    assert told.trend["since"].dt.month.tolist() == [1, 2, 4]
    assert told.trend["until"].dt.month.tolist() == [1, 3, 5]
    assert told.trend["days"].tolist() == [20, 40, 40]


def test_told_months_stand_and_late_rows_come_in_the_next() -> None:
    territory = row_of((20, 20), (20, 20), (20, 20))
    late = territory.counts.drop(index=2).reset_index(drop=True)  # the first's second month
    first = release(replace(territory, counts=late), 2)
    second = release(territory, 3, first)
    assert first.trend["detections"].tolist() == [40, 20]
    assert second.trend["detections"].tolist() == [40, 20, 60]
    assert second.trend["days"].tolist() == [20, 10, 30]


def test_rows_of_several_months_stay_together() -> None:
    territory = row_of((20, 20), (20, 20), (20, 20))
    territory.counts.loc[0, "fin"] = pd.Timestamp("2023-02-15")
    assert release(territory).trend["detections"].tolist() == [80, 40]


def test_a_free_area_is_answered_by_whole_blocks() -> None:
    told = release(row_of(ROW)).protected()
    answer = told.within(shapely.box(8.9, 41.9, 9.251, 42.1))  # communes 1 to 5
    assert (answer.detections, answer.tests, answer.days) == (44, 220, 40)
    part = told.within(shapely.box(8.9, 41.9, 9.12, 42.1))  # 1, 2 and a part of 3
    assert part == (("bloc:2A001",), 10, 12, 60, None)
    assert told.within(shapely.box(8.9, 41.9, 9.01, 42.1)) == ((), 0, 0, None, None)
    assert told.among(codes(6)[:5]) == answer
    assert told.among([]).block_ids == ()


def test_what_protection_costs() -> None:
    sharing = release(row_of((12, 3, 9, 20, None, 15))).protected().sharing()
    assert sharing == (6, 4, 5, 2)


def test_what_followed_is_told_from_eleven_on() -> None:
    territory = row_of(ROW)
    activity = pd.DataFrame(
        {
            "lieu": ["", "Laplume"],
            "debut": pd.to_datetime(["2023-01-01", "2023-02-01"]),
            "fin": pd.to_datetime(["2023-01-31", "2023-02-28"]),
            "detections": pd.array([None, None], "Int64"),
            "accompagnements": pd.array([6000, 997], "Int64"),
            "ateliers": pd.array([2, 1], "Int64"),
            "stagiaires": pd.array([7, 3], "Int64"),
        }
    )
    raw = RawDetections(territory.counts, territory.bureaux, activity)
    told = protect(raw, territory.communes, territory.zonings, None, metric_epsg=2154)
    steps = told.protected().funnel.set_index("step")
    assert steps.loc[["detections", "accompagnements", "ateliers"], "count"].tolist() == [
        63,
        6997,
        3,
    ]
    assert steps.loc["stagiaires", "mark"] == "s"
    more = activity.assign(accompagnements=pd.array([6000, 1002], "Int64"))
    raw = RawDetections(territory.counts, territory.bureaux, more)
    later = protect(raw, territory.communes, territory.zonings, told, metric_epsg=2154)
    assert later.protected().funnel.set_index("step").loc["accompagnements", "count"] == 6997
    # 6,997, then 1,000 less, then 5 more than at first: every figure told can be subtracted.
    for total, told_then in ((4999, 5998), (6003, 5998)):
        other = activity.assign(accompagnements=pd.array([total, 999], "Int64"))
        raw = RawDetections(territory.counts, territory.bureaux, other)
        later = protect(raw, territory.communes, territory.zonings, later, metric_epsg=2154)
        steps = later.protected().funnel.set_index("step")
        assert steps.loc["accompagnements", "count"] == told_then


def test_activity_alone_tells_nothing_of_the_counters() -> None:
    territory = row_of(ROW)
    activity = pd.DataFrame(
        {
            "lieu": [""],
            "debut": pd.to_datetime(["2022-01-01"]),
            "fin": pd.to_datetime(["2022-12-31"]),
            "detections": pd.array([823], "Int64"),
            "accompagnements": pd.array([6997], "Int64"),
            "ateliers": pd.array([254], "Int64"),
            "stagiaires": pd.array([347], "Int64"),
        }
    )
    alone = RawDetections(territory.counts.iloc[:0], territory.bureaux, activity)

    def publish(raw: RawDetections, before: Published | None) -> Published:
        return protect(raw, territory.communes, territory.zonings, before, metric_epsg=2154)

    for before in (None, release(territory)):
        told = publish(alone, before).protected()
        assert not told.loaded
        assert told.funnel["count"].dropna().tolist() == [823, 6997, 254, 347]
    # What was told of the counters is kept for the releases to come.
    again = publish(territory.until(24), publish(alone, release(territory)))
    assert again.protected().loaded
    assert again.release == 1


def test_a_small_count_is_no_protected_one() -> None:
    told = release(row_of(ROW)).protected()
    told.blocks.loc[0, "orientations"] = 10
    with pytest.raises(ValueError, match="threshold"):
        replace(told)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_and_the_names_of_bureaux_change_nothing(seed, shuffle) -> None:
    territory = invented(seed, side=5)
    rows = list(territory.counts.index)
    shuffle.shuffle(rows)
    names = {name: f"bureau {k}" for k, name in enumerate(territory.bureaux["id_bureau"])}
    other = replace(
        territory,
        communes=territory.communes.iloc[::-1].reset_index(drop=True),
        counts=territory.counts.loc[rows].assign(id_bureau=lambda t: t["id_bureau"].map(names)),
        bureaux=territory.bureaux.assign(id_bureau=lambda t: t["id_bureau"].map(names)),
    )
    one, same = release(territory), release(other)
    for name in ("communes", "zones", "trend", "released"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(same, name))
    assert one.blocks.drop(columns="geometry").equals(same.blocks.drop(columns="geometry"))


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000))
def test_every_told_count_is_of_eleven_or_more_in_one_piece(seed: int) -> None:
    territory = invented(seed, side=6)
    first = release(territory, 8)
    second = release(territory, 24, first)
    assert block_sets(first) == block_sets(second) or first.blocks.empty
    for name in ("communes", "zones", "trend", "funnel", "blocks"):
        check(f"detection_{name}", getattr(second, name))
    check("detections_released", second.released)
    told = second.protected()
    if told.blocks.empty:
        return
    assert set(told.communes["code_insee"]) == set(territory.communes["code_insee"])
    assert (told.blocks["detections"] >= 11).all()
    assert (told.blocks["tests"] - told.blocks["detections"] >= 11).all()
    whole = told.zones[told.zones["zoning"] == "departement"].iloc[0]
    assert whole["detections"] == told.blocks["detections"].sum()
    pieces = told.blocks.to_crs(2154).geometry.buffer(1).explode().groupby(level=0).size()
    land = territory.communes.to_crs(2154).geometry.buffer(1).union_all()
    islands = len(getattr(land, "geoms", [land]))
    assert pieces.sum() <= len(told.blocks) + islands - 1


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_the_audit_says_what_two_linear_programs_say(seed: int) -> None:
    rng = np.random.default_rng(seed)
    size = int(rng.integers(3, 9))
    counts = rng.integers(0, 15, size).astype(float)
    facts = [np.flatnonzero(rng.random(size) < 0.5) for _ in range(int(rng.integers(1, 5)))]
    facts = [fact for fact in facts if len(fact)]
    watched = [np.array([k]) for k in range(size)]
    audit = Audit(counts, watched)
    for fact in facts:
        audit.tell(fact)
    matrix = np.array([[float(k in fact) for k in range(size)] for fact in facts]).reshape(-1, size)
    totals = matrix @ counts
    for at in range(size):
        cost = np.zeros(size)
        cost[at] = 1.0
        told = {"A_eq": matrix, "b_eq": totals} if len(facts) else {}
        low = linprog(cost, **told).fun
        most = linprog(-cost, **told)
        high = np.inf if most.status == 3 else -most.fun
        assert (audit.leak(at, 11) is None) == (high - low >= 11 - 1e-6)


def test_nothing_counted_at_all() -> None:
    territory = row_of((None, None))
    raw = RawDetections(territory.counts, territory.bureaux.iloc[:0], empty("activity"))
    told = protect(raw, territory.communes, territory.zonings, None, metric_epsg=2154).protected()
    assert not told.loaded
    assert told.funnel["mark"].unique().tolist() == ["n.d."]
