"""All that was ever published of a territory's detections, and what it was computed from."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from coverage.base.crs import WGS84
from coverage.model.detections import BLOCK, ProtectedDetections
from coverage.model.tables import CONTRACTS, empty


@dataclass(frozen=True, eq=False, repr=False)
class Published:
    """The published tables with their history, kept from release to release.

    Tables keep the contracts ``detection_blocks`` (as they stand), ``detection_communes``,
    ``detection_zones`` (every release; the blocks are among the zones), ``detection_trend`` and
    ``detection_funnel`` (every release). ``released`` keeps ``detections_released`` and is the
    owner's: the counts of communes that the figures were computed from. ``counted``: whether the
    last build had counts at all, and not only what followed them.
    """

    blocks: gpd.GeoDataFrame
    communes: pd.DataFrame
    zones: pd.DataFrame
    trend: pd.DataFrame
    funnel: pd.DataFrame
    released: pd.DataFrame
    threshold: int
    release: int
    prior: tuple[float, float] | None
    counted: bool = True

    def __repr__(self) -> str:
        """Tell which release it is, never the counts: this may end in a log."""
        return f"Published(release {self.release}, {len(self.blocks)} blocks)"

    def protected(self) -> ProtectedDetections:
        """Return what everybody may see, as it stands today."""
        followed = self.funnel[self.funnel["release"] == self.funnel["release"].max()]
        if not self.counted:
            return self._followed_only(followed)
        return ProtectedDetections(
            threshold=self.threshold,
            release=self.release,
            blocks=self.blocks,
            communes=self.communes,
            zones=standing(self.zones[self.zones["zoning"] != BLOCK]),
            trend=self.trend,
            funnel=followed.reset_index(drop=True),
            prior=self.prior,
        )

    def _followed_only(self, followed: pd.DataFrame) -> ProtectedDetections:
        """Return what followed, and nothing of the counters: what was told of them is old."""
        return ProtectedDetections(
            threshold=self.threshold,
            release=self.release,
            blocks=self.blocks.iloc[:0],
            communes=self.communes.iloc[:0],
            zones=self.zones.iloc[:0],
            trend=self.trend.iloc[:0],
            funnel=followed.reset_index(drop=True),
            prior=None,
        )


def standing(zones: pd.DataFrame) -> pd.DataFrame:
    """Return each zone's last row: what is told of it today."""
    last = zones.sort_values(["zoning", "zone_id", "release"], kind="stable")
    return last.drop_duplicates(["zoning", "zone_id"], keep="last").reset_index(drop=True)


def unpublished(threshold: int) -> Published:
    """Return what was published before anything was: release 0."""
    return Published(
        blocks=_no_block(),
        communes=empty("detection_communes"),
        zones=empty("detection_zones"),
        trend=empty("detection_trend"),
        funnel=empty("detection_funnel"),
        released=empty("detections_released"),
        threshold=threshold,
        release=0,
        prior=None,
    )


def _no_block() -> gpd.GeoDataFrame:
    columns = {
        name: pd.Series(dtype=str(column.dtype or "object"))
        for name, column in CONTRACTS["detection_blocks"].columns.items()
        if name != "geometry"
    }
    return gpd.GeoDataFrame(columns, geometry=[], crs=WGS84)
