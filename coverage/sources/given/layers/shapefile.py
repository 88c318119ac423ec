"""Shapefiles, read by ourselves from an archive or a folder: .shp, .dbf, .prj, and .cpg if told.

The layout is that of ESRI's technical description (1998). The index (.shx) only repeats where the
shapes begin: it isn't needed, and where it misses or disagrees that is noted.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np
import shapely

from coverage.base.errors import RefusedFileError
from coverage.sources.given.layers.crs import Reference, from_wkt, missing_crs
from coverage.sources.given.layers.dbf import corrupt, read_dbf
from coverage.sources.given.layers.features import MOST_VERTICES, FeatureError, Features
from coverage.sources.given.layers.shapes import (
    Outline,
    Ring,
    empty,
    other_kind,
    points,
    polygons,
    too_complex,
)
from coverage.sources.given.layers.wanted import Wanted

PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_HEAD_BYTES, _INDEX_BYTES = 100, 8
_MAGIC, _VERSION = 9994, 1000
_NULL, _POINT, _LINE, _POLYGON, _MULTI_POINT, _PATCH = 0, 1, 3, 5, 8, 31
#: With heights, their numbers are ten more; with measures, twenty.
_KINDS = frozenset(
    (
        _NULL,
        _PATCH,
        *(kind + more for kind in (_POINT, _LINE, _POLYGON, _MULTI_POINT) for more in (0, 10, 20)),
    )
)
#: Holes are looked for in the outlines round them, so many times at most.
_MOST_TRIED = 1_000_000


def read_shapefile(
    parts: Mapping[str, bytes], features: Features, wanted: Wanted
) -> Reference | None:
    """Read the features of a shapefile by its parts (suffix -> bytes); return its reference system.

    Raises ``RefusedFileError``: MISSING_PART, CORRUPT_SHP, BAD_ENCODING, DUP_COLUMN, NO_ROWS,
    MISSING_CRS.
    """
    file = features.file
    for needed in (".shp", ".dbf"):
        if needed not in parts:
            raise missing_part(file, needed)
    records = list(_records(parts[".shp"], file))
    table = read_dbf(parts[".dbf"], parts.get(".cpg"), file, features.repairs)
    if table.count != len(records):
        raise corrupt(file, f"il a {len(records)} formes pour {table.count} lignes dans le .dbf")
    if not records:
        raise RefusedFileError("NO_ROWS", f"« {file} » n’a aucun objet. Exportez-le à nouveau.")
    reference = _reference(parts.get(".prj"), file) if wanted.geometry else None
    features.know(filter(wanted.wants, (field.name for field in table.fields)))
    _check_index(parts.get(".shx"), records, features)
    for number, (record, properties) in enumerate(
        zip(records, table.rows(wanted), strict=True), start=1
    ):
        if properties is None:
            detail = f"Objet n°\u00a0{number}\u00a0: supprimé dans le .dbf, il n’a pas été repris"
            features.repairs.add("objet supprimé", detail, line=number)
        elif wanted.keeps(properties):
            outline = _outline(record, number, file) if wanted.geometry else None
            features.add(number, outline, wanted.of(properties.items()))
    return reference


def missing_part(file: str, part: str) -> RefusedFileError:
    """Return the refusal of a shapefile without one of its files."""
    return RefusedFileError(
        "MISSING_PART",
        f"« {file} » n’a pas de fichier {part}. Donnez une archive ZIP qui contient ensemble le "
        ".shp, le .shx, le .dbf et le .prj de la couche.",
    )


def _reference(prj: bytes | None, file: str) -> Reference | None:
    if prj is None:
        raise missing_crs(file, "le fichier .prj manque")
    return from_wkt(prj.decode("utf-8-sig", "replace"), file)


def _records(content: bytes, file: str) -> Iterator[memoryview]:
    """Yield the bytes of each shape."""
    if len(content) < _HEAD_BYTES:
        raise corrupt(file, "le .shp est coupé")
    magic, length = struct.unpack_from(">i20xi", content)
    version, kind = struct.unpack_from("<2i", content, 28)
    if magic != _MAGIC or version != _VERSION or not _HEAD_BYTES <= 2 * length <= len(content):
        raise corrupt(file, "le .shp est coupé, ou n’en est pas un")
    if kind not in _KINDS:
        raise corrupt(file, f"le .shp dit contenir une sorte de formes inconnue ({kind})")
    view, at = memoryview(content)[: 2 * length], _HEAD_BYTES
    while at < len(view):
        if at + 12 > len(view):
            raise corrupt(file, "le .shp est coupé")
        (words,) = struct.unpack_from(">i", view, at + 4)
        end = at + 8 + 2 * words
        if words < 2 or end > len(view):
            raise corrupt(file, "une forme du .shp est coupée")
        yield view[at + 8 : end]
        at = end


def _check_index(shx: bytes | None, records: list[memoryview], features: Features) -> None:
    if shx is None:
        features.repairs.add("index refait", "Le fichier .shx manquait\u00a0: index refait")
        return
    lengths = [len(record) for record in records]
    starts = np.cumsum([_HEAD_BYTES, *(8 + length for length in lengths)])[:-1]
    told = np.column_stack([starts, lengths]).astype(">i4") // 2
    if shx[_HEAD_BYTES : _HEAD_BYTES + _INDEX_BYTES * len(records)] != told.astype(">i4").tobytes():
        features.repairs.add(
            "index refait", "Le fichier .shx ne suit pas le .shp\u00a0: index refait"
        )


def _outline(record: memoryview, number: int, file: str) -> Outline | FeatureError | None:
    try:
        return _read(record)
    except FeatureError as fault:
        return fault
    except (struct.error, ValueError):
        raise corrupt(file, f"la forme de l’objet n°\u00a0{number} ne se lit pas") from None


def _read(record: memoryview) -> Outline | None:
    """Return a shape's outline, heights and measures left; raises where it is cut."""
    (kind,) = struct.unpack_from("<i", record)
    if kind == _NULL:
        return None
    if kind == _PATCH:
        raise other_kind("MultiPatch")
    if kind not in _KINDS:
        raise ValueError(kind)
    plain = kind % 10
    if plain == _POINT:
        return points(_positions(record, 4, 1), several=False)
    if plain == _MULTI_POINT:
        (count,) = struct.unpack_from("<i", record, 36)
        return points(_positions(record, 40, count), several=True)
    if plain == _LINE:
        raise other_kind("ligne")
    ring_count, count = struct.unpack_from("<2i", record, 36)
    if min(ring_count, count) < 0:
        raise ValueError
    firsts = struct.unpack_from(f"<{ring_count}i", record, 44)
    xy = _positions(record, 44 + 4 * ring_count, count)
    bounds = [*firsts, count]
    if not ring_count or not count:
        raise empty()
    if bounds[0] != 0 or any(a > b for a, b in pairwise(bounds)):
        raise ValueError
    if not np.isfinite(xy).all():
        # Its rings can't be told apart: drawing it says what is wrong.
        return polygons([[xy]], several=False)
    rings = [xy[a:b] for a, b in pairwise(bounds)]
    grouped = _grouped([ring for ring in rings if len(ring) >= 3])
    return polygons(grouped, several=len(grouped) > 1)


def _positions(record: memoryview, at: int, count: int) -> Ring:
    if count < 0 or at + 16 * count > len(record):
        raise ValueError(count)
    if count > MOST_VERTICES:
        raise too_complex()
    told = np.frombuffer(record, "<f8", count=2 * count, offset=at)
    return told.reshape(count, 2).astype(np.float64)


def _grouped(rings: list[Ring]) -> list[list[Ring]]:
    """Return the rings of each polygon, outlines (clockwise) with their holes.

    A hole goes to the smallest outline round its first vertex; one that is in none is an outline
    that was drawn the wrong way.
    """
    if len(rings) == 1:
        return [rings]
    clockwise = [_area(ring) <= 0 for ring in rings]
    outlines = [[ring] for ring, is_outline in zip(rings, clockwise, strict=True) if is_outline]
    holes = [ring for ring, is_outline in zip(rings, clockwise, strict=True) if not is_outline]
    tree = shapely.STRtree([shapely.Polygon(outline[0]) for outline in outlines])
    sizes = np.abs([_area(outline[0]) for outline in outlines])
    wrong_way, tried = [], 0
    for hole in holes:
        round_it = tree.query(shapely.Point(hole[0]), predicate="intersects")
        tried += len(round_it)
        if tried > _MOST_TRIED:
            raise too_complex()
        if len(round_it):
            outlines[round_it[sizes[round_it].argmin()]].append(hole)
        else:
            wrong_way.append([hole])
    return outlines + wrong_way


def _area(ring: Ring) -> float:
    """Return twice the area of a ring, positive where it goes against the clock."""
    x, y = ring.T - ring[0][:, None]
    # Coordinates may be anything as yet: where they are is checked later.
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1]))
