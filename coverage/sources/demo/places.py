"""The places: La Poste's counters, France services, advisers, partners, public offices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from coverage.base.crs import WGS84
from coverage.model.staff import posts_of_staff, staff_of_posts
from coverage.model.tags import tags_of
from coverage.sources.demo.land import CITY, COMMUNES, LONELY_TOWN, TOWNS, Land
from coverage.sources.demo.names import of
from coverage.sources.demo.people import Settlement
from coverage.sources.demo.plane import to_lonlat
from coverage.sources.demo.roads import Roads
from coverage.sources.demo.zones import VINTAGE

_CITY_BUREAUX = ("Centre", "Les Tilleuls", "Plaine-Haute", "Gare", "Rive-Neuve")
_RURAL_BUREAUX, _AGENCES, _RELAIS = 15, 10, 6
_UPSTREAM, _DOWNSTREAM, _SOUTH, _LONELY = TOWNS

_BUREAU_HOURS = (
    "Mo-Fr 09:00-12:00,14:00-17:30; Sa 09:00-12:00",
    "Mo-Fr 09:00-12:00,13:30-16:30",
    "Tu-Fr 09:00-12:00,14:00-16:30; Sa 09:00-12:00",
    "Mo,Tu,Th,Fr 09:00-12:00",
)
_AGENCE_HOURS = ("Mo-Fr 09:00-12:00", "Tu-Sa 09:00-11:30", "Mo,We,Fr 14:00-17:00")
_SHOP_HOURS = "Tu-Sa 08:00-12:30,15:30-19:00; Su 08:00-12:30"
_OFFICE_HOURS = (
    "Mo-Fr 09:00-12:30,13:30-17:00",
    "Mo,Tu,Th 09:00-12:00,13:30-17:30; We 09:00-12:00",
    "Tu-Fr 09:30-12:30,14:00-18:00; Sa 09:00-12:00",
)
_STREETS = (
    "rue de la Gare",
    "place du Marché",
    "rue des Lavoirs",
    "avenue de la Plaine",
    "rue du Vieux-Pont",
    "chemin des Vignes",
    "rue de l’École",
    "place de l’Église",
)
_MAIRIE_HOURS = ("Mo,Th 14:00-17:30", "Tu,Fr 09:00-12:00", "Mo-Fr 09:00-12:00", None)


@dataclass
class _Register:
    """The list of places as it is written; each stands beside a junction of its commune."""

    land: Land
    people: Settlement
    roads: Roads
    rng: np.random.Generator
    rows: list[dict[str, Any]] = field(default_factory=list)
    xy: list[Any] = field(default_factory=list)

    def add(
        self,
        site_id: str,
        nom: str,
        kind: str,
        commune: int,
        source: str,
        *,
        roles: Sequence[str] = (),
        network: str | None = None,
        staff: Sequence[str] = (),
        tags: Sequence[str] = (),
        persons_month: float | None = None,
        opening: str | None = None,
        beside: int | None = None,
    ) -> None:
        """Add a place, near the bourg, or near the junction ``beside``, with an address."""
        self.rows.append(
            {
                "site_id": site_id,
                "nom": nom,
                "kind": kind,
                "roles": [kind, *roles],
                "told_by": [f"demo_{source}"] * (1 + len(roles)),
                "network": network,
                "staff": staff_of_posts(posts_of_staff(staff)),
                "tags": tags_of(tags),
                "address": self._address(site_id),
                "code_insee": str(self.people.codes[commune]),
                "in_territory": True,
                "persons_month": persons_month,
                "opening": opening,
                "source": f"demo_{source}",
                "vintage": VINTAGE,
            }
        )
        here = self._near_bourg(commune) if beside is None else beside
        self.xy.append(self.roads.xy[here] + self.rng.uniform(-25, 25, 2))

    def _address(self, site_id: str) -> str:
        """Invent an address; the draw is the place's own, so that it moves no other draw."""
        draw = np.random.default_rng(list(site_id.encode("utf-8")))
        return f"{int(draw.integers(1, 60))} {_STREETS[int(draw.integers(len(_STREETS)))]}"

    def nom(self, commune: int) -> str:
        """Return the name of a commune; the city's is cut to its first word."""
        name = self.people.names[commune]
        return name.split("-")[0] if commune == CITY else name

    def _near_bourg(self, commune: int) -> int:
        inside = np.flatnonzero(self.roads.commune == commune)
        away = np.hypot(*(self.roads.xy[inside] - self.land.centres[commune]).T)
        reach = {CITY: 60}.get(commune, 20 if commune in TOWNS else 4)
        return int(inside[self.rng.choice(np.argsort(away, kind="stable")[:reach])])

    def table(self) -> gpd.GeoDataFrame:
        """Return the places as a table that keeps the contract ``sites``."""
        frame = pd.DataFrame(self.rows)
        for column in ("network", "opening"):
            frame[column] = frame[column].astype(object).where(frame[column].notna(), None)
        frame["persons_month"] = frame["persons_month"].astype(np.float64)
        lonlat = to_lonlat(np.array(self.xy))
        table = gpd.GeoDataFrame(frame, geometry=shapely.points(lonlat), crs=WGS84)
        return table.sort_values("site_id", ignore_index=True)


def open_places(
    land: Land,
    people: Settlement,
    roads: Roads,
    districts_m: Sequence[shapely.Polygon],
    rng: np.random.Generator,
) -> gpd.GeoDataFrame:
    """Return every place (contract ``sites``).

    Nobody helps beyond the river outside the city, nor in the valley: that is where a study of
    the fictitious département should find people left over. ``districts_m`` are the priority
    districts on the sheet; the city's second and third bureaux stand in its own two.
    """
    register = _Register(land, people, roads, rng)
    rural = [
        int(place)
        for place in np.argsort(-people.population, kind="stable")
        if place > LONELY_TOWN and not people.valley[place]
    ]
    with_bureau = rural[:_RURAL_BUREAUX]
    near = [place for place in rural if not land.beyond[place]]
    helped = _helped_communes(land, people, near, with_bureau)
    districts = [
        int(np.argmin(np.hypot(*(roads.xy - np.array(shape.centroid.coords[0])).T)))
        for shape in districts_m
    ]
    _la_poste(register, rural, with_bureau, helped["bureau"], districts)
    _advisers(register, helped, districts)
    _partners(register, near, rural)
    _public_offices(register)
    return register.table()


def _helped_communes(
    land: Land, people: Settlement, near: list[int], with_bureau: list[int]
) -> dict[str, int]:
    """Choose the few rural communes on the near bank where somebody helps."""
    centres = land.centres
    suburbs = [place for place in near if people.suburb[place]]
    others = [place for place in near if place not in with_bureau]
    return {
        "bureau": next(place for place in suburbs if place in with_bureau),
        "east": max(others, key=lambda place: float(centres[place, 0])),
        "bus": min(others, key=lambda place: float(centres[place, 1])),
        "suburb": suburbs[-1],
    }


def _la_poste(
    register: _Register,
    rural: list[int],
    with_bureau: list[int],
    helped_bureau: int,
    districts: list[int],
) -> None:
    """Bureaux, agences communales and relais; three bureaux are France services, three îlots."""
    rng, number = register.rng, 0
    bureaux = [(CITY, quarter) for quarter in _CITY_BUREAUX]
    bureaux += [(_UPSTREAM, "Centre"), (_UPSTREAM, "Faubourg")]
    bureaux += [(place, "") for place in (_DOWNSTREAM, _SOUTH, _LONELY, *with_bureau)]
    labelled = {(CITY, "Les Tilleuls"), (_DOWNSTREAM, ""), (helped_bureau, "")}
    equipped = {(CITY, "Gare"), (_SOUTH, ""), (_LONELY, "")}
    for commune, quarter in bureaux:
        number += 1
        roles = ["france_services"] * ((commune, quarter) in labelled)
        roles += ["ilot_numerique"] * ((commune, quarter) in equipped)
        town = register.nom(commune)
        hours = 0 if commune in (CITY, *TOWNS) else int(rng.integers(1, len(_BUREAU_HOURS)))
        register.add(
            f"laposte:D{number:04d}A",
            f"Bureau de poste {of(town)}{f' {quarter}' if quarter else ''}",
            "bureau_poste",
            commune,
            "laposte",
            roles=roles,
            network="La Poste",
            staff=["referente_france_services:2"] if "france_services" in roles else [],
            opening=_BUREAU_HOURS[hours],
            beside={"Les Tilleuls": districts[0], "Plaine-Haute": districts[1]}.get(quarter),
        )
    valley = np.flatnonzero(register.people.valley).tolist()
    rest = [place for place in rural if place not in with_bureau]
    agences = [valley[0], *rest[: _AGENCES - 1]]
    relais = [valley[1], *rest[_AGENCES - 1 : _AGENCES + _RELAIS - 2]]
    for commune in (*agences, *relais):
        number += 1
        agence = commune in agences
        register.add(
            f"laposte:D{number:04d}A",
            f"{'Agence postale communale' if agence else 'Relais poste'} "
            f"{of(register.nom(commune))}",
            "agence_postale" if agence else "relais_poste",
            commune,
            "laposte",
            network="La Poste",
            opening=_AGENCE_HOURS[int(rng.integers(len(_AGENCE_HOURS)))] if agence else _SHOP_HOURS,
        )


def _advisers(register: _Register, helped: dict[str, int], districts: list[int]) -> None:
    """Where somebody helps in person, and two îlots outside the bureaux."""
    services: tuple[tuple[str, int, tuple[str, ...]], ...] = (
        ("Maison France services", CITY, ()),
        ("France services", _UPSTREAM, ()),
        ("France services", _SOUTH, ("accessible PMR",)),
        ("France services", helped["east"], ()),
        ("Bus France services", helped["bus"], ("mobile",)),
    )
    for number, (title, commune, tags) in enumerate(services, start=1):
        register.add(
            f"fs:D{number}",
            f"{title} {of(register.nom(commune))}",
            "france_services",
            commune,
            "france_services",
            network="France services",
            staff=["referente_france_services:2"],
            tags=tags,
            persons_month=25.0 if "mobile" in tags else None,
            opening="Th 09:30-12:30,14:00-16:30" if "mobile" in tags else _OFFICE_HOURS[0],
        )
    hosts = (
        ("Médiathèque", CITY, 2, ("wifi", "ordinateurs")),
        ("Centre social", _UPSTREAM, 1, ()),
        ("Tiers-lieu La Grange", helped["suburb"], 1, ("wifi",)),
    )
    for number, (title, commune, advisers, tags) in enumerate(hosts, start=1):
        register.add(
            f"cn:D{number}",
            f"{title} {of(register.nom(commune))}",
            "conseiller_numerique",
            commune,
            "conseillers",
            network="Conseillers numériques",
            staff=[f"conseiller_numerique:{advisers}"],
            tags=tags,
            opening=_OFFICE_HOURS[2],
        )
    register.add(
        "etape:D1",
        "Étape Numérique de Plaine-Haute",
        "etape_numerique",
        CITY,
        "etapes",
        network="La Poste",
        staff=["mediateur:1", "facteur_guichetier:0.5"],
        tags=["formation", "wifi", "ordinateurs", "prêt de matériel"],
        opening=_OFFICE_HOURS[2],
        beside=districts[1],
    )
    for number, commune in enumerate((_DOWNSTREAM, helped["east"]), start=1):
        register.add(
            f"ilot:D{number}",
            f"Îlot numérique {of(register.nom(commune))}",
            "ilot_numerique",
            commune,
            "ilots",
            network="La Poste",
            tags=["ordinateur", "imprimante", "wifi"],
            opening=_OFFICE_HOURS[1],
        )


def _partners(register: _Register, near: list[int], rural: list[int]) -> None:
    """Associations and libraries where people are trained or equipped."""
    partners = (
        ("Association Clic et Compagnie", "partenaire", CITY, ("ateliers", "Pass numérique")),
        ("La Recyclerie des écrans", "partenaire", CITY, ("équipement", "reconditionné")),
        ("Association Le Fil et la Souris", "partenaire", _UPSTREAM, ("ateliers",)),
        (
            "Entraide des Trois-Ponts",
            "partenaire",
            _DOWNSTREAM,
            ("aide administrative", "chèque APTIC"),
        ),
        ("Foyer rural", "partenaire", rural[5], ("ateliers",)),
        ("Association Un pas vers le Net", "partenaire", _LONELY, ("matériel",)),
        ("Médiathèque", "mediation", _SOUTH, ("wifi", "ordinateurs")),
        ("Bibliothèque", "mediation", near[2], ("wifi",)),
        ("Espace public numérique", "mediation", _DOWNSTREAM, ("ordinateurs",)),
    )
    for number, (title, kind, commune, tags) in enumerate(partners, start=1):
        generic = title in {"Foyer rural", "Médiathèque", "Bibliothèque", "Espace public numérique"}
        register.add(
            f"partenaire:D{number}",
            f"{title} {of(register.nom(commune))}" if generic else title,
            kind,
            commune,
            "partners",
            network="Associations" if kind == "partenaire" else "Médiation numérique",
            tags=tags,
            persons_month=30.0 if kind == "partenaire" else None,
            opening=_OFFICE_HOURS[number % len(_OFFICE_HOURS)],
        )


def _public_offices(register: _Register) -> None:
    """France Travail in the larger towns, a mairie in every commune."""
    for number, commune in enumerate((CITY, _UPSTREAM, _SOUTH), start=1):
        register.add(
            f"annuaire:D{number}",
            f"France Travail {of(register.nom(commune))}",
            "france_travail",
            commune,
            "annuaire",
            network="France Travail",
            opening="Mo-Fr 08:30-12:30",
        )
    for commune in range(COMMUNES):
        register.add(
            f"annuaire:M{register.people.codes[commune]}",
            f"Mairie {of(register.people.names[commune])}",
            "mairie",
            commune,
            "annuaire",
            network="Mairies",
            opening=_MAIRIE_HOURS[int(register.rng.integers(len(_MAIRIE_HOURS)))],
        )
