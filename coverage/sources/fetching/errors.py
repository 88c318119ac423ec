"""Why a file did not come."""

from __future__ import annotations


class FetchError(Exception):
    """Why a file could not be had, as the end of a French sentence.

    ``where`` is the file's address, or its place in a mirror, once it is known.
    """

    where = ""


class AbsentError(FetchError):
    """The server or the mirror has no such file."""


class PassingError(FetchError):
    """A failure that may be gone in a moment, and the wait that the server asked for."""

    def __init__(self, reason: str, wait_s: float = 0.0) -> None:
        self.wait_s = wait_s
        super().__init__(reason)


class NotModifiedError(Exception):
    """The server says that the file is still the one we have."""
