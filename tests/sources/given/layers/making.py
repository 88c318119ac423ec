"""Small layers, made by hand."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from pathlib import Path
from typing import Any

SQUARE = [[1.6, 46.8], [1.7, 46.8], [1.7, 46.9], [1.6, 46.9], [1.6, 46.8]]
BOW = [[1.6, 46.8], [1.7, 46.9], [1.7, 46.8], [1.6, 46.9], [1.6, 46.8]]
WGS84_WKT = (
    'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
)


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def point(x: float, y: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [x, y]}


def feature(geometry: Any, **more: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"nom": "a"}, "geometry": geometry} | more


def collection(*geometries: Any, **more: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(map(feature, geometries))} | more


def saved(folder: Path, document: Any, name: str = "c.geojson") -> Path:
    """Write a document (or a text, or bytes) as a file."""
    path = folder / name
    if not isinstance(document, (str, bytes)):
        document = json.dumps(document)
    path.write_bytes(document.encode() if isinstance(document, str) else document)
    return path


def shp(*records: bytes, kind: int = 5) -> bytes:
    """Return a .shp of these records."""
    body = b"".join(
        struct.pack(">2i", number, len(record) // 2) + record
        for number, record in enumerate(records, start=1)
    )
    length = (100 + len(body)) // 2
    head = struct.pack(">7i", 9994, 0, 0, 0, 0, 0, length) + struct.pack("<2i", 1000, kind)
    return head + bytes(64) + body


def rings(*each: list[list[float]]) -> bytes:
    """Return the record of a polygon of these rings."""
    firsts = [sum(map(len, each[:number])) for number in range(len(each))]
    count = sum(map(len, each))
    numbers = [number for ring in each for xy in ring for number in xy]
    return struct.pack(
        f"<i4d2i{len(each)}i{2 * count}d", 5, 0, 0, 0, 0, len(each), count, *firsts, *numbers
    )


def dbf(
    rows: list[bytes], name: bytes = b"NOM", kind: bytes = b"C", length: int = 10, language: int = 0
) -> bytes:
    """Return a .dbf of one column."""
    field = name.ljust(11, b"\0") + kind + bytes(4) + bytes([length]) + bytes(15)
    head = struct.pack("<4BIHH17xB2x", 3, 125, 1, 1, len(rows), 65, length + 1, language)
    return head + field + b"\r" + b"".join(b" " + row.ljust(length) for row in rows) + b"\x1a"


def zipped(**parts: bytes) -> bytes:
    """Return an archive of a shapefile's parts, by their suffixes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for suffix, content in parts.items():
            archive.writestr(f"zone.{suffix}", content)
    return out.getvalue()


def a_shapefile(*records: bytes, kind: int = 5, **changed: bytes) -> dict[str, bytes]:
    """Return the parts of a shapefile, one row a record, without an index."""
    rows = [b"a"] * len(records)
    return {"shp": shp(*records, kind=kind), "dbf": dbf(rows), "prj": WGS84_WKT.encode()} | changed
