"""The benchmarks' own instruments, untimed: fair pairs, tiled graphs, extracts, tables."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import networkx as nx
import numpy as np
import osmium
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components

from coverage.network.graph import RoadGraph, highway_codes
from coverage.network.search import one_to_many
from tests.benchmarks import agreement, extract, results, tiles
from tests.benchmarks.__main__ import BENCHMARKS
from tests.benchmarks.pairs import Pairs, compare
from tests.benchmarks.peers import Peer, PeerMissingError
from tests.benchmarks.same_arrays import (
    as_matrix,
    as_osmnx,
    assert_same_dicts,
    assert_same_rows,
    with_networkx,
    with_scipy,
)
from tests.benchmarks.settings import ROOT, Settings


@pytest.fixture(scope="module")
def town() -> RoadGraph:
    """A lattice of streets 500 m apart, 12 by 8 crossings, some of them one-way."""
    generator = np.random.default_rng(0)
    columns, rows = 12, 8
    number = np.arange(columns * rows).reshape(columns, rows)
    east = np.column_stack((number[:-1].ravel(), number[1:].ravel()))
    north = np.column_stack((number[:, :-1].ravel(), number[:, 1:].ravel()))
    there = np.concatenate((east, north))
    back = there[generator.random(len(there)) < 0.9][:, ::-1]
    arcs = np.concatenate((there, back))
    column, row = np.divmod(np.arange(number.size), rows)
    return RoadGraph.from_arcs(
        arcs[:, 0],
        arcs[:, 1],
        generator.integers(200, 600, len(arcs)),
        length_m=np.full(len(arcs), 500.0),
        highway=highway_codes("tertiary", "residential")[generator.integers(0, 2, len(arcs))],
        x=-4.5 + column * 0.0077,
        y=54.2 + row * 0.0045,
    )


def test_each_pair_gives_one_ratio_and_warm_ups_count_for_nothing() -> None:
    mine, theirs = iter([100.0, 1.0, 2.0, 4.0]), iter([100.0, 10.0, 10.0, 10.0])
    order: list[str] = []

    def ours() -> float:
        order.append("ours")
        return next(mine)

    def peer() -> float:
        order.append("peer")
        return next(theirs)

    pairs = compare(ours, peer, pairs=3)
    assert pairs.ratios == (10.0, 5.0, 2.5)
    assert pairs.quartiles == (3.75, 5.0, 7.5)
    assert (pairs.our_median_s, pairs.peer_median_s) == (2.0, 10.0)
    assert order[2:] == ["ours", "peer", "peer", "ours", "ours", "peer"]


def test_one_pair_has_no_quartiles() -> None:
    with pytest.raises(ValueError, match="two pairs"):
        compare(lambda: 1.0, lambda: 1.0, pairs=1)


def test_tiles_are_the_same_each_time_and_each_other(town: RoadGraph) -> None:
    once, again = tiles.tiled(town, 3, 2), tiles.tiled(town, 3, 2)
    for name in ("indptr", "indices", "deciseconds", "x", "y"):
        assert np.array_equal(getattr(once, name), getattr(again, name))
    assert once.nodes == 6 * town.nodes
    other = tiles.tiled(town, 3, 2, seed=99)
    assert not np.array_equal(once.deciseconds, other.deciseconds)
    assert not np.array_equal(
        once.deciseconds[: once.indptr[town.nodes]],
        once.deciseconds[once.indptr[town.nodes] : once.indptr[2 * town.nodes]],
    )


def test_tiles_keep_the_roads_and_are_bridged_both_ways(town: RoadGraph) -> None:
    graph = tiles.tiled(town, 3, 2)
    tails, tile = graph.tails, np.arange(graph.nodes) // town.nodes
    bridge = tile[tails] != tile[graph.indices]
    assert np.bincount(tile[tails[~bridge]]).tolist() == [town.arcs] * 6
    key = set(zip(tails[bridge].tolist(), graph.indices[bridge].tolist(), strict=True))
    assert key
    assert {(b, a) for a, b in key} == key
    assert connected_components(as_matrix(graph), connection="weak")[0] == 1
    within = np.flatnonzero((tile[tails] == 4) & ~bridge)
    share = graph.deciseconds[within] / town.deciseconds
    assert 0.85 * 0.9 - 0.01 <= share.min() <= share.max() <= 1.2 * 1.1
    step = np.diff(graph.indices.astype(np.int64))
    assert np.all(step[np.diff(tails) == 0] > 0)


def test_one_tile_has_no_bridge(town: RoadGraph) -> None:
    graph = tiles.tiled(town, 1, 1)
    assert np.array_equal(graph.indices, town.indices)
    assert np.array_equal(graph.indptr, town.indptr)


def test_numbered_at_random_it_is_the_same_network(town: RoadGraph) -> None:
    mixed = tiles.shuffled(town)
    back = {point: k for k, point in enumerate(zip(mixed.x, mixed.y, strict=True))}
    new = np.array([back[point] for point in zip(town.x, town.y, strict=True)])
    before = one_to_many(town, [17], 3000).toarray()[0]
    after = one_to_many(mixed, [new[17]], 3000).toarray()[0]
    assert np.array_equal(before, after[new])


@given(st.integers(1, 5000), st.integers(1, 3_000_000))
def test_a_lattice_has_at_least_the_nodes_wanted_and_no_column_too_many(
    nodes: int, wanted: int
) -> None:
    columns, rows = tiles.lattice(nodes, wanted)
    assert columns * rows * nodes >= wanted
    assert (columns - 1) * rows * nodes < wanted


def test_a_tiled_graph_is_kept_in_the_cache(mirror: Path, tmp_path: Path) -> None:
    settings = Settings(mirror=mirror, cache=tmp_path)
    graph = tiles.load(settings, 40_000)
    assert graph.nodes >= 40_000
    (file,) = (tmp_path / "tiles").iterdir()
    written = file.stat().st_mtime_ns
    again = tiles.load(settings, 40_000)
    assert file.stat().st_mtime_ns == written
    assert np.array_equal(graph.deciseconds, again.deciseconds)


def test_peers_in_this_process_answer_as_we_do(town: RoadGraph) -> None:
    sources = np.array([3, 50, 95])
    ours = one_to_many(town, sources, 18_000)
    dense = with_scipy(as_matrix(town), sources, sparse=True)
    assert_same_rows(ours, dense)
    found = with_networkx(as_osmnx(town), sources)
    assert_same_dicts(ours, found)
    found[1][50] = 1
    with pytest.raises(AssertionError):
        assert_same_dicts(ours, found)


def test_a_peer_that_is_not_installed_is_said_to_be_missing(tmp_path: Path) -> None:
    settings = Settings(mirror=tmp_path, cache=tmp_path, peers=Path(sys.executable))
    with pytest.raises(PeerMissingError, match="osrm"):
        Peer(settings, "serve_osrm", tmp_path, tmp_path / "x.osm.pbf")
    nowhere = Settings(mirror=tmp_path, cache=tmp_path, peers=tmp_path / "python")
    with pytest.raises(PeerMissingError, match="make bench"):
        Peer(nowhere, "serve_osrm", tmp_path)


def _edge(length_m: float) -> dict[str, object]:
    return {"length": length_m, "highway": ["primary", "secondary"], "oneway": True}


def test_an_extract_has_the_lengths_and_directions_of_the_network(tmp_path: Path) -> None:
    network = nx.MultiDiGraph()
    for node, (x, y) in enumerate([(9.0, 42.0), (9.01, 42.0), (9.01, 42.02)]):
        network.add_node(10 + node, x=x, y=y)
    network.add_edge(10, 11, **_edge(1300.0))
    network.add_edge(11, 10, **_edge(1300.0))
    network.add_edge(11, 12, **_edge(2223.9))
    network.add_edge(12, 12, **_edge(80.0))
    file = tmp_path / "roads.osm.pbf"
    extract.write(network, file)
    found = {}
    for way in osmium.FileProcessor(str(file)).with_locations():
        if way.is_way():
            refs = [node.ref for node in way.nodes]
            x, y = np.array([(node.lon, node.lat) for node in way.nodes]).T
            east = np.diff(x) * np.cos(np.radians(y[0]))
            found[refs[0], refs[-1]] = (
                111_195 * np.hypot(east, np.diff(y)).sum(),
                way.tags["oneway"],
                way.tags["highway"],
            )
    # Both directions of a road are one way; a loop is none.
    assert set(found) == {(10, 11), (11, 12)}
    assert found[10, 11][0] == pytest.approx(1300, rel=1e-3)
    assert found[10, 11][1:] == ("no", "primary")
    assert found[11, 12][0] == pytest.approx(2223.9, rel=1e-3)
    assert found[11, 12][1:] == ("yes", "primary")


@given(st.floats(20, 5000), st.floats(1.0, 3.0))
def test_teeth_make_up_for_the_length(line_m: float, detour: float) -> None:
    end = 9.0 + line_m / 111_195 / np.cos(np.radians(42.0)), 42.0
    points = [(9.0, 42.0), *extract.bends((9.0, 42.0), end, {"length": line_m * detour}), end]
    steps = np.diff(np.array(points), axis=0) * [np.cos(np.radians(42.0)), 1.0] * 111_195
    assert np.hypot(*steps.T).sum() == pytest.approx(line_m * detour, rel=0.006)


def test_routes_add_up_to_the_times_and_a_fit_finds_the_paces(town: RoadGraph) -> None:
    drawn = agreement.sample(town)
    groups = len(agreement._GROUPS)
    assert drawn.routes[:, :, groups + 1 :].sum(axis=2) == pytest.approx(drawn.seconds)
    assert drawn.routes[:, :, :groups].sum(axis=2) % 500 == pytest.approx(0)
    tertiary, residential = 3, 5
    times = 0.06 * drawn.routes[:, :, tertiary] + 0.12 * drawn.routes[:, :, residential]
    times += 5 * drawn.routes[:, :, groups]
    pace, fitted, explained = agreement._fitted(drawn, times, slice(groups + 1))
    assert pace[[tertiary, residential, groups]] == pytest.approx([0.06, 0.12, 5])
    assert fitted == pytest.approx(times)
    assert explained == pytest.approx(1)


def test_jaccard_counts_a_pair_at_exactly_the_limit() -> None:
    ours = np.array([[600.0, 600.1, 10.0]])
    theirs = np.array([[601.0, 600.0, 20.0]])
    assert agreement.jaccard(ours, theirs, 10) == pytest.approx(1 / 3)
    assert agreement.jaccard(ours, ours, 10) == 1
    assert agreement.jaccard(ours + 1000, theirs + 1000, 10) == 0


def test_a_table_goes_between_its_markers_and_nowhere_else() -> None:
    table = results.Table.of_ratios("speed")
    table.add_ratio("work", "peer 1.0", Pairs((1.0, 1.0), (2.0, 2.0), 0.5), wanted=1.5)
    table.add_missing("other work", "peer 2.0", "no wheel")
    kept = {"x": {"machine": results.machine.describe(), "tables": [vars(table)]}}
    document = "A\n<!-- table: speed -->\nold\n<!-- end -->\nB\n<!-- table: far -->\n<!-- end -->\n"
    filled = results.filled(document, kept)
    assert filled.startswith("A\n<!-- table: speed -->\n| work | peer |")
    assert filled.endswith("<!-- end -->\nB\n<!-- table: far -->\n<!-- end -->\n")
    assert "old" not in filled
    assert "| work | peer 1.0 | ≥ 1.5 | **2** | 2 to 2 | 1 s | 2 s |" in filled
    assert "not available: no wheel" in filled
    assert results.filled(filled, kept) == filled
    with pytest.raises(ValueError, match="no place"):
        results.filled("nothing here", kept)


@pytest.mark.parametrize("name", BENCHMARKS)
def test_each_benchmark_says_what_it_measures(name: str) -> None:
    module = import_module(f"tests.benchmarks.{name}")
    assert callable(module.main)
    assert module.__doc__
    assert module.__doc__.splitlines()[0].endswith(".")


def test_the_document_has_a_place_for_every_table() -> None:
    document = (ROOT / "docs" / "benchmarks.md").read_text("utf-8")
    source = "".join(
        path.read_text("utf-8") for path in sorted((ROOT / "tests" / "benchmarks").glob("*.py"))
    )
    places = {line[12:-4] for line in document.splitlines() if line.startswith("<!-- table: ")}
    assert places
    assert [name for name in places if f'"{name}"' not in source] == []
