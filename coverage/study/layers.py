"""The layers of a territory, read and written through their contracts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from coverage.base.crs import territory_name
from coverage.base.errors import UserError
from coverage.base.files import sha256_of
from coverage.base.store import Build, LayerStore, LayerVersion
from coverage.base.workspace import Workspace
from coverage.model.tables import CONTRACTS, check
from coverage.model.territory import SourceInfo, marks
from coverage.need.outside import rivals_in_need
from coverage.need.reach import Reach

#: Layers every territory has once built; ``detections`` only where a file was given.
LAYERS = (
    *("communes", "profiles", "zones", "demand", "sites", "matches"),
    *("costs", "costs_walk", "costs_bike", "distances", "links"),
    *("outside", "costs_outside", "quality"),
)
#: Kinds of zone that are the ground a map lies on, not a zoning.
OUTLINE, NEIGHBOUR = "departement", "departement_voisin"
#: The layer of the travel costs of each mode.
COSTS_OF = {"drive": "costs", "walk": "costs_walk", "bike": "costs_bike"}


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


def read_layer(store: LayerStore, version: LayerVersion) -> Any:
    """Return a version's table, bytes and contract checked."""
    layer = version.layer
    store.check(version)
    spatial = "geometry" in CONTRACTS[layer].columns
    frame = gpd.read_parquet(version.path) if spatial else pd.read_parquet(version.path)
    return check(layer, frame)


def read_layers(store: LayerStore) -> tuple[dict[str, Any], dict[str, LayerVersion]]:
    """Return the tables and versions of all ``LAYERS``, of one build.

    Raises ``MissingLayerError`` where one was never built, ``UserError`` where they are not of
    one build.
    """
    for attempt in (1, 2):
        try:
            versions = {layer: store.version(layer) for layer in LAYERS}
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


@dataclass(frozen=True)
class Layers:
    """The built layers of a territory, with their hashes and what their passports say."""

    territory: str
    nom: str
    communes: gpd.GeoDataFrame
    profiles: pd.DataFrame
    zones: gpd.GeoDataFrame
    demand: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    matches: pd.DataFrame
    costs: pd.DataFrame
    costs_walk: pd.DataFrame
    costs_bike: pd.DataFrame
    distances: pd.DataFrame
    links: pd.DataFrame
    outside: gpd.GeoDataFrame
    costs_outside: pd.DataFrame
    quality: pd.DataFrame
    inputs: dict[str, str]
    sources: tuple[SourceInfo, ...]
    estimate: bool
    roads: Path | None
    facts: dict[str, Any]

    @property
    def marks(self) -> tuple[str, ...]:
        """What every file made from these layers must say (French)."""
        return marks(self.territory, estimate=self.estimate)

    def reach(self, mode: str = "drive") -> Reach:
        """Return the costs of a mode (drive, walk, bike) as positions in the tables."""
        return Reach.of(self.demand, self.sites, getattr(self, COSTS_OF[mode]))

    def rivals(self) -> Reach:
        """Return the reach by car of the people around, in need at the territory's mean rate."""
        homes = rivals_in_need(self.outside, self.demand)
        return Reach.of(homes, self.sites, self.costs_outside)

    def road_file(self) -> Path | None:
        """Return the file of the roads, None where none are known.

        Raises ``UserError`` where it is gone.
        """
        if self.estimate:
            return None
        if self.roads is None or not self.roads.is_file():
            raise UserError(
                f"Le fichier de routes {self.roads} n'est plus là. Remettez-le ou relancez "
                f"maillage build {territory_name(self.territory)}"
            )
        return self.roads


def load_layers(workspace: Workspace, territory: str) -> Layers:
    """Read the layers of a territory. Raises ``MissingLayerError`` where it is not built."""
    store = store_of(workspace, territory)
    tables, versions = read_layers(store)
    costs = versions["costs"].passport
    used = {"demand": versions["demand"].sha256, "sites": versions["sites"].sha256}
    if costs["inputs"] != used:
        name = territory_name(territory)
        raise UserError(
            f"Les temps de trajet de {name} ne vont pas avec ses lieux : une construction s'est "
            f"arrêtée en chemin. Lancez : maillage build {name}"
        )
    inputs = {layer: version.sha256 for layer, version in versions.items()}
    if costs["roads_sha256"]:
        inputs["roads"] = costs["roads_sha256"]
    if store.has("detections"):  # not used yet, but what is told of the sources depends on it
        inputs["detections"] = store.version("detections").sha256
    own_services = workspace.root / "services.toml"
    if own_services.is_file():
        inputs["services"] = sha256_of(own_services)
    passport = versions["communes"].passport
    return Layers(
        territory=territory,
        nom=passport["nom"],
        **tables,
        inputs=inputs,
        sources=tuple(SourceInfo(**source) for source in passport["sources"]),
        estimate=bool(costs["estimate"]),
        roads=Path(costs["roads"]) if costs["roads"] else None,
        facts=passport["facts"],
    )
