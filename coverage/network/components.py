"""Which parts of the network stay: islands yes, private loops and cut ends no.

From a part that is not strongly connected to the rest one can't drive there and back. Rule: a
strongly connected part stays when at least 1 % of the territory's people, or a whole commune,
live nearest to it. The others are dropped and listed; their people snap to what stays.
"""

from __future__ import annotations

from dataclasses import dataclass

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
class KeptNetwork:
    """The network without its dropped parts; ``dropped`` lists them (``COLUMNS``).

    ``nodes`` and ``length_km`` (both directions) say how big a dropped part is, ``points`` and
    ``persons`` who lives nearest to it, ``lon`` and ``lat`` where its middle is.
    """

    graph: RoadGraph
    dropped: pd.DataFrame


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
    labels = strong_components(graph)
    parts = int(labels.max(initial=-1)) + 1
    tails = graph.tails
    inner = labels[tails] == labels[graph.indices]
    part_of_point = _parts_of_points(graph, labels, demand, metric_epsg)
    on_part = part_of_point >= 0
    persons = np.bincount(
        part_of_point[on_part], weights=demand["persons"].to_numpy()[on_part], minlength=parts
    )
    points = np.bincount(part_of_point[on_part], minlength=parts)
    sizes = np.bincount(labels, minlength=parts)

    keep = (persons >= KEPT_SHARE * persons.sum()) & (persons > 0)
    keep[_parts_of_whole_communes(part_of_point, demand)] = True
    if parts:
        keep[np.lexsort((sizes, persons))[-1]] = True
    length_km = np.bincount(
        labels[tails[inner]], weights=graph.length_m[inner] / 1000.0, minlength=parts
    )
    dropped = pd.DataFrame(
        {
            "component": np.arange(parts),
            "nodes": sizes,
            "length_km": length_km,
            "points": points,
            "persons": persons,
            "lon": np.bincount(labels, weights=graph.x, minlength=parts) / np.maximum(sizes, 1),
            "lat": np.bincount(labels, weights=graph.y, minlength=parts) / np.maximum(sizes, 1),
        }
    )[~keep]
    dropped = dropped.sort_values(["persons", "nodes", "component"], ascending=[False, False, True])
    return KeptNetwork(graph.restricted(keep[labels]), dropped.reset_index(drop=True))


def _parts_of_points(
    graph: RoadGraph, labels: NDArray[np.int32], demand: gpd.GeoDataFrame, metric_epsg: int
) -> NDArray[np.int64]:
    """Return each point's part: that of its nearest edge with both ends in one part, else -1."""
    index = EdgeIndex.build(graph.within_parts(labels), metric_epsg)
    edge, _, _ = index.nearest(metric_points(demand, metric_epsg))
    found = edge >= 0
    part = np.full(len(demand), -1, dtype=np.int64)
    part[found] = labels[index.ends[edge[found], 0]]
    return part


def _parts_of_whole_communes(
    part_of_point: NDArray[np.int64], demand: gpd.GeoDataFrame
) -> NDArray[np.int64]:
    """Return the parts that all inhabited points of some commune are nearest to."""
    table = pd.DataFrame({"commune": demand["code_insee"].to_numpy(), "part": part_of_point})
    spread = (demand["persons"].to_numpy() > 0) & (demand["method"].to_numpy() != "centroid")
    grouped = table[spread].groupby("commune")["part"]
    whole = grouped.first()[grouped.nunique() == 1]
    return np.asarray(whole[whole >= 0].unique(), dtype=np.int64)
