"""An area that the user draws: one polygon in a GeoJSON file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from coverage.base.errors import UserError

_SIZE_LIMIT_BYTES = 20_000_000
_POLYGONS = ("Polygon", "MultiPolygon")
#: How GeoJSON of before 2016 names longitudes and latitudes on WGS 84.
_DEGREES = ("CRS84", "4326")
_WORLD = shapely.box(-180, -90, 180, 90)


def read_area(path: Path) -> BaseGeometry:
    """Return the polygon (or the several pieces of one) that a GeoJSON file holds, EPSG:4326.

    The file is a geometry, a feature, or a collection of one feature. Raises ``UserError`` for
    anything else, and for lines that cross each other.
    """
    if path.stat().st_size > _SIZE_LIMIT_BYTES:
        raise _wrong(path, "il dépasse 20\u00a0Mo")
    try:
        document = json.loads(path.read_text("utf-8-sig"))
        area = shape(_geometry_of(document))
    except (ValueError, TypeError, LookupError, RecursionError, shapely.errors.ShapelyError):
        # Not JSON, not GeoJSON, or coordinates that are none.
        raise _wrong(path, "ce n’est pas un polygone") from None
    projection = json.dumps(document.get("crs", _DEGREES[0]))
    if not any(name in projection for name in _DEGREES) or not _WORLD.covers(area):
        raise _wrong(path, "ses coordonnées ne sont pas en degrés")
    if not area.is_valid:
        raise _wrong(path, "son contour se croise lui-même")
    return area


def _geometry_of(document: Any) -> Any:
    """Return the one polygon of a document; raises ``ValueError`` where it isn't one."""
    if document["type"] == "FeatureCollection":
        (document,) = document["features"]
    if document["type"] == "Feature":
        document = document["geometry"]
    if document["type"] not in _POLYGONS or not document["coordinates"]:
        raise ValueError(document["type"])
    return document


def _wrong(path: Path, reason: str) -> UserError:
    return UserError(
        f"«\u00a0{path.name}\u00a0»\u00a0: {reason}. Donnez un fichier GeoJSON qui contient un "
        "seul polygone, en longitudes et latitudes (WGS\u00a084)."
    )
