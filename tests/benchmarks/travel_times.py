"""One-to-many travel times on the car network of Corsica: ours, scipy's, networkx's.

python -m tests.benchmarks.travel_times [MIRROR]
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path

import coverage.base.jit  # isort: skip  # noqa: F401
import networkx as nx
import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from coverage.network.graph import RoadGraph
from coverage.network.roads import read_roads
from coverage.network.search import one_to_many
from tests.benchmarks.pairs import compare

SITES, LIMIT_DS = 100, 30 * 600


def as_networkx(graph: RoadGraph) -> nx.DiGraph:
    """Return the same network as an osmnx user has it, times in deciseconds."""
    network = nx.DiGraph()
    network.add_nodes_from(range(graph.nodes))
    arcs = zip(graph.tails, graph.indices, graph.deciseconds, strict=True)
    network.add_weighted_edges_from(((int(a), int(b), int(ds)) for a, b, ds in arcs), weight="time")
    return network


def main(mirror: Path) -> None:
    """Print the ratios."""
    graph = read_roads(mirror / "roads" / "corse-osmnx" / "drive.graphml.gz")
    sources = np.random.default_rng(7).choice(graph.nodes, SITES, replace=False)
    shape = (graph.nodes, graph.nodes)
    matrix = csr_matrix((graph.deciseconds, graph.indices, graph.indptr), shape=shape)
    network = as_networkx(graph)
    peers = f"scipy {version('scipy')}, networkx {version('networkx')}"
    print(f"Corsica: {graph.nodes} nodes, {graph.arcs} arcs; {SITES} sources, 30 min; {peers}")

    def ours() -> object:
        return one_to_many(graph, sources, LIMIT_DS)

    def with_scipy() -> object:
        return dijkstra(matrix, indices=sources, limit=LIMIT_DS)

    def with_networkx() -> object:
        return [
            nx.single_source_dijkstra_path_length(network, int(s), cutoff=LIMIT_DS, weight="time")
            for s in sources
        ]

    reached = ours()
    times = np.asarray(with_scipy())
    assert reached.nnz == np.isfinite(times).sum()  # type: ignore[attr-defined]
    compare("30-min one-to-many against networkx", ours, with_networkx)
    compare("30-min one-to-many against scipy with limit", ours, with_scipy)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data"))
