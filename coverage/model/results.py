"""The result of a study: what maps, reports, downloads and pages are made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from coverage.base.crs import DEMO
from coverage.model.territory import marks

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from coverage.model.detections import ProtectedDetections
    from coverage.model.params import StudyParams
    from coverage.model.plan import Plan
    from coverage.model.territory import SourceInfo

#: Figures of an area (a commune, a QPV, a group of people); null = not available or out of reach.
AREA_FIGURES: dict[str, str] = {
    "need": "persons in digital difficulty",
    "minutes_adviser": "people-weighted mean minutes to the nearest adviser place",
    "minutes_contact": "people-weighted mean minutes to the nearest La Poste contact point",
    "median_adviser": "minutes within which half of the people reach an adviser place",
    "p90_adviser": "minutes within which nine people in ten reach an adviser place",
    "covered_10": "persons within 10 min of an adviser place",
    "covered_15": "persons within 15 min of an adviser place",
    "covered_20": "persons within 20 min of an adviser place",
    "covered_30": "persons within 30 min of an adviser place",
    "covered": "persons within the study's limit of an adviser place",
    "uncovered": "persons beyond the study's limit, or out of reach",
    "unreached": "of these, persons whom no adviser place reaches within the limit of the costs",
    "concerned": "persons in need beyond the study's limit, or out of reach",
    "covered_after": "persons within the limit once the plan's permanences are open",
    "double_covered": "persons within the study's limit of two adviser places or more",
    "car_only": "persons within the limit of an adviser place by car, neither on foot nor by bike",
    "advisers": "full-time posts held at the adviser places that stand in the area",
    "access": "E2SFCA by car: persons helped a month per 1,000 persons in need",
    "access_walk": "the same on foot, the places being shared among all as they are by car",
    "access_bike": "the same by bike",
    "hours_week": "people-weighted mean hours a week when an adviser within the limit receives",
    "hours_evening": "of these, from 18 h on",
    "hours_saturday": "of these, on Saturdays",
}
#: How an area is ranked (communes among themselves, QPV among themselves).
PRIORITY_FIGURES: dict[str, str] = {
    "need_part": "rank01 of need per head",
    "access_part": "rank01 of (1 - access)",
    "detection_part": "rank01 of detections per presence-day; null where none are loaded",
    "score": "priority index 0..1",
    "rank": "1 = highest priority; equal scores share a rank",
    "rank_low": "rank at the 5 % quantile of the draws",
    "rank_high": "rank at the 95 % quantile of the draws",
    "top10_share": "share of the draws in which the area is among the ten first",
    "stability": "robuste (80 % of the draws agree with the rank on the ten first) or sensible",
}
#: The figures whose foundations are told, in their order (``need.foundations`` defines them).
FOUNDED_FIGURES = (
    *("persons", "need", "times", "covered", "uncovered", "places", "supply", "index"),
)
#: Between the ids of several sources in ``StudyResult.foundations``.
SEPARATOR = "|"
#: Columns that a study adds to the communes.
COMMUNE_RESULTS: dict[str, str] = {
    **AREA_FIGURES,
    "need_rung": "1 age bands, 2 population scaled by IFN, 3 proportional to population",
    "qpv_share": "share of the commune's persons living in a QPV (0..1); null = not known",
    "method": "how demand points were made (grid, roads, all_roads, centroid, qpv), ;-separated",
    "detection_rate": "its block's detections per presence-day; null = never sounded, not loaded",
    **PRIORITY_FIGURES,
}


@dataclass(frozen=True)
class StudyResult:
    """One study of one territory. Tables are in EPSG:4326.

    ``communes``: the contract table plus ``COMMUNE_RESULTS``. ``qpv``: ``zone_id, nom, vintage,
    persons`` plus ``AREA_FIGURES`` and ``PRIORITY_FIGURES``.
    ``coverage``: one row a group, mode, kind of place and limit: ``group, value, mode, target,
    minutes, persons, covered, covered_share, need_covered_share, covered_after,
    covered_after_share`` where ``group`` is ``territoire``, ``epci``, ``frr``, ``densite``,
    ``qpv`` or ``age``, ``mode`` is ``drive`` (every target), ``walk`` or ``bike`` (``adviser`` and
    ``contact``), ``target`` is ``adviser``, ``contact`` or a kind of place.
    ``groups``: one row a group: ``group, value, persons, covered_share, gap_points`` (covered
    share less the territory's, in points), ``persons_per_adviser``, ``AREA_FIGURES``, and the
    equity measures ``gini, palma, fgt_0, fgt_1, fgt_2``.
    ``foundations``: one row a figure and set of sources that a share of it rests on: ``figure,
    sources, share`` (ids with ``|`` between, 0..1; ``need.foundations`` defines them).
    ``legal``: the legal test of La Poste, one row a ``state`` (``today``, and ``changed`` where
    points are closed or opened): ``persons, far_road, far_road_share, far_crow, far_crow_share,
    margin_share`` (0.10 less the share by road), ``margin_persons, holds_road, holds_crow``; all
    null where no population is known.
    ``legal_communes``: ``code_insee, nom, persons, far_road, far_crow, part`` (of all far by road),
    ``far_road_today``, the communes with someone far, most people first.
    ``orientation``: one row a La Poste counter and step: ``site_id, nom, code_insee, step,
    partner_id, partner_nom, minutes, known`` (null partner: the link is broken where ``known``,
    not available where no loaded source tells who offers the step).
    ``matches``, ``profiles``: contract tables.
    ``detections``: what may be told of the detections at the counter, None where none are loaded.
    ``density``: bands of their density, ``low, high, geometry`` (per presence-day and 100 km²), for
    the eye only; without rows where none are loaded.
    ``places``: one row a kind, ``kind, label, level, count``: roles counted in the territory,
    null = not available. ``sites``, ``zones``: contract tables. ``catchments``:
    ``minutes, geometry``, for the eye only. ``outline`` and ``neighbours`` are the ground of the
    territory and of those within reach (``geometry``). ``estimate``: travel times are straight-line
    estimates. ``unreachable_persons``: people with no adviser place within the cost limit.
    ``facts``: what else is known, by name. Those of the study: ``unknown_hours`` (number of
    adviser places whose hours are unknown), ``unreached_supply`` (persons a month whom places could
    help that nobody in need reaches) and ``neutral`` (by table, ``communes`` and ``qpv``, the
    factors, of ``need``, ``access`` and ``detections``, that are the same for all and rank none)
    and ``density_bandwidth_m`` (how far a counter spreads its rate in ``density``); of the build,
    ``detections``: whether any are loaded.
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
    groups: pd.DataFrame
    foundations: pd.DataFrame
    legal: pd.DataFrame
    legal_communes: pd.DataFrame
    orientation: pd.DataFrame
    matches: pd.DataFrame
    profiles: pd.DataFrame
    places: pd.DataFrame
    sites: gpd.GeoDataFrame
    zones: gpd.GeoDataFrame
    outline: gpd.GeoDataFrame
    neighbours: gpd.GeoDataFrame
    catchments: gpd.GeoDataFrame
    detections: ProtectedDetections | None
    density: gpd.GeoDataFrame
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
