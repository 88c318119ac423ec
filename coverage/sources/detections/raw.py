"""The one place where raw counts become ``RawDetections``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coverage.model.raw_detections import RawDetections
from coverage.model.tables import check, empty
from coverage.sources.detections.bureaux import bureaux_of

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd


def raw_detections(
    counts: pd.DataFrame | None, activity: pd.DataFrame | None, sites: gpd.GeoDataFrame
) -> RawDetections:
    """Return what was counted, None standing for a file that was not given.

    ``counts``, ``activity`` and ``sites`` keep the contracts ``detections``, ``activity`` and
    ``sites``.
    """
    counts = empty("detections") if counts is None else check("detections", counts)
    activity = empty("activity") if activity is None else check("activity", activity)
    return RawDetections(counts, bureaux_of(sites, counts), activity)
