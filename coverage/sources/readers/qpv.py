"""Quartiers prioritaires de la ville: polygons of 2015, their people, and the list of 2024."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from coverage.base.crs import WGS84
from coverage.base.errors import SourceError
from coverage.base.gdal import read_vector
from coverage.sources.readers._codes import counted_with
from coverage.sources.readers._origin import Origin
from coverage.sources.readers._text import AGAIN, features_of, field_of, numbers, read_table

KIND = "qpv_2015"


def read_qpv_polygons(path: Path, territory: str, outline: Any, origin: Origin) -> gpd.GeoDataFrame:
    """Read the QPV 2015 of a territory: ``zone_id, kind, nom, vintage, geometry``.

    Invalid rings are made valid; a QPV that its code puts in the territory but that does not
    touch its ``outline`` is reported. Raises ``SourceError`` on another file.
    """
    table = read_vector(path, encoding="ISO-8859-1")
    missing = {"CODE_QP", "NOM_QP"} - set(table.columns)
    if missing:
        raise SourceError(f"{path.name} : la colonne « {min(missing)} » manque. {AGAIN}")
    if table[["CODE_QP", "NOM_QP", "geometry"]].isna().any(axis=None):
        raise SourceError(f"{path.name} : des quartiers sans code, nom ou contour. {AGAIN}")
    table = table[table["CODE_QP"].map(_departement_of_qpv) == territory]
    table = table.sort_values("CODE_QP").reset_index(drop=True)
    for code, nom, polygon in table[["CODE_QP", "NOM_QP", "geometry"]].itertuples(index=False):
        if not polygon.is_valid:
            origin.repaired(code, "contour invalide", f"Contour de « {nom} » rendu valide.")
        if not shapely.intersects(shapely.make_valid(polygon), outline):
            origin.reported(
                code, "QPV hors du territoire", f"« {nom} » n’est pas dans le département."
            )
    return gpd.GeoDataFrame(
        {
            "zone_id": table["CODE_QP"],
            "kind": KIND,
            "nom": table["NOM_QP"],
            "vintage": origin.source.vintage,
        },
        geometry=table.geometry.make_valid(),
        crs=WGS84,
    )


def _departement_of_qpv(code: str) -> str:
    """Return the département of a QPV code: ``QP02A001`` -> ``2A``, ``QP974036`` -> ``974``."""
    return code[2:5].removeprefix("0")


def read_qpv_population(path: Path) -> pd.DataFrame:
    """Read the people of 2013: ``zone_id, persons``."""
    table = read_table(path, ["qp", "population_municipale_2013"], separator=";")
    return pd.DataFrame(
        {"zone_id": table["qp"], "persons": numbers(table["population_municipale_2013"])}
    )


def read_qpv_indicators(path: Path) -> pd.DataFrame:
    """Read INSEE's indicators of 2022: ``zone_id, persons`` (population municipale)."""
    table = read_table(path, ["CODGEO", "POP_MUN"], separator=";")
    return pd.DataFrame({"zone_id": table["CODGEO"], "persons": numbers(table["POP_MUN"])})


def read_qpv_list(path: Path, territory: str) -> dict[str, list[str]]:
    """Read the names of the QPV 2024 by commune code; they have no polygons.

    Several codes are joined by commas, and so are their names. Raises ``SourceError`` on a file
    without them.
    """
    labels: dict[str, list[str]] = {}
    for feature in features_of(path):
        code, listed, named = (
            field_of(feature, field, path.name) for field in ("insee_com", "code_qp", "lib_qp")
        )
        if code.startswith(territory):
            codes = [word.strip() for word in listed.split(",")]
            names = [word.strip() for word in named.split(",")]
            # A name may hold a comma itself; then the codes are what can be trusted.
            told = names if len(names) == len(codes) else codes
            labels.setdefault(counted_with(code), []).extend(told)
    return labels
