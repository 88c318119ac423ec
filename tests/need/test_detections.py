"""What the owner sees: each counter, and how far the blocks are from it."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage.model.detections import ProtectedDetections
from coverage.model.raw_detections import RawDetections
from coverage.model.tables import empty
from coverage.need.detections import by_bureau, departure
from tests.need.towns.counters import apart, raw_counts, read, told_counts


def counted(days: list[int], detections: list[int]) -> RawDetections:
    """Return counts of one period at one counter in each of some communes."""
    codes = [f"00{k:03d}" for k in range(len(days))]
    month = pd.Timestamp("2024-01-01"), pd.Timestamp("2024-01-31")
    counts = pd.DataFrame(
        {
            "id_bureau": codes,
            "debut": month[0],
            "fin": month[1],
            "jours_presence": days,
            "tests": detections,
            "detections": detections,
            "orientations": 0,
        }
    )
    counters = gpd.GeoDataFrame(
        {"id_bureau": codes, "nom": codes, "code_insee": codes},
        geometry=gpd.points_from_xy(range(len(codes)), [0] * len(codes)),
        crs=4326,
    )
    return RawDetections(counts, counters, empty("activity"))


def blocks_of(rates: list[float]) -> ProtectedDetections:
    """Return blocks of the same communes, one each."""
    return apart({f"00{k:03d}": rate for k, rate in enumerate(rates)})


def test_every_counter_of_the_town_by_hand():
    expected = read("expected", parse_dates=["since", "until"])
    found = by_bureau(raw_counts())
    assert list(found["id_bureau"]) == list("ABCDE")
    assert list(found["nom"]) == ["Albe", "Bazel", "Combe", "Dorval", "Escal"]
    assert found["rate"].to_numpy() == pytest.approx(expected.pop("rate"), abs=5e-7, nan_ok=True)
    counts = dict.fromkeys(("tests", "detections", "orientations"), "Int64")
    pd.testing.assert_frame_equal(found[expected.columns], expected.astype(counts))
    assert (found["rate_low"] < found["rate"])[:4].all()
    assert (found["rate"] < found["rate_high"])[:4].all()
    assert found[["rate_low", "rate_high"]].iloc[4].isna().all()


def test_nothing_counted_leaves_every_counter_with_nothing():
    raw = raw_counts()
    found = by_bureau(replace(raw, counts=raw.counts.iloc[:0]))
    assert found["days"].tolist() == [0] * 5
    assert found.drop(columns=["id_bureau", "nom", "code_insee", "days"]).isna().all(axis=None)


def test_shuffled_rows_change_nothing():
    raw = raw_counts()
    shuffled = replace(raw, counts=raw.counts.iloc[::-1], bureaux=raw.bureaux.iloc[::-1])
    pd.testing.assert_frame_equal(by_bureau(shuffled), by_bureau(raw), check_exact=True)
    found, expected = departure(shuffled, told_counts()), departure(raw, told_counts())
    assert found == pytest.approx(expected, abs=0, rel=1e-12, nan_ok=True)


def test_the_departure_of_the_town_by_hand():
    found = departure(raw_counts(), told_counts())
    assert found[:2] == (4, 2)
    assert found[2:5] == pytest.approx((0.136005, 0.680027, 0.942809), abs=1e-6)
    # Four communes have no fifths.
    assert np.isnan(found.moved_share)


def test_long_presence_weighs_more():
    raw = counted([30, 10], [3, 1])
    # Each has 0.1 of its own; the blocks tell 0.1 and 0.5.
    found = departure(raw, blocks_of([0.1, 0.5]))
    assert found.difference == pytest.approx(10 * 0.4 / 40)
    assert found.difference_share == pytest.approx(1.0)
    assert np.isnan(found.rank_correlation)


def test_nobody_detected_has_no_rate_to_compare_with():
    found = departure(counted([30, 10], [0, 0]), blocks_of([0.1, 0.5]))
    assert found.difference == pytest.approx((30 * 0.1 + 10 * 0.5) / 40)
    assert np.isnan(found.difference_share)


def test_another_order_is_told():
    raw = counted([100] * 10, [20 * k for k in range(10)])
    ascending, descending = [0.2 * k for k in range(10)], [0.2 * k for k in range(9, -1, -1)]
    same, other = departure(raw, blocks_of(ascending)), departure(raw, blocks_of(descending))
    assert same[4:] == pytest.approx((1, 0))
    # The middle fifth stays.
    assert other[4:] == pytest.approx((-1, 0.8))
    # 8 and 9 change places within a fifth, 5 and 6 (places six and seven) across two.
    swapped = [*ascending[:5], ascending[6], ascending[5], ascending[7], *ascending[:7:-1]]
    assert departure(raw, blocks_of(swapped)).moved_share == pytest.approx(0.2)


def test_one_block_puts_no_order():
    raw = counted([100] * 6, [10 * k for k in range(6)])
    told = blocks_of([0.25] * 6)
    one = replace(told, communes=told.communes.assign(block_id="00000"))
    found = departure(raw, one)
    assert found[:2] == (6, 1)
    assert found.difference > 0
    assert np.isnan(found[4:]).all()


def test_no_block_and_no_count_compare_nothing():
    told, raw = told_counts(), raw_counts()
    no_block = replace(told, blocks=told.blocks.iloc[:0])
    no_count = replace(raw, counts=raw.counts.iloc[:0])
    for found in (departure(raw, no_block), departure(no_count, told)):
        assert found[:2] == (0, 0)
        assert np.isnan(found[2:]).all()


@settings(max_examples=20)
@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 60)), min_size=1, max_size=12))
def test_the_rates_as_they_are_depart_by_nothing(rows):
    days, detections = (list(column) for column in zip(*rows, strict=True))
    raw = counted(days, detections)
    found = departure(raw, blocks_of(by_bureau(raw)["rate"].tolist()))
    assert found.difference == pytest.approx(0, abs=1e-12)
    assert found.rank_correlation == pytest.approx(1) or np.isnan(found.rank_correlation)
    assert found.moved_share == 0 or np.isnan(found.moved_share)
