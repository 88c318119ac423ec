"""People in digital difficulty, by the best rung of the ladder that the data allow.

A territory stands on one rung, told with its figures:

1. the people by age of each commune x the rate of their band;
2. people x share aged 15 or more x 15.4 %, scaled by the commune's Indice de fragilité numérique
   relative to its people-weighted mean;
3. the same without the index, *besoin proportionnel à la population*.

Rates and their sources: ``model.needs``. The rates of the first rung are never mixed with those of
the two others, so one commune without ages puts the whole territory on a lower rung.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from coverage.model.needs import SHIPPED, NeedRates
from coverage.model.tables import AGE_BANDS


def need_rung(communes: pd.DataFrame, profiles: pd.DataFrame) -> int:
    """Return 1 where every commune with people has its ages, else 2 where one has an index, or 3.

    ``communes`` and ``profiles`` are the contract tables.
    """
    inhabited = communes.loc[communes["population"].fillna(0) > 0, "code_insee"]
    bands = profiles.set_index("code_insee")[list(AGE_BANDS)].reindex(inhabited)
    if len(bands) and bands.notna().all(axis=None):
        return 1
    return 2 if communes["ifn"].notna().any() else 3


def with_need(
    points: gpd.GeoDataFrame,
    communes: pd.DataFrame,
    profiles: pd.DataFrame,
    *,
    rates: NeedRates = SHIPPED,
) -> gpd.GeoDataFrame:
    """Return the demand table with ``need``: persons in digital difficulty at each point.

    Each point has its commune's need per head, never more than its persons.
    """
    rung = need_rung(communes, profiles)
    by_commune = _by_age(communes, profiles, rates) if rung == 1 else _by_index(communes, rates)
    per_head = points["code_insee"].map(by_commune).astype(float)
    table = points.copy()
    table.insert(3, "need", points["persons"] * np.minimum(per_head, 1.0))
    return table


def _by_age(communes: pd.DataFrame, profiles: pd.DataFrame, rates: NeedRates) -> pd.Series[float]:
    """Need per head of the first rung; 0 where nobody lives."""
    persons = profiles.set_index("code_insee")[list(AGE_BANDS)]
    need = persons.mul(pd.Series(rates.age_bands)[list(AGE_BANDS)], axis=1).sum(axis=1)
    people = communes.set_index("code_insee")["population"].astype("Float64").fillna(0.0)
    people = people.astype(float)
    return (need.reindex(people.index) / people.where(people > 0)).fillna(0.0)


def _by_index(communes: pd.DataFrame, rates: NeedRates) -> pd.Series[float]:
    """Need per head of the second rung, or the third where no commune has an index.

    A commune without an index, where others have one, counts with the mean.
    """
    ifn = communes.set_index("code_insee")["ifn"].astype(float)
    people = communes.set_index("code_insee")["population"].astype("Float64").fillna(0.0)
    known = ifn.notna() & (people > 0)
    factor = pd.Series(1.0, index=ifn.index)
    if known.any():
        mean = float(np.average(ifn[known], weights=people[known].to_numpy(float)))
        factor = (ifn / mean).fillna(1.0) if mean > 0 else factor
    return factor * rates.per_head
