"""The published tables, made from decisions."""

from __future__ import annotations

from collections.abc import Iterable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from coverage.model.detections import (
    HIDDEN,
    NEVER_SOUNDED,
    NO_BUREAU,
    SOUNDED,
)
from coverage.model.raw_detections import RawDetections
from coverage.model.tables import CONTRACTS
from coverage.model.words import NOT_AVAILABLE
from coverage.need.disclosure.cells import Cell
from coverage.need.disclosure.counts import sums_of
from coverage.need.disclosure.ground import CommuneGround
from coverage.need.rates import plain_rates, shrunken_rates

_RATES = ("rate", "rate_low", "rate_high")
#: The measure that decides on each figure.
_MEASURES = {"detections": "detections", "tests": "others", "orientations": "orientations"}


def zone_rows(cells: Iterable[Cell], counts: pd.DataFrame, *, release: int) -> pd.DataFrame:
    """Return what is told of cells at a release (contract ``detection_zones``).

    ``counts``: by commune, as they stand (see ``commune_counts``).
    """
    rows = [_row(cell, counts, release) for cell in cells]
    table = pd.DataFrame(rows, columns=list(CONTRACTS["detection_zones"].columns))
    for name in _MEASURES:
        table[name] = table[name].astype("Int64")
    for name in ("release", "sounded", "days"):
        table[name] = table[name].astype("int64")
    for name in ("since", "until"):
        table[name] = pd.to_datetime(table[name]).astype("datetime64[ns]")
    told = table["detections"].notna()
    rates = plain_rates(table["detections"].fillna(0), table["days"].where(told, 0))
    for name, values in zip(_RATES, rates[:3], strict=True):
        table[name] = values
    table["oriented_share"] = (table["orientations"] / table["detections"]).astype(float)
    return table


def _row(cell: Cell, counts: pd.DataFrame, release: int) -> dict[str, object]:
    here = counts[counts.index.isin(cell.codes)]
    sums = sums_of(here, cell.codes)
    tests = None if sums["others"] is None else sums["others"] + (sums["detections"] or 0)
    values = {
        "detections": sums["detections"],
        "tests": tests,
        "orientations": sums["orientations"],
    }
    row: dict[str, object] = {
        "zoning": cell.zoning,
        "zone_id": cell.zone_id,
        "nom": cell.nom,
        "codes": list(cell.codes),
        "sounded": len(here),
        "release": release,
        "since": here["since"].min(),
        "until": here["until"].max(),
        "days": sums["days"],
    }
    for name, measure in _MEASURES.items():
        told = measure in cell.told
        known = measure in cell.known and len(here) > 0
        row[name] = values[name] if told else None
        row[f"{name}_mark"] = "" if told else HIDDEN if known else NOT_AVAILABLE
    return row


def block_table(
    standing: pd.DataFrame, communes: gpd.GeoDataFrame, block_of: pd.Series[str]
) -> tuple[gpd.GeoDataFrame, tuple[float, float] | None]:
    """Return the blocks as they stand (contract ``detection_blocks``) and the prior of their rates.

    ``standing``: their last rows of ``detection_zones``. Rates are shrunk over the blocks as they
    stand, so that nothing but what is told of blocks makes them.
    """
    table = standing.sort_values("zone_id").rename(columns={"zone_id": "block_id"})
    rates = shrunken_rates(table["detections"], table["days"])
    for name, values in zip(_RATES, rates[:3], strict=True):
        table[name] = values
    shapes = communes.set_index("code_insee").geometry
    blocks = block_of.reindex(shapes.index)
    united = {name: shapely.union_all(part.to_numpy()) for name, part in shapes.groupby(blocks)}
    table["communes"] = table["block_id"].map(blocks.value_counts()).astype("int64")
    table["geometry"] = table["block_id"].map(united)
    columns = list(CONTRACTS["detection_blocks"].columns)
    table = gpd.GeoDataFrame(table[columns], geometry="geometry", crs=communes.crs)
    return table.reset_index(drop=True), rates.prior


def commune_table(
    raw: RawDetections,
    ground: CommuneGround,
    block_of: pd.Series[str] | None,
    sounded: Iterable[str],
) -> pd.DataFrame:
    """Return the block of each commune and how it was sounded (``detection_communes``).

    ``sounded``: the communes with a day of presence in what is told.
    """
    codes = pd.Series(ground.codes, dtype=object)
    equipped = {*raw.bureaux["code_insee"], *sounded}
    never = np.where(codes.isin(equipped), NEVER_SOUNDED, NO_BUREAU)
    status = pd.Series(never, dtype=object).where(~codes.isin(set(sounded)), SOUNDED)
    served = np.zeros(len(codes), bool)
    if equipped & set(codes):
        nearest = ground.nearest(equipped & set(codes))
        served = codes.iloc[nearest].isin(set(sounded)).to_numpy()
    names = [None] * len(codes) if block_of is None else block_of.reindex(codes).tolist()
    return pd.DataFrame(
        {
            "code_insee": codes,
            "block_id": pd.Series(names, dtype=object),
            "sounding": status.astype(object),
            "served": served,
        }
    )


def block_name(codes: Iterable[str], sounded: Iterable[str], communes: pd.DataFrame) -> str:
    """Return a block's name: its sounded commune with the most inhabitants, and how many more."""
    table = communes.set_index("code_insee")
    here = sorted(set(sounded) & set(codes)) or sorted(codes)
    people = table["population"].reindex(here).fillna(0).astype(float)
    name = str(table["nom"].get(people.idxmax(), people.idxmax()))
    more = len(here) - 1
    return name if not more else f"{name} et {more} autre{'s' if more > 1 else ''}"
