"""Blocks: contiguous unions of communes that each hold enough detections to be told.

What decides which neighbour a commune is joined with is public (distances, inhabitants): the counts
only decide whether it must be. So a block of two communes tells that one of them was too small;
where the nearest neighbour of one isn't the other, it tells which.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage.model.detections import BLOCK
from coverage.need.disclosure.ground import CommuneGround

I64 = NDArray[np.int64]


class Counted(NamedTuple):
    """The persons counted at a commune's counters; ``others`` (tests without) null = not known."""

    detections: int
    others: int | None

    def plus(self, more: Counted) -> Counted:
        """Count two communes together: what is unknown of one is unknown of both."""
        known = self.others is not None and more.others is not None
        others = (self.others or 0) + (more.others or 0) if known else None
        return Counted(self.detections + more.detections, others)

    def safe(self, threshold: int) -> bool:
        """Tell whether this many may be told: enough with, and enough without detection."""
        without = self.others is None or self.others >= threshold
        return self.detections >= threshold and without


def build_blocks(
    ground: CommuneGround,
    counted: Mapping[str, Counted],
    persons: Mapping[str, float],
    *,
    threshold: int,
) -> I64 | None:
    """Return the block of each commune of the ground, by number, or None where there is none.

    ``counted``: what was counted in each commune that was sounded. Every other commune goes with
    the nearest of these. Then, fewest inhabitants first (``persons``), a part that isn't safe is
    joined with the nearest part that touches it, until all are. None: the territory as a whole is
    too small to be told.
    """
    if not counted or not reduce(Counted.plus, counted.values()).safe(threshold):
        return None
    part = ground.nearest(counted)
    codes = ground.codes
    held = {int(at): counted[codes[at]] for at in np.unique(part)}
    people = dict.fromkeys(held, 0.0)
    for code, at in zip(codes, part, strict=True):
        people[int(at)] += persons.get(code, 0.0)
    near: dict[int, dict[int, float]] = {at: {} for at in held}
    for (one, other), metres in ground.touching(part).items():
        near[one][other] = near[other][one] = metres
    while small := [at for at, count in held.items() if not count.safe(threshold)]:
        gone = min(small, key=lambda at: (people[at], codes[at]))
        kept = min(near[gone], key=lambda at: (near[gone][at], codes[at]))
        held[kept] = held[kept].plus(held.pop(gone))
        people[kept] += people.pop(gone)
        for other, metres in near.pop(gone).items():
            del near[other][gone]
            if other != kept:
                near[kept][other] = min(near[kept].get(other, np.inf), metres)
                near[other][kept] = near[kept][other]
        part = np.where(part == gone, kept, part)
    return part


def new_blocks(
    ground: CommuneGround,
    counted: Mapping[str, Counted],
    communes: pd.DataFrame,
    *,
    threshold: int,
) -> pd.Series[str] | None:
    """Return the block of each commune, named after the first of its codes; None: too few."""
    persons = dict(zip(communes["code_insee"], communes["population"].fillna(0), strict=True))
    part = build_blocks(ground, counted, persons, threshold=threshold)
    if part is None:
        return None
    codes = pd.Series(ground.codes, index=ground.codes)
    return BLOCK + ":" + codes.groupby(pd.Series(part, index=ground.codes)).transform("min")


def frozen_blocks(ground: CommuneGround, communes: pd.DataFrame) -> pd.Series[str]:
    """Return the frozen block of each commune; a new commune goes with the nearest one.

    A commune that is gone keeps its block: what was counted there was told in it.
    """
    known = communes.set_index("code_insee")["block_id"]
    nearest = ground.nearest(set(known.index) & set(ground.codes))
    here = pd.Series(ground.codes).iloc[nearest].map(known)
    blocks = pd.Series(here.to_numpy(), index=ground.codes)
    return pd.concat([blocks, known[~known.index.isin(blocks.index)]])
