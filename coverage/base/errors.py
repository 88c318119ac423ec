"""Two kinds of error only: the user's, told in French with what to do, and ours.

A ``UserError`` ends a command with exit code 2 and one sentence on the screen. Anything else
is a defect of the program: exit code 1.
"""

from __future__ import annotations


class UserError(Exception):
    """What the user gave can't be used; the message is French and says what to do."""


class TableError(UserError, ValueError):
    """A table breaks its contract: which table, which column, which row, and why."""

    def __init__(self, table: str, column: str, row: str, reason: str) -> None:
        self.table, self.column, self.row, self.reason = table, column, row, reason
        super().__init__(f"Table « {table} », colonne « {column} », ligne {row} : {reason}")


class LockedError(UserError):
    """Somebody else is writing this territory; the message says who."""


class DiskFullError(UserError, OSError):
    """The disk has no room left; what was there before is still readable."""


class UnwritableError(UserError, OSError):
    """A file can't be written where the user wants it."""


class MissingLayerError(UserError, LookupError):
    """A layer that was asked for has not been built."""


class CorruptLayerError(UserError, ValueError):
    """The bytes of a layer do not match the sha256 it was stored under."""


class SourceError(UserError, ValueError):
    """A raw file is missing, or is not what its source publishes."""


class RefusedFileError(SourceError):
    """A file that somebody sent can't be used: a code that programs read, a sentence for people.

    ``code`` is one of ``model.answers.FAMILY_OF``; ``sentence`` is French, says where in the file
    and what to do, and has no code in it.
    """

    def __init__(self, code: str, sentence: str) -> None:
        self.code, self.sentence = code, sentence
        super().__init__(f"{sentence} ({code})")


class UnknownTerritoryError(UserError, LookupError):
    """The code is not a French département, nor ``demo``."""
