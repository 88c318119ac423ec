from __future__ import annotations

import numpy as np
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from coverage.network.grid import SegmentGrid, nearest_segments

# Whole metres make points that lie on segments, ties and borders of cells likely.
coarse = st.integers(-4, 4).map(lambda k: k * 50.0)
fine = st.integers(-3_000_000, 3_000_000).map(lambda k: k / 1000)
far = st.sampled_from([-1e6, -20_000.0, 9_999.0, 3e5])
where = st.one_of(coarse, fine)
segments_of = st.lists(st.tuples(where, where, where, where), min_size=1, max_size=30)
points_of = st.lists(
    st.tuples(st.one_of(where, far), st.one_of(where, far)), min_size=1, max_size=10
)


def array(rows: list[tuple[float, ...]]) -> NDArray[np.float64]:
    return np.array(rows, dtype=float)


def all_distances(
    segments: NDArray[np.float64], points: NDArray[np.float64]
) -> NDArray[np.float64]:
    lines = shapely.linestrings(segments.reshape(-1, 2, 2))
    return np.asarray(shapely.distance(shapely.points(points)[:, None], lines[None, :]))


def check(segments: NDArray[np.float64], points: NDArray[np.float64]) -> None:
    """Hold an answer to shapely's distances."""
    found, share, metres = nearest_segments(SegmentGrid.of(segments), points)
    distances = all_distances(segments, points)
    np.testing.assert_allclose(metres, distances.min(1), rtol=1e-9, atol=2e-6)
    rows = np.arange(len(points))
    np.testing.assert_allclose(distances[rows, found], metres, rtol=1e-9, atol=2e-6)
    assert ((share >= 0) & (share <= 1)).all()
    start, stop = segments[found, :2], segments[found, 2:]
    foot = start + share[:, None] * (stop - start)
    np.testing.assert_allclose(np.hypot(*(points - foot).T), metres, rtol=1e-9, atol=2e-6)


@settings(max_examples=400)
@given(segments_of, points_of)
@example([(0, 0, 0, 0)], [(0, 0), (30, 40), (-1e6, 0)])
@example([(0, 0, 100, 0)], [(50, 0), (100, 0), (150, 0), (50, 1e6)])
@example([(-3000, -3000, 3000, 3000)] * 3, [(0, 10), (3000, -3000)])
def test_the_nearest_is_shapelys(rows, points):
    check(array(rows), array(points))


def test_many_short_segments_and_a_few_very_long_ones():
    rng = np.random.default_rng(1)
    start = rng.uniform(0, 40_000, (3_000, 2))
    stop = start + rng.normal(0, 60, start.shape)
    stop[:5] = rng.uniform(0, 40_000, (5, 2))
    points = np.vstack(
        (
            rng.uniform(0, 40_000, (200, 2)),
            rng.uniform(-60_000, 100_000, (100, 2)),
            (start + stop)[:100] / 2,
            start[:100],
        )
    )
    check(np.hstack((start, stop)), points)


def test_of_segments_equally_near_the_lowest_number():
    star = array([(0, 0, 100, 0), (0, 0, 0, 100), (0, 0, -100, 0), (0, 0, 0, -100)])
    found, share, metres = nearest_segments(SegmentGrid.of(star), array([(0, 0), (-30, -30)]))
    assert found.tolist() == [0, 2]
    assert share.tolist() == [0, 0.3]
    assert metres.tolist() == [0, 30]


def test_equally_near_across_the_border_of_a_cell():
    """The tie is broken by the number, not by which cell is seen first."""
    at_1000, at_0 = (1000, 0, 1000, 1000), (0, 0, 0, 1000)
    for segments in ([at_1000, at_0] * 2, [at_0, at_1000] * 2):
        grid = SegmentGrid.of(array(segments))
        assert (grid.side_m, grid.columns) == (1000, 2)  # the point is in the middle of a cell
        found, _, metres = nearest_segments(grid, array([(500, 500)]))
        assert metres.tolist() == [500]
        assert found.tolist() == [0]


def test_without_any_segment_nothing_is_near():
    empty = SegmentGrid.of(np.empty((0, 4)))
    found, share, metres = nearest_segments(empty, array([(0, 0), (5, 5)]))
    assert found.tolist() == [-1, -1]
    assert share.tolist() == [0, 0]
    assert np.isinf(metres).all()
    found, _, _ = nearest_segments(SegmentGrid.of(array([(0, 0, 1, 1)])), np.empty((0, 2)))
    assert found.size == 0


def test_points_that_no_projection_places_are_near_nothing():
    grid = SegmentGrid.of(array([(0, 0, 100, 0), (0, 0, 0, 100)]))
    nowhere = array([(np.inf, np.inf), (-np.inf, 0), (np.nan, np.nan), (50, 5)])
    found, _, metres = nearest_segments(grid, nowhere)
    assert found.tolist() == [-1, -1, -1, 0]
    assert metres.tolist() == [np.inf, np.inf, np.inf, 5]
