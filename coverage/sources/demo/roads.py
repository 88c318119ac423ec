"""The roads: from the motorway to the dead end, with the river's few bridges."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra

from coverage.sources.demo.land import CITY, TOWNS, Land, ruggedness
from coverage.sources.demo.people import Settlement
from coverage.sources.demo.plane import Numbers, Points, chords, nearest
from coverage.sources.demo.streets import Pairs, in_one_piece, junctions, links

_MOTORWAY_KM = ((9, -40), (7, -24), (5, -12), (1, -3), (0.5, 6), (2, 15), (3, 24), (6, 40))
_MOTORWAY_STEP_M = 2_500.0
#: Roads that carry more traffic draw more of it: how much shorter they seem to a road builder.
_DRAW = {"trunk": 0.6, "primary": 0.65, "secondary": 0.75, "tertiary": 0.85}
_ONE_WAY_RADIUS_M, _ONE_WAY_SHARE = 950.0, 0.45


@dataclass(frozen=True)
class Roads:
    """Junctions and the roads between them.

    ``commune`` is the land's number of the commune that a junction lies in; ``pairs`` the two
    ends of each road, passable both ways unless ``oneway`` (then from first to second);
    ``maxspeed`` is empty where no sign stands.
    """

    xy: Points
    commune: Numbers
    pairs: Pairs
    highway: NDArray[np.object_]
    length_m: NDArray[np.float64]
    oneway: NDArray[np.bool_]
    bridge: NDArray[np.bool_]
    maxspeed: NDArray[np.object_]

    def street_junctions(self) -> NDArray[np.bool_]:
        """Tell which junctions are touched by a residential street: where people live."""
        touched = np.zeros(len(self.xy), dtype=bool)
        touched[self.pairs[self.highway == "residential"].ravel()] = True
        return touched


def build_roads(land: Land, people: Settlement, rng: np.random.Generator) -> Roads:
    """Build the whole network; all of it hangs together, but for the islet's lanes."""
    xy, built = junctions(land, people, rng)
    pairs, bridge = links(land, xy, built, rng)
    joined = in_one_piece(pairs, len(xy))
    new_number = np.cumsum(joined) - 1
    kept = joined[pairs].all(axis=1)
    pairs, bridge = new_number[pairs[kept]], bridge[kept]
    xy, built = xy[joined], built[joined]
    commune = _communes_at(land, xy)
    highway = _classes(land, people, xy, pairs, built, commune)
    roads = Roads(
        xy=xy,
        commune=commune,
        pairs=pairs,
        highway=highway,
        length_m=_lengths(xy, pairs, rng),
        oneway=np.zeros(len(pairs), dtype=bool),
        bridge=bridge,
        maxspeed=_signs(land, xy, pairs, highway),
    )
    roads = _with_motorway(_with_islet(roads, land, rng), land, rng)
    return _with_one_way_streets(roads, land, rng)


def _communes_at(land: Land, xy: Points) -> Numbers:
    """Return the commune each point lies in (the nearest bourg's where simplifying cut it off)."""
    found = nearest(xy, land.centres)
    point, commune = shapely.STRtree(land.shapes).query(shapely.points(xy), predicate="within")
    found[point] = commune
    return found


def _lengths(xy: Points, pairs: Pairs, rng: np.random.Generator) -> NDArray[np.float64]:
    """Roads wind: a little in the plain, much in the mountains. Lengths in metres."""
    middle = xy[pairs].mean(axis=1)
    winding = 1.02 + rng.uniform(0, 0.08, len(pairs)) + 0.5 * ruggedness(middle) ** 1.5
    straight = shapely.length(chords(xy, pairs))
    winding[straight < 400] = 1.01
    metres: NDArray[np.float64] = (straight * winding).round(1)
    return metres


def _classes(
    land: Land,
    people: Settlement,
    xy: Points,
    pairs: Pairs,
    built: NDArray[np.bool_],
    commune: Numbers,
) -> NDArray[np.object_]:
    """Rank the roads as builders do: the best where the most important places are joined."""
    bourg = nearest(land.centres, xy)
    rank = np.full(len(pairs), "", dtype=object)
    upstream, downstream, south, lonely = TOWNS
    order = [p for p in np.argsort(-people.population, kind="stable") if p > lonely]
    relay = [CITY, *TOWNS, *order[:14]]
    journeys = {
        "trunk": [(CITY, upstream), (CITY, downstream)],
        "primary": [(CITY, south), (CITY, lonely), (upstream, south), (south, downstream)],
        "secondary": [(p, q) for p in order[:14] for q in _closest(land, p, [CITY, *TOWNS], 2)],
        "tertiary": [(p, q) for p in order for q in _closest(land, p, relay, 2)]
        + [(p, q) for p in order for q in _closest(land, p, order, 2)],
    }
    cost = shapely.length(chords(xy, pairs))
    for name, trips in journeys.items():
        used = _roads_used(pairs, cost, len(xy), [(bourg[p], bourg[q]) for p, q in trips])
        new = used & (rank == "")
        rank[new] = name
        cost[new] *= _DRAW[name]
    street = built[pairs].all(axis=1) & (shapely.length(chords(xy, pairs)) < 600)
    street &= ~np.isin(commune[pairs], people.bare).any(axis=1)
    rank[(rank == "") & street] = "residential"
    rank[rank == ""] = "unclassified"
    return rank


def _closest(land: Land, place: int, others: list[int], count: int) -> list[int]:
    away = [q for q in others if q != place]
    distance = np.hypot(*(land.centres[away] - land.centres[place]).T)
    return [away[position] for position in np.argsort(distance, kind="stable")[:count]]


def _roads_used(
    pairs: Pairs, cost: NDArray[np.float64], size: int, trips: list[tuple[int, int]]
) -> NDArray[np.bool_]:
    """Tell which roads lie on the best route of one of the trips."""
    graph = coo_array((cost, (pairs[:, 0], pairs[:, 1])), shape=(size, size)).tocsr()
    starts = sorted({start for start, _ in trips})
    _, before = dijkstra(graph, directed=False, indices=starts, return_predecessors=True)
    number = {(a, b): road for road, (a, b) in enumerate(np.sort(pairs, axis=1).tolist())}
    used = np.zeros(len(pairs), dtype=bool)
    for start, end in trips:
        back = before[starts.index(start)]
        while (previous := back[end]) >= 0:
            used[number[(min(end, previous), max(end, previous))]] = True
            end = previous
    return used


def _signs(
    land: Land, xy: Points, pairs: Pairs, highway: NDArray[np.object_]
) -> NDArray[np.object_]:
    """Speed signs, only where a driver could reach that speed."""
    sign = np.full(len(pairs), "", dtype=object)
    sign[highway == "trunk"] = "90"
    sign[highway == "primary"] = "80"
    middle = xy[pairs].mean(axis=1)
    through = np.isin(highway, list(_DRAW))
    for town in (CITY, *TOWNS):
        reach = 2_700 if town == CITY else 1_250
        sign[through & (np.hypot(*(middle - land.centres[town]).T) < reach)] = "50"
    centre = np.hypot(*(middle - land.centres[CITY]).T) < _ONE_WAY_RADIUS_M
    sign[centre & (highway == "residential")] = "30"
    return sign


def _joined(
    roads: Roads,
    xy: Points,
    commune: Numbers,
    pairs: Pairs,
    length_m: NDArray[np.float64],
    *,
    highway: str,
    oneway: bool = False,
    maxspeed: str = "",
    bridge: NDArray[np.bool_] | None = None,
) -> Roads:
    """Return the roads with further junctions and roads at the end of the lists."""
    count = len(pairs)
    bridges = np.zeros(count, dtype=bool) if bridge is None else bridge
    return replace(
        roads,
        xy=np.vstack([roads.xy, xy]),
        commune=np.concatenate([roads.commune, commune]),
        pairs=np.vstack([roads.pairs, pairs]),
        length_m=np.concatenate([roads.length_m, length_m.round(1)]),
        highway=np.concatenate([roads.highway, np.full(count, highway, dtype=object)]),
        oneway=np.concatenate([roads.oneway, np.full(count, oneway)]),
        bridge=np.concatenate([roads.bridge, bridges]),
        maxspeed=np.concatenate([roads.maxspeed, np.full(count, maxspeed, dtype=object)]),
    )


def _with_islet(roads: Roads, land: Land, rng: np.random.Generator) -> Roads:
    """Add the islet's one street, which no road joins to the rest."""
    middle = np.array(land.islet.representative_point().coords[0])
    steps = np.arange(6)[:, None] * (190.0, 60.0) - (475.0, 150.0)
    xy = (middle + steps + rng.uniform(-50, 50, steps.shape)).round(1)
    pairs = np.column_stack([np.arange(5), np.arange(1, 6)]) + len(roads.xy)
    length_m = 1.01 * np.hypot(*np.diff(xy, axis=0).T)
    commune = np.full(len(xy), land.islet_of)
    return _joined(roads, xy, commune, pairs, length_m, highway="residential")


def _with_motorway(roads: Roads, land: Land, rng: np.random.Generator) -> Roads:
    """Add the motorway, one carriageway each way, and its four interchanges."""
    line = shapely.intersection(shapely.LineString(1_000 * np.array(_MOTORWAY_KM)), land.mainland)
    line = max(shapely.get_parts(line), key=shapely.length)
    along = np.linspace(200, line.length - 200, round(line.length / _MOTORWAY_STEP_M) + 1)
    xy = shapely.get_coordinates(shapely.line_interpolate_point(line, along))
    xy = (xy + rng.uniform(-300, 300, xy.shape)).round(1)
    first = len(roads.xy)
    up = np.column_stack([np.arange(len(xy) - 1), np.arange(1, len(xy))]) + first
    carriageways = np.vstack([up, up[::-1, ::-1]])
    every = np.vstack([roads.xy, xy])
    lines = chords(every, carriageways)
    wider = _joined(
        roads,
        xy,
        _communes_at(land, xy),
        carriageways,
        1.02 * shapely.length(lines),
        highway="motorway",
        oneway=True,
        bridge=shapely.intersects(lines, land.river),
        maxspeed="130",
    )
    return _with_interchanges(wider, land, roads, xy, first)


def _with_interchanges(wider: Roads, land: Land, roads: Roads, xy: Points, first: int) -> Roads:
    """Link the motorway's points near the city and the south, and its ends, to other roads."""
    good = np.unique(roads.pairs[np.isin(roads.highway, ["trunk", "primary", "secondary"])])
    plain = np.unique(roads.pairs[np.isin(roads.highway, ["tertiary", "unclassified"])])
    exits = (
        (0, plain),
        (_nearest(xy, land.centres[TOWNS[2]]), good),
        (_nearest(xy, land.centres[CITY] + (4_500, -3_500)), good),
        (len(xy) - 1, plain),
    )
    ramps: Pairs = np.array(
        [(here, offers[_nearest(roads.xy[offers], xy[here])]) for here, offers in exits],
        dtype=np.intp,
    )
    gap_m = np.hypot(*(xy[ramps[:, 0]] - roads.xy[ramps[:, 1]]).T)
    none = np.empty(0, dtype=np.intp)
    return _joined(
        wider,
        np.empty((0, 2)),
        none,
        ramps + np.array([first, 0]),
        1.1 * gap_m + 150,
        highway="motorway_link",
    )


def _nearest(xy: Points, place: Points) -> int:
    return int(np.argmin(np.hypot(*(xy - place).T)))


def _with_one_way_streets(roads: Roads, land: Land, rng: np.random.Generator) -> Roads:
    """Make streets of the city's centre one-way, as long as every place can still be left."""
    middle = roads.xy[roads.pairs].mean(axis=1)
    central = np.hypot(*(middle - land.centres[CITY]).T) < _ONE_WAY_RADIUS_M
    streets = rng.permutation(np.flatnonzero(central & (roads.highway == "residential")))
    oneway, pairs = roads.oneway.copy(), roads.pairs.copy()
    parts = _strong_parts(pairs, oneway, len(roads.xy))
    for street in streets[: round(_ONE_WAY_SHARE * len(streets))]:
        if rng.uniform() < 0.5:
            pairs[street] = pairs[street, ::-1]
        oneway[street] = True
        oneway[street] = _strong_parts(pairs, oneway, len(roads.xy)) == parts
    return replace(roads, pairs=pairs, oneway=oneway)


def _strong_parts(pairs: Pairs, oneway: NDArray[np.bool_], size: int) -> int:
    arcs = np.vstack([pairs, pairs[~oneway][:, ::-1]])
    graph = coo_array((np.ones(len(arcs), dtype=np.int8), arcs.T), shape=(size, size))
    return int(connected_components(graph.tocsr(), connection="strong")[0])
