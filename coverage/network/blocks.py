"""The blocks of an OpenStreetMap extract (``.osm.pbf``), before any is unpacked.

A file is a run of blocks: the length of a header, the header (its kind, the length of the block),
the block (its size once unpacked, and its bytes under the number of a compression). Only lengths
are read here: a file that lies about them asks for memory or time that it has no right to. What
blocks hold is libosmium's to judge; zlib tells it of a flipped bit.
Source: https://wiki.openstreetmap.org/wiki/PBF_Format.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import IO

from coverage.network.road_file import damaged, too_big

_MOST_HEADER_BYTES = 64 * 1024
_MOST_BLOCK_BYTES = 32 * 1024 * 1024
#: Extracts are three to five times smaller than what they hold.
_SMALL_BYTES = 10_000_000
_MOST_RATIO = 50

#: How a field is written: a number of variable length, 8 bytes, a length and bytes, 4 bytes.
_NUMBER, _EIGHT, _BYTES, _FOUR = 0, 1, 2, 5
# Fields, as number of the field and way of writing: of the header of a block, and of a block.
_KIND, _LENGTH = 8 * 1 + _BYTES, 8 * 3 + _NUMBER
_RAW, _RAW_SIZE = 8 * 1 + _BYTES, 8 * 2 + _NUMBER
_ZLIB, _LZ4 = 8 * 3 + _BYTES, 8 * 6 + _BYTES
_UNREADABLE = {8 * 4 + _BYTES: "LZMA", 8 * 5 + _BYTES: "bzip2", 8 * 7 + _BYTES: "zstd"}
#: A header and a block have three fields each.
_MOST_FIELDS = 100
#: Within which the kind of the first block is told.
_HEAD_BYTES = 64


class _BrokenError(ValueError):
    """What is wrong, in French."""


def check_blocks(path: Path) -> None:
    """Raise ``RefusedFileError`` unless a file is made of blocks that libosmium can be given.

    CORRUPT_PBF where it is cut, of another kind, or lies about its lengths; TOO_BIG where it
    holds abnormally much.
    """
    size = path.stat().st_size
    raw_bytes = 0
    kind = b"OSMHeader"
    with path.open("rb") as file:
        if kind not in file.read(_HEAD_BYTES):
            raise damaged(path.name, "ce n’est pas un extrait .osm.pbf")
        file.seek(0)
        while (at := file.tell()) < size:
            try:
                raw_bytes += _block(file, size, kind)
            except _BrokenError as error:
                raise damaged(path.name, f"à l’octet {at}, {error}") from None
            kind = b"OSMData"
    if raw_bytes > max(_SMALL_BYTES, _MOST_RATIO * size):
        raise too_big(path.name)


def _block(file: IO[bytes], size: int, kind: bytes) -> int:
    """Read over one block of a kind, and return how many bytes it holds once unpacked."""
    length = int.from_bytes(_read(file, 4), "big")
    if not 0 < length <= _MOST_HEADER_BYTES:
        raise _BrokenError(f"un en-tête de {length} octets")
    header = _read(file, length)
    fields = _fields(BytesIO(header), length)
    start, kind_bytes = fields.get(_KIND, (0, 0))
    if header[start : start + kind_bytes] != kind:
        raise _BrokenError("un bloc d’un genre inconnu")
    _, block_bytes = fields.get(_LENGTH, (0, 0))
    if not 0 < block_bytes <= _MOST_BLOCK_BYTES:
        raise _BrokenError(f"un bloc de {block_bytes} octets")
    end = file.tell() + block_bytes
    if end > size:
        raise _BrokenError("un bloc sans sa fin")
    return _raw_bytes({field: value for field, (_, value) in _fields(file, end).items()})


def _raw_bytes(block: dict[int, int]) -> int:
    """Return how many bytes a block holds, from its fields: their numbers, or their lengths."""
    for field, name in _UNREADABLE.items():
        if field in block:
            raise _BrokenError(f"un bloc comprimé en {name}, à réécrire avec osmium cat")
    if len(block.keys() & {_RAW, _ZLIB, _LZ4}) != 1:
        raise _BrokenError("un bloc sans contenu")
    raw_bytes = block.get(_RAW, block.get(_RAW_SIZE, 0))
    if not 0 < raw_bytes <= _MOST_BLOCK_BYTES:
        raise _BrokenError(f"un bloc de {raw_bytes} octets une fois décompressé")
    return raw_bytes


def _fields(file: IO[bytes], end: int) -> dict[int, tuple[int, int]]:
    """Return the fields of a message that ends at ``end``, and go there.

    Field -> where its bytes begin, and their count or, of a number, its value.
    """
    found: dict[int, tuple[int, int]] = {}
    for _ in range(_MOST_FIELDS):
        if file.tell() == end:
            return found
        field = _number(file)
        written = field % 8
        if written not in (_NUMBER, _EIGHT, _BYTES, _FOUR):
            raise _BrokenError("un champ d’un genre inconnu")
        value = {_EIGHT: 8, _FOUR: 4}.get(written) or _number(file)
        start = file.tell()
        stop = start if written == _NUMBER else start + value
        if stop > end:
            raise _BrokenError("un champ sans sa fin")
        found[field] = start, value
        file.seek(stop)
    raise _BrokenError("un bloc de trop de champs")


def _number(file: IO[bytes]) -> int:
    """Read a number of variable length: seven bits a byte, the lowest first, ten bytes at most."""
    value = 0
    for shift in range(0, 70, 7):
        (byte,) = _read(file, 1)
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value
    raise _BrokenError("un nombre sans fin")


def _read(file: IO[bytes], length: int) -> bytes:
    content = file.read(length)
    if len(content) < length:
        raise _BrokenError("la fin manque")
    return content
