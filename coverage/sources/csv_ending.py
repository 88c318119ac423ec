"""How a CSV ends: a file that was cut on its way shows it on its last line."""

from __future__ import annotations

import csv
from pathlib import Path

#: More than the longest line of any source.
_TAIL_BYTES = 1 << 16


def ends_midway(path: Path, separator: str, cells: int) -> bool:
    """Tell whether the last line neither ends nor has all its ``cells``."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
        last = file.read().rpartition(b"\n")[2].decode("utf-8", "replace")
    # With an odd number of quotes the line begins inside a cell, and can't be counted.
    if not last.strip() or last.count('"') % 2:
        return False
    return len(next(csv.reader([last], delimiter=separator))) < cells
