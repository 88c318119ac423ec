"""Which groups people and adviser posts are of."""

from __future__ import annotations

import numpy as np
import pytest

from coverage.model.tables import AGE_BANDS
from coverage.need.groups import Groups
from tests.need.towns.town import Town


@pytest.fixture
def town() -> Town:
    return Town("three_communes")


def groups_of(town: Town) -> Groups:
    return Groups.of(town.communes, town.profiles, town.zones, town.ground())


def posts(town: Town) -> dict[str, float]:
    """Return the adviser posts of each group."""
    groups = groups_of(town)
    return dict(zip(groups.areas.ids, groups.advisers, strict=True))


def test_people_and_posts_of_each_group(town):
    groups = groups_of(town)
    assert groups.column(0) == [
        *("territoire", "epci", "epci"),
        *("frr", "frr", "frr", "densite", "densite", "densite", "qpv", "qpv"),
    ]
    people = groups.areas.people(town.demand["persons"].to_numpy())
    assert dict(zip(groups.names, people, strict=True)) == {
        ("territoire", "ensemble"): 170,
        ("epci", "200000001"): 160,
        ("epci", "n.d."): 10,
        ("frr", "non_classee"): 100,
        ("frr", "plus"): 10,
        ("frr", "socle"): 60,
        ("densite", "3"): 100,
        ("densite", "6"): 60,
        ("densite", "7"): 10,
        ("qpv", "qpv_2015"): 20,
        ("qpv", "hors_qpv"): 150,
    }
    # fs stands in the QPV, cn in Vallon; the îlot and the agence have no adviser.
    assert posts(town) == pytest.approx(
        {
            "territoire/ensemble": 1.4,
            "epci/200000001": 1.4,
            "epci/n.d.": 0,
            "frr/non_classee": 1,
            "frr/plus": 0,
            "frr/socle": 0.4,
            "densite/3": 1,
            "densite/6": 0.4,
            "densite/7": 0,
            "qpv/qpv_2015": 1,
            "qpv/hors_qpv": 0.4,
        }
    )


def test_no_adviser_is_in_an_age_band(town):
    fifth = town.communes["population"].astype(float) / 5
    town.profiles = town.profiles.assign(**dict.fromkeys(AGE_BANDS, fifth))
    ages = {name: held for name, held in posts(town).items() if name.startswith("age/")}
    assert set(ages) == {f"age/{band}" for band in ("aged_0_14", *AGE_BANDS)}
    assert np.isnan(list(ages.values())).all()


def test_a_place_across_the_border_is_in_no_group(town):
    away = town.sites["site_id"] == "cn"
    town.sites.loc[away, "code_insee"] = "2B001"
    town.sites["in_territory"] = ~away
    held = posts(town)
    assert held["territoire/ensemble"] == 1
    assert held["frr/socle"] == 0
    assert "frr/n.d." not in held


def test_a_territory_without_qpv_has_no_qpv_group(town):
    town.zones, town.demand["qpv_share"] = town.zones.iloc[:0], 0.0
    assert "qpv" not in groups_of(town).column(0)


def test_a_group_of_places_alone_is_no_group_of_people(town):
    """A QPV where nobody lives but where an adviser stands: no row, and the post is not lost."""
    town.demand["qpv_share"] = 0.0
    held = posts(town)
    assert "qpv/qpv_2015" not in held
    assert held["territoire/ensemble"] == pytest.approx(1.4)


def test_nobody_is_in_no_group(town):
    town.demand, town.costs = town.demand.iloc[:0], town.costs.iloc[:0]
    assert groups_of(town).names == ()
