"""Where a row comes from: a source of the catalogue, and the notes taken while it is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from coverage.model.answers import Repair
from coverage.model.notes import Notes
from coverage.sources.entry import Source


@dataclass(frozen=True)
class Origin:
    """A source and the quality notes of the territory that is being read."""

    source: Source
    notes: Notes

    def repaired(self, item: str, issue: str, detail: str) -> None:
        """Note a value of this source that was put right."""
        self.notes.repaired(self.source.id, self.source.vintage, item, issue, detail)

    def mended(self, repairs: Iterable[Repair]) -> None:
        """Note what was repaired in a file that somebody gave, each repair with its lines."""
        self.notes.mended(self.source.id, self.source.vintage, repairs)

    def quarantined(self, item: str, issue: str, detail: str) -> None:
        """Note a row of this source that is kept out of the layer."""
        self.notes.quarantined(self.source.id, self.source.vintage, item, issue, detail)

    def reported(self, item: str, issue: str, detail: str) -> None:
        """Note something to know about a row of this source that is used as it is."""
        self.notes.reported(self.source.id, self.source.vintage, item, issue, detail)
