"""How people get about in a territory: on its roads, or in a straight line where none are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import pandas as pd

from coverage.base.crs import metric_epsg
from coverage.base.progress import Progress, silent
from coverage.model.params import COST_LIMIT_MINUTES
from coverage.model.services import CONTACT_KINDS
from coverage.need.legal import FAR_M
from coverage.need.uncertainty import FURTHEST_MINUTES
from coverage.network.components import ReadyNetwork, keep_served_parts
from coverage.network.distances import road_distances, straight_line_distances
from coverage.network.graph import RoadGraph
from coverage.network.links import road_links
from coverage.network.result import TravelTimes
from coverage.network.straight_line import straight_line_links, straight_line_times
from coverage.network.times import road_costs, travel_times

_LIMIT_S = COST_LIMIT_MINUTES * 60
_OUTSIDE_LIMIT_S = round(FURTHEST_MINUTES * 60)
_CONTACT_ROLES = frozenset(CONTACT_KINDS)


def density_of(
    table: gpd.GeoDataFrame, identifier: str, communes: gpd.GeoDataFrame
) -> pd.Series[int]:
    """Return the density level of each row's commune, indexed by the row's identifier."""
    level = communes.set_index("code_insee")["density_level"]
    return pd.Series(table["code_insee"].map(level).to_numpy(), index=table[identifier])


def contact_points(sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the sites that have the role of a contact point of La Poste."""
    return sites[~sites["roles"].map(_CONTACT_ROLES.isdisjoint).astype(bool)]


def partners(sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the sites that are more than contact points of La Poste."""
    return sites[~sites["roles"].map(_CONTACT_ROLES.issuperset).astype(bool)]


@dataclass(frozen=True, eq=False)
class Travel:
    """The ways of a territory between its homes (``demand``) and places.

    ``networks`` are its roads by mode (drive, walk, bike), None where none are known.
    """

    territory: str
    communes: gpd.GeoDataFrame
    demand: gpd.GeoDataFrame
    networks: Mapping[str, RoadGraph] | None

    @property
    def _epsg(self) -> int:
        return metric_epsg(self.territory)

    @cached_property
    def _served(self) -> ReadyNetwork | None:
        """The car network with the parts that serve the territory's people; None without roads."""
        if self.networks is None:
            return None
        roads = self.networks["drive"]
        return keep_served_parts(roads, self.demand, metric_epsg=self._epsg).network

    def times(
        self, sites: gpd.GeoDataFrame, mode: str = "drive", *, progress: Progress = silent
    ) -> TravelTimes:
        """Return the times from every home to the sites, within the cost limit."""
        epsg = self._epsg
        if self.networks is not None:
            graph = self.networks[mode]
            return travel_times(
                graph, sites, self.demand, _LIMIT_S, metric_epsg=epsg, progress=progress
            )
        density = density_of(self.demand, "demand_id", self.communes)
        return straight_line_times(
            sites, self.demand, density, _LIMIT_S, metric_epsg=epsg, mode=mode, progress=progress
        )

    def outside_costs(self, outside: gpd.GeoDataFrame, sites: gpd.GeoDataFrame) -> pd.DataFrame:
        """Return the times by car from the communes around (contract ``outside``) to the sites.

        The contract table ``costs_outside``, as far as any draw of the access looks
        (``FURTHEST_MINUTES``). The served parts of the roads are those of the territory's own
        people. Not on foot nor by bike: where a commune's centre is says little of such ways.
        """
        homes, epsg = outside.rename(columns={"code_insee": "demand_id"}), self._epsg
        if (roads := self._served) is None:
            density = outside.set_index("code_insee")["density_level"]
            homes = homes.assign(code_insee=outside["code_insee"])
            return straight_line_times(
                sites, homes, density, _OUTSIDE_LIMIT_S, metric_epsg=epsg
            ).costs
        return road_costs(roads, sites, homes, _OUTSIDE_LIMIT_S)

    def distances(self, sites: gpd.GeoDataFrame) -> pd.DataFrame:
        """Return how far homes and La Poste's contact points are, as far as the law asks."""
        contacts, epsg = contact_points(sites), self._epsg
        if (roads := self._served) is None:
            return straight_line_distances(contacts, self.demand, FAR_M, metric_epsg=epsg)
        return road_distances(roads, contacts, self.demand, FAR_M)

    def links(self, counters: gpd.GeoDataFrame, sites: gpd.GeoDataFrame) -> pd.DataFrame:
        """Return the times by car from the territory's contact points among ``counters``.

        They lead to the places among ``sites`` that are more than contact points, within the
        cost limit.
        """
        here = contact_points(counters[counters["in_territory"]])
        places, epsg = partners(sites), self._epsg
        if (roads := self._served) is None:
            density = density_of(here, "site_id", self.communes)
            return straight_line_links(here, places, density, _LIMIT_S, metric_epsg=epsg)
        return road_links(roads, here, places, _LIMIT_S)
