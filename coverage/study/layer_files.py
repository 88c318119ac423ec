"""The layers of a territory as files: which there are, and how each is read and written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from coverage.base.crs import territory_name
from coverage.base.errors import UserError
from coverage.base.store import Build, LayerStore, LayerVersion
from coverage.base.workspace import Workspace
from coverage.model.tables import CONTRACTS, check

#: Layers every territory has once built.
LAYERS = (
    *("communes", "profiles", "zones", "demand", "sites", "matches"),
    *("costs", "costs_walk", "costs_bike", "distances", "links"),
    *("outside", "costs_outside", "quality"),
)
#: What everybody may see of the detections, where they are loaded.
PROTECTED_LAYERS = (
    *("detection_blocks", "detection_communes", "detection_zones"),
    *("detection_trend", "detection_funnel"),
)


#: The mode of files that hold raw counts.
ONLY_OWNER = 0o600


def store_of(workspace: Workspace, territory: str) -> LayerStore:
    """Return the store of a territory's layers."""
    return LayerStore(workspace.processed / territory_name(territory))


def protected_layers_of(versions: Mapping[str, LayerVersion]) -> tuple[str, ...]:
    """Return the layers of the detections that the last build uses.

    What was published stays stored once no detections are loaded any more; the passport of the
    communes tells whether it is in use.
    """
    communes = versions.get("communes")
    in_use = communes is not None and communes.passport["facts"].get("detections", False)
    return PROTECTED_LAYERS if in_use else ()


def layers_of(versions: Mapping[str, LayerVersion]) -> tuple[str, ...]:
    """Return the layers that the last build uses."""
    return (*LAYERS, *protected_layers_of(versions))


def _saver(frame: Any, *, private: bool) -> Callable[[Path], None]:
    def save(path: Path) -> None:
        frame.to_parquet(path, index=False, compression="zstd")
        if private:
            path.chmod(ONLY_OWNER)

    return save


def write_layer(
    build: Build, layer: str, frame: Any, passport: dict[str, Any], *, private: bool = False
) -> LayerVersion:
    """Check a table against its contract and store it. Raises ``TableError``.

    A ``private`` layer can be read by the user of this workspace alone.
    """
    return build.write(layer, _saver(check(layer, frame), private=private), passport)


def read_layer(store: LayerStore, version: LayerVersion) -> Any:
    """Return a version's table, bytes and contract checked."""
    layer = version.layer
    store.check(version)
    spatial = "geometry" in CONTRACTS[layer].columns
    frame = gpd.read_parquet(version.path) if spatial else pd.read_parquet(version.path)
    return check(layer, frame)


def read_layers(
    store: LayerStore, layers: Iterable[str] | None = None
) -> tuple[dict[str, Any], dict[str, LayerVersion]]:
    """Return the tables and versions of some layers of one build (default: all in use).

    Raises ``MissingLayerError`` where one was never built, ``UserError`` where they are not of
    one build.
    """
    for attempt in (1, 2):
        try:
            now = store.versions()
            wanted = layers_of(now) if layers is None else layers
            versions = {layer: now.get(layer) or store.version(layer) for layer in wanted}
            if len({version.passport.get("build") for version in versions.values()}) > 1:
                raise UserError(
                    f"Les couches de {store.folder.name} ne vont pas ensemble. "
                    f"Lancez : maillage build {store.folder.name}"
                )
            tables = {layer: read_layer(store, version) for layer, version in versions.items()}
        except FileNotFoundError:  # a writer retired this build while we read it
            if attempt == 2:
                raise
            continue
        return tables, versions
    raise AssertionError("unreachable")
