"""Archives of sources (zip, 7z, gz): one named file is taken out, no more than it may be."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO

from coverage.base.errors import RefusedFileError, SourceError
from coverage.base.files import temporary_beside
from coverage.base.limited import ChildDefectError, ChildDiedError, Limits, run_limited
from coverage.sources.fetching.download import too_big
from coverage.sources.fetching.errors import FetchError
from coverage.sources.given.archive import DAMAGED, ZIP, opened_archive

_SEVEN_ZIP, _GZIP = b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b"
_CHUNK_BYTES = 1 << 20
#: An archive of a producer's holds other files beside the one that is wanted.
_OTHERS = 10
_BROKEN = "l’archive reçue est abîmée ou d’un format inconnu"
_REFUSED = {
    "CORRUPT_ZIP": _BROKEN,
    "ZIP_TOO_BIG": "l’archive reçue est trop grande une fois décompressée",
    "ZIP_TOO_MANY": "l’archive reçue contient trop de fichiers",
}
_SEVEN_ZIP_LIMITS = Limits(cpu_s=900, wait_s=1800.0, file_bytes=1 << 40)


def extract_member(archive: Path, member: str, target: Path, limit_bytes: int) -> None:
    """Write to ``target`` the one file of an archive whose path ends with ``member``.

    ``a.7z!b.gpkg``: b.gpkg, of a.7z, of the archive. A gz holds one file, whatever its name.
    Raises ``FetchError`` where there is no such file or more than one, or it has more than
    ``limit_bytes``, or the archive is damaged, or made to hurt.
    """
    outer, _, inner = member.partition("!")
    if inner:
        with temporary_beside(target) as within:
            extract_member(archive, outer, within, limit_bytes)
            extract_member(within, inner, target, limit_bytes)
        return
    with archive.open("rb") as file:
        magic = file.read(len(_SEVEN_ZIP))
    if magic.startswith(ZIP):
        _extract_zipped(archive, member, target, limit_bytes)
    elif magic == _SEVEN_ZIP:
        _extract_7z(archive, member, target, limit_bytes)
    elif magic.startswith(_GZIP):
        gunzip(archive, target, limit_bytes)
    else:
        raise FetchError(_BROKEN)


def gunzip(packed: Path, target: Path, limit_bytes: int) -> None:
    """Unpack a gz. Raises ``FetchError`` where it is damaged or larger than ``limit_bytes``."""
    try:
        with gzip.open(packed) as file:
            _copy(file, target, limit_bytes)
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise FetchError(_BROKEN) from error


def _extract_zipped(archive: Path, member: str, target: Path, limit_bytes: int) -> None:
    try:
        with opened_archive(
            archive, archive.name, most_bytes=_OTHERS * limit_bytes, nested=True
        ) as container:
            names = [info.filename for info in container.infolist() if not info.is_dir()]
            _copy_zipped(container, _only(names, member), target, limit_bytes)
    except RefusedFileError as error:
        reason = _REFUSED.get(error.code, "l’archive reçue contient un chemin ou un lien interdit")
        raise FetchError(reason) from error


def _copy_zipped(container: zipfile.ZipFile, name: str, target: Path, limit_bytes: int) -> None:
    try:
        with container.open(name) as file:
            _copy(file, target, limit_bytes)
    except DAMAGED as error:
        raise FetchError(_BROKEN) from error


def _only(names: list[str], member: str) -> str:
    found = [name for name in names if PurePosixPath(name).match(member)]
    if len(found) != 1:
        raise FetchError(f"{member} n’est pas (ou pas une seule fois) dans l’archive reçue")
    return found[0]


def _copy(file: IO[bytes] | gzip.GzipFile, target: Path, limit_bytes: int) -> None:
    written = 0
    with target.open("wb") as copy:
        while chunk := file.read(_CHUNK_BYTES):
            written += len(chunk)
            if written > limit_bytes:
                raise FetchError(too_big(limit_bytes))
            copy.write(chunk)


def _extract_7z(archive: Path, member: str, target: Path, limit_bytes: int) -> None:
    """Unpack in a limited child: the dictionary a 7z asks for may be as large as memory."""
    try:
        run_limited(
            f"{__name__}:unpack_7z",
            str(archive),
            member,
            str(target),
            limit_bytes,
            limits=_SEVEN_ZIP_LIMITS,
        )
    except SourceError as error:
        raise FetchError(str(error)) from error
    except (ChildDiedError, ChildDefectError) as error:
        raise FetchError(_BROKEN) from error


def unpack_7z(archive: str, member: str, target: str, limit_bytes: int) -> None:
    """Unpack one file of a 7z. Raises ``SourceError`` with the reason of a ``FetchError``."""
    import py7zr

    with py7zr.SevenZipFile(archive) as container:
        entries = {entry.filename: entry for entry in container.list() if entry.is_file}
        try:
            name = _only(list(entries), member)
        except FetchError as error:
            raise SourceError(str(error)) from error
        if entries[name].uncompressed > limit_bytes:
            raise SourceError(too_big(limit_bytes))
        with Path(target).open("wb") as file:
            container.extract(targets=[name], factory=_OneFile(file, limit_bytes))


class _OneFile:
    """Where the library writes what it unpacks: one file, that never grows past its limit."""

    def __init__(self, file: IO[bytes], limit_bytes: int) -> None:
        self._file, self._limit_bytes = file, limit_bytes

    def create(self, filename: str) -> _OneFile:
        return self

    def write(self, data: bytes) -> int:
        if self._file.tell() + len(data) > self._limit_bytes:
            raise SourceError(too_big(self._limit_bytes))
        return self._file.write(data)

    def read(self, size: int | None = None) -> bytes:
        return b""

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return False

    def flush(self) -> None:
        self._file.flush()

    def size(self) -> int:
        return self._file.tell()

    def close(self) -> None:
        pass
