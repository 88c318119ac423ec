"""The ladder of need: one rung for a territory, by hand and for any town."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage.model.needs import SHIPPED, NeedRates
from coverage.model.tables import AGE_BANDS
from coverage.need.fragility import need_rung, with_need
from coverage.need.zoning import groups_of

TOWN = Path(__file__).parent / "towns" / "ages"


@pytest.fixture
def town() -> tuple[gpd.GeoDataFrame, pd.DataFrame, pd.DataFrame]:
    """Points, communes and profiles of the hand-worked town."""
    table = pd.read_csv(TOWN / "communes.csv")
    communes = table[["code_insee", "nom", "ifn"]].assign(
        population=table["population"].astype("Int64"),
        density_level=pd.array([5, 6, 7], dtype="Int64"),
    )
    profiles = table[["code_insee", *AGE_BANDS]].astype(dict.fromkeys(AGE_BANDS, float))
    points = pd.read_csv(TOWN / "points.csv").assign(persons=lambda t: t["persons"].astype(float))
    return points, communes, profiles.assign(epci=None)


def without_ages(profiles: pd.DataFrame, *codes: str) -> pd.DataFrame:
    bands = profiles[list(AGE_BANDS)].where(~profiles["code_insee"].isin(codes))
    return profiles.assign(**{band: bands[band] for band in AGE_BANDS})


def expected(column: str) -> list[float]:
    return pd.read_csv(TOWN / "expected.csv")[column].astype(float).tolist()


def test_each_rung_by_hand(town) -> None:
    points, communes, profiles = town
    no_ages = without_ages(profiles, *profiles["code_insee"])
    no_index = communes.assign(ifn=np.nan)
    for rung, given_communes, given_profiles in (
        (1, communes, profiles),
        (2, communes, no_ages),
        (3, no_index, no_ages),
    ):
        assert need_rung(given_communes, given_profiles) == rung
        need = with_need(points, given_communes, given_profiles)["need"]
        assert need.tolist() == pytest.approx(expected(f"rung_{rung}"), abs=1e-9)


def test_one_commune_without_ages_takes_the_whole_territory_off_the_first_rung(town) -> None:
    points, communes, profiles = town
    partly = without_ages(profiles, "2A002")
    assert need_rung(communes, partly) == 2
    need = with_need(points, communes, partly)["need"]
    assert need.tolist() == pytest.approx(expected("rung_2"), abs=1e-9)
    # One band that is missing is enough.
    holed = profiles.copy()
    holed.loc[0, "aged_75"] = np.nan
    assert need_rung(communes, holed) == 2
    # A profile that is not there at all, too.
    assert need_rung(communes, profiles.iloc[1:]) == 2


def test_nobody_anywhere_is_on_no_rung_of_ages(town) -> None:
    _, communes, profiles = town
    empty = communes.assign(population=pd.array([0, 0, None], dtype="Int64"))
    assert need_rung(empty, profiles) == 2


def test_other_rates_change_the_first_rung_alone(town) -> None:
    points, communes, profiles = town
    doubled = NeedRates(
        {band: 2 * rate for band, rate in SHIPPED.age_bands.items() if band != "aged_75"}
        | {"aged_75": 0.67},
        SHIPPED.aged_15_or_more,
        SHIPPED.illectronism,
    )
    need = with_need(points, communes, profiles, rates=doubled)["need"].to_numpy()
    assert need[2] == pytest.approx(2 * (3 + 9 + 27) + 100.5)
    no_ages = without_ages(profiles, *profiles["code_insee"])
    same = with_need(points, communes, no_ages, rates=doubled)["need"]
    assert same.tolist() == pytest.approx(expected("rung_2"))


def test_the_ages_of_a_point_are_those_of_its_commune(town) -> None:
    points, communes, profiles = town
    demand = points.assign(qpv_share=0.0, frr=None)
    ages = {value: share for group, value, share in groups_of(demand, communes, profiles)
            if group == "age"}  # fmt: skip
    assert list(ages) == ["aged_0_14", *AGE_BANDS]
    for value, share in ages.items():
        people = share * points["persons"].to_numpy()
        column = "children" if value == "aged_0_14" else value
        assert people.tolist() == pytest.approx(expected(column), abs=1e-9)


@settings(max_examples=30)
@given(
    rows=st.lists(
        st.tuples(
            st.integers(0, 5000),
            st.one_of(st.none(), st.floats(0, 10)),
            st.one_of(st.none(), st.lists(st.floats(0, 1), min_size=5, max_size=5)),
        ),
        min_size=1,
        max_size=6,
    ),
    seed=st.integers(0, 1000),
)
def test_need_is_never_more_than_the_people_and_order_changes_nothing(rows, seed) -> None:
    codes = [f"2A{n:03d}" for n in range(1, len(rows) + 1)]
    population = [people for people, *_ in rows]
    communes = pd.DataFrame(
        {
            "code_insee": codes,
            "population": pd.array(population, dtype="Int64"),
            "ifn": pd.Series([ifn for _, ifn, _ in rows], dtype=float),
        }
    )
    shares = [
        None if told is None else np.array(told[:4]) / max(sum(told), 1e-9) for *_, told in rows
    ]
    bands = [
        [np.nan] * 4 if share is None else list(share * people)
        for share, people in zip(shares, population, strict=True)
    ]
    profiles = pd.DataFrame(bands, columns=list(AGE_BANDS)).assign(code_insee=codes)
    points = pd.DataFrame(
        {
            "demand_id": [f"{code}-{n}" for code in codes for n in (1, 2)],
            "code_insee": np.repeat(codes, 2),
            "persons": np.repeat(population, 2) * np.tile([0.25, 0.75], len(codes)),
        }
    )
    table = with_need(points, communes, profiles)
    need, persons = table["need"].to_numpy(), table["persons"].to_numpy()
    assert not np.isnan(need).any()
    assert (need >= 0).all()
    assert (need <= persons + 1e-9).all()
    # A point has its commune's need per head, whatever its size.
    assert need[0::2] * 3 == pytest.approx(need[1::2])
    if need_rung(communes, profiles) == 1:
        assert (need <= 0.67 * persons + 1e-9).all()
    if need_rung(communes, profiles) == 3:
        assert need == pytest.approx(persons * SHIPPED.per_head)
    order = np.random.default_rng(seed).permutation(len(codes))
    again = with_need(points, communes.iloc[order], profiles.iloc[order[::-1]])
    assert again["need"].to_numpy() == pytest.approx(need, rel=1e-12)


@settings(max_examples=20)
@given(scale=st.floats(0.5, 2.0), ages=st.lists(st.floats(1, 400), min_size=4, max_size=4))
def test_older_people_never_need_less(scale, ages) -> None:
    communes = pd.DataFrame(
        {"code_insee": ["2A001"], "population": pd.array([2000], dtype="Int64"), "ifn": [np.nan]}
    )
    points = pd.DataFrame({"demand_id": ["a"], "code_insee": ["2A001"], "persons": [2000 * scale]})
    points["method"] = "grid"

    def need(bands: list[float]) -> float:
        profiles = pd.DataFrame([bands], columns=list(AGE_BANDS)).assign(code_insee="2A001")
        return float(with_need(points, communes, profiles)["need"].iloc[0])

    for place in range(3):
        older = list(ages)
        older[place] -= 1
        older[place + 1] += 1
        assert need(older) > need(ages)
