"""Compute: layers in, one study out. It has never heard of a browser or of a queue."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from coverage.base.crs import WGS84, metric_epsg, territory_name
from coverage.base.errors import UserError
from coverage.base.files import sha256_of
from coverage.base.progress import Progress, part, silent
from coverage.base.workspace import Workspace
from coverage.model.params import StudyParams
from coverage.model.plan import Plan
from coverage.model.results import StudyResult
from coverage.model.services import KINDS, ServiceTable
from coverage.model.territory import SourceInfo, marks
from coverage.need.figures import (
    ADVISER,
    commune_figures,
    coverage_figures,
    place_counts,
    qpv_figures,
)
from coverage.need.reach import UNREACHED_DS, Reach
from coverage.network.catchments import catchment
from coverage.network.components import keep_served_parts
from coverage.network.straight_line import straight_line_catchments
from coverage.placement.place import place
from coverage.study.build import NEIGHBOUR, OUTLINE, density_of
from coverage.study.layers import read_layers, store_of
from coverage.study.road_memory import territory_roads

#: Kinds that La Poste runs, or that are public counters; the rest are partners.
_NOT_PARTNERS = frozenset(
    {
        "bureau_poste",
        "agence_postale",
        "relais_poste",
        "ilot_numerique",
        "etape_numerique",
        "mairie",
    }
)


@dataclass(frozen=True)
class Layers:
    """The built layers of a territory, with their hashes and what their passports say."""

    territory: str
    nom: str
    communes: gpd.GeoDataFrame
    zones: gpd.GeoDataFrame
    demand: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    costs: pd.DataFrame
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

    def reach(self) -> Reach:
        """Return the costs as positions in the tables."""
        return Reach.of(self.demand, self.sites, self.costs)


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


def catchment_kinds(kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Return the kinds whose catchments are drawn: those asked for, else the partners'."""
    return tuple(kind for kind in KINDS if (kind in kinds if kinds else kind not in _NOT_PARTNERS))


def draw_catchments(
    layers: Layers,
    kinds: tuple[str, ...],
    minutes: tuple[int, ...],
    *,
    progress: Progress = silent,
) -> gpd.GeoDataFrame:
    """Return the nested catchments of the places of some kinds (none: the partners).

    No row where the territory has no such place. Raises ``UserError`` where its road file is gone.
    """
    wanted = frozenset(catchment_kinds(kinds))
    chosen = [bool(wanted.intersection(roles)) for roles in layers.sites["roles"]]
    sites = layers.sites[pd.Series(chosen, dtype=bool) & layers.sites["in_territory"]]
    if sites.empty:
        return gpd.GeoDataFrame({"minutes": []}, geometry=[], crs=WGS84).astype({"minutes": int})
    epsg = metric_epsg(layers.territory)
    if layers.estimate:
        density = density_of(sites, "site_id", layers.communes)
        return straight_line_catchments(sites, minutes, density, metric_epsg=epsg)
    if layers.roads is None or not layers.roads.is_file():
        raise UserError(
            f"Le fichier de routes {layers.roads} n'est plus là. Remettez-le ou relancez "
            f"maillage build {territory_name(layers.territory)}"
        )
    progress(0.0, "Lecture des routes")
    graph = territory_roads(layers.roads, layers.communes)
    progress(0.5, "Réseau routier")
    # The same parts as for the travel times, so that no place stands on a private loop.
    kept = keep_served_parts(graph, layers.demand, metric_epsg=epsg)
    progress(0.7, "Aires de desserte")
    return catchment(kept.network, sites, minutes)


def place_permanences(layers: Layers, params: StudyParams, services: ServiceTable) -> Plan:
    """Return the best plan found for the parameters, with its certificate."""
    inputs = {name: layers.inputs[name] for name in ("demand", "sites", "costs")}
    return place(layers.demand, layers.sites, layers.costs, params, services, inputs=inputs)


def compute(workspace: Workspace, params: StudyParams, progress: Progress = silent) -> StudyResult:
    """Run a study on built layers: coverage, access, priorities, catchments, placement."""
    progress(0.0, "Lecture des couches")
    layers = load_layers(workspace, params.territory)
    services = ServiceTable.load(workspace.root)
    progress(0.15, "Placement des permanences")
    plan = place_permanences(layers, params, services)
    progress(0.45, "Besoin, accès et priorités")
    reach = layers.reach()
    planned = frozenset(site.site_id for site in plan.sites)
    rung = int(layers.facts["need_rung"])
    communes = commune_figures(
        layers.communes, reach, services, minutes=params.minutes, rung=rung, planned=planned
    )
    qpv = qpv_figures(layers.zones, reach, services, minutes=params.minutes)
    coverage = coverage_figures(layers.communes, reach, services, planned)
    places = place_counts(layers.sites, services, frozenset(layers.facts["unknown_kinds"]))
    progress(0.65, "Aires de desserte")
    areas = draw_catchments(
        layers,
        params.catchment_kinds,
        params.catchment_minutes,
        progress=part(progress, 0.65, 1.0),
    )
    nearest = reach.nearest_ds(reach.sites_with(services.of_level(ADVISER)))
    unreachable = float(layers.demand["persons"][nearest == UNREACHED_DS].sum())
    kind = layers.zones["kind"]
    progress(1.0, "Étude terminée")
    return StudyResult(
        run_id=params.run_id(layers.inputs),
        nom=layers.nom,
        params=params,
        inputs=layers.inputs,
        sources=layers.sources,
        estimate=layers.estimate,
        need_rung=rung,
        communes=communes,
        qpv=qpv,
        coverage=coverage,
        places=places,
        sites=layers.sites,
        zones=layers.zones[~kind.isin([OUTLINE, NEIGHBOUR])].reset_index(drop=True),
        outline=layers.zones.loc[kind == OUTLINE, ["geometry"]].reset_index(drop=True),
        neighbours=layers.zones.loc[kind == NEIGHBOUR, ["geometry"]].reset_index(drop=True),
        catchments=areas,
        quality=layers.quality,
        plan=plan,
        unreachable_persons=unreachable,
        facts=layers.facts,
    )
