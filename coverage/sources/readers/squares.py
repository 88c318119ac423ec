"""INSEE's 200 m squares (Filosofi): people where they live."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from coverage.base.crs import WGS84
from coverage.base.errors import SourceError
from coverage.base.limited import Limits
from coverage.sources.given.layers import Wanted, read_layer
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
#: The squares of the whole country are two millions: those of a territory are found among them.
_LIMITS = Limits(cpu_s=300, wait_s=900.0)
_LAEA = "EPSG:3035"


def read_squares(path: Path, area: Area, origin: Origin) -> gpd.GeoDataFrame | None:
    """Read the squares of a territory, one row a square and commune; None where it has none.

    Columns ``square_id, persons, code_insee, share, imputed, geometry`` (the whole square).
    A square that lists several communes is split over them by area; ``share`` is the commune's
    part. A square whose people are not told is left out, and the count of these is reported; one
    that does not say whether it is imputed is taken as it is. Raises ``SourceError`` on a file
    that is no layer (``read_layer``), a missing column, or a square whose id or people can't be
    read.
    """
    wanted = Wanted(
        geometry=False,
        columns=tuple(name for choices in _NAMES.values() for name in choices),
        among=_NAMES["communes"],
        containing=area.territory,
    )
    table = read_layer(path, wanted=wanted, limits=_LIMITS).table
    table.columns = [str(column).lower() for column in table.columns]
    names = {}
    for name, choices in _NAMES.items():
        found = [choice for choice in choices if choice in table.columns]
        if not found:
            raise SourceError(
                f"{path.name} : la colonne « {choices[0]} » manque. Donnez les carreaux de 200 m "
                "tels que l’INSEE les publie."
            )
        names[name] = found[0]
    corners = [_CORNER.fullmatch(str(square)) for square in table[names["square_id"]]]
    if None in corners:
        raise SourceError(
            f"{path.name}, ligne {table.index[corners.index(None)]} : identifiant de carreau "
            "inattendu. Donnez les carreaux de 200 m tels que l’INSEE les publie "
            "(CRS3035RES200mN…E…)."
        )
    told = _numbers(table[names["persons"]], path.name)
    imputed_told = _numbers(table[names["imputed"]], path.name)
    own = set(
        area.communes.loc[area.communes["code_insee"].str.startswith(area.territory), "code_insee"]
    )
    polygons = area.communes.set_index("code_insee").geometry.to_crs(_LAEA)
    rows: list[tuple[Any, ...]] = []
    imputed_count = unknown_count = 0
    for corner, persons, listed, imputed in zip(
        corners,
        told,
        table[names["communes"]],
        imputed_told,
        strict=True,
    ):
        codes = [
            c
            for c in dict.fromkeys(map(counted_with, _CODE.findall(str(listed))))
            if c in polygons.index
        ]
        if not own.intersection(codes) or corner is None:
            continue
        if np.isnan(persons):
            unknown_count += 1
            continue
        north, east = int(corner[1]), int(corner[2])
        square = shapely.box(east, north, east + _SIDE_M, north + _SIDE_M)
        flag = bool(imputed == 1)
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
            (corner[0], float(persons), code, float(share), flag, square)
            for code, share in zip(codes, shares, strict=True)
            if code in own and share > 0
        ]
    if unknown_count:
        origin.quarantined(
            area.territory,
            "carreaux sans habitants connus",
            f"{unknown_count} carreaux du territoire ne disent pas leur nombre d’habitants.",
        )
    if not rows:
        return None
    if imputed_count:
        origin.reported(
            area.territory,
            "carreaux imputés",
            f"{imputed_count} carreaux du territoire ont des valeurs imputées par l’INSEE.",
        )
    columns = ["square_id", "persons", "code_insee", "share", "imputed", "geometry"]
    squares = gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=_LAEA)
    return squares.to_crs(WGS84)


def _numbers(cells: Any, file: str) -> npt.NDArray[np.float64]:
    """Return the numbers of a column, NaN where empty; what is neither is a ``SourceError``."""
    values: npt.NDArray[np.float64] = pd.to_numeric(cells, errors="coerce").to_numpy(float)
    wrong = (np.isnan(values) & cells.notna().to_numpy()) | (values < 0) | np.isinf(values)
    if wrong.any():
        row = int(wrong.argmax())
        raise SourceError(
            f"{file}, ligne {cells.index[row]}, colonne « {cells.name} » : « {cells.iloc[row]} » "
            "n’est pas un nombre positif. Corrigez cette ligne."
        )
    return values


def _shares(square: Any, codes: list[str], polygons: gpd.GeoSeries) -> Any:
    """Return the part of the square in each commune, adding up to 1; None where it touches none."""
    if len(codes) == 1:
        return np.ones(1)
    areas = shapely.area(shapely.intersection(square, polygons.loc[codes].to_numpy()))
    return areas / areas.sum() if areas.sum() > 0 else None
