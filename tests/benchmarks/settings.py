"""Where a run finds its data, keeps its files, and how many pairs it takes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def default_cache() -> Path:
    """Return ``MAILLAGE_BENCH_CACHE``, else a folder of the user's cache."""
    given = os.environ.get("MAILLAGE_BENCH_CACHE")
    if given:
        return Path(given)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "maillage" / "bench"


@dataclass(frozen=True)
class Settings:
    """What one run of the benchmarks is told.

    ``mirror`` is the folder of real data, ``cache`` where tiled graphs, peers' files and results
    are kept, ``pairs`` the number of alternated pairs behind each ratio, ``peers`` the Python
    that has the peers.
    """

    mirror: Path
    cache: Path
    pairs: int = 7
    peers: Path = ROOT / ".venv-bench" / "bin" / "python"

    def folder(self, *names: str) -> Path:
        """Return a folder of the cache, made when it is not there."""
        path = self.cache.joinpath(*names)
        path.mkdir(parents=True, exist_ok=True)
        return path

    @property
    def corsica(self) -> Path:
        """Corsica as OSMnx saved it."""
        return self.mirror / "roads" / "corse-osmnx" / "drive.graphml.gz"

    @property
    def isle_of_man(self) -> Path:
        """The Isle of Man as OpenStreetMap extracts give it."""
        return self.mirror / "roads" / "osm-pbf" / "isle-of-man-2020-03-14.osm.pbf"

    @property
    def andorra(self) -> Path:
        """Andorra as OpenStreetMap extracts give it."""
        return self.mirror / "roads" / "osm-pbf" / "andorra.osm.pbf"
