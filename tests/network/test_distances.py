"""Metres between homes and places: in line, and by the shortest way by road."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from pyproj import Geod
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from coverage.model.tables import check
from coverage.network import straight_line_distances
from coverage.network.components import ReadyNetwork, keep_served_parts
from coverage.network.distances import by_length, road_distances
from coverage.network.snap import metric_points, snap

from .conftest import METRIC_EPSG, ORIGIN_M, drawn_graph, maps, metres, points_m

#: Metres of the projection are longer than those of the ground there, by 0.2 %.
_PROJECTED = 0.004


def road_m(graph, sites, demand, limit_m=5000.0):
    network = ReadyNetwork.of(graph, METRIC_EPSG)
    table = check("distances", road_distances(network, sites, demand, limit_m))
    return table.set_index([table["demand_id"].astype(str), table["site_id"].astype(str)])


def test_the_shortest_way_is_not_the_fastest(toy_points):
    """From 0 to 1: 2,000 m in a long time, or round by 2 in a short one."""
    graph = drawn_graph(
        [(0, 0), (2000, 0), (1000, 1500)],
        [(0, 1, 30_000, 30_000), (0, 2, 100, 100), (2, 1, 100, 100)],
    )
    found = road_m(graph, toy_points([(2000, 0)]), toy_points([(0, 0)]))
    assert found.loc[("d0", "s0"), "road_m"] == pytest.approx(2000, abs=0.2)


def test_the_walks_count_and_one_way_streets_hold(toy_points):
    """A ring of four sides of 1,000 m driven one way, the home 100 m off it, the place 50 m."""
    ring = drawn_graph(
        [(0, 0), (1000, 0), (1000, 1000), (0, 1000)],
        [(0, 1, 9, -1), (1, 2, 9, -1), (2, 3, 9, -1), (3, 0, 9, -1)],
    )
    home, place = toy_points([(500, -100)]), toy_points([(1050, 500)])
    there = road_m(ring, place, home).loc[("d0", "s0")]
    assert there["road_m"] == pytest.approx(100 + 500 + 500 + 50, abs=0.2)
    assert there["crow_m"] == pytest.approx(np.hypot(550, 600), rel=_PROJECTED)
    back = road_m(ring, home, place).loc[("d0", "s0")]
    assert back["road_m"] == pytest.approx(50 + 500 + 1000 + 1000 + 500 + 100, abs=0.2)


def test_exactly_at_the_limit_is_told_and_beyond_is_null(toy_points):
    graph = drawn_graph([(0, 0), (0, 900), (900, 900)], [(0, 1, 9, 9), (1, 2, 9, 9)])
    home, place = toy_points([(0, 0)]), toy_points([(900, 900)])
    assert road_m(graph, place, home, 1800)["road_m"].tolist() == [1800.0]
    beyond = road_m(graph, place, home, 1799)
    assert beyond["road_m"].isna().all()
    assert beyond["crow_m"].notna().all()
    assert road_m(graph, place, home, 1200).empty


def test_off_the_road_there_is_no_way_but_a_line(toy_points):
    graph = drawn_graph([(0, 0), (1000, 0)], [(0, 1, 9, 9)])
    demand = toy_points([(0, -1500), (0, -1500)], method=["roads", "centroid"])
    found = road_m(graph, toy_points([(1000, 0)]), demand)["road_m"]
    assert found.isna().tolist() == [True, False]
    assert found.iloc[1] == pytest.approx(2500, abs=0.2)


def test_lines_are_geodesics(toy_points):
    homes, places = toy_points([(0, 0), (3000, 0)]), toy_points([(0, 4000), (40_000, 0)])
    graph = drawn_graph([(0, 0), (1000, 0)], [(0, 1, 9, 9)])
    found = road_m(graph, places, homes, 5000.0)
    one, other = homes.geometry.iloc[0], places.geometry.iloc[0]
    _, _, metres_ = Geod(ellps="WGS84").inv(one.x, one.y, other.x, other.y)
    assert found.loc[("d0", "s0"), "crow_m"] == pytest.approx(metres_, abs=0.001)
    assert set(found.index) == {("d0", "s0"), ("d1", "s0")}


def test_nobody_or_no_place(toy_points):
    graph = drawn_graph([(0, 0), (1000, 0)], [(0, 1, 9, 9)])
    one, none = toy_points([(0, 0)]), toy_points([])
    assert road_m(graph, none, one).empty
    assert road_m(graph, one, none).empty


def test_in_a_straight_line_the_way_is_a_third_longer(toy_points):
    demand = toy_points([(3800, 0), (3900, 0), (5100, 0)])
    table = check(
        "distances",
        straight_line_distances(toy_points([(0, 0)]), demand, 5000.0, metric_epsg=METRIC_EPSG),
    )
    assert table["demand_id"].tolist() == ["d0", "d1"]
    assert table["road_m"].iloc[0] == pytest.approx(1.3 * table["crow_m"].iloc[0], rel=1e-6)
    assert np.isnan(table["road_m"].iloc[1])


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(graph=maps(), homes=points_m(4), places=points_m(4))
def test_against_dijkstra_on_the_lengths_of_small_maps(toy_points, graph, homes, places):
    """The same snaps on a graph whose costs are lengths; ways by scipy, node to node."""
    network = by_length(ReadyNetwork.of(graph, METRIC_EPSG))
    demand, sites = toy_points(homes - ORIGIN_M), toy_points(places - ORIGIN_M)
    found = road_m(graph, sites, demand)
    if len(network.index.ends) == 0:
        assert found["road_m"].isna().all()
        return
    shortest = node_to_node_dm(network.graph)
    from_ = snap(network.index, metric_points(demand, METRIC_EPSG), cap_m=1000, ds_per_m=10)
    to = snap(network.index, metric_points(sites, METRIC_EPSG), cap_m=3000, ds_per_m=10)
    for (home, place), told in found["road_m"].items():
        i, j = int(home[1:]), int(place[1:])
        if not (from_.snapped[i] and to.snapped[j]):
            assert np.isnan(told)
            continue
        ways = [
            from_.out_ds[i, a] + shortest[from_.nodes[i, a], to.nodes[j, b]] + to.in_ds[j, b]
            for a in (0, 1)
            for b in (0, 1)
            if from_.out_ds[i, a] < 2**29 and to.in_ds[j, b] < 2**29
        ]
        best = max(min(ways, default=np.inf) / 10, found.loc[(home, place), "crow_m"])
        # Along one edge there may be a way that meets no node.
        if from_.edge[i] != to.edge[j]:
            assert told == pytest.approx(best, rel=1e-6) or (np.isnan(told) and best > 5000)
        elif not np.isnan(told):
            assert told <= best + 0.1


def node_to_node_dm(graph):
    matrix = csr_matrix(
        (np.rint(10 * graph.length_m), graph.indices, graph.indptr), shape=(graph.nodes,) * 2
    )
    # Arcs of no length are no arcs to scipy; there are none where corners differ.
    return dijkstra(matrix)


def test_against_dijkstra_on_random_pairs_of_corsica(corsica, toy_points):
    rng = np.random.default_rng(3)
    node = rng.integers(0, corsica.nodes, 250)
    at = metres(corsica.x[node], corsica.y[node]) + rng.uniform(-120, 120, (250, 2))
    demand = toy_points(at[:210])
    kept = keep_served_parts(corsica, demand, metric_epsg=METRIC_EPSG).network
    # Places near homes, so that there are ways within the limit.
    sites = toy_points(at[:40] + rng.uniform(-1500, 1500, (40, 2)))
    found = road_distances(kept, sites, demand, 5000.0)
    assert found["road_m"].notna().sum() > 40
    index = by_length(kept).index
    from_ = snap(index, metric_points(demand, METRIC_EPSG), cap_m=1000, ds_per_m=10)
    to = snap(index, metric_points(sites, METRIC_EPSG), cap_m=3000, ds_per_m=10)
    graph = kept.graph
    # Two more nodes a pair would be needed for points of one edge; these are left out.
    pairs = found.assign(i=found["demand_id"].cat.codes, j=found["site_id"].cat.codes)
    pairs = pairs[from_.edge[pairs["i"]] != to.edge[pairs["j"]]]
    matrix = csr_matrix((graph.length_m, graph.indices, graph.indptr), shape=(graph.nodes,) * 2)
    starts, row = np.unique(from_.nodes[pairs["i"]], return_inverse=True)
    shortest = dijkstra(matrix, indices=starts, limit=20_000.0)
    row = row.reshape(-1, 2)
    best = np.full(len(pairs), np.inf)
    for a in (0, 1):
        for b in (0, 1):
            out, into = from_.out_ds[pairs["i"], a] / 10, to.in_ds[pairs["j"], b] / 10
            best = np.minimum(best, out + shortest[row[:, a], to.nodes[pairs["j"], b]] + into)
    best = np.maximum(best, pairs["crow_m"])
    told = pairs["road_m"].to_numpy()
    # Arcs are rounded to the decimetre: a way of a hundred of them is 5 m off at most.
    near = np.isfinite(told)
    assert np.abs(told[near] - best[near]).max() < 5.0
    assert (best[~near] > 4995.0).all()
    assert near.sum() > 30
    assert (told[near] >= pairs["crow_m"][near]).all()


def test_rows_are_in_the_order_of_the_tables(corsica, toy_points):
    at = metres(corsica.x[:60], corsica.y[:60])
    demand, sites = toy_points(at), toy_points(at[::-1][:20])
    found = road_distances(ReadyNetwork.of(corsica, METRIC_EPSG), sites, demand, 5000.0)
    keys = found["site_id"].cat.codes.astype(int) * 1000 + found["demand_id"].cat.codes
    assert keys.is_monotonic_increasing
    shuffled = demand.sample(frac=1, random_state=1).reset_index(drop=True)
    again = road_distances(ReadyNetwork.of(corsica, METRIC_EPSG), sites, shuffled, 5000.0)
    both = [
        table.astype({"demand_id": str, "site_id": str})
        .sort_values(["site_id", "demand_id"])
        .reset_index(drop=True)
        for table in (found, again)
    ]
    pd.testing.assert_frame_equal(*both)
