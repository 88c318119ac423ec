"""pandana on the same arrays: what is within 30 minutes of 100 places, and the nearest of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coverage.network.graph import RoadGraph
from coverage.network.roads import read_roads
from coverage.network.search import NEVER, one_to_many, reach
from tests.benchmarks import tiles
from tests.benchmarks.pairs import compare, stopwatch
from tests.benchmarks.peers import Peer, PeerMissingError
from tests.benchmarks.results import Table
from tests.benchmarks.same_arrays import LIMIT_DS, SITES, assert_same_rows, random_sources, timed
from tests.benchmarks.settings import Settings


def main(settings: Settings) -> list[Table]:
    """Return the ratios on Corsica and on a million nodes."""
    table = Table.of_ratios("pandana")
    networks = {
        "Corsica": read_roads(settings.corsica),
        "tiled, 1 M nodes": tiles.load(settings, 1_000_000),
    }
    for name, graph in networks.items():
        try:
            _compare(settings, table, name, graph)
        except PeerMissingError as missing:
            table.add_missing(f"{name}, {SITES} sites", "pandana", str(missing))
    return [table]


def _compare(settings: Settings, table: Table, name: str, graph: RoadGraph) -> None:
    sources = random_sources(graph, SITES)
    folder = settings.folder("peers")
    file = folder / "arrays.npz"
    arrays = "indptr", "indices", "deciseconds", "x", "y"
    np.savez(file, allow_pickle=False, **{array: getattr(graph, array) for array in arrays})
    one_to_many(graph, sources[:1], 0, threads=1)
    with Peer(settings, "serve_pandana", file, str(LIMIT_DS)) as peer:
        options: dict[str, Any] = {"places": sources.tolist()}
        prepared_s = sum(peer.preparation.values())
        ours, _ = timed(lambda: one_to_many(graph, sources, LIMIT_DS, threads=1))
        theirs = peer.answer("reach", folder / "answer.npz", **options)
        assert_same_rows(ours, _as_rows(theirs, sources, graph.nodes))
        pairs = compare(
            stopwatch(lambda: one_to_many(graph, sources, LIMIT_DS, threads=1)),
            lambda: peer.seconds("reach", **options),
            pairs=settings.pairs,
        )
        table.add_ratio(
            f"{name}: nodes within 30 min of {SITES} sites", f"{peer.version} `nodes_in_range`",
            pairs, peer_s=prepared_s,
        )  # fmt: skip
        _nearest(settings, table, name, graph, peer, folder)


def _nearest(
    settings: Settings, table: Table, name: str, graph: RoadGraph, peer: Peer, folder: Path
) -> None:
    """Compare the time from every node to the nearest site: on our side one search backwards."""
    sites = random_sources(graph, SITES).astype(np.int32)
    zeros = np.zeros_like(sites)
    backwards = graph.transposed()
    options: dict[str, Any] = {"sites": sites.tolist()}
    mine = reach(backwards, sites, zeros, LIMIT_DS)
    theirs = peer.answer("nearest", folder / "answer.npz", **options)["time"]
    # It answers the limit where nothing is within it, and where something is at the limit.
    assert np.array_equal(np.where(mine == NEVER, LIMIT_DS, mine), theirs)
    pairs = compare(
        stopwatch(lambda: reach(backwards, sites, zeros, LIMIT_DS)),
        lambda: peer.seconds("nearest", **options),
        pairs=settings.pairs,
    )
    table.add_ratio(
        f"{name}: from every node to the nearest of {SITES} sites",
        f"{peer.version} `nearest_pois`",
        pairs,
        peer_s=sum(peer.preparation.values()),
    )


def _as_rows(found: Any, sources: NDArray[np.int64], nodes: int) -> Any:
    from scipy.sparse import csr_matrix

    place = {source: k for k, source in enumerate(sources.tolist())}
    row = np.array([place[source] for source in found["source"].tolist()])
    order = np.argsort(row, kind="stable")
    pointers = np.searchsorted(row[order], np.arange(sources.size + 1))
    times = np.rint(found["time"][order]).astype(np.int32)
    return csr_matrix((times, found["destination"][order], pointers), (sources.size, nodes))
