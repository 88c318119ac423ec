"""The atomic store of layers.

A layer is three files in ``data/processed/<territory>/``:

- ``<layer>-<sha12>.parquet``: the table, named by the sha256 of its bytes;
- ``<layer>-<sha12>.json``: its passport (sha256, vintage, source, licence, repairs, inputs);
- ``<layer>.current``: one line, the name of the table that counts now.

``<layer>.json`` is a copy of the current passport for people who open the folder. Writers hold
the territory's lock, write beside, check, and swap pointers at the end, all layers of a build
together. Readers follow the pointer and check the sha256.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coverage.base.errors import CorruptLayerError, MissingLayerError
from coverage.base.files import (
    TEMPORARY_PREFIX,
    exclusive_lock,
    no_room_is_told,
    sha256_of,
    sync_file,
    sync_folder,
    temporary_beside,
    write_bytes,
    write_json,
    write_text,
)

_SHA_LENGTH = 12
#: Versions kept beside the current one, for readers that are still at it.
_KEPT_VERSIONS = 1


@dataclass(frozen=True)
class LayerVersion:
    """One stored version of a layer: where its bytes are, and its passport."""

    layer: str
    path: Path
    passport: dict[str, Any]

    @property
    def sha256(self) -> str:
        """The sha256 of the table's bytes."""
        return str(self.passport["sha256"])


@dataclass
class Build:
    """The layers written under one lock; they become current together, at ``commit``."""

    folder: Path
    written: list[LayerVersion] = field(default_factory=list)

    def write(
        self, layer: str, save: Callable[[Path], None], passport: dict[str, Any]
    ) -> LayerVersion:
        """Store a new version of a layer without making it current.

        ``save`` writes a Parquet file at the path it is given. Raises ``DiskFullError``.
        """
        target = self.folder / f"{layer}.parquet"
        with no_room_is_told(target), temporary_beside(target) as path:
            save(path)
            sync_file(path)
            sha256 = sha256_of(path)
            final = self.folder / f"{layer}-{sha256[:_SHA_LENGTH]}.parquet"
            document = {**passport, "layer": layer, "sha256": sha256, "file": final.name}
            write_json(final.with_suffix(".json"), document)
            path.replace(final)
            sync_folder(self.folder)
        version = LayerVersion(layer, final, document)
        self.written.append(version)
        return version

    def commit(self) -> None:
        """Make every written layer current, then forget the versions nobody reads any more."""
        for version in self.written:
            write_text(self.folder / f"{version.layer}.current", version.path.name + "\n")
        for version in self.written:
            write_bytes(
                self.folder / f"{version.layer}.json",
                version.path.with_suffix(".json").read_bytes(),
            )
            self._forget_old(version)

    def _forget_old(self, current: LayerVersion) -> None:
        pattern = f"{current.layer}-{'[0-9a-f]' * _SHA_LENGTH}.parquet"
        others = [path for path in self.folder.glob(pattern) if path != current.path]
        others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        for path in others[_KEPT_VERSIONS:]:
            for old in (path, path.with_suffix(".json")):
                with suppress(FileNotFoundError):
                    old.unlink()


class LayerStore:
    """The layers of one territory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def build(self, what: str) -> Iterator[Build]:
        """Hold the territory's lock and collect new layers; commit when the block ends well.

        Raises ``LockedError``, saying who holds it, where another build is going on.
        """
        with exclusive_lock(self.folder / ".lock", what):
            self._clear_left_overs()
            build = Build(self.folder)
            yield build
            build.commit()

    def _clear_left_overs(self) -> None:
        """Remove what a killed writer left; we hold the lock, so nobody is writing it."""
        lonely = self.folder.glob(f"*-{'[0-9a-f]' * _SHA_LENGTH}.json")
        left = [path for path in lonely if not path.with_suffix(".parquet").exists()]
        for path in (*self.folder.glob(f"{TEMPORARY_PREFIX}*"), *left):
            with suppress(FileNotFoundError):
                path.unlink()

    def has(self, layer: str) -> bool:
        """Tell whether the layer has been built."""
        return (self.folder / f"{layer}.current").is_file()

    def version(self, layer: str) -> LayerVersion:
        """Return the current version of a layer.

        Raises ``MissingLayerError`` where it was never built.
        """
        pointer = self.folder / f"{layer}.current"
        try:
            path = self.folder / pointer.read_text("utf-8").strip()
        except FileNotFoundError:
            raise MissingLayerError(
                f"La couche « {layer} » de {self.folder.name} n'est pas construite. "
                f"Lancez : maillage build {self.folder.name}"
            ) from None
        passport = json.loads(path.with_suffix(".json").read_text("utf-8"))
        return LayerVersion(layer, path, passport)

    def checked(self, layer: str) -> LayerVersion:
        """Return the current version after comparing its bytes with its sha256.

        A writer may retire the version between our reading the pointer and opening the file;
        then the pointer is read once more. Raises ``CorruptLayerError`` on altered bytes.
        """
        for attempt in (1, 2):
            try:
                version = self.version(layer)
                actual = sha256_of(version.path)
            except FileNotFoundError:
                if attempt == 2:
                    raise
                continue
            if actual != version.sha256:
                raise CorruptLayerError(
                    f"La couche « {layer} » de {self.folder.name} a été modifiée ou abîmée sur "
                    f"le disque. Reconstruisez-la : maillage build {self.folder.name}"
                )
            return version
        raise AssertionError("unreachable")
