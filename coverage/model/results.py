"""The result of a study: what maps, reports, downloads and pages are made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from coverage.base.crs import DEMO
from coverage.model.territory import marks

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from coverage.model.params import StudyParams
    from coverage.model.plan import Plan
    from coverage.model.territory import SourceInfo

#: Columns that a study adds to the communes; null = not available or out of reach.
COMMUNE_RESULTS: dict[str, str] = {
    "need": "persons in digital difficulty",
    "need_rung": "1 age bands, 2 population scaled by IFN, 3 proportional to population",
    "qpv_share": "share of the commune's persons living in a QPV 2015 (0..1)",
    "method": "how demand points were made (grid, roads, all_roads, centroid, qpv), ;-separated",
    "minutes_adviser": "people-weighted mean minutes to the nearest adviser place",
    "minutes_contact": "people-weighted mean minutes to the nearest La Poste contact point",
    "covered_10": "persons within 10 min of an adviser place",
    "covered_20": "persons within 20 min of an adviser place",
    "covered_30": "persons within 30 min of an adviser place",
    "covered": "persons within the study's limit of an adviser place",
    "uncovered": "persons beyond the study's limit, or out of reach",
    "concerned": "persons in need beyond the study's limit, or out of reach",
    "covered_after": "persons within the limit once the plan's permanences are open",
    "access": "E2SFCA: persons helped a month per 1,000 persons in need",
    "need_part": "rank01 of need per head",
    "access_part": "rank01 of (1 - access)",
    "score": "priority index 0..1",
    "rank": "1 = highest priority; equal scores share a rank",
}


@dataclass(frozen=True)
class StudyResult:
    """One study of one territory. Tables are in EPSG:4326.

    ``communes``: the contract table plus ``COMMUNE_RESULTS``. ``qpv``: ``zone_id, nom, vintage,
    persons, need, minutes_adviser, covered, uncovered, score, rank``. ``coverage``: one row a
    group, kind of place and limit: ``group, value, target, minutes, persons, covered,
    covered_share, need_covered_share, covered_after, covered_after_share`` where ``group`` is
    ``territoire``, ``frr``, ``densite`` or ``qpv``, ``target`` is ``adviser``, ``contact`` or a
    kind of place. ``places``: one row a kind, ``kind, label, level, count``: roles counted in the
    territory, null = not available. ``sites``, ``zones``: contract tables. ``catchments``:
    ``minutes, geometry``, for the eye only. ``outline`` and ``neighbours`` are the ground of the
    territory and of those within reach (``geometry``). ``estimate``: travel times are straight-line
    estimates. ``unreachable_persons``: people with no adviser place within the cost limit.
    """

    run_id: str
    nom: str
    params: StudyParams
    inputs: dict[str, str]
    sources: tuple[SourceInfo, ...]
    estimate: bool
    need_rung: int
    communes: gpd.GeoDataFrame
    qpv: pd.DataFrame
    coverage: pd.DataFrame
    places: pd.DataFrame
    sites: gpd.GeoDataFrame
    zones: gpd.GeoDataFrame
    outline: gpd.GeoDataFrame
    neighbours: gpd.GeoDataFrame
    catchments: gpd.GeoDataFrame
    quality: pd.DataFrame
    plan: Plan
    unreachable_persons: float
    facts: dict[str, Any]

    @property
    def territory(self) -> str:
        """The territory's code: ``2A``, ``36``, ``00`` for the fictitious one."""
        return self.params.territory

    @property
    def fictitious(self) -> bool:
        """Whether everything here is invented, which every page and file must say."""
        return self.territory == DEMO

    @property
    def marks(self) -> tuple[str, ...]:
        """What every page and file must say: fictitious, estimated (French)."""
        return marks(self.territory, estimate=self.estimate)
