"""What is known of each demand point: times, places within reach, access and opening hours.

Everything that figures of areas and groups are sums of, computed once for a study.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from coverage.model.services import CONTACT_KINDS, ServiceTable
from coverage.need.access import access_from, ratios_of, unreached_supply
from coverage.need.hours import open_hours
from coverage.need.reach import DS_PER_MINUTE, UNREACHED_DS, Reach, within
from coverage.need.supply import posts_of, supply_of

#: Targets of coverage that are levels of service, not one kind of place.
ADVISER, CONTACT = "adviser", "contact"
#: Ways to travel. Every figure is by car unless its name says otherwise.
DRIVE, WALK, BIKE = MODES = ("drive", "walk", "bike")


@dataclass(frozen=True, eq=False)
class Ground:
    """The homes and places of a study, the ways between them, and what the places give.

    ``reaches``: by mode (``MODES``), of the same demand and sites. ``supply`` (persons a month)
    and ``posts`` (full-time posts) have one value a site. ``rivals``: the reach by car, to the same
    sites, of people who live elsewhere and share what the places give.
    """

    reaches: Mapping[str, Reach]
    services: ServiceTable
    supply: NDArray[np.float64]
    posts: NDArray[np.float64]
    rivals: Reach | None = None

    @classmethod
    def of(
        cls, reaches: Mapping[str, Reach], services: ServiceTable, rivals: Reach | None = None
    ) -> Ground:
        """Make the ground from the reach of each mode and the table of services."""
        sites = reaches[DRIVE].sites
        supply, posts = supply_of(sites, services), posts_of(sites, services)
        return cls(reaches, services, supply, posts, rivals)

    def ratios(self, decay: str) -> NDArray[np.float64]:
        """Return what each site gives a person in need who comes, shared among all by car."""
        return ratios_of(self.drive, self.supply, decay=decay, rivals=self.rivals)

    @property
    def drive(self) -> Reach:
        """The reach by car, with the demand and sites tables of all modes."""
        return self.reaches[DRIVE]

    @cached_property
    def adviser_sites(self) -> NDArray[np.bool_]:
        """Tell which sites are adviser places."""
        return self.drive.sites_with(self.services.of_level(ADVISER))

    @property
    def adviser_posts(self) -> NDArray[np.float64]:
        """Full-time posts at adviser places; 0 elsewhere, whatever staff there is."""
        return np.where(self.adviser_sites, self.posts, 0.0)


@dataclass(frozen=True, eq=False)
class Points:
    """What is known of each demand point: one value a point, in the order of the demand table.

    ``persons``, ``need`` (persons in digital difficulty). Times in deciseconds to the nearest
    adviser place (``adviser_ds``, on foot ``adviser_walk_ds``, by bike ``adviser_bike_ds``), to
    the nearest contact point (``contact_ds``: La Poste's kinds, whatever the table of services
    says) and to the nearest adviser once the plan's permanences are open (``after_ds``);
    ``UNREACHED_DS`` where none is. ``adviser_count``: adviser places within ``minutes``, the
    study's limit. ``access``, ``access_walk``, ``access_bike``: persons helped a month per person
    in need, E2SFCA with ``decay``, the places shared as they are by car. ``hours_week``, and of
    these ``hours_evening`` and ``hours_saturday``: hours a week when an adviser place within the
    limit is open, null where none of those has known hours. ``unknown_hours``: how many adviser
    places have unknown hours. ``unreached_supply``: persons a month whom places could help that
    nobody in need reaches.
    """

    minutes: float
    decay: str
    persons: NDArray[np.float64]
    need: NDArray[np.float64]
    adviser_ds: NDArray[np.int32]
    adviser_walk_ds: NDArray[np.int32]
    adviser_bike_ds: NDArray[np.int32]
    contact_ds: NDArray[np.int32]
    after_ds: NDArray[np.int32]
    adviser_count: NDArray[np.int32]
    access: NDArray[np.float64]
    access_walk: NDArray[np.float64]
    access_bike: NDArray[np.float64]
    hours_week: NDArray[np.float64]
    hours_evening: NDArray[np.float64]
    hours_saturday: NDArray[np.float64]
    unknown_hours: int
    unreached_supply: float

    @property
    def unreached(self) -> NDArray[np.bool_]:
        """Tell who has no adviser place within the limit of the costs."""
        return np.asarray(self.adviser_ds == UNREACHED_DS)

    @property
    def covered(self) -> NDArray[np.bool_]:
        """Tell who has an adviser place within the study's limit by car."""
        return within(self.adviser_ds, self.minutes)

    @property
    def covered_after(self) -> NDArray[np.bool_]:
        """Tell who is covered once the plan's permanences are open."""
        return within(self.after_ds, self.minutes)

    @property
    def car_only(self) -> NDArray[np.bool_]:
        """Tell who is covered by car, and neither on foot nor by bike within the same limit."""
        otherwise = np.minimum(self.adviser_walk_ds, self.adviser_bike_ds)
        return self.covered & ~within(otherwise, self.minutes)


def points_of(
    ground: Ground, *, minutes: float, decay: str, planned: Collection[str] = ()
) -> Points:
    """Return what is known of each demand point.

    ``minutes``: the study's limit. ``decay``: of E2SFCA. ``planned``: ids of the sites where the
    plan opens a permanence.
    """
    drive = ground.drive
    nearest = {m: ground.reaches[m].nearest_ds(ground.adviser_sites) for m in MODES}
    ratios = ground.ratios(decay)
    access = {m: access_from(ratios, ground.reaches[m], decay=decay) for m in MODES}
    hours = open_hours(drive, ground.adviser_sites, minutes=minutes)
    return Points(
        minutes=minutes,
        decay=decay,
        persons=drive.demand["persons"].to_numpy(float),
        need=drive.demand["need"].to_numpy(float),
        adviser_ds=nearest[DRIVE],
        adviser_walk_ds=nearest[WALK],
        adviser_bike_ds=nearest[BIKE],
        contact_ds=drive.nearest_ds(drive.sites_with(CONTACT_KINDS)),
        after_ds=np.minimum(nearest[DRIVE], drive.nearest_ds(drive.known_sites(planned))),
        adviser_count=drive.count_within(ground.adviser_sites, minutes),
        access=access[DRIVE],
        access_walk=access[WALK],
        access_bike=access[BIKE],
        hours_week=hours.week,
        hours_evening=hours.evening,
        hours_saturday=hours.saturday,
        unknown_hours=hours.unknown_sites,
        unreached_supply=float(unreached_supply(ratios, ground.supply).sum()),
    )


def told_minutes(nearest_ds: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return times in minutes, null for those out of reach."""
    return np.where(nearest_ds < UNREACHED_DS, nearest_ds / DS_PER_MINUTE, np.nan)
