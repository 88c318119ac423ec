"""Reference systems: what a file says of its coordinates, and the way to degrees on WGS 84."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from coverage.base.errors import RefusedFileError
from coverage.sources.given.cells import shown
from coverage.sources.given.layers.wkt import WktError, read_wkt

if TYPE_CHECKING:
    from pyproj import CRS

_WGS84 = 4326
_EPSG = re.compile(r"(?:EPSG|epsg)\W(?:[\w.]*\W)?(\d{1,6})$")
_DEGREES = re.compile(r"(?:OGC\W.*)?CRS:?84$|WGS ?84$", re.IGNORECASE)


@dataclass(frozen=True)
class Reference:
    """A reference system other than WGS 84: its name in a sentence, what pyproj knows of it."""

    name: str
    crs: CRS


def from_geojson(member: Any, file: str) -> Reference | None:
    """Return the reference system of a GeoJSON's ``crs`` member; None for degrees on WGS 84.

    Longitude comes first, also where EPSG:4326 is named: so do all programs. Raises
    ``RefusedFileError`` (MISSING_CRS) where it names none that is known; a link is not followed.
    """
    if member is None:
        return None
    properties = member.get("properties") if isinstance(member, dict) else None
    told = properties if isinstance(properties, dict) else {}
    name = str(told.get("name", f"EPSG:{told['code']}" if "code" in told else ""))[:200].strip()
    if _DEGREES.search(name):
        return None
    if found := _EPSG.search(name):
        return from_epsg(int(found[1]), file)
    raise missing_crs(file, "la projection que le fichier nomme n’est pas connue")


def from_epsg(code: int, file: str) -> Reference | None:
    """Return a reference system by its number. Raises ``RefusedFileError`` (MISSING_CRS)."""
    if code == _WGS84:
        return None
    # Most layers are in degrees, and never need it.
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        crs = CRS.from_epsg(code)
    except CRSError:
        raise missing_crs(file, f"EPSG:{code} n’existe pas") from None
    return _reference(crs, f"EPSG:{code}", file)


def from_wkt(text: str, file: str) -> Reference | None:
    """Return the reference system that a WKT (a .prj) describes.

    Raises ``RefusedFileError`` (MISSING_CRS) on what is none, or would open files.
    """
    unreadable = "la description de la projection ne se lit pas"
    try:
        described = read_wkt(text)
    except WktError:
        raise missing_crs(file, unreadable) from None
    # What EPSG knows of it is more than what most programs write.
    if described.epsg is not None:
        return from_epsg(described.epsg, file)
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        crs = CRS.from_wkt(described.text)
        code = crs.to_epsg(min_confidence=60)
    except CRSError:
        raise missing_crs(file, unreadable) from None
    if code is not None:
        return from_epsg(code, file)
    return _reference(crs, shown(crs.name), file)


def missing_crs(file: str, why: str) -> RefusedFileError:
    """Return the refusal of a layer whose coordinates may mean anything."""
    return RefusedFileError(
        "MISSING_CRS",
        f"« {file} »\u00a0: {why}. Enregistrez la couche à nouveau avec sa projection, par exemple "
        "Lambert-93 (EPSG:2154), ou en degrés (WGS\u00a084, EPSG:4326).",
    )


def _reference(crs: CRS, name: str, file: str) -> Reference:
    if not (crs.is_projected or crs.is_geographic):
        raise missing_crs(file, f"{name} ne dit pas où l’on est sur la Terre")
    return Reference(name, crs)
