"""Which parts of the network stay: islands yes, private loops and cut ends no.

From a part that is not strongly connected to the rest one can't drive there and back. Rule: a
strongly connected part stays when at least 1 % of the territory's people, or a whole commune,
live nearest to it. The others are dropped and listed; their people snap to what stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from coverage.network.graph import RoadGraph
from coverage.network.snap import EdgeIndex, metric_points

#: A part with at least this share of the territory's people stays.
KEPT_SHARE = 0.01
COLUMNS = ("component", "nodes", "length_km", "points", "persons", "lon", "lat")


@dataclass(frozen=True, eq=False)
class ReadyNetwork:
    """A network made ready for questions: what must be computed only once for it.

    ``index``: the edges that points snap to; ``backwards``: every arc turned round, because
    times are from homes to places and the search starts at the places.
    """

    index: EdgeIndex
    backwards: RoadGraph

    @property
    def graph(self) -> RoadGraph:
        """The network itself."""
        return self.index.graph

    @classmethod
    def of(cls, graph: RoadGraph, metric_epsg: int) -> ReadyNetwork:
        """Make a network ready as it is, with all its parts."""
        return cls(EdgeIndex.build(graph, metric_epsg), graph.transposed())


@dataclass(frozen=True, eq=False)
class KeptNetwork:
    """The network without its dropped parts; ``dropped`` lists them (``COLUMNS``).

    ``nodes`` and ``length_km`` (both directions) say how big a dropped part is, ``points`` and
    ``persons`` who lives nearest to it, ``lon`` and ``lat`` where its middle is.
    """

    network: ReadyNetwork
    dropped: pd.DataFrame

    @property
    def graph(self) -> RoadGraph:
        """The network without its dropped parts."""
        return self.network.graph


class _Parts:
    """The strongly connected parts of a network, and what was kept of them last."""

    def __init__(self, graph: RoadGraph, metric_epsg: int) -> None:
        self.labels = strong_components(graph)
        self.number = int(self.labels.max(initial=-1)) + 1
        self.index = EdgeIndex.build(graph.within_parts(self.labels), metric_epsg)
        self._kept: tuple[bytes, ReadyNetwork] | None = None

    def keep(self, graph: RoadGraph, parts: NDArray[np.bool_], metric_epsg: int) -> ReadyNetwork:
        """Return the network of the parts kept; the last answer is remembered."""
        if self._kept is None or self._kept[0] != parts.tobytes():
            network = ReadyNetwork.of(graph.restricted(parts[self.labels]), metric_epsg)
            self._kept = parts.tobytes(), network
        return self._kept[1]


_PARTS: WeakKeyDictionary[RoadGraph, dict[int, _Parts]] = WeakKeyDictionary()


def _parts_of(graph: RoadGraph, metric_epsg: int) -> _Parts:
    known = _PARTS.setdefault(graph, {})
    if metric_epsg not in known:
        known[metric_epsg] = _Parts(graph, metric_epsg)
    return known[metric_epsg]


def strong_components(graph: RoadGraph) -> NDArray[np.int32]:
    """Return for each node the number of its strongly connected part."""
    matrix = csr_matrix(
        (np.ones(graph.arcs, dtype=np.int8), graph.indices, graph.indptr),
        shape=(graph.nodes, graph.nodes),
    )
    _, labels = connected_components(matrix, directed=True, connection="strong")
    return np.asarray(labels, dtype=np.int32)


def keep_served_parts(
    graph: RoadGraph, demand: gpd.GeoDataFrame, *, metric_epsg: int
) -> KeptNetwork:
    """Drop the strongly connected parts where (nearly) nobody lives.

    People are counted where their nearest edge is, however far. A commune known only by its
    centroid doesn't save a part: the nearest edge of a centroid says nothing about homes. The
    part with most people always stays.
    """
    parts = _parts_of(graph, metric_epsg)
    labels = parts.labels
    edge, _, _ = parts.index.nearest(metric_points(demand, metric_epsg))
    found = edge >= 0
    part_of_point = np.full(len(demand), -1, dtype=np.int64)
    part_of_point[found] = labels[parts.index.ends[edge[found], 0]]
    persons = np.bincount(
        part_of_point[found], weights=demand["persons"].to_numpy()[found], minlength=parts.number
    )
    keep = (persons >= KEPT_SHARE * persons.sum()) & (persons > 0)
    keep[_parts_of_whole_communes(part_of_point, demand)] = True
    sizes = np.bincount(labels, minlength=parts.number)
    if parts.number:
        keep[np.lexsort((sizes, persons))[-1]] = True
    points = np.bincount(part_of_point[found], minlength=parts.number)
    dropped = _listed(graph, labels, ~keep).assign(
        points=points[~keep], persons=persons[~keep], nodes=sizes[~keep]
    )
    dropped = dropped.sort_values(["persons", "nodes", "component"], ascending=[False, False, True])
    return KeptNetwork(
        parts.keep(graph, keep, metric_epsg), dropped[list(COLUMNS)].reset_index(drop=True)
    )


def _listed(graph: RoadGraph, labels: NDArray[np.int32], chosen: NDArray[np.bool_]) -> pd.DataFrame:
    """Return how long the chosen parts are and where they lie."""
    parts = chosen.size
    tails = graph.tails
    inner = labels[tails] == labels[graph.indices]
    sizes = np.maximum(np.bincount(labels, minlength=parts), 1)
    length_m = np.bincount(labels[tails[inner]], weights=graph.length_m[inner], minlength=parts)
    return pd.DataFrame(
        {
            "component": np.flatnonzero(chosen),
            "length_km": length_m[chosen] / 1000.0,
            "lon": (np.bincount(labels, weights=graph.x, minlength=parts) / sizes)[chosen],
            "lat": (np.bincount(labels, weights=graph.y, minlength=parts) / sizes)[chosen],
        }
    )


def _parts_of_whole_communes(
    part_of_point: NDArray[np.int64], demand: gpd.GeoDataFrame
) -> NDArray[np.int64]:
    """Return the parts that all inhabited points of some commune are nearest to."""
    table = pd.DataFrame({"commune": demand["code_insee"].to_numpy(), "part": part_of_point})
    spread = (demand["persons"].to_numpy() > 0) & (demand["method"].to_numpy() != "centroid")
    grouped = table[spread].groupby("commune")["part"]
    whole = grouped.first()[grouped.nunique() == 1]
    return np.asarray(whole[whole >= 0].unique(), dtype=np.int64)
