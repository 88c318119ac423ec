"""The manifest of a folder of raw files: where each came from, when, and what its bytes were."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from coverage.base.files import sha256_of, write_json
from coverage.base.workspace import Workspace
from coverage.sources.catalogue import raw_files
from coverage.sources.entry import Source
from coverage.sources.fetching.partial import Stamp

MANIFEST = "manifest.json"


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a folder, by file name; one that can't be read counts as none."""
    try:
        document = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}


def write_manifest(folder: Path, changes: dict[str, dict[str, Any] | None]) -> None:
    """Change the entries of some files of a folder, all at once; None takes one away."""
    entries = {**read_manifest(folder), **changes}
    write_json(folder / MANIFEST, {name: entry for name, entry in entries.items() if entry})


def manifest_entry(
    entry: Source, path: Path, address: str, answered: str, stamp: Stamp
) -> dict[str, Any]:
    """Return what is written of a file that has just come from ``address``.

    ``answered`` is the address that gave it in the end; ``last_modified`` in the stamp is the
    day on which the server says that it was published.
    """
    return {
        "source": entry.id,
        "address": address,
        "answered": answered,
        "fetched_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "licence": entry.licence,
        "vintage": entry.vintage,
        "sha256": sha256_of(path),
        "bytes": path.stat().st_size,
        "etag": stamp.etag,
        "last_modified": stamp.last_modified,
    }


def is_intact(path: Path) -> bool:
    """Tell whether a file is there with the sha256 of its manifest.

    A file without an entry was put there by hand: it is the user's, and taken as it is.
    """
    if not path.is_file():
        return False
    entry = read_manifest(path.parent).get(path.name)
    return entry is None or entry.get("sha256") == sha256_of(path)


def is_whole(workspace: Workspace, entry: Source) -> bool:
    """Tell whether all files of a source are there, none of them damaged."""
    files = raw_files(workspace, entry.id)
    return files is not None and all(is_intact(path) for path in files)


def known_stamp(path: Path, address: str) -> Stamp | None:
    """Return what this address said of the file we hold, if that file is the one it sent."""
    entry = read_manifest(path.parent).get(path.name)
    if entry is None or entry.get("address") != address or not is_intact(path):
        return None
    return Stamp(str(entry.get("etag", "")), str(entry.get("last_modified", "")))


def same_file(path: Path, origin: Path) -> bool:
    """Tell whether a file that was fetched has the bytes of a mirror's."""
    return (
        path.is_file()
        and path.stat().st_size == origin.stat().st_size
        and sha256_of(path) == sha256_of(origin)
        and path.name in read_manifest(path.parent)
    )
