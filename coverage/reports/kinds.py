"""The kinds of place as a study knew them: labels and levels, the workspace's own included."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coverage.model.results import StudyResult


@dataclass(frozen=True)
class Kinds:
    """French labels and service levels by kind, in the order of the service table."""

    labels: dict[str, str]
    levels: dict[str, str]

    @classmethod
    def of(cls, result: StudyResult) -> Kinds:
        """Read what the study itself recorded: the service table may have changed since."""
        places = result.places
        return cls(
            dict(zip(places["kind"], places["label"], strict=True)),
            dict(zip(places["kind"], places["level"], strict=True)),
        )

    def of_level(self, *levels: str) -> frozenset[str]:
        """Return the kinds of some service levels."""
        return frozenset(kind for kind, level in self.levels.items() if level in levels)

    def label(self, kind: str) -> str:
        """Return the French name of a kind, or the kind itself where none is recorded."""
        return self.labels.get(kind, kind)

    def first(self, kinds: list[str]) -> str:
        """Return the kind that comes first in the service table."""
        order = list(self.levels)
        return min(kinds, key=order.index)
