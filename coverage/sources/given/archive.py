"""Archives (ZIP, XLSX): opened only once their table of contents is known to be harmless."""

from __future__ import annotations

import contextlib
import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from coverage.base.errors import RefusedFileError

ZIP = b"PK\x03\x04"
_DRIVE = re.compile("[A-Za-z]:")
_MOST_ENTRIES = 10_000
#: Bytes of a table of contents, and of what is asked of an archive at once.
_MOST_READ_BYTES = 4_000_000
_MOST_BYTES = 250_000_000
#: Times smaller than what it holds; a few megabytes of any text may be smaller still.
_MOST_RATIO = 200
_SMALL_BYTES = 10_000_000
_CHUNK_BYTES = 1 << 20
_NESTED = (".zip", ".7z", ".rar", ".gz", ".tar", ".tgz", ".bz2", ".xz", ".kmz", ".xlsx")
#: How a damaged archive shows, whatever part of it is damaged.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
    IndexError,
    KeyError,
)


@contextlib.contextmanager
def opened_archive(
    source: Path | bytes, file: str, *, most_bytes: int = _MOST_BYTES, nested: bool = False
) -> Iterator[zipfile.ZipFile]:
    """Open an archive whose table of contents has been checked: number, size, paths, links.

    ``file`` is the name that errors tell; ``most_bytes`` is the most that it may hold unpacked,
    ``nested`` lets it hold other archives. Raises ``RefusedFileError``: CORRUPT_ZIP, ZIP_TOO_MANY,
    ZIP_TOO_BIG, ZIP_UNSAFE_PATH, ZIP_SYMLINK, ZIP_NESTED.
    """
    with contextlib.ExitStack() as stack:
        try:
            raw = io.FileIO(source) if isinstance(source, Path) else io.BytesIO(source)
            content = stack.enter_context(_Bounded(raw, file))
            archive = stack.enter_context(zipfile.ZipFile(content))
        except RefusedFileError:
            raise
        except DAMAGED:
            raise damaged_archive(file) from None
        _check(archive.infolist(), file, most_bytes)
        if not nested:
            _refuse_nested(archive.infolist(), file)
        yield archive


class _Bounded(io.BufferedReader):
    """The bytes of an archive: its table of contents, asked for at once, may not be endless."""

    def __init__(self, raw: io.RawIOBase | io.BytesIO, file: str) -> None:
        super().__init__(raw)
        self._file = file

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next bytes. Raises ``RefusedFileError`` (ZIP_TOO_MANY) on too many of them."""
        if size is not None and size > _MOST_READ_BYTES:
            raise _too_many(self._file)
        return super().read(size)


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, file: str) -> bytes:
    """Return the bytes of one entry, no more than its table of contents tells.

    Raises ``RefusedFileError`` (CORRUPT_ZIP) where they are damaged, encrypted, or more.
    """
    chunks = []
    received = 0
    try:
        with archive.open(member) as content:
            while chunk := content.read(_CHUNK_BYTES):
                received += len(chunk)
                if received > member.file_size:
                    raise damaged_archive(file)
                chunks.append(chunk)
    except RefusedFileError:
        raise
    except DAMAGED:
        raise damaged_archive(file) from None
    if received != member.file_size:
        raise damaged_archive(file)
    return b"".join(chunks)


def damaged_archive(file: str) -> RefusedFileError:
    """Return the refusal of an archive that is cut, damaged, encrypted or that lies."""
    return RefusedFileError(
        "CORRUPT_ZIP",
        f"« {file} » est une archive coupée, abîmée ou protégée par un mot de passe. "
        "Reprenez-la à sa source, ou enregistrez-la à nouveau, sans mot de passe.",
    )


def _check(entries: list[zipfile.ZipInfo], file: str, most_bytes: int) -> None:
    if len(entries) > _MOST_ENTRIES:
        raise _too_many(file)
    for entry in entries:
        if not entry.filename:
            raise damaged_archive(file)
        name = PurePosixPath(entry.filename.replace("\\", "/"))
        told = entry.filename[:80]
        if name.is_absolute() or ".." in name.parts or _DRIVE.match(entry.filename):
            raise RefusedFileError(
                "ZIP_UNSAFE_PATH",
                f"« {file} » contient un fichier qui sort de l’archive (« {told} »). Refaites "
                "l’archive avec les seuls fichiers de la couche.",
            )
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise RefusedFileError(
                "ZIP_SYMLINK",
                f"« {file} » contient un lien vers un autre fichier (« {told} »). Mettez dans "
                "l’archive le fichier lui-même.",
            )
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if unpacked > most_bytes or (
        unpacked > _SMALL_BYTES and unpacked > _MOST_RATIO * max(packed, 1)
    ):
        raise RefusedFileError(
            "ZIP_TOO_BIG",
            f"« {file} » dépasse {most_bytes // 1_000_000} Mo une fois décompressé, ou se comprime "
            "de façon anormale. "
            "Donnez un fichier plus petit : votre territoire, les colonnes utiles.",
        )


def _too_many(file: str) -> RefusedFileError:
    return RefusedFileError(
        "ZIP_TOO_MANY",
        f"« {file} » contient plus de 10\u202f000 fichiers. N’y laissez que la couche ou le "
        "tableau à lire.",
    )


def _refuse_nested(entries: list[zipfile.ZipInfo], file: str) -> None:
    for entry in entries:
        if entry.filename.lower().endswith(_NESTED):
            raise RefusedFileError(
                "ZIP_NESTED",
                f"« {file} » contient une autre archive (« {entry.filename[:80]} »). "
                "Décompressez-la, et donnez les fichiers eux-mêmes.",
            )
