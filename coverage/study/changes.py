"""As if: the layers of a territory with places closed and contact points opened."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pandas.api.types import union_categoricals
from shapely.geometry import Point

from coverage.base.crs import WGS84, metric_epsg, territory_name
from coverage.base.errors import UserError
from coverage.base.files import sha256_of
from coverage.model.params import COST_LIMIT_MINUTES
from coverage.network.result import TravelTimes
from coverage.network.snap import SITE_CAP_M
from coverage.study.layers import COSTS_OF, NEIGHBOUR, Layers
from coverage.study.road_memory import territory_networks
from coverage.study.travel import Travel

#: What an opened point is: the lightest form of contact point, a counter in a shop. The three
#: forms count alike in the legal test, and none of them gives help by itself; this one comes last
#: of them where a plan must choose between equal places.
OPENED_KIND = "relais_poste"
_OPENED_SOURCE = "ouvert"

#: Outlines are simplified: a point as near to a commune as this (a kilometre), on a quay, is in it.
_SHORE_DEG = 0.01
#: Ids told to someone who gave one that isn't there.
_TOLD_IDS = 3
#: The tables of ways and their columns of site ids.
_SITE_IDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys((*COSTS_OF.values(), "costs_outside", "distances"), ("site_id",)),
    "links": ("from_id", "to_id"),
}


def changed(
    layers: Layers, closed: tuple[str, ...], opened: tuple[tuple[float, float], ...]
) -> Layers:
    """Return the layers without the closed sites, and with contact points at the opened places.

    ``closed`` are site ids: the place goes with all its roles. ``opened`` are longitudes and
    latitudes; each becomes a site ``ouvert:1``, ``ouvert:2``…, whose times, distances and links
    are computed as those of the build, on the same roads. Nothing is stored; ``inputs``,
    ``matches`` and ``quality`` stay those of the build.

    Raises ``UserError`` for an id that isn't there, for a point outside the territory's reach,
    and where the road file is gone or has changed since the build.
    """
    if closed:
        layers = _without(layers, closed)
    return _with(layers, opened) if opened else layers


def _without(layers: Layers, closed: tuple[str, ...]) -> Layers:
    for site_id in closed:
        if site_id not in set(layers.sites["site_id"]):
            raise _unknown(layers, site_id)
    kept: dict[str, Any] = {
        table: _kept(getattr(layers, table), closed, columns)
        for table, columns in _SITE_IDS.items()
    }
    return replace(layers, sites=_kept(layers.sites, closed, ("site_id",)), **kept)


def _kept(frame: Any, closed: tuple[str, ...], columns: tuple[str, ...]) -> Any:
    """Return the rows that speak of no closed site."""
    gone = np.zeros(len(frame), dtype=bool)
    for column in columns:
        gone |= frame[column].isin(closed).to_numpy()
    return frame[~gone].reset_index(drop=True)


def _unknown(layers: Layers, site_id: str) -> UserError:
    """Return the error for an id that isn't there, with what may have been meant."""
    joined = layers.matches[layers.matches["decision"] == "joined"]
    kept = joined.loc[joined["other_id"] == site_id, "kept_id"]
    names = layers.sites.set_index("site_id")["nom"]
    near = [site for site in kept if site in names.index]
    near += get_close_matches(site_id, names.index, _TOLD_IDS)
    folded = names.str.casefold()
    near += folded.index[folded.str.contains(site_id.casefold(), regex=False)].to_list()
    told = [f"{site} ({names[site]})" for site in dict.fromkeys(near)][:_TOLD_IDS]
    meant = f" Voulez-vous dire {' ou '.join(told)}\u202f?" if told else ""
    return UserError(
        f"Le lieu «\u00a0{site_id}\u00a0» n’est pas dans {layers.nom} ni autour.{meant} Les "
        "identifiants sont ceux de la carte et des fichiers de lieux."
    )


def _with(layers: Layers, opened: tuple[tuple[float, float], ...]) -> Layers:
    new = _opened_sites(layers, opened)
    networks = None
    if roads := layers.road_file():
        if sha256_of(roads) != layers.inputs["roads"]:
            raise UserError(
                f"Le fichier de routes {roads} a changé depuis la construction. Relancez "
                f"maillage build {territory_name(layers.territory)}"
            )
        networks = territory_networks(roads, layers.communes)
    travel = Travel(layers.territory, layers.communes, layers.demand, networks)
    times = {mode: travel.times(new, mode) for mode in COSTS_OF}
    _check_reached(new, times["drive"], opened)
    ways = {COSTS_OF[mode]: found.costs for mode, found in times.items()}
    ways["costs_outside"] = travel.outside_costs(layers.outside, new)
    ways["distances"] = travel.distances(new)
    ways["links"] = travel.links(new, layers.sites)
    sites = pd.concat([layers.sites, new], ignore_index=True)
    joined: dict[str, Any] = {
        table: _joined(getattr(layers, table), more) for table, more in ways.items()
    }
    return replace(layers, sites=sites, **joined)


def _joined(one: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of two tables of ways; ids stay categories."""
    columns: dict[str, Any] = {}
    for column, values in one.items():
        if str(column).endswith("_id"):
            ids = [values.astype("category"), other[column].astype("category")]
            columns[str(column)] = union_categoricals(ids)
        else:
            columns[str(column)] = np.concatenate((values, other[column]))
    return pd.DataFrame(columns)


def _opened_sites(layers: Layers, opened: tuple[tuple[float, float], ...]) -> gpd.GeoDataFrame:
    """Return the rows of ``sites`` for the points opened."""
    rows = []
    for number, (lon, lat) in enumerate(opened, 1):
        code, in_territory = _commune_of(layers, lon, lat)
        told = {
            "site_id": f"{_OPENED_SOURCE}:{number}",
            "nom": f"Point de contact proposé {number}",
            "kind": OPENED_KIND,
            "roles": [OPENED_KIND],
            "told_by": [_OPENED_SOURCE],
            "network": "La Poste",
            "staff": [],
            "tags": [],
            "code_insee": code,
            "in_territory": in_territory,
            "source": _OPENED_SOURCE,
            "vintage": "",
            "geometry": Point(lon, lat),
        }
        rows.append({**dict.fromkeys(layers.sites.columns), **told})
    table = gpd.GeoDataFrame(rows, geometry="geometry", crs=WGS84)
    return table.astype(layers.sites.dtypes.drop("geometry").to_dict())


def _commune_of(layers: Layers, lon: float, lat: float) -> tuple[str, bool]:
    """Return the code of a point's commune and whether it is in the territory.

    Across the border, where no communes are known, the nearest place tells the commune. Raises
    ``UserError`` for a point outside the territory and the départements within its reach.
    """
    epsg = metric_epsg(layers.territory)
    point = gpd.GeoSeries([Point(lon, lat)], crs=WGS84)
    inside = layers.communes.geometry.covers(point[0])
    if inside.any():
        return str(layers.communes["code_insee"][inside].iloc[0]), True
    around = layers.zones[layers.zones["kind"] == NEIGHBOUR]
    if around.geometry.covers(point[0]).any():
        metres = layers.sites.geometry.to_crs(epsg).distance(point.to_crs(epsg)[0])
        return str(layers.sites["code_insee"].iloc[int(metres.argmin())]), False
    away_deg = shapely.distance(layers.communes.geometry.to_numpy(), point[0])
    if away_deg.min() <= _SHORE_DEG:
        return str(layers.communes["code_insee"].iloc[int(away_deg.argmin())]), True
    swapped = layers.communes.geometry.covers(Point(lat, lon)).any()
    what = (
        "longitude et latitude sont inversées, donnez LON,LAT"
        if swapped
        else "donnez un point (LON,LAT) du territoire ou de son voisinage"
    )
    raise UserError(f"Le point {_told(lon, lat)} est hors de {layers.nom}\u00a0: {what}.")


def _check_reached(
    new: gpd.GeoDataFrame, times: TravelTimes, opened: tuple[tuple[float, float], ...]
) -> None:
    """Raise ``UserError`` for an opened point that nobody comes to within the cost limit."""
    reached = set(times.costs["site_id"])
    off_road = set(times.unsnapped_sites["site_id"])
    for site_id, (lon, lat) in zip(new["site_id"], opened, strict=True):
        if site_id in off_road:
            why = f"est à plus de {SITE_CAP_M / 1000:.0f}\u00a0km de toute route"
        else:
            why = f"est à plus de {COST_LIMIT_MINUTES}\u00a0min de tous les habitants"
        if site_id not in reached:
            raise UserError(
                f"Le point {_told(lon, lat)} {why}\u00a0: donnez un point plus près des habitants."
            )


def _told(lon: float, lat: float) -> str:
    return f"{lon:g},{lat:g}"
