"""Counts by commune: as they are now, and as they stood at each release."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage.model.raw_detections import RawDetections
from coverage.need.disclosure.blocks import Counted

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]
#: Columns of ``detections_released`` that are counted, and those that may be unknown.
SUMS = ("days", "detections", "others", "orientations")
UNKNOWABLE = ("others", "orientations")


def commune_counts(raw: RawDetections) -> pd.DataFrame:
    """Return what was counted in each commune that was sounded, by ``code_insee``.

    Columns: ``days, detections, others`` (tests without detection), ``orientations``, ``since``,
    ``until``. What is unknown of one row is unknown of the commune.
    """
    rows = counted_rows(raw)
    groups = rows.groupby("code_insee", sort=True)
    table = groups[["days", "detections"]].sum()
    for name in UNKNOWABLE:
        table[name] = groups[name].sum().where(groups[name].count() == groups.size())
    table["since"], table["until"] = groups["debut"].min(), groups["fin"].max()
    return _typed(table)


def counted_rows(raw: RawDetections) -> pd.DataFrame:
    """Return the rows with a day of presence, with ``code_insee, debut, fin`` and ``SUMS``."""
    where = raw.bureaux.set_index("id_bureau")["code_insee"]
    counts = raw.counts
    rows = pd.DataFrame(
        {
            "code_insee": counts["id_bureau"].map(where).astype(object),
            "debut": counts["debut"],
            "fin": counts["fin"],
            "days": counts["jours_presence"],
            "detections": counts["detections"],
            "others": counts["tests"] - counts["detections"],
            "orientations": counts["orientations"],
        }
    )
    return rows[rows["days"] > 0].reset_index(drop=True)


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    for name in SUMS:
        table[name] = table[name].astype("Int64" if name in UNKNOWABLE else "int64")
    return table


def counted_of(table: pd.DataFrame) -> dict[str, Counted]:
    """Return what decides on blocks, by commune."""
    others = [None if pd.isna(value) else int(value) for value in table["others"]]
    found = zip(table.index, table["detections"], others, strict=True)
    return {str(code): Counted(int(detections), without) for code, detections, without in found}


def sums_of(table: pd.DataFrame, codes: Iterable[str]) -> dict[str, int | None]:
    """Return ``SUMS`` over some communes; null where one of the sounded ones has none."""
    rows = table[table.index.isin(set(codes))]
    return {name: None if rows[name].isna().any() else int(rows[name].sum()) for name in SUMS}


def released_at(released: pd.DataFrame, release: int) -> pd.DataFrame:
    """Return the counts of communes as they stood at a release, as from ``commune_counts``."""
    rows = released[released["release"] == release]
    return _typed(rows.set_index("code_insee").drop(columns="release").copy())


class Sum(NamedTuple):
    """A count of persons: the numbers of the unknowns that it is the sum of, and its value."""

    parts: I64
    value: float


@dataclass(frozen=True, eq=False)
class Unknowns:
    """The persons counted since the release before, by commune and release: what is to be hidden.

    A measure is ``detections``, ``others``, ``orientations`` or ``unoriented``. Unknowns are
    numbered by measure, release and commune; there is none where nothing moved, or where no counter
    was sounded: everybody knows that nobody was counted there. Counts never go down from one
    release to the next, and what is unknown once stays so (see ``releases``); where orientations
    are unknown the detections are one count, numbered with the not oriented.
    """

    codes: tuple[str, ...]
    counts: F64
    number: dict[str, I64]

    @classmethod
    def of(cls, released: pd.DataFrame) -> Unknowns:
        """Number the unknowns of all releases (``detections_released``)."""
        codes = tuple(sorted(released["code_insee"].unique()))
        releases = range(1, int(released["release"].max()) + 1)
        tables = [released_at(released, release).reindex(codes) for release in releases]
        counts = {
            name: np.array([table[name].to_numpy(float, na_value=np.nan) for table in tables])
            for name in SUMS
        }
        added = {
            name: np.diff(np.nan_to_num(values), axis=0, prepend=0.0)
            for name, values in counts.items()
        }
        moved = np.logical_or.reduce([values != 0 for values in added.values()])
        moved &= np.nan_to_num(counts["days"]) > 0
        known = {name: moved & ~np.isnan(counts[name]) for name in UNKNOWABLE}
        added["unoriented"] = added["detections"] - added["orientations"] * known["orientations"]
        there = {"unoriented": moved, **known}
        number: dict[str, I64] = {}
        values: list[F64] = []
        for name, held in there.items():
            first = sum(map(len, values))
            number[name] = np.where(held, first + np.cumsum(held).reshape(held.shape) - 1, -1)
            values.append(added[name][held])
        return cls(codes, np.concatenate(values), number)

    def standing(self, measure: str, codes: Iterable[str], release: int) -> Sum:
        """Return a count as it stood at a release."""
        at = self._places(codes)
        return self._sum([found[:release][:, at].ravel() for found in self._numbers(measure)])

    def added(self, measure: str, codes: Iterable[str], release: int) -> Sum:
        """Return what a release added to a count."""
        at = self._places(codes)
        return self._sum([found[release - 1][at] for found in self._numbers(measure)])

    def _numbers(self, measure: str) -> list[I64]:
        names = ("unoriented", "orientations") if measure == "detections" else (measure,)
        return [self.number[name] for name in names]

    def _sum(self, numbers: list[I64]) -> Sum:
        flat = np.concatenate(numbers)
        parts = flat[flat >= 0]
        return Sum(parts, float(self.counts[parts].sum()))

    def _places(self, codes: Iterable[str]) -> I64:
        place = self._place
        return np.array([place[code] for code in codes if code in place], np.int64)

    @cached_property
    def _place(self) -> dict[str, int]:
        return {code: at for at, code in enumerate(self.codes)}
