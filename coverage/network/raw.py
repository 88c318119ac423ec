"""A road file as it was written: what every reader gives, before modes and speeds."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coverage.base.errors import SourceError

#: The tags of a road: key -> text.
Tags = Mapping[str, str]

#: How much of a file is looked at for the marks of a web page.
_HEAD_BYTES = 1024
_WEB_PAGE = re.compile(rb"<(!doctype html|html|head|body)\b", re.IGNORECASE)


def tag_values(text: str) -> list[str]:
    """Return the values of a tag that OSMnx may have merged: ``"['30', '50']" -> [30, 50]``."""
    if not text.startswith("["):
        return [text] if text else []
    try:
        return [str(value) for value in ast.literal_eval(text)]
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return [text]


@dataclass(frozen=True, eq=False)
class RawRoads:
    """Roads between two nodes, with their bends and their tags.

    ``x`` and ``y`` are the points, in degrees (EPSG:4326): the first ``nodes`` of them are where
    roads meet or end, the others are bends. Road ``r`` runs through ``points[ptr[r]:ptr[r + 1]]``,
    both ends included. ``length_m`` is its length, ``way_m`` that of the whole way which it is a
    piece of. Its tags are ``tags[tag_row[r]]``: equal tags are told once. ``forward`` and
    ``backward`` say in which directions the file itself lets it be travelled.
    """

    nodes: int
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    ptr: NDArray[np.int64]
    points: NDArray[np.int64]
    length_m: NDArray[np.float64]
    way_m: NDArray[np.float64]
    tag_row: NDArray[np.int32]
    tags: list[Tags]
    forward: NDArray[np.bool_]
    backward: NDArray[np.bool_]
    notes: tuple[str, ...] = ()

    @property
    def roads(self) -> int:
        """Number of roads."""
        return int(self.ptr.size) - 1


def runs(start: NDArray[np.int64], stop: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the numbers of all the ranges ``start:stop``, one range after the other."""
    counts = stop - start
    offset = np.cumsum(counts) - counts
    return np.asarray(np.arange(int(counts.sum())) + np.repeat(start - offset, counts))


def check_file(path: Path) -> None:
    """Raise ``SourceError`` for a road file that is missing, a folder, empty, or a web page."""
    if not path.exists():
        raise SourceError(f"Le réseau routier « {path} » n'existe pas : vérifiez le chemin.")
    if not path.is_file():
        raise SourceError(f"« {path} » est un dossier : donnez le fichier du réseau routier.")
    if path.stat().st_size == 0:
        raise SourceError(
            f"« {path.name} » est vide (0 octet) : téléchargez à nouveau le réseau routier."
        )
    with path.open("rb") as file:
        # Without the marks of UTF-8 and UTF-16, and the NULs of the latter.
        head = file.read(_HEAD_BYTES).replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    # Overpass's own error pages begin like any XML.
    if head.startswith(b"<") and _WEB_PAGE.search(head):
        raise SourceError(
            f"« {path.name} » est une page web enregistrée à la place du réseau routier : "
            "téléchargez-le à nouveau."
        )


def check_globe(x: NDArray[np.float64], y: NDArray[np.float64], name: str) -> None:
    """Raise ``SourceError`` unless every point is a longitude and a latitude."""
    if not ((np.abs(x) <= 180) & (np.abs(y) <= 90)).all():
        raise off_the_globe(name)


def off_the_globe(name: str) -> SourceError:
    """Return the error of a file with points that are no longitude and latitude."""
    return SourceError(
        f"Des points de « {name} » sont hors du globe : enregistrez le réseau en degrés "
        "(EPSG:4326)."
    )


def damaged(name: str, why: object) -> SourceError:
    """Return the error of a file that is cut or damaged; ``why`` is what its reader said."""
    said = " ".join(str(why).split()).rstrip(".")
    return SourceError(
        f"« {name} » est coupé ou abîmé ({said}) : téléchargez à nouveau le réseau routier."
    )
