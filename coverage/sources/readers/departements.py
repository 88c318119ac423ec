"""Outlines of the départements."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import shapely
from shapely.geometry import shape

from coverage.base.crs import WGS84
from coverage.base.errors import SourceError
from coverage.sources.readers._text import read_json


def read_departements(path: Path) -> gpd.GeoDataFrame:
    """Read every département: ``code, nom, geometry``. Raises ``SourceError`` on another file."""
    document = read_json(path)
    try:
        rows = [
            (
                feature["properties"]["insee_dep"],
                feature["properties"]["lib_dep"],
                shapely.make_valid(shape(feature["geometry"])),
            )
            for feature in document["features"]
        ]
    except (KeyError, TypeError) as error:
        raise SourceError(f"{path.name} : le champ {error} manque.") from None
    columns = ["code", "nom", "geometry"]
    return gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=WGS84)
