"""More road extracts: blocks that lie, other formats, other files under their names."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

from tests.network.osm_files import answer as overpass
from tests.sources.given.cases.case import REFUSED, Case, either, holding
from tests.sources.given.cases.pages import ERROR_PAGE, LAUGHS, XXE
from tests.sources.given.cases.pbf_making import (
    NODES,
    WAYS,
    blob,
    block,
    extract,
    field,
    head,
    packed,
)
from tests.sources.given.cases.roads import flipped
from tests.sources.given.cases.zip_making import repeated

_HEAD = blob("OSMHeader", packed(head()))
_DATA = block()
_BAD = "CORRUPT_PBF"
_BAD_ROADS = either("CORRUPT_ROADS", "BAD_JSON", "NOT_ROADS")
_WAYS = [(list(refs), dict(tags)) for refs, tags in WAYS]
_OVERPASS = json.dumps(overpass(dict(NODES), _WAYS))
_GRAPHML = """<?xml version='1.0' encoding='utf-8'?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="d0" for="graph" attr.name="crs" attr.type="string"/>
<key id="d1" for="node" attr.name="y" attr.type="string"/>
<key id="d2" for="node" attr.name="x" attr.type="string"/>
<key id="d3" for="edge" attr.name="osmid" attr.type="string"/>
<key id="d4" for="edge" attr.name="highway" attr.type="string"/>
<key id="d5" for="edge" attr.name="oneway" attr.type="string"/>
<key id="d6" for="edge" attr.name="length" attr.type="string"/>
<graph edgedefault="directed"><data key="d0">epsg:4326</data>
<node id="1"><data key="d1">46.81</data><data key="d2">1.69</data></node>
<node id="2"><data key="d1">46.82</data><data key="d2">1.70</data></node>
<edge source="1" target="2" id="0"><data key="d3">11</data><data key="d4">residential</data>
<data key="d5">False</data><data key="d6">1348.5</data></edge>
<edge source="2" target="1" id="0"><data key="d3">11</data><data key="d4">residential</data>
<data key="d5">False</data><data key="d6">1348.5</data></edge>
</graph></graphml>
"""


def _p(name: str, answer: str | frozenset[str], content: str | bytes | Callable[[Path], object],
       why: str = "", file: str = "t.osm.pbf") -> Case:  # fmt: skip
    make = content if callable(content) else holding(content)
    return Case(f"P-{name}", file, "roads", answer, make, why)


def _told(raw_size: int, data: bytes = zlib.compress(_DATA)) -> bytes:
    return _HEAD + blob("OSMData", field(2, raw_size) + field(3, data))


def _gzipped(start: bytes, megabytes: int) -> Callable[[Path], object]:
    """Return a maker of a gzip file of a start and very many blanks."""

    def make(path: Path) -> None:
        stream, crc, size = repeated(b" " * 1_000_000, megabytes, start)
        path.write_bytes(gzip.compress(b"")[:10] + stream + struct.pack("<II", crc, size))

    return make


def _bomb(told: int, megabytes: int = 200) -> Callable[[Path], object]:
    """Return a maker of an extract whose block grows to very many zeros."""

    def make(path: Path) -> None:
        stream, _, size = repeated(bytes(1_000_000), megabytes)
        path.write_bytes(_told(told, b"\x78\x01" + stream + struct.pack(">HH", size % 65521, 1)))

    return make


def _ways(*refs: int) -> bytes:
    return extract(NODES, [([*refs], {"highway": "residential"})])


VARIANTS = [
    _p("by hand", "OK", extract()),
    _p("raw blocks", "OK", blob("OSMHeader", field(1, head())) + blob("OSMData", field(1, _DATA))),
    _p("two blocks", "OK", _HEAD + blob("OSMData", packed(block(ways=[]))) + blob("OSMData",
        packed(block({})))),
    _p("other tags", "OK", extract(NODES, [*WAYS, ([22, 23], {"building": "yes"})])),
    _p("clipped building", "OK", extract(NODES, [*WAYS, ([22, 99], {"building": "yes"})]),
       "what misses isn't a road's"),
    _p("unknown block", either("OK", _BAD), extract() + blob("Index", field(1, b"x")),
        "a reader may pass it"),
    _p("optional feature", "OK", blob("OSMHeader", packed(head() + field(5, b"Sort.Type_then_ID")))
       + blob("OSMData", packed(_DATA))),
    _p("clipped", "MISSING_NODES", _ways(1, 2, 99)),
    _p("ways alone", "MISSING_NODES", extract({}, WAYS)),
    _p("ferry clipped", "MISSING_NODES", extract(NODES, [*WAYS, ([1, 99], {"route": "ferry"})])),
    _p("header alone", REFUSED, _HEAD, "no road"),
    _p("nodes alone", REFUSED, extract(NODES, []), "no road"),
    _p("no highway", REFUSED, extract(NODES, [([1, 2], {"building": "yes"})]), "no road"),
    _p("no header", _BAD, blob("OSMData", packed(_DATA))),
    _p("two headers", either("OK", _BAD), _HEAD + extract()),
    _p("feature unknown", either(_BAD, "NOT_ROADS"), blob("OSMHeader",
        packed(head("OsmSchema-V0.6", "Teleport")))
       + blob("OSMData", packed(_DATA))),
    _p("history", either("OK", _BAD, "NOT_ROADS"), blob("OSMHeader", packed(
        head("OsmSchema-V0.6", "DenseNodes", "HistoricalInformation"))) + blob("OSMData",
        packed(_DATA))),
    _p("header length 0", _BAD, b"\0\0\0\0" + _HEAD[4:]),
    _p("header length 64 kB", _BAD, struct.pack(">I", 70_000) + _HEAD[4:] + bytes(80_000)),
    _p("header length wrong", _BAD, struct.pack(">I", struct.unpack(">I",
        _HEAD[:4])[0] + 1) + _HEAD[4:]),
    _p("blob length 2 GB", _BAD, struct.pack(">I", 18) + field(1,
        b"OSMHeader") + b"\x18\xff\xff\xff\xff\x07"),
    _p("blob length 0", either(_BAD, "OK"), _HEAD + blob("OSMData", b"") + blob("OSMData",
        packed(_DATA))),
    _p("blob length 33 MB", _BAD, _HEAD + blob("OSMData", field(1, bytes(33 << 20)))),
    _p("raw size 2 GB", _BAD, _told(0x7FFFFFFF)),
    _p("raw size negative", _BAD, _told(2**64 - 5)),
    _p("raw size 0", _BAD, _told(0)),
    _p("raw size too small", _BAD, _told(len(_DATA) - 1)),
    _p("raw size too big", _BAD, _told(len(_DATA) + 1)),
    _p("bomb", _BAD, _bomb(1 << 20), "200 MB under 1 MB told"),
    _p("bomb told", _BAD, _bomb(200_000_000), "more than 32 MiB"),
    _p("lzma", either("OK", _BAD), _HEAD + blob("OSMData", field(2, len(_DATA)) + field(4,
        lzma.compress(_DATA)))),
    _p("zstd", either("OK", _BAD), _HEAD + blob("OSMData", field(2, len(_DATA)) + field(7,
        b"\x28\xb5\x2f\xfd" + bytes(20)))),
    _p("lz4", either("OK", _BAD), _HEAD + blob("OSMData", field(2, len(_DATA)) + field(6,
        bytes(20)))),
    _p("empty blob body", _BAD, _HEAD + blob("OSMData", field(2, 10))),
    _p("zlib tail", either("OK", _BAD), _told(len(_DATA), zlib.compress(_DATA) + b"tail")),
    _p("zlib cut", _BAD, _told(len(_DATA), zlib.compress(_DATA)[:-6])),
    _p("tail", _BAD, extract() + b"tail"),
    _p("tail of zeros", _BAD, extract() + bytes(512)),
    _p("cut in a length", _BAD, extract() + b"\0\0"),
    _p("cut by one", _BAD, extract()[:-1]),
    *(_p(f"flip at {share}", _BAD, flipped(share)) for share in (0.3, 0.5, 0.6, 0.8, 0.95, 0.999)),
    *(_p(f"flip at {share}", either(_BAD, "OK"), flipped(share),
        "some bits mean nothing") for share in (0.0, 0.02, 0.1, 0.2)),
    _p("noise in a block", _BAD, _HEAD + blob("OSMData", packed(b"\xff" * 500))),
    _p("block of zeros", REFUSED, _HEAD + blob("OSMData", packed(bytes(500)))),
    _p("words that miss", _BAD, _HEAD + blob("OSMData", packed(_DATA.replace(field(1,
        b"residential"), b"", 1)))),
    _p("gzip", _BAD, gzip.compress(extract()), "packed once more"),
    _p("xml", either(_BAD, "NOT_ROADS"), '<?xml version="1.0"?><osm version="0.6"></osm>'),
    _p("dtd", either(_BAD, "XML_DTD"), XXE + "<osm>&x;</osm>"),
    _p("text", _BAD, "bonjour"),
    _p("one byte", _BAD, b"\0"),
    _p("zip", either(_BAD, "NOT_ROADS"), b"PK\x03\x04" + bytes(100)),
    _p("no osm in the name", "OK", extract(), file="t.pbf"),
    _p("graphml", "OK", _GRAPHML, file="t.graphml"),
    _p("graphml gz", "OK", gzip.compress(_GRAPHML.encode()), file="t.graphml.gz"),
    _p("graphml bz2", "OK", bz2.compress(_GRAPHML.encode()), file="t.graphml.bz2"),
    _p("graphml dtd", "XML_DTD", _GRAPHML.replace("<graphml",
        "<!DOCTYPE g [<!ENTITY a 'b'>]>\n<graphml", 1), file="t.graphml"),
    _p("graphml laughs", "XML_DTD", LAUGHS + _GRAPHML.split("\n", 1)[1].replace("residential",
        "&a9;"), file="t.graphml"),
    _p("graphml dtd gz", "XML_DTD", gzip.compress((XXE + _GRAPHML.split("\n", 1)[1]).encode()),
        file="t.graphml.gz"),
    _p("graphml dtd utf-16", "XML_DTD", (XXE + "<graphml/>").encode("utf-16"), file="t.graphml"),
    _p("graphml dtd after much", "XML_DTD", _GRAPHML.replace(
        "<graphml", f"<!--{'x' * 200_000}--><!DOCTYPE g [<!ENTITY a 'b'>]>\n<graphml", 1),
        file="t.graphml"),
    _p("graphml cut", "CORRUPT_ROADS", _GRAPHML[: len(_GRAPHML) * 2 // 3], file="t.graphml"),
    _p("graphml gz cut", either("CORRUPT_ROADS", "CORRUPT_ZIP"),
        gzip.compress(_GRAPHML.encode())[:-20], file="t.graphml.gz"),
    _p("graphml bz2 cut", either("CORRUPT_ROADS", "CORRUPT_ZIP"),
        bz2.compress(_GRAPHML.encode())[:-20], file="t.graphml.bz2"),
    _p("graphml bomb", REFUSED, _gzipped(b"<graphml>", 400), file="t.graphml.gz"),
    _p("graphml of others", either("NOT_ROADS", "NO_ROWS"),
        '<?xml version="1.0"?><graphml><graph edgedefault="directed">'
        '<node id="a"/></graph></graphml>', file="t.graphml"),
    *(_p(f"graphml in {name}", either("CORRUPT_ROADS", "NOT_ROADS"),
        _GRAPHML.replace("'utf-8'", f"'{name}'"), "found by the fuzzer", file="t.graphml")
      for name in ("utf-7", "x-inconnu", "rot13", "zip", "idna", "cp932", "undefined")),
    _p("graphml empty", "EMPTY", "", file="t.graphml"),
    _p("graphml page", either("NOT_ROADS", "CORRUPT_ROADS"), ERROR_PAGE, file="t.graphml"),
    _p("graphml xml", either("NOT_ROADS", "CORRUPT_ROADS"), '<?xml version="1.0"?><kml/>',
        file="t.graphml"),
    _p("graphml node", REFUSED, _GRAPHML.replace('target="2"', 'target="9"'), "an edge to nowhere",
        file="t.graphml"),
    _p("graphml place", REFUSED, _GRAPHML.replace("46.81", "ici"), file="t.graphml"),
    _p("graphml nan", REFUSED, _GRAPHML.replace("46.81", "nan"), file="t.graphml"),
    _p("overpass", "OK", _OVERPASS, file="t.json"),
    _p("overpass gz", "OK", gzip.compress(_OVERPASS.encode()), file="t.json.gz"),
    _p("overpass cut", either("BAD_JSON", "CORRUPT_ROADS"), _OVERPASS[: len(_OVERPASS) // 2],
        file="t.json"),
    _p("overpass deep", either("BAD_JSON", "CORRUPT_ROADS", "NOT_ROADS"), "[" * 200_000,
        file="t.json"),
    _p("overpass nan", either("BAD_JSON", "CORRUPT_ROADS", "BAD_NUMBER"),
        _OVERPASS.replace("46.81", "NaN", 1), file="t.json"),
    _p("overpass clipped", "MISSING_NODES", json.dumps(overpass({1: NODES[1]}, _WAYS)),
        file="t.json"),
    _p("overpass ended early", REFUSED, json.dumps({"version": 0.6, "elements": [],
        "remark": "runtime error: Query timed out"}),
       file="t.json"),
    _p("overpass page", _BAD_ROADS, ERROR_PAGE, file="t.json"),
    _p("overpass twice", _BAD_ROADS | {"OK"}, _OVERPASS * 2, file="t.json"),
    _p("geojson", either("NOT_ROADS", "CORRUPT_ROADS"),
        '{"type": "FeatureCollection", "features": []}', file="t.json"),
    _p("json list", _BAD_ROADS, "[1]", file="t.json"),
    _p("overpass bomb", REFUSED, _gzipped(b'{"elements": [', 400), file="t.json.gz"),
    _p("csv", either("NOT_ROADS", "CORRUPT_ROADS", _BAD), "a,b\n1,2\n", file="t.csv"),
    _p("osm xml", either("NOT_ROADS", "OK", _BAD),
        '<?xml version="1.0"?><osm version="0.6"></osm>', file="t.osm"),
]  # fmt: skip
