from __future__ import annotations

import random

import numpy as np
import pytest

from coverage.network import extract
from coverage.network.pbf import read_pbf
from coverage.network.ways import OsmWays
from tests.network.osm_files import Nodes, Ways, write_pbf

NODES: Nodes = {
    5_000_000_001: (9.0, 42.0),
    2: (9.1, 42.0),
    3: (9.2, 42.0123457),
    4: (9.1, 42.1),
    9: (1.0, 1.0),
}
WAYS: Ways = [
    ([5_000_000_001, 2, 3], {"highway": "primary", "name": "Rue, de l'Île = 50 %"}),
    ([2, 4], {"highway": "residential", "maxspeed": "30 mph", "source:maxspeed": "a=b,c % é"}),
    ([4, 3], {"highway": "footway"}),
    ([4, 9], {"building": "yes"}),
    ([4, 9], {"route": "bus"}),
    ([4, 3], {"route": "ferry", "duration": "0:20"}),
]


def everything(tags: object) -> bool:
    return True


def lines(ways: OsmWays) -> list[list[tuple[float, float]]]:
    places = list(zip(ways.x[ways.refs].tolist(), ways.y[ways.refs].tolist(), strict=True))
    return [places[start:stop] for start, stop in zip(ways.ptr[:-1], ways.ptr[1:], strict=True)]


@pytest.mark.parametrize("options", ["", ",pbf_dense_nodes=false", ",pbf_compression=none"])
@pytest.mark.parametrize("last", [False, True])
def test_ways_with_their_places_and_tags(tmp_path, options, last):
    path = write_pbf(tmp_path / "a.osm.pbf", NODES, WAYS, options=options, last=last)
    ways = read_pbf(path, everything)
    assert ways.name == "a.osm.pbf"
    told = [ways.tags[row] for row in ways.tag_row]
    assert told[1] == {
        "highway": "residential",
        "maxspeed": "30 mph",
        "source:maxspeed": "a=b,c % é",
    }
    assert [tags.get("highway", tags.get("route")) for tags in told] == [
        "primary",
        "residential",
        "footway",
        "bus",
        "ferry",
    ]
    assert lines(ways)[0] == [(9.0, 42.0), (9.1, 42.0), (9.2, 42.0123457)]
    assert lines(ways)[4] == [(9.1, 42.1), (9.2, 42.0123457)]


def test_ways_that_are_not_wanted_are_counted_without_nodes(tmp_path):
    path = write_pbf(tmp_path / "a.osm.pbf", NODES, WAYS)
    ways = read_pbf(path, lambda tags: tags.get("highway") == "residential")
    assert np.diff(ways.ptr).tolist() == [0, 2, 0, 0, 0]
    assert ways.x.tolist() == [9.1, 9.1]
    none = read_pbf(path, lambda tags: False)
    assert (none.refs.size, none.x.size, none.tag_row.size) == (0, 0, 5)


def test_equal_tags_are_told_once(tmp_path):
    ways: Ways = [([2, 3], {"highway": "service", "name": str(k)}) for k in range(50)]
    assert read_pbf(write_pbf(tmp_path / "a.osm.pbf", NODES, ways), everything).tags == [
        {"highway": "service"}
    ]


def test_large_files_come_in_blocks(tmp_path, monkeypatch):
    rng = random.Random(5)
    nodes: Nodes = {k: (round(9 + rng.random(), 7), 42.0) for k in range(1, 400)}
    roads: Ways = [
        (rng.sample(sorted(nodes), 9), {"highway": "service", "maxspeed": str(k % 30)})
        for k in range(200)
    ]
    path = write_pbf(tmp_path / "a.osm.pbf", nodes, roads)
    whole = read_pbf(path, everything)
    assert lines(whole) == [[nodes[ref] for ref in refs] for refs, _ in roads]
    monkeypatch.setattr(extract, "_BLOCK_BYTES", 1000)
    by_blocks = read_pbf(path, everything)
    assert lines(by_blocks) == lines(whole)
    assert by_blocks.tag_row.tolist() == whole.tag_row.tolist()


def test_the_isle_of_man(mirror):
    path = mirror / "roads" / "osm-pbf" / "isle-of-man-2020-03-14.osm.pbf"
    ways = read_pbf(path, everything)
    told = [ways.tags[row] for row in ways.tag_row]
    assert sum("highway" in tags for tags in told) == 9_219
    assert sum(tags.get("route") == "ferry" for tags in told) == 6
    assert sum(tags.get("oneway") == "-1" for tags in told) == 3
    assert sum(tags.get("maxspeed") == "30 mph" for tags in told) == 1_434
    assert not np.isnan(ways.x).any()
