"""More shapefiles in archives: what portals and hands pack, and archives made to hurt."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from tests.sources.given.cases.case import REFUSED, Case, either, holding
from tests.sources.given.cases.geojson_making import POINTS
from tests.sources.given.cases.geopackage_making import content
from tests.sources.given.cases.pages import ERROR_PAGE, NOWHERE, VRT
from tests.sources.given.cases.shapefile_making import parts, repacked, zipped
from tests.sources.given.cases.zip_making import (
    DEFLATED,
    Entry,
    archived,
    overlapping,
    packed,
    repeated,
)

_TAKEN = either("OK", "FIX")
_NOT_ONE = either("CORRUPT_ZIP", "ZIP_TOO_BIG", "ZIP_NESTED", "ZIP_TOO_MANY")
Parts = dict[str, bytes]


def _s(
    name: str, answer: str | frozenset[str], make: Any, why: str = "", line: int | None = None
) -> Case:
    return Case(f"S-{name}", "t.zip", "layer", answer, make, why, line)


def _made(*entries: Entry, **how: Any) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(archived(_layer() + list(entries), **how))


def _layer() -> list[Entry]:
    return [packed(f"secteurs.{part}", data) for part, data in parts().items()]


def _part(
    part: str, change: Callable[[bytes], bytes], kind: str = "polygons", **how: Any
) -> Callable[[Path], object]:
    """Return a maker of a shapefile one part of which is changed."""
    return repacked(
        lambda held: {f"secteurs.{name}": change(data) if name == part else data for name,
        data in held.items()},
        kind, **how)  # fmt: skip


def _patched(at: int, patch: bytes) -> Callable[[bytes], bytes]:
    return lambda data: data[:at] + patch + data[at + len(patch) :]


def _named(name: Callable[[str], str]) -> Callable[[Path], object]:
    return repacked(lambda held: {name(part): data for part, data in held.items()})


def _with(**more: bytes) -> Callable[[Path], object]:
    return repacked(lambda held: {f"secteurs.{part}": data for part, data in (held | more).items()})


def _zip64(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, data in parts().items():
            with archive.open(f"secteurs.{part}", "w", force_zip64=True) as out:
                out.write(data)


def _packed_by(method: int) -> Callable[[Path], object]:
    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w", method) as archive:
            for part, data in parts().items():
                archive.writestr(f"secteurs.{part}", data)

    return make


def _streamed(path: Path) -> None:
    """Write as tools do that can't go back: sizes after the data."""
    out = io.BytesIO()
    out.seekable = lambda: False  # type: ignore[method-assign]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, data in parts().items():
            archive.writestr(f"secteurs.{part}", data)
    path.write_bytes(out.getvalue())


def _quine(path: Path) -> None:
    """Write an archive that holds an archive of its own bytes' likeness."""
    inner = archived(_layer())
    path.write_bytes(archived([packed("r/r.zip", inner), *_layer()]))


def _big(megabytes: int, name: str) -> Entry:
    stream, crc, size = repeated(bytes(1_000_000), megabytes)
    return Entry(name, stream, DEFLATED, size, crc)


def _null_shapes(data: bytes) -> bytes:
    """Return a .shp whose second record is a null shape, its length kept."""
    second = 100 + 8 + 2 * struct.unpack(">i", data[104:108])[0]
    return _patched(second + 8, struct.pack("<i", 0))(data)


def _overlaps(path: Path) -> None:
    data = zlib.compressobj(9, zlib.DEFLATED, -15)
    stream = data.compress(bytes(2_000_000)) + data.flush()
    path.write_bytes(overlapping("secteurs.shp", stream, 2_000_000, 200))


VARIANTS = [
    _s("points", "OK", zipped("points")),
    _s("points 3d", "OK", zipped("points_z")),
    _s("multi", "OK", zipped("multi")),
    _s("lambert", _TAKEN, repacked(lambda held: {f"s.{part}": data for part, data in held.items()},
        "points",
                                   crs="EPSG:3857"), "declared by its .prj"),
    _s("latin1", _TAKEN, zipped(encoding="ISO-8859-1")),
    _s("no cpg", _TAKEN, zipped(without="cpg")),
    _s("cpg garbage", either("OK", "FIX", "BAD_ENCODING"), _with(cpg=b"\xff\xfe\0x")),
    _s("upper case", "OK", _named(lambda part: f"SECTEURS.{part.upper()}")),
    _s("mixed case", _TAKEN,
        _named(lambda part: f"secteurs.{part.upper() if part in ('shp', 'dbf') else part}")),
    _s("folder", "OK", _named(lambda part: f"export/2025/secteurs.{part}")),
    _s("accents", "OK", _named(lambda part: f"été à l’Île/secteurs d'Été.{part}")),
    _s("mac", "OK", repacked(lambda held: {f"secteurs.{part}": data for part, data in held.items()}
                             | {"__MACOSX/._secteurs.shp": b"\0\5\x16\7",
                             ".DS_Store": b"\0\0\0\1Bud1"})),
    _s("companions", "OK", _with(sbn=b"x", sbx=b"x", qix=b"x", qmd=b"<x/>", xml=b"<metadata/>",
        pdf=b"%PDF-1.7")),
    _s("stored", "OK", _packed_by(zipfile.ZIP_STORED)),
    _s("bzip2", either("OK", "CORRUPT_ZIP"), _packed_by(zipfile.ZIP_BZIP2)),
    _s("zip64", "OK", _zip64),
    _s("streamed", "OK", _streamed, "the sizes stand after the data"),
    _s("comment", "OK", _made(comment=b"exported in 2025")),
    _s("comment that lies", either("OK", "CORRUPT_ZIP"),
        _made(comment=b"PK\x05\x06 exported in 2025")),
    _s("prefix", either("OK", "CORRUPT_ZIP"),
        lambda path: path.write_bytes(b"#!/bin/sh\n" + archived(_layer())),
       "an archive that unpacks itself"),
    _s("geojson", "OK", repacked(lambda _: {"secteurs.geojson": json.dumps(POINTS).encode()})),
    _s("geopackage", "OK", repacked(lambda _: {"secteurs.gpkg": content()})),
    _s("two kinds", "AMBIGUOUS_LAYER", repacked(
        lambda held: {f"secteurs.{part}": data for part,
        data in held.items()} | {"autres.gpkg": content()})),
    _s("same name", "AMBIGUOUS_LAYER", repacked(
        lambda held: {f"{folder}/s.{part}": data for folder in "ab" for part,
        data in held.items()})),
    _s("vrt inside", REFUSED, repacked(lambda _: {"secteurs.geojson": VRT.encode()})),
    _s("vrt beside", _TAKEN | REFUSED, repacked(lambda held: {f"s.{p}": d for p,
        d in held.items()} | {"a.vrt": VRT.encode()})),
    _s("dtd inside", REFUSED,
        repacked(lambda _: {"doc.kml": b"<!DOCTYPE kml [<!ENTITY a 'b'>]><kml/>"})),
    _s("shp alone", "MISSING_PART", repacked(lambda held: {"secteurs.shp": held["shp"]})),
    _s("shp and dbf", "MISSING_CRS",
        repacked(lambda held: {f"s.{part}": held[part] for part in ("shp", "dbf")}),
       "its index can be made again, its CRS can't"),
    _s("other names", either("MISSING_PART"),
        _named(lambda part: f"{'a' if part == 'shp' else 'b'}.{part}")),
    _s("no shp", REFUSED, zipped(without="shp")),
    _s("text", REFUSED, repacked(lambda _: {"lisez-moi.txt": b"bonjour"})),
    _s("csv", REFUSED, repacked(lambda _: {"t.csv": b"a,b\n1,2\n"})),
    _s("nothing", REFUSED, holding(b"PK\x05\x06" + bytes(18))),
    _s("folder alone", REFUSED, lambda path: path.write_bytes(archived([Entry("secteurs/", b"")]))),
    _s("empty", "EMPTY", holding("")),
    _s("rar", "CORRUPT_ZIP", holding(b"Rar!\x1a\x07\x01\x00" + bytes(200))),
    _s("7z", "CORRUPT_ZIP", holding(b"7z\xbc\xaf\x27\x1c" + bytes(200))),
    _s("page", either("CORRUPT_ZIP", "NOT_GEOJSON"), holding(ERROR_PAGE)),
    _s("head alone", "CORRUPT_ZIP", holding(b"PK\x03\x04")),
    _s("cut in the contents", "CORRUPT_ZIP",
        lambda path: path.write_bytes(archived(_layer())[:-30])),
    _s("bit", "CORRUPT_ZIP", lambda path: path.write_bytes(_patched(200,
        b"\xff\xfe\xfd")(archived(_layer())))),
    _s("crc", "CORRUPT_ZIP", lambda path: path.write_bytes(archived(
        [*_layer()[1:], Entry("secteurs.shp", parts()["shp"], crc=5)]))),
    _s("size told bigger", "CORRUPT_ZIP", _made(declared={"secteurs.shp": 90_000})),
    _s("size told nothing", "CORRUPT_ZIP", _made(declared={"secteurs.dbf": 0})),
    _s("two names", either("CORRUPT_ZIP"), lambda path: path.write_bytes(
        archived(_layer()).replace(b"secteurs.shp", b"secteurs.shq", 1)),
        "the contents tell another name"),
    _s("twice the same", either("CORRUPT_ZIP", "AMBIGUOUS_LAYER"), _made(*_layer()),
        "which one is it?"),
    _s("encrypted", "CORRUPT_ZIP", lambda path: path.write_bytes(archived(
        [Entry(f"secteurs.{part}", Random(2).randbytes(80), flags=1) for part in parts()]))),
    _s("unknown method", "CORRUPT_ZIP", lambda path: path.write_bytes(archived(
        [Entry(f"secteurs.{part}", data, method=99, size=len(data)) for part,
        data in parts().items()]))),
    _s("deflate64", "CORRUPT_ZIP", lambda path: path.write_bytes(archived(
        [Entry(f"secteurs.{part}", data, method=9, size=len(data)) for part,
        data in parts().items()]))),
    *(_s(f"path {name}", "ZIP_UNSAFE_PATH", _made(Entry(name, b"x"))) for name in (
        "/etc/cron.d/x.shp", "..\\..\\x.shp", "a/../../x.shp", "C:\\Windows\\x.shp", "C:x.shp",
        "\\\\server\\x.shp",
        "//server/x.shp", "a/..", "..")),
    *(_s(f"harmless {name}", "OK", _made(Entry(name, b"x"))) for name in ("a..b/x.txt", "...txt",
        "a b/ç.txt")),
    _s("nul in a name", either("ZIP_UNSAFE_PATH", "CORRUPT_ZIP", "OK"), _made(Entry("x.txt\0.shp",
        b"x"))),
    _s("no name", either("CORRUPT_ZIP", "ZIP_UNSAFE_PATH", "OK"), _made(Entry("", b"x")),
        "found by the fuzzer"),
    _s("nul for a name", either("CORRUPT_ZIP", "ZIP_UNSAFE_PATH", "OK"), _made(Entry("\0.shp",
        b"x"))),
    _s("link to a folder", "ZIP_SYMLINK", _made(Entry("lien", b"/etc", mode=0o120755))),
    _s("link beside", "ZIP_SYMLINK", _made(Entry("secteurs.qix", b"secteurs.shp", mode=0o120777))),
    _s("device", either("ZIP_SYMLINK", "ZIP_UNSAFE_PATH", "CORRUPT_ZIP", "OK"), _made(Entry("zero",
        b"", mode=0o020666))),
    _s("nested tgz", "ZIP_NESTED", _made(Entry("autres.tar.gz", b"\x1f\x8b"))),
    _s("nested upper", "ZIP_NESTED", _made(Entry("AUTRES.ZIP", b"PK\x03\x04"))),
    _s("nested 7z", "ZIP_NESTED", _made(Entry("a/b.7z", b"7z"))),
    _s("quine", "ZIP_NESTED", _quine),
    _s("10 000 entries", either("OK"), _made(*(Entry(f"{n}.txt", b"") for n in range(9_995)))),
    _s("10 001 entries", "ZIP_TOO_MANY", _made(*(Entry(f"{n}.txt", b"") for n in range(9_996)))),
    _s("65 536 entries", either("ZIP_TOO_MANY", "CORRUPT_ZIP"), lambda path: path.write_bytes(
        archived(Entry(f"{n}", b"") for n in range(65_536))), "more than the count can tell"),
    _s("entries told few", _NOT_ONE, lambda path: path.write_bytes(_told_few())),
    _s("ratio", "ZIP_TOO_BIG", _made(_big(100, "a.txt")), "1,000 times smaller than its content"),
    _s("251 MB", "ZIP_TOO_BIG", _made(Entry("a.bin", b"x", DEFLATED, 251_000_000, crc=0))),
    _s("4 GB", "ZIP_TOO_BIG", _made(Entry("a.bin", b"x", DEFLATED, 0xFFFFFFF0, crc=0))),
    _s("many small bombs", "ZIP_TOO_BIG", _made(*(_big(9, f"{n}.txt") for n in range(30)))),
    _s("overlaps", _NOT_ONE, _overlaps, "200 files at one place"),
    _s("bomb that lies", either("CORRUPT_ZIP", "ZIP_TOO_BIG"),
        lambda path: path.write_bytes(archived(
        [_big(300, "secteurs.shp"), *_layer()[1:]], declared={"secteurs.shp": 10_000}))),
    _s("null shape", "EMPTY_GEOMETRY", _part("shp", _null_shapes), "", 2),
    _s("lines", REFUSED, zipped("lines")),
    _s("multipatch", REFUSED, _part("shp", lambda data: _patched(108, struct.pack("<i", 31))(
        _patched(32, struct.pack("<i", 31))(data)))),
    _s("shp cut", "CORRUPT_SHP", _part("shp", lambda data: data[: len(data) * 2 // 3])),
    _s("shp head", "CORRUPT_SHP", _part("shp", lambda data: data[:100])),
    _s("shp empty", either("CORRUPT_SHP", "NO_ROWS"), _part("shp", lambda _: b"")),
    _s("shp noise", "CORRUPT_SHP", _part("shp", lambda data: Random(4).randbytes(len(data)))),
    _s("record length", "CORRUPT_SHP", _part("shp", _patched(104, struct.pack(">i", 0x7FFFFFF0)))),
    _s("record negative", "CORRUPT_SHP", _part("shp", _patched(104, struct.pack(">i", -5)))),
    _s("point count", "CORRUPT_SHP", _part("shp", _patched(108 + 40, struct.pack("<i",
        0x7FFFFFFF)))),
    _s("part count", "CORRUPT_SHP", _part("shp", _patched(108 + 36, struct.pack("<i",
        0x7FFFFFFF)))),
    _s("part order", either("CORRUPT_SHP", "EMPTY_GEOMETRY", "FIX"), _part("shp",
        _patched(108 + 44, struct.pack("<i", 9_999)))),
    _s("shx offset", either("CORRUPT_SHP", "FIX"), _part("shx", _patched(100, struct.pack(">ii",
        0x7FFFFFF0, 9)))),
    _s("shx cut", either("CORRUPT_SHP", "FIX"), _part("shx", lambda data: data[:104])),
    _s("dbf cut", "CORRUPT_SHP", _part("dbf", lambda data: data[: len(data) // 2])),
    _s("dbf empty", either("CORRUPT_SHP", "MISSING_PART"), _part("dbf", lambda _: b"")),
    _s("dbf count", "CORRUPT_SHP", _part("dbf", _patched(4, struct.pack("<I", 0x7FFFFFFF)))),
    _s("dbf fewer", "CORRUPT_SHP", _part("dbf", _patched(4, struct.pack("<I", 1))),
        "a row for each shape"),
    _s("dbf head", "CORRUPT_SHP", _part("dbf", _patched(8, struct.pack("<HH", 0xFFFF, 0xFFFF)))),
    _s("no shapes", "NO_ROWS", repacked(lambda held: {
        "s.shp": _patched(24, struct.pack(">i", 50))(held["shp"][:100]),
        "s.shx": _patched(24, struct.pack(">i", 50))(held["shx"][:100]),
        "s.dbf": _patched(4, struct.pack("<I", 0))(held["dbf"])[: struct.unpack("<H",
        held["dbf"][8:10])[0]] + b"\x1a",
        "s.prj": held["prj"]})),
    *(_s(f"prj {prj[:12]!r}", either("MISSING_CRS", "WRONG_CRS"), _part("prj", lambda _,
        prj=prj: prj)) for prj in (
        b"", b"n'importe quoi", f"{NOWHERE}/2154.prj".encode(), b"/etc/passwd", b"\0\1\2",
        b"LOCAL_CS[\"plan\"]",
        b"PROJCS[" * 5_000)),
    _s("prj that lies", either("WRONG_CRS", "OUT_OF_FRANCE"), repacked(
        lambda held: {f"s.{p}": d for p,
        d in (held | {"prj": parts(crs="EPSG:3857")["prj"]}).items()}, "points")),
    _s("metres", either("WRONG_CRS"), repacked(
        lambda held: {f"s.{p}": d for p, d in (held | {"prj": parts()["prj"]}).items()}, "points",
        crs="EPSG:3857"), "", 1),
]  # fmt: skip


def _told_few() -> bytes:
    data = bytearray(archived(Entry(f"{n}.txt", b"") for n in range(20_000)))
    data[-14:-10] = struct.pack("<HH", 5, 5)
    return bytes(data)
