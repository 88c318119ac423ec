"""The atomic store of layers.

In ``data/processed/<territory>/``:

- ``<layer>-<sha12>.parquet``: a table, named by the sha256 of its bytes;
- ``layers.current``: the one pointer that readers follow: for every layer, its passport (file,
  sha256, vintage, source, licence, repairs, inputs). Replacing it swaps a whole build at once;
- ``<layer>.current`` (one line, the file name) and ``<layer>.json`` (the passport): copies for
  people and scripts that open the folder.

Writers hold the territory's lock, write beside, check, and replace the pointer at the end.
Readers follow the pointer and check the sha256.
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
    write_json,
    write_text,
)

POINTER = "layers.current"
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
    current: dict[str, dict[str, Any]]
    written: dict[str, dict[str, Any]] = field(default_factory=dict)
    retired: set[str] = field(default_factory=set)

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
            path.replace(final)
            sync_folder(self.folder)
        document = {**passport, "layer": layer, "sha256": sha256, "file": final.name}
        self.written[layer] = document
        return LayerVersion(layer, final, document)

    def retire(self, layer: str) -> None:
        """Make a layer not available any more once the build is committed."""
        self.retired.add(layer)

    def commit(self) -> None:
        """Make every written layer current in one step, then tidy up."""
        now = {**self.current, **self.written}
        now = {layer: document for layer, document in now.items() if layer not in self.retired}
        write_json(self.folder / POINTER, now)
        for layer, document in self.written.items():
            write_text(self.folder / f"{layer}.current", f"{document['file']}\n")
            write_json(self.folder / f"{layer}.json", document)
        for layer in self.retired:
            for name in (f"{layer}.current", f"{layer}.json"):
                (self.folder / name).unlink(missing_ok=True)
        for layer in {*self.written, *self.retired}:
            self._forget_old(layer, now.get(layer, {}).get("file"))

    def _forget_old(self, layer: str, current: str | None) -> None:
        pattern = f"{layer}-{'[0-9a-f]' * _SHA_LENGTH}.parquet"
        others = [path for path in self.folder.glob(pattern) if path.name != current]
        others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        for path in others[_KEPT_VERSIONS if current else 0 :]:
            with suppress(FileNotFoundError):
                path.unlink()


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
            for left in self.folder.glob(f"{TEMPORARY_PREFIX}*"):
                with suppress(FileNotFoundError):
                    left.unlink()
            build = Build(self.folder, self._pointer())
            yield build
            build.commit()

    def _pointer(self) -> dict[str, dict[str, Any]]:
        try:
            document = json.loads((self.folder / POINTER).read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError:
            raise CorruptLayerError(
                f"Le fichier {POINTER} de {self.folder.name} est abîmé. Effacez-le et "
                f"reconstruisez : maillage build {self.folder.name}"
            ) from None
        return dict(document)

    def has(self, layer: str) -> bool:
        """Tell whether the layer has been built."""
        return layer in self._pointer()

    def versions(self) -> dict[str, LayerVersion]:
        """Return the current version of every layer, all of one moment."""
        return {
            layer: LayerVersion(layer, self.folder / document["file"], document)
            for layer, document in self._pointer().items()
        }

    def version(self, layer: str) -> LayerVersion:
        """Return the current version of a layer.

        Raises ``MissingLayerError`` where it was never built.
        """
        try:
            return self.versions()[layer]
        except KeyError:
            raise MissingLayerError(
                f"La couche « {layer} » de {self.folder.name} n'est pas construite. "
                f"Lancez : maillage build {self.folder.name}"
            ) from None

    def check(self, version: LayerVersion) -> LayerVersion:
        """Compare a version's bytes with its sha256.

        Raises ``CorruptLayerError`` on altered bytes, ``FileNotFoundError`` when a writer has
        retired the version meanwhile.
        """
        if sha256_of(version.path) != version.sha256:
            raise CorruptLayerError(
                f"La couche « {version.layer} » de {self.folder.name} a été modifiée ou abîmée "
                f"sur le disque. Reconstruisez-la : maillage build {self.folder.name}"
            )
        return version

    def checked(self, layer: str) -> LayerVersion:
        """Return the current version after comparing its bytes with its sha256.

        A writer may retire the version between our reading the pointer and opening the file;
        then the pointer is read once more. Raises ``CorruptLayerError`` on altered bytes.
        """
        try:
            return self.check(self.version(layer))
        except FileNotFoundError:
            return self.check(self.version(layer))
