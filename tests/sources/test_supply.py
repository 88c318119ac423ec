"""One table of sites from several files: what a joined place keeps of each entry."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point, box

from coverage.model.notes import Notes
from coverage.model.services import ServiceTable
from coverage.need.supply import supply_of
from coverage.sources.catalogue import source
from coverage.sources.own_places import OwnPlaces
from coverage.sources.readers._area import Area
from coverage.sources.readers._origin import Origin
from coverage.sources.supply import SAME_PLACE, TO_REVIEW, assemble_sites

SERVICES = ServiceTable.load()
#: About ten metres to the east of 1.1, 46.6.
HERE, BESIDE = (1.1, 46.6), (1.10013, 46.6)
AT = "2 Rue de la Poste"


@pytest.fixture
def area() -> Area:
    communes = gpd.GeoDataFrame(
        {"code_insee": ["36001", "18001"], "nom": ["Un", "Trois"]},
        geometry=[box(1.0, 46.5, 1.4, 46.7), box(1.4, 46.5, 1.6, 46.7)],
        crs=4326,
    )
    departements = gpd.GeoDataFrame(
        {"code": ["36", "18"], "nom": ["Indre", "Cher"]}, geometry=list(communes.geometry), crs=4326
    )
    return Area("36", 2154, communes, departements, departements.geometry.iloc[0])


def entry(site_id: str, nom: str, kind: str, at: tuple[float, float] = HERE, **more: Any) -> dict:
    row = {"site_id": site_id, "nom": nom, "kind": kind, "network": None, "code_insee": "36001"}
    return {**row, "lon": at[0], "lat": at[1], "address": AT, **more}


def table(*rows: dict[str, Any]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows))
    for column in ("staff", "tags"):
        if column in frame:
            frame[column] = [cell if isinstance(cell, list) else [] for cell in frame[column]]
    return frame


BUREAU = entry("laposte:1", "UN BP", "bureau_poste", network="La Poste")
SERVICE = entry(
    "fs:1", "France services La Poste de Un", "france_services", BESIDE,
    network="France services", opening="Mo 09:00-12:00", tags=["multisites"],
)  # fmt: skip
STRUCTURE = entry("cnfs:1", "CC de Un", "conseiller_numerique", staff=["conseiller_numerique:2"])


def assemble(
    area: Area, *rows: dict[str, Any], own: OwnPlaces | None = None, said=None
) -> tuple[pd.DataFrame, pd.DataFrame, Notes]:
    """Assemble rows, each from the file that its id names."""
    files = {
        "laposte": "laposte_2025",
        "fs": "france_services_2024",
        "cnfs": "conseillers_numeriques_2021",
        "mediation": "mediation_cvl_2023",
    }
    notes = Notes()
    places = []
    for prefix, source_id in files.items():
        told = [row for row in rows if row["site_id"].startswith(f"{prefix}:")]
        if told:
            places.append((table(*told), Origin(source(source_id), notes)))
    sites, matches = assemble_sites(
        places, own, area, frozenset({"36001"}), notes, said=said, services=SERVICES
    )
    return sites.set_index("site_id"), matches, notes


def own_place(nom: str, kind: str, at: tuple[float, float] = BESIDE, **more: Any) -> dict[str, Any]:
    row = {"site_id": f"places:36001-{nom}", "nom": nom, "kind": kind, "roles": [kind]}
    row["told_by"] = ["places"]
    row |= {"network": None, "staff": [], "tags": [], "address": None, "code_insee": "36001"}
    row |= {"in_territory": True, "persons_month": float("nan"), "opening": None}
    return {**row, "source": "places", "vintage": "fichier fourni", "geometry": Point(at), **more}


def own_places(*rows: dict[str, Any], **same_as: str) -> OwnPlaces:
    frame = gpd.GeoDataFrame(list(rows), geometry="geometry", crs=4326)
    return OwnPlaces(frame, {f"places:36001-{nom}": other for nom, other in same_as.items()})


def test_a_bureau_that_is_a_france_services_is_one_site(area: Area) -> None:
    sites, matches, notes = assemble(area, BUREAU, SERVICE)
    assert list(sites.index) == ["laposte:1"]
    site = sites.loc["laposte:1"]
    assert site["kind"] == "bureau_poste"
    assert site["roles"] == ["bureau_poste", "france_services"]
    assert site["network"] == "La Poste"
    assert site["opening"] == "Mo 09:00-12:00"
    assert site["tags"] == ["multisites"]
    assert site["address"] == AT
    assert (site.geometry.x, site.geometry.y) == HERE
    assert matches["decision"].tolist() == ["joined"]
    assert [row[2:5] for row in notes.rows] == [("fs:1", SAME_PLACE, "reported")]
    assert "« UN BP » (laposte:1), à 10\u00a0m\u00a0: un seul lieu" in notes.rows[0][5]


@pytest.mark.parametrize(
    ("posts", "helped"),
    [((), 100), ((None,), 100), ((2,), 300), ((2, 1), 400), ((None, 1), 200), ((0,), 100)],
)
def test_people_helped_add_up_where_structures_share_a_france_services(
    area: Area, posts: tuple[int | None, ...], helped: float
) -> None:
    structures = [
        {
            **STRUCTURE,
            "site_id": f"cnfs:{n}",
            "staff": [] if p is None else [f"conseiller_numerique:{p}"],
        }
        for n, p in enumerate(posts)
    ]
    sites, _, _ = assemble(area, SERVICE, *structures)
    assert list(sites.index) == ["fs:1"]
    assert pd.isna(sites["persons_month"]).all()
    assert supply_of(sites, SERVICES).tolist() == [helped]


def test_every_role_is_kept_and_no_place_stands_twice(area: Area) -> None:
    rows = (BUREAU, SERVICE, STRUCTURE, entry("mediation:1", "MSAP UN", "mediation"))
    sites, matches, _ = assemble(area, *rows)
    assert list(sites.index) == ["laposte:1"]
    assert sites["roles"].iloc[0] == [
        "bureau_poste",
        "france_services",
        "conseiller_numerique",
        "mediation",
    ]
    assert set(matches["other_id"]) == {row["site_id"] for row in rows[1:]}


def test_an_entry_that_tells_an_offer_does_not_silence_the_others(area: Area) -> None:
    place = entry("mediation:1", "MSAP UN", "mediation", tags=["equipement", "EPN"])
    sites, _, _ = assemble(area, SERVICE, place)
    assert sites["tags"].iloc[0] == ["equipement", "demarches", "multisites", "EPN"]
    silent, _, _ = assemble(area, SERVICE, {**place, "tags": ["EPN"]})
    assert silent["tags"].iloc[0] == ["multisites", "EPN"]


def test_a_pair_far_apart_is_told_and_not_joined(area: Area) -> None:
    sites, matches, notes = assemble(area, BUREAU, {**SERVICE, "lon": 1.13})
    assert list(sites.index) == ["laposte:1", "fs:1"]
    assert matches["decision"].tolist() == ["review"]
    assert [row[2:5] for row in notes.rows] == [("fs:1", TO_REVIEW, "reported")]
    assert "positions sont éloignées" in notes.rows[0][5]


def test_a_pair_across_the_border_is_not_for_this_territory_to_review(area: Area) -> None:
    there = {"code_insee": "18001"}
    far = [{**BUREAU, **there, "lon": 1.5}, {**SERVICE, **there, "lon": 1.53}]
    sites, matches, notes = assemble(area, *far)
    assert sites["in_territory"].tolist() == [False, False]
    assert matches.empty
    assert not notes.rows


def test_the_users_own_place_is_never_joined_in_silence(area: Area) -> None:
    own = own_places(
        own_place("la-notre", "france_services"),
        own_place("amis", "partenaire"),
        own_place("loin", "france_services", (1.11, 46.6)),
    )
    sites, matches, notes = assemble(area, SERVICE, own=own)
    assert len(sites) == 4
    assert matches[["kept_id", "other_id", "decision"]].to_numpy().tolist() == [
        ["fs:1", "places:36001-la-notre", "review"]
    ]
    assert "meme_lieu_que" in notes.rows[0][5]


def test_an_own_place_said_to_be_a_public_one_adds_what_it_tells(area: Area) -> None:
    own = own_places(
        own_place("ilot", "ilot_numerique", (1.13, 46.6), persons_month=15.0), ilot="cnfs:1"
    )
    sites, _, _ = assemble(area, BUREAU, SERVICE, STRUCTURE, own=own)
    assert list(sites.index) == ["laposte:1"]
    assert sites["roles"].iloc[0][-1] == "ilot_numerique"
    # 15 told, two conseillers who help 200, the France services' own team 100.
    assert sites["persons_month"].iloc[0] == 315


def test_numbers_told_add_up_and_the_default_of_a_kind_told_is_not_added(area: Area) -> None:
    one = own_place("une", "france_services", persons_month=40.0)
    other = own_place("deux", "permanence", persons_month=10.0)
    own = own_places(one, other, une="fs:1", deux="fs:1")
    sites, _, _ = assemble(area, SERVICE, own=own)
    assert sites["persons_month"].tolist() == [50]


def test_ids_that_nobody_bears_are_told_and_change_nothing(area: Area) -> None:
    own = own_places(own_place("ilot", "ilot_numerique"), ilot="laposte:99")
    said = {frozenset({"fs:1", "laposte:98"}): False}
    sites, _, notes = assemble(area, SERVICE, own=own, said=said)
    assert list(sites.index) == ["fs:1", "places:36001-ilot"]
    told = [row[:1] + row[2:4] for row in notes.rows if row[3] == "appariement sans effet"]
    assert told == [
        ("appariements.csv", "fs:1", "appariement sans effet"),
        ("places", "places:36001-ilot", "appariement sans effet"),
    ]


def test_what_contradicts_is_told(area: Area) -> None:
    said = {
        frozenset({"laposte:1", "fs:1"}): True,
        frozenset({"fs:1", "cnfs:1"}): True,
        frozenset({"laposte:1", "cnfs:1"}): False,
    }
    sites, _, notes = assemble(area, BUREAU, SERVICE, STRUCTURE, said=said)
    assert len(sites) == 2
    assert sum("sont dits un même lieu" in row[5] for row in notes.rows) == 1
