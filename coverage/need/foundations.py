"""What the figures of a study rest on: which sources, for which share of each figure.

Each figure is split among the sets of sources that its parts (a person, a place, a point of
weight of the index) rest on; the shares of one figure add up to 1:

- ``persons``: people, by what put them where they are: the population, with the squares or the
  QPV where those did;
- ``need``: persons in digital difficulty, by the population and what its rung adds (ages, IFN);
- ``times``: the road network; told where times are by road;
- ``covered``: people within the limit of an adviser place, by the **newest** source that tells
  of an adviser there: who also reaches a place of a fresh list doesn't rest on the old one;
- ``uncovered``: people beyond the limit, by all sources of advisers together: that there is no
  place is told by what all of them don't list;
- ``places``: the territory's places, each by the sources of all its roles; ``supply``: the persons
  a month they help, by the sources of the advisers, of all roles where there is none;
- ``index``: the priority index, whose factors weigh the same: one as ``need``, one as the supply
  that is within reach of anybody, and the detections where they are a third.

No day is involved. A set is as old as its oldest source (``model.freshness``), which stays the
oldest whatever the day on which it is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage.model.freshness import vintage_day
from coverage.model.results import FOUNDED_FIGURES, SEPARATOR
from coverage.need.points import ADVISER, Ground, Points
from coverage.need.reach import limit_ds

COLUMNS = ("figure", "sources", "share")

Ids = tuple[str, ...]


@dataclass(frozen=True)
class Tellers:
    """The ids of the sources that tell each thing that isn't a place; none: ().

    ``vintages`` are those of all sources, by their ids.
    """

    population: Ids = ()
    squares: Ids = ()
    quarters: Ids = ()
    need: Ids = ()
    roads: Ids = ()
    detections: Ids = ()
    vintages: Mapping[str, str] = field(default_factory=dict)


@dataclass
class _Shares:
    """Adds up how much of each figure rests on each set of sources."""

    weights: dict[str, dict[str, float]] = field(default_factory=dict)

    def add(self, figure: str, sources: Ids, weight: float) -> None:
        if weight > 0 and sources:
            found = self.weights.setdefault(figure, {})
            key = SEPARATOR.join(sorted(set(sources)))
            found[key] = found.get(key, 0.0) + weight

    def of(self, figure: str) -> dict[str, float]:
        """Return the shares of a figure, the largest first; they add up to 1."""
        found = self.weights.get(figure, {})
        total = sum(found.values())
        shares = {sources: weight / total for sources, weight in found.items()}
        return dict(sorted(shares.items(), key=lambda item: (-item[1], item[0])))


def foundations(ground: Ground, points: Points, tellers: Tellers) -> pd.DataFrame:
    """Return ``figure, sources, share`` (``|`` between ids, 0..1), see above.

    A figure that is nil, or that no source tells, has no row.
    """
    shares = _Shares()
    _add_people(shares, ground, points, tellers)
    shares.add("times", tellers.roads, 1.0)
    _add_cover(shares, ground, points, tellers.vintages)
    _add_places(shares, ground)
    _add_index(shares, ground, tellers)
    rows = [
        (figure, sources, share)
        for figure in FOUNDED_FIGURES
        for sources, share in shares.of(figure).items()
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.astype({"figure": object, "sources": object, "share": float})


def _add_people(shares: _Shares, ground: Ground, points: Points, tellers: Tellers) -> None:
    demand = ground.drive.demand
    parts = pd.DataFrame(
        {
            "by_square": (demand["method"] == "grid").to_numpy(),
            "in_quarter": (demand["qpv_share"] > 0).to_numpy(),
            "persons": points.persons,
            "need": points.need,
        }
    )
    sums = parts.groupby(["by_square", "in_quarter"])[["persons", "need"]].sum()
    for (by_square, in_quarter), persons, need in sums.itertuples():
        put = (tellers.squares if by_square else ()) + (tellers.quarters if in_quarter else ())
        shares.add("persons", tellers.population + put, float(persons))
        shares.add("need", tellers.population + tellers.need, float(need))


def _add_cover(
    shares: _Shares, ground: Ground, points: Points, vintages: Mapping[str, str]
) -> None:
    """Add who is covered by the newest source of an adviser within the limit, and who is not."""
    advisers = _advisers_by_source(ground)
    listed = sorted(advisers, key=lambda source: (_age(vintages.get(source, "")), source))
    newest = _newest_within(ground, points, [advisers[source] for source in listed])
    covered = newest >= 0
    people = np.bincount(newest[covered], points.persons[covered], minlength=len(listed))
    for source, persons in zip(listed, people, strict=True):
        shares.add("covered", (source,), float(persons))
    shares.add("uncovered", tuple(listed), float(points.persons[~covered].sum()))


def _newest_within(
    ground: Ground, points: Points, sites_by_age: Sequence[Sequence[int]]
) -> NDArray[np.int64]:
    """Return the last of some lists of sites that has one within each point's limit; -1: none."""
    reach, limit = ground.drive, limit_ds(points.minutes)
    newest = np.full(len(reach.demand), -1, dtype=np.int64)
    for age, sites in enumerate(sites_by_age):
        for site in sites:
            held = slice(reach.ptr[site], reach.ptr[site + 1])
            newest[reach.point[held][reach.ds[held] <= limit]] = age
    return newest


def _age(vintage: str) -> int:
    """Return the day of a vintage as a number; what has no date is before all others."""
    day = vintage_day(vintage)
    return day.toordinal() if day else 0


def _advisers_by_source(ground: Ground) -> dict[str, list[int]]:
    """Return by source the sites (by position) where it tells of an adviser."""
    kinds = ground.services.of_level(ADVISER)
    found: dict[str, list[int]] = {}
    columns = (ground.drive.sites[name] for name in ("roles", "told_by"))
    for site, (roles, told_by) in enumerate(zip(*columns, strict=True)):
        for source in {one for role, one in zip(roles, told_by, strict=True) if role in kinds}:
            found.setdefault(str(source), []).append(site)
    return found


def _helping(ground: Ground) -> list[Ids]:
    """Return the sources of each place's help: its advisers', else those of all its roles."""
    kinds = ground.services.of_level(ADVISER)
    columns = (ground.drive.sites[name] for name in ("roles", "told_by"))
    return [
        tuple(one for role, one in zip(roles, told_by, strict=True) if role in kinds)
        or tuple(told_by)
        for roles, told_by in zip(*columns, strict=True)
    ]


def _add_places(shares: _Shares, ground: Ground) -> None:
    sites = ground.drive.sites
    helping = _helping(ground)
    for site in np.flatnonzero(sites["in_territory"].to_numpy(bool)):
        shares.add("places", tuple(sites["told_by"].iloc[site]), 1.0)
        shares.add("supply", helping[site], float(ground.supply[site]))


def _add_index(shares: _Shares, ground: Ground, tellers: Tellers) -> None:
    """Add the factors of the index, each with the same weight, split as its own figure is."""
    reached = np.diff(ground.drive.ptr) > 0
    within = _Shares()
    for sources, helped, near in zip(_helping(ground), ground.supply, reached, strict=True):
        within.add("supply", sources, float(helped) if near else 0.0)
    for told, share in (*shares.of("need").items(), *within.of("supply").items()):
        shares.add("index", tuple(told.split(SEPARATOR)), share)
    shares.add("index", tellers.detections, 1.0)
