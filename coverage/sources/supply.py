"""Places from many sources -> one table of sites, where one place stands once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from coverage.base.crs import WGS84
from coverage.model.freshness import vintage_day
from coverage.model.notes import Notes
from coverage.model.services import ServiceTable
from coverage.model.staff import posts_of_staff, staff_of_posts
from coverage.model.tables import CONTRACTS, check
from coverage.model.tags import OFFERS, TAGS
from coverage.model.words import decimal, whole
from coverage.sources.matching import Matching, match
from coverage.sources.own_places import OwnPlaces
from coverage.sources.pair_rules import JOIN_WITHIN_M, JOINED, STANDS_FIRST, houses_said
from coverage.sources.pairings import FILE_NAME
from coverage.sources.readers._area import Area
from coverage.sources.readers._origin import Origin
from coverage.sources.site_groups import Entry, Said

SAME_PLACE = "même lieu dans deux sources"
TO_REVIEW = "même lieu, à vérifier"
_NO_EFFECT = "appariement sans effet"
#: What a reader may leave out, and what stands for it then.
_OPTIONAL: dict[str, Any] = {"address": None, "opening": None, "persons_month": float("nan")}


def assemble_sites(
    places: Sequence[tuple[pd.DataFrame, Origin]],
    own: OwnPlaces | None,
    area: Area,
    codes: frozenset[str],
    notes: Notes,
    *,
    said: Said | None = None,
    services: ServiceTable | None = None,
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Return the contract tables ``sites`` and ``matches``.

    ``places`` are what the readers gave, ``own`` the user's places, ``codes`` the territory's
    communes; ``said`` is what someone who knows said of pairs (``read_pairings``). Entries that
    are one place (``coverage.sources.matching``) become one site with several roles, which is
    noted. Pairs to review or apart are told where one of the two lies in the territory.
    """
    entries = _entries(places, own, area)
    told = {**(said or {}), **_said_by_own(own)}
    _note_unknown(told, entries, own, notes)
    found = match(_listed(entries, area), told)
    services = services or ServiceTable.load()
    records = entries.to_dict("records")
    rows = [_site([records[row] for row in group], services) for group in _groups(found, entries)]
    table = gpd.GeoDataFrame(rows, geometry="geometry", crs=WGS84)
    table["in_territory"] = table["code_insee"].isin(codes)
    table["persons_month"] = table["persons_month"].astype(float)
    table = table[list(CONTRACTS["sites"].columns)]
    check("sites", table)
    code_of = dict(zip(entries["site_id"], entries["code_insee"], strict=True))
    here = [
        decision == "joined" or not codes.isdisjoint((code_of[kept], code_of[other]))
        for kept, other, decision in found.table[["kept_id", "other_id", "decision"]].to_numpy()
    ]
    matches = found.table[np.array(here, dtype=bool)].reset_index(drop=True)
    _note_matches(matches, found, entries, notes)
    return table, matches


def _entries(
    places: Sequence[tuple[pd.DataFrame, Origin]], own: OwnPlaces | None, area: Area
) -> pd.DataFrame:
    """Return every entry of every file, with the columns of a site and those of the matching."""
    tables = []
    for table, origin in places:
        entry = table[["site_id", "nom", "kind", "network", "code_insee", "lon", "lat"]].copy()
        for column, absent in _OPTIONAL.items():
            entry[column] = list(table[column]) if column in table else absent
        for column in ("staff", "tags"):
            entry[column] = list(table[column]) if column in table else [[] for _ in table.index]
        entry["source"], entry["vintage"] = origin.source.id, origin.source.vintage
        tables.append(entry.assign(own=False))
    if own is not None and len(own.sites):
        given = pd.DataFrame(own.sites.drop(columns="geometry"))
        points = own.sites.geometry
        tables.append(given.assign(own=True, lon=points.x.to_numpy(), lat=points.y.to_numpy()))
    entries = pd.concat(tables, ignore_index=True)
    for column in ("address", "opening", "network"):
        entries[column] = [text if isinstance(text, str) else None for text in entries[column]]
    return entries


def _listed(entries: pd.DataFrame, area: Area) -> list[Entry]:
    """Return the entries as the matching takes them."""
    names = dict(zip(area.communes["code_insee"], area.communes["nom"], strict=True))
    rows = zip(entries.to_dict("records"), area.points_m(entries), strict=True)
    return [
        Entry(
            **{name: row[name] for name in ("site_id", "nom", "kind", "source", "own", "address")},
            code_insee=row["code_insee"],
            commune=names.get(row["code_insee"], ""),
            says=houses_said(row["kind"], row["nom"], row["address"], row["tags"]),
            x=float(point.x),
            y=float(point.y),
        )
        for row, point in rows
    ]


def _said_by_own(own: OwnPlaces | None) -> dict[frozenset[str], bool]:
    return {frozenset(pair): True for pair in own.same_as.items()} if own else {}


def _groups(found: Matching, entries: pd.DataFrame) -> list[list[int]]:
    """Return the entries of each site, the one that stands for it first, in the files' order."""
    groups: dict[int, list[int]] = {}
    for row, kept in enumerate(found.kept):
        groups.setdefault(kept, []).append(row)
    order = {kind: rank for rank, kind in enumerate(STANDS_FIRST)}
    kinds, ids = list(entries["kind"]), list(entries["site_id"])
    return [
        [kept, *sorted(set(rows) - {kept}, key=lambda row: (order[kinds[row]], ids[row]))]
        for kept, rows in sorted(groups.items())
    ]


def _site(told: list[dict[Any, Any]], services: ServiceTable) -> dict[str, Any]:
    """Return the site that some entries make: the first one's place, with what all of them tell.

    Opening hours, address and network are the first that are known.
    """
    site = dict(told[0])
    sources = _tellers(told)
    site["roles"], site["told_by"] = list(sources), list(sources.values())
    site["tags"] = _tags(told, services)
    site["staff"] = staff_of_posts(
        posts_of_staff(text for entry in told for text in entry["staff"])
    )
    site["persons_month"] = _persons_month(told, services)
    for column in ("opening", "address", "network"):
        site[column] = next((entry[column] for entry in told if entry[column]), None)
    site["geometry"] = shapely.Point(site["lon"], site["lat"])
    return site


def _tellers(told: list[dict[Any, Any]]) -> dict[str, str]:
    """Return each role with the source that tells it, the newest where several do."""
    newest: dict[str, tuple[int, str]] = {}
    for entry in told:
        day = vintage_day(str(entry["vintage"]))
        age = day.toordinal() if day else 0
        if entry["kind"] not in newest or age > newest[entry["kind"]][0]:
            newest[entry["kind"]] = age, str(entry["source"])
    return {kind: source for kind, (_, source) in newest.items()}


def _tags(told: list[dict[Any, Any]], services: ServiceTable) -> list[str]:
    """Return the tags of all entries; where some tell an offer, the usual ones of those that don't.

    A lieu de médiation that says « équipement » must not take its formalities from the France
    services it stands in.
    """
    some = any(set(OFFERS) & set(entry["tags"]) for entry in told)
    tags: list[str] = []
    for entry in told:
        untold = some and len(told) > 1 and not set(OFFERS) & set(entry["tags"])
        tags += [*entry["tags"], *(services[entry["kind"]].tags if untold else ())]
    known = [tag for tag in TAGS if tag in tags]
    return [*known, *dict.fromkeys(tag for tag in tags if tag not in TAGS)]


def _persons_month(told: list[dict[Any, Any]], services: ServiceTable) -> float:
    """Return the people helped a month where an entry tells a number, else null.

    The numbers told add up. The entries that tell none bring what their staff help, and the
    default of their kinds once, unless another entry of the kind told its number.
    """
    numbers = [entry["persons_month"] for entry in told if not pd.isna(entry["persons_month"])]
    if not numbers:
        return float("nan")
    silent = [entry for entry in told if pd.isna(entry["persons_month"])]
    kinds = {entry["kind"] for entry in told if not pd.isna(entry["persons_month"])}
    staff = [text for entry in silent for text in entry["staff"]]
    untold = [entry["kind"] for entry in silent if entry["kind"] not in kinds]
    return float(np.sum(numbers)) + services.persons_month(untold, staff)


def _note_unknown(said: Said, entries: pd.DataFrame, own: OwnPlaces | None, notes: Notes) -> None:
    """Report the ids that someone named and no entry bears."""
    known = set(entries["site_id"])
    for pair in sorted(said, key=sorted):
        for unknown in sorted(pair - known):
            (other,) = pair - {unknown}
            by_own = own is not None and own.same_as.get(other) == unknown
            notes.reported(
                "places" if by_own else FILE_NAME,
                "",
                other,
                _NO_EFFECT,
                f"Aucun lieu ne porte ici l’identifiant « {unknown} »\u00a0: paire non lue.",
            )


def _note_matches(
    matches: pd.DataFrame, found: Matching, entries: pd.DataFrame, notes: Notes
) -> None:
    source = entries.set_index("site_id")[["source", "vintage", "own"]]
    for pair in found.unheeded:
        one, other = sorted(pair)
        notes.reported(
            FILE_NAME,
            "",
            one,
            _NO_EFFECT,
            f"« {one} » et « {other} » sont dits un même lieu, mais d’autres lignes les séparent.",
        )
    for row in matches[matches["decision"] != "apart"].to_dict("records"):
        where = source.loc[row["other_id"]]
        names = (
            f"« {row['other_nom']} » et « {row['kept_nom']} » ({row['kept_id']}), à "
            f"{whole(row['distance_m'])}\u00a0m"
        )
        sure = f"confiance {decimal(row['confidence'], 2)}"
        if row["decision"] == "joined":
            issue, detail = SAME_PLACE, f"{names}\u00a0: un seul lieu, plusieurs rôles ({sure})."
        else:
            issue = TO_REVIEW
            detail = f"{names}\u00a0: {_doubt(row, bool(where['own']))} ({sure})."
        notes.reported(str(where["source"]), str(where["vintage"]), row["other_id"], issue, detail)


def _doubt(row: dict[Any, Any], own: bool) -> str:
    """Say why a pair is left for someone to tell, and how (French)."""
    if own:
        return (
            "s’il s’agit du même lieu, écrivez cet identifiant dans la colonne meme_lieu_que de "
            "votre fichier"
        )
    if row["distance_m"] > JOIN_WITHIN_M:
        why = "les deux positions sont éloignées"
    elif row["confidence"] >= JOINED:
        why = "à la même adresse, deux organismes ou deux fiches"
    else:
        why = "les indices ne suffisent pas"
    return f"{why}\u202f; dites-le dans {FILE_NAME}"
