"""What followed the detections: help, workshops and trainees, place by place and quarter."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from coverage.model.services import ServiceTable

#: Of the people whom a place can help, the share that came.
_USED_SHARE = (0.5, 0.9)
#: About one workshop a week and place, with a handful of people.
_WORKSHOPS_A_QUARTER, _MORE_TRAINEES = 12.0, 0.4
_QUARTER_MONTHS = 3


def follow_detections(
    sites: gpd.GeoDataFrame, detections: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Return what followed (contract ``activity``), over the time in which people were tested.

    A row a quarter for every structure with conseillers numériques. ``detections`` keeps its
    contract.
    """
    services = ServiceTable.load()
    places = sites[sites["roles"].map(lambda roles: "conseiller_numerique" in roles)]
    starts = pd.date_range(
        detections["debut"].min(), detections["fin"].max(), freq=f"{_QUARTER_MONTHS}MS"
    )
    tables = []
    for nom, roles, staff in places[["nom", "roles", "staff"]].itertuples(index=False, name=None):
        able = services.persons_month(roles, staff) * _QUARTER_MONTHS
        helped = rng.poisson(able * rng.uniform(*_USED_SHARE), len(starts))
        workshops = rng.poisson(_WORKSHOPS_A_QUARTER, len(starts))
        trainees = workshops + rng.poisson(_MORE_TRAINEES * workshops)
        counts = {"accompagnements": helped, "ateliers": workshops, "stagiaires": trainees}
        tables.append(
            pd.DataFrame(
                {
                    "lieu": pd.Series([nom] * len(starts), dtype=object),
                    "debut": starts.astype("datetime64[ns]"),
                    "fin": (starts + pd.offsets.MonthEnd(_QUARTER_MONTHS)).astype("datetime64[ns]"),
                    # The bureaux tell their detections themselves.
                    "detections": pd.array([pd.NA] * len(starts), dtype="Int64"),
                    **{name: pd.array(values, dtype="Int64") for name, values in counts.items()},
                }
            )
        )
    return pd.concat(tables, ignore_index=True).sort_values(["lieu", "debut"], ignore_index=True)
