"""Indice de fragilité numérique (Mednum): scores of 0 to 10, not rates."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from coverage.sources.readers._codes import ARRONDISSEMENTS
from coverage.sources.readers._text import numbers, read_table

#: The index and its five parts -> columns of the file.
_COLUMNS = {
    "ifn": "total",
    "ifn_thd": "no_thd_coverage_rate",
    "ifn_4g": "no_4g_coverage_rate",
    "ifn_poverty": "poverty_rate",
    "ifn_aged": "older_65_rate",
    "ifn_diploma": "nscol15p_rate",
}


def read_ifn(path: Path, arrondissements: pd.DataFrame) -> pd.DataFrame:
    """Read ``code_insee, ifn`` and the five parts ``IFN_PARTS`` (0..10, null = not available).

    A city that is known only by its arrondissements gets their mean, weighted by the people of
    ``arrondissements`` (``code_insee, population``); without people, null.
    """
    told = read_table(path, ["code", *_COLUMNS.values()])
    table = pd.DataFrame(
        {
            "code_insee": told["code"],
            **{name: numbers(told[column]).astype(float) for name, column in _COLUMNS.items()},
        }
    )
    is_part = table["code_insee"].isin(list(ARRONDISSEMENTS))
    parts = table[is_part].merge(arrondissements, on="code_insee")
    city = parts["code_insee"].map(ARRONDISSEMENTS)
    scores, people = parts[list(_COLUMNS)], parts["population"].astype(float)
    # A part whose score or people are not known weighs nothing in that score.
    weights = scores.notna().mul(people.fillna(0.0), axis=0)
    sums = (scores.fillna(0.0) * weights).groupby(city).sum()
    cities = sums / weights.groupby(city).sum().replace(0.0, float("nan"))
    rest = table[~is_part & ~table["code_insee"].isin(cities.dropna(how="all").index)]
    cities = cities.rename_axis("code_insee").reset_index()
    cities = cities[~cities["code_insee"].isin(rest["code_insee"])]
    return pd.concat([rest, cities], ignore_index=True).drop_duplicates("code_insee")
