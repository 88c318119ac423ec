"""What hangs on the nodes of a network, seen from its crossings."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from coverage.network.reduction import NONE, U32, Arcs, Reduction, unsigned_rows
from coverage.network.rows import Rows, pointers


class Hung(NamedTuple):
    """Items that hang on the nodes, seen from the crossings.

    ``at_node`` are the items of each node and the times from it. The items for which crossing
    ``c`` comes first are ``first_ptr[c]:first_ptr[c + 1]``, with the times from it
    (``first_ds``), their second crossing and the times from that one. Where ``c`` comes second:
    ``second_ptr[c]:second_ptr[c + 1]``, with their first crossing (``other``). ``items`` counts
    them; ``alone``: each hangs on one node only and none is reached directly, so none is met twice.
    """

    at_node: Arcs
    first_ptr: U32
    first_item: U32
    first_ds: U32
    second: U32
    second_ds: U32
    second_ptr: U32
    second_item: U32
    other: U32
    other_ds: U32
    items: int
    alone: bool


def hang(network: Reduction, on_nodes: Rows, items: int, *, alone: bool = False) -> Hung:
    """Return items that hang on nodes (a row for each node: items, times) for searches."""
    at_node = unsigned_rows(on_nodes)
    node = on_nodes.row
    crossings = network.crossings.ptr.size - 1
    first, second = network.first[node], network.second[node]
    first_ds = _plus(network.from_first[node], at_node.ds)
    second_ds = _plus(network.from_second[node], at_node.ds)
    order = np.argsort(first, kind="stable")
    chained = np.flatnonzero(second < crossings)
    again = chained[np.argsort(second[chained], kind="stable")]
    return Hung(
        at_node,
        pointers(first, crossings).astype(np.uint32),
        at_node.head[order],
        first_ds[order],
        second[order],
        second_ds[order],
        pointers(second[chained], crossings).astype(np.uint32),
        at_node.head[again],
        first[again],
        second_ds[again],
        items,
        alone,
    )


def _plus(a: U32, b: U32) -> U32:
    return np.asarray(np.minimum(a.astype(np.uint64) + b, NONE), dtype=np.uint32)
