"""Shapefiles in archives: their parts written by GDAL, then put together by hand."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.sources.given.cases.geojson_making import PLACES
from tests.sources.given.cases.zip_making import archived, packed

PARTS = ("shp", "shx", "dbf", "prj", "cpg")


@cache
def _written(kind: str, crs: str, encoding: str) -> dict[str, bytes]:
    import geopandas as gpd
    from shapely.geometry import LineString, MultiPolygon, Point, box

    from coverage.base.gdal import write_vector

    points = [Point(at) for at in PLACES]
    shapes: dict[str, list[Any]] = {
        "points": points,
        "points_z": [Point(x, y, 120.0) for x, y in PLACES],
        "polygons": [point.buffer(0.01) for point in points],
        "multi": [MultiPolygon([box(x, y, x + 0.1, y + 0.1), box(x + 1, y, x + 1.1, y + 0.1)])
                  for x, y in PLACES],
        "lines": [LineString([(x, y), (x + 0.1, y + 0.1)]) for x, y in PLACES],
    }  # fmt: skip
    names = ["Châteauroux été", "Ajaccio", "Saint-Denis"]
    table = gpd.GeoDataFrame({"nom": names}, geometry=shapes[kind], crs="EPSG:4326").to_crs(crs)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "secteurs.shp"
        write_vector(table, path, driver="ESRI Shapefile")
        made = {part: path.with_suffix(f".{part}").read_bytes() for part in PARTS}
    if encoding != "UTF-8":
        wide = {name: name.encode().ljust(80) for name in names}
        for name, old in wide.items():
            made["dbf"] = made["dbf"].replace(old, name.encode(encoding).ljust(80))
        made["cpg"] = encoding.encode()
    return made


def parts(
    kind: str = "polygons", *, crs: str = "EPSG:4326", encoding: str = "UTF-8"
) -> dict[str, bytes]:
    """Return the files of a shapefile by their suffix."""
    return dict(_written(kind, crs, encoding))


def zipped(
    kind: str = "polygons", *, without: str = "", name: str = "secteurs", **how: Any
) -> Callable[[Path], object]:
    """Return a maker of an archive that holds a shapefile, one part of it left out."""

    def make(path: Path) -> None:
        held = {part: data for part, data in parts(kind, **how).items() if part != without}
        path.write_bytes(archived([packed(f"{name}.{ext}", data) for ext, data in held.items()]))

    return make


def repacked(
    change: Callable[[dict[str, bytes]], dict[str, bytes]], kind: str = "polygons", **how: Any
) -> Callable[[Path], object]:
    """Return a maker of an archive of the files that ``change`` makes of a shapefile's parts."""

    def make(path: Path) -> None:
        held = change(parts(kind, **how))
        path.write_bytes(archived([packed(name, data) for name, data in held.items()]))

    return make
