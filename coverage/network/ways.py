"""OpenStreetMap ways -> roads between the nodes where ways meet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coverage.base.errors import SourceError
from coverage.model.words import whole
from coverage.network.raw import RawRoads, Tags, check_globe, runs

#: The radius that OSMnx measures with, in metres (``osmnx.distance.EARTH_RADIUS_M``).
EARTH_RADIUS_M = 6_371_009.0

#: An extract may cut ways at its border; one that lacks more of their points is not usable.
MISSING_SHARE = 1 / 3


@dataclass(frozen=True, eq=False)
class OsmWays:
    """The ways of an OpenStreetMap file that may be roads.

    Way ``w`` runs through the nodes ``refs[ptr[w]:ptr[w + 1]]``, positions in ``x`` and ``y``
    (degrees; nan where the file lacks the node). Its tags are ``tags[tag_row[w]]``.
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

    A way that lacks nodes is cut there. Raises ``SourceError`` where too many nodes are missing,
    or lie off the globe.
    """
    chosen = np.flatnonzero(keep)
    counts = ways.ptr[chosen + 1] - ways.ptr[chosen]
    refs = ways.refs[runs(ways.ptr[chosen], ways.ptr[chosen + 1])]
    way = np.repeat(chosen, counts)
    there = np.isfinite(ways.x[refs])
    missing = int(refs.size - there.sum())
    if missing > MISSING_SHARE * refs.size:
        raise SourceError(
            f"« {ways.name} » contient des routes sans leurs points ({whole(missing)} sur "
            f"{whole(refs.size)} manquent) : refaites l'extrait en gardant les nœuds des routes."
        )
    check_globe(ways.x[refs[there]], ways.y[refs[there]], ways.name)

    # A node told twice in a row is told once; a run is a stretch of one way without a hole.
    hole = np.cumsum(~there)
    used = there.copy()
    used[1:] &= (refs[1:] != refs[:-1]) | (way[1:] != way[:-1])
    refs, way, hole = refs[used], way[used], hole[used]
    starts = np.ones(refs.size, dtype=bool)
    starts[1:] = (way[1:] != way[:-1]) | (hole[1:] != hole[:-1])
    ends = np.ones(refs.size, dtype=bool)
    ends[:-1] = starts[1:]
    cuts = np.flatnonzero(starts | ends | (np.bincount(refs, minlength=ways.x.size)[refs] > 1))
    # A road leads from each cut to the next one, unless a run ends there.
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
        # What lies between the end of a run and the next start is 0 m long.
        length_m=np.add.reduceat(step_m, first) if first.size else np.empty(0),
        way_m=way_m[way[first]],
        tag_row=ways.tag_row[way[first]],
        tags=ways.tags,
        forward=np.ones(first.size, dtype=bool),
        backward=np.ones(first.size, dtype=bool),
        notes=_notes(missing),
    )


def _notes(missing: int) -> tuple[str, ...]:
    if not missing:
        return ()
    told = "1 point" if missing == 1 else f"{whole(missing)} points"
    return (f"Il manque {told} de routes au bord du fichier : ces routes y sont coupées.",)
