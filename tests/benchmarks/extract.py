"""Corsica as an .osm.pbf extract, written from OSMnx's GraphML so that the engines can read it.

Only what the GraphML holds goes in: nodes, and a way for each edge (one for both directions) with
its class, direction, limit and access. Turn restrictions, signals and barriers, which the engines
would use, are not there. Where an edge is longer than the line between its ends and its bends are
not in the file, teeth in its middle make up for the length; near its ends it stays straight, so
that the angles at junctions, which the engines charge for, stay what they were.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import osmium
from osmium.osm.mutable import Node, Way

import coverage.base.jit  # isort: skip  # noqa: F401
import networkx as nx
import osmnx

from tests.benchmarks.settings import Settings

_METRES_PER_DEGREE = 111_195.0
#: Where the teeth of a road begin and end, as shares of the line between its ends.
_TEETH = 0.2, 0.8
_TOOTH_M = 60.0
_MOST_TEETH = 20
_TAGS = "highway", "maxspeed", "access", "junction", "name", "ref", "bridge", "tunnel", "lanes"


def load(settings: Settings) -> Path:
    """Return the extract of Corsica, written once into the cache."""
    file = settings.folder("extracts") / "corsica.osm.pbf"
    if not file.is_file():
        part = file.with_name("part-" + file.name)
        part.unlink(missing_ok=True)
        write(osmnx.load_graphml(settings.corsica), part)
        part.replace(file)
    return file


def write(network: nx.MultiDiGraph, file: Path) -> None:
    """Write a network of OSMnx as an extract: nodes first, in the order of their numbers."""
    places = {node: (at["x"], at["y"]) for node, at in network.nodes(data=True)}
    number = max(places)
    ways = []
    for start, end, edge, both in roads(network):
        refs = [start]
        for bend in bends(places[start], places[end], edge):
            number += 1
            places[number] = bend
            refs.append(number)
        ways.append(([*refs, end], tags(edge, both=both)))
    with osmium.SimpleWriter(str(file)) as writer:
        for node in sorted(places):
            writer.add_node(Node(id=node, version=1, location=places[node]))
        for k, (refs, tagged) in enumerate(ways):
            writer.add_way(Way(id=k + 1, version=1, nodes=refs, tags=tagged))


def roads(network: nx.MultiDiGraph) -> Iterator[tuple[int, int, dict[str, Any], bool]]:
    """Go through the edges, taking a road of both directions once, and say whether it is one.

    An edge and the edge back, equally long and of one class, are one road. What the edges say of
    themselves (``oneway``) is not looked at: here it is written on all of them.
    """
    waiting: dict[tuple[int, int, float, str], list[dict[str, Any]]] = {}
    for start, end, edge in network.edges(data=True):
        if start == end:
            continue  # A loop is on nobody's fastest route, and without bends it is no way.
        kind = round(edge["length"], 1), str(edge["highway"])
        there = waiting.get((end, start, *kind))
        if there:
            yield end, start, there.pop(), True
        else:
            waiting.setdefault((start, end, *kind), []).append(edge)
    for (start, end, *_), left in waiting.items():
        for edge in left:
            yield start, end, edge, False


def bends(
    start: tuple[float, float], end: tuple[float, float], edge: dict[str, Any]
) -> list[tuple[float, float]]:
    """Return the points between the ends of a road, which make it as long as it says."""
    if "geometry" in edge:
        return list(edge["geometry"].coords)[1:-1]
    east = math.cos(math.radians((start[1] + end[1]) / 2)) * _METRES_PER_DEGREE
    along = (end[0] - start[0]) * east, (end[1] - start[1]) * _METRES_PER_DEGREE
    line_m = math.hypot(*along)
    missing_m = float(edge["length"]) - line_m
    if missing_m < 0.005 * line_m or line_m < 1:
        return []
    begin, stop = _TEETH
    teeth = min(_MOST_TEETH, math.ceil(missing_m / _TOOTH_M))
    base_m = (stop - begin) * line_m / teeth
    height_m = math.sqrt(((base_m + missing_m / teeth) ** 2 - base_m**2) / 4)
    aside = -along[1] / line_m * height_m / east, along[0] / line_m * height_m / _METRES_PER_DEGREE
    points = []
    for step in range(2 * teeth + 1):
        share = begin + (stop - begin) * step / (2 * teeth)
        side = (0, 1, 0, -1)[step % 4]
        points.append(
            (
                start[0] + share * (end[0] - start[0]) + side * aside[0],
                start[1] + share * (end[1] - start[1]) + side * aside[1],
            )
        )
    return points


def tags(edge: dict[str, Any], *, both: bool) -> dict[str, str]:
    """Return an edge's tags as an extract holds them; of merged values the first."""
    found = {
        key: str(edge[key][0] if isinstance(edge[key], list) else edge[key])
        for key in _TAGS
        if key in edge
    }
    found["oneway"] = "no" if both else "yes"
    return found
