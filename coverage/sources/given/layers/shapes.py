"""Shapes from the coordinates that a file gives: points and polygons, one or several a feature."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from coverage.sources.given.layers.features import MOST_VERTICES, FeatureError

#: x and y of the vertices of a ring, a row each.
Ring = NDArray[np.float64]
#: The rings of one polygon, the outer one first.
Rings = Sequence[Ring]
#: Places in a list.
Places = NDArray[np.int64]
_CORNERS = 3


class Outline(NamedTuple):
    """A feature before it is drawn: polygons, each by its rings, or points, all in one line."""

    polygonal: bool
    several: bool
    parts: Sequence[Rings]


class Drawn(NamedTuple):
    """Shapes, None for an outline that is none; which had a ring to close; faults by place."""

    shapes: NDArray[np.object_]
    closed: NDArray[np.bool_]
    faults: dict[int, FeatureError]


def empty() -> FeatureError:
    """Return the fault of a feature that is nowhere."""
    return FeatureError(
        "EMPTY_GEOMETRY",
        "il n’a pas de forme (absente, vide ou sans surface)\u202f; dessinez-la ou ôtez l’objet",
    )


def other_kind(kind: str) -> FeatureError:
    """Return the fault of a feature that is neither points nor polygons."""
    return FeatureError(
        "MIXED_GEOMETRY",
        f"c’est une forme «\u00a0{kind}\u00a0»\u202f; une couche n’a que des points, ou que des "
        "polygones\u00a0: faites une couche par sorte",
    )


def too_complex() -> FeatureError:
    """Return the fault of a feature of more vertices than can be worked with."""
    return FeatureError(
        "TOO_COMPLEX",
        "sa forme a plus de 500\u202f000 sommets, ou ses contours se croisent trop\u202f; "
        "simplifiez-la",
    )


def points(xy: Ring, *, several: bool) -> Outline:
    """Return a point, or several as one feature. Raises ``FeatureError`` where there is none."""
    _check_count([xy])
    if not len(xy):
        raise empty()
    return Outline(False, several, [[xy]])


def polygons(parts: Sequence[Rings], *, several: bool) -> Outline:
    """Return a polygon, or several as one feature, by their rings.

    Raises ``FeatureError``: TOO_COMPLEX, EMPTY_GEOMETRY where a polygon has no three corners.
    """
    _check_count([ring for rings in parts for ring in rings])
    if not parts or any(not rings or len(rings[0]) < _CORNERS for rings in parts):
        raise empty()
    # What has less corners is no hole.
    return Outline(
        True, several, [[ring for ring in rings if len(ring) >= _CORNERS] for rings in parts]
    )


def _check_count(lines: Sequence[Ring]) -> None:
    if sum(map(len, lines)) > MOST_VERTICES:
        raise too_complex()


def draw(outlines: Sequence[Outline | None]) -> Drawn:
    """Return the shapes of a layer's outlines, all drawn at once."""
    shapes = np.full(len(outlines), None, dtype=object)
    closed = np.zeros(len(outlines), dtype=bool)
    faults: dict[int, FeatureError] = {}
    for polygonal, how in ((False, _draw_points), (True, _draw_polygons)):
        some = [
            place
            for place, outline in enumerate(outlines)
            if outline is not None and outline.polygonal is polygonal
        ]
        if some:
            how(np.array(some), [outlines[place] for place in some], shapes, closed, faults)  # type: ignore[misc]
    return Drawn(shapes, closed, faults)


def _coordinates(
    places: Places, lines: list[Ring], owners: Places, faults: dict[int, FeatureError]
) -> tuple[Ring, Places, NDArray[np.bool_]]:
    """Return the vertices of lines, which line each is of, and which outlines are finite."""
    xy = np.concatenate(lines)
    line_of = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    finite = np.ones(len(places), dtype=bool)
    finite[owners[line_of[~np.isfinite(xy).all(axis=1)]]] = False
    for place in places[~finite]:
        faults[int(place)] = FeatureError(
            "BAD_NUMBER", "une coordonnée n’est pas un nombre fini\u202f; corrigez-la"
        )
    return xy, line_of, finite


def _draw_points(
    places: Places,
    outlines: list[Outline],
    shapes: NDArray[np.object_],
    closed: NDArray[np.bool_],
    faults: dict[int, FeatureError],
) -> None:
    lines = [outline.parts[0][0] for outline in outlines]
    xy, owners, finite = _coordinates(places, lines, np.arange(len(lines)), faults)
    kept = finite[owners]
    made = np.asarray(shapely.points(xy[kept]), dtype=object)
    several = np.array([outline.several for outline in outlines])
    alone = ~several[owners[kept]]
    shapes[places[owners[kept][alone]]] = made[alone]
    _gather(shapely.multipoints, made[~alone], places[owners[kept][~alone]], shapes)


def _draw_polygons(
    places: Places,
    outlines: list[Outline],
    shapes: NDArray[np.object_],
    closed: NDArray[np.bool_],
    faults: dict[int, FeatureError],
) -> None:
    rings = [ring for outline in outlines for part in outline.parts for ring in part]
    part_of = np.repeat(
        np.arange(sum(len(outline.parts) for outline in outlines)),
        [len(part) for outline in outlines for part in outline.parts],
    )
    owner_of = np.repeat(np.arange(len(outlines)), [len(outline.parts) for outline in outlines])
    owners = owner_of[part_of]
    xy, ring_of, fine = _coordinates(places, rings, owners, faults)
    ends = np.cumsum([len(ring) for ring in rings])
    starts = np.concatenate(([0], ends[:-1]))
    is_open = (xy[starts] != xy[ends - 1]).any(axis=1)
    # Two corners and back are no ring: without it, a polygon is nowhere, or has a hole less.
    flat = ends - starts + is_open <= _CORNERS
    outer = np.concatenate(([True], part_of[1:] != part_of[:-1]))
    for owner in owners[flat & outer]:
        if fine[owner]:
            faults[int(places[owner])] = empty()
            fine[owner] = False
    kept = ~flat & fine[owners]
    if not kept.any():
        return
    closed[places[owners[kept & is_open]]] = True
    in_kept = kept[ring_of]
    drawn = shapely.linearrings(xy[in_kept], indices=_renumbered(ring_of[in_kept]))
    _, first = np.unique(part_of[kept], return_index=True)
    made = np.asarray(shapely.polygons(drawn, indices=_renumbered(part_of[kept])), dtype=object)
    several = np.array([outline.several for outline in outlines])
    of_part = owners[kept][first]
    alone = ~several[of_part]
    shapes[places[of_part[alone]]] = made[alone]
    _gather(shapely.multipolygons, made[~alone], places[of_part[~alone]], shapes)


def _gather(
    how: Callable[..., Any],
    parts: NDArray[np.object_],
    places: Places,
    shapes: NDArray[np.object_],
) -> None:
    """Put the parts of each place together in one shape."""
    if len(parts):
        shapes[np.unique(places)] = how(parts, indices=_renumbered(places))


def _renumbered(groups: Places) -> Places:
    """Return numbers of groups that follow each other without a gap."""
    return np.unique(groups, return_inverse=True)[1]
