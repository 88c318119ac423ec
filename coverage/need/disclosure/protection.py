"""Protect: the owner's counts in, what everybody may see out."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import geopandas as gpd
import pandas as pd

from coverage.model.detections import BLOCK, THRESHOLD, ZONINGS
from coverage.model.raw_detections import RawDetections
from coverage.model.tables import CONTRACTS
from coverage.need.disclosure.blocks import frozen_blocks, new_blocks
from coverage.need.disclosure.cells import Cell, History, measures_known
from coverage.need.disclosure.counts import (
    SUMS,
    Unknowns,
    commune_counts,
    counted_of,
    counted_rows,
    released_at,
    sums_of,
)
from coverage.need.disclosure.funnel import follow
from coverage.need.disclosure.ground import CommuneGround
from coverage.need.disclosure.published import Published, standing, unpublished
from coverage.need.disclosure.releases import held_blocks, remembered, stood
from coverage.need.disclosure.suppression import Suppression
from coverage.need.disclosure.tables import block_name, block_table, commune_table, zone_rows
from coverage.need.disclosure.trend import trend_rows

_ZONE = ["zoning", "zone_id", "nom"]


def protect(
    raw: RawDetections,
    communes: gpd.GeoDataFrame,
    zonings: pd.DataFrame,
    before: Published | None,
    *,
    metric_epsg: int,
    threshold: int = THRESHOLD,
) -> Published:
    """Publish counts: blocks, official zones, months and what followed, each as far as it may be.

    ``communes``: the contract table. ``zonings``: ``zoning, zone_id, nom, code_insee``, one row a
    zone and commune of it. ``before`` is what was published last: its blocks are frozen, its
    figures move where they may, and no new release is made where nothing moves. A territory whose
    detections are too few to be told has no block, and nothing of it is told until they are enough.

    Raises ``ValueError`` where ``threshold`` isn't that of the releases before.
    """
    if before is not None and before.threshold != threshold:
        raise ValueError("The threshold is that of the first release.")
    ground = CommuneGround.of(communes, metric_epsg=metric_epsg)
    now = commune_counts(raw)
    before = replace(before or unpublished(threshold), counted=len(raw.counts) > 0)
    if not before.counted:
        return replace(before, funnel=_followed(raw, before.zones.iloc[:0], before))
    if before.blocks.empty:
        block_of = new_blocks(ground, counted_of(now), communes, threshold=threshold)
    else:
        block_of = frozen_blocks(ground, before.communes)
    zones = _zones(zonings)
    if block_of is None:
        return _too_few(raw, ground, zones, now, before)
    last = released_at(before.released, before.release)
    held = frozenset[str]()
    if not before.blocks.empty:
        now = remembered(now, last)
        held = held_blocks(now, last, block_of, threshold=threshold)
    counts = stood(now, last, block_of, held)
    if counts.equals(last) and _told_already(zones, before):
        after = before
    else:
        after = _published(raw, communes, ground, zones, counts, last, block_of, held, before)
    return replace(
        after,
        communes=commune_table(raw, ground, block_of, counts.index),
        funnel=_followed(raw, after.zones, before),
    )


def _told_already(zones: list[Cell], before: Published) -> bool:
    """Tell whether the last release knew of these very zones."""
    rows = standing(before.zones[before.zones["zoning"] != BLOCK])
    columns = (rows[name] for name in ("zoning", "zone_id", "nom", "codes"))
    known = {(*names, tuple(codes)) for *names, codes in zip(*columns, strict=True)}
    return known == {(*cell.key, cell.nom, cell.codes) for cell in zones}


def _zones(zonings: pd.DataFrame) -> list[Cell]:
    return [
        Cell(str(zoning), str(zone_id), str(nom), tuple(sorted(rows["code_insee"])))
        for (zoning, zone_id, nom), rows in zonings.groupby(_ZONE, sort=True)
    ]


def _too_few(
    raw: RawDetections,
    ground: CommuneGround,
    zones: list[Cell],
    now: pd.DataFrame,
    before: Published,
) -> Published:
    """Return a publication that hides every count at the counters, and tells what followed."""
    hidden = [cell.knowing(measures_known(now, cell.codes)) for cell in zones]
    rows = zone_rows(hidden, now, release=max(before.release, 1))
    return replace(
        before,
        communes=commune_table(raw, ground, None, now.index),
        zones=rows,
        funnel=_followed(raw, rows if len(now) else rows.iloc[:0], before),
        release=max(before.release, 1),
    )


def _followed(raw: RawDetections, zones: pd.DataFrame, before: Published) -> pd.DataFrame:
    """Return what followed at each release, with today's where it is another.

    ``zones``: what is told of the whole territory is among them, unless no counter tells anything.
    """
    whole = standing(zones[zones["zoning"] == ZONINGS[0]])
    now = follow(
        raw.activity,
        whole.iloc[0] if len(whole) else None,
        before.funnel,
        release=_last(before.funnel) + 1,
        threshold=before.threshold,
    )
    then = before.funnel[before.funnel["release"] == _last(before.funnel)]
    same = now.drop(columns="release").equals(then.drop(columns="release").reset_index(drop=True))
    return before.funnel if same else _added(before.funnel, now)


def _last(table: pd.DataFrame) -> int:
    return 0 if table.empty else int(table["release"].max())


def _published(
    raw: RawDetections,
    communes: gpd.GeoDataFrame,
    ground: CommuneGround,
    zones: list[Cell],
    counts: pd.DataFrame,
    last: pd.DataFrame,
    block_of: pd.Series[str],
    held: frozenset[str],
    before: Published,
) -> Published:
    """Return the next release; ``counts`` by commune stand in it, ``last`` in the one before."""
    release, threshold = before.release + 1, before.threshold
    released = _added(before.released, _of_release(counts, release))
    cells = _block_cells(block_of, held, counts, communes, before, threshold)
    cells += [cell.knowing(measures_known(counts, cell.codes)) for cell in zones]
    history = History(before.zones)
    pairs = _pairs(ground, counts, block_of)
    unknowns = Unknowns.of(released)
    Suppression(unknowns, history, release, pairs, block_of, threshold).decide(cells)
    moved = [cell for cell in cells if cell.told or history.last(cell, "detections") is None]
    every = _added(before.zones, zone_rows(moved, counts, release=release))
    now_told = standing(every)
    blocks, prior = block_table(now_told[now_told["zoning"] == BLOCK], communes, block_of)
    return replace(
        before,
        blocks=blocks,
        zones=every,
        trend=_added(before.trend, _new_periods(raw, counts, last, block_of, held, before)),
        released=released,
        release=release,
        prior=prior,
    )


def _added(before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    return now if before.empty else pd.concat([before, now], ignore_index=True)


def _of_release(counts: pd.DataFrame, release: int) -> pd.DataFrame:
    table = counts.reset_index(names="code_insee").assign(release=release)
    return table[list(CONTRACTS["detections_released"].columns)]


def _block_cells(
    block_of: pd.Series[str],
    held: frozenset[str],
    counts: pd.DataFrame,
    communes: pd.DataFrame,
    before: Published,
    threshold: int,
) -> list[Cell]:
    """Return the blocks that aren't held, with what they tell by the way they are made."""
    names = before.blocks.set_index("block_id")["nom"]
    cells = []
    for block, rows in block_of.groupby(block_of, sort=True):
        if block in held:
            continue
        codes = tuple(sorted(rows.index))
        nom = names.get(block) or block_name(codes, counts.index, communes)
        cell = Cell(BLOCK, str(block), str(nom), codes).knowing(measures_known(counts, codes))
        cell.told.add("detections")
        others = sums_of(counts, codes)["others"]
        if others is not None and others >= threshold:
            cell.told.add("others")
        cells.append(cell)
    return cells


def _pairs(
    ground: CommuneGround, counts: pd.DataFrame, block_of: pd.Series[str]
) -> tuple[tuple[str, str], ...]:
    """Return the sounded communes of one block, and those that touch across a border of blocks.

    Communes touch where the ones that go with them do.
    """
    sounded = [code for code in ground.codes if code in counts.index]
    together = {
        pair
        for _, rows in block_of[sounded].groupby(block_of[sounded])
        for pair in combinations(sorted(rows.index), 2)
    }
    near = ground.touching(ground.nearest(sounded))
    touching = {(ground.codes[one], ground.codes[other]) for one, other in near}
    return tuple(sorted(together | touching))


def _new_periods(
    raw: RawDetections,
    counts: pd.DataFrame,
    last: pd.DataFrame,
    block_of: pd.Series[str],
    held: frozenset[str],
    before: Published,
) -> pd.DataFrame:
    """Return the periods told by the blocks that moved at this release and at the one before."""
    blocks = set(block_of) - held
    if not before.blocks.empty:
        rows = before.zones
        told = rows[rows["zoning"] == BLOCK]
        blocks &= set(told.loc[told["release"] == _last(told), "zone_id"])
    codes = [code for code in counts.index if block_of[code] in blocks]
    # What was unknown before is unknown now: a commune that is new here had nobody counted.
    added = counts.loc[codes, list(SUMS)] - last.reindex(codes)[list(SUMS)].fillna(0)
    after = None if before.trend.empty else before.trend["until"].max()
    return trend_rows(
        counted_rows(raw),
        added,
        codes,
        after=after,
        release=before.release + 1,
        blocks=len(blocks),
        threshold=before.threshold,
    )
