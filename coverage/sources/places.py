"""The places file: what no public file has (îlots, partners, rooms), given by the user.

Nothing is kept unless every line is understood; the faults are told together, ten at most.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from coverage.base.crs import WGS84
from coverage.base.text import folded
from coverage.model.answers import Repairs
from coverage.model.tables import CONTRACTS, check
from coverage.model.territory import GIVEN_VINTAGE
from coverage.sources.given.faults import LineError
from coverage.sources.own_places import OwnPlaces
from coverage.sources.place_ground import PlaceGround
from coverage.sources.place_line import GivenPlace
from coverage.sources.places_file import read_given_places

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely import Point

    from coverage.model.notes import Notes

SOURCE_ID = "places"


def read_places(path: Path, notes: Notes, communes: gpd.GeoDataFrame | None = None) -> OwnPlaces:
    """Read the user's places: a ``sites`` table (WGS84), and the site each says it is.

    ``communes`` (contract table of the territory) says which codes exist, where a place that has
    only a code is put (the commune's representative point, which is noted), the code of a place
    that has only coordinates, and which places are ``in_territory``. Repairs go to ``notes``.

    Raises ``RefusedFileError`` with up to ten wrong lines (column, what to do).
    """
    import geopandas as gpd

    ground = PlaceGround.of(communes)
    repairs = Repairs()
    given = read_given_places(path, "--places", repairs, fictitious=ground.fictitious)
    taken: set[str] = set()
    records, same_as = [], {}
    for place in given.places:
        with given.faults.on(place.line):
            code, point, doubt = ground.put(place, repairs)
            record = _record(place, code, point, taken, here=code in ground.shapes)
            if place.same_as:
                same_as[record["site_id"]] = _other_site(place, record["site_id"])
            if doubt:
                told = f"« {place.nom} » {doubt.told}."
                notes.reported(SOURCE_ID, GIVEN_VINTAGE, record["site_id"], doubt.issue, told)
            records.append(record)
    given.faults.close()
    notes.mended(SOURCE_ID, GIVEN_VINTAGE, repairs.told())
    for told in given.unread:
        notes.reported(SOURCE_ID, GIVEN_VINTAGE, path.name, "colonne ignorée", told)
    columns = list(CONTRACTS["sites"].columns)
    table = gpd.GeoDataFrame(records, columns=columns, geometry="geometry", crs=WGS84)
    table["persons_month"] = table["persons_month"].astype(float)
    for column in ("network", "opening", "address"):
        table[column] = table[column].astype(object).where(table[column].notna(), None)
    return OwnPlaces(check("sites", table), same_as)


def _record(
    place: GivenPlace, code: str, point: Point, taken: set[str], *, here: bool
) -> dict[str, Any]:
    """Return the contract's columns of a place; its id is added to those ``taken``."""
    return {
        "site_id": _site_id(place, code, taken),
        "nom": place.nom,
        "kind": place.kind,
        "roles": [place.kind],
        "told_by": [SOURCE_ID],
        "network": place.network,
        "staff": place.staff,
        "tags": place.tags,
        "address": place.address,
        "code_insee": code,
        "in_territory": here,
        "persons_month": place.persons_month,
        "opening": place.hours,
        "source": SOURCE_ID,
        "vintage": GIVEN_VINTAGE,
        "geometry": point,
    }


def _site_id(place: GivenPlace, code: str, taken: set[str]) -> str:
    """Name a place by its name and commune, so that the order of the lines does not matter.

    Namesakes of one commune are numbered.
    """
    stem = f"{SOURCE_ID}:{code}-{folded(place.nom).replace(' ', '-') or place.kind}"
    site_id, number = stem, 1
    while site_id in taken:
        number += 1
        site_id = f"{stem}-{number}"
    taken.add(site_id)
    return site_id


def _other_site(place: GivenPlace, site_id: str) -> str:
    """Return the site that a place is said to be. Raises ``LineError`` where it is itself."""
    if place.same_as == site_id:
        told = f"« {site_id} » est l’identifiant de ce lieu\u202f; donnez celui de l’autre"
        raise LineError("meme_lieu_que", told, "BAD_ID")
    assert place.same_as is not None
    return place.same_as
