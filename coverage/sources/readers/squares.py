"""INSEE's 200 m squares (Filosofi): people where they live."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from coverage.base.crs import WGS84
from coverage.base.errors import SourceError
from coverage.base.gdal import read_vector
from coverage.sources.readers._area import Area
from coverage.sources.readers._codes import counted_with
from coverage.sources.readers._origin import Origin

#: The columns' names in the vintages 2015, 2017 and 2019, lower case.
_NAMES = {
    "square_id": ("idcar_200m", "idinspire"),
    "persons": ("ind",),
    "communes": ("lcog_geo", "depcom"),
    "imputed": ("i_est_200", "i_est_cr"),
}
_CORNER = re.compile(r"CRS3035RES200mN(\d+)E(\d+)")
_CODE = re.compile(r"(?:\d{2}|2[AB])\d{3}")
_SIDE_M = 200
_LAEA = "EPSG:3035"


def read_squares(path: Path, area: Area, origin: Origin) -> gpd.GeoDataFrame | None:
    """Read the squares of a territory, one row a square and commune; None where it has none.

    Columns ``square_id, persons, code_insee, share, imputed, geometry`` (the square's centre).
    A square that lists several communes is split over them by area; ``share`` is the commune's
    part. Raises ``SourceError`` on a missing column or a square whose id is not INSEE's.
    """
    table = read_vector(path)
    table.columns = [str(column).lower() for column in table.columns]
    names = {}
    for name, choices in _NAMES.items():
        found = [choice for choice in choices if choice in table.columns]
        if not found:
            raise SourceError(f"{path.name} : la colonne « {choices[0]} » manque.")
        names[name] = found[0]
    corners = [_CORNER.fullmatch(str(square)) for square in table[names["square_id"]]]
    if None in corners:
        raise SourceError(
            f"{path.name}, ligne {corners.index(None) + 1} : identifiant de carreau inattendu."
        )
    own = set(
        area.communes.loc[area.communes["code_insee"].str.startswith(area.territory), "code_insee"]
    )
    polygons = area.communes.set_index("code_insee").geometry.to_crs(_LAEA)
    rows: list[tuple[Any, ...]] = []
    imputed_count = 0
    for corner, persons, listed, imputed in zip(
        corners,
        table[names["persons"]],
        table[names["communes"]],
        table[names["imputed"]],
        strict=True,
    ):
        codes = [
            c
            for c in dict.fromkeys(map(counted_with, _CODE.findall(str(listed))))
            if c in polygons.index
        ]
        if not own.intersection(codes) or corner is None:
            continue
        north, east = int(corner[1]), int(corner[2])
        square = shapely.box(east, north, east + _SIDE_M, north + _SIDE_M)
        flag = float(imputed) == 1
        imputed_count += flag
        shares = _shares(square, codes, polygons)
        if shares is None:
            origin.reported(
                corner[0],
                "carreau hors de ses communes",
                f"Le carreau ne touche aucune de ses communes ({', '.join(codes)}) : partagé "
                "à parts égales.",
            )
            shares = np.full(len(codes), 1 / len(codes))
        rows += [
            (corner[0], float(persons), code, float(share), flag, square.centroid)
            for code, share in zip(codes, shares, strict=True)
            if code in own and share > 0
        ]
    if not rows:
        return None
    if imputed_count:
        origin.reported(
            area.territory,
            "carreaux imputés",
            f"{imputed_count} carreaux du territoire ont des valeurs imputées par l'Insee.",
        )
    columns = ["square_id", "persons", "code_insee", "share", "imputed", "geometry"]
    squares = gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=_LAEA)
    return squares.to_crs(WGS84)


def _shares(square: Any, codes: list[str], polygons: gpd.GeoSeries) -> Any:
    """Return the part of the square in each commune, adding up to 1; None where it touches none."""
    if len(codes) == 1:
        return np.ones(1)
    areas = shapely.area(shapely.intersection(square, polygons.loc[codes].to_numpy()))
    return areas / areas.sum() if areas.sum() > 0 else None
