"""Somebody who collects every public answer and solves for the counts behind them.

He knows which communes have no counter, and which were never sounded. The unknowns are the persons
counted in each commune between two releases: detected and oriented, detected and not, tested and
not detected. What he was told are linear equations; the least and the most that a count can be are
two linear programs. He shares no code with the program he attacks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import highspy
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from coverage.model.detections import SOUNDED, ProtectedDetections, WholeBlocks
from tests.need.counters import Counters

KINDS = ("unoriented", "oriented", "others")
#: The measures that may be small, and the kinds of person that make them.
MEASURES = {
    "detections": ("unoriented", "oriented"),
    "others": ("others",),
    "oriented": ("oriented",),
    "unoriented": ("unoriented",),
}
Key = tuple[str, str, int]


@dataclass
class Equations:
    """Unknowns by key, all >= 0, and the sums of them that were told, none twice."""

    columns: dict[Key, int] = field(default_factory=dict)
    rows: list[tuple[dict[int, float], float]] = field(default_factory=list)
    #: The release, by commune, up to which everybody knows that nobody was counted.
    nobody: dict[str, int] = field(default_factory=dict)

    def known_zero(self, key: Key) -> bool:
        """Tell whether everybody knows that this unknown is 0."""
        _, code, release = key
        return release <= self.nobody.get(code, 0)

    def add(self, keys: Iterable[tuple[Key, float]], total: float) -> None:
        """Note that a sum of unknowns (each times a factor) is ``total``."""
        row: dict[int, float] = {}
        for key, times in keys:
            column = self.columns.setdefault(key, len(self.columns))
            row[column] = row.get(column, 0.0) + times
        self.rows.append((row, float(total)))

    def independent(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows that say something new; the others must agree with them."""
        width = len(self.columns)
        kept: list[int] = []
        basis = np.zeros((0, width + 1))
        pivots: list[int] = []
        every = np.zeros((len(self.rows), width + 1))
        for at, (row, total) in enumerate(self.rows):
            every[at, list(row)] = list(row.values())
            every[at, -1] = total
        for at, row in enumerate(every):
            rest = row - row[pivots] @ basis if pivots else row.copy()
            rest[np.abs(rest) < 1e-9] = 0.0
            if not rest[:-1].any():
                assert abs(rest[-1]) < 1e-6, "two answers contradict each other"
                continue
            pivot = int(np.argmax(np.abs(rest[:-1])))
            rest /= rest[pivot]
            basis = np.vstack([basis - np.outer(basis[:, pivot], rest), rest])
            pivots.append(pivot)
            kept.append(at)
        return every[kept, :-1], every[kept, -1]


class Program:
    """Equations that share unknowns, and the least and the most of a sum of these."""

    def __init__(self, matrix: np.ndarray, totals: np.ndarray) -> None:
        width = matrix.shape[1]
        self.width = width
        self.model = highspy.Highs()
        self.model.silent()
        self.model.setOptionValue("presolve", "off")
        self.model.setOptionValue("simplex_strategy", 4)  # a new objective keeps the point feasible
        self.model.addVars(width, np.zeros(width), np.full(width, highspy.kHighsInf))
        for row, total in zip(matrix, totals, strict=True):
            at = np.flatnonzero(row)
            self.model.addRow(total, total, len(at), at.astype(np.int32), row[at])

    def range(self, columns: list[int]) -> float:
        """Solve the two programs and return how far apart they end."""
        cost = np.zeros(self.width)
        cost[columns] = 1.0
        self.model.changeColsCost(self.width, np.arange(self.width, dtype=np.int32), cost)
        ends = []
        for sense in (highspy.ObjSense.kMinimize, highspy.ObjSense.kMaximize):
            self.model.changeObjectiveSense(sense)
            self.model.run()
            status = self.model.getModelStatus()
            if status == highspy.HighsModelStatus.kUnbounded:
                return np.inf
            assert status == highspy.HighsModelStatus.kOptimal, status
            ends.append(self.model.getObjectiveValue())
        return float(ends[1] - ends[0])


class Solver:
    """The programs of sums of unknowns; unknowns that share no equation are solved apart."""

    def __init__(self, equations: Equations) -> None:
        self.columns = equations.columns
        self.known_zero = equations.known_zero
        matrix, totals = equations.independent()
        together = csr_matrix(np.abs(matrix).T @ np.abs(matrix))
        count, self.group = connected_components(together, directed=False)
        self.place = np.zeros(len(self.group), np.int64)
        self.programs = []
        for group in range(count):
            own = np.flatnonzero(self.group == group)
            self.place[own] = np.arange(len(own))
            rows = matrix[:, own].any(axis=1)
            self.programs.append(Program(matrix[np.ix_(rows, own)], totals[rows]))
        self.widths: dict[tuple[int, ...], float] = {}

    @property
    def solved(self) -> int:
        """How many linear programs were solved."""
        return 2 * len(self.widths)

    def width(self, keys: Iterable[Key]) -> float:
        """Return how far apart the least and the most of a sum are."""
        asked: list[int] = []
        for key in keys:
            if key in self.columns:
                asked.append(self.columns[key])
            elif not self.known_zero(key):
                return np.inf  # nothing was ever told of it
        total = 0.0
        for group in np.unique(self.group[asked]):
            columns = tuple(sorted(column for column in asked if self.group[column] == group))
            if columns not in self.widths:
                places = self.place[list(columns)].tolist()
                self.widths[columns] = self.programs[group].range(places)
            total += self.widths[columns]
        return total


def increments(territory: Counters, releases: Iterable[int]) -> dict[Key, int]:
    """Return the truth: persons by (kind, commune, release), counted since the release before."""
    place = territory.bureaux.set_index("id_bureau")["code_insee"]
    rows = territory.counts
    code = rows["id_bureau"].map(place)
    oriented = rows["orientations"].fillna(0)
    kinds = {
        "unoriented": rows["detections"] - oriented,
        "oriented": oriented,
        "others": rows["tests"] - rows["detections"],
    }
    ends = list(releases)
    month = (rows["debut"].dt.year - 2023) * 12 + rows["debut"].dt.month - 1
    release = np.searchsorted(ends, month.to_numpy(), side="right") + 1
    truth: dict[Key, int] = {}
    for kind, values in kinds.items():
        for (one, number), total in values.groupby([code, release]).sum().items():
            truth[kind, one, number] = int(total)
    return truth


def polygons(territory: Counters, rng: np.random.Generator, count: int) -> list[shapely.Geometry]:
    """Draw free areas: boxes, discs and unions of communes."""
    west, south, east, north = territory.communes.total_bounds
    shapes = territory.communes.geometry.to_numpy()
    drawn: list[shapely.Geometry] = []
    for number in range(count):
        x, y = rng.uniform((west, south), (east, north))
        if number % 4 == 0:
            drawn.append(shapely.Point(x, y).buffer(rng.uniform(0.05, 0.3)))
        elif number % 4 == 1:
            far = rng.uniform((west, south), (east, north))
            drawn.append(
                shapely.box(min(x, far[0]), min(y, far[1]), max(x, far[0]), max(y, far[1]))
            )
        else:
            chosen = rng.random(len(shapes)) < rng.uniform(0.2, 0.98)
            drawn.append(shapely.union_all(shapes[chosen]))
    return drawn


def gather(
    territory: Counters, told: list[ProtectedDetections], areas: list[shapely.Geometry]
) -> Equations:
    """Return what every public answer of every release says."""
    found = Equations()
    stood: list[dict[str, int]] = []  # of each release: the release that a commune's counts are of
    for now in told:
        moved = now.blocks.set_index("block_id")["release"]
        codes = now.communes["code_insee"]
        stood.append(dict(zip(codes, now.communes["block_id"].map(moved), strict=True)))
        for code in codes[now.communes["sounding"] != SOUNDED]:
            found.nobody[code] = stood[-1][code]

    def counted(kinds: Iterable[str], codes: Iterable[str], at: int) -> Iterable[tuple[Key, float]]:
        for code in codes:
            for kind in kinds:
                for release in range(1, stood[at][code] + 1):
                    if not found.known_zero((kind, code, release)):
                        yield (kind, code, release), 1.0

    def say(row: object, codes: Iterable[str], at: int) -> None:
        codes = list(codes)
        figures: Any = row
        told = {("unoriented", "oriented"): figures.detections, ("oriented",): figures.orientations}
        if figures.tests is not None and not pd.isna(figures.tests):
            told["others",] = figures.tests - figures.detections
        for kinds, total in told.items():
            if total is not None and not pd.isna(total):
                found.add(counted(kinds, codes, at), total)

    for at, now in enumerate(told):
        members = now.communes.groupby("block_id")["code_insee"].agg(list)
        for block in now.blocks.itertuples():
            say(block, members[block.block_id], at)
        for zone in now.zones.itertuples():
            say(zone, zone.codes, zone.release - 1)
        answers: set[WholeBlocks] = {now.within(area) for area in areas}
        answers |= {now.among(codes) for codes in _filters(territory)}
        for answer in sorted(answers, key=lambda answer: answer.block_ids):
            if answer.block_ids:
                say(answer, [code for block in answer.block_ids for code in members[block]], at)
        _say_months(found, now, at, stood, counted)
    return found


def _filters(territory: Counters) -> list[set[str]]:
    """Return the communes of each official zone, of every two zones, and of their overlaps."""
    zones = territory.zonings.groupby(["zoning", "zone_id"])["code_insee"].agg(set).tolist()
    pairs = list(combinations(zones, 2))
    return [
        *zones,
        *(a | b for a, b in pairs),
        *(a & b for a, b in pairs),
        *(a - b for a, b in pairs),
    ]


def _say_months(
    found: Equations,
    now: ProtectedDetections,
    at: int,
    stood: list[dict[str, int]],
    counted: Callable[..., Iterable[tuple[Key, float]]],
) -> None:
    """Add the periods of a release: they split what the blocks that tell them added.

    The persons of each commune and period are a table of which the margins are known. Such a table
    exists whatever the communes' own totals, if these add up to the periods' (transport problem):
    for what is asked of communes, the periods say their sum and no more.
    """
    periods = now.trend[now.trend["release"] == at + 1]
    codes = [
        code
        for code, release in stood[at].items()
        if release == at + 1 and (at == 0 or stood[at - 1].get(code) == at)
    ]
    detections = int(periods["detections"].sum())
    sums = {("unoriented", "oriented"): detections}
    if periods["tests"].notna().all():
        sums["others",] = int(periods["tests"].sum()) - detections
    for kinds, total in sums.items():
        keys = [pair for pair in counted(kinds, codes, at) if pair[0][2] == at + 1]
        if len(periods):
            found.add(keys, total)


def targets(
    truth: dict[Key, int],
    blocks: Iterable[Iterable[str]],
    touching: set[tuple[str, str]],
    last: int,
) -> list[tuple[list[Key], int]]:
    """Return every count of 1 to 10, standing or added, by measure.

    Of communes, and of the pairs of them that lie in one of the ``blocks`` or are ``touching``.
    """
    codes = sorted({key[1] for key in truth})
    pairs = {pair for block in blocks for pair in combinations(sorted(block), 2)} | touching
    groups: list[tuple[str, ...]] = [(code,) for code in codes]
    groups += sorted(pair for pair in pairs if set(pair) <= set(codes))
    found: list[tuple[list[Key], int]] = []
    for group in groups:
        for kinds in MEASURES.values():
            for first in range(1, last + 1):
                for until in range(first, last + 1):
                    keys: list[Key] = [
                        (kind, code, release)
                        for kind in kinds
                        for code in group
                        for release in range(first, until + 1)
                        if (kind, code, release) in truth
                    ]
                    value = sum(truth[key] for key in keys)
                    if 1 <= value <= 10:
                        found.append((keys, value))
    return found


def gather_without_protection(
    territory: Counters, truth: dict[Key, int], areas: list[shapely.Geometry], last: int
) -> Equations:
    """Return what the same questions tell where each answer only has to reach eleven persons."""
    found = Equations()
    shapes = territory.communes.geometry.to_numpy()
    codes = territory.communes["code_insee"].to_numpy()
    equipped = set(territory.bureaux["code_insee"])
    asked = [{code} for code in codes] + _filters(territory)
    asked += [set(codes[area.covers(shapes)]) for area in areas]
    for release in range(1, last + 1):
        for question in asked:
            for kinds in (("unoriented", "oriented"), ("others",), ("oriented",)):
                keys = [
                    ((kind, code, number), 1.0)
                    for kind in kinds
                    for code in sorted(question & equipped)
                    for number in range(1, release + 1)
                ]
                total = sum(truth.get(key, 0) for key, _ in keys)
                if total >= 11:
                    found.add(keys, total)
    return found
