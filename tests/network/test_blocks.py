from __future__ import annotations

import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.base.errors import RefusedFileError
from coverage.network.blocks import check_blocks
from tests.network.osm_files import write_pbf
from tests.network.refusals import refusal


def number(value: int) -> bytes:
    """Seven bits a byte, the lowest first."""
    return bytes([value & 0x7F | 0x80]) + number(value >> 7) if value > 0x7F else bytes([value])


def field(tag: int, content: bytes | int) -> bytes:
    if isinstance(content, int):
        return number(8 * tag) + number(content)
    return number(8 * tag + 2) + number(len(content)) + content


def block(content: bytes, *, kind: bytes = b"OSMData", length: int | None = None) -> bytes:
    header = field(1, kind) + field(3, len(content) if length is None else length)
    return len(header).to_bytes(4, "big") + header + content


def packed(content: bytes) -> bytes:
    return field(2, len(content)) + field(3, zlib.compress(content))


FIRST = block(packed(b"a header"), kind=b"OSMHeader")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.osm.pbf"


@pytest.mark.parametrize(
    "more",
    [
        b"",
        block(packed(b"some ways")),
        block(field(1, b"not packed")),
        block(field(3, zlib.compress(b"size last")) + field(2, 9)),
        block(field(2, 9) + field(6, b"lz4")),
        # Fields of a later release of the format are read over.
        block(packed(b"some ways") + field(19, b"later") + field(20, 5)),
        block(packed(b"some ways") + number(8 * 21 + 1) + bytes(8) + number(8 * 22 + 5) + bytes(4)),
    ],
)
def test_blocks_that_may_be_read(path, more):
    path.write_bytes(FIRST + more)
    check_blocks(path)


@pytest.mark.parametrize("options", ["", ",pbf_dense_nodes=false", ",pbf_compression=none"])
def test_what_libosmium_writes(path, options):
    nodes = {k: (9 + k / 1000, 42.0) for k in range(1, 100)}
    write_pbf(path, nodes, [([1, 2], {"highway": "road"})], options=options)
    check_blocks(path)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (b"\0", "la fin manque"),
        (b"\0\0\0\0", "un en-tête de 0 octets"),
        (b"\x7f\xff\xff\xff" + bytes(50), "un en-tête de 2147483647 octets"),
        ((64 * 1024 + 1).to_bytes(4, "big") + bytes(70_000), "un en-tête de 65537 octets"),
        (b"\0\0\0\x20", "la fin manque"),
        (block(packed(b"x"), kind=b"OSMHeader"), "genre inconnu"),
        (block(packed(b"x"), kind=b"OSMDatb"), "genre inconnu"),
        (block(b"", length=0), "un bloc de 0 octets"),
        (block(b"", length=2**31), "un bloc de 2147483648 octets"),
        (block(packed(b"x"), length=1000), "sans sa fin"),
        (block(b"\x0b"), "un champ d’un genre inconnu"),
        (block(b"\xff" * 12), "un nombre sans fin"),
        (block(number(8 * 3 + 2) + number(2**62) + b"x"), "un champ sans sa fin"),
        (block(packed(b"x") + number(8 * 9)) + FIRST, "un champ sans sa fin"),
        (block(field(19, 1) * 200), "trop de champs"),
        (block(field(2, 5)), "un bloc sans contenu"),
        (block(packed(b"x") + field(1, b"x")), "un bloc sans contenu"),
        (block(field(3, zlib.compress(b"x"))), "0 octets une fois décompressé"),
        (block(field(2, 2**31) + field(3, b"x")), "2147483648 octets une fois décompressé"),
        (block(field(2, 9) + field(4, b"x")), "LZMA"),
        (block(field(2, 9) + field(7, b"x")), "zstd"),
    ],
)
def test_each_fault_is_told_with_its_place(path, more, said):
    path.write_bytes(FIRST + more)
    refused = refusal(check_blocks, path)
    assert refused.code == "CORRUPT_PBF"
    assert f"à l’octet {len(FIRST)}, " in refused.sentence
    assert said in refused.sentence


def test_an_extract_that_holds_abnormally_much(path):
    bomb = block(packed(bytes(11_000_000)))
    path.write_bytes(FIRST + bomb)
    assert refusal(check_blocks, path).code == "TOO_BIG"
    # Whoever lies about the size is refused by zlib later on, which is never given more room.
    path.write_bytes(FIRST + block(field(2, 100) + field(3, zlib.compress(bytes(11_000_000)))))
    check_blocks(path)


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_blocks_or_refused(tmp_path_factory, content, begun):
    path = tmp_path_factory.getbasetemp() / "any.osm.pbf"
    path.write_bytes(FIRST + content if begun else content)
    with suppress(RefusedFileError):
        check_blocks(path)
