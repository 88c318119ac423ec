"""Her own roads and points: nobody is lost, wherever on the globe they are."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.network.components import keep_served_parts
from coverage.network.roads import read_roads
from coverage.network.times import travel_times
from coverage.study.own_times import FROM, TO, OwnPoints, OwnTimes, own_times


def roads_along(path: Path, lons: list[float], lat: float) -> Path:
    """Write one street from west to east as Overpass answers it."""
    elements = [{"type": "node", "id": n, "lon": lon, "lat": lat} for n, lon in enumerate(lons)]
    street = {"type": "way", "id": 1, "nodes": [*range(len(lons))]}
    path.write_text(
        json.dumps({"elements": [*elements, {**street, "tags": {"highway": "tertiary"}}]}),
        encoding="utf-8",
    )
    return path


def points(side: str, lonlat: list[tuple[float, float]], cap_m: float = 1000.0) -> OwnPoints:
    x, y = np.array(lonlat, dtype=float).reshape(-1, 2).T
    ids = [f"{side}{n}" for n in range(len(lonlat))]
    lines = range(2, 2 + len(ids))
    table = gpd.GeoDataFrame(
        {"id": ids, "line": lines}, geometry=gpd.points_from_xy(x, y), crs=4326
    )
    return OwnPoints(table, f"{side}.csv", side, cap_m)


def costs_of(found: OwnTimes) -> dict[tuple[str, str], int]:
    rows = found.costs.itertuples(index=False)
    return {(row.demand_id, row.site_id): row.cost_ds for row in rows}


@pytest.fixture(scope="module")
def street(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("roads") / "street.json"
    return roads_along(path, [9.00, 9.01, 9.02], 42.0)


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), max_size=8))
def test_each_point_has_a_time_or_a_reason_wherever_it_is(street, anywhere) -> None:
    homes = points(FROM, [(9.0, 42.0), *anywhere])
    places = points(TO, [(9.02, 42.0), *anywhere])
    found = own_times(street, homes, places, 3600, mode="walk")
    for side, column in ((homes, "demand_id"), (places, "site_id")):
        lost = found.out_of_reach.query("side == @side.side")
        timed = set(found.costs[column])
        assert sorted([*lost["id"], *timed]) == sorted(side.table["id"])
        assert set(lost["reason"]) <= {"off_road", "no_site", "no_home"}
        assert (lost["road_m"][lost["reason"] == "off_road"] > side.cap_m).all()


def test_a_street_across_the_date_line(street, tmp_path) -> None:
    fiji = roads_along(tmp_path / "fiji.json", [179.99, 180.0, -179.99], 42.0)
    ends = [(179.99, 42.0), (-179.99, 42.0)]
    across = own_times(fiji, points(FROM, ends), points(TO, ends), 3600, mode="walk")
    plain = [(9.0, 42.0), (9.02, 42.0)]
    here = own_times(street, points(FROM, plain), points(TO, plain), 3600, mode="walk")
    assert costs_of(across) == costs_of(here)
    assert len(costs_of(here)) == 4


def test_a_point_just_outside_the_frame_of_the_roads_is_kept(street) -> None:
    beyond = [(9.0, 42.0085), (9.0 - 0.0119, 42.0), (9.0, 42.0095), (9.0 - 0.0123, 42.0)]
    found = own_times(street, points(FROM, beyond), points(TO, [(9.0, 42.0)]), 3600, mode="walk")
    assert set(found.costs["demand_id"]) == {"from0", "from1"}
    assert list(found.out_of_reach["id"]) == ["from2", "from3"]
    assert found.out_of_reach["road_m"].between(1000, 1100).all()


def test_one_home_in_two_hundred_keeps_its_island(tmp_path) -> None:
    """Far less than 1 % of the network's people, but its only road."""
    mainland = [(n, 9.0 + n / 1000, 42.0) for n in range(200)]
    island = [(200 + n, 9.5 + n / 1000, 42.0) for n in range(16)]
    elements = [
        {"type": "node", "id": n, "lon": lon, "lat": lat} for n, lon, lat in [*mainland, *island]
    ]
    for number, line in enumerate((mainland, island)):
        # Each piece a road of its own, so that each node is a junction of the network.
        elements += [
            {"type": "way", "id": 1000 * number + a, "nodes": [a, b], "tags": {"highway": "road"}}
            for (a, _, _), (b, _, _) in pairwise(line)
        ]
    roads = tmp_path / "archipelago.json"
    roads.write_text(json.dumps({"elements": elements}), encoding="utf-8")
    homes = points(FROM, [*((lon, lat) for _, lon, lat in mainland), island[0][1:]])
    places = points(TO, [mainland[0][1:], island[-1][1:]])
    found = own_times(roads, homes, places, 7200)
    assert len(found.costs) == 201
    assert costs_of(found)["from200", "to1"] > 0
    assert found.out_of_reach.empty
    assert found.dropped.empty


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "mode"),
    [
        ("osm-pbf/isle-of-man-2020-03-14.osm.pbf", "drive"),
        ("corse-osmnx/drive.graphml.gz", "drive"),
    ],
)
def test_the_times_are_those_of_the_network(mirror: Path, file: str, mode: str) -> None:
    """On the largest part alone, which is all that stays when nobody is on an island."""
    roads = mirror / "roads" / file
    graph = read_roads(roads, mode)
    rng = np.random.default_rng(7)
    node = rng.integers(0, graph.nodes, 400)
    lonlat = list(zip(graph.x[node], graph.y[node] + 1e-4, strict=True))
    homes, places = points(FROM, lonlat[:50]), points(TO, lonlat[50:], cap_m=3000.0)
    found = own_times(roads, homes, places, 1800, mode=mode)

    epsg = 32630 if "man" in file else 32632
    everyone = points(FROM, list(zip(graph.x, graph.y, strict=True))).table
    everyone = everyone.assign(demand_id="", persons=1.0, code_insee="", method="roads")
    largest = keep_served_parts(graph, everyone, metric_epsg=epsg).graph
    demand = homes.table.rename(columns={"id": "demand_id"})
    expected = travel_times(
        largest,
        places.table.rename(columns={"id": "site_id"}).assign(nom=""),
        demand.assign(code_insee="", persons=1.0, method="roads"),
        1800,
        metric_epsg=epsg,
    )
    rows = expected.costs.itertuples(index=False)
    assert costs_of(found) == {(row.demand_id, row.site_id): row.cost_ds for row in rows}
    assert len(found.costs) > 1000
    ids = found.costs[["demand_id", "site_id"]].astype(str)
    assert list(ids.itertuples(index=False)) == sorted(ids.itertuples(index=False))
