"""Times between places: from counter to partner."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

from coverage.model.tables import check
from coverage.network import straight_line_links, straight_line_times, travel_times
from coverage.network.components import ReadyNetwork
from coverage.network.links import road_links

from .conftest import METRIC_EPSG, ORIGIN_M, drawn_graph, maps, points_m


def links(graph, counters, places, limit_s=3600):
    network = ReadyNetwork.of(graph, METRIC_EPSG)
    table = check("links", road_links(network, counters, places, limit_s))
    return {(row.from_id, row.to_id): row.cost_ds for row in table.itertuples()}


@pytest.fixture(scope="module")
def street():
    """A street of 1,000 m, 100 s one way and 300 s back."""
    return drawn_graph([(0, 0), (1000, 0)], [(0, 1, 1000, 3000)])


def test_from_the_counter_to_the_partner_and_not_back(street, toy_points):
    counter, partner = toy_points([(0, 0)]), toy_points([(1000, 0)], site_id="p")
    assert links(street, counter, partner) == {("s0", "p"): 1000}
    assert links(street, partner, counter) == {("p", "s0"): 3000}


def test_the_walks_count_but_not_to_itself(street, toy_points):
    place = toy_points([(0, -100), (1000, -50)])
    walk_ds = 800 + 400
    found = links(street, place, place)
    assert found == {
        **{("s0", "s0"): 0, ("s0", "s1"): 1000 + walk_ds},
        **{("s1", "s0"): 3000 + walk_ds, ("s1", "s1"): 0},
    }


def test_exactly_at_the_limit(street, toy_points):
    counter, partner = toy_points([(0, 0)]), toy_points([(1000, 0)], site_id="p")
    assert links(street, counter, partner, 100) == {("s0", "p"): 1000}
    assert links(street, counter, partner, 99) == {}


def test_far_from_any_road_there_is_only_itself(street, toy_points):
    places = toy_points([(0, -3100), (0, 0)])
    found = links(street, places, places)
    assert found == {("s0", "s0"): 0, ("s1", "s1"): 0}
    assert links(street, toy_points([]), places) == {}
    assert links(street, places, toy_points([])) == {}


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(graph=maps(), counters=points_m(4), places=points_m(4))
def test_as_if_someone_lived_at_the_counter(toy_points, graph, counters, places):
    """The same times as from homes that stand there, where parts of the network all stay."""
    homes = toy_points(counters - ORIGIN_M, method="centroid", site_id="c")
    homes["site_id"] += homes["demand_id"]
    sites = toy_points(places - ORIGIN_M)
    times = travel_times(graph, sites, homes, 3600, metric_epsg=METRIC_EPSG)
    if len(times.dropped_components):
        return
    found = links(graph, homes, sites)
    costs = times.costs.itertuples()
    expected = {("c" + row.demand_id, row.site_id): row.cost_ds for row in costs}
    walked = set(times.flagged_demand.query("walk_m > 3000")["demand_id"])
    assert found == {
        pair: ds for pair, ds in expected.items() if pair[0].removeprefix("c") not in walked
    }


def test_in_a_straight_line_at_the_speed_of_the_counters_commune(toy_points):
    counters, places = toy_points([(0, 0), (9000, 0)]), toy_points([(5000, 0), (9000, 0)])
    places["site_id"] = ["p", "s1"]
    level = pd.Series([1, 7], index=["s0", "s1"])
    table = straight_line_links(counters, places, level, 3600, metric_epsg=METRIC_EPSG)
    found = check("links", table).astype({"from_id": str, "to_id": str})
    homes = counters.assign(demand_id=counters["site_id"])
    times = straight_line_times(places, homes, level, 3600, metric_epsg=METRIC_EPSG).costs
    expected = times.rename(columns={"demand_id": "from_id", "site_id": "to_id"})
    expected = expected.astype({"from_id": str, "to_id": str}).sort_values(["from_id", "to_id"])
    pd.testing.assert_frame_equal(found, expected.reset_index(drop=True))
    assert found["cost_ds"].tolist()[-1] == 0
