"""The 30-minute one-to-many on one network: ours beside networkx and scipy on the same arrays.

What each side hands over: ours, sparse rows of nodes and deciseconds. networkx, a dict of node to
time for each source, taken as it comes. scipy, rows of all nodes, taken as they come and, since
the rule asks for the same shape, turned into sparse rows.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from typing import Any

import coverage.base.jit  # isort: skip  # noqa: F401
import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from scipy.sparse.csgraph import dijkstra

from coverage.network.graph import HIGHWAYS, RoadGraph
from coverage.network.search import one_to_many
from tests.benchmarks.pairs import Stopwatch, compare, stopwatch
from tests.benchmarks.results import Table
from tests.benchmarks.settings import Settings

LIMIT_DS = 30 * 600
SITES = 100
#: scipy answers with whole rows: this many values of them at a time.
_DENSE_VALUES = 4_000_000


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """Return what the work gives and the seconds it took."""
    start = time.perf_counter()
    return work(), time.perf_counter() - start


def random_sources(graph: RoadGraph, count: int) -> NDArray[np.int64]:
    """Return nodes taken at random, the same ones each time."""
    return np.random.default_rng(7).choice(graph.nodes, count, replace=False)


def as_osmnx(graph: RoadGraph) -> nx.MultiDiGraph:
    """Return the network as an osmnx user has it, with our times on its edges."""
    network = nx.MultiDiGraph(crs=graph.crs)
    places = zip(graph.x.tolist(), graph.y.tolist(), strict=True)
    network.add_nodes_from((k, {"x": x, "y": y}) for k, (x, y) in enumerate(places))
    columns = graph.tails, graph.indices, graph.deciseconds, graph.length_m, graph.highway
    network.add_edges_from(
        (a, b, {"osmid": a, "highway": HIGHWAYS[kind], "length": metres, "travel_time": ds})
        for a, b, ds, metres, kind in zip(*(column.tolist() for column in columns), strict=True)
    )
    return network


def as_plain(graph: RoadGraph) -> nx.DiGraph:
    """Return the network as lean as networkx has it: no parallel edges, the time alone."""
    network = nx.DiGraph()
    network.add_nodes_from(range(graph.nodes))
    columns = graph.tails, graph.indices, graph.deciseconds
    arcs = zip(*(column.tolist() for column in columns), strict=True)
    network.add_weighted_edges_from(arcs, weight="travel_time")
    return network


def as_matrix(graph: RoadGraph) -> csr_matrix:
    """Return the matrix that scipy takes without copying it."""
    arrays = graph.deciseconds.astype(np.float64), graph.indices, graph.indptr.astype(np.int32)
    return csr_matrix(arrays, shape=(graph.nodes, graph.nodes))


def with_networkx(network: nx.Graph, sources: NDArray[np.int64]) -> list[dict[int, int]]:
    """Return for each source the times to the nodes within the limit."""
    search = nx.single_source_dijkstra_path_length
    return [
        search(network, source, cutoff=LIMIT_DS, weight="travel_time")
        for source in sources.tolist()
    ]


def with_scipy(matrix: csr_matrix, sources: NDArray[np.int64], *, sparse: bool) -> csr_matrix:
    """Search some sources at a time; return sparse rows, empty unless they are asked for."""
    rows = []
    step = max(1, _DENSE_VALUES // matrix.shape[0])
    for start in range(0, sources.size, step):
        times = dijkstra(matrix, indices=sources[start : start + step], limit=LIMIT_DS)
        if sparse:
            flat = times.ravel()
            here = np.flatnonzero(flat < np.inf)
            row, node = np.divmod(here, times.shape[1])
            pointers = np.searchsorted(row, np.arange(times.shape[0] + 1))
            ds = flat[here].astype(np.int32)
            rows.append(csr_matrix((ds, node, pointers), shape=times.shape))
    return vstack(rows, format="csr") if sparse else csr_matrix((0, matrix.shape[0]))


def assert_same_rows(ours: csr_matrix, theirs: csr_matrix) -> None:
    """Assert that two sets of sparse rows hold the same nodes and times."""
    ours, theirs = ours.copy(), theirs.copy()
    ours.sort_indices()
    theirs.sort_indices()
    for name in ("indptr", "indices", "data"):
        assert np.array_equal(getattr(ours, name), getattr(theirs, name)), name


def assert_same_dicts(ours: csr_matrix, theirs: list[dict[int, int]]) -> None:
    """Assert that the dicts of networkx hold the same nodes and times."""
    for k, found in enumerate(theirs):
        row = slice(ours.indptr[k], ours.indptr[k + 1])
        mine = zip(ours.indices[row].tolist(), ours.data[row].tolist(), strict=True)
        assert dict(mine) == found


class Contest:
    """Ours on one network, ready to be set beside the peers."""

    def __init__(self, settings: Settings, table: Table, graph: RoadGraph, where: str) -> None:
        self.settings, self.table, self.graph = settings, table, graph
        self.sources = random_sources(graph, SITES)
        # The first search compiles; that of an equal graph, which nothing has been prepared
        # for, tells the preparation.
        self.search(graph)
        self.found, first_s = timed(lambda: self.search(_again(graph)))
        self.ours = stopwatch(lambda: self.search(graph))
        self.prepared_s = first_s - self.ours()
        each = f"{self.found.nnz / SITES:,.0f} nodes each"
        self.work = f"30-min one-to-many, {where}, {SITES} sites, {each}"

    def search(self, graph: RoadGraph) -> csr_matrix:
        """Return our answer, one thread."""
        return one_to_many(graph, self.sources, LIMIT_DS, threads=1)

    def against_scipy(self, bar: float) -> None:
        """Add scipy's rows to the table, after asserting that the answers are equal."""
        matrix, matrix_s = timed(lambda: as_matrix(self.graph))
        theirs = with_scipy(matrix, self.sources, sparse=True)
        assert_same_rows(self.found, theirs)
        for shape, sparse in (("sparse rows", True), ("whole rows, as it gives them", False)):
            peer = stopwatch(partial(with_scipy, matrix, self.sources, sparse=sparse))
            name = f"scipy {version('scipy')} `dijkstra` with limit, {shape}"
            self._add(name, peer, bar, matrix_s)

    def against_networkx(self, bar: float) -> None:
        """Add networkx's rows to the table, after asserting that the answers are equal."""
        kinds: tuple[tuple[str, Callable[[RoadGraph], nx.DiGraph], float | None], ...] = (
            ("MultiDiGraph, as osmnx users have it", as_osmnx, bar),
            ("DiGraph, times alone", as_plain, None),
        )
        for kind, build, kinds_bar in kinds:
            network, network_s = timed(partial(build, self.graph))
            # What was built is left alone by the garbage collector: a gift to the peer.
            gc.collect()
            gc.freeze()
            assert_same_dicts(self.found, with_networkx(network, self.sources))
            peer = stopwatch(partial(with_networkx, network, self.sources))
            self._add(f"networkx {version('networkx')} ({kind})", peer, kinds_bar, network_s)
            gc.unfreeze()
            del network, peer

    def _add(self, peer: str, theirs: Stopwatch, bar: float | None, peer_s: float) -> None:
        pairs = compare(self.ours, theirs, pairs=self.settings.pairs)
        self.table.add_ratio(
            self.work, peer, pairs, wanted=bar, ours_s=self.prepared_s, peer_s=peer_s
        )


def _again(graph: RoadGraph) -> RoadGraph:
    """Return an equal graph that nothing has been prepared for."""
    return RoadGraph(**{name: getattr(graph, name) for name in graph.__dataclass_fields__})
