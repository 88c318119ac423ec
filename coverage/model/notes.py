"""Quality notes: what was repaired, quarantined or reported while a source was read."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

COLUMNS = ("source", "vintage", "item", "issue", "action", "detail")


@dataclass
class Notes:
    """Collects the rows of the quality table, in the order in which they arise.

    ``item`` is the row's own identifier, ``issue`` a short French label that groups alike cases,
    ``detail`` a French sentence for this row.
    """

    rows: list[tuple[str, str, str, str, str, str]] = field(default_factory=list)

    def repaired(self, source: str, vintage: str, item: str, issue: str, detail: str) -> None:
        """Note a value that was put right."""
        self.rows.append((source, vintage, item, issue, "repaired", detail))

    def quarantined(self, source: str, vintage: str, item: str, issue: str, detail: str) -> None:
        """Note a row that is kept out of the layer because it can't be put right."""
        self.rows.append((source, vintage, item, issue, "quarantined", detail))

    def reported(self, source: str, vintage: str, item: str, issue: str, detail: str) -> None:
        """Note something a reader of the figures should know; the row is used as it is."""
        self.rows.append((source, vintage, item, issue, "reported", detail))

    def table(self) -> pd.DataFrame:
        """Return the quality table (contract ``quality``)."""
        return pd.DataFrame(self.rows, columns=list(COLUMNS), dtype=object)
