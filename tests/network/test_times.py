from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from coverage.model.tables import check
from coverage.network import travel_times
from coverage.network.components import ReadyNetwork
from coverage.network.snap import DEMAND_CAP_M, NO_WAY, SITE_CAP_M, Snap, snap
from coverage.network.times import costs_between, road_costs

from .conftest import METRIC_EPSG, ORIGIN_M, dense, maps, metres, points_m


def times(graph, sites, demand, limit_s, **options):
    result = travel_times(graph, sites, demand, limit_s, metric_epsg=METRIC_EPSG, **options)
    check("costs", result.costs)
    return result


def pairs(result):
    rows = result.costs.itertuples(index=False)
    return {(row.demand_id, row.site_id): row.cost_ds for row in rows}


@pytest.fixture
def one_way_ring(toy_graph):
    """A square driven one way only, 100 s a side: 0 -> 1 -> 2 -> 3 -> 0."""
    return toy_graph(
        [(0, 0), (1000, 0), (1000, 1000), (0, 1000)],
        [(0, 1, 1000), (1, 2, 1000), (2, 3, 1000), (3, 0, 1000)],
    )


def test_direction_is_from_home_to_the_service(one_way_ring, toy_points):
    home, place = toy_points([(0, 0)]), toy_points([(1000, 0)])
    assert pairs(times(one_way_ring, place, home, 3600)) == {("d0", "s0"): 1000}
    assert pairs(times(one_way_ring, home, place, 3600)) == {("d0", "s0"): 3000}


def test_on_one_one_way_street_the_wrong_way_goes_round(one_way_ring, toy_points):
    early, late = toy_points([(300, 0)]), toy_points([(700, 0)])
    assert pairs(times(one_way_ring, late, early, 3600)) == {("d0", "s0"): 400}
    assert pairs(times(one_way_ring, early, late, 3600)) == {("d0", "s0"): 3600}
    assert pairs(times(one_way_ring, early, early, 3600)) == {("d0", "s0"): 0}


def test_a_network_as_it_is_gives_the_costs_of_the_travel_times(one_way_ring, toy_points):
    homes = toy_points([(0, 0), (300, -900), (300, -1100), (500, 500)])
    places = toy_points([(1000, 500), (0, -2900), (0, -3100)])
    network = ReadyNetwork.of(one_way_ring, METRIC_EPSG)
    found = check("costs", road_costs(network, places, homes, 3600))
    pd.testing.assert_frame_equal(found, times(one_way_ring, places, homes, 3600).costs)
    # Nobody is exempt from the cap of a kilometre on foot, nor a place from that of three.
    far = road_costs(network, places, homes.assign(method="centroid"), 3600)
    assert set(far["demand_id"]) == {"d0", "d1", "d3"}
    assert set(far["site_id"]) == {"s0", "s1"}


def test_exactly_at_the_limit_is_included(one_way_ring, toy_points):
    home, place = toy_points([(0, 0)]), toy_points([(1000, 500)])
    assert pairs(times(one_way_ring, place, home, 150)) == {("d0", "s0"): 1500}
    assert pairs(times(one_way_ring, place, home, 149)) == {}


def test_both_walks_are_costed(one_way_ring, toy_points):
    home, place = toy_points([(500, -100)]), toy_points([(1050, 500)])
    assert pairs(times(one_way_ring, place, home, 3600)) == {("d0", "s0"): 800 + 1000 + 400}


def test_who_is_not_reached_is_listed_with_the_reason(one_way_ring, toy_points):
    demand = toy_points(
        [(0, 0), (0, -1500), (0, -1500), (1000, 5)],
        method=["roads", "roads", "centroid", "roads"],
        persons=[1.0, 2.0, 4.0, 8.0],
    )
    sites = toy_points([(1000, 0), (1000, -2900), (-4000, 0)], nom=["a", "b", "c"])
    result = times(one_way_ring, sites, demand, 1400)
    found = pairs(result)
    assert found[("d0", "s0")] == 1000
    assert found[("d2", "s0")] == 12_000 + 1000  # 1,500 m on foot, then the drive
    assert not any("d1" in pair or "s2" in pair for pair in found)
    assert result.unreached_demand[["demand_id", "reason"]].to_numpy().tolist() == [
        ["d1", "off_road"]
    ]
    assert result.unreached_persons == 2.0
    assert result.unsnapped_sites["nom"].tolist() == ["c"]
    assert result.unsnapped_sites["walk_m"].iloc[0] == pytest.approx(4000, abs=1)
    assert result.flagged_demand["demand_id"].tolist() == ["d2"]
    assert result.flagged_demand["walk_m"].iloc[0] == pytest.approx(1500, abs=1)
    assert not result.estimate
    short = times(one_way_ring, sites, demand, 0)
    assert set(short.unreached_demand["demand_id"]) == {"d0", "d1", "d2", "d3"}
    assert set(short.unreached_demand["reason"]) == {"off_road", "no_site"}


def test_nobody_no_site_and_no_road(one_way_ring, toy_graph, toy_points):
    someone, nobody = toy_points([(0, 0)]), toy_points([])
    assert times(one_way_ring, someone, nobody, 60).costs.empty
    without = times(one_way_ring, nobody, someone, 60)
    assert without.costs.empty
    assert without.unreached_demand["reason"].tolist() == ["no_site"]
    no_road = times(toy_graph([(0, 0)], []), someone, someone, 60)
    assert no_road.unreached_demand["reason"].tolist() == ["off_road"]
    assert len(no_road.unsnapped_sites) == 1


def test_costs_come_in_the_order_of_the_tables_and_progress_is_told(one_way_ring, toy_points):
    rng = np.random.default_rng(5)
    demand, sites = (
        toy_points(rng.uniform(0, 1000, (20, 2))),
        toy_points(rng.uniform(0, 1000, (130, 2))),
    )
    told = []
    result = times(
        one_way_ring, sites, demand, 3600, progress=lambda share, text: told.append(share)
    )
    assert len(result.costs) == 20 * 130
    assert result.costs["site_id"].cat.codes.is_monotonic_increasing
    assert result.costs["demand_id"].iloc[:20].tolist() == demand["demand_id"].tolist()
    assert told == sorted(told)
    assert told[-1] == 1.0


Spot = tuple[int, float]


def brute_force(network: ReadyNetwork, homes: Snap, places: Snap) -> NDArray[np.float64]:
    """Times places x homes by cutting each edge where points stand on it, and Dijkstra.

    Of a snap only the edge, the place on it and the walk are used. A point at an end of its edge
    is that junction itself.
    """
    graph, index = network.graph, network.index
    spots: dict[Spot, int] = {}
    on_arc: dict[int, dict[float, tuple[int, int]]] = {}

    def stand(tie: Snap, row: int) -> int:
        edge, share = int(tie.edge[row]), float(tie.share[row, 0])
        if share in (0.0, 1.0):
            return int(index.ends[edge, int(share)])
        spot = spots.setdefault((edge, share), graph.nodes + len(spots))
        for way, arc in enumerate(index.arcs[edge].tolist()):
            if arc >= 0:
                here = (int(tie.along_ds[row, way]), spot)
                assert on_arc.setdefault(arc, {}).setdefault(tie.share[row, way], here) == here
        return spot

    stands = [
        {int(row): stand(tie, int(row)) for row in np.flatnonzero(tie.snapped)}
        for tie in (homes, places)
    ]
    fastest: dict[tuple[int, int], int] = {}
    ends = zip(graph.tails.tolist(), graph.indices.tolist(), strict=True)
    for arc, (tail, head) in enumerate(ends):
        stops = [(0, tail), *(stop for _, stop in sorted(on_arc.get(arc, {}).items()))]
        for (since, a), (until, b) in pairwise([*stops, (int(graph.deciseconds[arc]), head)]):
            fastest[a, b] = min(fastest.get((a, b), NO_WAY), until - since)
    tails, heads = np.array([*fastest], dtype=np.int64).reshape(-1, 2).T
    size = graph.nodes + len(spots)
    matrix = csr_matrix((np.array([*fastest.values()], dtype=float), (tails, heads)), (size, size))
    found = np.full((places.edge.size, homes.edge.size), np.inf)
    if stands[0] and stands[1]:
        start, stop = [*stands[0].values()], [*stands[1].values()]
        unique, back = np.unique(start, return_inverse=True)
        times = dijkstra(matrix, indices=unique)[back][:, stop].T
        walks = places.walk_ds[[*stands[1]]][:, None] + homes.walk_ds[[*stands[0]]]
        found[np.ix_([*stands[1]], [*stands[0]])] = times + walks
    return found


def costs(network, homes, places, limit_ds, **options):
    found = costs_between(network, homes, places, limit_ds, **options)
    return dense(found, (places.edge.size, homes.edge.size))


def within(times, limit_ds):
    return np.where(times <= limit_ds, times, np.inf)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(maps(), points_m(), points_m(), st.sampled_from([5, 120, 2000]), st.data())
def test_equal_to_cutting_the_edges(graph, homes_m, places_m, cap_m, data):
    network = ReadyNetwork.of(graph, METRIC_EPSG)
    homes = snap(network.index, homes_m, cap_m=cap_m)
    places = snap(network.index, places_m, cap_m=2 * cap_m)
    expected = brute_force(network, homes, places)
    met = sorted({int(ds) for ds in expected[np.isfinite(expected)]})
    for limit_ds in (0, data.draw(st.sampled_from([*met, 300])), 2**31 - 2):
        for at in {limit_ds, max(limit_ds - 1, 0)}:
            assert np.array_equal(costs(network, homes, places, at), within(expected, at))


@settings(max_examples=50)
@given(maps(), points_m(40), points_m(40))
def test_threads_change_nothing_not_even_the_order(graph, homes_m, places_m):
    network = ReadyNetwork.of(graph, METRIC_EPSG)
    homes = snap(network.index, homes_m, cap_m=1e9)
    places = snap(network.index, places_m, cap_m=1e9)
    alone = costs_between(network, homes, places, 2_000, threads=1)
    for threads in (2, 3, 100, None):
        shared = costs_between(network, homes, places, 2_000, threads=threads)
        assert all(np.array_equal(a, b) for a, b in zip(alone, shared, strict=True))


@settings(max_examples=60)
@given(maps(), points_m(), points_m())
def test_to_and_fro_differ_only_where_a_street_is_one_way(graph, homes_m, places_m):
    """Home to place is place to home on the network turned round."""
    there, back = (ReadyNetwork.of(g, METRIC_EPSG) for g in (graph, graph.transposed()))
    forth = [snap(there.index, points, cap_m=1e9) for points in (homes_m, places_m)]
    turned = [snap(back.index, points, cap_m=1e9) for points in (places_m, homes_m)]
    assume(np.array_equal(there.index.ends, back.index.ends))
    # Half a decisecond may be rounded up there and down here.
    assert costs(there, *forth, 10**6) == pytest.approx(costs(back, *turned, 10**6).T, abs=1)


def test_costs_in_steps_of_sites_are_those_of_one_step(one_way_ring, monkeypatch):
    network = ReadyNetwork.of(one_way_ring, METRIC_EPSG)
    rng = np.random.default_rng(6)
    xy = rng.uniform(-200, 1200, (130, 2)) + ORIGIN_M
    homes, places = snap(network.index, xy[:30], cap_m=150), snap(network.index, xy, cap_m=150)
    whole = costs_between(network, homes, places, 3000)
    monkeypatch.setattr("coverage.network.times._SITES_A_STEP", 17)
    steps = costs_between(network, homes, places, 3000)
    assert all(np.array_equal(a, b) for a, b in zip(whole, steps, strict=True))


@pytest.mark.parametrize("name", ["corsica", "isle_of_man", "nantes"])
def test_equal_to_cutting_the_edges_on_real_roads(request, name):
    graph = request.getfixturevalue(name)
    network = ReadyNetwork.of(graph, METRIC_EPSG)
    rng = np.random.default_rng(11)
    nodes = rng.choice(graph.nodes, 200, replace=False)
    xy = metres(graph.x[nodes], graph.y[nodes]) + ORIGIN_M
    xy[:160] += rng.normal(0, 250, (160, 2))
    xy[50:60] = xy[:10]  # some homes and places at one spot
    homes = snap(network.index, xy[:50], cap_m=DEMAND_CAP_M)
    places = snap(network.index, xy[50:], cap_m=SITE_CAP_M)
    expected = brute_force(network, homes, places)
    met = int(np.median(expected[np.isfinite(expected)]))
    for limit_ds in (met, met - 1, 18_000, 2**31 - 2):
        found = costs(network, homes, places, limit_ds)
        assert np.array_equal(found, within(expected, limit_ds))
    assert np.isfinite(expected).mean() > 0.5
