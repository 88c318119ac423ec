"""Writing files so that a reader sees the old one or the new one, never half of one."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from coverage.base.errors import DiskFullError, LockedError, UnwritableError

TEMPORARY_PREFIX = ".tmp-"
#: Why a place can't be written to, by the system's error number.
_NOT_HERE = {
    errno.EACCES: "ce dossier est protégé",
    errno.EPERM: "ce dossier est protégé",
    errno.EROFS: "ce disque est en lecture seule",
    errno.ENOTDIR: "un fichier porte déjà le nom d'un des dossiers",
    errno.EEXIST: "un fichier porte déjà le nom d'un des dossiers",
    errno.EISDIR: "un dossier porte déjà ce nom",
    errno.ENOENT: "ce dossier ne peut pas être créé",
    errno.ENAMETOOLONG: "le nom est trop long",
}


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_file(path: Path) -> None:
    """Make what was written to a file (or the renames in a folder) survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


sync_folder = sync_file


@contextmanager
def no_room_is_told(target: Path) -> Iterator[None]:
    """Turn "no space left" and "not allowed here" into one sentence; nothing existing is lost."""
    try:
        yield
    except OSError as error:
        # pyarrow raises its own OSError without errno, so its text is looked at too.
        full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
        if full or "No space left" in str(error) or "File too large" in str(error):
            raise DiskFullError(
                f"Le disque est plein : « {target.name} » n'a pas été écrit. Rien n'est perdu : "
                f"la version précédente reste lisible. Libérez de la place dans {target.parent}."
            ) from error
        if error.errno in _NOT_HERE:
            raise UnwritableError(
                f"Impossible d'écrire « {target} » : {_NOT_HERE[error.errno]}. "
                "Donnez un autre dossier."
            ) from error
        raise


@contextmanager
def temporary_beside(target: Path) -> Iterator[Path]:
    """Give a fresh path in the target's folder; whatever is left there at the end is removed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    path = target.parent / f"{TEMPORARY_PREFIX}{os.getpid()}-{secrets.token_hex(6)}"
    try:
        yield path
    finally:
        with suppress(FileNotFoundError):
            path.unlink()


def write_atomic(target: Path, write: Callable[[Path], None]) -> None:
    """Call ``write`` with a path beside ``target``, then swap the finished file in.

    Raises ``DiskFullError`` when there is no room; the old file then stays as it was.
    """
    with no_room_is_told(target), temporary_beside(target) as path:
        write(path)
        sync_file(path)
        path.replace(target)
        sync_folder(target.parent)


def write_bytes(target: Path, content: bytes) -> None:
    """Write bytes atomically."""

    def write(path: Path) -> None:
        path.write_bytes(content)

    write_atomic(target, write)


def write_text(target: Path, content: str) -> None:
    """Write UTF-8 text atomically."""
    write_bytes(target, content.encode("utf-8"))


def to_json(value: Any) -> str:
    """Return JSON a human can read and a machine can compare: sorted keys, one space step."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n"


def write_json(target: Path, value: Any) -> None:
    """Write a JSON document atomically."""
    write_text(target, to_json(value))


@contextmanager
def exclusive_lock(path: Path, what: str) -> Iterator[None]:
    """Hold a lock file while the block runs; a second holder is told who has it.

    The lock is the kernel's: it ends with the process, however that ends.
    """
    with no_room_is_told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 200, 0).decode("utf-8", "replace").strip() or "inconnu"
            raise LockedError(
                f"{what} est déjà en cours d'écriture par {holder}. "
                "Attendez la fin de ce calcul, ou arrêtez-le, puis relancez."
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"le processus {os.getpid()}".encode(), 0)
        yield
    finally:
        os.close(descriptor)
