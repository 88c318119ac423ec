"""A file that has begun to come: kept beside its place, so that the next attempt goes on."""

from __future__ import annotations

import hashlib
import json
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from coverage.base.files import write_json

_PREFIX = ".part-"
_KEPT_S = 30 * 86_400


@dataclass(frozen=True)
class Stamp:
    """What a server said of a file, to ask it next time whether the file has changed."""

    etag: str = ""
    last_modified: str = ""

    def headers(self) -> dict[str, str]:
        """Return the request headers that make the answer conditional."""
        pairs = (("If-None-Match", self.etag), ("If-Modified-Since", self.last_modified))
        return {name: value for name, value in pairs if value}

    @property
    def exact(self) -> str:
        """What the server knows these very bytes by (empty: nothing), for ``If-Range``."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.last_modified

    def contradicts(self, other: Stamp) -> bool:
        """Tell whether two stamps are of different files; what one doesn't say is not compared."""
        etags = {stamp.etag.removeprefix("W/") for stamp in (self, other) if stamp.etag}
        dates = {stamp.last_modified for stamp in (self, other) if stamp.last_modified}
        return len(etags) > 1 or len(dates) > 1


@dataclass(frozen=True)
class Begun:
    """What is known of a file that has begun to come; ``total_bytes`` None: not told."""

    address: str
    stamp: Stamp
    encoding: str
    total_bytes: int | None = None
    whole: bool = False


@dataclass(frozen=True)
class Partial:
    """The bytes that have come of one address, and beside them what they are bytes of."""

    path: Path

    @classmethod
    def beside(cls, folder: Path, address: str) -> Partial:
        """Return where the bytes of an address are kept while they come."""
        folder.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256(address.encode()).hexdigest()[:16]
        return cls(folder / f"{_PREFIX}{digest}")

    @property
    def _record(self) -> Path:
        return self.path.with_name(f"{self.path.name}.json")

    @property
    def size_bytes(self) -> int:
        """How many bytes have come; 0 where there is no file."""
        return self.path.stat().st_size if self.path.is_file() else 0

    def begun(self) -> Begun | None:
        """Return what has begun to come, if one can go on from it."""
        try:
            told = json.loads(self._record.read_text("utf-8"))
            begun = Begun(**{**told, "stamp": Stamp(**told["stamp"])})
        except (FileNotFoundError, ValueError, TypeError, KeyError):
            return None
        return begun if self.size_bytes and begun.stamp.exact else None

    def note(self, begun: Begun) -> None:
        """Write down what the bytes are of; nothing where the server gives no way to tell."""
        if begun.stamp.exact:
            write_json(self._record, asdict(begun))
        else:
            self._record.unlink(missing_ok=True)

    def remove(self) -> None:
        """Take everything away."""
        self.path.unlink(missing_ok=True)
        self._record.unlink(missing_ok=True)

    def remove_if_useless(self) -> None:
        """Take everything away where one could not go on from it."""
        if self.begun() is None:
            self.remove()


def remove_forgotten(folder: Path) -> None:
    """Take away what began to come more than a month ago, and nobody went on with."""
    for path in folder.glob(f"{_PREFIX}*"):
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > _KEPT_S:
                path.unlink()
