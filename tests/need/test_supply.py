"""What places can do: persons a month and full-time posts, each row worked out by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.model.services import KINDS, ServiceTable
from coverage.model.staff import STAFF_KINDS
from coverage.need.supply import posts_of, supply_of

SERVICES = ServiceTable.load()
PLACES = Path(__file__).parent / "towns" / "supply" / "places.csv"


def town() -> pd.DataFrame:
    table = pd.read_csv(PLACES, sep=";", keep_default_na=False)
    for column in ("roles", "staff"):
        table[column] = [text.split("|") if text else [] for text in table[column]]
    table["persons_month"] = pd.to_numeric(table["persons_month"])
    return table


def test_the_town_worked_out_by_hand() -> None:
    table = town()
    assert supply_of(table, SERVICES).tolist() == table["supply"].astype(float).tolist()
    assert posts_of(table, SERVICES).tolist() == pytest.approx(
        table["posts"].astype(float).tolist()
    )


def test_an_ilot_helps_people_and_holds_no_post() -> None:
    row = town()[town()["site_id"] == "ilot"]
    assert supply_of(row, SERVICES).tolist() == [15]
    assert posts_of(row, SERVICES).tolist() == [0]
    assert SERVICES["ilot_numerique"].level == "equipment"


staff = st.lists(
    st.builds(lambda kind, n: f"{kind}:{n / 10}", st.sampled_from(STAFF_KINDS), st.integers(0, 50)),
    max_size=3,
)
places = st.lists(
    st.fixed_dictionaries(
        {
            "roles": st.lists(st.sampled_from(KINDS), min_size=1, max_size=3, unique=True),
            "staff": staff,
            "persons_month": st.one_of(st.just(float("nan")), st.floats(0, 500)),
        }
    ),
    min_size=1,
    max_size=6,
)


@given(places)
def test_what_always_holds(rows: list[dict]) -> None:
    table = pd.DataFrame(rows)
    supply, posts = supply_of(table, SERVICES), posts_of(table, SERVICES)
    assert np.isfinite(supply).all()
    assert (supply >= 0).all()
    assert (posts >= 0).all()
    # One more conseiller never helps fewer, unless the place tells its number itself.
    more = table.assign(staff=[[*row["staff"], "conseiller_numerique:1"] for row in rows])
    had = np.array([bool(row["staff"]) for row in rows])
    told = table["persons_month"].notna().to_numpy()
    gained = supply_of(more, SERVICES) - supply
    assert (gained[told] == 0).all()
    assert gained[had & ~told] == pytest.approx(100.0)
    mixed = table.iloc[::-1]
    assert supply_of(mixed, SERVICES).tolist() == supply[::-1].tolist()
    assert posts_of(mixed, SERVICES).tolist() == posts[::-1].tolist()
