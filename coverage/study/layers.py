"""The layers of a territory as a study takes them: tables of one build, and what goes with them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coverage.base.crs import territory_name
from coverage.base.errors import UserError
from coverage.base.files import sha256_of
from coverage.base.workspace import Workspace
from coverage.model.territory import SourceInfo, marks
from coverage.need.outside import rivals_in_need
from coverage.need.reach import Reach
from coverage.study.layer_files import LAYERS, read_layers, store_of
from coverage.study.protection import protected_from

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from coverage.model.detections import ProtectedDetections

#: Kinds of zone that are the ground a map lies on, not a zoning.
OUTLINE, NEIGHBOUR = "departement", "departement_voisin"
#: The layer of the travel costs of each mode.
COSTS_OF = {"drive": "costs", "walk": "costs_walk", "bike": "costs_bike"}


@dataclass(frozen=True)
class Layers:
    """The built layers of a territory, with their hashes and what their passports say.

    ``detections`` is None where none are loaded; what only their owner may see isn't here, and no
    hash of it in ``inputs``.
    """

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
    detections: ProtectedDetections | None
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
    own_services = workspace.root / "services.toml"
    if own_services.is_file():
        inputs["services"] = sha256_of(own_services)
    passport = versions["communes"].passport
    return Layers(
        territory=territory,
        nom=passport["nom"],
        **{layer: tables[layer] for layer in LAYERS},
        detections=protected_from(tables, versions),
        inputs=inputs,
        sources=tuple(SourceInfo(**source) for source in passport["sources"]),
        estimate=bool(costs["estimate"]),
        roads=Path(costs["roads"]) if costs["roads"] else None,
        facts=passport["facts"],
    )
