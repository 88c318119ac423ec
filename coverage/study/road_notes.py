"""What the roads could not do, told in the quality table: nobody disappears in silence."""

from __future__ import annotations

import geopandas as gpd
import shapely

from coverage.model.notes import Notes
from coverage.model.params import COST_LIMIT_MINUTES
from coverage.model.words import whole
from coverage.network.result import TravelTimes
from coverage.network.snap import DEMAND_CAP_M

_SOURCE = "temps de trajet"
#: How far around a territory its neighbours are looked at, and the share of them that may have no
#: road before the network is said to end at the border.
_AROUND_M = 20_000.0
_MOST_WITHOUT_ROAD = 0.2
_REASONS = {
    "off_road": ("habitants loin de toute route", "aucune route carrossable à proximité"),
    "no_site": ("habitants hors d'atteinte", f"aucun lieu à moins de {COST_LIMIT_MINUTES} min"),
}


def note_roads(notes: Notes, told: tuple[str, ...], vintage: str) -> None:
    """Add what the reader of the road file says of it (French sentences)."""
    for detail in told:
        notes.reported(_SOURCE, vintage, "réseau", "remarque sur le réseau", detail)


def note_times(notes: Notes, times: TravelTimes, vintage: str) -> None:
    """Add who and what the travel times leave out, counted in persons, commune by commune."""
    unreached = times.unreached_demand
    for (reason, code), group in unreached.groupby(["reason", "code_insee"], sort=True):
        issue, why = _REASONS[str(reason)]
        detail = f"{whole(group['persons'].sum())} habitants : {why}. Ils comptent non couverts."
        notes.reported(_SOURCE, vintage, str(code), issue, detail)
    sites = times.unsnapped_sites
    for site_id, nom, walk_m in zip(sites["site_id"], sites["nom"], sites["walk_m"], strict=True):
        detail = f"{nom} est à {whole(walk_m)} m de la route la plus proche."
        notes.reported(_SOURCE, vintage, site_id, "lieu loin de toute route", detail)
    flagged = times.flagged_demand
    for code, walk_m in zip(flagged["code_insee"], flagged["walk_m"], strict=True):
        detail = f"Habitants placés au centre de la commune, à {whole(walk_m)} m d'une route."
        notes.reported(_SOURCE, vintage, code, "habitants au centroïde", detail)
    dropped = times.dropped_components
    if len(dropped):
        detail = (
            f"{whole(len(dropped))} morceaux du réseau laissés de côté, "
            f"{whole(dropped['nodes'].sum())} carrefours, "
            "sans liaison aller et retour avec le reste."
        )
        notes.reported(_SOURCE, vintage, "réseau", "routes isolées", detail)


def note_border(
    notes: Notes,
    outside: gpd.GeoDataFrame,
    outline: gpd.GeoDataFrame,
    nodes: gpd.GeoDataFrame,
    vintage: str,
    *,
    metric_epsg: int,
) -> None:
    """Say that the roads end at the border, where they leave the people around without any.

    ``outside`` (contract table) are these people, ``outline`` is the territory's polygon, ``nodes``
    are the network's. Told when more than a fifth of those who live within 20 km of the territory
    have no node within ``DEMAND_CAP_M`` of their point: they reach no place, so that the
    territory's people share its places with too few.
    """
    home = shapely.union_all(outline.geometry.to_crs(metric_epsg).to_numpy())
    points = outside.geometry.to_crs(metric_epsg).to_numpy()
    near = shapely.dwithin(points, home, _AROUND_M)
    tree = shapely.STRtree(nodes.geometry.to_crs(metric_epsg).to_numpy())
    on_road, _ = tree.query(points, predicate="dwithin", distance=DEMAND_CAP_M)
    lost = near.copy()
    lost[on_road] = False
    persons = outside["persons"].to_numpy(float)
    around, without = persons[near].sum(), persons[lost].sum()
    if without > _MOST_WITHOUT_ROAD * around:
        detail = (
            f"Le réseau s’arrête à la limite du territoire\u00a0: {whole(without)} des "
            f"{whole(around)} habitants qui vivent à moins de {whole(_AROUND_M / 1000)}\u00a0km "
            "autour n’y ont aucune route. Ils ne comptent pas parmi ceux qui partagent les lieux, "
            "l’accès près de la limite est optimiste."
        )
        notes.reported(_SOURCE, vintage, "réseau", "réseau coupé à la limite", detail)
