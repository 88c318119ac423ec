from __future__ import annotations

import gzip
import json
import socket
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import osmnx
import pytest
import requests
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra
from shapely.geometry import Polygon, box

from coverage.network.overpass import read_overpass
from coverage.network.roads import read_roads
from tests.network.osm_files import Nodes, Ways, answer, write_overpass

NODES: Nodes = {1: (5.0, 47.0), 2: (5.1, 47.0), 3: (5.2, 47.0), 4: (5.1, 47.1)}
WAYS: Ways = [
    ([1, 2, 3], {"highway": "primary", "name": "Rue Verte"}),
    ([2, 4], {"highway": "residential"}),
    ([4, 3], {"route": "ferry"}),
    ([4, 1], {"building": "yes"}),
]


def everything(tags: object) -> bool:
    return True


def test_ways_with_their_places_and_tags(tmp_path):
    ways = read_overpass(write_overpass(tmp_path / "a.json", NODES, WAYS), everything)
    assert ways.ptr.tolist() == [0, 3, 5, 7]
    assert ways.x[ways.refs].tolist() == [5.0, 5.1, 5.2, 5.1, 5.1, 5.1, 5.2]
    assert [ways.tags[row] for row in ways.tag_row] == [
        {"highway": "primary"},
        {"highway": "residential"},
        {"route": "ferry"},
    ]
    kept = read_overpass(tmp_path / "a.json", lambda tags: "route" in tags)
    assert kept.ptr.tolist() == [0, 0, 0, 2]


def test_a_list_of_answers_that_overlap_is_one_network(tmp_path):
    one = answer({k: NODES[k] for k in (1, 2, 3)}, WAYS[:1])
    two = answer(NODES, WAYS)
    (tmp_path / "list.json").write_text(json.dumps([one, two]))
    whole = read_overpass(write_overpass(tmp_path / "a.json", NODES, WAYS), everything)
    ways = read_overpass(tmp_path / "list.json", everything)
    assert ways.ptr.tolist() == whole.ptr.tolist()
    assert ways.x[ways.refs].tolist() == whole.x[whole.refs].tolist()
    (tmp_path / "a.json.gz").write_bytes(gzip.compress((tmp_path / "a.json").read_bytes()))
    assert read_roads(tmp_path / "a.json.gz").arcs == read_roads(tmp_path / "a.json").arcs == 6


# --- Dijon, as OSMnx keeps it in its cache ------------------------------------------------------


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any attempt to reach the network fails the test."""

    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise AssertionError(f"the network was asked for {args}")

    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        monkeypatch.setattr(socket, name, refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
def osmnx_cache(tmp_path: Path) -> Iterator[Path]:
    """A cache folder of OSMnx of its own."""
    settings = osmnx.settings
    before = settings.cache_folder, settings.use_cache
    settings.cache_folder, settings.use_cache = tmp_path / "cache", True
    yield tmp_path / "cache"
    settings.cache_folder, settings.use_cache = before


def cache_path(outline: Polygon, way_filter: str) -> Path:
    """Where OSMnx looks for the answer to its request for the roads of an outline."""
    metric, crs = osmnx.projection.project_geometry(outline)
    wide, _ = osmnx.projection.project_geometry(metric.buffer(500), crs=crs, to_latlong=True)
    (around,) = osmnx._overpass._make_overpass_polygon_coord_strs(wide)
    asked = osmnx._overpass._make_overpass_settings()
    query = f"{asked};(way{way_filter}(poly:{around!r});>;);out;"
    url = osmnx.settings.overpass_url.rstrip("/") + "/interpreter"
    prepared = requests.Request("GET", url, params=OrderedDict(data=query)).prepare()
    return Path(osmnx._http._resolve_cache_filepath(str(prepared.url)))


def dijon(mirror: Path) -> dict[str, Any]:
    (path,) = (mirror / "roads" / "dijon-overpass").glob("*.json")
    return json.loads(path.read_text())


def as_osmnx_reads_it(whole: dict[str, Any]) -> dict[str, Any]:
    """The same roads without what only we read.

    OSMnx leaves access to its request, and doesn't know that motorways and ``circular`` junctions
    are one-way, nor that ``busway`` is no street.
    """
    ours_alone = {"access", "motor_vehicle", "motorcar", "vehicle", "service"}
    for way in whole["elements"]:
        if way["type"] == "way":
            tags = {key: value for key, value in way["tags"].items() if key not in ours_alone}
            circular = tags.get("junction") == "circular"
            if (circular or tags["highway"].startswith("motorway")) and "oneway" not in tags:
                tags["oneway"] = "yes"
            tags["highway"] = tags["highway"].replace("busway", "service")
            way["tags"] = tags
    return whole


@pytest.mark.slow
def test_through_the_cache_of_osmnx_both_read_the_same_dijon(
    mirror, osmnx_cache, no_network, tmp_path
):
    whole = as_osmnx_reads_it(dijon(mirror))
    nodes = [element for element in whole["elements"] if element["type"] == "node"]
    lon, lat = ([node[key] for node in nodes] for key in ("lon", "lat"))
    outline = box(min(lon), min(lat), max(lon), max(lat))
    cached = cache_path(outline, osmnx._overpass._get_network_filter("drive"))
    cached.parent.mkdir()
    cached.write_text(json.dumps(whole))

    def from_cache(*, simplify: bool) -> nx.MultiDiGraph:
        return osmnx.graph_from_polygon(
            outline, network_type="drive", simplify=simplify, retain_all=True
        )

    theirs, simplified = from_cache(simplify=False), from_cache(simplify=True)
    ours = read_roads(cached)

    # Ours are all nodes where theirs meet, and those where only two ways do.
    place = {
        (round(x, 7), round(y, 7)): k for k, (x, y) in enumerate(zip(ours.x, ours.y, strict=True))
    }
    number = {
        node: place.get((round(data["x"], 7), round(data["y"], 7)))
        for node, data in theirs.nodes(data=True)
    }
    assert all(number[node] is not None for node in simplified)
    assert len(simplified) <= ours.nodes <= 1.25 * len(simplified)

    # In each direction as many metres.
    metres = sum(length for _, _, length in theirs.edges(data="length"))
    assert ours.length_m.sum() == pytest.approx(metres, rel=1e-12)

    # From anywhere to anywhere the way is as long.
    common = sorted((ours_k, node) for node, ours_k in number.items() if ours_k is not None)
    position = {node: k for k, node in enumerate(theirs)}
    rows, columns, lengths = zip(
        *((position[u], position[v], d) for u, v, d in theirs.edges(data="length")), strict=True
    )
    order = np.lexsort((lengths, columns, rows))
    arcs = np.column_stack((rows, columns))[order]
    first = np.append(True, (np.diff(arcs, axis=0) != 0).any(axis=1))
    their_matrix = csr_matrix(
        (np.array(lengths)[order][first], tuple(arcs[first].T)), shape=(len(theirs),) * 2
    )
    our_matrix = csr_matrix((ours.length_m, ours.indices, ours.indptr), shape=(ours.nodes,) * 2)
    starts = common[:: len(common) // 40]
    our_ends = [ours_k for ours_k, _ in common]
    their_ends = [position[node] for _, node in common]
    got = dijkstra(our_matrix, indices=[k for k, _ in starts])[:, our_ends]
    expected = dijkstra(their_matrix, indices=[position[node] for _, node in starts])[:, their_ends]
    assert np.isfinite(expected).mean() > 0.9
    assert np.array_equal(np.isfinite(got), np.isfinite(expected))
    there = np.isfinite(expected)
    assert np.allclose(got[there], expected[there], rtol=0, atol=1e-6)


def test_dijon_as_it_is(mirror):
    (path,) = (mirror / "roads" / "dijon-overpass").glob("*.json")
    ways = read_overpass(path, everything)
    assert ways.tag_row.size == 4_753
    drive, bike = read_roads(path), read_roads(path, "bike")
    assert 5_000 < drive.nodes < 6_000
    assert drive.notes == ()
    # contraflow lanes
    assert bike.arcs > drive.arcs
    assert "Voies express (trunk)" in bike.notes[0]
    assert "approchés" in bike.notes[1]
