"""Read the town of the folder ``presence``: its counters, and blocks with given rates."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd
from shapely.geometry import box

from coverage.model.detections import NEVER_SOUNDED, SOUNDED, ProtectedDetections
from coverage.model.raw_detections import RawDetections
from coverage.model.tables import empty

HERE = Path(__file__).parent / "presence"
_COUNTS = ["jours_presence", "tests", "detections", "orientations"]


def read(name: str, **options) -> pd.DataFrame:
    """Read one of the town's files; empty cells are null."""
    return pd.read_csv(HERE / f"{name}.csv", sep=";", dtype={"code_insee": str}, **options)


def raw_counts() -> RawDetections:
    """Return the counts as their owner gave them."""
    counts = read("counts", parse_dates=["debut", "fin"])
    counters = read("counters")
    places = gpd.points_from_xy(counters.pop("lon"), counters.pop("lat"))
    return RawDetections(
        counts.astype(dict.fromkeys(_COUNTS, "Int64")),
        gpd.GeoDataFrame(counters, geometry=places, crs=4326),
        empty("activity"),
    )


def told_counts() -> ProtectedDetections:
    """Return the blocks that everybody sees."""
    communes = read("blocks").astype({"served": bool})
    rates = communes.groupby("block_id")["rate"].first()
    return _protected(communes.drop(columns="rate"), rates)


def apart(rates: Mapping[str, float | None]) -> ProtectedDetections:
    """Return detections of communes that are a block each; without a rate: never sounded."""
    known = pd.Series(dict(rates), dtype=float)
    states = known.notna().map({True: SOUNDED, False: NEVER_SOUNDED})
    communes = pd.DataFrame({"code_insee": known.index, "block_id": known.index})
    told = communes.assign(sounding=states.to_numpy(), served=known.notna().to_numpy())
    return _protected(told, known.fillna(0.0))


def _protected(communes: pd.DataFrame, rates: pd.Series) -> ProtectedDetections:
    blocks = gpd.GeoDataFrame(
        {"block_id": rates.index, "rate": rates.to_numpy()},
        geometry=[box(9, 42, 10, 43)] * len(rates),
        crs=4326,
    )
    zones, trend, funnel = (empty(f"detection_{name}") for name in ("zones", "trend", "funnel"))
    return ProtectedDetections(11, 1, blocks, communes, zones, trend, funnel, None)
