"""The toy town with neighbours enough for ranks to mean something: 24 communes, three of each."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd

from coverage.model.results import StudyResult
from tests.toy import toy_result


def ranked_result(**changes: Any) -> StudyResult:
    """Return the toy town three times over; draws made up so that each kind of answer occurs.

    Copies are called ``Albarella 2``, ``Albarella 3`` and coded ``2A011``, ``2A021``…; the three
    of a kind are ex æquo. Robust in front: Isulella; robust behind: Albarella; sensitive: the rest.
    """
    toy = toy_result()
    copies = []
    for copy in range(3):
        table = toy.communes.copy()
        table["code_insee"] = [f"2A0{copy}{n}" for n in range(1, 9)]
        if copy:
            table["nom"] = table["nom"] + f" {copy + 1}"
        copies.append(table)
    communes = gpd.GeoDataFrame(pd.concat(copies, ignore_index=True), crs=toy.communes.crs)
    communes["rank"] = communes["score"].rank(method="min", ascending=False).astype("Int64")
    communes["rank_low"] = (communes["rank"] - 2).clip(lower=1)
    communes["rank_high"] = (communes["rank"] + 4).clip(upper=24)
    share = {"Isulella": 1.0, "Monte Scuru": 0.998, "Forca": 0.62, "L’Île-Verte": 0.45}
    base = communes["nom"].str.replace(r" \d$", "", regex=True)
    communes["top10_share"] = base.map(share).fillna(0.0)
    sure = (communes["top10_share"] >= 0.8) | (communes["top10_share"] <= 0.2)
    communes["stability"] = sure.map({True: "robuste", False: "sensible"})
    profiles = pd.concat(
        [toy.profiles.assign(code_insee=list(table["code_insee"])) for table in copies],
        ignore_index=True,
    )
    return toy_result(**{"communes": communes, "profiles": profiles, **changes})
