"""The files on detections that anybody may read: made from what is protected, and from it alone.

``s`` in a ``…_mark`` column: a number that is hidden; ``n.d.``: one that nobody knows. Rows stand
in an order that no count decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from coverage.model.tables import FUNNEL, empty
from coverage.model.words import NOT_AVAILABLE
from coverage.reports.cells import write_table
from coverage.reports.words.detections import FUNNEL_LABELS, ordered_zones, state_text

if TYPE_CHECKING:
    from coverage.model.detections import ProtectedDetections

#: What a commune has of its block: the block's figures, never one of its own.
_OF_BLOCK = ("rate", "rate_low", "rate_high", "release", "since", "until")
_COMMUNES = ("code_insee", "nom", "sounding", "served", "etat", "block_id", "block_nom", *_OF_BLOCK)


def write_detections(
    protected: ProtectedDetections | None,
    communes: pd.DataFrame,
    folder: Path,
    marks: Sequence[str] = (),
) -> tuple[Path, ...]:
    """Write ``detections_…`` and ``activite`` into a folder, one CSV each, and return their paths.

    ``detections_blocs``: one row a block of communes. ``detections_communes``: the block of each
    commune (``communes`` give their names), its rate and how the commune was sounded.
    ``detections_zones``: the official zonings. ``detections_tendance``: the territory's periods.
    ``activite``: what followed the detections. Where none are loaded the other tables have no
    row, and where nothing is (None) the steps of ``activite`` are n.d. ``marks`` as for
    ``write_table``.
    """
    written = []
    for name, table in _tables(protected, communes).items():
        written.append(folder / f"{name}.csv")
        write_table(table, written[-1], marks)
    return tuple(written)


def _tables(
    protected: ProtectedDetections | None, communes: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    if protected is None or not protected.loaded:
        funnel = empty("detection_funnel") if protected is None else protected.funnel
        blocks = empty("detection_zones").drop(columns=["zoning", "zone_id", "codes"])
        blocks.insert(0, "block_id", pd.Series(dtype=object))
        blocks.insert(2, "communes", pd.Series(dtype="int64"))
        return {
            "detections_blocs": blocks,
            "detections_communes": pd.DataFrame(columns=list(_COMMUNES)),
            "detections_zones": empty("detection_zones"),
            "detections_tendance": empty("detection_trend"),
            "activite": _funnel(funnel),
        }
    blocks = pd.DataFrame(protected.blocks.drop(columns="geometry")).sort_values("block_id")
    return {
        "detections_blocs": blocks,
        "detections_communes": _communes(protected, communes),
        "detections_zones": ordered_zones(protected.zones),
        "detections_tendance": protected.trend.sort_values("since"),
        "activite": _funnel(protected.funnel),
    }


def _communes(protected: ProtectedDetections, named: pd.DataFrame) -> pd.DataFrame:
    """Return each commune with the figures of its block, where the block speaks for it."""
    names = dict(zip(named["code_insee"], named["nom"], strict=True))
    blocks = protected.blocks.set_index("block_id")
    table = protected.communes.sort_values("code_insee").reset_index(drop=True)
    of_block = blocks.reindex(table["block_id"]).reset_index(drop=True)
    table["nom"] = table["code_insee"].map(names).astype(object)
    table["block_nom"] = of_block["nom"]
    for name in _OF_BLOCK:
        table[name] = of_block[name].where(table["served"])
    table["etat"] = [
        state_text(
            row["sounding"],
            served=row["served"],
            block=row["block_nom"] if pd.notna(row["rate"]) else None,
        )
        for row in table.to_dict("records")
    ]
    return table[list(_COMMUNES)]


def _funnel(funnel: pd.DataFrame) -> pd.DataFrame:
    """Return every step in its order; a step that isn't told is not available."""
    steps = funnel.set_index("step").reindex(list(FUNNEL))
    steps["mark"] = steps["mark"].fillna(NOT_AVAILABLE)
    steps["label"] = [FUNNEL_LABELS[step] for step in FUNNEL]
    return steps.reset_index()[["step", "label", "count", "mark", "since", "until"]]
