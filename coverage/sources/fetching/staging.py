"""One source's files: brought beside their places, looked at, then swapped in together."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from coverage.base.files import (
    TEMPORARY_PREFIX,
    exclusive_lock,
    no_room_is_told,
    sha256_of,
    sync_file,
    sync_folder,
    temporary_beside,
)
from coverage.base.workspace import Workspace
from coverage.sources.entry import Source, SourceFile
from coverage.sources.fetching.addresses import without_password
from coverage.sources.fetching.archives import extract_member, gunzip
from coverage.sources.fetching.contents import check_contents, refuse_page
from coverage.sources.fetching.download import Received, download, too_big
from coverage.sources.fetching.errors import AbsentError, FetchError, NotModifiedError
from coverage.sources.fetching.http import Wire
from coverage.sources.fetching.manifest import (
    is_intact,
    is_whole,
    known_stamp,
    manifest_entry,
    same_file,
    write_manifest,
)
from coverage.sources.fetching.pages import download_pages
from coverage.sources.fetching.partial import Partial, Stamp, remove_forgotten

_GZIP = b"\x1f\x8b"
_LOCK = ".lock"
_MIRROR = "miroir"


@dataclass(frozen=True)
class Place:
    """Where files come from (``mirror`` None: the public addresses) and go to."""

    workspace: Workspace
    mirror: Path | str | None
    again: bool
    wire: Wire


def fetch_source(place: Place, entry: Source) -> int:
    """Fetch the files of one source that are new; return the bytes written (0: unchanged).

    Raises ``FetchError``; the files that were there are then untouched.
    """
    folder = place.workspace.raw / entry.folder
    if place.mirror is None and not place.again and is_whole(place.workspace, entry):
        return 0
    if isinstance(place.mirror, Path):
        origins = {file: _mirror_file(place.mirror, entry.folder, file) for file in entry.files}
        if all(same_file(folder / origin.name, origin) for origin in origins.values()):
            return 0
    elif place.mirror is None and any(not (file.address or file.pages) for file in entry.files):
        damaged = any((folder / name).exists() for file in entry.files for name in file.names)
        raise FetchError(
            "pas d’adresse publique connue"
            + (", et les fichiers présents sont incomplets ou abîmés" if damaged else "")
        )
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    with (
        exclusive_lock(folder / _LOCK, f"La source « {entry.title} »"),
        no_room_is_told(folder),
        _taken_away_if_empty(made),
        ExitStack() as stack,
    ):
        for left in folder.glob(f"{TEMPORARY_PREFIX}*"):
            with suppress(FileNotFoundError):
                left.unlink()
        remove_forgotten(folder)
        return _Staging(place, entry, folder, stack).run()


@contextmanager
def _taken_away_if_empty(made: list[Path]) -> Iterator[None]:
    """Take away the folders made for a source, innermost first, where no part of it came."""
    try:
        yield
    except FetchError:
        if made and [path.name for path in made[0].iterdir()] == [_LOCK]:
            (made[0] / _LOCK).unlink()
            with suppress(OSError):  # another source's files are there
                for path in made:
                    path.rmdir()
        raise


class _Staged(NamedTuple):
    """A file that has come: its place, where it is, and what is to be said of it."""

    file: SourceFile
    target: Path
    path: Path
    address: str
    answered: str
    stamp: Stamp


@dataclass
class _Staging:
    """The fetching of one source; what is not swapped in is taken away with ``stack``."""

    place: Place
    entry: Source
    folder: Path
    stack: ExitStack
    staged: list[_Staged] = field(default_factory=list)
    archives: dict[str, tuple[Partial, Received] | None] = field(default_factory=dict)

    def run(self) -> int:
        for file in self.entry.files:
            try:
                self.staged.append(self._checked(file))
            except NotModifiedError:
                continue
            except FetchError as error:
                error.where = self._where(file)
                raise
        return self._keep()

    def _checked(self, file: SourceFile) -> _Staged:
        """Bring a file and look at it. Raises ``NotModifiedError`` where it is the one we have."""
        came = self._file(file)
        before = next((p for n in file.names if is_intact(p := self.folder / n)), None)
        try:
            check_contents(came.path, came.target.name, file.contents, before)
        except FetchError:
            # What is not the file is nothing to go on from.
            self._forget(came.address)
            raise
        return came

    def _where(self, file: SourceFile) -> str:
        """Return where a file was asked for, as it may be told."""
        mirror = self.place.mirror
        if mirror is None:
            return file.address or file.pages
        placed = f"{self.entry.folder}/{file.name}"
        return placed if isinstance(mirror, Path) else without_password(f"{mirror}/{placed}")

    def _file(self, file: SourceFile) -> _Staged:
        mirror = self.place.mirror
        if isinstance(mirror, Path):
            return self._copied(file, _mirror_file(mirror, self.entry.folder, file))
        if mirror is None:
            return self._published(file)
        for name in file.names:
            with suppress(AbsentError):
                return self._downloaded(
                    file, name, f"{mirror}/{quote(f'{self.entry.folder}/{name}')}"
                )
        raise AbsentError(
            f"{self.entry.folder}/{file.name} est absent du miroir (réponse HTTP 404)"
        )

    def _copied(self, file: SourceFile, origin: Path) -> _Staged:
        target = self.folder / origin.name
        path = self._temporary(target)
        if origin.stat().st_size > file.limit_bytes:
            raise FetchError(too_big(file.limit_bytes))
        shutil.copyfile(origin, path)
        return _Staged(file, target, path, _MIRROR, _MIRROR, Stamp())

    def _published(self, file: SourceFile) -> _Staged:
        """Get a file from its public address; else from the list that is given page by page."""
        target = self.folder / file.public_name
        if not file.address:
            return self._paged(file, target)
        try:
            if not file.member:
                return self._downloaded(file, file.public_name, file.address)
            return self._extracted(file, target, file.address)
        except FetchError:
            if not file.pages:
                raise
            try:
                return self._paged(file, target)
            except FetchError:
                pass
            raise

    def _paged(self, file: SourceFile, target: Path) -> _Staged:
        path = self._temporary(target)
        wire, columns = self.place.wire, file.contents.columns
        received = download_pages(wire, file.pages, path, columns, file.limit_bytes)
        answered = received.address
        return _Staged(file, target, path, file.pages, answered, received.stamp)

    def _downloaded(self, file: SourceFile, name: str, address: str) -> _Staged:
        target, told = self.folder / name, without_password(address)
        partial = Partial.beside(self.folder, told)
        known = known_stamp(target, told)
        received = download(self.place.wire, address, partial, file.limit_bytes, known)
        path = partial.path
        if received.encoding:
            path = self._unpacked(partial, received.encoding, target, file.limit_bytes)
        return _Staged(file, target, path, told, received.address, received.stamp)

    def _extracted(self, file: SourceFile, target: Path, address: str) -> _Staged:
        if address not in self.archives:
            self.archives[address] = self._archive(address, file.limit_bytes)
        archive = self.archives[address]
        if archive is None:
            raise NotModifiedError
        partial, received = archive
        path = self._temporary(target)
        try:
            refuse_page(partial.path)
            extract_member(partial.path, file.member, path, file.limit_bytes)
        except FetchError:
            partial.remove()
            raise
        return _Staged(file, target, path, address, received.address, received.stamp)

    def _archive(self, address: str, limit_bytes: int) -> tuple[Partial, Received] | None:
        """Download an archive; None where it is the one whose files are all there."""
        files = [file for file in self.entry.files if file.address == address]
        stamps = {known_stamp(self.folder / file.public_name, address) for file in files}
        known = stamps.pop() if len(stamps) == 1 else None
        partial = Partial.beside(self.folder, address)
        try:
            return partial, download(self.place.wire, address, partial, limit_bytes, known)
        except NotModifiedError:
            return None

    def _unpacked(self, partial: Partial, encoding: str, target: Path, limit_bytes: int) -> Path:
        """Undo what a server packs on the way, though it was asked not to."""
        if encoding not in {"gzip", "x-gzip"}:
            raise FetchError(f"encodage inconnu ({encoding[:20]})")
        path = self._temporary(target)
        gunzip(partial.path, path, limit_bytes)
        with path.open("rb") as file:
            packed_twice = file.read(len(_GZIP)) == _GZIP
        # Of a .gz, many servers tell the file's own packing as if it were the way's.
        return partial.path if target.name.endswith(".gz") and not packed_twice else path

    def _temporary(self, target: Path) -> Path:
        return self.stack.enter_context(temporary_beside(target))

    def _forget(self, address: str) -> None:
        Partial.beside(self.folder, address).remove()

    def _keep(self) -> int:
        """Swap in what has come and write the manifest; return the bytes that are new."""
        new_bytes = 0
        changes: dict[str, dict[str, Any] | None] = {}
        for file, target, path, address, answered, stamp in self.staged:
            sync_file(path)
            told = manifest_entry(self.entry, path, address, answered, stamp)
            if not target.is_file() or sha256_of(target) != told["sha256"]:
                new_bytes += told["bytes"]
                path.replace(target)
            self._forget(address)
            for name in set(file.names) - {target.name}:
                (self.folder / name).unlink(missing_ok=True)
                changes[name] = None
            changes[target.name] = told
        if changes:
            sync_folder(self.folder)
            write_manifest(self.folder, changes)
        return new_bytes


def _mirror_file(root: Path, folder: str, file: SourceFile) -> Path:
    """Return the file of a mirror folder; links that lead out of the mirror are not followed."""
    for name in file.names:
        path = (root / folder / name).resolve()
        if path.is_relative_to(root.resolve()) and path.is_file():
            return path
    raise AbsentError(f"{folder}/{file.name} est absent du miroir")
