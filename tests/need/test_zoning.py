"""Groups by zoning: everybody is in each zoning once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage.model.tables import AGE_BANDS, FRR_STATES
from coverage.need.zoning import groups_of

CODES = ["2A001", "2A002", "2A003"]


def town(epci=(None, None, None), density=(None, None, None), frr=(None, None, None), ages=None):
    """Three communes of 100 people, two points each, 0, 1/2 … of them in a QPV."""
    communes = pd.DataFrame(
        {
            "code_insee": CODES,
            "population": pd.array([100, 100, 100], dtype="Int64"),
            "density_level": pd.array(density, dtype="Int64"),
            "ifn": [np.nan] * 3,
        }
    )
    profiles = pd.DataFrame({"code_insee": CODES, "epci": pd.Series(epci, dtype=object)})
    bands = np.full((3, 4), np.nan) if ages is None else np.array(ages, float)
    profiles[list(AGE_BANDS)] = bands
    demand = pd.DataFrame(
        {
            "code_insee": np.repeat(CODES, 2),
            "persons": 50.0,
            "qpv_share": 0.0,
            "frr": pd.Series(np.repeat(np.array(frr, dtype=object), 2), dtype=object),
        }
    )
    return demand, communes, profiles


def listed(groups):
    return [(group, value, share.tolist()) for group, value, share in groups]


def test_nothing_loaded_leaves_everybody_in_the_territory() -> None:
    assert listed(groups_of(*town())) == [("territoire", "ensemble", [1.0] * 6)]


def test_the_unknown_are_a_group_of_their_zoning() -> None:
    demand, communes, profiles = town(
        epci=("242010056", None, "200000001"),
        density=(7, 2, None),
        frr=("plus", None, "non_classee"),
    )
    demand["qpv_share"] = [0.0, 0.0, 0.25, 1.0, 0.0, 0.0]
    assert listed(groups_of(demand, communes, profiles, qpv_kind="qpv_2024")) == [
        ("territoire", "ensemble", [1] * 6),
        ("epci", "200000001", [0, 0, 0, 0, 1, 1]),
        ("epci", "242010056", [1, 1, 0, 0, 0, 0]),
        ("epci", "n.d.", [0, 0, 1, 1, 0, 0]),
        ("frr", "non_classee", [0, 0, 0, 0, 1, 1]),
        ("frr", "plus", [1, 1, 0, 0, 0, 0]),
        ("frr", "n.d.", [0, 0, 1, 1, 0, 0]),
        ("densite", "2", [0, 0, 1, 1, 0, 0]),
        ("densite", "7", [1, 1, 0, 0, 0, 0]),
        ("densite", "n.d.", [0, 0, 0, 0, 1, 1]),
        ("qpv", "qpv_2024", [0, 0, 0.25, 1, 0, 0]),
        ("qpv", "hors_qpv", [1, 1, 0.75, 0, 1, 1]),
    ]


def test_of_whom_it_is_not_known_whether_they_live_in_a_qpv_is_a_group() -> None:
    demand, communes, profiles = town()
    demand["qpv_share"] = [0.0, np.nan, 0.25, 1.0, np.nan, 0.0]
    assert listed(groups_of(demand, communes, profiles, qpv_kind="qpv_2024"))[1:] == [
        ("qpv", "qpv_2024", [0, 0, 0.25, 1, 0, 0]),
        ("qpv", "hors_qpv", [1, 0, 0.75, 0, 0, 1]),
        ("qpv", "n.d.", [0, 1, 0, 0, 1, 0]),
    ]


def test_ages_are_told_on_the_first_rung_only() -> None:
    told = [[40, 20, 20, 10]] * 3
    groups = groups_of(*town(ages=told))
    ages = {value: share[0] for group, value, share in groups if group == "age"}
    assert ages == pytest.approx(
        {"aged_0_14": 0.1, "aged_15_44": 0.4, "aged_45_59": 0.2, "aged_60_74": 0.2, "aged_75": 0.1}
    )
    partly = [*told[:2], [np.nan] * 4]
    assert {group for group, *_ in groups_of(*town(ages=partly))} == {"territoire"}


@settings(max_examples=40)
@given(
    epci=st.tuples(*[st.sampled_from([None, "200000001", "242010056"])] * 3),
    density=st.tuples(*[st.one_of(st.none(), st.integers(1, 7))] * 3),
    frr=st.tuples(*[st.sampled_from([None, *FRR_STATES])] * 3),
    ages=st.one_of(
        st.none(),
        st.lists(st.lists(st.floats(0, 30), min_size=4, max_size=4), min_size=3, max_size=3),
    ),
    qpv=st.lists(st.floats(0, 1), min_size=6, max_size=6),
)
def test_the_shares_of_each_zoning_add_up_to_one(epci, density, frr, ages, qpv) -> None:
    demand, communes, profiles = town(epci, density, frr, ages)
    demand["qpv_share"] = qpv
    sums: dict[str, np.ndarray] = {}
    values = set()
    for group, value, share in groups_of(demand, communes, profiles, qpv_kind="qpv_2015"):
        assert share.shape == (6,)
        assert share.dtype == float
        assert ((share >= 0) & (share <= 1)).all()
        assert (group, value) not in values
        values.add((group, value))
        sums[group] = sums.get(group, 0.0) + share
    assert sums["territoire"] == pytest.approx(np.ones(6))
    for total in sums.values():
        assert total == pytest.approx(np.ones(6))
    known = {"epci": epci, "densite": density, "frr": frr}
    for group, told in known.items():
        assert (group in sums) == any(value is not None for value in told)
    assert ("qpv" in sums) == any(share > 0 for share in qpv)
    assert ("age" in sums) == (ages is not None)
