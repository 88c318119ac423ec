"""What every layer must be, whatever its format: of one kind, valid, in degrees, in France."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from coverage.base.crs import WGS84
from coverage.sources.given.coordinates import FRANCE, where
from coverage.sources.given.layers.crs import Reference
from coverage.sources.given.layers.features import FeatureError, Features
from coverage.sources.given.layers.shapes import draw, empty, other_kind, too_complex

Shapes = NDArray[np.object_]
Numbers = NDArray[np.int64]

POINTS, POLYGONS = "points", "polygones"
_POINTS, _POLYGONS = (0, 4), (3, 6)
#: A zone may reach over the sea or a border, not further than this from France (degrees).
_MARGIN_DEGREES = 1.0
#: Less than a hand's breadth squared is no surface (square degrees).
_NO_AREA_DEGREES2 = 1e-12
#: What mending a contour costs grows with the times that its sides cross each other.
_MOST_CROSSINGS = 10_000
#: So many a shape are not counted: sides are too few to cross more often.
_PLAIN_VERTICES, _FREE_CROSSINGS = 8, 20
_MOST_MENDED_SIDES = 50_000
_SEARCHED_SIDES = 20
#: So is finding out whether they do, in a shape of many vertices: a few sides are looked at first.
_BIG_VERTICES, _SAMPLED_SIDES, _TANGLED = 10_000, 50, 20
_ADVICE = {
    "NULL_ISLAND": "il a un sommet à 0, 0, au large de l’Afrique\u202f; donnez ses coordonnées",
    "LATLON_SWAPPED": "longitude et latitude sont inversées\u202f; la longitude vient d’abord",
    "WRONG_CRS": "ses coordonnées ne sont pas des degrés\u202f; exportez la couche en WGS\u00a084 "
    "(EPSG:4326), ou avec sa projection",
    "OUT_OF_FRANCE": "il est hors de France\u202f; vérifiez ses coordonnées, ou ôtez-le",
}


def check_shapes(features: Features, reference: Reference | None) -> tuple[Shapes, str]:
    """Return the shapes of a layer in degrees (WGS 84), and which kind they are.

    Open rings are closed, contours that cross themselves mended, and both are noted; what is wrong
    is noted in ``features.faults``: BAD_NUMBER, EMPTY_GEOMETRY, MIXED_GEOMETRY, TOO_COMPLEX,
    ANTIMERIDIAN, WRONG_CRS, LATLON_SWAPPED, NULL_ISLAND, OUT_OF_FRANCE.
    """
    numbers: Numbers = np.array(features.numbers, dtype=np.int64)
    shapes, closed, faults = draw(features.outlines)
    features.faults += [(int(numbers[place]), fault) for place, fault in faults.items()]
    for number in numbers[closed]:
        detail = f"Objet n°\u00a0{number}\u00a0: contour fermé"
        features.repairs.add("contour ouvert", detail, line=int(number))
    at_fault = np.isin(numbers, [number for number, _ in features.faults])
    nowhere = shapely.is_empty(shapes) | shapely.is_missing(shapes)
    features.faults += [(int(number), empty()) for number in numbers[nowhere & ~at_fault]]
    kind = _one_kind(shapes, numbers, ~nowhere, features)
    drawn = ~nowhere & np.isin(shapely.get_type_id(shapes), _KINDS[kind])
    if reference is not None:
        shapes[drawn] = _in_degrees(shapes[drawn], numbers[drawn], reference, features)
    _check_places(shapes[drawn], numbers[drawn], kind, features)
    if kind == POLYGONS and not features.faults:
        shapes[drawn] = _mended(shapes[drawn], numbers[drawn], features)
    return shapes, kind


_KINDS = {POINTS: _POINTS, POLYGONS: _POLYGONS}


def _one_kind(
    shapes: Shapes, numbers: Numbers, drawn: NDArray[np.bool_], features: Features
) -> str:
    """Return the kind of the first shape, and note the others that are not of it."""
    kinds = shapely.get_type_id(shapes)
    foreign = drawn & ~np.isin(kinds, _POINTS + _POLYGONS)
    features.faults += [
        (int(number), other_kind(shape.geom_type))
        for number, shape in zip(numbers[foreign], shapes[foreign], strict=True)
    ]
    are_points = drawn & np.isin(kinds, _POINTS)
    are_polygons = drawn & np.isin(kinds, _POLYGONS)
    if not (are_points.any() and are_polygons.any()):
        return POINTS if are_points.any() else POLYGONS
    first = POINTS if are_points.argmax() < are_polygons.argmax() else POLYGONS
    others, what = (are_polygons, "polygone") if first == POINTS else (are_points, "point")
    advice = (
        f"c’est un {what}, et d’autres objets sont des {first}\u202f; faites une couche par sorte"
    )
    features.faults += [
        (int(number), FeatureError("MIXED_GEOMETRY", advice)) for number in numbers[others]
    ]
    return first


def _in_degrees(
    shapes: Shapes, numbers: Numbers, reference: Reference, features: Features
) -> Shapes:
    """Return shapes converted from another reference system; note those that can't be in it."""
    from pyproj import Transformer
    from pyproj.exceptions import ProjError

    xy, owners = shapely.get_coordinates(shapes, return_index=True)
    wrong = np.zeros(len(shapes), dtype=bool)
    if reference.crs.is_projected:
        # Metres so near to the origin of a projection are degrees that are called metres.
        near = _per_shape(np.maximum, np.abs(xy).max(axis=1), owners, len(shapes)) <= 180
        wrong |= near
    try:
        transformer = Transformer.from_crs(reference.crs, WGS84, always_xy=True)
        lonlat = np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))
    except ProjError:
        lonlat = np.full_like(xy, np.inf)
    wrong |= _per_shape(np.maximum, ~np.isfinite(lonlat).all(axis=1), owners, len(shapes)) > 0
    advice = f"ses coordonnées ne sont pas en {reference.name}, comme le fichier le dit"
    features.faults += [
        (int(number), FeatureError("WRONG_CRS", f"{advice}\u202f; exportez la couche à nouveau"))
        for number in numbers[wrong]
    ]
    kept = ~wrong[owners]
    moved = np.where(kept[:, None], lonlat, 0.0)
    if not np.allclose(xy[kept], lonlat[kept], rtol=0, atol=1e-9):
        features.converted_from = reference.name
    degrees = shapely.set_coordinates(shapes.copy(), moved)
    # Their fault is told: they are nowhere for what follows.
    degrees[wrong] = None
    return degrees


def _per_shape(how: np.ufunc, values: NDArray[np.generic], owners: Numbers, count: int) -> Numbers:
    """Return what a shape's vertices make together, 0 for a shape without any."""
    made = np.zeros(count)
    how.at(made, owners, values)
    return made  # type: ignore[return-value]


def _check_places(shapes: Shapes, numbers: Numbers, kind: str, features: Features) -> None:
    """Note the shapes that are not in France, or not in degrees."""
    wide = _over_antimeridian(shapes) if kind == POLYGONS else np.zeros(len(shapes), dtype=bool)
    features.faults += [
        (
            int(number),
            FeatureError(
                "ANTIMERIDIAN",
                "il passe le 180ᵉ méridien\u202f; coupez-le en deux parties, de part et d’autre",
            ),
        )
        for number in numbers[wide]
    ]
    margin = _MARGIN_DEGREES if kind == POLYGONS else 0.0
    xy, owners = shapely.get_coordinates(shapes, return_index=True)
    outside = ~_in_france(xy, margin) & ~wide[owners]
    told: set[int] = set()
    for owner, (lon, lat) in zip(owners[outside], xy[outside], strict=True):
        if owner in told:
            continue
        told.add(owner)
        code = where(lon, lat) or "OUT_OF_FRANCE"
        advice = f"({lon:.10g}, {lat:.10g})\u00a0: {_ADVICE[code]}"
        features.faults.append((int(numbers[owner]), FeatureError(code, advice)))


def _in_france(xy: NDArray[np.float64], margin: float) -> NDArray[np.bool_]:
    inside = np.zeros(len(xy), dtype=bool)
    for west, south, east, north in FRANCE:
        inside |= (
            (xy[:, 0] >= west - margin)
            & (xy[:, 0] <= east + margin)
            & (xy[:, 1] >= south - margin)
            & (xy[:, 1] <= north + margin)
        )
    return inside


def _over_antimeridian(shapes: Shapes) -> NDArray[np.bool_]:
    """Tell which polygons go round the Earth the wrong way, or on past 180 degrees."""
    parts, owners = shapely.get_parts(shapes, return_index=True)
    west, south, east, north = shapely.bounds(parts).reshape(-1, 4).T
    in_turn = (np.abs(south) <= 90) & (np.abs(north) <= 90) & (west >= -360) & (east <= 360)
    wide = in_turn & (east - west > 180)
    past = in_turn & (((west < -180) & (east > -180)) | ((west < 180) & (east > 180)))
    over = np.zeros(len(shapes), dtype=bool)
    over[owners[wide | past]] = True
    return over


def _mended(shapes: Shapes, numbers: Numbers, features: Features) -> Shapes:
    """Return polygons whose contours don't cross; what has no surface is noted as a fault."""
    big = shapely.get_num_coordinates(shapes) > _BIG_VERTICES
    for place in np.flatnonzero(big):
        if _is_tangled(shapes[place]):
            features.faults.append((int(numbers[place]), too_complex()))
            return shapes
    left = _MOST_CROSSINGS
    mended = shapes.copy()
    invalid = np.flatnonzero(~shapely.is_valid(shapes))
    for place in invalid:
        if shapely.get_num_coordinates(shapes[place]) > _PLAIN_VERTICES:
            left -= max(0, _crossings(shapes[place], left) - _FREE_CROSSINGS)
        if left < 0:
            features.faults.append((int(numbers[place]), too_complex()))
            return shapes
    mended[invalid] = shapely.make_valid(shapes[invalid], method="structure")
    for place in np.flatnonzero(~np.isin(shapely.get_type_id(mended), _POLYGONS)):
        mended[place] = _polygons_of(mended[place])
    flat = ~(shapely.area(mended) > _NO_AREA_DEGREES2)
    features.faults += [(int(number), empty()) for number in numbers[flat]]
    for number in numbers[invalid[~flat[invalid]]]:
        detail = f"Objet n°\u00a0{number}\u00a0: contour qui se croise, rectifié"
        features.repairs.add("contour croisé", detail, line=int(number))
    return mended


def _polygons_of(shape: BaseGeometry) -> BaseGeometry:
    """Return the polygons of a shape, without the lines and points that mending may leave."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    kept = parts[shapely.get_type_id(parts) == _POLYGONS[0]]
    return shapely.MultiPolygon(list(kept)) if len(kept) != 1 else shapely.Polygon(kept[0])


def _is_tangled(shape: BaseGeometry) -> bool:
    """Tell whether most sides of a big shape cross many others: it can't even be checked.

    A few sides are looked at, evenly from the first to the last.
    """
    sides = _sides(shape)
    tree = shapely.STRtree(sides)
    touched = 0
    for side in sides[:: max(1, len(sides) // _SAMPLED_SIDES)]:
        touched += len(tree.query(side, predicate="intersects"))
        if touched > _TANGLED * _SAMPLED_SIDES:
            return True
    return False


def _crossings(shape: BaseGeometry, most: int) -> int:
    """Return how often sides of a shape cross, or more than ``most``.

    Sides are searched a few at a time: a star of n sides has nearly n² crossings, that must not
    even be listed.
    """
    sides = _sides(shape)
    if len(sides) > _MOST_MENDED_SIDES:
        return most + 1 + _FREE_CROSSINGS
    tree = shapely.STRtree(sides)
    touched = 0
    for start in range(0, len(sides), _SEARCHED_SIDES):
        some = sides[start : start + _SEARCHED_SIDES]
        # Each side touches itself and its two neighbours; a crossing is found from both sides.
        touched += tree.query(some, predicate="intersects").shape[1] - 3 * len(some)
        if touched > 2 * (most + _FREE_CROSSINGS):
            break
    return max(0, touched) // 2


def _sides(shape: BaseGeometry) -> Shapes:
    """Return the sides of a shape's rings."""
    rings = shapely.get_rings(shapely.get_parts(shape))
    xy, owners = shapely.get_coordinates(rings, return_index=True)
    same = owners[:-1] == owners[1:]
    sides = shapely.linestrings(np.stack([xy[:-1][same], xy[1:][same]], axis=1))
    return np.asarray(sides, dtype=object)
