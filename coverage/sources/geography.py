"""The ground of a territory: what lies around it, and its communes with what is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from coverage.base.crs import WGS84, metric_epsg
from coverage.base.errors import SourceError
from coverage.model.tables import check
from coverage.model.words import whole
from coverage.sources.readers._area import OUTSIDE_DEPARTEMENT_M, Area
from coverage.sources.readers._area import REACH_M as REACH_M
from coverage.sources.readers._codes import (
    SUCCESSORS,
    TOLD_ELSEWHERE,
    counted_with,
    told_of,
)
from coverage.sources.readers._origin import Origin
from coverage.sources.readers._text import AGAIN
from coverage.sources.readers.communes import read_communes
from coverage.sources.readers.departements import read_departements
from coverage.sources.readers.population import Population


def read_area(communes: Path, departements: Path, territory: str, origin: Origin) -> Area:
    """Read a territory's polygons and those of the départements within reach.

    Merged communes are joined to their successor, and mended polygons of the territory are noted
    (``origin`` is the communes' source). Raises ``SourceError`` where a file lacks the territory.
    """
    epsg = metric_epsg(territory)
    everything = read_departements(departements)
    outline = _outline_of(everything, territory, departements.name)
    around = _within_reach(everything, outline, epsg)
    polygons = _joined(read_communes(communes, list(around["code"])), territory, origin)
    return Area(territory, epsg, polygons, around, outline)


def read_outline(departements: Path, territory: str) -> Any:
    """Read a territory's polygon (EPSG:4326). Raises ``SourceError`` where the file lacks it."""
    return _outline_of(read_departements(departements), territory, departements.name)


def _outline_of(departements: gpd.GeoDataFrame, territory: str, file: str) -> Any:
    own = departements.loc[departements["code"] == territory, "geometry"]
    if own.empty:
        raise SourceError(f"{file} : le département {territory} y manque. {AGAIN}")
    return own.iloc[0]


def _within_reach(departements: gpd.GeoDataFrame, outline: Any, epsg: int) -> gpd.GeoDataFrame:
    """Return the départements whose places can be supply for people inside the outline."""
    # Overseas départements are thousands of km apart; a projection in metres is not for them.
    west, south, east, north = shapely.bounds(outline)
    boxes = departements.bounds
    same_land = (
        boxes["minx"].le(east + 3)
        & boxes["maxx"].ge(west - 3)
        & boxes["miny"].le(north + 3)
        & boxes["maxy"].ge(south - 3)
    )
    candidates = departements[same_land]
    here = gpd.GeoSeries([outline], crs=WGS84).to_crs(epsg).iloc[0]
    near = candidates.to_crs(epsg).distance(here) <= REACH_M + OUTSIDE_DEPARTEMENT_M
    return candidates[near].reset_index(drop=True)


def _joined(polygons: gpd.GeoDataFrame, territory: str, origin: Origin) -> gpd.GeoDataFrame:
    """Return one polygon for each commune that counts, merged communes joined."""
    own = polygons["code_insee"].str.startswith(territory)
    for code, nom in polygons.loc[own & polygons["mended"], ["code_insee", "nom"]].itertuples(
        index=False
    ):
        origin.repaired(code, "contour invalide", f"Contour de {nom} rendu valide.")
    polygons = polygons.drop(columns="mended")
    targets = polygons["code_insee"].map(counted_with)
    moved = polygons[targets != polygons["code_insee"]]
    for code, nom in moved.loc[own, ["code_insee", "nom"]].itertuples(index=False):
        successor, reason = SUCCESSORS[code]
        origin.repaired(
            code, "commune fusionnée", f"{nom} ({code}) est jointe à {successor} : {reason}."
        )
    for code, rows in moved.groupby(targets[moved.index]):
        row = polygons.index[polygons["code_insee"] == code][0]
        parts = [polygons.at[row, "geometry"], *rows["geometry"]]
        polygons.at[row, "geometry"] = shapely.union_all(parts)
    return polygons.drop(index=moved.index).reset_index(drop=True)


def assemble_communes(
    area: Area,
    population: Population,
    facts: Sequence[tuple[str, pd.DataFrame | None, Origin]],
    origin: Origin,
) -> gpd.GeoDataFrame:
    """Return the contract table ``communes`` of the territory.

    ``facts`` are (column, table with ``code_insee`` and that column or None where the source is
    missing, its origin), for density_level, frr, zrr and ifn; ``origin`` is that of the people.
    People of a commune without a polygon are counted where its ground is; what a source does not
    tell of a commune is null and reported.
    """
    communes = area.communes[area.communes["code_insee"].str.startswith(area.territory)]
    communes = communes.sort_values("code_insee").reset_index(drop=True)
    people = _people(population, set(communes["code_insee"]), origin)
    communes = communes.merge(people, on="code_insee", how="left", suffixes=("_drawn", ""))
    communes["nom"] = communes["nom"].fillna(communes.pop("nom_drawn"))
    for column in ("population", "households"):
        communes[column] = communes[column].round().astype("Int64")
    _report_nulls(communes, "population", "population absente", origin)
    moved: dict[str, list[str]] = {}
    for column, table, where in facts:
        if table is None:
            communes[column] = pd.Series([None] * len(communes), dtype=_DTYPES[column])
            continue
        found = told_of(communes, table)
        communes[column] = found[column].astype(_DTYPES[column])
        if _DTYPES[column] is object:
            communes[column] = communes[column].where(communes[column].notna(), None)
        _report_nulls(communes, column, f"{_LABELS[column]} : commune absente", where)
        elsewhere = found["told_code"].notna() & (found["told_code"] != communes["code_insee"])
        for code in communes.loc[elsewhere, "code_insee"]:
            moved.setdefault(code, []).append(_LABELS[column])
    _note_moved(communes, moved, origin)
    ordered = ["code_insee", "nom", "population", "households", *_DTYPES, "geometry"]
    table = gpd.GeoDataFrame(communes[ordered], geometry="geometry", crs=WGS84)
    check("communes", table)
    return table


def communes_around(
    area: Area, population: Population, density: pd.DataFrame, origin: Origin
) -> gpd.GeoDataFrame:
    """Return the inhabited communes around the territory that have a polygon.

    Their columns are ``code_insee, persons, density_level, geometry``. ``density`` has
    ``code_insee, density_level``; ``origin`` is that of the people. Communes whose people are not
    told are left out and counted in a note.
    """
    around = area.communes[~area.communes["code_insee"].str.startswith(area.territory)]
    around = around.sort_values("code_insee").reset_index(drop=True)
    around["persons"] = around["code_insee"].map(population.everywhere).astype(float)
    around["density_level"] = told_of(around, density)["density_level"].astype("Int64")
    unknown = int(around["persons"].isna().sum())
    if unknown:
        origin.reported(
            "communes voisines",
            "population absente",
            f"Non disponible pour {whole(unknown)} commune{'s' if unknown > 1 else ''} autour du "
            "territoire : leurs habitants ne comptent pas parmi ceux qui partagent les lieux.",
        )
    inhabited = around[around["persons"] > 0].reset_index(drop=True)
    return inhabited[["code_insee", "persons", "density_level", "geometry"]]


_DTYPES: dict[str, Any] = {"density_level": "Int64", "frr": object, "zrr": object, "ifn": float}
_LABELS = {
    "density_level": "grille de densité",
    "frr": "zonage FRR",
    "zrr": "zonage ZRR",
    "ifn": "indice de fragilité numérique",
}


def _note_moved(communes: gpd.GeoDataFrame, moved: dict[str, list[str]], origin: Origin) -> None:
    """Note once a commune that facts about it are read under the code of another year."""
    names = communes.set_index("code_insee")["nom"]
    for code, labels in sorted(moved.items()):
        move = TOLD_ELSEWHERE[code]
        date = f"le 1ᵉʳ janvier {move.cog}"
        if move.other == code:
            under, why = move.code, f"portait avant {date} le code {move.code}"
        elif move.change == "recoded":
            under, why = move.other, f"porte depuis {date} le code {move.other}"
        else:
            under = move.other
            why = f"fait partie depuis {date} de {move.nom_other} ({move.other})"
        origin.repaired(
            code,
            "commune d’un autre millésime",
            f"{names[code]} ({code}) {why}. Lus sous le code {under}\u00a0: {', '.join(labels)}.",
        )


def _people(population: Population, drawn: set[str], origin: Origin) -> pd.DataFrame:
    """Return ``code_insee, nom, population, households`` for the communes that have a polygon."""
    people = population.communes
    targets = people["code_insee"].map(counted_with)
    for row in people[targets != people["code_insee"]].itertuples():
        successor, reason = SUCCESSORS[str(row.code_insee)]
        origin.repaired(
            str(row.code_insee),
            "habitants comptés avec une autre commune",
            f"Les {_persons(row.population)} habitants de {row.nom} ({row.code_insee}) sont "
            f"comptés avec {successor} : {reason}.",
        )
    for row in people[~targets.isin(drawn)].itertuples():
        origin.quarantined(
            str(row.code_insee),
            "commune sans contour",
            f"{row.nom} ({row.code_insee}) n'a pas de contour : ses {_persons(row.population)} "
            "habitants ne sont dans aucune commune.",
        )
    is_target = targets == people["code_insee"]
    names = people.loc[is_target].set_index("code_insee")["nom"]
    sums = people.groupby(targets)[["population", "households"]].sum(min_count=1)
    return sums.join(names).rename_axis("code_insee").reset_index()


def _persons(value: Any) -> str:
    return whole(float(value))


def _report_nulls(communes: gpd.GeoDataFrame, column: str, issue: str, origin: Origin) -> None:
    empty = communes[communes[column].isna()]
    if len(empty) == len(communes):
        origin.reported(
            "toutes",
            issue,
            "La source ne dit rien d'aucune commune du territoire : non disponible.",
        )
        return
    for code, nom in empty[["code_insee", "nom"]].itertuples(index=False):
        origin.reported(code, issue, f"Non disponible pour {nom} ({code}).")
