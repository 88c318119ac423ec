"""The months of the territory, as long as it takes for each period to hold enough detections.

The periods of a release add up to what the blocks that tell them added: whoever subtracts one from
the other finds nothing. Rows that come late, of a time that was told already, count in the first
new period for the same reason. A period that was told is never told anew.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import pandas as pd

from coverage.model.tables import CONTRACTS
from coverage.need.disclosure.blocks import Counted
from coverage.need.disclosure.counts import SUMS
from coverage.need.rates import plain_rates

_MONTH = "M"


class _Period(NamedTuple):
    since: pd.Timestamp
    until: pd.Timestamp
    days: int
    counted: Counted


def trend_rows(
    rows: pd.DataFrame,
    added: pd.DataFrame,
    codes: Collection[str],
    *,
    after: pd.Timestamp | None,
    release: int,
    blocks: int,
    threshold: int,
) -> pd.DataFrame:
    """Return the periods that a release adds to the trend (contract ``detection_trend``).

    ``rows`` (see ``counted_rows``) of the communes ``codes``, whose ``blocks`` tell the whole time
    since ``after``, the end of the last period told (None: since ever). ``added`` are the ``SUMS``
    that the release added to these communes. A row that spans several months keeps them together.
    """
    here = rows[rows["code_insee"].isin(set(codes))]
    fresh = here if after is None else here[here["debut"] > after]
    if fresh.empty:
        return _table([], release, blocks)
    months = _months(fresh)
    sums = fresh.groupby(months)[["days", "detections", "others"]].sum(min_count=1)
    known = bool(added["others"].notna().all() and fresh["others"].notna().all())
    late = added[list(SUMS[:3])].sum() - fresh[list(SUMS[:3])].sum()
    ends = fresh.groupby(months)["fin"].max()
    starts = fresh.groupby(months)["debut"].min()
    nothing = Counted(0, 0 if known else None)
    periods: list[_Period] = []
    since, days, count = None, 0, nothing
    for at, month in enumerate(sums.index):
        row = sums.loc[month] + (late if at == 0 else 0)
        count = count.plus(Counted(int(row["detections"]), int(row["others"]) if known else None))
        days += int(row["days"])
        since = starts[month] if since is None else since
        if count.safe(threshold):
            periods.append(_Period(since, ends[month], days, count))
            since, days, count = None, 0, nothing
    if since is not None and periods:  # what is left goes with the period before
        last = periods.pop()
        whole = last.counted.plus(count)
        periods.append(_Period(last.since, ends.max(), last.days + days, whole))
    return _table(periods, release, blocks)


def _months(rows: pd.DataFrame) -> pd.Series[int]:
    """Return the group of months of each row: months that one row spans stay together."""
    first = rows["debut"].dt.to_period(_MONTH).astype("int64").to_numpy()
    last = rows["fin"].dt.to_period(_MONTH).astype("int64").to_numpy()
    order = np.lexsort((last, first))
    reach = np.maximum.accumulate(last[order])
    opens = np.append(True, first[order][1:] > reach[:-1])
    group = np.empty(len(rows), np.int64)
    group[order] = np.cumsum(opens)
    return pd.Series(group, index=rows.index)


def _table(periods: list[_Period], release: int, blocks: int) -> pd.DataFrame:
    counts = [period.counted for period in periods]
    tests = [None if c.others is None else c.others + c.detections for c in counts]
    table = pd.DataFrame(
        {
            "release": pd.Series([release] * len(periods), dtype="int64"),
            "since": pd.Series([p.since for p in periods], dtype="datetime64[ns]"),
            "until": pd.Series([p.until for p in periods], dtype="datetime64[ns]"),
            "days": pd.Series([p.days for p in periods], dtype="int64"),
            "detections": pd.Series([c.detections for c in counts], dtype="int64"),
            "tests": pd.Series(tests, dtype="Int64"),
            "blocks": pd.Series([blocks] * len(periods), dtype="int64"),
        }
    )
    rates = plain_rates(table["detections"], table["days"])
    table["rate"], table["rate_low"], table["rate_high"] = rates.rate, rates.low, rates.high
    return table[list(CONTRACTS["detection_trend"].columns)]
