"""OpenStreetMap ways -> roads between the nodes where ways meet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coverage.network.keys import Tags
from coverage.network.raw import RawRoads, check_globe, runs

#: The radius that OSMnx measures with, in metres (``osmnx.distance.EARTH_RADIUS_M``).
EARTH_RADIUS_M = 6_371_009.0


@dataclass(frozen=True, eq=False)
class OsmWays:
    """The ways of an OpenStreetMap file that may be roads.

    Way ``w`` runs through the nodes ``refs[ptr[w]:ptr[w + 1]]``, positions in ``x`` and ``y``
    (degrees). Its tags are ``tags[tag_row[w]]``.
    """

    name: str
    ptr: NDArray[np.int64]
    refs: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    tag_row: NDArray[np.int32]
    tags: list[Tags]


def great_circle_m(
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    to_lon: NDArray[np.float64],
    to_lat: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return great-circle distances in metres (haversine, as ``osmnx.distance.great_circle``)."""
    phi, to_phi = np.radians(lat), np.radians(to_lat)
    across = np.sin(np.radians(to_lon - lon) / 2) ** 2
    h = np.sin((to_phi - phi) / 2) ** 2 + np.cos(phi) * np.cos(to_phi) * across
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(1.0, h))))


def split_ways(ways: OsmWays, keep: NDArray[np.bool_]) -> RawRoads:
    """Cut the ways in ``keep`` where they meet, where they cross themselves and at their ends.

    Raises ``RefusedFileError`` (WRONG_CRS) where nodes lie off the globe.
    """
    chosen = np.flatnonzero(keep)
    counts = ways.ptr[chosen + 1] - ways.ptr[chosen]
    refs = ways.refs[runs(ways.ptr[chosen], ways.ptr[chosen + 1])]
    way = np.repeat(chosen, counts)
    check_globe(ways.x[refs], ways.y[refs], ways.name)

    # A node told twice in a row is told once.
    used = np.ones(refs.size, dtype=bool)
    used[1:] = (refs[1:] != refs[:-1]) | (way[1:] != way[:-1])
    refs, way = refs[used], way[used]
    starts = np.ones(refs.size, dtype=bool)
    starts[1:] = way[1:] != way[:-1]
    ends = np.ones(refs.size, dtype=bool)
    ends[:-1] = starts[1:]
    cuts = np.flatnonzero(starts | ends | (np.bincount(refs, minlength=ways.x.size)[refs] > 1))
    # A road leads from each cut to the next one, unless a way ends there.
    is_first = ~ends[cuts]
    first, last = cuts[is_first], cuts[np.flatnonzero(is_first) + 1]

    x, y = ways.x[refs], ways.y[refs]
    step_m = np.zeros(refs.size)
    step_m[:-1] = great_circle_m(x[:-1], y[:-1], x[1:], y[1:])
    step_m[ends] = 0.0
    way_m = np.bincount(way, weights=step_m, minlength=keep.size).astype(np.float64)
    nodes = np.unique(refs[np.concatenate((first, last))])
    number = np.concatenate((nodes, np.setdiff1d(refs, nodes)))
    position = np.empty(ways.x.size, dtype=np.int64)
    position[number] = np.arange(number.size)
    return RawRoads(
        nodes=nodes.size,
        x=ways.x[number],
        y=ways.y[number],
        ptr=np.concatenate(([0], np.cumsum(last - first + 1))).astype(np.int64),
        points=position[refs[runs(first, last + 1)]],
        # What lies between the end of a way and the next start is 0 m long.
        length_m=np.add.reduceat(step_m, first) if first.size else np.empty(0),
        way_m=way_m[way[first]],
        tag_row=ways.tag_row[way[first]],
        tags=ways.tags,
        forward=np.ones(first.size, dtype=bool),
        backward=np.ones(first.size, dtype=bool),
    )
