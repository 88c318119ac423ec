"""The layers of a territory, read and written through their contracts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from coverage.base.crs import territory_name
from coverage.base.store import Build, LayerStore, LayerVersion
from coverage.base.workspace import Workspace
from coverage.model.tables import CONTRACTS, check

#: Layers every territory has once built; ``detections`` only where a file was given.
LAYERS = ("communes", "zones", "demand", "sites", "costs", "quality")


def store_of(workspace: Workspace, territory: str) -> LayerStore:
    """Return the store of a territory's layers."""
    return LayerStore(workspace.processed / territory_name(territory))


def _saver(frame: Any) -> Callable[[Path], None]:
    def save(path: Path) -> None:
        frame.to_parquet(path, index=False, compression="zstd")

    return save


def write_layer(build: Build, layer: str, frame: Any, passport: dict[str, Any]) -> LayerVersion:
    """Check a table against its contract and store it. Raises ``TableError``."""
    return build.write(layer, _saver(check(layer, frame)), passport)


def read_layer(store: LayerStore, layer: str) -> tuple[Any, LayerVersion]:
    """Return a layer's table and version, bytes and contract checked."""
    version = store.checked(layer)
    spatial = "geometry" in CONTRACTS[layer].columns
    frame = gpd.read_parquet(version.path) if spatial else pd.read_parquet(version.path)
    return check(layer, frame), version
