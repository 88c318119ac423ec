"""People in digital difficulty, by the best rung of the ladder that the data allow.

Rung 1 needs age bands, which no public file brings by commune here. Rung 2: people x share aged
15+ x 15.4 %, scaled by the commune's Indice de fragilité numérique relative to its
people-weighted mean. Rung 3: the same without the index, *proportionnel à la population*.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

#: Share of people in digital difficulty among those aged 15 or more, survey year 2021
#: (Insee Première 1953), and the share of people aged 15 or more that it is applied to.
ILLECTRONISM_SHARE = 0.154
AGED_15_SHARE = 0.83


def need_rung(communes: pd.DataFrame) -> int:
    """Return 2 where an index is loaded for at least one commune, else 3."""
    return 2 if communes["ifn"].notna().any() else 3


def with_need(points: gpd.GeoDataFrame, communes: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the demand table with ``need``: persons in digital difficulty at each point.

    A commune without an index, where others have one, counts with the mean.
    """
    rate = AGED_15_SHARE * ILLECTRONISM_SHARE
    factor = pd.Series(1.0, index=communes["code_insee"])
    if need_rung(communes) == 2:
        ifn = communes.set_index("code_insee")["ifn"].astype(float)
        people = communes.set_index("code_insee")["population"].astype("Float64").fillna(0)
        known = ifn.notna() & (people > 0)
        if known.any():
            mean = float(np.average(ifn[known], weights=people[known].to_numpy(float)))
            factor = (ifn / mean).fillna(1.0) if mean > 0 else factor
    scaled = points["persons"] * rate * points["code_insee"].map(factor).fillna(1.0)
    table = points.copy()
    table.insert(3, "need", np.minimum(scaled, points["persons"]).astype(float))
    return table
