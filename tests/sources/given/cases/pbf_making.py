"""OpenStreetMap extracts written by hand: each length and each field is ours to choose."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Sequence

Tags = dict[str, str]
Nodes = dict[int, tuple[float, float]]
Ways = Sequence[tuple[Sequence[int], Tags]]

#: A few streets of Châteauroux.
NODES: Nodes = {n: (1.69 + 0.001 * (n % 5), 46.81 + 0.001 * (n // 5)) for n in range(1, 26)}
WAYS: Ways = [
    ([1, 2, 3, 4], {"highway": "residential", "name": "Rue de l'Été"}),
    ([4, 9, 14, 19, 24], {"highway": "secondary", "maxspeed": "50"}),
    ([1, 6, 11, 16, 21], {"highway": "residential", "oneway": "yes"}),
]


def varint(value: int) -> bytes:
    """Return a number as protobuf writes it."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def field(number: int, value: int | bytes) -> bytes:
    """Return a field of a message: a number, or bytes."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def _zigzag(value: int) -> int:
    return value << 1 if value >= 0 else (-value << 1) - 1


def _deltas(values: Iterable[int]) -> bytes:
    out, last = b"", 0
    for value in values:
        out, last = out + varint(_zigzag(value - last)), value
    return out


def blob(kind: str, body: bytes) -> bytes:
    """Return a block: its header's length, its header, its body (a Blob)."""
    header = field(1, kind.encode()) + field(3, len(body))
    return struct.pack(">I", len(header)) + header + body


def packed(data: bytes) -> bytes:
    """Return a Blob packed with zlib."""
    return field(2, len(data)) + field(3, zlib.compress(data))


def head(*required: str) -> bytes:
    """Return a HeaderBlock."""
    features = required or ("OsmSchema-V0.6", "DenseNodes")
    return b"".join(field(4, name.encode()) for name in features) + field(16, b"maillage")


def block(nodes: Nodes = NODES, ways: Ways = WAYS) -> bytes:
    """Return a PrimitiveBlock: the nodes, dense, and the ways."""
    words = sorted({word for _, tags in ways for both in tags.items() for word in both})
    at = {word: number for number, word in enumerate(words, start=1)}
    strings = b"".join(field(1, word.encode()) for word in ["", *words])
    groups = b""
    if nodes:
        dense = field(1, _deltas(nodes))
        dense += field(8, _deltas(round(lat * 1e7) for _, lat in nodes.values()))
        dense += field(9, _deltas(round(lon * 1e7) for lon, _ in nodes.values()))
        groups += field(2, field(2, dense))
    if ways:
        listed = b""
        for number, (refs, tags) in enumerate(ways, start=1):
            way = field(1, number)
            way += field(2, b"".join(varint(at[key]) for key in tags))
            way += field(3, b"".join(varint(at[value]) for value in tags.values()))
            way += field(8, _deltas(refs))
            listed += field(3, way)
        groups += field(2, listed)
    return field(1, strings) + groups


def extract(nodes: Nodes = NODES, ways: Ways = WAYS) -> bytes:
    """Return a whole extract."""
    return blob("OSMHeader", packed(head())) + blob("OSMData", packed(block(nodes, ways)))
