"""What the places can do: persons helped a month, and the full-time posts that help them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from coverage.model.services import ServiceTable
from coverage.model.staff import posts_of_staff

#: Kind of staff by which a number of persons is told in full-time posts.
_ADVISER_STAFF = "conseiller_numerique"


def supply_of(sites: gpd.GeoDataFrame, services: ServiceTable) -> NDArray[np.float64]:
    """Return each site's supply in persons a month (contract table ``sites``).

    Its own number where it tells one; else what its staff help, the teams of its roles included
    (``ServiceTable.persons_month``); else the default of its best role.
    """
    told = sites["persons_month"].to_numpy(float)
    rows = zip(sites["roles"], sites["staff"], strict=True)
    usual = np.array([services.persons_month(roles, staff) for roles, staff in rows], float)
    return np.where(np.isnan(told), usual, told)


def posts_of(sites: gpd.GeoDataFrame, services: ServiceTable) -> NDArray[np.float64]:
    """Return the full-time posts that help at each site (contract table ``sites``).

    Those of its staff. What else it helps a month (a team that the file does not count, a number
    told without staff) is turned into posts of a conseiller numérique, at adviser places only:
    equipment helps people, but nobody holds a post there.
    """
    adviser = services.of_level("adviser")
    each = services.staff[_ADVISER_STAFF].persons_month
    supply = supply_of(sites, services)
    posts = np.zeros(len(sites))
    for row, (roles, staff, told) in enumerate(
        zip(sites["roles"], sites["staff"], sites["persons_month"], strict=True)
    ):
        held = posts_of_staff(staff)
        posts[row] = sum(held.values())
        if held and not np.isnan(told):
            continue  # a number told is what these people do
        if each > 0 and not adviser.isdisjoint(roles):
            by_staff = sum(services.staff[kind].persons_month * n for kind, n in held.items())
            posts[row] += max(0.0, supply[row] - by_staff) / each
    return posts
