"""What of a layer is wanted: a big one is read for a few of its columns and features."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Wanted:
    """Which columns, which features, and whether their shapes.

    ``columns`` are names in lower case; none: all. ``containing`` keeps the features of which one
    of ``among`` (names in lower case) holds this text; empty: all of them.
    """

    geometry: bool = True
    columns: tuple[str, ...] = ()
    among: tuple[str, ...] = ()
    containing: str = ""

    def wants(self, name: str) -> bool:
        """Tell whether a column is to be read."""
        return not self.columns or name.lower() in self.columns

    def seeks(self, name: str) -> bool:
        """Tell whether a feature is chosen by this column."""
        return bool(self.containing) and name.lower() in self.among

    def keeps(self, properties: Mapping[str, Any]) -> bool:
        """Tell whether a feature is wanted, by its properties."""
        sought = [value for name, value in properties.items() if self.seeks(name)]
        # Where no column tells, the reader of the layer says which one it misses.
        return not sought or any(self.containing in str(value) for value in sought)

    def of(self, properties: Iterable[tuple[str, Any]]) -> Iterable[tuple[str, Any]]:
        """Return the properties that are wanted."""
        return [(name, value) for name, value in properties if self.wants(name)]
