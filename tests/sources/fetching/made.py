"""Files with the columns of real sources, of as many rows as one likes."""

from __future__ import annotations

import csv
import gzip
import io
import json
import struct
from functools import cache

from coverage.sources.catalogue import source

FRR = "frr/2025-07-10/liste-communes-FRR.csv"
LAPOSTE = "laposte_points_contact/2025-06-04/laposte_poincont2.csv"
_FRR_HEADER = [
    "Code_insee",
    "Departement",
    "Commune",
    source("frr_2025").files[0].contents.columns[1],
]


def frr_rows(count: int) -> list[list[str]]:
    return [[f"{n:05}", f"{n:05}"[:2], f"Commune {n}", "FRR socle"] for n in range(1, count + 1)]


def frr(count: int = 40) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerows([_FRR_HEADER, *frr_rows(count)])
    return text.getvalue().encode()


@cache
def frr_workbook(count: int = 40) -> bytes:
    """The same list as its producer's workbook: a title, codes as numbers, a second sheet."""
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["Liste des communes classées"])
    book.active.append(_FRR_HEADER)
    for code, *others in frr_rows(count):
        book.active.append([int(code), *others])
    book.create_sheet("Lisez-moi").append(["Source", "DGCL"])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def laposte(count: int = 40) -> bytes:
    columns = source("laposte_2025").files[0].contents.columns
    lines = [
        ",".join(columns),
        *(",".join([f"{n:05}A"] + ["x"] * (len(columns) - 1)) for n in range(count)),
    ]
    return ("\n".join(lines) + "\n").encode()


def communes(count: int = 3) -> bytes:
    features = [
        {"type": "Feature", "properties": {"code": f"{n:05}", "nom": "Ici"}, "geometry": None}
        for n in range(count)
    ]
    return gzip.compress(json.dumps({"type": "FeatureCollection", "features": features}).encode())


def shapefile(name: str, count: int = 1200) -> bytes:
    """The part of a shapefile that its name tells."""
    if name.endswith(".prj"):
        return b"GEOGCS[]"
    if name.endswith(".dbf"):
        fields = b"".join(
            struct.pack("<11sc4xBB14x", field, b"C", 8, 0) for field in (b"CODE_QP", b"NOM_QP")
        )
        head = struct.pack("<B3xIHH20x", 3, count, 32 + len(fields) + 1, 17)
        return head + fields + b"\r" + b" QP001001Ici     " * count + b"\x1a"
    return struct.pack(">i20xi72x", 9994, 50)


def old_workbook(rows: list[list[str | int]]) -> bytes:
    """A workbook as Excel 97 wrote it (BIFF8 in an OLE2 file): one sheet of texts and numbers."""

    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    def cell(row: int, column: int, value: str | int) -> bytes:
        place = struct.pack("<HHH", row, column, 0)
        if isinstance(value, int):
            return record(0x0203, place + struct.pack("<d", value))
        text = value.encode("utf-16-le")
        return record(0x0204, place + struct.pack("<HB", len(value), 1) + text)

    begin, end = 0x0809, record(0x000A, b"")
    sheet = record(begin, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    sheet += b"".join(cell(r, c, v) for r, row in enumerate(rows) for c, v in enumerate(row)) + end
    front = record(begin, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    name = b"\x05\0ZRR21"
    at = len(front) + 4 + 6 + len(name) + len(end)
    front += record(0x0085, struct.pack("<IH", at, 0) + name) + end
    stream = (front + sheet).ljust(4096, b"\0")
    return _ole2("Workbook", stream)


def _ole2(name: str, stream: bytes) -> bytes:
    """A compound file of one stream: header, then the table of sectors, the folder, the stream."""
    sectors = -(-len(stream) // 512)
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    table = struct.pack("<128I", *chain, *[0xFFFFFFFF] * (128 - len(chain)))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)

    def entry(label: str, kind: int, child: int, start: int, size: int) -> bytes:
        text = label.encode("utf-16-le")
        links = struct.pack("<BBIII", kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
        return (
            text.ljust(64, b"\0")
            + struct.pack("<H", len(text) + 2 if label else 0)
            + links
            + bytes(36)
            + struct.pack("<IQ", start, size)
        )

    folder = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry(name, 2, 0xFFFFFFFF, 2, len(stream))
    folder += entry("", 0, 0xFFFFFFFF, 0, 0) * 2
    return header + table + folder + stream.ljust(sectors * 512, b"\0")
