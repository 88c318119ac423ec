"""Detections as everybody may see them: by block of communes, never by bureau.

How they are made, and why an attacker learns no small count from them: ``need.disclosure``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
from shapely import covers

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

#: The smallest count of persons that is told: the rule of INSEE for tax data, taken as our own.
THRESHOLD = 11
#: Marks a figure that is hidden so that no count under the threshold can be worked out; one that
#: isn't known at all is ``NOT_AVAILABLE``.
HIDDEN = "s"
#: The step of the funnel that counts sessions, not persons.
SESSIONS = "ateliers"
#: Of a commune: its bureaux were sounded, never were, or it has none.
SOUNDED, NEVER_SOUNDED, NO_BUREAU = "sondee", "jamais_sondee", "sans_bureau"
#: The blocks, and the zonings by which detections are told besides.
BLOCK = "bloc"
ZONINGS = ("departement", "epci", "frr", "densite")
#: Columns that count persons.
_COUNTED = ("detections", "tests", "orientations")
#: What is left of the first once the second is known counts persons too.
_PARTS = (("tests", "detections"), ("detections", "orientations"))


class Sharing(NamedTuple):
    """What protection costs in detail, in communes.

    Of all, those whose block holds another; of the sounded ones, those whose block holds another
    sounded one.
    """

    communes: int
    sharing: int
    sounded: int
    sounded_sharing: int


class WholeBlocks(NamedTuple):
    """The answer to a question about a free area: what its whole blocks hold, together.

    ``tests`` and ``orientations`` are null where one of the blocks doesn't tell them, ``days``
    and ``detections`` are 0 without a block.
    """

    block_ids: tuple[str, ...]
    days: int
    detections: int
    tests: int | None
    orientations: int | None


@dataclass(frozen=True, eq=False)
class ProtectedDetections:
    """The detections of a territory, protected.

    Tables (contracts in ``model.tables``): ``blocks`` (one row a block, without rows where the
    whole territory is too small to be told), ``communes`` (their block and how they were sounded),
    ``zones`` (official zones: the rows of the last release only), ``trend`` (periods of the whole
    territory, in order), ``funnel`` (what followed). ``release`` counts the publications, from 1.
    ``prior``: shape and presence-days of the gamma that the rates of blocks were shrunk with, or
    None where the blocks don't differ more than chance.
    """

    threshold: int
    release: int
    blocks: gpd.GeoDataFrame
    communes: pd.DataFrame
    zones: pd.DataFrame
    trend: pd.DataFrame
    funnel: pd.DataFrame
    prior: tuple[float, float] | None

    def __post_init__(self) -> None:
        """Raise ``ValueError`` where a count of persons is under the threshold."""
        tables = (self.blocks, self.zones, self.trend)
        counts = [table[name] for table in tables for name in _COUNTED if name in table]
        if "count" in self.funnel:
            counts.append(self.funnel.loc[self.funnel["step"] != SESSIONS, "count"])
        for table in tables:
            counts += [
                table[whole] - table[part]
                for whole, part in _PARTS
                if whole in table and part in table
            ]
        if any((count.dropna() < self.threshold).any() for count in counts):
            raise ValueError("A count of persons is under the threshold: it may not be told.")

    @property
    def loaded(self) -> bool:
        """Whether counts are loaded, and not only what followed them (``funnel``)."""
        return len(self.communes) > 0

    @property
    def behind(self) -> int:
        """How many blocks stand as an earlier release told them, and end before the others."""
        blocks = self.blocks
        earlier = blocks["release"] < self.release
        return int((earlier & (blocks["until"] < blocks["until"].max())).sum())

    def rate_by_commune(self) -> pd.Series[float]:
        """Return the block's detections per presence-day by ``code_insee``.

        Null where the counter that serves the commune was never sounded.
        """
        rates = self.blocks.set_index("block_id")["rate"]
        table = self.communes
        found = table["block_id"].map(rates).where(table["served"]).astype(float)
        return pd.Series(found.to_numpy(), index=table["code_insee"].to_numpy(), name="rate")

    def mean_rate(self) -> float:
        """Return the detections per presence-day of all blocks together, 0 without a block."""
        days = int(self.blocks["days"].sum())
        return int(self.blocks["detections"].sum()) / days if days else 0.0

    def sharing(self) -> Sharing:
        """Return how many communes share their block."""
        table = self.communes
        sounded = table["sounding"] == SOUNDED
        size = table.groupby("block_id")["block_id"].transform("size")
        measured = sounded.groupby(table["block_id"]).transform("sum")
        return Sharing(
            len(table),
            int((size > 1).sum()),
            int(sounded.sum()),
            int((sounded & (measured > 1)).sum()),
        )

    def among(self, codes: Iterable[str]) -> WholeBlocks:
        """Answer for any set of communes: by the blocks that lie in it wholly."""
        asked = frozenset(codes)
        return self._told(block for block, members in self._members.items() if members <= asked)

    def within(self, area: BaseGeometry) -> WholeBlocks:
        """Answer for a free polygon (EPSG:4326): by the blocks that lie in it wholly."""
        shapes = self.blocks.geometry.to_numpy()
        return self._told(self.blocks["block_id"].to_numpy()[covers(area, shapes)])

    @cached_property
    def _members(self) -> dict[str, frozenset[str]]:
        groups = self.communes.groupby("block_id")["code_insee"]
        return {str(block): frozenset(codes) for block, codes in groups}

    @cached_property
    def _figures(self) -> dict[str, tuple[int | None, ...]]:
        columns = [
            [None if pd.isna(value) else int(value) for value in self.blocks[name]]
            for name in ("days", "detections", "tests", "orientations")
        ]
        return dict(zip(self.blocks["block_id"], zip(*columns, strict=True), strict=True))

    def _told(self, block_ids: Iterable[str]) -> WholeBlocks:
        chosen = sorted(block_ids)
        totals = [
            None if None in column else sum(value for value in column if value is not None)
            for column in zip(*(self._figures[block] for block in chosen), strict=True)
        ]
        days, detections, tests, orientations = totals or (0, 0, None, None)
        return WholeBlocks(tuple(chosen), days or 0, detections or 0, tests, orientations)


def with_counts(told: ProtectedDetections | None) -> ProtectedDetections | None:
    """Return the detections where counts are loaded, and not only what followed them."""
    return None if told is None or not told.loaded else told
