"""The roads of a territory, read once: a build and the drawings that follow ask for the same."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import geopandas as gpd

from coverage.network.graph import RoadGraph
from coverage.network.roads import read_roads

#: Density levels (INSEE, 7 levels) whose roads count as urban: cities, towns and their centres.
URBAN_LEVELS = (1, 2, 3)


def urban_areas(communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the communes whose roads are driven at urban speeds."""
    return communes[communes["density_level"].isin(URBAN_LEVELS).fillna(False)]


class _Ask:
    """A question: the file as it is now, and the outlines of the towns."""

    def __init__(self, path: Path, towns: gpd.GeoDataFrame) -> None:
        self.path, self.towns = path, towns
        state = path.stat()
        self._key = (path.resolve(), state.st_mtime_ns, state.st_size, _outlines(towns))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Ask) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)


def _outlines(towns: gpd.GeoDataFrame) -> tuple[bytes, ...]:
    return tuple(towns.geometry.to_wkb())


@lru_cache(maxsize=1)
def _read(ask: _Ask) -> RoadGraph:
    return read_roads(ask.path, urban=ask.towns)


def territory_roads(path: Path, communes: gpd.GeoDataFrame) -> RoadGraph:
    """Return the car network of a territory; towns are driven through at urban speeds.

    The last network read is remembered, with what was prepared for it, until its file or the
    outlines of the towns change. Raises ``SourceError`` as ``read_roads`` does.
    """
    towns = urban_areas(communes)
    return _read(_Ask(path, towns)) if path.is_file() else read_roads(path, urban=towns)
