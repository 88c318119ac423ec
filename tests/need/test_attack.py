"""An attacker who collects every public answer finds no small count; without protection he does."""

from __future__ import annotations

import numpy as np
import pytest

from coverage.model.detections import ProtectedDetections
from coverage.need.disclosure import Published, protect
from tests.need.attacker import (
    Solver,
    gather,
    gather_without_protection,
    increments,
    polygons,
    targets,
)
from tests.need.counters import Counters, invented

RELEASES = (8, 16, 24)
POLYGONS = 400
FEW, MANY = 5, 50
#: A count of 1 to 10 must be able to be as much more as this.
WIDTH = 11 - 1e-6
#: A count whose interval is narrower than this is known.
PINNED = 0.5


def published(territory: Counters) -> list[ProtectedDetections]:
    told: list[ProtectedDetections] = []
    before: Published | None = None
    for months in RELEASES:
        before = protect(
            territory.until(months), territory.communes, territory.zonings, before, metric_epsg=2154
        )
        told.append(before.protected())
    return told


def touching(territory: Counters) -> set[tuple[str, str]]:
    """Return the pairs of communes that touch."""
    communes = territory.communes
    near = communes.sindex.query(communes.geometry, predicate="intersects")
    codes = communes["code_insee"].to_numpy()
    return {(codes[a], codes[b]) for a, b in near.T if codes[a] < codes[b]}


def attack(seed: int, *, side: int = 8) -> tuple[int, int, float]:
    """Return how many small counts were attacked, programs solved, and the narrowest interval."""
    territory = invented(seed, side=side)
    told = published(territory)
    assert len(told[-1].blocks) > 1
    areas = polygons(territory, np.random.default_rng(seed), POLYGONS)
    truth = increments(territory, RELEASES)
    solver = Solver(gather(territory, told, areas))
    blocks = told[-1].communes.groupby("block_id")["code_insee"].agg(list)
    wanted = targets(truth, blocks, touching(territory), len(RELEASES))
    widths = [solver.width(keys) for keys, _ in wanted]
    return len(wanted), solver.solved, min(widths)


def leaks_without_protection(seed: int, *, side: int = 8) -> bool:
    """Tell whether a small count of a commune is then known to one person."""
    territory = invented(seed, side=side)
    areas = polygons(territory, np.random.default_rng(seed), POLYGONS)
    truth = increments(territory, RELEASES)
    solver = Solver(gather_without_protection(territory, truth, areas, len(RELEASES)))
    wanted = targets(truth, [], set(), len(RELEASES))
    return any(solver.width(keys) < PINNED for keys, _ in wanted)


@pytest.mark.parametrize("seed", range(FEW))
def test_attack_protected(seed: int) -> None:
    counts, _, narrowest = attack(seed, side=6)
    assert counts > 100
    assert narrowest >= WIDTH


@pytest.mark.parametrize("seed", range(FEW))
def test_attack_unprotected_leaks(seed: int) -> None:
    assert leaks_without_protection(seed, side=6)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(MANY))
def test_attack_protected_many(seed: int) -> None:
    assert attack(seed)[2] >= WIDTH


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(MANY))
def test_attack_unprotected_leaks_many(seed: int) -> None:
    assert leaks_without_protection(seed)
