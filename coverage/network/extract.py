"""OpenStreetMap extracts (``.osm.pbf``) -> the lines of their ways.

libosmium reads the file in a child process (``opl.py``) and tells the ways as text, each node
with its place. Memory: 16 bytes a node of the file in the child, a block of lines here.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from coverage.base.errors import RefusedFileError
from coverage.network.blocks import check_blocks
from coverage.network.road_file import (
    check_file,
    damaged,
    missing_nodes,
    off_the_globe,
    too_complex,
)

_CHILD = Path(__file__).with_name("opl.py")
_BLOCK_BYTES = 1 << 18
#: A way that may be a road, whatever the mode (``keys.may_be_road``).
_ROAD = re.compile(rb"^w\S+ T(?:\S*,)?(?:highway=|route=ferry[, ])", re.MULTILINE)
#: One that leads from a node to another. What matched is never begun again: a line may be long.
_LEADING_ROAD = re.compile(
    rb"^w\S+ T(?>(?:\S*,)?(?:highway=|route=ferry(?=[, ])))\S*+ N(n-?\d++)x[^,\n]*+"
    rb"(?:,\1x[^,\n]*+)*+,n",
    re.MULTILINE,
)
#: How a node is written that has no place.
_NOWHERE = b"xy"
#: What the child may use, in step with the size of the file: a real extract takes some ten times
#: its bytes in memory, and is read at several megabytes a second.
_MEMORY_BYTES, _MEMORY_RATIO = 1_500_000_000, 20
_CPU_S, _BYTES_A_SECOND = 60, 1_000_000
#: How a child says that it had too little memory; it is killed when its time is over.
_NO_ROOM = ("bad_alloc", "Cannot allocate memory", "Resource temporarily unavailable")
_OUT_OF_TIME = (signal.SIGXCPU, signal.SIGKILL)


def way_lines(path: Path) -> Iterator[bytes]:
    """Yield the ways with a ``highway`` or a ``route`` tag as text (OPL), by blocks of whole lines.

    Raises ``RefusedFileError`` (French, what to do): NOT_FOUND, EMPTY, CORRUPT_PBF, TOO_BIG,
    TOO_COMPLEX, WRONG_CRS where places are off the globe; and once all is read MISSING_NODES,
    where a road or a ferry passes through nodes that the file lacks: it would be cut there, and
    whoever lives behind would be out of reach without anybody knowing.
    """
    check_file(path)
    check_blocks(path)
    lacking = 0
    with subprocess.Popen(  # noqa: S603 - our own script, and a path as one argument
        _command(path), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        if child.stdout is None or child.stderr is None:
            raise OSError("The reader of extracts has no pipes.")
        for block in _blocks(child.stdout):
            if _NOWHERE in block:
                lacking += sum(_lacks_nodes(line) for line in block.split(b"\n"))
            yield block
        said = child.stderr.read().decode("utf-8", "replace").strip().splitlines()
    if child.returncode:
        raise _refusal(path, said[0] if said else "lecture interrompue", child.returncode)
    if lacking:
        raise missing_nodes(path.name, lacking)


def road_count(lines: bytes) -> int:
    """Return how many of the ways may be roads or ferries, and lead from a node to another."""
    return len(_LEADING_ROAD.findall(lines))


def _lacks_nodes(line: bytes) -> bool:
    """Tell whether a way that may be a road has a node without a place."""
    return _NOWHERE in line.rpartition(b" N")[2] and _ROAD.match(line) is not None


def _command(path: Path) -> list[str]:
    """Return the command of the child; without ``site`` it starts sooner, and is told where."""
    spec = find_spec("osmium")
    if spec is None or spec.origin is None:
        raise OSError("osmium is not installed.")
    size = path.stat().st_size
    arguments: list[object] = [
        path.resolve(),
        Path(spec.origin).parents[1],
        Path(__file__).parents[2],
        _MEMORY_BYTES + _MEMORY_RATIO * size,
        _CPU_S + size // _BYTES_A_SECOND,
    ]
    return [sys.executable, "-I", "-S", str(_CHILD), *map(str, arguments)]


def _blocks(text: IO[bytes]) -> Iterator[bytes]:
    """Yield a text by blocks of whole lines."""
    while block := text.read(_BLOCK_BYTES):
        yield block + text.readline()


def _refusal(path: Path, said: str, returncode: int) -> RefusedFileError:
    """Return what a child that failed means: it ended on a signal where ``returncode`` is < 0."""
    if "invalid location" in said:
        return off_the_globe(path.name)
    if any(words in said for words in _NO_ROOM) or -returncode in _OUT_OF_TIME:
        return too_complex(path.name)
    return damaged(path.name, said)
