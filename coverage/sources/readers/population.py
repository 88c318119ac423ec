"""People and households of the communes (population municipale 2021, communes of 2024)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from coverage.sources.readers._codes import ARRONDISSEMENTS, counted_with
from coverage.sources.readers._origin import Origin
from coverage.sources.readers._text import numbers, read_table

_COLUMNS = [
    "insee_com",
    "insee_dep",
    "commune_article",
    "code_postal",
    "commune_type",
    "insee_parente",
    "population_2021",
    "menages_2021",
]


@dataclass(frozen=True)
class Population:
    """What the file tells.

    ``communes`` has ``code_insee, nom, population, households`` (null = not available) of the
    territory; ``arrondissements`` has ``code_insee, population``. For all of France, ``postcodes``
    has ``code_postal, code_insee`` and ``everywhere`` the people by commune (null = not available),
    each under the code that it is counted with.
    """

    communes: pd.DataFrame
    arrondissements: pd.DataFrame
    postcodes: pd.DataFrame
    everywhere: pd.Series[float]


def read_population(path: Path, territory: str, origin: Origin) -> Population:
    """Read the people of a territory's communes.

    The file has one row per postal code: a commune is taken once. Paris, Lyon and Marseille are
    the sums of their arrondissements. Delegated communes are parts of a commune and left out. A
    département where every figure is 0 has no figures (Mayotte): null, not zero.
    """
    everything = read_table(path, _COLUMNS)
    postcodes = everything[["code_postal", "insee_com"]].set_axis(
        ["code_postal", "code_insee"], axis=1
    )
    of_territory = everything[everything["insee_dep"] == territory]
    table = of_territory.drop_duplicates("insee_com")
    if len(of_territory) > len(table):
        origin.repaired(
            territory,
            "une ligne par code postal",
            f"{len(of_territory) - len(table)} lignes répètent une commune qui a plusieurs codes "
            "postaux : chaque commune est comptée une fois.",
        )
    delegated = int((table["commune_type"] == "COMD").sum())
    if delegated:
        origin.repaired(
            territory,
            "communes déléguées",
            f"{delegated} communes déléguées sont comprises dans leur commune : non comptées "
            "à part.",
        )
    counted = _counted(everything)
    table = counted[counted["insee_dep"] == territory]
    if len(table) and table["population"].isna().all():
        origin.repaired(
            territory,
            "population non disponible",
            "La source écrit 0 pour toutes les communes du département : non disponible, pas zéro.",
        )
    kept = ["code_insee", "nom", "population", "households"]
    is_part = table["commune_type"] == "ARM"
    parts = table.loc[is_part, kept]
    return Population(
        pd.concat([table.loc[~is_part, kept], _cities(parts, origin)], ignore_index=True),
        parts[["code_insee", "population"]].reset_index(drop=True),
        postcodes.drop_duplicates().reset_index(drop=True),
        _everywhere(counted),
    )


def _counted(everything: pd.DataFrame) -> pd.DataFrame:
    """Return one row a commune or arrondissement of France, with its people and households.

    Where every figure of a département is 0 they are null.
    """
    table = everything.drop_duplicates("insee_com")
    table = table[table["commune_type"].isin(["COM", "ARM"])].assign(
        code_insee=lambda t: t["insee_com"],
        nom=lambda t: t["commune_article"],
        population=lambda t: numbers(t["population_2021"]),
        households=lambda t: numbers(t["menages_2021"]),
    )
    told = table["population"].gt(0).groupby(table["insee_dep"]).transform("any")
    table.loc[~told, ["population", "households"]] = float("nan")
    return table


def _everywhere(counted: pd.DataFrame) -> pd.Series[float]:
    """Return the people of each commune of France, those counted with it included."""
    commune = counted["code_insee"].map(counted_with)
    return counted["population"].astype(float).groupby(commune).sum(min_count=1)


def _cities(parts: pd.DataFrame, origin: Origin) -> pd.DataFrame:
    """Return the cities that exist only as arrondissements, as their sums."""
    cities = (
        parts.assign(code_insee=parts["code_insee"].map(ARRONDISSEMENTS))
        .groupby("code_insee", as_index=False)
        .agg(
            nom=("nom", lambda names: names.iloc[0].split(" ")[0]),
            population=("population", "sum"),
            households=("households", "sum"),
            count=("nom", "size"),
        )
    )
    for city in cities.itertuples():
        origin.repaired(
            str(city.code_insee),
            "somme des arrondissements",
            f"{city.nom} n’existe dans la source que par ses {city.count} arrondissements : "
            "leurs habitants sont additionnés.",
        )
    return cities.drop(columns="count")
