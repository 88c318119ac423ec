"""Releases: a block's figures move only where all that was told of it gives none or many.

Counts only grow from one release to the next, by none or by the threshold: so do the differences
between any two releases. A block whose detections went down (a corrected file, a row that is gone)
stands as before until they are up again. Tests or orientations that went down, or that were unknown
once, are unknown from then on.

A block that stands as before either can't move, for its detections or for its tests without, or had
none of either: from its standing alone nobody tells which.
"""

from __future__ import annotations

import pandas as pd

from coverage.need.disclosure.blocks import Counted
from coverage.need.disclosure.counts import counted_of


def enough(now: float, before: float | None, threshold: int) -> bool:
    """Tell whether a count may be told, after what was told of it before.

    It must reach the threshold, and have moved by nothing or by as much: neither what came nor
    what was taken away is then told of fewer.
    """
    moved = 0 if before is None else abs(now - before)
    return now >= threshold and (moved == 0 or moved >= threshold)


def remembered(now: pd.DataFrame, last: pd.DataFrame) -> pd.DataFrame:
    """Return today's counts by commune without what was unknown before, or went down since.

    ``now`` and ``last`` (as they stood) are counts by commune, see ``commune_counts``.
    """
    table = now.copy()
    then = last.reindex(now.index)
    before = now.index.isin(last.index)
    unsure = then["others"].isna() | (now["others"] < then["others"]).fillna(False)
    table["others"] = table["others"].mask(before & unsure.to_numpy(bool))
    rest, rest_then = now["detections"] - now["orientations"], then["detections"].astype("Int64")
    unsure = then["orientations"].isna() | (now["orientations"] < then["orientations"]).fillna(
        False
    )
    unsure |= (rest < rest_then - then["orientations"]).fillna(False)
    table["orientations"] = table["orientations"].mask(before & unsure.to_numpy(bool))
    return table


def held_blocks(
    now: pd.DataFrame, last: pd.DataFrame, block_of: pd.Series[str], *, threshold: int
) -> frozenset[str]:
    """Return the blocks whose counts may not move yet: they stay as they stood.

    ``now`` as from ``remembered``, and ``last``.
    """
    today, then = _by_block(now, block_of), _by_block(last, block_of)
    there = now.reindex(last.index)
    less = (there["detections"].fillna(-1) < last["detections"]) | (
        there["days"].fillna(-1) < last["days"]
    )
    shrunk = set(block_of.reindex(last.index[less]))
    return frozenset(
        block
        for block in {*today, *then}
        if block in shrunk or not _may_move(today.get(block), then.get(block), threshold)
    )


def _by_block(counts: pd.DataFrame, block_of: pd.Series[str]) -> dict[str, Counted]:
    blocks: dict[str, Counted] = {}
    for code, counted in counted_of(counts).items():
        block = block_of[code]
        blocks[block] = blocks[block].plus(counted) if block in blocks else counted
    return blocks


def _may_move(now: Counted | None, then: Counted | None, threshold: int) -> bool:
    if now is None or then is None:  # its counters are gone from the file
        return False
    if now == then:  # held blocks and quiet ones look alike: being held must tell nothing
        return False
    if not enough(now.detections, then.detections, threshold):
        return False
    if now.others is None or then.others is None:
        return True  # its tests aren't told any more
    return enough(now.others, then.others, threshold)


def stood(
    now: pd.DataFrame, last: pd.DataFrame, block_of: pd.Series[str], held: frozenset[str]
) -> pd.DataFrame:
    """Return the counts by commune of a release: today's, or the last ones in held blocks."""
    moved = now[~block_of.reindex(now.index).isin(held)]
    kept = last[block_of.reindex(last.index).isin(held)]
    return pd.concat([moved, kept]).sort_index()
