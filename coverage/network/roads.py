"""A road file -> the graph with travel times."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from coverage.model.words import whole
from coverage.network.arcs import CLOSED, build_graph, ends, lines, ordered, selected
from coverage.network.graph import RoadGraph, highway_codes
from coverage.network.graphml import read_graphml
from coverage.network.keys import Tags
from coverage.network.overpass import read_overpass
from coverage.network.pbf import read_pbf
from coverage.network.raw import RawRoads, tag_values
from coverage.network.road_file import no_roads, road_format
from coverage.network.speeds import check_mode, deciseconds, speed_table
from coverage.network.tags import Rule, road_rule
from coverage.network.urban import is_urban
from coverage.network.ways import OsmWays, split_ways

if TYPE_CHECKING:
    import geopandas as gpd

_FERRY = highway_codes("ferry")
_NOT_FOR_CARS = highway_codes("pedestrian", "footway", "path", "steps", "cycleway", "bridleway")
_OSM_READERS: dict[str, Callable[[Path, Callable[[Tags], bool]], OsmWays]] = {
    "pbf": read_pbf,
    "overpass": read_overpass,
}
#: Of a mode: the roads, the rules of their tags, what a user must be told.
_Told = tuple[str, RawRoads, list[Rule], tuple[str, ...]]
_TRAVELLERS = {"drive": "aux voitures", "walk": "aux piétons", "bike": "aux vélos"}


def read_roads(
    path: Path, mode: str = "drive", *, urban: gpd.GeoDataFrame | None = None
) -> RoadGraph:
    """Read a road network and give each arc its travel time: free-flow by car, on foot or by bike.

    ``path`` is an OpenStreetMap extract (``.osm.pbf``), a GraphML file of OSMnx (also ``.gz`` and
    ``.bz2``) or an answer of Overpass (``.json``, also ``.gz``). ``urban`` holds the polygons
    (EPSG:4326) of the communes of density level 1-3; without it (None) towns are told by their
    streets (``urban.has_streets``). Roads closed to ``mode`` (drive, walk, bike) are left out;
    ``notes`` of the graph say what else is.

    Raises ``UserError`` for another mode, ``RefusedFileError`` for a file that is not such a
    network, or not whole: a road that passes through points that the file lacks is never cut.
    """
    return read_modes(path, (mode,), urban=urban)[mode]


def read_modes(
    path: Path, modes: Sequence[str], *, urban: gpd.GeoDataFrame | None = None
) -> dict[str, RoadGraph]:
    """Read a road network once for several modes: for each what ``read_roads`` returns."""
    for mode in modes:
        check_mode(mode)
    path = Path(path)
    return {
        mode: _graph(path.name, raw, rules, notes, mode, urban)
        for mode, raw, rules, notes in _told(path, modes)
    }


def _told(path: Path, modes: Sequence[str]) -> Iterator[_Told]:
    """Yield for each mode the roads of a file, the rules of their tags, and what must be told."""
    reader = _OSM_READERS.get(road_format(path))
    if reader is not None:
        rules_of: dict[str, list[Rule]] = {mode: [] for mode in modes}

        def wanted(tags: Tags) -> bool:
            for mode, rules in rules_of.items():
                rules.append(road_rule(tags, mode))
            return any(rules[-1].is_open for rules in rules_of.values())

        ways = reader(path, wanted)  # asked once for each row of its tags, in order
        for mode, rules in rules_of.items():
            raw = split_ways(ways, _is_open(rules)[ways.tag_row])
            yield mode, raw, rules, _left_out(rules, ways.tag_row)
    else:
        raw = read_graphml(path)
        for mode in modes:
            # Its edges tell the directions, motorways' too.
            rules = _rules([{**tags, "oneway": "no"} for tags in raw.tags], mode)
            notes = _left_out(rules, raw.tag_row)
            if mode == "drive" and _is_for_walkers(raw):
                notes += (
                    "Toutes les rues de ce réseau sont à double sens : s'il a été fait pour les "
                    "piétons, les temps en voiture y sont trop courts.",
                )
            yield mode, raw, rules, notes


def _graph(
    name: str,
    raw: RawRoads,
    rules: list[Rule],
    notes: tuple[str, ...],
    mode: str,
    urban: gpd.GeoDataFrame | None,
) -> RoadGraph:
    """Return the graph of the roads that are open to a mode."""
    raw = ordered(_directed(raw, rules, mode))
    low, high = ends(raw)
    # A straight line back to where it started leads nowhere.
    somewhere = (low != high) | (lines(raw) >= 0)
    raw = selected(raw, (raw.forward | raw.backward) & somewhere)
    if not raw.roads:
        raise no_roads(name, f"ouverte {_TRAVELLERS[mode]}")
    highway = np.array([rule.highway for rule in rules], dtype=np.int8)[raw.tag_row]
    forward_ds, backward_ds = _times(raw, rules, highway, mode, urban)
    if mode != "drive" and not np.isin(highway, _NOT_FOR_CARS).any():
        notes += (
            "Ce réseau ne décrit que les routes des voitures : les chemins et les pistes manquent, "
            "les temps à pied ou à vélo sont approchés.",
        )
    return build_graph(raw, highway, forward_ds, backward_ds, mode=mode, notes=notes)


def _is_for_walkers(raw: RawRoads) -> bool:
    """Tell whether a network of OSMnx has ways for walkers only, and not one one-way street."""
    on_foot = {"footway", "steps"}
    if not any(on_foot & set(tag_values(tags.get("highway", ""))) for tags in raw.tags):
        return False
    low, high = ends(raw)
    there = (low * raw.nodes + high)[raw.forward], (low * raw.nodes + high)[raw.backward]
    back = (high * raw.nodes + low)[raw.forward], (high * raw.nodes + low)[raw.backward]
    return np.array_equal(
        np.unique(np.concatenate((there[0], back[1]))),
        np.unique(np.concatenate((back[0], there[1]))),
    )


def _rules(tags: list[Tags], mode: str) -> list[Rule]:
    return [road_rule(of_road, mode) for of_road in tags]


def _is_open(rules: list[Rule]) -> NDArray[np.bool_]:
    return np.array([rule.is_open for rule in rules], dtype=bool)


def _directed(raw: RawRoads, rules: list[Rule], mode: str) -> RawRoads:
    """Return the roads with the directions that the file and the rules leave open.

    Who walks may turn round anywhere, whatever a network made for cars says.
    """
    forward, backward = raw.forward, raw.backward
    if mode == "walk":
        forward = backward = forward | backward
    is_open = _is_open(rules)
    onward = is_open & np.array([rule.forward for rule in rules], dtype=bool)
    back = is_open & np.array([rule.backward for rule in rules], dtype=bool)
    return replace(
        raw, forward=forward & onward[raw.tag_row], backward=backward & back[raw.tag_row]
    )


def _left_out(rules: list[Rule], tag_row: NDArray[np.int32]) -> tuple[str, ...]:
    """Return what must be told of the ways that were left out for want of a rule."""
    counts = np.bincount(tag_row, minlength=len(rules))

    def ways(why: str) -> int:
        return int(sum(counts[row] for row, rule in enumerate(rules) if rule.left_out == why))

    notes = []
    if ferries := ways("ferry"):
        notes.append(
            f"Lignes de ferry sans durée de traversée (duration), laissées de côté : "
            f"{whole(ferries)}."
        )
    if by_the_hour := ways("by_the_hour"):
        notes.append(
            f"Routes dont le sens change selon l'heure, laissées de côté : {whole(by_the_hour)}."
        )
    if trunks := ways("trunk"):
        notes.append(
            "Voies express (trunk) laissées de côté à pied ou à vélo, faute de trottoir, de bande "
            f"cyclable ou d'autorisation : {whole(trunks)}."
        )
    return tuple(notes)


def _times(
    raw: RawRoads,
    rules: list[Rule],
    highway: NDArray[np.int8],
    mode: str,
    urban: gpd.GeoDataFrame | None,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the times of roads in both directions, deciseconds, CLOSED where there is none."""
    junction = _is_junction(raw)
    in_town = is_urban(raw, highway, junction, urban).astype(np.intp)
    every = np.arange(raw.roads)
    kmh = np.array([rule.kmh for rule in rules])[raw.tag_row][every, in_town]
    delay_s = np.array(speed_table().modes[mode].delay_s)[in_town]
    crossing_s = np.array([rule.duration_s or 0.0 for rule in rules])[raw.tag_row]
    crossing_ds = np.rint(10 * crossing_s * raw.length_m / np.maximum(raw.way_m, 1e-9))
    low, high = ends(raw)

    def times(end: NDArray[np.int64], there: NDArray[np.bool_]) -> NDArray[np.int32]:
        by_road = deciseconds(raw.length_m, kmh, delay_s * junction[end])
        by_sea = np.isin(highway, _FERRY)
        return np.where(there, np.where(by_sea, crossing_ds, by_road), CLOSED).astype(np.int32)

    return times(high, raw.forward), times(low, raw.backward)


def _is_junction(raw: RawRoads) -> NDArray[np.bool_]:
    """Tell the nodes where at least three roads end, roads along the same line counted once."""
    low, high = ends(raw)
    each = np.unique(np.column_stack((low, high, lines(raw))), axis=0)
    return np.bincount(each[:, :2].ravel(), minlength=raw.nodes) >= 3
