"""Travel times as a planner's matrix: ``demand_id,site_id,cost``, and who is not in it.

CSV is RFC 4180 in UTF-8 with a comma and line feeds. Ids are written as they were given, so that
the matrix can be joined with the tables that it was made from.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from coverage.base.files import write_atomic

if TYPE_CHECKING:
    import pandas as pd

_ROWS_A_STEP = 1_000_000
_REACH_COLUMNS = ("side", "id", "reason", "road_m")


def reach_path(path: Path) -> Path:
    """Return where the list of those out of reach is written: beside the matrix."""
    return path.with_name(f"{path.stem}.hors-portee{path.suffix}")


def write_costs(costs: pd.DataFrame, out_of_reach: pd.DataFrame, path: Path) -> None:
    """Write the matrix (``costs``, contract table) and who is out of reach (``reach_path``).

    ``cost`` is in seconds with one decimal, exactly the deciseconds. ``out_of_reach`` has the
    columns ``side, id, reason, road_m``; metres that can't be measured are an empty cell. Both
    files are swapped in at the end, or none is.
    """

    def write_both(target: Path) -> None:
        _write_out_of_reach(out_of_reach, target)
        write_atomic(path, lambda matrix: _write_matrix(costs, matrix))

    write_atomic(reach_path(path), write_both)


def _write_matrix(costs: pd.DataFrame, target: Path) -> None:
    homes, sites = costs["demand_id"].cat, costs["site_id"].cat
    home_cells = _cells(homes.categories)
    site_cells = _cells(sites.categories)
    cost_ds = costs["cost_ds"].to_numpy()
    # A time comes many times: each is turned into text once.
    times, time_row = np.unique(cost_ds, return_inverse=True)
    time_cells = np.array([f"{ds // 10}.{ds % 10}\n" for ds in times.tolist()], dtype=object)
    with target.open("w", encoding="utf-8", newline="") as file:
        file.write("demand_id,site_id,cost\n")
        for start in range(0, len(costs), _ROWS_A_STEP):
            rows = slice(start, start + _ROWS_A_STEP)
            cells = (
                home_cells[homes.codes.to_numpy()[rows]],
                site_cells[sites.codes.to_numpy()[rows]],
                time_cells[time_row[rows]],
            )
            file.write("".join(map("".join, zip(*cells, strict=True))))


def _cells(ids: Iterable[str]) -> Any:
    """Return ids as CSV cells, quoted where need be, with the comma that follows."""
    return np.array([f"{_row(identifier)}," for identifier in ids], dtype=object)


def _row(*cells: str) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()


def _write_out_of_reach(table: pd.DataFrame, target: Path) -> None:
    lines = [_row(*_REACH_COLUMNS)]
    for side, identifier, reason, road_m in table[list(_REACH_COLUMNS)].itertuples(index=False):
        metres = f"{road_m:.1f}" if math.isfinite(road_m) else ""
        lines.append(_row(side, identifier, reason, metres))
    target.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")
