"""The fictitious département ``demo`` (code ``00``): every feature shown without any real data.

Everything is drawn from a seed: the same seed gives the same tables and the same road file, byte
for byte. It lies in the Bay of Biscay and its names are invented.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from coverage.base.crs import DEMO, WGS84
from coverage.base.files import sha256_of, write_bytes
from coverage.base.progress import Progress, silent
from coverage.base.workspace import Workspace
from coverage.model.notes import Notes
from coverage.model.tables import check, empty
from coverage.model.territory import SourceInfo, TerritoryTables
from coverage.sources.demo.activity import follow_detections
from coverage.sources.demo.detections import count_detections
from coverage.sources.demo.graphml import graphml_bytes
from coverage.sources.demo.land import draw_land
from coverage.sources.demo.names import TERRITORY
from coverage.sources.demo.people import settle
from coverage.sources.demo.places import open_places
from coverage.sources.demo.profiles import describe_communes
from coverage.sources.demo.roads import build_roads
from coverage.sources.demo.zones import VINTAGE, district_shapes, districts_table
from coverage.sources.detections import raw_detections

DEFAULT_SEED = 1
_PRODUCER, _LICENCE = "Maillage (données inventées)", "MIT"


def demo_territory(
    workspace: Workspace, *, seed: int = DEFAULT_SEED, progress: Progress = silent
) -> TerritoryTables:
    """Invent the fictitious département and write its roads under ``data/raw/demo/<seed>/``.

    The tables keep their contracts; there are no 200 m squares, so people are spread along the
    streets. Raises ``DiskFullError`` where the road file does not fit.
    """
    rng = np.random.default_rng(seed)
    progress(0.0, "Dessin du territoire fictif")
    land = draw_land(rng)
    people = settle(land, rng)
    progress(0.2, "Tracé des routes")
    roads = build_roads(land, people, rng)
    path = workspace.raw / "demo" / str(seed) / "roads.graphml.gz"
    write_bytes(path, graphml_bytes(roads))
    progress(0.8, "Ouverture des lieux")
    shapes = district_shapes(land, roads, rng)
    zones, qpv_persons = districts_table(shapes, people, roads)
    sites = open_places(land, people, roads, shapes, rng)
    detections = count_detections(sites, people.communes, rng)
    activity = follow_detections(sites, detections, rng)
    outline = shapely.coverage_union_all(people.communes.geometry.to_numpy())
    progress(1.0, "Territoire fictif prêt")
    return TerritoryTables(
        territory=DEMO,
        nom=TERRITORY,
        communes=check("communes", people.communes),
        zones=check("zones", zones),
        sites=check("sites", sites),
        matches=empty("matches"),
        squares=None,
        qpv_persons=qpv_persons,
        outline=gpd.GeoDataFrame(geometry=[outline], crs=WGS84),
        neighbours=gpd.GeoDataFrame({"code": [], "nom": []}, geometry=[], crs=WGS84),
        around=_nobody_around(),
        roads=path,
        detections=raw_detections(detections, activity, sites),
        notes=Notes(),
        sources=_sources(
            communes=len(people.communes),
            qpv=len(zones),
            sites=sites,
            detections=len(detections),
            activity=len(activity),
            roads=len(roads.xy),
            roads_sha256=sha256_of(path),
        ),
        facts={"fictitious": True, "seed": seed},
        profiles=check("profiles", describe_communes(land, people, seed)),
    )


def _nobody_around() -> gpd.GeoDataFrame:
    """Return the inhabited communes around: it lies in the sea."""
    columns = {"code_insee": "object", "persons": "float64", "density_level": "Int64"}
    empty_columns = {name: pd.Series(dtype=dtype) for name, dtype in columns.items()}
    return gpd.GeoDataFrame(empty_columns, geometry=[], crs=WGS84)


def _sources(
    *,
    communes: int,
    qpv: int,
    sites: gpd.GeoDataFrame,
    detections: int,
    activity: int,
    roads: int,
    roads_sha256: str,
) -> tuple[SourceInfo, ...]:
    by_source: pd.Series[int] = sites["source"].value_counts()
    layers = (
        ("communes", "Communes, population et zonages", communes),
        ("ages", "Habitants par âge", communes),
        ("epci", "Composition communale des EPCI", communes),
        ("qpv", "Quartiers prioritaires (QPV)", qpv),
        ("laposte", "Points de contact La Poste", None),
        ("france_services", "France services", None),
        ("conseillers", "Structures avec conseillers numériques", None),
        ("etapes", "Étapes Numériques", None),
        ("ilots", "Îlots numériques", None),
        ("partners", "Partenaires et lieux de médiation", None),
        ("annuaire", "France Travail et mairies", None),
        ("detections", "Détections par bureau", detections),
        ("activity", "Accompagnements, ateliers et stagiaires", activity),
        ("roads", "Réseau routier", roads),
    )
    return tuple(
        SourceInfo(
            source_id=f"demo_{name}",
            title=title,
            producer=_PRODUCER,
            licence=_LICENCE,
            vintage=VINTAGE,
            rows=int(by_source[f"demo_{name}"]) if rows is None else rows,
            sha256=roads_sha256 if name == "roads" else "",
        )
        for name, title, rows in layers
    )


__all__ = ["DEFAULT_SEED", "demo_territory"]
