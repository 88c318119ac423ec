from __future__ import annotations

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coverage.model.tables import check
from coverage.network import travel_times
from coverage.network.components import keep_served_parts
from coverage.network.snap import DEMAND_CAP_M, NO_WAY, SITE_CAP_M, EdgeIndex, snap

from .conftest import METRIC_EPSG


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


def test_exactly_at_the_limit_is_included(one_way_ring, toy_points):
    home, place = toy_points([(0, 0)]), toy_points([(1000, 500)])
    assert pairs(times(one_way_ring, place, home, 150)) == {("d0", "s0"): 1500}
    assert pairs(times(one_way_ring, place, home, 149)) == {}


def test_both_walks_are_costed(one_way_ring, toy_points):
    home, place = toy_points([(500, -100)]), toy_points([(1050, 500)])
    assert pairs(times(one_way_ring, place, home, 3600)) == {("d0", "s0"): 800 + 1000 + 400}


def test_who_is_not_reached_is_listed_with_the_reason(one_way_ring, toy_points):
    demand = toy_points(
        [(0, 0), (0, -1500), (0, -1500), (1000, 1)],
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


def oracle(graph, sites, demand, limit_s):
    """The same by cutting each edge at the points that stand on it, and NetworkX's Dijkstra."""
    kept = keep_served_parts(graph, demand, metric_epsg=METRIC_EPSG).graph
    index = EdgeIndex.build(kept, METRIC_EPSG)
    ties = {
        "s": snap(index, sites, metric_epsg=METRIC_EPSG, cap_m=SITE_CAP_M),
        "d": snap(index, demand, metric_epsg=METRIC_EPSG, cap_m=DEMAND_CAP_M),
    }
    cut = nx.DiGraph()
    cut.add_nodes_from(range(kept.nodes))

    def link(tail, head, ds):
        if not cut.has_edge(tail, head) or cut[tail][head]["ds"] > ds:
            cut.add_edge(tail, head, ds=int(ds))

    for tail, head, ds in zip(kept.tails, kept.indices, kept.deciseconds, strict=True):
        link(int(tail), int(head), ds)
    standing: dict[tuple[int, int], list[tuple[float, int, tuple[str, int]]]] = {}
    for kind, tie in ties.items():
        for row in np.flatnonzero(tie.snapped):
            point = (kind, int(row))
            cut.add_node(point)
            at_end = (tie.out_ds[row] == tie.walk_ds[row]) & (tie.in_ds[row] == tie.walk_ds[row])
            for node in tie.nodes[row, at_end]:
                link(point, int(node), 0)
                link(int(node), point, 0)
            for way in np.flatnonzero((tie.along_ds[row] != NO_WAY) & ~at_end.any()):
                spot = standing.setdefault((int(tie.edge[row]), int(way)), [])
                spot.append((tie.share[row, way], int(tie.along_ds[row, way]), point))
    for (edge, way), spots in standing.items():
        low, high = (int(node) for node in index.ends[edge])
        start, end = (low, high) if way == 0 else (high, low)
        ds = int(kept.deciseconds[index.arcs[edge, way]])
        chain = [(0.0, 0, start), *sorted(spots), (1.0, ds, end)]
        for (_, here, tail), (_, there, head) in pairwise(chain):
            link(tail, head, there - here)
    found = {}
    for row in np.flatnonzero(ties["d"].snapped):
        reached = nx.single_source_dijkstra_path_length(cut, ("d", int(row)), weight="ds")
        for site in np.flatnonzero(ties["s"].snapped):
            cost = reached.get(("s", int(site)))
            if cost is not None:
                cost += int(ties["d"].walk_ds[row]) + int(ties["s"].walk_ds[site])
                if cost <= 10 * limit_s:
                    found[(f"d{row}", f"s{site}")] = cost
    return found


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**6), st.sampled_from([60, 300, 1200]))
def test_equal_to_cutting_the_edges(toy_graph, toy_points, seed, limit_s):
    rng = np.random.default_rng(seed)
    nodes = rng.integers(0, 8, (9, 2)) * 150.0
    arcs = [(*rng.integers(0, 9, 2), int(rng.choice([0, 200, 700, 1500]))) for _ in range(20)]
    graph = toy_graph(nodes, arcs)
    demand, sites = (
        toy_points(rng.uniform(0, 1050, (8, 2))),
        toy_points(np.vstack((rng.uniform(0, 1050, (4, 2)), nodes[:2]))),
    )
    assert pairs(times(graph, sites, demand, limit_s)) == oracle(graph, sites, demand, limit_s)


def test_equal_to_cutting_the_edges_on_corsica(corsica, toy_points):
    rng = np.random.default_rng(11)
    nodes = rng.choice(corsica.nodes, 60, replace=False)
    x = corsica.x[nodes] + rng.normal(0, 0.002, 60)
    y = corsica.y[nodes] + rng.normal(0, 0.002, 60)
    points = toy_points([(0, 0)] * 60)
    points = points.set_geometry(points.geometry.from_xy(x, y, crs=4326))
    demand, sites = points.iloc[:30], points.iloc[30:].reset_index(drop=True)
    sites = sites.assign(site_id=[f"s{k}" for k in range(30)])
    found = pairs(times(corsica, sites, demand, 3600))
    assert len(found) > 100
    assert found == oracle(corsica, sites, demand, 3600)
