"""Small OpenStreetMap files, written by the tests themselves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import osmium

# nodes: number -> (lon, lat); ways: (nodes, tags), in this order
Nodes = dict[int, tuple[float, float]]
Ways = list[tuple[list[int], dict[str, str]]]


def write_pbf(path: Path, nodes: Nodes, ways: Ways, *, options: str = "", last: bool = False):
    """An extract; ``last`` puts the nodes after the ways."""
    path.unlink(missing_ok=True)
    with osmium.SimpleWriter(osmium.io.File(str(path), f"pbf{options}")) as writer:

        def write_nodes() -> None:
            for number, place in nodes.items():
                writer.add_node(osmium.osm.mutable.Node(id=number, location=place))

        if not last:
            write_nodes()
        for number, (refs, tags) in enumerate(ways, start=1):
            writer.add_way(osmium.osm.mutable.Way(id=number, nodes=refs, tags=tags))
        if last:
            write_nodes()
    return path


def answer(nodes: Nodes, ways: Ways) -> dict[str, Any]:
    """What Overpass would say."""
    elements: list[dict[str, Any]] = [
        {"type": "node", "id": number, "lon": lon, "lat": lat}
        for number, (lon, lat) in nodes.items()
    ]
    elements += [
        {"type": "way", "id": number, "nodes": refs, "tags": tags}
        for number, (refs, tags) in enumerate(ways, start=1)
    ]
    return {"version": 0.6, "elements": elements}


def write_overpass(path: Path, nodes: Nodes, ways: Ways) -> Path:
    path.write_text(json.dumps(answer(nodes, ways)))
    return path
