"""The Isle of Man, from an extract to a graph one can route on, beside pyrosm and osmnx."""

from __future__ import annotations

from functools import partial

from coverage.network.roads import read_roads
from tests.benchmarks.pairs import compare, stopwatch
from tests.benchmarks.peers import Peer, PeerMissingError
from tests.benchmarks.results import Table
from tests.benchmarks.settings import Settings

#: Peer, its bar, and the ways it can make a graph.
_PEERS: tuple[tuple[str, int, tuple[dict[str, str], ...]], ...] = (
    ("pyrosm", 3, ({"graph_type": "igraph"}, {"graph_type": "networkx"})),
    ("osmnx", 7, ({},)),
)


def main(settings: Settings) -> list[Table]:
    """Return the ratios. osmnx reads XML: the conversion of the extract is its preparation."""
    table = Table.of_ratios("reading")
    found = read_roads(settings.isle_of_man)
    work = f"Isle of Man, .osm.pbf to graph ({found.nodes:,} nodes)"
    ours = stopwatch(lambda: read_roads(settings.isle_of_man))
    for name, bar, ways in _PEERS:
        try:
            folder = settings.folder("peers")
            with Peer(settings, "serve_readers", folder, settings.isle_of_man, name) as peer:
                for way in ways:
                    theirs = int(peer.answer("graph", folder / "answer.npz", **way)["nodes"])
                    reading = partial(peer.seconds, "graph", **way)
                    pairs = compare(ours, reading, pairs=settings.pairs)
                    label = f"{' '.join((peer.version, *way.values()))} ({theirs:,} nodes)"
                    prepared_s = sum(peer.preparation.values())
                    table.add_ratio(work, label, pairs, wanted=bar, peer_s=prepared_s)
        except PeerMissingError as missing:
            table.add_missing(work, name, str(missing), bar)
    return [table]
