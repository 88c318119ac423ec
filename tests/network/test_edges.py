from __future__ import annotations

import numpy as np
import pytest

from coverage.network.edges import Lines, paired_roads
from coverage.network.raw import RawRoads

NODES = np.array([(9.0, 42.0), (9.1, 42.0), (9.2, 42.0)])
EAST = [(9.0, 42.0), (9.02, 42.01), (9.05, 42.02), (9.1, 42.0)]


def roads(*edges: tuple[int, int, float, list[tuple[float, float]], dict[str, str]]) -> RawRoads:
    """Edges: tail, head, length, line (empty = straight), tags."""
    with_line = [k for k, edge in enumerate(edges) if edge[3]]
    xy = [place for edge in edges for place in edge[3]]
    return paired_roads(
        NODES,
        np.array([edge[0] for edge in edges]),
        np.array([edge[1] for edge in edges]),
        np.array([edge[2] for edge in edges]),
        Lines(
            np.array(with_line, dtype=np.int64),
            np.concatenate(([0], np.cumsum([len(edges[k][3]) for k in with_line]))).astype(int),
            np.array(xy, dtype=float).reshape(-1, 2),
        ),
        [edge[4] for edge in edges],
    )


def line(raw: RawRoads, road: int) -> list[tuple[float, float]]:
    points = raw.points[raw.ptr[road] : raw.ptr[road + 1]]
    return list(zip(raw.x[points].tolist(), raw.y[points].tolist(), strict=True))


def test_two_directions_make_one_road():
    raw = roads((0, 1, 50.0, EAST, {"highway": "a"}), (1, 0, 50.0, EAST[::-1], {"highway": "a"}))
    assert raw.roads == 1
    assert (raw.forward.tolist(), raw.backward.tolist()) == ([True], [True])
    assert line(raw, 0) == EAST
    assert (raw.nodes, raw.x.size) == (3, 5)


def test_lengths_may_differ_by_a_rounding():
    raw = roads((0, 1, 203.41600000000003, [], {}), (1, 0, 203.416, [], {}))
    assert raw.roads == 1


def test_one_direction_stays_one():
    raw = roads((1, 0, 50.0, EAST[::-1], {}))
    assert (raw.forward.tolist(), raw.backward.tolist()) == ([False], [True])
    assert line(raw, 0) == EAST


def test_a_line_written_backwards_is_turned():
    raw = roads((0, 1, 50.0, EAST[::-1], {}))
    assert line(raw, 0) == EAST
    assert (raw.forward.tolist(), raw.backward.tolist()) == ([True], [False])


@pytest.mark.parametrize(
    "other",
    [
        (1, 0, 51.0, EAST[::-1], {"highway": "a"}),
        (1, 0, 50.0, EAST[::-1], {"highway": "b"}),
    ],
)
def test_other_lengths_or_tags_are_other_roads_along_the_same_bends(other):
    raw = roads((0, 1, 50.0, EAST, {"highway": "a"}), other)
    assert raw.roads == 2
    assert line(raw, 0) == line(raw, 1) == EAST
    assert raw.x.size == 5


def test_other_bends_are_another_road():
    raw = roads((0, 1, 50.0, EAST, {}), (1, 0, 50.0, [], {}), (0, 1, 50.0, EAST[:2] + EAST[3:], {}))
    assert raw.roads == 3
    assert raw.x.size == 3 + 2 + 1


def test_both_directions_of_a_loop_are_one_road():
    ring = [(9.0, 42.0), (9.3, 42.1), (9.1, 42.2), (9.0, 42.0)]
    raw = roads((0, 0, 9.0, ring, {}), (0, 0, 9.0, ring[::-1], {}))
    assert raw.roads == 1
    assert (raw.forward.tolist(), raw.backward.tolist()) == ([True], [True])
    one_way = roads((0, 0, 9.0, ring, {}))
    assert one_way.forward.sum() + one_way.backward.sum() == 1


def test_the_same_edge_twice_is_one_road():
    raw = roads((0, 1, 5.0, [], {"highway": "a"}), (0, 1, 5.0, [], {"highway": "a"}))
    assert raw.roads == 1
    assert not raw.backward.any()
