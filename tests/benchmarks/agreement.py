"""Beside Valhalla and OSRM with their own car profiles: who is reached, and in what time.

From the same places to the same junctions. Three comparisons, each explaining some more: the
times as they are; ours multiplied by one factor (the median ratio); ours refitted: for each class
of road a share of our seconds and of our metres, and so much a junction passed, as fit the engine
best along our own routes. What the third explains is the speed table; what is left after it is
other routes, turns and what else an engine charges for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

from coverage.network.graph import RoadGraph, highway_codes
from coverage.network.roads import read_roads
from tests.benchmarks import extract
from tests.benchmarks.peers import Peer, PeerMissingError
from tests.benchmarks.results import Table
from tests.benchmarks.settings import Settings
from tests.network.conftest import urban_communes

_SOURCES, _JUNCTIONS = 20, 1000
_MINUTES = 10, 20, 30
#: Pairs nearer than this say more about where each side puts its points than about speeds.
_NEAR_S = 120.0
_FITTED_SHARE = 0.9
#: From this ratio of times on, either way, two sides are far apart.
_FAR = 1.2
#: Classes of road that are told apart, in groups.
_GROUPS: dict[str, tuple[str, ...]] = {
    "motorway, trunk": ("motorway", "motorway_link", "trunk", "trunk_link"),
    "primary": ("primary", "primary_link"),
    "secondary": ("secondary", "secondary_link"),
    "tertiary": ("tertiary", "tertiary_link"),
    "unclassified": ("unclassified", "road"),
    "residential": ("residential", "living_street"),
    "service, track": ("service", "track"),
}
_JUNCTION = "junction"

Matrix = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Sample:
    """Places and junctions of a network, with our seconds and the routes they are made of.

    ``seconds`` is places x junctions (inf = out of reach); ``routes`` holds for each pair the
    metres by group of classes, the number of junctions passed, then the seconds by group.
    """

    places: Matrix
    junctions: Matrix
    seconds: Matrix
    routes: Matrix


def neighbours(graph: RoadGraph) -> NDArray[np.int64]:
    """Return the number of distinct neighbours of each node, whatever the direction."""
    ones = np.ones(graph.arcs, dtype=np.int8)
    shape = (graph.nodes, graph.nodes)
    arcs = csr_matrix((ones, graph.indices, graph.indptr), shape=shape)
    return np.diff((arcs + arcs.T).tocsr().indptr).astype(np.int64)


def sample(graph: RoadGraph) -> Sample:
    """Return junctions of the main part, the same ones each time, and the routes between them."""
    shape = (graph.nodes, graph.nodes)
    arcs = csr_matrix((graph.deciseconds, graph.indices, graph.indptr), shape=shape)
    _, part = connected_components(arcs, directed=True, connection="strong")
    crossing = neighbours(graph) >= 3
    main = np.flatnonzero((part == np.bincount(part).argmax()) & crossing)
    chosen = np.random.default_rng(5).permutation(main)[: _SOURCES + _JUNCTIONS]
    places, junctions = chosen[:_SOURCES], chosen[_SOURCES:]
    times, before = dijkstra(arcs, indices=places, return_predecessors=True)
    features = [
        route_features(graph, crossing, times[k], before[k])[junctions] for k in range(places.size)
    ]
    points = np.column_stack((graph.x, graph.y))
    return Sample(points[places], points[junctions], times[:, junctions] / 10, np.array(features))


def route_features(
    graph: RoadGraph, crossing: NDArray[np.bool_], times: Matrix, before: NDArray[np.int32]
) -> Matrix:
    """Return for each node what ``Sample.routes`` holds of the route to it."""
    count = len(_GROUPS)
    group_of = np.full(128, count - 1)
    for k, classes in enumerate(_GROUPS.values()):
        group_of[highway_codes(*classes)] = k
    found = np.zeros((graph.nodes, 2 * count + 1))
    order = np.argsort(times, kind="stable")
    for node in order[np.isfinite(times[order])].tolist():
        previous = int(before[node])
        if previous < 0:
            continue
        row = slice(graph.indptr[previous], graph.indptr[previous + 1])
        arc = row.start + int(np.searchsorted(graph.indices[row], node))
        found[node] = found[previous]
        group = int(group_of[graph.highway[arc]])
        found[node, group] += graph.length_m[arc]
        found[node, count] += crossing[node]
        found[node, count + 1 + group] += graph.deciseconds[arc] / 10
    return found


def jaccard(ours: Matrix, theirs: Matrix, minutes: int) -> float:
    """Return the share, of pairs that either side reaches in time, that both do."""
    mine, yours = ours <= 60 * minutes, theirs <= 60 * minutes
    return float((mine & yours).sum() / max(1, (mine | yours).sum()))


def main(settings: Settings) -> list[Table]:
    """Return how far the reached sets and the times agree, and the paces that explain it."""
    sets = Table(
        "agreement",
        (
            "network", "engine", "our times", "Jaccard 10 min", "20 min", "30 min",
            "theirs / ours, median", "quartiles", "off by more than 20 %",
            "of these, to or from the worst tenth", "reached by one side only",
        ),
    )  # fmt: skip
    paces = Table("paces", ("network", "times of", *_GROUPS, "a junction", "R²"))
    for name, roads, graph in _networks(settings):
        drawn = sample(graph)
        points = settings.folder("peers") / f"{name}.npz"
        np.savez(points, sources=drawn.places, targets=drawn.junctions)
        _add_paces(paces, name, "ours", drawn, drawn.seconds)
        for script in ("serve_osrm", "serve_valhalla"):
            try:
                with Peer(settings, script, settings.folder("peers", script), roads) as peer:
                    answer = points.with_name("answer.npz")
                    theirs = peer.answer("table", answer, points=str(points))["seconds"]
                    engine = peer.version
            except PeerMissingError as missing:
                sets.add(name, script, f"not available: {missing}", *[None] * 8)
                continue
            theirs = np.where(np.isnan(theirs), np.inf, theirs)
            _add_paces(paces, name, engine, drawn, theirs)
            _add_sets(sets, name, engine, drawn, theirs)
    return [sets, paces]


def _networks(settings: Settings) -> Iterator[tuple[str, Path, RoadGraph]]:
    """Go through the networks: name, extract for the engines, ours."""
    for name, roads in (("Isle of Man", settings.isle_of_man), ("Andorra", settings.andorra)):
        yield name, roads, read_roads(roads)
    towns = urban_communes(settings.mirror)
    yield "Corsica", extract.load(settings), read_roads(settings.corsica, urban=towns)


def _comparable(ours: Matrix, theirs: Matrix) -> NDArray[np.bool_]:
    """Tell the pairs within half an hour of ours that both sides reach and that are not near."""
    return np.isfinite(theirs) & (theirs > 0) & (ours >= _NEAR_S) & (ours <= 60 * _MINUTES[-1])


def _fitted(drawn: Sample, times: Matrix, columns: slice) -> tuple[Matrix, Matrix, float]:
    """Fit the times by columns of our routes; return the weights, all fitted times and R².

    Least squares of relative errors, weights not below zero; then once more without the pairs
    that are furthest off, because another route says nothing about speeds.
    """
    known = _comparable(drawn.seconds, times)
    wanted = times[known]
    shares = drawn.routes[known][:, columns] / wanted[:, None]
    weights, _ = nnls(shares, np.ones(wanted.size))
    error = np.abs(shares @ weights - 1)
    close = shares[error <= np.quantile(error, _FITTED_SHARE)]
    weights, _ = nnls(close, np.ones(len(close)))
    fitted = drawn.routes[:, :, columns] @ weights
    spread = ((wanted - wanted.mean()) ** 2).sum()
    return weights, fitted, float(1 - ((wanted - fitted[known]) ** 2).sum() / spread)


def _add_paces(table: Table, name: str, engine: str, drawn: Sample, times: Matrix) -> None:
    """Add the speed of each group and the seconds a junction that fit the times best."""
    count = len(_GROUPS)
    pace, _, explained = _fitted(drawn, times, slice(count + 1))
    metres = drawn.routes[_comparable(drawn.seconds, times)][:, :count].sum(axis=0)
    kmh = [
        f"{3.6 / s:.0f} km/h" if s > 0 and share > 0.01 else "(rare)"
        for s, share in zip(pace[:count], metres / metres.sum(), strict=True)
    ]
    table.add(name, engine, *kmh, f"{pace[count]:.1f} s", f"{explained:.3f}")


def _add_sets(table: Table, name: str, engine: str, drawn: Sample, theirs: Matrix) -> None:
    ours = drawn.seconds
    _, fitted, explained = _fitted(drawn, theirs, slice(None))
    known = _comparable(ours, theirs)
    scale = float(np.median(theirs[known] / ours[known]))
    one_side = float((np.isfinite(ours) != np.isfinite(theirs)).mean())
    versions = (
        ("as they are", ours),
        (f"x {scale:.2f}", ours * scale),
        (f"refitted (R² {explained:.3f})", np.where(np.isfinite(ours), fitted, np.inf)),
    )
    for label, mine in versions:
        ratio = theirs[known] / mine[known]
        low, middle, high = np.quantile(ratio, (0.25, 0.5, 0.75))
        far = np.zeros(known.shape, dtype=bool)
        far[known] = np.maximum(ratio, 1 / ratio) > _FAR
        table.add(
            name, engine, label, *(f"{jaccard(mine, theirs, limit):.2f}" for limit in _MINUTES),
            f"{middle:.2f}", f"{low:.2f} to {high:.2f}", f"{far.sum() / known.sum():.0%}",
            f"{_gathered(far):.0%}", f"{one_side:.1%}",
        )  # fmt: skip


def _gathered(far: NDArray[np.bool_]) -> float:
    """Return how many of the far pairs have an end among the worst tenth of places or junctions."""
    places, junctions = far.sum(axis=1), far.sum(axis=0)
    worst = np.zeros(far.shape, dtype=bool)
    worst[np.argsort(places)[-max(1, len(places) // 10) :]] = True
    worst[:, np.argsort(junctions)[-max(1, len(junctions) // 10) :]] = True
    return float((far & worst).sum() / max(1, far.sum()))
