"""Cutting a country into territories without changing a single travel time.

A territory's homes need no more of the network than what they can reach within the limit: a
fastest route of at most ``limit`` never leaves it. Cut out with this exact buffer, a territory
alone gives the same times as the whole country, bit for bit. Points are snapped, and the parts of
the network that stay are chosen, once on the whole.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from coverage.network.components import ReadyNetwork
from coverage.network.graph import STRAIGHT, RoadGraph
from coverage.network.search import NEVER, reach
from coverage.network.snap import NO_WAY, EdgeIndex, Snap


@dataclass(frozen=True, eq=False)
class Cutting:
    """A territory's own piece of a network.

    ``homes`` and ``places`` are the rows of the whole's snaps that are in it (a place that no
    home of the territory reaches within the limit is not), tied to ``network``; ``home_rows`` and
    ``place_rows`` say which. ``nodes`` are the whole's numbers of the piece's nodes.
    """

    network: ReadyNetwork
    homes: Snap
    places: Snap
    home_rows: NDArray[np.int64]
    place_rows: NDArray[np.int64]
    nodes: NDArray[np.int64]


def cut_out(
    network: ReadyNetwork, homes: Snap, places: Snap, own: NDArray[np.bool_], limit_ds: int
) -> Cutting:
    """Cut out what the homes marked in ``own`` can reach within the limit (``<=``).

    The piece keeps the ends of the edges that its homes and places stand on.
    """
    graph = network.graph
    home_rows = np.flatnonzero(own)
    home, end = np.nonzero(homes.out_ds[home_rows] < NO_WAY)
    out_nodes = homes.nodes[home_rows[home], end]
    times = reach(graph, out_nodes, homes.out_ds[home_rows[home], end], limit_ds)
    inside = times != NEVER
    # A place is in when a home may reach it: by an end of its edge, or along a home's own edge.
    entered = (inside[places.nodes] & (places.in_ds < NO_WAY)).any(1)
    entered |= places.snapped & np.isin(places.edge, homes.edge[home_rows])
    place_rows = np.flatnonzero(entered)
    inside[homes.nodes[home_rows[homes.snapped[home_rows]]]] = True
    inside[places.nodes[place_rows]] = True
    nodes = np.flatnonzero(inside)
    piece = _piece(graph, inside, nodes)
    index = EdgeIndex.build(piece, network.index.metric_epsg)
    return Cutting(
        ReadyNetwork(index, piece.transposed()),
        _tied(homes, home_rows, network.index, index, nodes),
        _tied(places, place_rows, network.index, index, nodes),
        home_rows,
        place_rows,
        nodes,
    )


def _piece(graph: RoadGraph, inside: NDArray[np.bool_], nodes: NDArray[np.int64]) -> RoadGraph:
    """Return the graph between the nodes inside, renumbered in their order."""
    number = np.cumsum(inside) - 1
    cut = graph.restricted(inside)
    bent, row = np.unique(cut.shape[cut.shape != STRAIGHT], return_inverse=True)
    shape = np.full(cut.arcs, STRAIGHT, dtype=np.int32)
    shape[cut.shape != STRAIGHT] = row
    return replace(
        cut,
        indptr=np.concatenate((cut.indptr[nodes], cut.indptr[-1:])),
        indices=number[cut.indices].astype(np.int32),
        x=graph.x[nodes],
        y=graph.y[nodes],
        shape=shape,
        shapes=graph.shapes.rows_of(bent),
    )


def _tied(
    points: Snap,
    rows: NDArray[np.int64],
    whole: EdgeIndex,
    piece: EdgeIndex,
    nodes: NDArray[np.int64],
) -> Snap:
    """Return rows of a snap with the numbers that nodes and edges have in the piece."""
    on_road = points.snapped[rows]
    number = np.searchsorted(nodes, points.nodes[rows])
    edge = np.full(rows.size, -1, dtype=np.int64)
    edge[on_road] = _same_edges(whole, piece, points.edge[rows[on_road]], nodes)
    return Snap(
        edge=edge,
        share=points.share[rows],
        walk_m=points.walk_m[rows],
        walk_ds=points.walk_ds[rows],
        nodes=np.where(on_road[:, None], number, 0).astype(np.int32),
        out_ds=points.out_ds[rows],
        in_ds=points.in_ds[rows],
        along_ds=points.along_ds[rows],
    )


def _same_edges(
    whole: EdgeIndex, piece: EdgeIndex, edges: NDArray[np.int64], nodes: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the piece's numbers of edges of the whole: both list them in the same order."""
    kept = np.isin(whole.ends, nodes).all(1)
    if int(kept.sum()) != len(piece.ends):
        raise AssertionError("The piece has other edges than the whole between its nodes.")
    return (np.cumsum(kept) - 1)[edges]
