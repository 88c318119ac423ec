"""The figures of areas: communes, QPV and groups of people, each by its demand points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage.model.detections import ProtectedDetections
from coverage.model.results import AREA_FIGURES, COMMUNE_RESULTS, PRIORITY_FIGURES
from coverage.model.services import KINDS, ServiceTable
from coverage.need.areas import Areas, communes_of, qpv_in, qpv_of, qpv_places
from coverage.need.points import Ground, Points, told_minutes
from coverage.need.reach import (
    DS_PER_MINUTE,
    TOLD_MINUTES,
    UNREACHED_DS,
    limit_ds,
)
from coverage.need.score import competition_rank, priority
from coverage.need.uncertainty import access_by_range, rank_draws, stability

#: Access is told for this many persons in need.
PER_PERSONS = 1000
#: What makes the priority of an area: need per head, lack of access and, where detections are
#: loaded, how many there are per presence-day.
FACTORS = ("need", "access", "detections")
#: Median, and the time within which nine people in ten arrive.
_TIME_SHARES = {"median_adviser": 0.5, "p90_adviser": 0.9}


def area_figures(areas: Areas, points: Points, advisers: NDArray[np.float64]) -> pd.DataFrame:
    """Return ``persons`` and ``AREA_FIGURES`` (see ``model.results``), one row an area by its id.

    ``advisers``: full-time posts at the adviser places that stand in each area. Persons count with
    the share of them that lives in the area. Means leave out who has no value (no place in reach,
    hours unknown) and are null where that is most of the area; a median or p90 that falls among
    those out of reach is null; access is null where nobody is in need. An area without a demand
    point has no figure but its advisers.
    """
    persons, adviser = points.persons, points.adviser_ds
    people = {
        "persons": persons,
        "covered": persons * points.covered,
        "uncovered": persons * ~points.covered,
        "unreached": persons * points.unreached,
        "concerned": points.need * ~points.covered,
        "covered_after": persons * points.covered_after,
        "double_covered": persons * (points.adviser_count >= 2),
        "car_only": persons * points.car_only,
    }
    means = {
        "minutes_adviser": told_minutes(adviser),
        "minutes_contact": told_minutes(points.contact_ds),
        "hours_week": points.hours_week,
        "hours_evening": points.hours_evening,
        "hours_saturday": points.hours_saturday,
    }
    access = {
        "access": points.access,
        "access_walk": points.access_walk,
        "access_bike": points.access_bike,
    }
    limits = [limit_ds(minutes) for minutes in TOLD_MINUTES]
    within_limits = areas.people_within(persons, adviser, limits)
    times = areas.quantiles(adviser, persons, tuple(_TIME_SHARES.values()))
    times[times == UNREACHED_DS] = np.nan
    need = areas.sums(points.need)
    figures = {name: areas.people(values) for name, values in people.items()}
    figures |= {name: areas.means(values, persons) for name, values in means.items()}
    figures |= {f"covered_{m}": within_limits[:, k] for k, m in enumerate(TOLD_MINUTES)}
    figures |= {name: times[:, k] / DS_PER_MINUTE for k, name in enumerate(_TIME_SHARES)}
    for name, values in access.items():
        helped = areas.sums(points.need * values)
        nobody = np.full(len(areas), np.nan)
        figures[name] = PER_PERSONS * np.divide(helped, need, out=nobody, where=need > 0)
    table = pd.DataFrame({"need": need, **figures}, index=list(areas.ids))
    table.loc[~areas.held] = np.nan
    table["advisers"] = advisers
    return table[["persons", *AREA_FIGURES]]


class Ranking(NamedTuple):
    """A table of areas ranked among themselves, and the ``FACTORS`` that rank none of them."""

    table: pd.DataFrame
    neutral: tuple[str, ...]


def priority_figures(
    figures: pd.DataFrame,
    areas: Areas,
    ground: Ground,
    decay: str,
    *,
    detection_rate: NDArray[np.float64] | None = None,
    draws: int,
    seed: int,
) -> Ranking:
    """Return ``PRIORITY_FIGURES`` (see ``model.results``) of areas, ranked among themselves.

    ``figures`` as from ``area_figures``; ``detection_rate`` are detections per presence-day, null
    where no counter was sounded. An area without a demand point, or where nobody is in need, is
    not ranked.
    """
    need_per_head = (figures["need"] / figures["persons"]).to_numpy(float)
    others = _third_factor(detection_rate)
    index = priority(need_per_head, figures["access"].to_numpy(float), others=others)
    ranges, access = access_by_range(
        ground.drive, ground.supply, areas, decay=decay, rivals=ground.rivals
    )
    drawn = rank_draws(need_per_head, access, ranges, others=others, draws=draws, seed=seed)
    need_part, access_part, *detection_part = index.parts
    rank = competition_rank(index.score)
    ranks = {
        "rank": rank,
        "rank_low": drawn.low,
        "rank_high": drawn.high,
    }
    columns = {
        "need_part": need_part,
        "access_part": access_part,
        "detection_part": detection_part[0] if detection_part else np.nan,
        "score": index.score,
        **{
            name: pd.array(values, dtype="Float64").astype("Int64")
            for name, values in ranks.items()
        },
        "top10_share": drawn.top_share,
        "stability": stability(rank, drawn.top_share),
    }
    factors = FACTORS[: len(index.neutral)]
    neutral = tuple(name for name, same in zip(factors, index.neutral, strict=True) if same)
    return Ranking(pd.DataFrame(columns, index=figures.index)[list(PRIORITY_FIGURES)], neutral)


def _third_factor(rate: NDArray[np.float64] | None) -> Sequence[NDArray[np.float64]]:
    """Return the detections as a factor of the priority: none where no area has a rate.

    An area whose counter was never sounded has the median of the others, which leaves it in the
    middle of this factor: not knowing must neither push it to the end, as a rate of 0 would, nor
    take it out of the ranks.
    """
    if rate is None or np.isnan(rate).all():
        return ()
    return (np.where(np.isnan(rate), np.nanmedian(rate), rate),)


def commune_figures(
    communes: gpd.GeoDataFrame,
    ground: Ground,
    points: Points,
    *,
    rung: int,
    detections: ProtectedDetections | None = None,
    draws: int = 1000,
    seed: int = 0,
) -> Ranking:
    """Return the communes with the columns ``COMMUNE_RESULTS`` (see ``model.results``).

    ``rung``: of the ladder of need. ``detections``: None where none are loaded. ``draws`` and
    ``seed``: of the intervals of the ranks.
    """
    demand = ground.drive.demand
    areas = communes_of(communes, demand)
    advisers = communes_of(communes, ground.drive.sites).sums(ground.adviser_posts)
    figures = area_figures(areas, points, advisers)
    in_qpv = areas.people(points.persons * demand["qpv_share"].to_numpy(float))
    figures["qpv_share"] = in_qpv / figures["persons"]
    methods = demand.groupby("code_insee")["method"].agg(lambda m: ";".join(sorted(set(m))))
    figures["method"] = methods.reindex(figures.index).astype(object)
    figures["method"] = figures["method"].where(figures["method"].notna(), None)
    figures["need_rung"] = rung
    rate = _rate_in(detections, figures.index)
    figures["detection_rate"] = np.nan if rate is None else rate
    ranked = priority_figures(
        figures, areas, ground, points.decay, detection_rate=rate, draws=draws, seed=seed
    )
    table = communes.reset_index(drop=True)
    told = pd.concat([figures, ranked.table], axis=1).reset_index(drop=True)
    table[list(COMMUNE_RESULTS)] = told[list(COMMUNE_RESULTS)]
    return Ranking(table, ranked.neutral)


def qpv_figures(
    zones: gpd.GeoDataFrame,
    ground: Ground,
    points: Points,
    *,
    detections: ProtectedDetections | None = None,
    draws: int = 1000,
    seed: int = 0,
) -> Ranking:
    """Return the figures of each QPV by its demand points (see ``StudyResult.qpv``).

    A QPV without a demand point has no figure but its advisers. Ranks are among the QPV. The
    detections of a QPV are the people-weighted mean of its points' communes.
    """
    areas = qpv_of(zones, ground.drive.demand)
    advisers = qpv_places(zones, ground.drive.sites).sums(ground.adviser_posts)
    figures = area_figures(areas, points, advisers)
    rate = _rate_in(detections, ground.drive.demand["code_insee"])
    rate = None if rate is None else areas.means(rate, points.persons)
    ranked = priority_figures(
        figures, areas, ground, points.decay, detection_rate=rate, draws=draws, seed=seed
    )
    named = pd.DataFrame(qpv_in(zones)[["zone_id", "nom", "vintage"]])
    told = pd.concat([figures, ranked.table], axis=1).reset_index(drop=True)
    return Ranking(pd.concat([named, told], axis=1), ranked.neutral)


def _rate_in(
    detections: ProtectedDetections | None, communes: pd.Index[str] | pd.Series[str]
) -> NDArray[np.float64] | None:
    """Return detections per presence-day of the communes with some codes, null where unknown."""
    if detections is None:
        return None
    return np.asarray(detections.rate_by_commune().reindex(communes), np.float64)


def place_counts(
    sites: gpd.GeoDataFrame, services: ServiceTable, unknown: frozenset[str]
) -> pd.DataFrame:
    """Return how many places of each kind the territory has, counting roles.

    ``unknown`` are kinds that no loaded source tells about: their count is null, not 0.
    """
    roles = sites.loc[sites["in_territory"], "roles"].explode().value_counts()
    return pd.DataFrame(
        {
            "kind": list(KINDS),
            "label": [services[kind].label for kind in KINDS],
            "level": [services[kind].level for kind in KINDS],
            "count": pd.array(
                [None if kind in unknown else int(roles.get(kind, 0)) for kind in KINDS],
                dtype="Int64",
            ),
        }
    )
