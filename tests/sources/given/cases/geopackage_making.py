"""GeoPackages: written by GDAL, then edited by SQL or by their bytes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.sources.given.cases.geojson_making import PLACES

Edit = Callable[[sqlite3.Connection], object]


@cache
def _written(layer: str, count: int, crs: str, kind: str) -> bytes:
    from coverage.base.gdal import write_vector

    with TemporaryDirectory() as folder:
        path = Path(folder) / "made.gpkg"
        write_vector(_table(count, crs, kind), path, driver="GPKG", layer=layer)
        return path.read_bytes()


def _table(count: int, crs: str, kind: str) -> Any:
    import geopandas as gpd
    from shapely.geometry import Point, Polygon

    places = [PLACES[n % len(PLACES)] for n in range(count)]
    shapes: list[Any] = [Point(x + n * 1e-5, y) for n, (x, y) in enumerate(places)]
    if kind == "polygons":
        shapes = [shape.buffer(0.01) for shape in shapes]
    if kind == "bowtie":
        shapes = [Polygon([(1.6, 46.8), (1.7, 46.9), (1.7, 46.8), (1.6, 46.9)])]
    names = [f"Secteur n° {n} de l'été" for n in range(1, len(shapes) + 1)]
    return gpd.GeoDataFrame({"nom": names}, geometry=shapes, crs="EPSG:4326").to_crs(crs)


def content(
    layer: str = "secteurs", *, count: int = 3, crs: str = "EPSG:4326", kind: str = "points"
) -> bytes:
    """Return a GeoPackage of places, or of polygons around them."""
    return _written(layer, count, crs, kind)


def geopackage(*edits: str | Edit, **how: Any) -> Callable[[Path], object]:
    """Return a maker of a GeoPackage edited by SQL."""

    def make(path: Path) -> None:
        path.write_bytes(content(**how))
        edit(path, *edits)

    return make


def edit(path: Path, *edits: str | Edit) -> None:
    """Edit a GeoPackage in place, its triggers (which need functions of GDAL's) set aside."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
            connection.create_function(name, 1, lambda _: 1)
        for change in edits:
            if callable(change):
                change(connection)
            else:
                connection.executescript(change)
    finally:
        connection.close()


def patched(
    at: int | float, patch: Callable[[bytes], bytes], size: int = 8192, **how: Any
) -> Callable[[Path], object]:
    """Return a maker of a GeoPackage in which ``size`` bytes are changed.

    ``at`` is where they begin: an offset, or (a float) a share of the file.
    """

    def make(path: Path) -> None:
        data = bytearray(content(**how))
        start = int(at * len(data)) if isinstance(at, float) else at
        data[start : start + size] = patch(bytes(data[start : start + size]))
        path.write_bytes(data)

    return make
