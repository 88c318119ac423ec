"""Hours within reach, on a town worked by hand and against the union counted slot by slot."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.model.opening import EVENINGS, SATURDAY, Week
from coverage.need.hours import OpenHours, open_hours
from coverage.need.reach import Reach

TOWN = Path(__file__).parent / "towns" / "market_day"
OPENINGS = (
    None,
    "sur rendez-vous",
    "Mo-Fr 09:00-12:00",
    "Mo-Fr 09:00-12:00,14:00-17:00",
    "Tu,Sa 10:00-19:15",
    "Fr 17:00-21:00; Su 22:00-26:00",
    "24/7",
)


def _reach(points: list[str], openings: dict[str, str | None], costs: pd.DataFrame) -> Reach:
    sites = pd.DataFrame({"site_id": list(openings), "opening": list(openings.values())})
    sites["opening"] = sites["opening"].astype(object)
    costs = costs.astype({"cost_ds": np.int32})
    return Reach.of(gpd.GeoDataFrame({"demand_id": points}), gpd.GeoDataFrame(sites), costs)


def _town() -> tuple[Reach, pd.DataFrame]:
    sites = pd.read_csv(TOWN / "sites.csv", dtype=str, keep_default_na=False)
    expected = pd.read_csv(TOWN / "expected.csv")
    openings = {row.site_id: row.opening or None for row in sites.itertuples()}
    costs = pd.read_csv(TOWN / "costs.csv")
    return _reach(expected["demand_id"].tolist(), openings, costs), expected


def test_the_town_worked_by_hand() -> None:
    reach, expected = _town()
    hours = open_hours(reach, np.ones(4, dtype=bool), minutes=20)
    for name in ("week", "evening", "saturday"):
        np.testing.assert_array_equal(getattr(hours, name), expected[name], name)
    assert hours.unknown_sites == 1


def test_only_the_sites_of_the_mask_count() -> None:
    reach, _ = _town()
    hours = open_hours(reach, np.array([False, True, False, False]), minutes=20)
    assert hours.week.tolist() == [12.5, 0, 0, 0, 0]
    assert hours.unknown_sites == 0


def test_nobody_and_nothing() -> None:
    nothing = pd.DataFrame({"demand_id": [], "site_id": [], "cost_ds": []})
    reach = _reach(["a"], {"s": None}, nothing)
    hours = open_hours(reach, np.zeros(1, dtype=bool), minutes=20)
    assert (hours.week.tolist(), hours.unknown_sites) == ([0.0], 0)
    hours = open_hours(reach, np.ones(1, dtype=bool), minutes=20)
    assert (hours.week.tolist(), hours.unknown_sites) == ([0.0], 1)
    hours = open_hours(_reach([], {}, nothing), np.zeros(0, dtype=bool), minutes=20)
    assert len(hours.week) == 0


@st.composite
def _cases(draw: st.DrawFn) -> tuple[list[str | None], np.ndarray]:
    """Openings of some sites, and the times from five homes in deciseconds (-1 = no pair)."""
    openings = draw(st.lists(st.sampled_from(OPENINGS), min_size=1, max_size=5))
    times = st.lists(st.integers(-1, 4), min_size=5, max_size=5)
    ds = draw(st.lists(times, min_size=len(openings), max_size=len(openings)))
    return openings, np.array(ds) * 6000


def _reach_of(openings: list[str | None], ds: np.ndarray) -> Reach:
    site, point = np.nonzero(ds >= 0)
    costs = pd.DataFrame({"demand_id": point, "site_id": site, "cost_ds": ds[site, point]})
    return _reach(list(range(ds.shape[1])), dict(enumerate(openings)), costs)


def _asked(openings: list[str | None], ds: np.ndarray, minutes: float = 20) -> OpenHours:
    return open_hours(_reach_of(openings, ds), np.ones(len(openings), bool), minutes=minutes)


@given(_cases(), st.sampled_from([0, 10, 20, 30, 40]))
def test_hours_are_those_of_the_joined_week(case: tuple, minutes: int) -> None:
    openings, ds = case
    hours = _asked(openings, ds, minutes)
    for home in range(5):
        near = [k for k in range(len(openings)) if 0 <= ds[k, home] <= 600 * minutes]
        weeks = [Week.parse(openings[k] or "") for k in near]
        joined = Week.of(
            (day, *span) for week in weeks if week for day in range(7) for span in week.days[day]
        )
        told = [joined.hours(part) for part in (None, EVENINGS, SATURDAY)] if joined else [0.0] * 3
        unknown_only = bool(near) and not joined
        found = [hours.week[home], hours.evening[home], hours.saturday[home]]
        np.testing.assert_array_equal(found, [np.nan] * 3 if unknown_only else told)
    assert hours.unknown_sites == sum(Week.parse(text or "") is None for text in openings)


@given(_cases(), st.sampled_from(OPENINGS), st.lists(st.integers(-1, 4), min_size=5, max_size=5))
def test_one_more_place_never_gives_fewer_hours(
    case: tuple, opening: str | None, times: list[int]
) -> None:
    openings, ds = case
    fewer = _asked(openings, ds)
    more = _asked([*openings, opening], np.vstack([ds, np.array(times) * 6000]))
    for name in ("week", "evening", "saturday"):
        assert (np.nan_to_num(getattr(more, name)) >= np.nan_to_num(getattr(fewer, name))).all()


@given(_cases(), st.integers(0, 40), st.integers(0, 40))
def test_a_longer_limit_never_gives_fewer_hours(case: tuple, one: int, other: int) -> None:
    shorter, longer = (_asked(*case, minutes) for minutes in sorted((one, other)))
    for name in ("week", "evening", "saturday"):
        assert (np.nan_to_num(getattr(longer, name)) >= np.nan_to_num(getattr(shorter, name))).all()


@given(_cases(), st.randoms(use_true_random=False))
def test_the_order_of_the_places_changes_nothing(case: tuple, random) -> None:
    openings, ds = case
    order = random.sample(range(len(openings)), len(openings))
    one, other = _asked(openings, ds), _asked([openings[k] for k in order], ds[order])
    np.testing.assert_array_equal(one.week, other.week)


@pytest.mark.parametrize(
    ("ds", "found"), [(12000, 15.0), (12001, 0.0)], ids=["at the limit", "a tenth beyond"]
)
def test_the_limit_is_within_reach(ds: int, found: float) -> None:
    assert _asked(["Mo-Fr 09:00-12:00"], np.array([[ds]])).week.tolist() == [found]
