"""What follows a detection in a territory: orientation, accompaniment, workshops."""

from __future__ import annotations

from typing import Any

import pandas as pd

from coverage.model.detections import HIDDEN, SESSIONS
from coverage.model.tables import CONTRACTS, FUNNEL
from coverage.model.words import NOT_AVAILABLE
from coverage.need.disclosure.releases import enough

COLUMNS = list(CONTRACTS["detection_funnel"].columns)


def follow(
    activity: pd.DataFrame,
    territory: pd.Series[Any] | None,
    before: pd.DataFrame | None,
    *,
    release: int,
    threshold: int,
) -> pd.DataFrame:
    """Return the steps of a territory at a release (contract ``detection_funnel``).

    ``territory`` is the protected row of the whole territory (``detection_zones``), None where no
    counter tells its detections: those of the ``activity`` are then taken. ``before``: the steps of
    the releases before. A number of persons moves as a block does; it stays as it was told else.
    """
    own = {name: _counted(activity, name, before, threshold) for name in FUNNEL if name in activity}
    steps = {name: own.get(name, _nothing(NOT_AVAILABLE)) for name in FUNNEL}
    if territory is not None:
        for name in ("detections", "orientations"):
            steps[name] = {
                "count": territory[name],
                "mark": territory[f"{name}_mark"],
                "since": territory["since"],
                "until": territory["until"],
            }
    table = pd.DataFrame([{"release": release, "step": name, **steps[name]} for name in FUNNEL])
    table["count"] = table["count"].astype("Int64")
    for name in ("since", "until"):
        table[name] = pd.to_datetime(table[name]).astype("datetime64[ns]")
    return table[COLUMNS]


def _nothing(mark: str) -> dict[str, object]:
    return {"count": None, "mark": mark, "since": None, "until": None}


def _counted(
    activity: pd.DataFrame, name: str, before: pd.DataFrame | None, threshold: int
) -> dict[str, object]:
    rows = activity[activity[name].notna()]
    if rows.empty:
        return _nothing(NOT_AVAILABLE)
    total = int(rows[name].sum())
    told = None if before is None else before[(before["step"] == name) & before["count"].notna()]
    last = None if told is None or told.empty else told.sort_values("release").iloc[-1]
    # Whatever was told of it, not the last figure alone, can be subtracted.
    figures = [None, *([] if told is None else told["count"].astype(int))]
    if name == SESSIONS or all(enough(total, figure, threshold) for figure in figures):
        since, until = rows["debut"].min(), rows["fin"].max()
        return {"count": total, "mark": "", "since": since, "until": until}
    if last is None:
        return _nothing(HIDDEN)
    return {key: last[key] for key in ("count", "mark", "since", "until")}
