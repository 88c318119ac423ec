"""Archives (ZIP, XLSX): opened only once their table of contents is known to be harmless."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from coverage.base.errors import RefusedFileError

ZIP = b"PK\x03\x04"
_MOST_ENTRIES = 10_000
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


@contextmanager
def opened_archive(source: Path | bytes, file: str) -> Iterator[zipfile.ZipFile]:
    """Open an archive whose table of contents has been checked: number, size, paths, links.

    ``file`` is the name that errors tell. Raises ``RefusedFileError``: CORRUPT_ZIP, ZIP_TOO_MANY,
    ZIP_TOO_BIG, ZIP_UNSAFE_PATH, ZIP_SYMLINK, ZIP_NESTED.
    """
    # The count is in the last bytes: known before a table of contents is made of it.
    try:
        archive = zipfile.ZipFile(source if isinstance(source, Path) else io.BytesIO(source))
    except DAMAGED:
        raise damaged_archive(file) from None
    with archive:
        _check(archive.infolist(), file)
        yield archive


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


def _check(entries: list[zipfile.ZipInfo], file: str) -> None:
    if len(entries) > _MOST_ENTRIES:
        raise RefusedFileError(
            "ZIP_TOO_MANY",
            f"« {file} » contient plus de 10 000 fichiers. N’y laissez que la couche ou le "
            "tableau à lire.",
        )
    for entry in entries:
        name = PurePosixPath(entry.filename.replace("\\", "/"))
        told = entry.filename[:80]
        if name.is_absolute() or ".." in name.parts or ":" in name.parts[0:1]:
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
    if unpacked > _MOST_BYTES or (
        unpacked > _SMALL_BYTES and unpacked > _MOST_RATIO * max(packed, 1)
    ):
        raise RefusedFileError(
            "ZIP_TOO_BIG",
            f"« {file} » dépasse 250 Mo une fois décompressé, ou se comprime de façon anormale. "
            "Donnez un fichier plus petit : votre territoire, les colonnes utiles.",
        )
    for entry in entries:
        if entry.filename.lower().endswith(_NESTED):
            raise RefusedFileError(
                "ZIP_NESTED",
                f"« {file} » contient une autre archive (« {entry.filename[:80]} »). "
                "Décompressez-la, et donnez les fichiers eux-mêmes.",
            )
