from __future__ import annotations

import pytest

from coverage.network import populated_nodes


def test_rungs_by_the_roads_that_touch_a_junction(toy_graph):
    graph = toy_graph(
        [(k * 100.0, 0) for k in range(8)],
        [
            (0, 1, 5, "motorway"),
            (1, 2, 5, "trunk_link"),
            (2, 3, 5, "primary"),
            (3, 4, 5, "residential"),
            (5, 0, 5, "living_street"),
            (6, 7, 5, "ferry"),
        ],
    )
    table = populated_nodes(graph)
    assert dict(zip(table["node"], table["rung"], strict=True)) == {
        0: "roads",
        2: "all_roads",
        3: "roads",
        4: "roads",
        5: "roads",
    }
    assert table["lon"].tolist() == pytest.approx(graph.x[[0, 2, 3, 4, 5]].tolist())
    assert table["lat"].tolist() == pytest.approx(graph.y[[0, 2, 3, 4, 5]].tolist())


def test_corsica(corsica):
    table = populated_nodes(corsica)
    counts = table["rung"].value_counts()
    assert counts["roads"] > 10_000
    assert 30_000 < len(table) <= corsica.nodes
    assert table["node"].is_unique
