"""The polygon that one place serves in 20 minutes, and in 10, 20 and 30, beside Valhalla's."""

from __future__ import annotations

import geopandas as gpd
import numpy as np

from coverage.network.catchments import catchment
from coverage.network.components import ReadyNetwork
from coverage.network.roads import read_roads
from tests.benchmarks.osrm_table import METRIC_EPSG
from tests.benchmarks.pairs import compare, stopwatch
from tests.benchmarks.peers import Peer, PeerMissingError
from tests.benchmarks.results import Table
from tests.benchmarks.same_arrays import timed
from tests.benchmarks.settings import Settings

_PLACES = 10


def main(settings: Settings) -> list[Table]:
    """Return the ratios: ten places, one question each."""
    table = Table.of_ratios("polygons")
    graph = read_roads(settings.isle_of_man)
    network, ready_s = timed(lambda: ReadyNetwork.of(graph, METRIC_EPSG))
    node = np.random.default_rng(13).choice(graph.nodes, _PLACES, replace=False)
    points = np.column_stack((graph.x[node], graph.y[node]))
    sites = gpd.GeoDataFrame(
        {"site_id": [f"p{k}" for k in range(_PLACES)], "nom": "Lieu"},
        geometry=gpd.points_from_xy(*points.T),
        crs=4326,
    )
    try:
        with Peer(
            settings, "serve_valhalla", settings.folder("peers", "valhalla"), settings.isle_of_man
        ) as peer:
            for minutes in ([20], [10, 20, 30]):

                def ours(minutes: list[int] = minutes) -> object:
                    return [
                        catchment(network, sites.iloc[k : k + 1], minutes) for k in range(_PLACES)
                    ]

                def theirs(minutes: list[int] = minutes) -> float:
                    return peer.seconds("isochrones", places=points.tolist(), minutes=minutes)

                pairs = compare(stopwatch(ours), theirs, pairs=settings.pairs)
                limits = ", ".join(map(str, minutes))
                table.add_ratio(
                    f"{_PLACES} places, contours at {limits} min", peer.version, pairs,
                    ours_s=ready_s, peer_s=sum(peer.preparation.values()),
                )  # fmt: skip
    except PeerMissingError as missing:
        table.add_missing("contours", "Valhalla", str(missing))
    return [table]
