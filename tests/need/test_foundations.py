"""What figures rest on: a town worked by hand, and what must hold in any."""

from __future__ import annotations

import pytest

from coverage.model.results import FOUNDED_FIGURES
from coverage.need.foundations import Tellers, foundations
from coverage.need.points import points_of
from tests.need.towns.town import Town

TELLERS = Tellers(
    population=("pop",),
    squares=("sq",),
    quarters=("qpv",),
    need=("ifn",),
    roads=("roads",),
    detections=("det",),
    vintages={"fs": "2024-08-01", "cnfs": "2021-06-25", "poste": "2025-06-04"},
)
#: The source of each place; the îlot's has no date.
SOURCES = {"fs": "fs", "cn": "cnfs", "il": "own", "ap": "poste"}


def town(**sources: str) -> Town:
    three = Town("three_communes")
    told = [{**SOURCES, **sources}[site] for site in three.sites["site_id"]]
    three.sites["told_by"] = [
        [source] * len(roles) for source, roles in zip(told, three.sites["roles"], strict=True)
    ]
    return three


def told(three: Town, tellers: Tellers = TELLERS, *, minutes: float = 20):
    ground = three.ground()
    points = points_of(ground, minutes=minutes, decay="linear")
    table = foundations(ground, points, tellers)
    return {
        figure: dict(zip(rows["sources"], rows["share"], strict=True))
        for figure, rows in table.groupby("figure", sort=False)
    }


def test_the_town_by_hand() -> None:
    found = told(town())
    assert tuple(found) == FOUNDED_FIGURES
    # b2 (40 of 170) was put where it is by a square and a QPV.
    assert found["persons"] == pytest.approx({"pop": 130 / 170, "pop|qpv|sq": 40 / 170})
    assert found["need"] == pytest.approx({"ifn|pop": 1})
    assert found["times"] == {"roads": 1}
    # b1 and v1 reach both: the newer list counts. v2 has the old one alone.
    assert found["covered"] == pytest.approx({"fs": 130 / 150, "cnfs": 20 / 150})
    assert found["uncovered"] == {"cnfs|fs": 1}
    assert found["places"] == pytest.approx(dict.fromkeys(("cnfs", "fs", "own", "poste"), 0.25))
    assert found["supply"] == pytest.approx({"fs": 100 / 152, "cnfs": 40 / 152, "own": 12 / 152})
    third = 1 / 3
    assert found["index"] == pytest.approx(
        {
            "ifn|pop": third,
            "det": third,
            "fs": third * 100 / 152,
            "cnfs": third * 40 / 152,
            "own": third * 12 / 152,
        }
    )


def test_the_shares_of_each_figure_add_up_to_one() -> None:
    for minutes in (5, 15, 20, 60):
        for shares in told(town(), minutes=minutes).values():
            assert sum(shares.values()) == pytest.approx(1)


def test_a_place_without_a_date_is_older_than_any_dated_one() -> None:
    found = told(town(fs="own"))
    # b1 and v1 now rest on the dated list, b2 has the undated one alone.
    assert found["covered"] == pytest.approx({"cnfs": 110 / 150, "own": 40 / 150})


def test_an_adviser_rests_on_who_tells_of_it_not_on_who_tells_of_the_place() -> None:
    three = town()
    # A bureau of a fresh list, whose France services an older one tells of.
    three.sites.at[0, "told_by"] = ["poste", "fs"]
    found, alone = told(three), told(town())
    for figure in ("covered", "uncovered", "supply", "index"):
        assert found[figure] == pytest.approx(alone[figure])
    assert found["places"] == pytest.approx(
        {"fs|poste": 0.25, **dict.fromkeys(("cnfs", "own", "poste"), 0.25)}
    )


def test_what_is_nil_or_untold_has_no_row() -> None:
    found = told(town(), Tellers(population=("pop",)), minutes=60)
    assert "times" not in found
    assert found["need"] == {"pop": 1}
    assert sum(found["index"].values()) == pytest.approx(1)
    assert "det" not in found["index"]
    # Within an hour h1 alone reaches no adviser.
    assert found["uncovered"] == {"cnfs|fs": 1}
    nobody = town()
    nobody.demand = nobody.demand[nobody.demand["demand_id"] != "h1"]
    nobody.costs = nobody.costs[nobody.costs["demand_id"] != "h1"]
    assert "uncovered" not in told(nobody, minutes=60)
