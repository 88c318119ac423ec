"""A territory as its sources tell it: clean tables, before any computing."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coverage.base.crs import DEMO

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from coverage.model.notes import Notes
    from coverage.model.raw_detections import RawDetections


#: The vintage of a file of the user's that does not say its own.
GIVEN_VINTAGE = "fichier fourni"
FICTITIOUS_MARK = "territoire fictif"
ESTIMATE_MARK = "estimation à vol d’oiseau"


def marks(territory: str, *, estimate: bool) -> tuple[str, ...]:
    """Return what every page, map and file made from these figures must say, in French."""
    said = ((FICTITIOUS_MARK, territory == DEMO), (ESTIMATE_MARK, estimate))
    return tuple(text for text, holds in said if holds)


@dataclass(frozen=True)
class SourceInfo:
    """Where figures come from: what a map's corner, a report and a passport must say.

    ``status`` is ``used``, ``missing`` (and ``remedy`` says in French what would fill it).
    """

    source_id: str
    title: str
    producer: str
    licence: str
    vintage: str
    status: str = "used"
    remedy: str = ""
    rows: int = 0
    sha256: str = ""


@dataclass(frozen=True)
class TerritoryTables:
    """What the readers of the sources hand to a study, each table keeping its contract.

    ``communes``, ``zones``, ``sites``, ``profiles`` (what more is known of the communes) and
    ``matches`` (entries that may be one place) are contract tables. ``squares`` has
    the columns ``square_id, persons, code_insee, share, imputed, geometry`` (one row a square and
    commune; ``share`` is the part of the square's area in that commune; geometry = the whole
    square) or is None. ``qpv_persons`` has ``zone_id, persons`` (float, null = not available).
    ``outline`` is one row with the territory's polygon; ``neighbours`` are the départements within
    reach (``code, nom, geometry``) and ``around`` their inhabited communes (``code_insee, persons,
    density_level, geometry``, the geometry being the commune's polygon). ``roads`` is
    the road file, or None; ``detections`` is what was counted, None where no file tells it.
    """

    territory: str
    nom: str
    communes: gpd.GeoDataFrame
    profiles: pd.DataFrame
    zones: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    matches: pd.DataFrame
    squares: gpd.GeoDataFrame | None
    qpv_persons: pd.DataFrame
    outline: gpd.GeoDataFrame
    neighbours: gpd.GeoDataFrame
    around: gpd.GeoDataFrame
    roads: Path | None
    detections: RawDetections | None
    notes: Notes
    sources: tuple[SourceInfo, ...]
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def fictitious(self) -> bool:
        """Whether this is the invented territory, which every page and file must say."""
        return self.territory == DEMO
