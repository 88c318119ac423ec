"""Outlines of the départements."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely
from shapely.errors import ShapelyError
from shapely.geometry import shape

from coverage.base.crs import WGS84
from coverage.base.errors import SourceError
from coverage.sources.readers._text import AGAIN, features_of, field_of


def read_departements(path: Path) -> gpd.GeoDataFrame:
    """Read every département: ``code, nom, geometry``. Raises ``SourceError`` on another file."""
    rows = [
        (
            field_of(feature, "insee_dep", path.name),
            field_of(feature, "lib_dep", path.name),
            _outline(feature, path.name),
        )
        for feature in features_of(path)
    ]
    columns = ["code", "nom", "geometry"]
    return gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=WGS84)


def _outline(feature: dict[str, Any], file: str) -> Any:
    try:
        outline = shapely.make_valid(shape(feature["geometry"]))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, ShapelyError):
        outline = None
    if outline is None or outline.is_empty:
        raise SourceError(f"{file} : un département n’a pas de contour lisible. {AGAIN}")
    return outline
