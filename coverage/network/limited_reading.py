"""GraphML and answers of Overpass, taken apart in a limited child.

Their numbers come back as bytes, their tags as JSON, equal ones once.
"""

from __future__ import annotations

from array import array
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

from coverage.base.limited import ChildDiedError, Limits, run_limited
from coverage.network.graphml_document import Document, read_document
from coverage.network.overpass_answer import OverpassRoads, read_answers
from coverage.network.road_file import check_file, damaged, too_complex

#: In step with the size of the file, which may be packed: Corsica's (1.4 MB) takes 2 s, 140 MB.
_MEMORY_BYTES, _MEMORY_RATIO, _MOST_MEMORY_BYTES = 1_500_000_000, 100, 4_000_000_000
_CPU_S, _BYTES_A_SECOND = 60, 200_000
_WAIT_RATIO = 4

_Roads = TypeVar("_Roads", Document, OverpassRoads)


def graphml_document(path: Path) -> Document:
    """Read a network of OSMnx as ``read_document`` does, and raise as it does, TOO_COMPLEX too."""
    return _read(path, "read_graphml_document", Document)


def overpass_roads(path: Path) -> OverpassRoads:
    """Read answers of Overpass as ``read_answers`` does, and raise as it does, TOO_COMPLEX too."""
    return _read(path, "read_overpass_roads", OverpassRoads)


def read_graphml_document(path: str) -> tuple[dict[str, Any], bytes]:
    """Read a network of OSMnx and return its tags and sizes as JSON, its numbers as bytes."""
    return _packed(read_document(Path(path)))


def read_overpass_roads(path: str) -> tuple[dict[str, Any], bytes]:
    """Read answers of Overpass and return their tags and sizes as JSON, their numbers as bytes."""
    return _packed(read_answers(Path(path)))


def _read(path: Path, function: str, kind: type[_Roads]) -> _Roads:
    check_file(path)
    size = path.stat().st_size
    cpu_s = _CPU_S + size // _BYTES_A_SECOND
    limits = Limits(
        memory_bytes=min(_MEMORY_BYTES + _MEMORY_RATIO * size, _MOST_MEMORY_BYTES),
        cpu_s=cpu_s,
        wait_s=_WAIT_RATIO * cpu_s,
    )
    try:
        told, numbers = run_limited(f"{__name__}:{function}", str(path), limits=limits)
    except ChildDiedError as death:
        if death.why == "crash":
            raise damaged(path.name, "lecture interrompue") from None
        raise too_complex(path.name) from None
    return _unpacked(told, numbers, kind)


def _packed(roads: Document | OverpassRoads) -> tuple[dict[str, Any], bytes]:
    arrays = {name: values for name, values in vars(roads).items() if isinstance(values, array)}
    sizes = {name: [values.typecode, len(values)] for name, values in arrays.items()}
    numbers = b"".join(values.tobytes() for values in arrays.values())
    return {"sizes": sizes, "tags": roads.tags}, numbers


def _unpacked(told: dict[str, Any], numbers: bytes, kind: type[_Roads]) -> _Roads:
    rest = memoryview(numbers)
    values: dict[str, Any] = {"tags": told["tags"]}
    for name, (typecode, count) in told["sizes"].items():
        values[name] = array(typecode)
        size = count * values[name].itemsize
        values[name].frombytes(rest[:size])
        rest = rest[size:]
    return kind(**{field.name: values[field.name] for field in fields(kind)})
