"""Counts at the counter as their owner gave them. Few may import this: see the floor plan's law.

Whoever isn't the owner sees ``coverage.model.detections`` instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd


@dataclass(frozen=True, eq=False, repr=False)
class RawDetections:
    """What was counted, before any protection.

    ``counts`` keeps the contract ``detections``: one row a bureau and period. ``bureaux`` are the
    counters where the test is held or could be (every bureau de poste of the territory and every
    other counter that ``counts`` names): ``id_bureau`` (unique), ``nom, code_insee, geometry``.
    ``activity`` keeps the contract ``activity``: what followed the detections.
    Any of the three may be without rows.
    """

    counts: pd.DataFrame
    bureaux: gpd.GeoDataFrame
    activity: pd.DataFrame

    def __repr__(self) -> str:
        """Tell how much there is, never the counts: this may end in a log."""
        return f"RawDetections({len(self.counts)} rows, {len(self.bureaux)} bureaux)"
