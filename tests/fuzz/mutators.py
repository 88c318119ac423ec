"""Changes that keep a file of its format: one part changes, its checksums are made again."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from random import Random

from tests.sources.given.cases.pbf_making import blob, field, head, packed

#: Bytes changed at random, at most so many long, by the fuzzer's own means.
Bytes = Callable[[bytes, int], bytes]
Mutate = Callable[[bytes, int, int, Bytes], bytes]
_PAGE_BYTES = 4096


def archive(content: bytes, most: int, seed: int, change: Bytes) -> bytes:
    """Change one file of an archive; now and then the archive's own bytes."""
    dice = Random(seed)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as old:
            held = {name: old.read(name) for name in old.namelist()}
    except Exception:
        return change(content, most)
    if not held or dice.random() < 0.1:
        return change(content, most)
    name = dice.choice(sorted(held))
    if dice.random() < 0.05:
        # An archive's names end at their first NUL.
        named = change(name.encode(), 60).decode("latin1").partition("\0")[0]
        held[named or "x"] = held.pop(name)
    else:
        held[name] = change(held[name], most)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in held.items():
            new.writestr(name, data)
    return out.getvalue()


def database(content: bytes, most: int, seed: int, change: Bytes) -> bytes:
    """Change one page of a database, its magic left alone most of the times."""
    dice = Random(seed)
    pages = max(1, len(content) // _PAGE_BYTES)
    start = dice.randrange(pages) * _PAGE_BYTES
    start = start or (0 if dice.random() < 0.1 else 100)
    page = content[start : start + _PAGE_BYTES]
    changed = change(page, len(page) or 1)
    if dice.random() < 0.9:
        changed = changed[: len(page)].ljust(len(page), b"\0")
    return (content[:start] + changed + content[start + len(page) :])[:most]


def extract(content: bytes, most: int, seed: int, change: Bytes) -> bytes:
    """Change what is packed in the last block of an extract; now and then its own bytes."""
    dice = Random(seed)
    start = content.rfind(b"\x78\x9c")
    if start < 0 or dice.random() < 0.3:
        return change(content, most)
    try:
        data = zlib.decompressobj().decompress(content[start:], 1 << 20)
    except zlib.error:
        return change(content, most)
    made = change(data, most)
    body = field(2, len(made)) + field(3, zlib.compress(made, 1))
    return (blob("OSMHeader", packed(head())) + blob("OSMData", body))[:most]
