"""ZIP archives written byte by byte: what their table of contents says is ours to choose."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

STORED, DEFLATED = 0, 8
_UNIX = 3 << 8 | 20


@dataclass(frozen=True)
class Entry:
    """One file of an archive: ``data`` is what lies in it, the rest what is told of it."""

    name: str | bytes
    data: bytes
    method: int = STORED
    size: int | None = None
    crc: int | None = None
    mode: int = 0o100644
    flags: int = 0

    def told(self) -> tuple[bytes, int, int, int]:
        """Return the name and flags, CRC and unpacked size, as headers tell them."""
        name = self.name.encode() if isinstance(self.name, str) else self.name
        plain = self.data if self.method == STORED else b""
        size = len(plain) if self.size is None else self.size
        return name, self.flags, zlib.crc32(plain) if self.crc is None else self.crc, size


def archived(
    entries: Iterable[Entry],
    *,
    declared: dict[str | bytes, int] | None = None,
    comment: bytes = b"",
) -> bytes:
    """Return an archive; ``declared`` are the sizes that the table of contents tells instead."""
    out, contents, count = bytearray(), bytearray(), 0
    for entry in entries:
        name, flags, crc, size = entry.told()
        at = len(out)
        stated = (declared or {}).get(entry.name, size)
        out += struct.pack(
            "<IHHHHHIIIHH", 0x04034B50, 20, flags, entry.method, 0, 0x5821, crc,
            len(entry.data), size, len(name), 0,
        ) + name + entry.data  # fmt: skip
        contents += _listed(entry, name, flags, crc, stated, at)
        count += 1
    return bytes(out) + _ended(bytes(contents), len(out), count, comment)


def overlapping(name: str, data: bytes, size: int, times: int) -> bytes:
    """Return an archive whose ``times`` files all lie at the same place."""
    entry = Entry(name, data, DEFLATED, size, crc=0)
    told, flags, crc, _ = entry.told()
    head = struct.pack(
        "<IHHHHHIIIHH", 0x04034B50, 20, flags, DEFLATED, 0, 0x5821, crc,
        len(data), size, len(told), 0,
    ) + told + data  # fmt: skip
    contents = b"".join(
        _listed(entry, f"{n}{name}".encode(), flags, crc, size, 0) for n in range(times)
    )
    return head + _ended(contents, len(head), times, b"")


def _listed(entry: Entry, name: bytes, flags: int, crc: int, size: int, at: int) -> bytes:
    return struct.pack(
        "<IHHHHHHIIIHHHHHII", 0x02014B50, _UNIX, 20, flags, entry.method, 0, 0x5821, crc,
        len(entry.data), size, len(name), 0, 0, 0, 0, entry.mode << 16, at,
    ) + name  # fmt: skip


def _ended(contents: bytes, at: int, count: int, comment: bytes) -> bytes:
    many = min(count, 0xFFFF)
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, many, many, len(contents), at, len(comment))
    return contents + end + comment


def packed(name: str, data: bytes, **told: int) -> Entry:
    """Return a file as a packer writes it."""
    return Entry(name, _deflated(data), DEFLATED, len(data), zlib.crc32(data), **told)


def _deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


@cache
def repeated(
    block: bytes, times: int, before: bytes = b"", after: bytes = b""
) -> tuple[bytes, int, int]:
    """Return ``before + block * times + after`` deflated, its CRC and its size.

    The block is packed once: what it grows to is never made.
    """

    def full(data: bytes) -> bytes:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        return packer.compress(data) + packer.flush(zlib.Z_FULL_FLUSH)

    crc = zlib.crc32(before)
    for _ in range(times):
        crc = zlib.crc32(block, crc)
    end = zlib.compressobj(9, zlib.DEFLATED, -15)
    stream = full(before) + full(block) * times + end.compress(after) + end.flush()
    return stream, zlib.crc32(after, crc), len(before) + len(block) * times + len(after)


def rewritten(archive: bytes, changes: dict[str, bytes | None]) -> bytes:
    """Return an archive with files replaced, added, or (None) left out."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        held = {name: old.read(name) for name in old.namelist()}
        for name, data in (held | changes).items():
            if data is not None:
                new.writestr(name, data)
    return out.getvalue()
