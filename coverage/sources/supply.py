"""Places from many sources -> one table of sites, where one place stands once."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from coverage.base.crs import WGS84
from coverage.model.notes import Notes
from coverage.model.services import ServiceTable
from coverage.model.tables import check
from coverage.model.words import whole
from coverage.sources.readers._area import Area
from coverage.sources.readers._origin import Origin
from coverage.sources.readers._text import folded

#: Two places are the same within these distances (the rest of the rule is below).
_POSTE_M = 1_000.0
_ETAPE_M = 300.0
_STRUCTURE_M = 50.0
#: A place of the user's this near to a public one of its kind is perhaps the same.
_KNOWN_M = 100.0
#: How joined places are noted; far apart, the pair is to be looked at by someone who knows.
_SAME_PLACE = "même lieu dans deux sources"
_FAR_APART = "même lieu, positions éloignées"
#: Words that say nothing about which place it is.
_GENERIC = frozenset(
    "france services service poste commune communes communaute agglomeration mairie maison espace "
    "public association centre communal social numerique saint sainte pour dans".split()
)
#: « La Poste » as the name of the house, not the end of a commune's (Arnac-la-Poste).
_NAMED_LA_POSTE = re.compile(r"france services (?:de |multisites )?la poste\b")
COLUMNS = (
    "site_id",
    "nom",
    "kind",
    "roles",
    "network",
    "staff",
    "tags",
    "code_insee",
    "in_territory",
    "persons_month",
    "opening",
    "source",
    "vintage",
    "geometry",
)


def assemble_sites(
    places: Sequence[tuple[pd.DataFrame, Origin]],
    own: gpd.GeoDataFrame | None,
    area: Area,
    codes: frozenset[str],
    notes: Notes,
) -> gpd.GeoDataFrame:
    """Return the contract table ``sites``: what the readers gave, and the user's ``own`` places.

    ``codes`` are the territory's communes. The same place in two sources becomes one site with
    several roles: a France services named La Poste with the post office of its commune (else
    within 1 km), an Étape with the bureau within 300 m, a structure with conseillers or a lieu de
    médiation with a France services of a like name within 50 m. Each is reported. The user's own
    places stay as they are; one that lies within 100 m of a public place of its kind is reported.
    """
    sites = pd.concat([_as_sites(table, origin) for table, origin in places], ignore_index=True)
    sites["point_m"] = area.points_m(sites)
    _join(sites, _structure_hosts, notes, alone=False)
    _join(sites, _poste_hosts, notes, alone=True)
    _join(sites, _etape_hosts, notes, alone=True)
    sites = sites[sites["host"].isna()]
    if own is not None and len(own):
        _report_known(own, sites, area, notes)
    geometry = shapely.points(sites["lon"].to_numpy(float), sites["lat"].to_numpy(float))
    table = gpd.GeoDataFrame(sites, geometry=geometry, crs=WGS84)
    table["in_territory"] = False
    table = table[list(COLUMNS)]
    if own is not None and len(own):
        table = pd.concat([table, own[list(COLUMNS)]])
    table = gpd.GeoDataFrame(table.reset_index(drop=True), geometry="geometry", crs=WGS84)
    table["in_territory"] = table["code_insee"].isin(codes)
    table["persons_month"] = table["persons_month"].astype(float)
    check("sites", table)
    return table


def _as_sites(table: pd.DataFrame, origin: Origin) -> pd.DataFrame:
    """Give a reader's rows every column of a site."""
    count = len(table)
    sites = table[["site_id", "nom", "kind", "network", "code_insee", "lon", "lat"]].copy()
    sites["roles"] = [[kind] for kind in table["kind"]]
    sites["staff"] = [[] for _ in range(count)]
    sites["tags"] = (
        [list(tags) for tags in table["tags"]] if "tags" in table else [[] for _ in range(count)]
    )
    sites["persons_month"] = table["persons_month"] if "persons_month" in table else float("nan")
    sites["opening"] = _optional_text(table, "opening")
    sites["source"] = origin.source.id
    sites["vintage"] = origin.source.vintage
    sites["host"] = pd.Series([None] * count, index=table.index, dtype=object)
    return sites


def _optional_text(table: pd.DataFrame, column: str) -> pd.Series[Any]:
    values = list(table[column]) if column in table else [None] * len(table)
    cleaned = [value if isinstance(value, str) else None for value in values]
    return pd.Series(cleaned, index=table.index, dtype=object)


#: Gives the pairs (row of the guest, row of a possible host) of a table of sites.
HostRule = Callable[[pd.DataFrame], list[tuple[int, int]]]


def _near_pairs(guests: pd.DataFrame, hosts: pd.DataFrame, metres: float) -> list[tuple[int, int]]:
    tree = shapely.STRtree(hosts["point_m"].to_numpy())
    near = tree.query(guests["point_m"].to_numpy(), predicate="dwithin", distance=metres)
    return [(int(guests.index[g]), int(hosts.index[h])) for g, h in near.T]


def _structure_hosts(sites: pd.DataFrame) -> list[tuple[int, int]]:
    guests = sites[sites["kind"].isin(["conseiller_numerique", "mediation"])]
    pairs = _near_pairs(guests, sites[sites["kind"] == "france_services"], _STRUCTURE_M)
    names = sites["nom"]
    return [(guest, host) for guest, host in pairs if alike_names(names[guest], names[host])]


def _poste_hosts(sites: pd.DataFrame) -> list[tuple[int, int]]:
    named = sites["nom"].map(lambda nom: _NAMED_LA_POSTE.match(folded(nom)) is not None)
    guests = sites[(sites["kind"] == "france_services") & named]
    hosts = sites[sites["kind"].isin(["bureau_poste", "agence_postale"])]
    in_commune = hosts.groupby("code_insee").groups
    pairs = []
    for row, code in guests["code_insee"].items():
        same = in_commune.get(code)
        if same is None:
            pairs += _near_pairs(guests.loc[[row]], hosts, _POSTE_M)
            continue
        # The post office that bears the same name comes before the nearest one.
        nom = str(guests.at[row, "nom"])
        alike = [host for host in same if alike_names(nom, str(hosts.at[host, "nom"]))]
        pairs += [(int(str(row)), int(host)) for host in alike or same]
    return pairs


def _etape_hosts(sites: pd.DataFrame) -> list[tuple[int, int]]:
    guests = sites[sites["kind"] == "etape_numerique"]
    return _near_pairs(guests, sites[sites["kind"] == "bureau_poste"], _ETAPE_M)


def alike_names(one: str, other: str) -> bool:
    """Tell whether two names share a word of four letters or more that says which place it is."""
    first, second = (
        {word for word in folded(name).split() if len(word) >= 4} - _GENERIC
        for name in (one, other)
    )
    return bool(first & second)


def _join(sites: pd.DataFrame, rule: HostRule, notes: Notes, *, alone: bool) -> None:
    """Join each guest to its nearest host, closest pairs first.

    ``alone``: a host takes one guest only.
    """
    points, ids = sites["point_m"], sites["site_id"]
    pairs = sorted(
        (float(shapely.distance(points[row], points[host])), ids[row], ids[host], row, host)
        for row, host in rule(sites)
    )
    joined: set[int] = set()
    taken: set[int] = set()
    for distance, _, _, row, host in pairs:
        if row in joined or (alone and host in taken):
            continue
        joined.add(row)
        taken.add(host)
        guest: dict[Any, Any] = sites.loc[row].to_dict()
        kept: dict[Any, Any] = sites.loc[host].to_dict()
        _give(sites, guest, kept, host)
        sites.at[row, "host"] = kept["site_id"]
        notes.reported(
            guest["source"],
            guest["vintage"],
            guest["site_id"],
            _SAME_PLACE if distance <= _POSTE_M else _FAR_APART,
            f"« {guest['nom']} » et « {kept['nom']} » ({kept['site_id']}), à "
            f"{whole(distance)}\u00a0m : un seul lieu, plusieurs rôles.",
        )


def _give(sites: Any, guest: dict[Any, Any], kept: dict[Any, Any], host: int) -> None:
    """Move what a guest brings to its host: roles, tags, hours the host lacks, people helped.

    People helped a month add up: a guest that tells its number adds it to the host's own number,
    or, where the host tells none, to the default of a France services if it is one (a null number
    stands for that default, so it must not be lost), else to nothing. A guest that tells none
    leaves the host's number as it is: a null stays null, and means the default of the best role.
    """
    if not pd.isna(guest["persons_month"]):
        own = kept["persons_month"] if not pd.isna(kept["persons_month"]) else _default(kept)
        sites.at[host, "persons_month"] = own + guest["persons_month"]
    for column in ("roles", "tags"):
        sites.at[host, column] = list(dict.fromkeys([*kept[column], *guest[column]]))
    if pd.isna(kept["opening"]):
        sites.at[host, "opening"] = guest["opening"]


def _default(place: dict[Any, Any]) -> float:
    kind = "france_services"
    return ServiceTable.load()[kind].persons_month if kind in place["roles"] else 0.0


def _report_known(own: gpd.GeoDataFrame, public: pd.DataFrame, area: Area, notes: Notes) -> None:
    """Report each of the user's places that is perhaps a public one (same kind, within 100 m)."""
    lonlat = {"lon": own.geometry.x.to_numpy(), "lat": own.geometry.y.to_numpy()}
    points = area.points_m(pd.DataFrame(lonlat))
    given = own.assign(point_m=points).reset_index(drop=True)
    kinds = list(given["kind"])
    nearest: dict[int, tuple[float, int]] = {}
    roles: pd.Series[Any] = public["roles"]
    for row, host in _near_pairs(given, public, _KNOWN_M):
        if kinds[row] in roles[host]:
            metres = float(shapely.distance(points[row], public["point_m"][host]))
            nearest[row] = min(nearest.get(row, (metres, host)), (metres, host))
    for row, (metres, host) in sorted(nearest.items()):
        notes.reported(
            str(given.at[row, "source"]),
            str(given.at[row, "vintage"]),
            str(given.at[row, "site_id"]),
            "lieu peut-être déjà connu",
            f"« {given.at[row, 'nom']!s} » est à {whole(metres)}\u00a0m de "
            f"« {public.at[host, 'nom']!s} » ({public.at[host, 'site_id']!s}), de même type : s’il "
            "s’agit du même lieu, retirez-le de votre fichier.",
        )
