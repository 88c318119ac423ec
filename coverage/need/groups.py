"""Groups of people by zoning, with the adviser posts that stand in each."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage.need.areas import Areas, qpv_kind_of, qpv_places
from coverage.need.points import Ground
from coverage.need.zoning import groups_of

#: Groups of people that no place belongs to: an adviser stands in a commune, not in an age band.
_WITHOUT_PLACES = frozenset({"age"})
#: People are split in thousandths: under one, a group is empty.
_SOMEONE = 1e-3


@dataclass(frozen=True, eq=False)
class Groups:
    """Groups of people, by position.

    ``names``: (group, value) of each, such as (``frr``, ``socle``); ``areas``: the part of each
    demand point that belongs to it; ``advisers``: full-time posts at the adviser places that
    stand in it, null where places have no such group.
    """

    names: tuple[tuple[str, str], ...]
    areas: Areas
    advisers: NDArray[np.float64]

    @classmethod
    def of(
        cls,
        communes: pd.DataFrame,
        profiles: pd.DataFrame,
        zones: gpd.GeoDataFrame,
        ground: Ground,
    ) -> Groups:
        """Make the groups of ``need.zoning`` in which someone lives, from contract tables."""
        persons = ground.drive.demand["persons"].to_numpy(float)
        posts = ground.adviser_posts[ground.drive.sites["in_territory"].to_numpy(bool)]
        homes = len(persons)
        both = _homes_and_places(communes, zones, ground)
        peopled = [
            (group, value, share[:homes], share[homes:])
            for group, value, share in groups_of(
                both, communes, profiles, qpv_kind=qpv_kind_of(zones)
            )
            if share[:homes] @ persons >= _SOMEONE
        ]
        return cls(
            tuple((group, value) for group, value, _, _ in peopled),
            Areas.of_shares(
                [f"{group}/{value}" for group, value, _, _ in peopled],
                [share for _, _, share, _ in peopled],
            ),
            np.array(
                [
                    np.nan if group in _WITHOUT_PLACES else share @ posts
                    for group, _, _, share in peopled
                ],
                dtype=float,
            ),
        )

    def column(self, position: int) -> list[str]:
        """Return the groups (0) or their values (1)."""
        return [name[position] for name in self.names]


def _homes_and_places(
    communes: pd.DataFrame, zones: gpd.GeoDataFrame, ground: Ground
) -> pd.DataFrame:
    """Return the demand points, then the places of the territory, as one table to be grouped.

    One rule then says which group a home and a place are of. A place has the FRR state of its
    commune, and stands in a QPV or not; where it isn't known which of a commune's people do, its
    places are with them.
    """
    sites, columns = ground.drive.sites, ["code_insee", "qpv_share", "frr"]
    in_qpv = np.zeros(len(sites))
    in_qpv[qpv_places(zones, sites).point] = 1.0
    code, demand = sites["code_insee"], ground.drive.demand
    unknown = set(demand.loc[demand["qpv_share"].isna(), "code_insee"])
    in_qpv[code.isin(unknown).to_numpy()] = np.nan
    frr = communes.set_index("code_insee")["frr"].astype(object)
    places = pd.DataFrame({"code_insee": code, "qpv_share": in_qpv, "frr": code.map(frr)})
    homes = pd.DataFrame(demand[columns])
    own = places[sites["in_territory"].to_numpy(bool)]
    both: pd.DataFrame = pd.concat([homes, own], ignore_index=True)
    return both
