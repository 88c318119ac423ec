"""The legal test of La Poste, by hand and by what must always hold."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage.need.legal import (
    FAR_M,
    LegalTest,
    further,
    legal_communes,
    legal_table,
    legal_test,
)
from coverage.need.reach import UNREACHED_DS

MOORLAND = Path(__file__).parent / "towns" / "moorland"
EVERY = frozenset({"bureau", "agence", "relais"})


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(MOORLAND / f"{name}.csv", sep=";", dtype={"code_insee": str})


def moorland(open_sites: frozenset[str]) -> LegalTest:
    demand, times, distances = read("demand"), read("times"), read("distances")
    times, distances = (t[t["site_id"].isin(open_sites)] for t in (times, distances))
    minutes = times.groupby("demand_id")["minutes"].min().reindex(demand["demand_id"])
    contact_ds = (minutes * 600).round().fillna(UNREACHED_DS).to_numpy().astype(np.int32)
    far = [further(demand, distances, by=by) for by in ("road_m", "crow_m")]
    return legal_test(demand, read("communes"), contact_ds, *far)


def test_the_moorland_by_hand():
    today, changed = moorland(EVERY), moorland(EVERY - {"agence"})
    pd.testing.assert_frame_equal(
        legal_table(today, changed), read("expected_legal"), check_dtype=False, rtol=1e-10
    )
    expected = read("expected_communes")
    for state, table in (
        ("today", legal_communes(today)),
        ("changed", legal_communes(today, changed)),
    ):
        rows = expected[expected["state"] == state].drop(columns="state").reset_index(drop=True)
        pd.testing.assert_frame_equal(table, rows, check_dtype=False, rtol=1e-10)


def test_a_commune_that_is_far_no_longer_stays_in_the_table():
    today, changed = moorland(EVERY - {"agence"}), moorland(EVERY)
    told = legal_communes(today, changed).set_index("code_insee")
    assert told.loc["2A002", ["far_road", "far_road_today"]].tolist() == [200, 500]
    table = legal_communes(moorland(EVERY - {"agence"}), nobody_far())
    assert table["far_road"].tolist() == [0, 0, 0]
    assert table["part"].isna().all()
    assert table["far_road_today"].tolist() == [500, 200, 40]


def nobody_far() -> LegalTest:
    demand = read("demand")
    near = np.zeros(len(demand), dtype=bool)
    return legal_test(demand, read("communes"), np.zeros(len(demand), np.int32), near, near)


def test_where_nobody_is_far_there_is_no_commune_to_tell():
    test = nobody_far()
    assert legal_communes(test).empty
    row = legal_table(test).iloc[0]
    assert (row["far_road"], row["far_road_share"], row["margin_persons"]) == (0, 0, 524)
    assert row["holds_road"]


def one_home(persons: float, far: float) -> LegalTest:
    communes = pd.DataFrame({"code_insee": ["2A001"], "nom": ["Bourg"]})
    demand = gpd.GeoDataFrame(
        {"demand_id": ["a", "b"], "code_insee": "2A001", "persons": [persons - far, far]}
    )
    late = np.array([0, UNREACHED_DS], dtype=np.int32)
    is_far = np.array([False, True])
    return legal_test(demand, communes, late, is_far, is_far)


@pytest.mark.parametrize("persons", [10.0, 0.3, 162_942.0, 7e6])
def test_exactly_a_tenth_is_allowed(persons):
    assert one_home(persons, persons / 10).row("today")["holds_road"]
    assert not one_home(persons, persons / 10 * 1.0001).row("today")["holds_road"]


def test_without_a_known_population_nothing_is_told():
    table = legal_table(one_home(0.0, 0.0), one_home(0.0, 0.0))
    assert table["state"].tolist() == ["today", "changed"]
    assert table.drop(columns="state").isna().all(axis=None)
    told = legal_table(one_home(10.0, 1.0))
    assert table.dtypes.to_dict() == told.dtypes.to_dict()
    assert told.notna().all(axis=None)


points = st.lists(
    st.tuples(
        st.sampled_from(["2A001", "2A002"]),
        st.integers(0, 1000),
        st.sampled_from([0, 12_000, 12_001, UNREACHED_DS]),
        st.booleans(),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40)
@given(points, st.randoms())
def test_the_communes_add_up_and_the_order_of_rows_changes_nothing(rows, random):
    def counted(some):
        code, persons, ds, road, crow = zip(*some, strict=True)
        ids = [str(number) for number in range(len(some))]
        demand = gpd.GeoDataFrame(
            {"demand_id": ids, "code_insee": code, "persons": np.array(persons, float)}
        )
        communes = pd.DataFrame({"code_insee": ["2A001", "2A002"], "nom": ["Un", "Deux"]})
        return legal_test(demand, communes, np.array(ds, np.int32), np.array(road), np.array(crow))

    test = counted(rows)
    for column in ("persons", "far_road", "far_crow"):
        assert test.communes[column].sum() == getattr(test, column)
    assert test.far_road <= test.persons
    told = legal_communes(test)
    assert told["part"].sum() == pytest.approx(1.0 if test.far_road else 0.0)
    shuffled = list(rows)
    random.shuffle(shuffled)
    pd.testing.assert_frame_equal(told, legal_communes(counted(shuffled)))


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 3), st.floats(0, 6000), st.floats(0, 9000)),
        max_size=20,
    ),
    st.sets(st.integers(0, 3)),
)
def test_one_more_open_point_never_leaves_more_people_far(rows, open_numbers):
    demand = gpd.GeoDataFrame({"demand_id": [str(number) for number in range(6)]})
    distances = pd.DataFrame(rows, columns=["demand_id", "site_id", "crow_m", "road_m"])
    distances = distances.astype({"demand_id": str, "site_id": str})
    distances["road_m"] = distances["road_m"].where(distances["road_m"] <= FAR_M)
    some = frozenset(map(str, open_numbers))
    is_open = distances["site_id"].isin(some)
    for by in ("road_m", "crow_m"):
        fewer = further(demand, distances[is_open], by=by)
        for one_more in "0123":
            now_open = is_open | (distances["site_id"] == one_more)
            more = further(demand, distances[now_open], by=by)
            assert not (more & ~fewer).any()
        assert further(demand, distances.iloc[:0], by=by).all()
