"""Build: raw files in, clean layers and travel costs out."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import geopandas as gpd
import pandas as pd

from coverage.base.crs import DEMO, WGS84, metric_epsg, territory_name
from coverage.base.errors import UserError
from coverage.base.files import sha256_of
from coverage.base.progress import Progress, part, silent
from coverage.base.store import Build
from coverage.base.workspace import Workspace
from coverage.model.needs import NeedRates
from coverage.model.notes import Notes
from coverage.model.params import COST_LIMIT_MINUTES
from coverage.model.services import KINDS
from coverage.model.territory import TerritoryTables
from coverage.model.words import percent
from coverage.need.demand import demand_points
from coverage.need.fragility import need_rung, with_need
from coverage.need.legal import FAR_M
from coverage.need.outside import outside_points
from coverage.need.uncertainty import FURTHEST_MINUTES
from coverage.network.graph import RoadGraph
from coverage.network.populated import populated_nodes
from coverage.network.result import TravelTimes
from coverage.sources.demo import demo_territory
from coverage.sources.territory import read_territory
from coverage.study.build_files import BuildFiles
from coverage.study.layer_files import store_of, write_layer
from coverage.study.layers import NEIGHBOUR, OUTLINE
from coverage.study.origins import origin_of
from coverage.study.protection import Release, next_release
from coverage.study.road_memory import territory_networks
from coverage.study.road_notes import note_border, note_roads, note_times
from coverage.study.travel import Travel

#: Kinds of place that each source tells about: none of its kind there means 0, not n.d.
_KINDS_TOLD = {
    "laposte_2025": ("bureau_poste", "agence_postale", "relais_poste"),
    "france_services_2024": ("france_services",),
    "etapes_numeriques_2024": ("etape_numerique",),
    "conseillers_numeriques_2021": ("conseiller_numerique",),
    "mediation_ara_2022": ("mediation",),
    "mediation_cvl_2023": ("mediation",),
    "mediation_47_2020": ("mediation",),
    "annuaire_2016": ("mairie", "france_travail"),
    "demo": KINDS,
}


#: A centroid this far from the road says that the network ends before the commune.
_FAR_CENTROID_M = 3_000.0
#: A network that leaves more people than this without a road is not the territory's.
_MOST_OFF_ROAD = 0.5


_TIMES = {"unit": "deciseconds", "limit_minutes": COST_LIMIT_MINUTES}
#: What the numbers of the layers of travel are, and how far they go.
_UNITS: dict[str, dict[str, Any]] = {
    "costs": _TIMES,
    "costs_walk": _TIMES,
    "costs_bike": _TIMES,
    "links": _TIMES,
    "costs_outside": {"unit": "deciseconds", "limit_minutes": FURTHEST_MINUTES},
    "distances": {"unit": "metres", "limit_m": FAR_M},
}


def _vintage_of_roads(tables: TerritoryTables) -> str:
    found = (source.vintage for source in tables.sources if source.source_id.startswith("roads"))
    return next(found, "")


def unknown_kinds(tables: TerritoryTables) -> list[str]:
    """Return the kinds of place that no source in use tells about: n.d., not none."""
    used = {source.source_id for source in tables.sources if source.status == "used"}
    if tables.fictitious:
        used.add("demo")
    told = {kind for source, kinds in _KINDS_TOLD.items() if source in used for kind in kinds}
    told |= {role for roles in tables.sites["roles"] for role in roles}
    return [kind for kind in KINDS if kind not in told]


def off_road_share(demand: gpd.GeoDataFrame, times: TravelTimes) -> float:
    """Return the share of people whom no road of the network comes near (0 without roads)."""
    far = times.flagged_demand
    lost = times.unreached_demand
    persons = float(lost.loc[lost["reason"] == "off_road", "persons"].sum())
    persons += float(far.loc[far["walk_m"] > _FAR_CENTROID_M, "persons"].sum())
    total = float(demand["persons"].sum())
    return persons / total if total > 0 else 0.0


def _node_places(graph: RoadGraph) -> gpd.GeoDataFrame:
    nodes = populated_nodes(graph)
    shapes = gpd.points_from_xy(nodes["lon"], nodes["lat"], crs=WGS84)
    return gpd.GeoDataFrame({"rung": nodes["rung"]}, geometry=shapes)


def build(
    workspace: Workspace,
    territory: str,
    files: BuildFiles | None = None,
    *,
    key: str = "",
    progress: Progress = silent,
) -> Notes:
    """Read a territory's sources, place its people, compute its travel costs, store the layers.

    All layers become current together, at the end. ``key`` (see ``build_key``) is written into
    their passports. Returns the quality notes. Raises ``SourceError``, ``TableError``,
    ``LockedError``, ``DiskFullError``.
    """
    files = files or BuildFiles()
    name = territory_name(territory)
    if territory == DEMO and files != BuildFiles():
        raise UserError(
            "Le territoire fictif ne prend pas de fichiers : ses lieux, ses routes et ses "
            "détections sont inventés. Donnez un code de département."
        )
    store = store_of(workspace, territory)
    with store.build(f"Le territoire {name}") as layers:
        reading = part(progress, 0.0, 0.35)
        if territory == DEMO:
            tables = demo_territory(workspace, progress=reading)
        else:
            tables = read_territory(
                workspace,
                territory,
                places=files.places,
                grid=files.grid,
                roads=files.roads,
                detections=files.detections,
                activity=files.activity,
                ages=files.ages,
                epci=files.epci,
                qpv=files.qpv,
                progress=reading,
            )
        progress(0.35, "Protection des détections")
        release = next_release(store, tables, root=workspace.root)
        progress(0.36, "Lecture des routes")
        networks = territory_networks(tables.roads, tables.communes) if tables.roads else None
        progress(0.5, "Répartition des habitants")
        epsg = metric_epsg(territory)
        nodes = None if networks is None else _node_places(networks["drive"])
        points = demand_points(
            tables.communes,
            tables.zones,
            qpv_persons=tables.qpv_persons,
            metric_epsg=epsg,
            squares=tables.squares,
            nodes=nodes,
        )
        for code, issue, detail in points.notes:
            tables.notes.reported("population_2024", "2021", code, issue, detail)
        rates = NeedRates.load(workspace.root)
        demand = with_need(points.points, tables.communes, tables.profiles, rates=rates)
        travel = Travel(territory, tables.communes, demand, networks)
        times = travel.times(tables.sites, progress=part(progress, 0.55, 0.75))
        _note(tables, networks, times)
        off_road = off_road_share(demand, times)
        if off_road > _MOST_OFF_ROAD:
            raise UserError(
                f"Ce réseau routier ne couvre pas {tables.nom} : {percent(off_road, 0)} de ses "
                "habitants sont loin de toutes ses routes. Donnez un réseau de tout le "
                "territoire, ou construisez sans --roads."
            )
        progress(0.75, "Temps à pied et à vélo")
        ways = _other_ways(travel, tables.sites)
        progress(0.9, "Habitants des communes voisines")
        outside = outside_points(tables.around, metric_epsg=epsg, nodes=nodes)
        if nodes is not None:
            vintage = _vintage_of_roads(tables)
            note_border(tables.notes, outside, tables.outline, nodes, vintage, metric_epsg=epsg)
        ways["costs_outside"] = travel.outside_costs(outside, tables.sites)
        reaching = outside["code_insee"].isin(ways["costs_outside"]["demand_id"])
        outside = outside[reaching].reset_index(drop=True)
        progress(0.92, "Écriture des couches")
        rung = need_rung(tables.communes, tables.profiles)
        told = {
            "need_rung": rung,
            "off_road_share": off_road,
            "detections": release.published is not None,
        }
        ways["costs"] = times.costs
        _write(layers, tables, demand, outside, ways, files, told, key, release)
        progress(1.0, "Couches prêtes")
    return tables.notes


def _note(
    tables: TerritoryTables, networks: dict[str, RoadGraph] | None, times: TravelTimes
) -> None:
    """Tell what the roads leave out; what several modes say is told once."""
    vintage = _vintage_of_roads(tables)
    told = [note for graph in (networks or {}).values() for note in graph.notes]
    note_roads(tables.notes, tuple(dict.fromkeys(told)), vintage)
    note_times(tables.notes, times, vintage)


def _other_ways(travel: Travel, sites: gpd.GeoDataFrame) -> dict[str, pd.DataFrame]:
    """Return what is told of the ways besides the costs by car, by layer."""
    return {
        "costs_walk": travel.times(sites, "walk").costs,
        "costs_bike": travel.times(sites, "bike").costs,
        "distances": travel.distances(sites),
        "links": travel.links(sites, sites),
    }


def _write(
    layers: Build,
    tables: TerritoryTables,
    demand: gpd.GeoDataFrame,
    outside: gpd.GeoDataFrame,
    ways: dict[str, pd.DataFrame],
    files: BuildFiles,
    told: dict[str, Any],
    key: str,
    release: Release,
) -> None:
    sources = [asdict(source) for source in tables.sources]
    zones = tables.zones
    own = tables.outline[["geometry"]].assign(code=tables.territory, nom=tables.nom, kind=OUTLINE)
    grounds = [own, tables.neighbours.assign(kind=NEIGHBOUR)]
    for ground in (ground for ground in grounds if len(ground)):
        ground = ground.assign(zone_id="departement:" + ground["code"], vintage="")
        zones = pd.concat([zones, ground[zones.columns]], ignore_index=True)
    facts = {**tables.facts, **told, "unknown_kinds": unknown_kinds(tables)}

    def passport(layer: str, **more: Any) -> dict[str, Any]:
        origin = origin_of(layer, tables.sources, tables.notes)
        return {"territory": tables.territory, "build": key, **origin, **more}

    whole = {"nom": tables.nom, "sources": sources, "facts": facts, "files": files.passport()}
    write_layer(layers, "communes", tables.communes, passport("communes", **whole))
    write_layer(layers, "profiles", tables.profiles, passport("profiles"))
    write_layer(layers, "zones", zones, passport("zones"))
    stored_demand = write_layer(layers, "demand", demand, passport("demand"))
    stored_sites = write_layer(layers, "sites", tables.sites, passport("sites"))
    write_layer(layers, "matches", tables.matches, passport("matches"))
    write_layer(layers, "outside", outside, passport("outside"))
    travelled = {
        "inputs": {"demand": stored_demand.sha256, "sites": stored_sites.sha256},
        "estimate": tables.roads is None,
        "roads": None if tables.roads is None else str(tables.roads),
        "roads_sha256": None if tables.roads is None else sha256_of(tables.roads),
    }
    for layer, frame in ways.items():
        write_layer(layers, layer, frame, passport(layer, **travelled, **_UNITS[layer]))
    write_layer(layers, "quality", tables.notes.table(), passport("quality"))
    release.write(layers, passport)
