"""What a made file is, and which answers an import may give to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from coverage.model.answers import FAMILY_OF

#: Any code of refusal: what must never be taken, under whatever name.
REFUSED = frozenset(FAMILY_OF)


@dataclass(frozen=True)
class Case:
    """One file, written by ``make`` under the name ``file``, and what ``kind`` must answer.

    ``answer`` is one answer, or the set of those that are right where several can be defended.
    ``line`` is the line (of a layer: the feature) that a refusal's sentence must tell, or the only
    one that a repair must tell; ``told`` is a text that the sentence or the repairs must hold.
    """

    id: str
    file: str
    kind: str
    answer: str | frozenset[str]
    make: Callable[[Path], object]
    why: str = ""
    line: int | None = None
    told: str = ""

    @property
    def answers(self) -> frozenset[str]:
        """The answers that are right."""
        return frozenset({self.answer}) if isinstance(self.answer, str) else self.answer

    def written_in(self, folder: Path) -> Path:
        """Write the file in a folder, and return its path."""
        path = folder / self.file
        self.make(path)
        return path


def either(*answers: str) -> frozenset[str]:
    """Name the answers that can all be defended."""
    return frozenset(answers)


def holding(content: str | bytes) -> Callable[[Path], object]:
    """Return a maker of files that hold just this."""
    data = content.encode() if isinstance(content, str) else content
    return lambda path: path.write_bytes(data)
