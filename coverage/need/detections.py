"""What the owner of the counts sees: each counter, and what protection takes away.

Nothing of this is for anybody else: others see blocks (``model.detections``).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage.model.detections import ProtectedDetections
from coverage.model.raw_detections import RawDetections
from coverage.need.rates import shrunken_rates

F64 = NDArray[np.float64]

_COUNTS = ["tests", "detections", "orientations"]
_FIGURES = ["days", *_COUNTS, "rate", "rate_low", "rate_high", "since", "until"]
#: Rates are compared at these decimals: sums taken in another order differ further down.
_RATE_DIGITS = 9
_FIFTHS = 5


def by_bureau(raw: RawDetections) -> pd.DataFrame:
    """Return every counter with all that was counted there, by commune.

    Columns ``id_bureau, nom, code_insee, days, tests, detections, orientations, rate, rate_low,
    rate_high, since, until``: detections per presence-day, shrunk over the counters (see
    ``need.rates``), and the first and the last day of its periods. A counter that was never counted
    has 0 ``days`` and nothing else; ``tests`` or ``orientations`` are null where one of its
    periods doesn't tell them.
    """
    names = ["id_bureau", "nom", "code_insee"]
    counters = pd.DataFrame(raw.bureaux[names]).sort_values(["code_insee", "id_bureau"])
    rows = raw.counts.groupby("id_bureau")
    days = rows["jours_presence"].sum().rename("days")
    counts = [rows[name].sum().where(rows[name].count() == rows.size()) for name in _COUNTS]
    period = [rows["debut"].min().rename("since"), rows["fin"].max().rename("until")]
    told = pd.concat([days, *counts, *period], axis=1)
    table = counters.join(told, on="id_bureau").reset_index(drop=True)
    table = table.astype(dict.fromkeys(_COUNTS, "Int64"))
    table["days"] = table["days"].fillna(0).astype("int64")
    rates = shrunken_rates(table["detections"].fillna(0), table["days"])
    found = {"rate": rates.rate, "rate_low": rates.low, "rate_high": rates.high}
    return table.assign(**found)[[*names, *_FIGURES]]


class BlockDeparture(NamedTuple):
    """How far the rates of blocks are from those of the communes: what protection costs.

    Over the ``communes`` that were sounded and whose block has a rate, of ``blocks`` blocks.
    ``difference``: between a commune's own shrunken rate and its block's, without sign, the mean
    over presence-days (detections per presence-day); ``difference_share``: the same relative to
    the rate of all these communes (1 = as much as the rate itself). ``rank_correlation``
    (Spearman): 1 where blocks put the communes in the same order. ``moved_share``: the share of
    the communes (0..1) that stand in another fifth of the ranks. Null where there is nothing to
    compare: no commune, no detection, one rate for all, or for ``moved_share`` under five communes.
    """

    communes: int
    blocks: int
    difference: float
    difference_share: float
    rank_correlation: float
    moved_share: float


def departure(raw: RawDetections, protected: ProtectedDetections) -> BlockDeparture:
    """Compare the rates that everybody sees with those of the counts as they are."""
    table = by_bureau(raw).groupby("code_insee")[["days", "detections"]].sum()
    table["block_rate"] = protected.rate_by_commune().reindex(table.index)
    table = table[(table["days"] > 0) & table["block_rate"].notna()]
    own = shrunken_rates(table["detections"], table["days"]).rate
    told = table["block_rate"].to_numpy(float)
    days, detections = table["days"].to_numpy(float), float(table["detections"].sum())
    departed = float((days * np.abs(own - told)).sum())
    block = protected.communes.set_index("code_insee")["block_id"].reindex(table.index)
    return BlockDeparture(
        len(table),
        block.nunique(),
        departed / days.sum() if len(table) else np.nan,
        departed / detections if detections else np.nan,
        *_reordered(own, told),
    )


def _reordered(own: F64, told: F64) -> tuple[float, float]:
    """Return Spearman's correlation, and the share that is in another fifth of the ranks."""
    ranks = pd.DataFrame({"own": own, "told": told}).round(_RATE_DIGITS).rank()
    if (ranks.nunique() < 2).any():
        return float("nan"), float("nan")
    fifths = np.ceil(ranks * _FIFTHS / len(ranks))
    moved = float((fifths["own"] != fifths["told"]).mean())
    correlation = float(np.corrcoef(ranks["own"], ranks["told"])[0, 1])
    return correlation, moved if len(ranks) >= _FIFTHS else float("nan")
