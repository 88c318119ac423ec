"""E2SFCA beside PySAL's, a country's E2SFCA in a process of its own, and the draws of ranks.

The process answers with one line of JSON.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from functools import partial
from typing import Any

import coverage.base.jit  # isort: skip  # noqa: F401
import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from coverage.need.access import e2sfca, range_minutes
from coverage.need.areas import Areas
from coverage.need.reach import Reach
from coverage.need.uncertainty import access_by_range, rank_draws
from tests.benchmarks import machine
from tests.benchmarks.pairs import compare, stopwatch
from tests.benchmarks.peers import Peer, PeerMissingError
from tests.benchmarks.results import Table, duration
from tests.benchmarks.same_arrays import timed
from tests.benchmarks.settings import Settings

Town = dict[str, NDArray[Any]]
_COUNTRY_POINTS, _COUNTRY_SITES, _COUNTRY_PAIRS = 2_300_000, 17_000, 46_000_000
_COMMUNES, _POINTS, _SITES, _DRAWS = 1_000, 30_000, 400, 1_000
_LIMIT_DS = 60 * 600


def main(settings: Settings) -> list[Table]:
    """Return the three tables."""
    return [_beside_pysal(settings), _country(), _ranks(settings)]


def _beside_pysal(settings: Settings) -> Table:
    table = Table.of_ratios("access")
    points, sites = 5_000, 300
    town = _table(points, sites)
    folder = settings.folder("peers")
    file = folder / "access.npz"
    np.savez(file, allow_pickle=False, **town)
    try:
        with Peer(settings, "serve_access", file) as peer:
            for decay in ("apl2012", "gaussian"):
                limit_ds = round(600 * range_minutes(decay))
                ours = partial(e2sfca, **town, decay=decay)
                theirs: dict[str, Any] = {"decay": decay, "limit_ds": limit_ds}
                answer = peer.answer("e2sfca", folder / "answer.npz", **theirs)["access"]
                np.testing.assert_allclose(ours(), answer, rtol=1e-9, atol=1e-15)
                pairs = compare(
                    stopwatch(ours), partial(peer.seconds, "e2sfca", **theirs), pairs=settings.pairs
                )
                table.add_ratio(
                    f"E2SFCA, {points:,} x {sites} table, {decay}", peer.version, pairs,
                    wanted=10, peer_s=sum(peer.preparation.values()),
                )  # fmt: skip
    except PeerMissingError as missing:
        table.add_missing(f"E2SFCA, {points:,} x {sites} table", "PySAL access", str(missing), 10)
    return table


def _table(points: int, sites: int) -> Town:
    """Return a table of every pair, times up to an hour."""
    generator = np.random.default_rng(4)
    return {
        "ptr": np.arange(sites + 1, dtype=np.int64) * points,
        "point": np.tile(np.arange(points, dtype=np.int32), sites),
        "ds": generator.integers(0, _LIMIT_DS + 1, points * sites).astype(np.int32),
        "population": generator.uniform(0.1, 80, points),
        "supply": generator.choice([20.0, 100.0, 200.0], sites),
    }


def _country() -> Table:
    table = Table(
        "access-country",
        (
            "work", "points", "sites", "pairs", "time", "quartiles", "ns a pair",
            "peak, all", "peak, above the arrays", "load",
        ),
    )  # fmt: skip
    command = [sys.executable, "-m", "tests.benchmarks.access"]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    found = json.loads(answer.stdout)
    low, middle, high = statistics.quantiles(found["seconds"], n=4, method="inclusive")
    table.add(
        "E2SFCA, gaussian, one thread", f"{_COUNTRY_POINTS:,}", f"{_COUNTRY_SITES:,}",
        f"{found['pairs']:,}", f"**{duration(middle)}**", f"{duration(low)} to {duration(high)}",
        1e9 * middle / found["pairs"], f"{found['peak_gb']:.2f} GB",
        f"**{found['peak_gb'] - found['arrays_gb']:.2f} GB**", found["load"],
    )  # fmt: skip
    return table


def work() -> dict[str, Any]:
    """Make a country's pairs, spread its supply seven times; return what it took."""
    town = _country_town()
    compiled = e2sfca([0, 1], [0], [0], [1.0], [1.0])
    assert compiled[0] == 1
    machine.forget_peak()
    arrays_gb = machine.peak_gb()
    runs = [timed(lambda: e2sfca(**town)) for _ in range(7)]
    helped = float(runs[0][0] @ town["population"])
    assert abs(helped / float(town["supply"].sum()) - 1) < 1e-9
    return {
        "pairs": town["point"].size,
        "seconds": [seconds for _, seconds in runs],
        "arrays_gb": arrays_gb,
        "peak_gb": machine.peak_gb(),
        "load": machine.load(),
    }


def _country_town() -> Town:
    """Return sites that reach one point in three of those round them, as they are numbered."""
    generator = np.random.default_rng(5)
    each = _COUNTRY_PAIRS // _COUNTRY_SITES
    point = np.empty((_COUNTRY_SITES, each), np.int32)
    for row in point:
        row[:] = np.cumsum(generator.integers(1, 6, each))
        row += generator.integers(0, _COUNTRY_POINTS - row[-1])
    return {
        "ptr": np.arange(_COUNTRY_SITES + 1, dtype=np.int64) * each,
        "point": point.ravel(),
        "ds": generator.integers(0, 18_001, point.size, dtype=np.int32),
        "population": generator.uniform(0.1, 80, _COUNTRY_POINTS),
        "supply": generator.choice([20.0, 100.0, 200.0], _COUNTRY_SITES),
    }


def _ranks(settings: Settings) -> Table:
    table = Table(
        "ranks",
        (
            "work", "points", "sites", "pairs", "ranges", "access", "draws", "all", "wanted", "load"
        ),
    )  # fmt: skip
    reach, supply, areas = _region()
    need, persons = (areas.sums(reach.demand[name].to_numpy()) for name in ("need", "persons"))
    per_head = need / persons

    def draw() -> tuple[float, float, int]:
        (ranges, access), access_s = timed(lambda: access_by_range(reach, supply, areas))
        _, draws_s = timed(lambda: rank_draws(per_head, access, ranges, draws=_DRAWS))
        return access_s, draws_s, ranges.size

    draw()
    access_s, draws_s, ranges = sorted(
        (draw() for _ in range(settings.pairs)), key=lambda run: run[0] + run[1]
    )[settings.pairs // 2]
    table.add(
        f"{_DRAWS:,} draws, {_COMMUNES:,} communes", f"{_POINTS:,}", f"{_SITES}",
        f"{reach.point.size:,}", ranges, duration(access_s), duration(draws_s),
        f"**{duration(access_s + draws_s)}**", "< 10 s", machine.load(),
    )  # fmt: skip
    return table


def _region() -> tuple[Reach, NDArray[np.float64], Areas]:
    """Return a region of 200 km by 200, its places within an hour at 60 km/h, detours 1.3."""
    generator = np.random.default_rng(6)
    home = generator.uniform(0, 200_000, (_POINTS, 2))
    commune = np.arange(_POINTS) * _COMMUNES // _POINTS
    home = home[np.lexsort((home[:, 1], home[:, 0] // 6_000))]
    place = generator.uniform(0, 200_000, (_SITES, 2))
    points, times = [], []
    for spot in place:
        ds = np.rint(1.3 * np.hypot(*(home - spot).T) * 0.6).astype(np.int32)
        near = np.flatnonzero(ds <= _LIMIT_DS)
        points.append(near)
        times.append(ds[near])
    persons = generator.lognormal(3, 1, _POINTS)
    demand = gpd.GeoDataFrame(
        {"persons": persons, "need": persons * generator.uniform(0.08, 0.25, _COMMUNES)[commune]}
    )
    reach = Reach(
        demand,
        gpd.GeoDataFrame(index=range(_SITES)),
        np.concatenate(([0], np.cumsum([near.size for near in points]))),
        np.concatenate(points).astype(np.int32),
        np.concatenate(times),
    )
    names = tuple(str(number) for number in range(_COMMUNES))
    areas = Areas(names, commune, np.arange(_POINTS), np.ones(_POINTS))
    return reach, generator.choice([20.0, 100.0, 200.0], _SITES), areas


if __name__ == "__main__":
    print(json.dumps(work()))
