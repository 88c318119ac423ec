"""Road extracts, good and bad."""

from __future__ import annotations

from pathlib import Path

from tests.network.osm_files import write_pbf
from tests.sources.given.cases.case import Case, holding
from tests.sources.given.cases.pages import ERROR_PAGE
from tests.sources.given.cases.pbf_making import NODES, WAYS, blob, extract, head, packed


def _by_osmium(path: Path) -> None:
    write_pbf(path, NODES, [(list(refs), tags) for refs, tags in WAYS])


def _clipped(path: Path) -> None:
    kept = {number: at for number, at in NODES.items() if number < 20}
    write_pbf(path, kept, [(list(refs), tags) for refs, tags in WAYS])


def flipped(at: float) -> bytes:
    """Return an extract with one bit changed at this share of its bytes."""
    data = bytearray(extract())
    data[int(at * len(data))] ^= 0x10
    return bytes(data)


CASES: list[Case] = [
    Case("P00", "ok.osm.pbf", "roads", "OK", _by_osmium),
    Case("P01", "truncated.osm.pbf", "roads", "CORRUPT_PBF",
         holding(extract()[: len(extract()) * 2 // 3])),
    Case("P02", "html.osm.pbf", "roads", "CORRUPT_PBF", holding(ERROR_PAGE)),
    Case("P03", "empty.osm.pbf", "roads", "EMPTY", holding("")),
    Case("P04", "len_bomb.osm.pbf", "roads", "CORRUPT_PBF",
         holding(b"\x7f\xff\xff\xff" + blob("OSMHeader", packed(head()))[4:])),
    Case("P05", "bitflip.osm.pbf", "roads", "CORRUPT_PBF", holding(flipped(0.7))),
    Case("P06", "dangling.osm.pbf", "roads", "MISSING_NODES", _clipped, told="2"),
]  # fmt: skip
