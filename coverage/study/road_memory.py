"""The roads of a territory, read once: a build and the drawings that follow ask for the same."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import geopandas as gpd

from coverage.network.graph import RoadGraph
from coverage.network.road_file import check_file
from coverage.network.roads import read_modes
from coverage.network.speeds import MODES

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
def _known(_: _Ask) -> dict[str, RoadGraph]:
    """Return the networks read so far of the last file asked for, by mode; readers add to them."""
    return {}


def territory_networks(
    path: Path, communes: gpd.GeoDataFrame, modes: tuple[str, ...] = MODES
) -> dict[str, RoadGraph]:
    """Return the networks of a territory by mode; towns are driven through at urban speeds.

    The file is read once for all the modes. The networks of the last file are remembered, with
    what was prepared for them, until it or the outlines of the towns change. Raises
    ``RefusedFileError`` as ``read_roads`` does.
    """
    check_file(path)
    towns = urban_areas(communes)
    known = _known(_Ask(path, towns))
    if lacking := [mode for mode in modes if mode not in known]:
        known |= read_modes(path, lacking, urban=towns)
    return {mode: known[mode] for mode in modes}


def territory_roads(path: Path, communes: gpd.GeoDataFrame) -> RoadGraph:
    """Return the car network of a territory, as ``territory_networks`` does."""
    return territory_networks(path, communes, ("drive",))["drive"]
