"""From raw files to the clean tables of one territory: the one door of the readers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from coverage.base.crs import DEMO, WGS84
from coverage.base.errors import SourceError, UserError
from coverage.base.files import sha256_of
from coverage.base.progress import Progress, silent
from coverage.base.workspace import Workspace
from coverage.model.notes import Notes
from coverage.model.tables import check
from coverage.model.territory import SourceInfo, TerritoryTables
from coverage.sources.catalogue import available, needed_for, raw_files, source
from coverage.sources.entry import OWN_ROADS, Source
from coverage.sources.geography import assemble_communes, read_area
from coverage.sources.places import read_places
from coverage.sources.readers._area import Area
from coverage.sources.readers._origin import Origin
from coverage.sources.readers.annuaire import read_annuaire
from coverage.sources.readers.conseillers import read_conseillers
from coverage.sources.readers.density import read_density
from coverage.sources.readers.detections import read_detections
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
from coverage.sources.readers.qpv import (
    read_qpv_indicators,
    read_qpv_list,
    read_qpv_polygons,
    read_qpv_population,
)
from coverage.sources.readers.squares import read_squares
from coverage.sources.readers.zrr import read_zrr
from coverage.sources.supply import assemble_sites

#: Îlots numériques that La Poste announced without a list of their places.
ILOTS_ANNOUNCED: dict[str, tuple[int, str]] = {
    "36": (14, "La Poste, 27 novembre 2024"),
}
_GIVEN = "fichier fourni"
_SQUARES = "Carreaux de 200\u00a0m de l’INSEE"


@dataclass
class _Reading:
    """One reading of a territory: what is looked for, and what was found on the way."""

    workspace: Workspace
    territory: str
    notes: Notes = field(default_factory=Notes)
    infos: dict[str, SourceInfo] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for entry in needed_for(self.territory):
            found = available(self.workspace, entry)
            if found is None and not entry.optional:
                raise SourceError(
                    f"Il manque une source sans laquelle rien ne peut être construit : "
                    f"{entry.title}. {entry.remedy}"
                )
            files = raw_files(self.workspace, found.id) if found else None
            self.infos[entry.id] = _info(
                found or entry, "used" if found else "missing", files or ()
            )

    def origin(self, source_id: str) -> Origin:
        """Return the origin whose notes are this territory's."""
        return Origin(source(source_id), self.notes)

    def file(self, source_id: str, suffix: str = "") -> Path | None:
        """Return a source's file, None where the territory has none or it was not fetched."""
        info = self.infos.get(source_id)
        if info is None or info.status != "used":
            return None
        files = raw_files(self.workspace, info.source_id) or ()
        return next((path for path in files if path.name.endswith(suffix)), None)

    def required(self, source_id: str) -> Path:
        """Return the file of a source that the beginning of the reading has found."""
        path = self.file(source_id)
        assert path is not None
        return path

    def count(self, source_id: str, rows: int) -> None:
        """Say how many rows of a source lie in the territory."""
        if source_id in self.infos:
            info = self.infos[source_id]
            self.infos[source_id] = SourceInfo(**{**info.__dict__, "rows": rows})

    def add(
        self, source_id: str, title: str, *, path: Path | None, rows: int = 0, remedy: str = ""
    ) -> None:
        """Add what the user gave, or did not give, beside the catalogue."""
        self.infos[source_id] = SourceInfo(
            source_id,
            title,
            producer="votre fichier" if path else "",
            licence="",
            vintage=_GIVEN if path else "",
            status="used" if path else "missing",
            remedy=remedy,
            rows=rows,
            sha256=sha256_of(path) if path else "",
        )


def _info(entry: Source, status: str, files: tuple[Path, ...] = ()) -> SourceInfo:
    """Return what to say of a source; several files have the sha256 of their sha256s."""
    hashes = [sha256_of(path) for path in files]
    many = hashlib.sha256("".join(hashes).encode("ascii")).hexdigest()
    return SourceInfo(
        entry.id,
        entry.title,
        entry.producer,
        entry.licence,
        entry.vintage,
        status,
        remedy=entry.remedy if status == "missing" else "",
        sha256=hashes[0] if len(hashes) == 1 else many if hashes else "",
    )


def read_territory(
    workspace: Workspace,
    territory: str,
    *,
    places: Path | None = None,
    grid: Path | None = None,
    roads: Path | None = None,
    detections: Path | None = None,
    progress: Progress = silent,
) -> TerritoryTables:
    """Read the clean tables of a territory from the workspace's raw files.

    ``places``, ``grid``, ``roads`` and ``detections`` are the user's own files, which come before
    the public ones. Raises ``SourceError`` when a source that nothing can do without is missing,
    or a file is not what its producer publishes; ``UserError`` on a wrong file of the user's.
    """
    if territory == DEMO:
        raise UserError("Le territoire fictif ne se lit pas dans des fichiers : il est inventé.")
    for path in (places, grid, roads, detections):
        if path is not None and not path.is_file():
            raise UserError(f"Fichier introuvable : « {path} ». Vérifiez son chemin.")
    reading = _Reading(workspace, territory)
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
    communes = _communes(reading, area, population)
    progress(0.5, "Lecture des lieux")
    codes = frozenset(communes["code_insee"])
    sites = _sites(reading, area, population, communes, places)
    progress(0.9, "Lecture des quartiers prioritaires")
    zones, qpv_persons = _zones(reading, area)
    squares = _squares(reading, area, grid)
    facts = _facts(reading, codes)
    own_detections = read_detections(detections, reading.notes) if detections else None
    _add_given(reading, sites, places, roads, detections, own_detections)
    progress(1.0, "Sources lues")
    own = area.departements["code"] == territory
    outline, neighbours = area.departements[own], area.departements[~own]
    return TerritoryTables(
        territory=territory,
        nom=str(outline["nom"].iloc[0]),
        communes=communes,
        zones=zones,
        sites=sites,
        squares=squares,
        qpv_persons=qpv_persons,
        outline=outline.reset_index(drop=True),
        neighbours=neighbours.reset_index(drop=True),
        roads=roads or reading.file("roads_corse"),
        detections=own_detections,
        notes=reading.notes,
        sources=tuple(reading.infos.values()),
        facts=facts,
    )


def _communes(reading: _Reading, area: Area, population: Population) -> gpd.GeoDataFrame:
    frr = reading.file("frr_2025")
    zrr = reading.file("zrr_2021")
    ifn = reading.file("ifn_2023")
    told: dict[str, tuple[str, pd.DataFrame | None]] = {
        "density_2026": ("density_level", read_density(reading.required("density_2026"))),
        "frr_2025": ("frr", read_frr(frr) if frr else None),
        "zrr_2021": ("zrr", read_zrr(zrr) if zrr else None),
        "ifn_2023": ("ifn", read_ifn(ifn, population.arrondissements) if ifn else None),
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
    reading: _Reading,
    area: Area,
    population: Population,
    communes: gpd.GeoDataFrame,
    places: Path | None,
) -> gpd.GeoDataFrame:
    """Read every source of places that is there, and join what is the same place."""
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
    return assemble_sites(
        [(table, reading.origin(key)) for key, table in found], own, area, codes, reading.notes
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


def _zones(reading: _Reading, area: Area) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Read the QPV and their people: of 2022 where told, else of 2013, else null."""
    shapes = reading.file("qpv_2015_polygons", ".shp")
    if shapes is None:
        columns = ["zone_id", "kind", "nom", "vintage", "geometry"]
        zones = gpd.GeoDataFrame(columns=columns, geometry="geometry", crs=WGS84)
    else:
        zones = read_qpv_polygons(
            shapes, area.territory, area.outline, reading.origin("qpv_2015_polygons")
        )
        check("zones", zones)
    reading.count("qpv_2015_polygons", len(zones))
    persons = pd.Series(float("nan"), index=pd.Index(zones["zone_id"]), dtype=float)
    indicators = reading.file("qpv_indicators_2022")
    census = reading.file("qpv_2015_population")
    for key, table in (
        ("qpv_indicators_2022", read_qpv_indicators(indicators) if indicators else None),
        ("qpv_2015_population", read_qpv_population(census) if census else None),
    ):
        if table is None:
            continue
        told = table.set_index("zone_id")["persons"].reindex(persons.index)
        reading.count(key, int(told.notna().sum()))
        if key == "qpv_2015_population":
            for code in persons.index[persons.isna() & told.notna()]:
                reading.origin(key).reported(
                    str(code),
                    "population de 2013",
                    "Absente des indicateurs de 2022 : sa population de 2013 est prise.",
                )
        persons = persons.fillna(told)
    frame = pd.DataFrame({"zone_id": zones["zone_id"], "persons": persons.to_numpy()})
    return zones, frame


def _squares(reading: _Reading, area: Area, grid: Path | None) -> gpd.GeoDataFrame | None:
    path = grid or reading.file("squares_albi_2019")
    origin = reading.origin("squares_albi_2019")
    if grid:
        # The user's own squares take the place of the public extract and its passport.
        reading.infos.pop("squares_albi_2019", None)
        given = Source(
            id="squares",
            title=_SQUARES,
            producer="INSEE",
            licence="",
            vintage=_GIVEN,
            folder="",
            files=(),
            reader="squares:read_squares",
            remedy="",
        )
        origin = Origin(given, reading.notes)
    squares = read_squares(path, area, origin) if path else None
    rows = 0 if squares is None else int(squares["square_id"].nunique())
    if grid:
        reading.add("squares", _SQUARES, path=grid, rows=rows)
    elif path:
        reading.count("squares_albi_2019", rows)
    else:
        reading.add(
            "squares",
            _SQUARES,
            path=None,
            remedy="Déposez les carreaux de 200\u00a0m de l’INSEE avec --grid.",
        )
    return squares


def _facts(reading: _Reading, codes: frozenset[str]) -> dict[str, Any]:
    """Return what is known without being a table: announced îlots, names of QPV 2024."""
    facts: dict[str, Any] = {}
    if reading.territory in ILOTS_ANNOUNCED:
        facts["ilots_announced"], facts["ilots_announced_source"] = ILOTS_ANNOUNCED[
            reading.territory
        ]
    if path := reading.file("qpv_2024_list"):
        labels = read_qpv_list(path, reading.territory)
        facts["qpv_2024"] = {code: names for code, names in labels.items() if code in codes}
        reading.count("qpv_2024_list", sum(map(len, facts["qpv_2024"].values())))
    return facts


def _add_given(
    reading: _Reading,
    sites: gpd.GeoDataFrame,
    places: Path | None,
    roads: Path | None,
    detections: Path | None,
    own_detections: pd.DataFrame | None,
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
    reading.add(
        "detections",
        "Détections de fragilité numérique",
        path=detections,
        rows=0 if own_detections is None else len(own_detections),
        remedy="" if detections else "Déposez le fichier de vos bureaux avec --detections.",
    )
