"""The road network as arrays: what every search, snapping and drawing works on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

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
    "pedestrian",
    "footway",
    "path",
    "steps",
    "cycleway",
    "bridleway",
    "ferry",
)

#: In ``RoadGraph.shape``: the arc is straight.
STRAIGHT = -1


def highway_codes(*names: str) -> NDArray[np.int8]:
    """Return the codes of classes of road, for ``np.isin(graph.highway, …)``."""
    return np.array([HIGHWAYS.index(name) for name in names], dtype=np.int8)


@dataclass(frozen=True, eq=False)
class Shapes:
    """The bends of roads: row ``r`` is the points ``ptr[r]:ptr[r + 1]``, in degrees.

    A row holds the points between the two ends of a road, from the end with the lower node
    number to the other; the ends themselves are not in it.
    """

    ptr: NDArray[np.int64] = field(default_factory=lambda: np.zeros(1, dtype=np.int64))
    x: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    y: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))

    def __post_init__(self) -> None:
        if self.ptr[0] != 0 or self.ptr[-1] != self.x.size or self.x.size != self.y.size:
            raise ValueError("ptr, x and y do not describe the same shapes.")

    @property
    def rows(self) -> int:
        """Number of shapes."""
        return int(self.ptr.size) - 1

    def rows_of(self, rows: NDArray[np.integer]) -> Shapes:
        """Return some of the shapes, in the order given."""
        counts = np.diff(self.ptr)[rows]
        ptr = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        point = np.arange(ptr[-1]) + np.repeat(self.ptr[:-1][rows] - ptr[:-1], counts)
        return Shapes(ptr, self.x[point], self.y[point])


@dataclass(frozen=True, eq=False)
class RoadGraph:
    """A directed road network in compressed sparse rows (CSR).

    The arcs that leave node ``u`` are ``indptr[u]:indptr[u + 1]``; ``indices`` holds their heads,
    sorted within a row, at most one arc for a pair of nodes (the fastest). ``deciseconds`` is
    their travel time (int32, 0 allowed), ``length_m`` their length by road, ``highway`` the
    position of their class in ``HIGHWAYS``. ``x`` and ``y`` are longitudes and latitudes of the
    nodes, in degrees; ``crs`` says so. The arrays can't be written to: for other times make another
    graph (``dataclasses.replace``). ``shape`` is each arc's row in ``shapes`` (both directions
    of a road share it), STRAIGHT where it has no bend. ``mode`` is who travels (drive, walk,
    bike), ``notes`` what a user must be told of how the file was read (French sentences).
    """

    indptr: NDArray[np.int32]
    indices: NDArray[np.int32]
    deciseconds: NDArray[np.int32]
    length_m: NDArray[np.float64]
    highway: NDArray[np.int8]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    shape: NDArray[np.int32]
    shapes: Shapes = field(default_factory=Shapes)
    crs: str = WGS84
    mode: str = "drive"
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.indptr[0] != 0 or self.indptr[-1] != self.indices.size or self.x.size != self.nodes:
            raise ValueError("indptr, indices and x do not describe the same graph.")
        per_arc = (self.deciseconds, self.length_m, self.highway, self.shape)
        if any(values.size != self.arcs for values in per_arc):
            raise ValueError("One travel time, length, class and shape is needed for each arc.")
        if self.indptr.dtype != np.int32 or self.indices.dtype != np.int32:
            raise ValueError("indptr and indices must be int32.")
        if self.deciseconds.dtype != np.int32 or (self.arcs and self.deciseconds.min() < 0):
            raise ValueError("Travel times must be int32 deciseconds, 0 or more.")
        if self.arcs and not -1 <= self.shape.min() <= self.shape.max() < self.shapes.rows:
            raise ValueError("An arc has a shape that is not there.")
        if self.arcs and not 0 <= self.indices.min() <= self.indices.max() < self.nodes:
            raise ValueError("An arc leads to a node that is not there.")
        # Searches prepare a graph once: changed in place it would give answers of two networks.
        for values in (self.indptr, self.indices, *per_arc, self.x, self.y):
            values.setflags(write=False)

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
        shape: NDArray[Any] | None = None,
        shapes: Shapes | None = None,
        mode: str = "drive",
        notes: tuple[str, ...] = (),
    ) -> RoadGraph:
        """Build a graph from a list of arcs in any order.

        Of parallel arcs the fastest is kept (the shortest, where equal); arcs from a node to
        itself are left out: no fastest route uses them. Without ``shape`` every arc is straight.
        """
        if shape is None:
            shape = np.full(tails.size, STRAIGHT, dtype=np.int32)
        proper = tails != heads
        tails, heads, deciseconds = tails[proper], heads[proper], deciseconds[proper]
        length_m, highway, shape = length_m[proper], highway[proper], shape[proper]
        order = np.lexsort((length_m, deciseconds, heads, tails))
        tails, heads = tails[order], heads[order]
        first = np.ones(order.size, dtype=bool)
        first[1:] = (tails[1:] != tails[:-1]) | (heads[1:] != heads[:-1])
        order, tails, heads = order[first], tails[first], heads[first]
        degrees = np.bincount(tails.astype(np.int64), minlength=x.size)
        return cls(
            indptr=np.concatenate(([0], np.cumsum(degrees))).astype(np.int32),
            indices=heads.astype(np.int32),
            deciseconds=deciseconds[order].astype(np.int32),
            length_m=length_m[order].astype(np.float64),
            highway=highway[order].astype(np.int8),
            x=np.asarray(x, dtype=np.float64),
            y=np.asarray(y, dtype=np.float64),
            shape=shape[order].astype(np.int32),
            shapes=shapes or Shapes(),
            mode=mode,
            notes=notes,
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
        numbers = csr_matrix(
            (np.arange(self.arcs), self.indices, self.indptr), shape=(self.nodes, self.nodes)
        ).tocsc()
        arc = numbers.data
        return replace(
            self,
            indptr=numbers.indptr.astype(np.int32),
            indices=numbers.indices.astype(np.int32),
            deciseconds=self.deciseconds[arc],
            length_m=self.length_m[arc],
            highway=self.highway[arc],
            shape=self.shape[arc],
        )

    def restricted(self, keep: NDArray[np.bool_]) -> RoadGraph:
        """Return the graph without the arcs that touch a node outside ``keep``.

        The nodes stay (their numbers too), without arcs.
        """
        return self._with_arcs(keep[self.tails] & keep[self.indices])

    def within_parts(self, labels: NDArray[np.int32]) -> RoadGraph:
        """Return the graph without the arcs that lead from one part to another.

        ``labels`` gives each node the number of its part.
        """
        return self._with_arcs(labels[self.tails] == labels[self.indices])

    def _with_arcs(self, chosen: NDArray[np.bool_]) -> RoadGraph:
        before = np.concatenate(([0], np.cumsum(chosen)))
        return replace(
            self,
            indptr=before[self.indptr].astype(np.int32),
            indices=self.indices[chosen],
            deciseconds=self.deciseconds[chosen],
            length_m=self.length_m[chosen],
            highway=self.highway[chosen],
            shape=self.shape[chosen],
        )
