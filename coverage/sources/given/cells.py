"""One cell of a table that somebody gives: where it stands, what it holds, how it is told."""

from __future__ import annotations

import re
from dataclasses import dataclass

from coverage.model.answers import Repairs
from coverage.sources.given.faults import LineError

#: Takes off what no screen shows: a mark of direction, a place where a word may be cut.
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
_HARMFUL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_MOST_SHOWN = 40


@dataclass(frozen=True, repr=False)
class Cell:
    """A cell: the line of the file it stands in, the name of its column, its stripped text.

    It has no telling ``repr``: a cell may be a count of persons, and a repr may end in a log.
    """

    line: int
    column: str
    text: str

    @property
    def shown(self) -> str:
        """The text as a message may quote it: short, on one line, nothing hidden in it."""
        return shown(self.text)

    def error(self, code: str, advice: str) -> LineError:
        """Return what is wrong with the cell, and what to do (French)."""
        return LineError(self.column, advice, code)

    def bare(self, repairs: Repairs) -> str:
        """Return the text without the characters that no screen shows, which is told."""
        if self.text.isascii():
            return self.text
        seen = self.text.translate(_UNSEEN).strip()
        if seen != self.text:
            self.repaired(repairs, "caractères invisibles", "caractères invisibles ôtés")
        return seen

    def repaired(self, repairs: Repairs, issue: str, done: str) -> None:
        """Note a repair of this cell: ``done`` says what was done (French)."""
        detail = f"Colonne « {self.column} »\u00a0: {done}"
        repairs.add(issue, detail, line=self.line, column=self.column)


def shown(text: str) -> str:
    """Return a text as a message may quote it: short, on one line, nothing hidden in it."""
    short = text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 1] + "…"
    return _HARMFUL.sub(lambda found: f"[U+{ord(found[0]):04X}]", short)
