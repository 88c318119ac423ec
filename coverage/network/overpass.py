"""Answers of the Overpass API -> ways."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from coverage.network.keys import Tags
from coverage.network.limited_reading import overpass_roads
from coverage.network.raw import runs
from coverage.network.ways import OsmWays


def read_overpass(path: Path, wanted: Callable[[Tags], bool]) -> OsmWays:
    """Read the roads and ferries of an Overpass answer, or of a list of answers (JSON).

    The ways whose tags are not ``wanted`` are counted but have no nodes. Raises
    ``RefusedFileError`` as ``overpass_roads`` does.
    """
    found = overpass_roads(path)
    tag_row = np.array(found.tag_row, dtype=np.int32)
    is_wanted = np.array([wanted(tags) for tags in found.tags], dtype=bool)[tag_row]
    start, stop = np.array(found.ptr[:-1]), np.array(found.ptr[1:])
    stop = np.where(is_wanted, stop, start)
    ids, refs = np.unique(np.array(found.refs)[runs(start, stop)], return_inverse=True)
    nodes = np.array(found.ids)
    order = np.argsort(nodes)
    place = order[np.searchsorted(nodes, ids, sorter=order)]
    return OsmWays(
        name=path.name,
        ptr=np.concatenate(([0], np.cumsum(stop - start))).astype(np.int64),
        refs=refs,
        x=np.array(found.lon)[place],
        y=np.array(found.lat)[place],
        tag_row=tag_row,
        tags=list(found.tags),
    )
