"""Which program made a file: a hash of our own source, so that new code never shows old results."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import coverage

_SOURCES = (".py", ".toml", ".typ", ".js", ".css", ".html")


@cache
def program_hash() -> str:
    """Return the sha256 of every source file of the package, in path order."""
    root = Path(coverage.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(p for p in root.rglob("*") if p.suffix in _SOURCES):
        digest.update(str(path.relative_to(root)).encode("utf-8"))
        digest.update(path.read_bytes())
    return digest.hexdigest()
