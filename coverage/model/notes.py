"""Quality notes: what was repaired, quarantined or reported while a source was read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from coverage.model.answers import Repair

COLUMNS = ("source", "vintage", "item", "issue", "action", "detail", "rows")

#: What a repair is about that speaks of no column: the file as a whole.
_WHOLE_FILE = "fichier"


@dataclass
class Notes:
    """Collects the rows of the quality table, in the order in which they arise.

    ``item`` is the row's own identifier, ``issue`` a short French label that groups alike cases,
    ``detail`` a French sentence for this row. ``rows`` counts the rows of the source that the note
    speaks of: one, but for the repairs of a file that somebody gave, told by ranges of lines.
    """

    rows: list[tuple[str, str, str, str, str, str, int]] = field(default_factory=list)

    def repaired(self, source: str, vintage: str, item: str, issue: str, detail: str) -> None:
        """Note a value that was put right."""
        self.rows.append((source, vintage, item, issue, "repaired", detail, 1))

    def mended(self, source: str, vintage: str, repairs: Iterable[Repair]) -> None:
        """Note what was repaired in a file that somebody gave, each repair with its lines."""
        for repair in repairs:
            item = repair.column or _WHOLE_FILE
            count = repair.lines_count or 1
            note = (source, vintage, item, repair.issue, "repaired", repair.told(), count)
            self.rows.append(note)

    def quarantined(self, source: str, vintage: str, item: str, issue: str, detail: str) -> None:
        """Note a row that is kept out of the layer because it can't be put right."""
        self.rows.append((source, vintage, item, issue, "quarantined", detail, 1))

    def reported(self, source: str, vintage: str, item: str, issue: str, detail: str) -> None:
        """Note something a reader of the figures should know; the row is used as it is."""
        self.rows.append((source, vintage, item, issue, "reported", detail, 1))

    def table(self) -> pd.DataFrame:
        """Return the quality table (contract ``quality``)."""
        table = pd.DataFrame(self.rows, columns=list(COLUMNS), dtype=object)
        return table.astype({"rows": "int64"})
