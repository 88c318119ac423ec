"""The projection that a GraphML names: a code, or what OSMnx wrote before it wrote codes."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable

from coverage.base.crs import WGS84
from coverage.base.errors import RefusedFileError

_Axes = tuple["array[float]", "array[float]"]

_EPSG = re.compile(r"EPSG:(\d{4,6})", re.IGNORECASE | re.ASCII)
#: How OSMnx told degrees and UTM before it told codes: keys and values of PROJ, no others.
_PROJ_DEGREES = {"proj": "longlat"}
_PROJ_UTM = {"proj": "utm", "units": "m"}
_PROJ_SAID_AGAIN = {
    "ellps": "WGS84",
    "datum": "WGS84",
    "towgs84": "0,0,0",
    "no_defs": "",
    "type": "crs",
}
_UTM_ZONES = {str(zone) for zone in range(1, 61)}
_DEGREES = 4326


def to_degrees(crs: str, name: str) -> Callable[[array[float], array[float]], _Axes]:
    """Return what brings coordinates of the file to longitudes and latitudes.

    PROJ is given a number and never the text, which may tell it to open files. Raises
    ``RefusedFileError`` (MISSING_CRS) where the text is no code, or the code no map's.
    """
    epsg = _epsg(crs)
    if epsg == _DEGREES:
        return lambda x, y: (x, y)
    from pyproj import CRS, Transformer
    from pyproj.exceptions import ProjError

    try:
        known = CRS.from_epsg(epsg)
        if not (known.is_geographic or known.is_projected):
            raise ProjError("No map.")
        transform = Transformer.from_crs(known, WGS84, always_xy=True).transform
    except ProjError:
        raise RefusedFileError(
            "MISSING_CRS",
            f"La projection de «\u00a0{name}\u00a0» est inconnue («\u00a0{crs[:80]}\u00a0»). "
            "Enregistrez le réseau en EPSG:4326.",
        ) from None
    return lambda x, y: transform(x, y) if x else (x, y)


def _epsg(crs: str) -> int:
    """Return the EPSG code that a text tells, or 0: a code, or PROJ's words for degrees or UTM."""
    if code := _EPSG.fullmatch(crs):
        return int(code[1])
    parts = (word.partition("=") for word in crs.split())
    told = {key: value for key, _, value in parts}
    told = {key.removeprefix("+"): value for key, value in told.items()}
    zone = told.pop("zone", "")
    south = told.pop("south", None) is not None
    own = {key: value for key, value in told.items() if _PROJ_SAID_AGAIN.get(key) != value}
    if "WGS84" not in (told.get("datum"), told.get("ellps")):
        return 0
    if own == _PROJ_DEGREES and not zone:
        return _DEGREES
    if own == _PROJ_UTM and zone in _UTM_ZONES:
        return (32_700 if south else 32_600) + int(zone)
    return 0
