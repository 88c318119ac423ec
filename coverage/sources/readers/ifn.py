"""Indice de fragilité numérique (Mednum): a score of 0 to 10, not a rate."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from coverage.sources.readers._codes import ARRONDISSEMENTS
from coverage.sources.readers._text import numbers, read_table


def read_ifn(path: Path, arrondissements: pd.DataFrame) -> pd.DataFrame:
    """Read ``code_insee, ifn`` (0..10, null = not available).

    A city that is known only by its arrondissements gets their mean, weighted by the people of
    ``arrondissements`` (``code_insee, population``); without people, null.
    """
    table = read_table(path, ["code", "total"])
    table = pd.DataFrame({"code_insee": table["code"], "ifn": numbers(table["total"])})
    is_part = table["code_insee"].isin(list(ARRONDISSEMENTS))
    parts = table[is_part].merge(arrondissements, on="code_insee").dropna()
    parts["code_insee"] = parts["code_insee"].map(ARRONDISSEMENTS)
    parts["ifn"] *= parts["population"]
    sums = parts.groupby("code_insee")[["ifn", "population"]].sum()
    cities = (sums["ifn"] / sums["population"]).where(sums["population"] > 0)
    rest = table[~is_part & ~table["code_insee"].isin(cities.index)]
    return pd.concat([rest, cities.rename("ifn").reset_index()]).drop_duplicates("code_insee")
