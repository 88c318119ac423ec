"""The one door to pyogrio, and so to GDAL.

GDAL guesses a driver from a file's content: a ``.geojson`` may be a virtual format that opens
other files of this machine, or makes requests. So every driver but the four we read and write is
switched off before pyogrio is loaded, together with reading over the network, and the module
refuses to work when a driver outside the allowlist is left (a newer GDAL may bring new ones).
"""

from __future__ import annotations

import os
import warnings
from importlib import resources
from pathlib import Path
from typing import Any

from coverage.base.errors import SourceError

ALLOWED_DRIVERS = frozenset({"ESRI Shapefile", "GeoJSON", "GPKG", "MEM"})


def _load_pyogrio() -> Any:
    listed = resources.files("coverage.base").joinpath("gdal_skip.txt").read_text("utf-8")
    os.environ["OGR_SKIP"] = ",".join(listed.splitlines())
    os.environ["CPL_VSIL_CURL_ALLOWED_EXTENSIONS"] = "{noext}.none"
    os.environ["GDAL_HTTP_TIMEOUT"] = "1"
    # Nor what others may have put beside it: plug-ins, extensions, settings, grids of a server.
    os.environ["GDAL_DRIVER_PATH"] = "disable"
    os.environ["GDAL_CONFIG_FILE"] = os.devnull
    os.environ["PROJ_NETWORK"] = "OFF"
    os.environ.pop("OGR_SQLITE_LOAD_EXTENSIONS", None)
    # A GeoPackage holds the moment it was written; the same table must give the same bytes.
    os.environ.setdefault("OGR_CURRENT_DATE", "2000-01-01T00:00:00.000Z")
    import pyogrio

    unexpected = sorted(set(pyogrio.list_drivers()) - ALLOWED_DRIVERS)
    if unexpected:
        raise RuntimeError(
            "GDAL offers drivers that are not on the allowlist: "
            f"{', '.join(unexpected)}. Add them to coverage/base/gdal_skip.txt."
        )
    return pyogrio


pyogrio = _load_pyogrio()

#: How pyogrio says that a file, or a layer or feature in it, can't be read.
_UNREADABLE = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    UnicodeDecodeError,
)


def read_vector(
    path: Path,
    *,
    columns: list[str] | None = None,
    encoding: str | None = None,
    fid_as_index: bool = False,
    geometry: bool = True,
) -> Any:
    """Read a layer file into a GeoDataFrame; without ``geometry``, its columns into a DataFrame.

    ``path`` must be a path that the program made itself: it is checked to be a regular file, so
    that no connection string or virtual file system reaches GDAL. Raises ``SourceError`` naming
    the file where GDAL finds no readable layer of an allowed format in it.
    """
    from shapely.errors import ShapelyError

    if not path.is_file():
        raise FileNotFoundError(path)
    try:
        with warnings.catch_warnings():
            # A column that holds text and numbers; what its cells should be, its reader knows.
            warnings.filterwarnings("ignore", message="Could not parse column")
            return pyogrio.read_dataframe(
                path.resolve(),
                columns=columns,
                encoding=encoding,
                fid_as_index=fid_as_index,
                read_geometry=geometry,
            )
    except (*_UNREADABLE, ShapelyError) as error:
        raise _not_a_layer(path) from error


def _not_a_layer(path: Path) -> SourceError:
    return SourceError(
        f"« {path.name} » n’est pas un fichier géographique lisible : il est vide, abîmé ou d’un "
        "autre format. Reprenez-le à sa source, entier, en GeoPackage (.gpkg), GeoJSON (.geojson) "
        "ou shapefile (.shp avec .shx, .dbf et .prj)."
    )


def write_vector(table: Any, path: Path, *, driver: str, layer: str | None = None) -> None:
    """Write a GeoDataFrame with one of the allowed drivers (``GPKG``, ``GeoJSON``)."""
    if driver not in ALLOWED_DRIVERS:
        raise ValueError(f"Driver {driver!r} is not allowed.")
    pyogrio.write_dataframe(table, path, driver=driver, layer=layer)
