"""From raw files to the clean tables of one territory: the one door of the readers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from coverage.base.crs import DEMO
from coverage.base.errors import UserError
from coverage.base.progress import Progress, silent
from coverage.base.workspace import Workspace
from coverage.model.raw_detections import RawDetections
from coverage.model.services import ServiceTable
from coverage.model.territory import TerritoryTables
from coverage.sources.catalogue import source
from coverage.sources.detections import raw_detections, read_activity, read_detections
from coverage.sources.entry import OWN_ROADS
from coverage.sources.geography import assemble_communes, communes_around, read_area
from coverage.sources.pairings import FILE_NAME as PAIRINGS
from coverage.sources.pairings import read_pairings
from coverage.sources.places import read_places
from coverage.sources.profiles import read_profiles
from coverage.sources.quarters import Quarters, read_quarters
from coverage.sources.readers._area import Area
from coverage.sources.readers._origin import Origin
from coverage.sources.readers.annuaire import read_annuaire
from coverage.sources.readers.conseillers import read_conseillers
from coverage.sources.readers.density import read_density
from coverage.sources.readers.etapes import read_etapes
from coverage.sources.readers.france_services import read_france_services
from coverage.sources.readers.frr import read_frr
from coverage.sources.readers.ifn import read_ifn
from coverage.sources.readers.laposte import contact_points_of, read_contact_points
from coverage.sources.readers.mediation import (
    read_ara,
    read_centre_val_de_loire,
    read_lot_et_garonne,
)
from coverage.sources.readers.population import Population, read_population
from coverage.sources.readers.squares import read_squares
from coverage.sources.readers.zrr import read_zrr
from coverage.sources.reading import Reading
from coverage.sources.supply import assemble_sites

#: Îlots numériques that La Poste announced without a list of their places.
ILOTS_ANNOUNCED: dict[str, tuple[int, str]] = {
    "36": (14, "La Poste, 27 novembre 2024"),
}
#: The grid of the country's squares that a territory lies on, where it isn't the mainland's.
_GRIDS = {"972": "_mart.gpkg", "974": "_reun.gpkg"}
_SQUARES = "Carreaux de 200\u00a0m de l’INSEE"


def read_territory(
    workspace: Workspace,
    territory: str,
    *,
    places: Path | None = None,
    grid: Path | None = None,
    roads: Path | None = None,
    detections: Path | None = None,
    activity: Path | None = None,
    ages: Path | None = None,
    epci: Path | None = None,
    qpv: Path | None = None,
    progress: Progress = silent,
) -> TerritoryTables:
    """Read the clean tables of a territory from the workspace's raw files.

    ``places``, ``grid``, ``roads``, ``detections``, ``activity`` (what followed them), ``ages``
    (people by age and commune), ``epci`` (which communes it is made of) and ``qpv`` (contours) are
    the user's own files, which come before the public ones. Raises ``SourceError`` when a source
    that nothing can do without is missing, or a file is not what its producer publishes;
    ``UserError`` on a wrong file of the user's.
    """
    if territory == DEMO:
        raise UserError("Le territoire fictif ne se lit pas dans des fichiers : il est inventé.")
    for path in (places, grid, roads, detections, activity, ages, epci, qpv):
        if path is not None and not path.is_file():
            raise UserError(f"Fichier introuvable : « {path} ». Vérifiez son chemin.")
    reading = Reading(workspace, territory)
    progress(0.0, "Lecture des contours")
    area = read_area(
        reading.required("communes_2023"),
        reading.required("departements_2026"),
        territory,
        reading.origin("communes_2023"),
    )
    progress(0.4, "Lecture des communes")
    population = read_population(
        reading.required("population_2024"), territory, reading.origin("population_2024")
    )
    ifn_file = reading.file("ifn_2023")
    ifn = read_ifn(ifn_file, population.arrondissements) if ifn_file else None
    density = read_density(reading.required("density_2026"))
    communes = _communes(reading, area, population, density, ifn)
    profiles = read_profiles(reading, communes, ifn=ifn, ages=ages, epci=epci)
    progress(0.5, "Lecture des lieux")
    sites, matches = _sites(reading, area, population, communes, places)
    progress(0.9, "Lecture des quartiers prioritaires")
    quarters = read_quarters(reading, area, communes, qpv)
    squares = _squares(reading, area, grid)
    facts = _facts(territory, quarters)
    counted = _detections(reading, sites, matches, communes, detections, activity)
    _add_given(reading, sites, places, roads)
    progress(1.0, "Sources lues")
    own = area.departements["code"] == territory
    outline, neighbours = area.departements[own], area.departements[~own]
    return TerritoryTables(
        territory=territory,
        nom=str(outline["nom"].iloc[0]),
        communes=communes,
        zones=quarters.zones,
        sites=sites,
        squares=squares,
        qpv_persons=quarters.persons,
        outline=outline.reset_index(drop=True),
        neighbours=neighbours.reset_index(drop=True),
        around=communes_around(area, population, density, reading.origin("population_2024")),
        roads=roads or reading.file("roads_corse"),
        detections=counted,
        notes=reading.notes,
        sources=tuple(reading.infos.values()),
        facts=facts,
        profiles=profiles,
        matches=matches,
    )


def _communes(
    reading: Reading,
    area: Area,
    population: Population,
    density: pd.DataFrame,
    ifn: pd.DataFrame | None,
) -> gpd.GeoDataFrame:
    frr = reading.file("frr_2025")
    zrr = reading.file("zrr_2021")
    told: dict[str, tuple[str, pd.DataFrame | None]] = {
        "density_2026": ("density_level", density),
        "frr_2025": ("frr", read_frr(frr) if frr else None),
        "zrr_2021": ("zrr", read_zrr(zrr) if zrr else None),
        "ifn_2023": ("ifn", ifn),
    }
    communes = assemble_communes(
        area,
        population,
        [(column, table, reading.origin(key)) for key, (column, table) in told.items()],
        reading.origin("population_2024"),
    )
    reading.count("communes_2023", len(communes))
    reading.count("departements_2026", 1)
    reading.count("population_2024", int(communes["population"].notna().sum()))
    for key, (column, _) in told.items():
        reading.count(key, int(communes[column].notna().sum()))
    return communes


def _sites(
    reading: Reading,
    area: Area,
    population: Population,
    communes: gpd.GeoDataFrame,
    places: Path | None,
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Read every source of places that is there, and join what is the same place.

    Returns the sites, and the pairs of entries that are or may be one place.
    """
    contacts = read_contact_points(reading.required("laposte_2025"))
    found: list[tuple[str, pd.DataFrame]] = [
        ("laposte_2025", contact_points_of(contacts, area, reading.origin("laposte_2025")))
    ]
    for key, read in _place_readers(contacts, population.postcodes).items():
        if path := reading.file(key):
            found.append((key, read(path, area, reading.origin(key))))
    codes = frozenset(communes["code_insee"])
    for key, table in found:
        reading.count(key, int(table["code_insee"].isin(codes).sum()))
    own = read_places(places, reading.notes, communes) if places else None
    root = reading.workspace.root
    said = root / PAIRINGS
    return assemble_sites(
        [(table, reading.origin(key)) for key, table in found],
        own,
        area,
        codes,
        reading.notes,
        said=read_pairings(said, reading.notes) if said.is_file() else {},
        services=ServiceTable.load(root),
    )


def _place_readers(
    contacts: pd.DataFrame, postcodes: pd.DataFrame
) -> dict[str, Callable[[Path, Area, Origin], pd.DataFrame]]:
    """Return the readers of places by source, in the order in which places are joined."""
    return {
        "france_services_2024": read_france_services,
        "etapes_numeriques_2024": partial(read_etapes, contacts=contacts),
        "conseillers_numeriques_2021": read_conseillers,
        "mediation_ara_2022": partial(read_ara, postcodes=postcodes),
        "mediation_cvl_2023": partial(read_centre_val_de_loire, postcodes=postcodes),
        "mediation_47_2020": read_lot_et_garonne,
        "annuaire_2016": read_annuaire,
    }


def _squares(reading: Reading, area: Area, grid: Path | None) -> gpd.GeoDataFrame | None:
    """Read the squares: the user's own, else the country's where fetched, else an extract."""
    suffix = _GRIDS.get(reading.territory, "_met.gpkg")
    national = reading.file("squares_2019", suffix)
    public = "squares_2019" if national else "squares_albi_2019"
    path = grid or national or reading.file(public)
    for key in ("squares_2019", "squares_albi_2019"):
        if grid or key != public:
            reading.drop(key)
    origin = reading.given_origin("squares", _SQUARES) if grid else reading.origin(public)
    squares = read_squares(path, area, origin) if path else None
    rows = 0 if squares is None else int(squares["square_id"].nunique())
    if grid:
        reading.add("squares", _SQUARES, path=grid, rows=rows)
    elif path:
        reading.count(public, rows)
    else:
        reading.add("squares", _SQUARES, path=None, remedy=source("squares_2019").remedy)
    return squares


def _facts(territory: str, quarters: Quarters) -> dict[str, Any]:
    """Return what is known without being a table: announced îlots, names of QPV 2024."""
    facts: dict[str, Any] = {}
    if territory in ILOTS_ANNOUNCED:
        facts["ilots_announced"], facts["ilots_announced_source"] = ILOTS_ANNOUNCED[territory]
    if quarters.names_2024 is not None:
        facts["qpv_2024"] = quarters.names_2024
    return facts


def _detections(
    reading: Reading,
    sites: gpd.GeoDataFrame,
    matches: pd.DataFrame,
    communes: pd.DataFrame,
    detections: Path | None,
    activity: Path | None,
) -> RawDetections | None:
    """Read what was detected and what followed; None where neither file was given."""
    counts = followed = None
    if detections:
        counts = read_detections(detections, reading.notes, sites, matches, communes)
    if activity:
        followed = read_activity(activity, reading.notes, bureaux_told=detections is not None)
    for key, title, path, table, remedy in (
        (
            "detections",
            "Détections de fragilité numérique",
            detections,
            counts,
            "Déposez le fichier de vos bureaux avec --detections.",
        ),
        (
            "activity",
            "Accompagnements, ateliers et stagiaires",
            activity,
            followed,
            "Déposez ce qui a suivi les détections avec --activity.",
        ),
    ):
        told = {"remedy": remedy}
        if table is not None:
            told = {"vintage": str(table["fin"].max().date())}
        rows = 0 if table is None else len(table)
        reading.add(key, title, path=path, rows=rows, secret=True, **told)
    if counts is None and followed is None:
        return None
    return raw_detections(counts, followed, sites)


def _add_given(
    reading: Reading,
    sites: gpd.GeoDataFrame,
    places: Path | None,
    roads: Path | None,
) -> None:
    """Say of each thing that only the user has whether he gave it, and else what would fill it."""
    here = sites[sites["in_territory"]]
    if places:
        rows = int(here["site_id"].str.startswith("places:").sum())
        reading.add("places", "Lieux ajoutés", path=places, rows=rows)
    ilots = int(here["roles"].map(lambda roles: "ilot_numerique" in roles).sum())
    reading.add(
        "ilots",
        "Îlots numériques de La Poste",
        path=places if ilots else None,
        rows=ilots,
        remedy="" if ilots else "Déposez la liste des îlots numériques avec --places.",
    )
    if roads:
        reading.infos.pop("roads_corse", None)
        reading.add("roads", "Réseau routier", path=roads)
    elif "roads_corse" not in reading.infos:
        reading.add(
            "roads",
            "Réseau routier",
            path=None,
            remedy=OWN_ROADS,
        )
