from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from coverage.network.components import ReadyNetwork
from coverage.network.cutting import Cutting, cut_out
from coverage.network.graph import RoadGraph
from coverage.network.nearest_sites import nearest
from coverage.network.snap import Snap, snap
from coverage.network.times import costs_between

from .conftest import (
    METRIC_EPSG,
    ORIGIN_M,
    dense,
    dijkstra_ds,
    drawn_graph,
    maps,
    metres,
    points_m,
)


def table(network: ReadyNetwork, homes: Snap, places: Snap, limit_ds: int) -> NDArray[Any]:
    """Times places x homes."""
    found = costs_between(network, homes, places, limit_ds)
    return dense(found, (places.edge.size, homes.edge.size))


def assert_its_homes_have_the_whole_rows(
    cut: Cutting, whole: NDArray[Any], own: NDArray[np.bool_], limit_ds: int
) -> None:
    """The piece alone gives the whole's times, and no place within reach is missing."""
    assert cut.home_rows.tolist() == np.flatnonzero(own).tolist()
    expected = whole[:, own]
    found = np.full_like(expected, np.inf)
    found[cut.place_rows] = table(cut.network, cut.homes, cut.places, limit_ds)
    assert found.tobytes() == expected.tobytes()


def bends(graph: RoadGraph, row: int) -> tuple[tuple[float, float], ...]:
    a, b = graph.shapes.ptr[row : row + 2] if row >= 0 else (0, 0)
    return tuple(zip(graph.shapes.x[a:b].tolist(), graph.shapes.y[a:b].tolist(), strict=True))


def columns(graph: RoadGraph) -> dict[tuple[int, int], tuple[Any, ...]]:
    ends = zip(graph.tails.tolist(), graph.indices.tolist(), strict=True)
    values = zip(graph.deciseconds, graph.length_m, graph.highway, graph.shape, strict=True)
    return {
        pair: (int(ds), float(metres), int(highway), bends(graph, int(row)))
        for pair, (ds, metres, highway, row) in zip(ends, values, strict=True)
    }


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(maps(), points_m(), points_m(), st.sampled_from([5, 120, 2000]), st.data())
def test_each_territory_alone_gives_the_times_of_the_whole(graph, homes_m, places_m, cap_m, data):
    network = ReadyNetwork.of(graph, METRIC_EPSG)
    homes = snap(network.index, homes_m, cap_m=cap_m)
    places = snap(network.index, places_m, cap_m=2 * cap_m)
    met = costs_between(network, homes, places, 10**6).ds.tolist()
    limit_ds = data.draw(st.sampled_from([0, 300, *met, 2**31 - 2]))
    marks = st.lists(st.integers(0, 2), min_size=len(homes_m), max_size=len(homes_m))
    territory = np.array(data.draw(marks))
    whole = table(network, homes, places, limit_ds)
    for code in range(3):
        own = territory == code
        cut = cut_out(network, homes, places, own, limit_ds)
        assert_its_homes_have_the_whole_rows(cut, whole, own, limit_ds)


@settings(max_examples=60)
@given(maps(), points_m(), points_m(), st.sampled_from([0, 98, 400, 3000]))
def test_the_piece_is_the_whole_between_its_nodes(graph, homes_m, places_m, limit_ds):
    network = ReadyNetwork.of(graph, METRIC_EPSG)
    homes = snap(network.index, homes_m, cap_m=200)
    places = snap(network.index, places_m, cap_m=200)
    own = np.arange(len(homes_m)) % 2 == 0
    cut = cut_out(network, homes, places, own, limit_ds)
    piece, nodes = cut.network.graph, cut.nodes
    assert (np.diff(nodes) > 0).all()
    np.testing.assert_array_equal(piece.x, graph.x[nodes])
    assert piece.shapes.rows == np.unique(piece.shape[piece.shape >= 0]).size
    inside = set(nodes.tolist())
    assert {
        (int(nodes[tail]), int(nodes[head])): arc for (tail, head), arc in columns(piece).items()
    } == {ends: arc for ends, arc in columns(graph).items() if inside.issuperset(ends)}
    # Snapping to the piece ties its points to the same streets.
    for before, after, rows, points in (
        (homes, cut.homes, cut.home_rows, homes_m),
        (places, cut.places, cut.place_rows, places_m),
    ):
        assert after.snapped.tolist() == before.snapped[rows].tolist()
        on = after.snapped
        again = snap(cut.network.index, points[rows[on]], cap_m=200)
        np.testing.assert_array_equal(again.edge, after.edge[on])
        np.testing.assert_array_equal(nodes[again.nodes], before.nodes[rows[on]])
        np.testing.assert_array_equal(nodes[after.nodes[on]], before.nodes[rows[on]])


def test_what_cannot_be_reached_in_time_is_not_in_the_piece():
    """A straight road of ten junctions 100 s apart; the home leaves from the first."""
    graph = drawn_graph(
        [(1000 * k, 0) for k in range(10)], [(k, k + 1, 1000, 1000) for k in range(9)]
    )
    network = ReadyNetwork.of(graph, METRIC_EPSG)
    homes = snap(network.index, np.array([(0, 0), (9000, 0)]) + ORIGIN_M, cap_m=1)
    spots = np.array([(2500, 0), (3500, 0), (4100, 0), (6500, 0)]) + ORIGIN_M
    places = snap(network.index, spots, cap_m=1)
    cut = cut_out(network, homes, places, np.array([True, False]), 3500)
    assert cut.place_rows.tolist() == [0, 1]
    assert cut.nodes.tolist() == [0, 1, 2, 3, 4]
    assert table(cut.network, cut.homes, cut.places, 3500).tolist() == [[2500], [3500]]
    nobody = cut_out(network, homes, places, np.array([False, False]), 3500)
    assert (nobody.nodes.size, nobody.place_rows.size, nobody.home_rows.size) == (0, 0, 0)
    assert costs_between(nobody.network, nobody.homes, nobody.places, 3500).item.size == 0


@pytest.fixture(scope="module")
def post_offices(mirror: Path) -> pd.DataFrame:
    """La Poste's points of contact in Corsica."""
    path = mirror / "laposte_points_contact" / "2025-06-04" / "laposte_poincont2.csv"
    points = pd.read_csv(path, dtype=str, usecols=["code_insee", "latitude", "longitude"])
    return points[points["code_insee"].str.startswith(("2A", "2B"), na=False)].dropna()


@pytest.mark.parametrize("minutes", [10, 30])
def test_corsica_cut_in_two_is_the_whole(corsica, post_offices, minutes):
    network = ReadyNetwork.of(corsica, METRIC_EPSG)
    rng = np.random.default_rng(14)
    nodes = rng.choice(corsica.nodes, 2_000, replace=False)
    offices = metres(
        post_offices["longitude"].astype(float), post_offices["latitude"].astype(float)
    )
    code = post_offices["code_insee"].str[:2].to_numpy()
    around = metres(corsica.x[nodes], corsica.y[nodes]) + rng.normal(0, 200, (2_000, 2))
    nearest_office = ((around[:, None] - offices) ** 2).sum(2).argmin(1)
    homes = snap(network.index, np.vstack((offices, around)) + ORIGIN_M, cap_m=1_000)
    places = snap(network.index, offices + ORIGIN_M, cap_m=3_000)
    territory = np.concatenate((code, code[nearest_office]))
    limit_ds = 600 * minutes
    whole = table(network, homes, places, limit_ds)
    both = nearest(network, homes, places, limit_ds)
    across = 0
    for departement in ("2A", "2B"):
        own = territory == departement
        cut = cut_out(network, homes, places, own, limit_ds)
        assert_its_homes_have_the_whole_rows(cut, whole, own, limit_ds)
        assert cut.nodes.size < 0.75 * corsica.nodes
        across += int(np.isfinite(whole[np.ix_(code != departement, own)]).sum())
        alone = nearest(cut.network, cut.homes, cut.places, limit_ds)
        assert np.array_equal(alone.ds, both.ds[own])
        assert np.array_equal(alone.second_ds, both.second_ds[own])
        found = alone.site >= 0
        assert np.array_equal(cut.place_rows[alone.site[found]], both.site[own][found])
    assert across > 0  # some cross the border


TILES = 4


def tiled(tile: RoadGraph) -> RoadGraph:
    """Lay a network 4 x 4 times beside itself, with a bridge from each copy to the next ones."""
    copies = np.arange(TILES * TILES)
    east, north = copies % TILES, copies // TILES
    span_x, span_y = np.ptp(tile.x) * 1.02, np.ptp(tile.y) * 1.02
    first = copies * tile.nodes
    labels = first[:, None]
    served = np.flatnonzero(np.isfinite(dijkstra_ds(tile, _middle(tile))))
    ends = served[[tile.x[served].argmin(), tile.x[served].argmax()]]
    poles = served[[tile.y[served].argmin(), tile.y[served].argmax()]]
    bridges = [
        pair
        for copy in copies
        for step, (low, high), inside in (
            (1, ends, east[copy] + 1 < TILES),
            (TILES, poles, north[copy] + 1 < TILES),
        )
        if inside
        for one, other in [(first[copy] + high, first[copy + step] + low)]
        for pair in ((one, other), (other, one))
    ]
    tails, heads = np.array(bridges).T
    count = copies.size
    shapes = replace(
        tile.shapes,
        ptr=np.concatenate(([0], np.cumsum(np.tile(np.diff(tile.shapes.ptr), count)))).astype(
            np.int64
        ),
        x=(tile.shapes.x + (east * span_x)[:, None]).ravel(),
        y=(tile.shapes.y + (north * span_y)[:, None]).ravel(),
    )
    shape = np.where(tile.shape < 0, -1, tile.shape + (copies * tile.shapes.rows)[:, None])
    none = np.full(tails.size, -1)
    return RoadGraph.from_arcs(
        np.concatenate(((tile.tails + labels).ravel(), tails)),
        np.concatenate(((tile.indices + labels).ravel(), heads)),
        np.concatenate((np.tile(tile.deciseconds, count), none * -300)),
        length_m=np.concatenate((np.tile(tile.length_m, count), none * -500.0)),
        highway=np.concatenate((np.tile(tile.highway, count), none * -8)),
        x=(tile.x + (east * span_x)[:, None]).ravel(),
        y=(tile.y + (north * span_y)[:, None]).ravel(),
        shape=np.concatenate((shape.ravel(), none)),
        shapes=shapes,
    )


def _middle(graph: RoadGraph) -> int:
    return int(np.argmin(np.hypot(graph.x - graph.x.mean(), graph.y - graph.y.mean())))


@pytest.mark.parametrize("limit_ds", [18_000, 36_000])
def test_a_country_of_sixteen_territories_is_the_whole(andorra, limit_ds):
    graph = tiled(andorra)
    network = ReadyNetwork.of(graph, METRIC_EPSG)
    rng = np.random.default_rng(15)
    nodes = rng.choice(graph.nodes, 3_300, replace=False)
    points = metres(graph.x[nodes], graph.y[nodes]) + ORIGIN_M + rng.normal(0, 60, (3_300, 2))
    homes = snap(network.index, points[:3_200], cap_m=1_000)
    places = snap(network.index, points[3_200:], cap_m=3_000)
    territory = nodes[:3_200] // andorra.nodes
    whole = table(network, homes, places, limit_ds)
    across = 0
    for code in range(TILES * TILES):
        own = territory == code
        cut = cut_out(network, homes, places, own, limit_ds)
        assert_its_homes_have_the_whole_rows(cut, whole, own, limit_ds)
        assert 0 < cut.nodes.size < graph.nodes
        foreign = nodes[3_200:] // andorra.nodes != code
        across += int(np.isfinite(whole[np.ix_(foreign, own)]).sum())
    assert across > 0
