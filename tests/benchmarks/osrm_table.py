"""The table of 40 places and 2,000 homes on the Isle of Man beside OSRM, snapping on both sides.

Both sides get longitudes and latitudes. OSRM's answer is left as the object that it gives.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer

from coverage.network.components import ReadyNetwork
from coverage.network.graph import RoadGraph
from coverage.network.roads import read_roads
from coverage.network.snap import snap
from coverage.network.times import costs_between, travel_times
from tests.benchmarks.pairs import compare, stopwatch
from tests.benchmarks.peers import Peer, PeerMissingError
from tests.benchmarks.results import Table
from tests.benchmarks.same_arrays import timed
from tests.benchmarks.settings import Settings

METRIC_EPSG = 32630
PLACES, HOMES = 40, 2000
#: Ten hours: further than anything on the island, so every pair is answered, as by OSRM.
_LIMIT_S = 36_000
_CAP_M = 5000.0
#: How far homes and places stand from a node of the network, at most, in degrees (about 100 m).
_ASIDE = 0.001


@dataclass(frozen=True, eq=False)
class Question:
    """Longitudes and latitudes of places and homes, one row each."""

    places: NDArray[np.float64]
    homes: NDArray[np.float64]


def question(graph: RoadGraph) -> Question:
    """Return places and homes near nodes taken at random, the same ones each time."""
    generator = np.random.default_rng(3)
    node = generator.choice(graph.nodes, PLACES + HOMES, replace=False)
    aside = generator.uniform(-_ASIDE, _ASIDE, (node.size, 2))
    points = np.column_stack((graph.x[node], graph.y[node])) + aside
    return Question(points[:PLACES], points[PLACES:])


def table_of(network: ReadyNetwork, asked: Question) -> NDArray[np.float64]:
    """Return the times from each home to each place in seconds: places x homes, inf = no way."""
    to_metres = Transformer.from_crs(4326, network.index.metric_epsg, always_xy=True)
    homes, places = (
        snap(network.index, np.column_stack(to_metres.transform(*points.T)), cap_m=_CAP_M)
        for points in (asked.homes, asked.places)
    )
    found = costs_between(network, homes, places, 10 * _LIMIT_S, threads=1)
    seconds = np.full((PLACES, HOMES), np.inf)
    seconds[np.repeat(np.arange(PLACES), np.diff(found.ptr)), found.item] = found.ds / 10
    return seconds


def main(settings: Settings) -> list[Table]:
    """Return the ratios for the arrays and for the public door."""
    table = Table.of_ratios("osrm-table")
    graph, read_s = timed(lambda: read_roads(settings.isle_of_man))
    asked = question(graph)
    network, ready_s = timed(lambda: ReadyNetwork.of(graph, METRIC_EPSG))
    table_of(network, asked)
    points = settings.folder("peers") / "table.npz"
    # The same direction on both sides: OSRM's sources are the homes.
    np.savez(points, sources=asked.homes, targets=asked.places)
    sites, demand = _frames(asked)

    def public() -> object:
        return travel_times(
            graph, sites, demand, _LIMIT_S,
            metric_epsg=METRIC_EPSG, demand_cap_m=_CAP_M, site_cap_m=_CAP_M,
        )  # fmt: skip

    doors = (
        ("snap and times, as a matrix", stopwatch(lambda: table_of(network, asked)), 10),
        ("`travel_times`, as a table", stopwatch(public), None),
    )
    work = f"{PLACES} x {HOMES:,} table, Isle of Man"
    try:
        with Peer(
            settings, "serve_osrm", settings.folder("peers", "osrm"), settings.isle_of_man
        ) as peer:
            for door, ours, bar in doors:
                pairs = compare(
                    ours,
                    lambda: peer.seconds("table", points=str(points), arrays=False),
                    pairs=settings.pairs,
                )
                table.add_ratio(
                    f"{work}: {door}", peer.version, pairs, wanted=bar,
                    ours_s=read_s + ready_s, peer_s=sum(peer.preparation.values()),
                )  # fmt: skip
    except PeerMissingError as missing:
        table.add_missing(work, "OSRM", str(missing), 10)
    return [table]


def _frames(asked: Question) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    sites = gpd.GeoDataFrame(
        {"site_id": [f"p{k}" for k in range(PLACES)], "nom": "Lieu"},
        geometry=gpd.points_from_xy(*asked.places.T),
        crs=4326,
    )
    demand = gpd.GeoDataFrame(
        {"demand_id": [f"d{k}" for k in range(HOMES)], "code_insee": "00001", "persons": 1.0},
        geometry=gpd.points_from_xy(*asked.homes.T),
        crs=4326,
    )
    return sites, demand.assign(method="roads")
