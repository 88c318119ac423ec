"""The road network as arrays: what every search, snapping and drawing works on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coverage.base.crs import WGS84

#: Classes of road (the ``highway`` key of OpenStreetMap) that a graph can hold. The position in
#: this tuple is the code kept in ``RoadGraph.highway``.
HIGHWAYS: tuple[str, ...] = (
    "motorway",
    "motorway_link",
    "trunk",
    "trunk_link",
    "primary",
    "primary_link",
    "secondary",
    "secondary_link",
    "tertiary",
    "tertiary_link",
    "unclassified",
    "residential",
    "living_street",
    "service",
    "road",
    "track",
)


def highway_codes(*names: str) -> NDArray[np.int8]:
    """Return the codes of classes of road, for ``np.isin(graph.highway, …)``."""
    return np.array([HIGHWAYS.index(name) for name in names], dtype=np.int8)


@dataclass(frozen=True, eq=False)
class RoadGraph:
    """A directed road network in compressed sparse rows (CSR).

    The arcs that leave node ``u`` are ``indptr[u]:indptr[u + 1]``; ``indices`` holds their heads,
    sorted within a row, at most one arc for a pair of nodes (the fastest). ``deciseconds`` is
    their travel time (int32, 0 allowed), ``length_m`` their length by road, ``highway`` the
    position of their class in ``HIGHWAYS``. ``x`` and ``y`` are longitudes and latitudes of the
    nodes, in degrees; ``crs`` says so.
    """

    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    deciseconds: NDArray[np.int32]
    length_m: NDArray[np.float64]
    highway: NDArray[np.int8]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    crs: str = WGS84

    def __post_init__(self) -> None:
        if self.indptr[0] != 0 or self.indptr[-1] != self.indices.size or self.x.size != self.nodes:
            raise ValueError("indptr, indices and x do not describe the same graph.")
        if not (self.deciseconds.size == self.length_m.size == self.highway.size == self.arcs):
            raise ValueError("One travel time, length and class is needed for each arc.")
        if self.deciseconds.dtype != np.int32 or (self.arcs and self.deciseconds.min() < 0):
            raise ValueError("Travel times must be int32 deciseconds, 0 or more.")

    @classmethod
    def from_arcs(
        cls,
        tails: NDArray[Any],
        heads: NDArray[Any],
        deciseconds: NDArray[Any],
        *,
        length_m: NDArray[Any],
        highway: NDArray[Any],
        x: NDArray[Any],
        y: NDArray[Any],
    ) -> RoadGraph:
        """Build a graph from a list of arcs in any order.

        Of parallel arcs the fastest is kept (the shortest, where equal); arcs from a node to
        itself are left out: no fastest route uses them.
        """
        proper = tails != heads
        tails, heads, deciseconds = tails[proper], heads[proper], deciseconds[proper]
        length_m, highway = length_m[proper], highway[proper]
        order = np.lexsort((length_m, deciseconds, heads, tails))
        tails, heads = tails[order], heads[order]
        first = np.ones(order.size, dtype=bool)
        first[1:] = (tails[1:] != tails[:-1]) | (heads[1:] != heads[:-1])
        order, tails, heads = order[first], tails[first], heads[first]
        degrees = np.bincount(tails.astype(np.int64), minlength=x.size)
        return cls(
            indptr=np.concatenate(([0], np.cumsum(degrees))).astype(np.int64),
            indices=heads.astype(np.int32),
            deciseconds=deciseconds[order].astype(np.int32),
            length_m=length_m[order].astype(np.float64),
            highway=highway[order].astype(np.int8),
            x=np.asarray(x, dtype=np.float64),
            y=np.asarray(y, dtype=np.float64),
        )

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return int(self.indptr.size) - 1

    @property
    def arcs(self) -> int:
        """Number of directed arcs."""
        return int(self.indices.size)

    @property
    def tails(self) -> NDArray[np.int32]:
        """The node that each arc leaves."""
        return np.repeat(np.arange(self.nodes, dtype=np.int32), np.diff(self.indptr))

    def transposed(self) -> RoadGraph:
        """Return the graph with every arc turned round: the search *towards* a node."""
        return self._from(self.indices, self.tails, np.ones(self.arcs, dtype=bool))

    def restricted(self, keep: NDArray[np.bool_]) -> RoadGraph:
        """Return the graph without the arcs that touch a node outside ``keep``.

        The nodes stay (their numbers too), without arcs.
        """
        tails = self.tails
        return self._from(tails, self.indices, keep[tails] & keep[self.indices])

    def within_parts(self, labels: NDArray[np.int32]) -> RoadGraph:
        """Return the graph without the arcs that lead from one part to another.

        ``labels`` gives each node the number of its part.
        """
        tails = self.tails
        return self._from(tails, self.indices, labels[tails] == labels[self.indices])

    def _from(
        self, tails: NDArray[np.int32], heads: NDArray[np.int32], chosen: NDArray[np.bool_]
    ) -> RoadGraph:
        return RoadGraph.from_arcs(
            tails[chosen],
            heads[chosen],
            self.deciseconds[chosen],
            length_m=self.length_m[chosen],
            highway=self.highway[chosen],
            x=self.x,
            y=self.y,
        )
