"""Quartiers prioritaires de la ville: their polygons, their people, and the list of 2024."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from coverage.base.crs import WGS84
from coverage.base.errors import SourceError
from coverage.base.gdal import read_vector
from coverage.model.quarters import GENERATIONS, Generation, departement_of_qpv, generation_of
from coverage.sources.readers._codes import counted_with
from coverage.sources.readers._origin import Origin
from coverage.sources.readers._text import AGAIN, features_of, field_of, numbers, read_table

#: How the producers name the code and the name of a QPV; upper and lower case alike.
_CODES = ("code_qp", "code_qpv", "code_quartier", "codgeo")
_NAMES = ("lib_qp", "nom_qp", "lib_qpv", "nom_qpv", "nom_quartier", "nom")


def read_qpv_polygons(path: Path, territory: str, outline: Any, origin: Origin) -> gpd.GeoDataFrame:
    """Read the QPV of a territory: ``zone_id, kind, nom, vintage, geometry``.

    Their codes tell their generation, which is their ``kind`` (``model.quarters``). Invalid rings
    are made valid; a QPV that its code puts in the territory but that does not touch its
    ``outline`` is reported. Raises ``SourceError`` on another file.
    """
    # The shapefile of 2015 has no word on its encoding.
    table = read_vector(path, encoding="ISO-8859-1" if path.suffix == ".shp" else None)
    try:
        codes, names = (_column(table, choices) for choices in (_CODES, _NAMES))
        generation = _checked(table, codes, names)
    except ValueError as error:
        raise SourceError(f"{path.name} : {error}. {AGAIN}") from None
    table = table.rename(columns={codes: "code", names: "nom"})
    return quarters_table(table, territory, outline, generation, origin)


def _column(table: pd.DataFrame, choices: tuple[str, ...]) -> str:
    lower = {str(name).lower(): str(name) for name in table.columns}
    found = next((lower[name] for name in choices if name in lower), None)
    if found is None:
        raise ValueError(f"la colonne «\u00a0{choices[0]}\u00a0» manque")
    return found


def _checked(table: gpd.GeoDataFrame, codes: str, names: str) -> Generation:
    """Return the one generation of the QPV; raises ``ValueError`` (French) where it isn't one."""
    if table[[codes, names, table.geometry.name]].isna().any(axis=None):
        raise ValueError("des quartiers sans code, nom ou contour")
    found = {code: generation_of(str(code)) for code in table[codes]}
    if wrong := next((code for code, generation in found.items() if generation is None), None):
        raise ValueError(f"«\u00a0{wrong}\u00a0» n’est pas un code de quartier prioritaire")
    kinds = [generation for generation in GENERATIONS if generation in found.values()]
    if len(kinds) != 1:
        raise ValueError("des quartiers de 2015 et de 2024 mêlés, ou aucun quartier")
    return kinds[0]


def quarters_table(
    table: gpd.GeoDataFrame, territory: str, outline: Any, generation: Generation, origin: Origin
) -> gpd.GeoDataFrame:
    """Return the QPV of a territory (contract ``zones``) among ``code, nom, geometry``.

    What is made valid and what lies elsewhere goes to the notes of ``origin``.
    """
    table = table[table["code"].map(departement_of_qpv) == territory]
    table = table.sort_values("code").reset_index(drop=True)
    for code, nom, polygon in zip(table["code"], table["nom"], table.geometry, strict=True):
        if not polygon.is_valid:
            origin.repaired(code, "contour invalide", f"Contour de « {nom} » rendu valide.")
        if not shapely.intersects(shapely.make_valid(polygon), outline):
            origin.reported(
                code, "QPV hors du territoire", f"« {nom} » n’est pas dans le département."
            )
    return gpd.GeoDataFrame(
        {
            "zone_id": table["code"].astype(object),
            "kind": pd.Series([generation.kind] * len(table), dtype=object),
            "nom": table["nom"].astype(object),
            "vintage": pd.Series([origin.source.vintage] * len(table), dtype=object),
        },
        geometry=table.geometry.make_valid().to_crs(WGS84),
        crs=WGS84,
    )


def read_qpv_population(path: Path) -> pd.DataFrame:
    """Read the people of 2013: ``zone_id, persons``."""
    table = read_table(path, ["qp", "population_municipale_2013"], separator=";")
    return pd.DataFrame(
        {"zone_id": table["qp"], "persons": numbers(table["population_municipale_2013"])}
    )


def read_qpv_indicators(path: Path) -> pd.DataFrame:
    """Read INSEE's indicators by QPV: ``zone_id, persons`` (population municipale)."""
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
