"""Travel times on a planner's own roads, between her own points; no territory needed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import KDTree

from coverage.base.crs import utm_epsg
from coverage.base.errors import UserError
from coverage.base.progress import Progress, part, silent
from coverage.model.words import whole
from coverage.network.components import ReadyNetwork, strong_components
from coverage.network.graph import RoadGraph
from coverage.network.result import NO_SITE, OFF_ROAD, costs_table
from coverage.network.roads import read_roads
from coverage.network.snap import EdgeIndex, Snap, metric_points, snap
from coverage.network.times import costs_between

#: The two sides of a trip.
FROM, TO = "from", "to"
#: Why a place has no time at all: no home reaches it.
NO_HOME = "no_home"

#: A wider network has metres in no single UTM zone (some per cent too long at its sides).
_WIDEST_DEG = 30.0
_SURROUNDINGS_M = 50_000.0
_EARTH_RADIUS_M = 6_371_009.0

F64 = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class OwnPoints:
    """Points that a user gave: ``table`` is what ``read_points`` returns, ``file`` its name.

    ``side`` says where they stand in a trip (FROM, TO); those further than ``cap_m`` metres from
    any road are out of reach.
    """

    table: gpd.GeoDataFrame
    file: str
    side: str
    cap_m: float


@dataclass(frozen=True, eq=False)
class OwnTimes:
    """Times from the homes to the places, and who is in none of them.

    ``costs``: contract table, sorted by ``demand_id`` then ``site_id``. ``out_of_reach``:
    ``side`` (FROM, TO), ``id``, ``reason``, ``road_m``; the reason is ``off_road`` (no road
    within the cap), ``no_site`` (no place within the limit) or ``no_home`` (no home reaches this
    place in time); ``road_m`` are the metres to the nearest road. ``dropped``: ``nodes, points,
    lon, lat`` of the parts of the network left out, points being the homes and places that were
    nearest to them.
    ``notes``: what the reader of the roads says (French sentences).
    """

    costs: pd.DataFrame
    out_of_reach: pd.DataFrame
    dropped: pd.DataFrame
    notes: tuple[str, ...]


def own_times(
    roads: Path,
    homes: OwnPoints,
    places: OwnPoints,
    limit_s: int,
    *,
    mode: str = "drive",
    progress: Progress = silent,
) -> OwnTimes:
    """Return the times from each home to each place that it reaches within ``limit_s`` (``<=``).

    ``homes`` are on the side FROM, ``places`` on the side TO. Raises ``SourceError`` for roads
    that can't be read, ``UserError`` where they are of another territory than the points.
    """
    progress(0.0, "Lecture des routes")
    graph = read_roads(roads, mode)
    frame = _Frame.of(graph, roads.name)
    near = [_near(graph, frame, points, roads.name) for points in (homes, places)]
    progress(0.4, "Réseau routier")
    graph, nooks = _without_nooks(graph, near, frame.epsg, roads.name)
    network = ReadyNetwork.of(graph, frame.epsg)
    starts, ends = (
        snap(network.index, metric_points(side.table, frame.epsg), cap_m=side.cap_m)
        for side in near
    )
    found = costs_between(network, starts, ends, 10 * limit_s, progress=part(progress, 0.5, 1.0))
    timed = np.diff(found.ptr)
    costs = costs_table(
        near[1].table.rename(columns={"id": "site_id"}),
        near[0].table.rename(columns={"id": "demand_id"}),
        found.row,
        found.item,
        found.ds,
    )
    lost = _lost(near[0], starts, np.unique(found.item), NO_SITE)
    alone = _lost(near[1], ends, np.flatnonzero(timed), NO_HOME)
    return OwnTimes(
        costs=_sorted(costs),
        out_of_reach=pd.concat(
            [
                _listed(graph, homes, near[0], lost, roads.name),
                _listed(graph, places, near[1], alone, roads.name),
            ],
            ignore_index=True,
        ),
        dropped=nooks.reset_index(drop=True),
        notes=graph.notes,
    )


@dataclass(frozen=True)
class _Frame:
    """The rectangle round a network, degrees; ``east`` is more than 180 across the date line."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def of(cls, graph: RoadGraph, file: str) -> _Frame:
        x = graph.x % 360.0 if np.ptp(graph.x) > 180 else graph.x
        if np.ptp(x) > _WIDEST_DEG:
            raise UserError(
                f"Le réseau « {file} » s'étend sur {whole(np.ptp(x))} degrés de longitude : les "
                "distances y seraient fausses. Donnez un extrait par territoire."
            )
        return cls(*(float(v) for v in (x.min(), graph.y.min(), x.max(), graph.y.max())))

    @property
    def epsg(self) -> int:
        """The UTM zone of the middle."""
        return utm_epsg((self.west + self.east) / 2, (self.south + self.north) / 2)

    def holds(self, lon: F64, lat: F64, margin_m: float) -> Flags:
        """Tell which points are in the rectangle or within some metres of it."""
        up = np.degrees(margin_m / _EARTH_RADIUS_M) * 1.01
        across = up / max(np.cos(np.radians(max(abs(self.south), abs(self.north)))), 1e-6)
        east = (lon - self.west + across) % 360.0
        inside = (east <= self.east - self.west + 2 * across) & (lat >= self.south - up)
        return np.asarray(inside & (lat <= self.north + up))


def _near(graph: RoadGraph, frame: _Frame, points: OwnPoints, roads: str) -> OwnPoints:
    """Return the points that may be near a road; raises ``UserError`` where there are none.

    The others needn't be looked for among the edges, whatever their number, and may have no
    coordinates in the zone of the roads. A point far away whose mirror (lon for lat) lies among
    the roads or in their surroundings can't be meant as it stands, and is refused.
    """
    lon, lat = (axis.to_numpy() for axis in (points.table.geometry.x, points.table.geometry.y))
    inside = frame.holds(lon, lat, points.cap_m)
    swapped = frame.holds(lat, lon, _SURROUNDINGS_M) & ~frame.holds(lon, lat, _SURROUNDINGS_M)
    if swapped.any():
        line = points.table["line"].to_numpy()[int(np.argmax(swapped))]
        more = int(swapped.sum()) - 1
        others = f" (et {whole(more)} autre{'s' if more > 1 else ''})" if more else ""
        raise UserError(
            f"« {points.file} », ligne {line}{others} : lon et lat sont inversées, le point n'est "
            "près du réseau routier qu'une fois échangées. Échangez les deux colonnes."
        )
    table = points.table[inside].reset_index(drop=True)
    if table.empty:
        raise _elsewhere(points, roads, _junction_m(graph, lon, lat).min())
    return OwnPoints(table, points.file, points.side, points.cap_m)


def _junction_m(graph: RoadGraph, lon: F64, lat: F64) -> F64:
    """Return the great-circle metres from each point to the nearest node of the network."""
    tree = KDTree(_on_sphere(graph.x, graph.y))
    chord, _ = tree.query(_on_sphere(lon, lat))
    return np.asarray(2 * _EARTH_RADIUS_M * np.arcsin(np.minimum(chord / 2, 1.0)))


def _on_sphere(lon: F64, lat: F64) -> F64:
    phi, theta = np.radians(lat), np.radians(lon)
    return np.column_stack((np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)))


def _elsewhere(points: OwnPoints, roads: str, nearest_m: float) -> UserError:
    """Return the error for points of which not one is near a road."""
    if not np.isfinite(nearest_m):
        return UserError(
            f"« {roads} » n'a aucune route où s'arrêter (autoroutes et ferries n'en sont pas). "
            "Donnez un réseau routier complet."
        )
    metres = f"{whole(nearest_m / 1000)} km" if nearest_m >= 10_000 else f"{whole(nearest_m)} m"
    return UserError(
        f"Aucun point de « {points.file} » n'est à moins de {whole(points.cap_m)} m d'une route de "
        f"« {roads} » (le plus proche en est à {metres}). Donnez le réseau routier du même "
        f"territoire, ou élargissez avec --cap-{points.side}."
    )


def _without_nooks(
    graph: RoadGraph, sides: list[OwnPoints], epsg: int, file: str
) -> tuple[RoadGraph, pd.DataFrame]:
    """Drop the parts of the network that nobody needs; return the rest, and them.

    One home among forty on a fenced yard would be more than 1 % of the demand, and would stay
    shut in. So a part (strongly connected) other than the largest stays only where one of her
    points has no road of the largest within its cap: an island. Raises ``UserError`` where no
    part has two nodes.
    """
    labels = strong_components(graph)
    nodes = np.bincount(labels)
    if nodes.max() == 1:
        raise UserError(
            f"Aucune route de « {file} » ne permet l'aller et le retour : tout y est à sens "
            "unique. Donnez un réseau routier complet."
        )
    keep = np.arange(nodes.size) == nodes.argmax()
    every = EdgeIndex.build(graph.within_parts(labels), epsg)
    largest = EdgeIndex.build(graph.restricted(keep[labels]), epsg)
    points = np.zeros(nodes.size, dtype=np.int64)
    for side in sides:
        xy = metric_points(side.table, epsg)
        edge, _, metres = every.nearest(xy)
        on_road = metres <= side.cap_m
        part_of_point = labels[every.ends[edge[on_road], 0]]
        points += np.bincount(part_of_point, minlength=nodes.size)
        alone = largest.nearest(xy[on_road])[2] > side.cap_m
        keep[part_of_point[alone]] = True
    parts = pd.DataFrame(
        {
            "nodes": nodes,
            "points": points,
            "lon": np.bincount(labels, weights=graph.x) / nodes,
            "lat": np.bincount(labels, weights=graph.y) / nodes,
        }
    )
    return graph.restricted(keep[labels]), parts[~keep]


def _lost(points: OwnPoints, at: Snap, timed: NDArray[np.integer], why: str) -> pd.DataFrame:
    """Return ``reason`` and ``road_m`` of the points that are in no trip, by id."""
    told = pd.DataFrame(
        {"reason": np.where(at.snapped, why, OFF_ROAD), "road_m": at.walk_m},
        index=pd.Index(points.table["id"]),
    )
    return told.drop(index=told.index[timed])


def _listed(
    graph: RoadGraph, points: OwnPoints, near: OwnPoints, lost: pd.DataFrame, roads: str
) -> pd.DataFrame:
    """Return those of the points that are out of reach, in the order of their file.

    ``lost`` has ``reason`` and ``road_m`` of the ``near`` ones, by id; the others are told with
    the metres to the nearest junction. Raises ``UserError`` where not one is near a road.
    """
    table = points.table
    told = lost.reindex(table["id"])
    reason, road_m = told["reason"].to_numpy(dtype=object), told["road_m"].to_numpy(dtype=float)
    away = ~table["id"].isin(near.table["id"]).to_numpy()
    if away.any():
        where = table.geometry[away]
        reason[away] = OFF_ROAD
        road_m[away] = _junction_m(graph, where.x.to_numpy(), where.y.to_numpy())
    if (reason == OFF_ROAD).all():
        raise _elsewhere(points, roads, road_m.min())
    listed = pd.DataFrame({"side": points.side, "id": table["id"], "reason": reason})
    return listed.assign(road_m=road_m)[listed["reason"].notna()]


def _sorted(costs: pd.DataFrame) -> pd.DataFrame:
    """Return the costs by demand point then site, in the order of their ids as text."""

    def rank(ids: pd.Series[str]) -> NDArray[np.int64]:
        ranks = np.argsort(np.argsort(ids.cat.categories.to_numpy()))
        return np.asarray(ranks[ids.cat.codes.to_numpy()])

    order = np.lexsort((rank(costs["site_id"]), rank(costs["demand_id"])))
    return costs.iloc[order].reset_index(drop=True)
