"""Nobody disappears: the points of a commune add up to its people, on every rung."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

from coverage.need.areas import qpv_of
from coverage.need.demand import demand_points, split_whole

X, Y = 9.0, 42.0


def town(populations: list[int | None], **changes: object) -> gpd.GeoDataFrame:
    """Communes in a row, each 0.1 degree wide."""
    count = len(populations)
    return gpd.GeoDataFrame(
        {
            "code_insee": [f"2A{n:03d}" for n in range(1, count + 1)],
            "nom": [f"Commune {n}" for n in range(1, count + 1)],
            "population": pd.array(populations, dtype="Int64"),
            "frr": ["socle", None] * (count // 2) + ["socle"] * (count % 2),
            "ifn": np.full(count, np.nan),
            **changes,
        },
        geometry=[box(X + 0.1 * n, Y, X + 0.1 * n + 0.1, Y + 0.1) for n in range(count)],
        crs=4326,
    )


def quarter(*shapes: object) -> gpd.GeoDataFrame:
    names = [f"QP02A00{n}" for n in range(1, len(shapes) + 1)]
    return gpd.GeoDataFrame(
        {"zone_id": names, "kind": "qpv_2015", "nom": names, "vintage": "2015"},
        geometry=list(shapes),
        crs=4326,
    )


def nodes(*places: tuple[float, float, str]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"rung": [rung for *_, rung in places]},
        geometry=[Point(x, y) for x, y, _ in places],
        crs=4326,
    )


NO_PERSONS = pd.DataFrame({"zone_id": pd.Series(dtype=object), "persons": pd.Series(dtype=float)})


def points_of(communes, zones=None, persons=NO_PERSONS, **ways):
    zones = quarter() if zones is None else zones
    return demand_points(communes, zones, qpv_persons=persons, metric_epsg=2154, **ways)


@given(
    total=st.integers(0, 10**9),
    weights=st.lists(st.floats(0, 1e6, allow_subnormal=False), min_size=1, max_size=40),
)
def test_whole_numbers_are_split_without_loss(total, weights):
    array = np.array(weights)
    parts = split_whole(total, array)
    assert parts.sum() == total
    assert (parts >= 0).all()
    if array.sum() > 0:
        assert np.abs(parts - total * array / array.sum()).max() <= 1 + 1e-6 * total


@settings(max_examples=40)
@given(
    populations=st.lists(st.integers(0, 90_000), min_size=1, max_size=4),
    seed=st.integers(0, 2**16),
    count=st.integers(0, 30),
)
def test_points_add_up_to_every_commune(populations, seed, count):
    rng = np.random.default_rng(seed)
    communes = town(populations)
    width = 0.1 * len(populations)
    rungs = ["roads", "all_roads"]
    some = [
        (X + rng.random() * width, Y + rng.random() * 0.1, str(rng.choice(rungs)))
        for _ in range(count)
    ]
    zones = quarter(box(X + 0.02, Y + 0.02, X + 0.13, Y + 0.05))
    persons = pd.DataFrame({"zone_id": ["QP02A001"], "persons": [float(rng.integers(0, 5000))]})
    made = points_of(communes, zones, persons, nodes=nodes(*some) if some else None)
    sums = made.points.groupby("code_insee")["persons"].sum()
    for row in communes.itertuples():
        assert sums.get(row.code_insee, 0.0) == pytest.approx(row.population, abs=1e-6)
    assert made.points["demand_id"].is_unique
    assert (made.points["persons"] > 0).all()


def test_residential_nodes_come_before_other_nodes():
    made = points_of(
        town([100, 50]),
        nodes=nodes((X + 0.05, Y + 0.05, "roads"), (X + 0.06, Y + 0.05, "all_roads"),
                    (X + 0.15, Y + 0.05, "all_roads")),
    ).points  # fmt: skip
    assert made[["code_insee", "persons", "method"]].to_numpy().tolist() == [
        ["2A001", 100.0, "roads"],
        ["2A002", 50.0, "all_roads"],
    ]
    assert made["frr"].tolist() == ["socle", None]


def test_without_roads_a_qpv_is_a_point_of_its_own():
    zones = quarter(box(X + 0.01, Y + 0.01, X + 0.02, Y + 0.02))
    persons = pd.DataFrame({"zone_id": ["QP02A001"], "persons": [300.0]})
    made = points_of(town([1000]), zones, persons).points
    assert made["method"].tolist() == ["qpv", "centroid"]
    assert made["persons"].tolist() == [300.0, 700.0]
    assert made["qpv_share"].tolist() == [1.0, 0.0]


def test_a_qpv_over_two_communes_is_split_by_area():
    zones = quarter(box(X + 0.075, Y, X + 0.125, Y + 0.05))
    persons = pd.DataFrame({"zone_id": ["QP02A001"], "persons": [400.0]})
    made = points_of(town([1000, 1000]), zones, persons).points
    inside = made[made["method"] == "qpv"]
    assert inside["code_insee"].tolist() == ["2A001", "2A002"]
    assert inside["persons"].to_numpy() == pytest.approx([200, 200], abs=0.5)


def test_a_qpv_without_population_takes_nobody():
    zones = quarter(box(X + 0.01, Y + 0.01, X + 0.02, Y + 0.02))
    persons = pd.DataFrame({"zone_id": ["QP02A001"], "persons": [np.nan]})
    made = points_of(town([1000]), zones, persons).points
    assert made["method"].tolist() == ["centroid"]


def test_without_squares_nothing_tells_who_lives_in_a_qpv_of_unknown_population():
    communes = town([1000, 600, 400])
    told, untold = box(X + 0.01, Y, X + 0.02, Y + 0.01), box(X + 0.05, Y, X + 0.06, Y + 0.01)
    # The next commune has a QPV of unknown population alone, the last one has none.
    alone = box(X + 0.15, Y, X + 0.16, Y + 0.01)
    zones = quarter(told, untold, alone)
    persons = pd.DataFrame({"zone_id": list(zones["zone_id"]), "persons": [300.0, np.nan, np.nan]})
    places = [(X + x, Y + 0.005, "roads") for x in (0.015, 0.055, 0.09, 0.155, 0.19, 0.25)]
    for ways in ({"nodes": nodes(*places)}, {}):
        points = points_of(communes, zones, persons, **ways).points
        shares = points.groupby(["code_insee", "qpv_share"], dropna=False)["persons"].sum()
        assert shares.loc["2A001", 1.0] == 300
        assert points.loc[points["qpv_share"].isna(), "persons"].sum() == 700 + 600
        assert shares.loc["2A003", 0.0] == 400
        held = qpv_of(zones, points)
        assert held.people(points["persons"].to_numpy(float)).tolist() == [300, 0, 0]
        assert held.held.tolist() == [True, False, False]


def test_qpv_people_live_on_the_qpv_nodes():
    zones = quarter(box(X + 0.01, Y + 0.01, X + 0.03, Y + 0.03))
    persons = pd.DataFrame({"zone_id": ["QP02A001"], "persons": [600.0]})
    places = nodes((X + 0.02, Y + 0.02, "roads"), (X + 0.08, Y + 0.08, "roads"))
    made = points_of(town([1000]), zones, persons, nodes=places).points
    assert made["persons"].tolist() == [600.0, 400.0]
    assert made["qpv_share"].tolist() == [1.0, 0.0]


def test_overlapping_qpv_never_count_a_node_twice():
    first = box(X + 0.01, Y + 0.01, X + 0.03, Y + 0.03)
    zones = quarter(first, first)
    persons = pd.DataFrame({"zone_id": ["QP02A001", "QP02A002"], "persons": [300.0, 200.0]})
    places = nodes((X + 0.02, Y + 0.02, "roads"), (X + 0.08, Y + 0.08, "roads"))
    made = points_of(town([1000]), zones, persons, nodes=places).points
    # The second finds its only node taken: its people stand at its own point.
    assert sorted(zip(made["persons"], made["method"], strict=True)) == [
        (200.0, "qpv"), (300.0, "roads"), (500.0, "roads"),
    ]  # fmt: skip


def test_a_sliver_of_a_qpv_in_the_next_commune_holds_nobody():
    zones = quarter(box(X + 0.05, Y + 0.01, X + 0.1001, Y + 0.03))
    persons = pd.DataFrame({"zone_id": ["QP02A001"], "persons": [500.0]})
    made = points_of(town([1000, 1000]), zones, persons).points
    assert made.loc[made["method"] == "qpv", "code_insee"].tolist() == ["2A001"]


SIDE = 0.002


def squares(*rows: tuple[str, float, float], x: float = X, y: float = Y + 0.05) -> gpd.GeoDataFrame:
    """Squares in a row from ``x, y`` eastwards: commune, persons, share of the square in it."""
    return gpd.GeoDataFrame(
        {
            "square_id": [f"s{n}" for n in range(len(rows))],
            "code_insee": [code for code, *_ in rows],
            "persons": [persons for _, persons, _ in rows],
            "share": [share for *_, share in rows],
            "imputed": False,
        },
        geometry=[box(x + SIDE * n, y, x + SIDE * (n + 1), y + SIDE) for n in range(len(rows))],
        crs=4326,
    )


def test_squares_give_the_shape_and_the_census_the_sum():
    made = points_of(town([1000]), squares=squares(("2A001", 600.0, 1.0), ("2A001", 600.0, 0.5)))
    assert made.points["method"].tolist() == ["grid", "grid"]
    assert made.points["persons"].to_numpy() == pytest.approx([666.667, 333.333])
    assert not made.notes


def test_the_people_of_a_square_live_in_a_qpv_by_the_share_of_its_area():
    rows = squares(*[("2A001", 100.0, 1.0)] * 4)
    # From the middle of the second square to the end of the third, over the lower half.
    zones = quarter(box(X + 1.5 * SIDE, Y, X + 3 * SIDE, Y + 0.05 + SIDE / 2))
    made = points_of(town([400]), zones, squares=rows).points
    assert made["qpv_share"].to_numpy() == pytest.approx([0, 0.25, 0.5, 0])
    # A quarter and a half of 100 people, of 400: the centre of the second lies on the border only.
    in_qpv = float((made["persons"] * made["qpv_share"]).sum())
    assert in_qpv == pytest.approx(75)
    assert made.geometry.x.to_numpy() == pytest.approx([X + SIDE * (n + 0.5) for n in range(4)])


#: Four squares of 100 people; the QPV holds a quarter of the second and half of the third: by
#: area 75 people, and 325 live elsewhere.
FOUR = [("2A001", 100.0, 1.0)] * 4
QUARTER = box(X + 1.5 * SIDE, Y, X + 3 * SIDE, Y + 0.05 + SIDE / 2)


def in_qpv(points):
    return float((points["persons"] * points["qpv_share"]).sum())


def told(*persons: float) -> pd.DataFrame:
    names = [f"QP02A00{n}" for n in range(1, len(persons) + 1)]
    return pd.DataFrame({"zone_id": names, "persons": persons})


def test_the_squares_of_a_qpv_are_scaled_to_its_people_and_the_rest_takes_the_difference():
    made = points_of(town([400]), quarter(QUARTER), told(150.0), squares=squares(*FOUR)).points
    assert in_qpv(made) == pytest.approx(150, abs=1e-2)
    # 250 others on what 325 weigh: 100, 75, 50 and 100; the QPV doubles its 25 and 50.
    others = np.array([100, 75, 50, 100]) * 250 / 325
    assert made["persons"].to_numpy() == pytest.approx(others + [0, 50, 100, 0], abs=1e-3)
    share = np.array([0, 50, 100, 0]) / (others + [0, 50, 100, 0])
    assert made["qpv_share"].to_numpy() == pytest.approx(share)


@pytest.mark.parametrize(("persons", "held"), [(75.0, 75), (0.0, 0), (400.0, 400), (900.0, 400)])
def test_a_qpv_never_holds_more_people_than_its_commune(persons, held):
    made = points_of(town([400]), quarter(QUARTER), told(persons), squares=squares(*FOUR)).points
    assert in_qpv(made) == pytest.approx(held, abs=1e-2)
    assert made["persons"].sum() == pytest.approx(400)


def test_a_qpv_that_no_square_touches_holds_nobody_and_moves_nobody():
    away = box(X + 0.05, Y, X + 0.06, Y + 0.01)
    rows = squares(*FOUR)
    made = points_of(town([400]), quarter(away, QUARTER), told(200.0, 75.0), squares=rows).points
    plain = points_of(town([400]), quarter(QUARTER), NO_PERSONS, squares=rows).points
    assert made["persons"].to_numpy() == pytest.approx(plain["persons"].to_numpy())
    assert made["qpv_share"].to_numpy() == pytest.approx(plain["qpv_share"].to_numpy())


def test_beside_a_qpv_whose_people_are_told_another_keeps_its_share_of_the_ground():
    first = box(X, Y, X + SIDE, Y + 0.1)
    zones = quarter(first, box(X + SIDE, Y, X + 1.5 * SIDE, Y + 0.1))
    made = points_of(town([400]), zones, told(220.0, np.nan), squares=squares(*FOUR)).points
    assert made["persons"].to_numpy() == pytest.approx([220, 60, 60, 60])
    assert made["qpv_share"].to_numpy() == pytest.approx([1, 0.5, 0, 0])


def test_ground_that_two_qpv_hold_counts_in_the_first():
    first = box(X, Y, X + SIDE, Y + 0.1)
    zones = quarter(first, box(X, Y, X + 2 * SIDE, Y + 0.1), first)
    made = points_of(town([400]), zones, told(160.0, 120.0, 50.0), squares=squares(*FOUR)).points
    # The third has no ground left: its people are among the others.
    assert made["persons"].to_numpy() == pytest.approx([160, 120, 60, 60])
    assert made["qpv_share"].to_numpy() == pytest.approx([1, 1, 0, 0])


def test_where_every_square_lies_in_the_qpv_the_others_live_there_too():
    made = points_of(
        town([400]), quarter(box(X, Y, X + 0.1, Y + 0.1)), told(100.0), squares=squares(*FOUR)
    ).points
    assert made["persons"].to_numpy() == pytest.approx([100] * 4)
    assert made["qpv_share"].to_numpy() == pytest.approx([1] * 4)


@settings(max_examples=40)
@given(
    population=st.integers(1, 5_000),
    people=st.lists(st.integers(1, 900), min_size=1, max_size=6),
    edges=st.tuples(st.integers(0, 24), st.integers(1, 24)),
    persons=st.integers(0, 6_000),
)
def test_scaling_moves_nobody_out_of_the_commune(population, people, edges, persons):
    rows = squares(*[("2A001", population * each / sum(people), 1.0) for each in people])
    west = X + SIDE * edges[0] / 4
    zones = quarter(box(west, Y, west + SIDE * edges[1] / 4, Y + 0.1))
    made = points_of(town([population]), zones, told(float(persons)), squares=rows).points
    assert made["persons"].sum() == pytest.approx(population)
    assert made["qpv_share"].between(0, 1 + 1e-9).all()
    # In quarters of a square, from the west.
    touched = edges[0] < 4 * len(people)
    whole = edges[0] == 0 and edges[1] >= 4 * len(people)
    expected = min(persons, population) if touched and not whole else whole * population
    assert in_qpv(made) == pytest.approx(expected, abs=0.01)


def test_two_overlapping_qpv_hold_an_area_once():
    first = box(X, Y + 0.05, X + SIDE / 2, Y + 0.05 + SIDE)
    zones = quarter(first, first)
    made = points_of(town([100]), zones, squares=squares(("2A001", 100.0, 1.0))).points
    assert made["qpv_share"].tolist() == pytest.approx([0.5])


def test_a_square_over_two_communes_is_in_a_qpv_where_its_part_is():
    border = X + 0.1
    halves = squares(("2A001", 80.0, 0.5), x=border - SIDE / 2)
    halves = pd.concat([halves, halves.assign(code_insee="2A002")], ignore_index=True)
    zones = quarter(box(border - SIDE / 4, Y, border, Y + 0.1))
    made = points_of(town([40, 40]), zones, squares=halves).points.set_index("code_insee")
    assert made["persons"].to_dict() == {"2A001": 40.0, "2A002": 40.0}
    # Half of the first commune's part; the other commune has no QPV at all.
    assert made["qpv_share"].to_dict() == pytest.approx({"2A001": 0.5, "2A002": 0.0})


def test_an_incomplete_extract_is_not_used_and_said():
    made = points_of(town([1000]), squares=squares(("2A001", 100.0, 1.0)))
    assert made.points["method"].tolist() == ["centroid"]
    assert [note[:2] for note in made.notes] == [("2A001", "carreaux incomplets")]


def test_a_commune_without_population_has_no_point_and_is_said():
    made = points_of(town([None, 10]))
    assert made.points["code_insee"].tolist() == ["2A002"]
    assert [note[:2] for note in made.notes] == [("2A001", "population absente")]
