"""E2SFCA: worked by hand, and supply is never lost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.need.access import DECAY_LIMIT_S, e2sfca, gaussian_weight


def test_weights_at_their_ends():
    weights = gaussian_weight(np.array([0.0, 900.0, DECAY_LIMIT_S, DECAY_LIMIT_S + 0.1]))
    assert weights == pytest.approx([1.0, 0.01**0.25, 0.01, 0.0])


def test_two_places_two_villages_by_hand():
    # Place 0 is at both villages' door; place 1 only at village 1's.
    access = e2sfca(
        np.array([0, 1, 1]), np.array([0, 0, 1]), np.zeros(3), np.array([100.0, 300.0]),
        np.array([40.0, 60.0]),
    )  # fmt: skip
    assert access == pytest.approx([40 / 400, 40 / 400 + 60 / 300])


def test_nobody_within_reach_is_zero_not_null():
    access = e2sfca(np.array([0]), np.array([0]), np.zeros(1), np.array([5.0, 7.0]), np.ones(1))
    assert access.tolist() == [0.2, 0.0]


@given(st.integers(0, 2**16), st.integers(1, 12), st.integers(1, 8))
def test_supply_is_conserved(seed, points, places):
    rng = np.random.default_rng(seed)
    seconds = rng.uniform(0, 3600, points * places)
    demand, site = np.divmod(np.arange(points * places), places)
    population, supply = rng.uniform(0, 100, points), rng.uniform(0, 50, places)
    access = e2sfca(demand, site, seconds, population, supply)
    reached = gaussian_weight(seconds).reshape(points, places).T @ population > 0
    assert population @ access == pytest.approx(supply[reached].sum())
