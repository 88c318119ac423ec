"""People across the border: where they are taken to live, and what they take of the places."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, box

from coverage.model.params import DECAYS
from coverage.model.services import ServiceTable
from coverage.model.tables import check
from coverage.need.access import (
    NATURAL_MINUTES,
    access_from,
    access_of,
    e2sfca,
    ratios_of,
    unreached_supply,
)
from coverage.need.areas import Areas
from coverage.need.outside import outside_points, rivals_in_need
from coverage.need.points import MODES, Ground
from coverage.need.reach import Reach
from coverage.need.uncertainty import FURTHEST_MINUTES, access_by_range, ranges_minutes

BORDER = Path(__file__).parent / "towns" / "border"


class Border:
    """The town at a border."""

    def __init__(self) -> None:
        points, sites, times, outside, times_outside, self.expected = (
            pd.read_csv(BORDER / f"{name}.csv", dtype={"code_insee": str})
            for name in ("points", "sites", "times", "outside", "times_outside", "expected")
        )
        self.supply = sites["supply"].to_numpy(float)
        places = gpd.GeoDataFrame(sites.rename(columns={"site": "site_id"}))
        homes = points.rename(columns={"point": "demand_id"})
        self.here = self._reach(homes, places, times.rename(columns={"point": "demand_id"}))
        shapes = gpd.points_from_xy([0.0] * len(outside), [45.0] * len(outside))
        around = gpd.GeoDataFrame(outside, geometry=shapes, crs=4326)
        named = times_outside.rename(columns={"code_insee": "demand_id"})
        self.there = self._reach(rivals_in_need(around, self.here.demand), places, named)

    @staticmethod
    def _reach(homes: pd.DataFrame, places: gpd.GeoDataFrame, times: pd.DataFrame) -> Reach:
        return Reach.of(
            gpd.GeoDataFrame(homes),
            places,
            times.rename(columns={"site": "site_id", "ds": "cost_ds"}),
        )

    def told(self, who: str, column: str) -> np.ndarray:
        return self.expected.loc[self.expected["who"] == who, column].to_numpy()


@pytest.fixture(scope="module")
def border() -> Border:
    return Border()


def some_reach(seed: int, points: int, places: int) -> Reach:
    generator = np.random.default_rng(seed)
    near = generator.random((places, points)) < 0.6
    place, point = np.nonzero(near)
    need = generator.uniform(0, 100, points) * (generator.random(points) < 0.8)
    return Reach(
        gpd.GeoDataFrame({"need": need}),
        gpd.GeoDataFrame(index=range(places)),
        np.concatenate(([0], np.cumsum(near.sum(axis=1)))),
        point.astype(np.int32),
        generator.integers(0, 24_000, place.size).astype(np.int32),
    )


def test_their_need_is_the_territory_s_mean(border):
    assert border.there.demand["need"].tolist() == [80, 20]
    empty = border.here.demand.assign(persons=0.0, need=0.0)
    around = border.there.demand.rename(columns={"demand_id": "code_insee"})
    assert rivals_in_need(around, empty)["need"].tolist() == [0, 0]


@pytest.mark.parametrize("decay", ["apl2012", "linear"])
def test_a_border_worked_by_hand(border, decay):
    here, there, supply = border.here, border.there, border.supply
    shared = access_of(here, supply, decay=decay, rivals=there)
    assert shared == pytest.approx(border.told("here", decay), abs=5e-8)
    alone = access_of(here, supply, decay=decay)
    assert alone == pytest.approx(border.told("here", f"{decay}_alone"), abs=5e-8)
    theirs = access_of(there, supply, decay=decay, rivals=here)
    assert theirs == pytest.approx(border.told("there", decay), abs=5e-8)
    received = shared @ here.demand["need"] + theirs @ there.demand["need"]
    assert received == pytest.approx(213)
    for rivals, lost in ((None, [0, 0, 20]), (there, [0, 0, 0])):
        ratios = ratios_of(here, supply, decay=decay, rivals=rivals)
        assert unreached_supply(ratios, supply).tolist() == lost


def test_who_walks_finds_the_places_shared_with_them(border):
    """On foot Lisière is 15 minutes from Pont and Cœur 24 from Halle; R is 1 and 0.7 by car."""
    here = border.here
    times = pd.DataFrame({"demand_id": [0, 1], "site_id": [0, 1], "cost_ds": [9_000, 14_400]})
    on_foot = Reach.of(here.demand, here.sites, times)
    reaches = dict.fromkeys(MODES, here) | {"walk": on_foot}
    posts = np.zeros(border.supply.size)
    ground = Ground(reaches, ServiceTable.load(), border.supply, posts, border.there)
    ratios = ground.ratios("linear")
    assert ratios == pytest.approx([1, 0.7, 0.3])
    assert access_from(ratios, here, decay="linear") == pytest.approx(border.told("here", "linear"))
    assert access_from(ratios, on_foot, decay="linear") == pytest.approx([1 / 2, 0.7 / 5])


@given(st.integers(0, 2**16), st.integers(0, 9), st.integers(0, 9), st.sampled_from(DECAYS))
def test_supply_is_conserved_over_both_sides(seed, ours, theirs, decay):
    here, there = some_reach(seed, ours, 6), some_reach(seed + 1, theirs, 6)
    supply = np.random.default_rng(seed).uniform(0, 50, 6)
    received = sum(
        own.demand["need"] @ access_of(own, supply, decay=decay, rivals=rivals)
        for own, rivals in ((here, there), (there, here))
    )
    lost = unreached_supply(ratios_of(here, supply, decay=decay, rivals=there), supply).sum()
    assert received + lost == pytest.approx(supply.sum())


@given(st.integers(0, 2**16), st.integers(1, 9), st.integers(0, 9), st.sampled_from(DECAYS))
def test_it_is_the_access_of_one_country(seed, ours, theirs, decay):
    """Without a border, the people of both sides are one population."""
    here, there = some_reach(seed, ours, 6), some_reach(seed + 1, theirs, 6)
    supply = np.random.default_rng(seed).uniform(0, 50, 6)
    point, ds, sizes = [], [], []
    for place in range(6):
        for side, shift in ((here, 0), (there, ours)):
            row = slice(side.ptr[place], side.ptr[place + 1])
            point.append(side.point[row] + shift)
            ds.append(side.ds[row])
        sizes.append(point[-1].size + point[-2].size)
    whole = e2sfca(
        np.concatenate(([0], np.cumsum(sizes))),
        np.concatenate(point),
        np.concatenate(ds),
        np.concatenate((here.demand["need"], there.demand["need"])),
        supply,
        decay=decay,
    )
    found = access_of(here, supply, decay=decay, rivals=there)
    assert found == pytest.approx(whole[:ours], rel=1e-12)


@given(st.integers(0, 2**16), st.sampled_from(DECAYS))
def test_rivals_only_take_and_nobody_takes_nothing(seed, decay):
    here, there = some_reach(seed, 8, 5), some_reach(seed + 1, 4, 5)
    supply = np.random.default_rng(seed).uniform(0, 50, 5)
    alone = access_of(here, supply, decay=decay)
    in_need = here.demand["need"].to_numpy() > 0
    shared = access_of(here, supply, decay=decay, rivals=there)
    assert (shared[in_need] <= alone[in_need]).all()
    nobody = access_of(here, supply, decay=decay, rivals=some_reach(seed, 0, 5))
    assert nobody.tolist() == alone.tolist()


def test_rivals_of_other_places_are_refused():
    with pytest.raises(ValueError, match="other places"):
        access_of(some_reach(1, 4, 5), np.ones(5), rivals=some_reach(1, 4, 6))


@pytest.mark.parametrize("decay", DECAYS)
def test_every_draw_of_a_rank_has_the_rivals(border, decay):
    here, there, supply = border.here, border.there, border.supply
    areas = Areas(("lisiere", "coeur"), np.arange(2), np.arange(2), np.ones(2))
    ranges, access = access_by_range(here, supply, areas, decay=decay, rivals=there)
    for row in (0, ranges.size // 2, ranges.size - 1):
        told = access_of(here, supply, decay=decay, minutes=ranges[row], rivals=there)
        assert access[row] == pytest.approx(1000 * told)


def test_no_draw_looks_further_than_the_costs_outside_go():
    assert max(ranges_minutes(decay)[-1] for decay in NATURAL_MINUTES) == FURTHEST_MINUTES == 35


def communes(*shapes: object) -> gpd.GeoDataFrame:
    codes = [f"99{n:03d}" for n in range(1, len(shapes) + 1)]
    columns = {
        **{"code_insee": codes, "persons": 100.0},
        "density_level": pd.array([6] * len(shapes), dtype="Int64"),
    }
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=4326)


def nodes(*places: tuple[float, float, str]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"rung": [rung for *_, rung in places]},
        geometry=[Point(x, y) for x, y, _ in places],
        crs=4326,
    )


def points(around: gpd.GeoDataFrame, roads: gpd.GeoDataFrame | None = None) -> list[tuple]:
    made = check("outside", outside_points(around, metric_epsg=2154, nodes=roads))
    assert made["persons"].tolist() == around["persons"].tolist()
    return [(point.x, point.y) for point in made.geometry]


def test_a_commune_s_people_are_on_a_street_amid_their_streets():
    square = communes(box(2, 46, 2.1, 46.1))
    village = [(2.01, 46.01), (2.02, 46.01), (2.03, 46.01), (2.02, 46.02)]
    # The mean of the streets is (2.02, 46.0125): the second is nearest.
    streets = [(*place, "roads") for place in village]
    fields = [(2.09, 46.09, "all_roads"), (2.0201, 46.0125, "all_roads")]
    elsewhere = [(2.5, 46.5, "roads")]
    assert points(square, nodes(*streets, *fields, *elsewhere)) == [(2.02, 46.01)]


def test_without_a_street_any_road_and_without_a_road_the_middle():
    two = communes(box(2, 46, 2.1, 46.1), box(3, 46, 3.1, 46.1))
    roads = nodes(
        (2.01, 46.01, "all_roads"), (2.03, 46.01, "all_roads"), (2.0201, 46.01, "all_roads")
    )
    assert points(two, roads) == [(2.0201, 46.01), (pytest.approx(3.05), pytest.approx(46.05))]


def test_the_middle_lies_inside():
    horseshoe = box(2, 46, 2.3, 46.3) - box(2.05, 46.05, 2.3, 46.25)
    ((lon, lat),) = points(communes(horseshoe))
    assert horseshoe.contains(Point(lon, lat))
    assert not horseshoe.contains(horseshoe.centroid)
