"""Compiling the searches ahead: ``python -m coverage.study.warm``.

Their machine code is kept between runs. Made when the program is installed, it doesn't keep the
first study waiting.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np

from coverage.base.crs import WGS84
from coverage.need.access import access_of
from coverage.need.hours import open_hours
from coverage.need.legal import FAR_M
from coverage.need.reach import Reach
from coverage.network.catchments import catchment
from coverage.network.components import ReadyNetwork
from coverage.network.distances import road_distances
from coverage.network.graph import RoadGraph, highway_codes
from coverage.network.links import road_links
from coverage.network.nearest_sites import nearest
from coverage.network.routes import path
from coverage.network.search import one_to_many
from coverage.network.snap import DEMAND_CAP_M, SITE_CAP_M, metric_points, snap
from coverage.network.times import travel_times

_EPSG = 2154
#: A square of streets with a dead end, degrees.
_CORNERS = np.array([(9.0, 42.0), (9.01, 42.0), (9.01, 42.01), (9.0, 42.01), (8.99, 42.0)])
_STREETS = np.array([(0, 1), (1, 2), (2, 3), (3, 0), (0, 2), (0, 4)])
_STREET_DS = 900
_LIMIT_DS = 6_000


def warm() -> None:
    """Run every search once, on a few streets, as a study does: what is compiled is kept."""
    graph = _streets()
    homes, places = _points("demand_id", [0.2, 0.8]), _points("site_id", [0.5])
    times = travel_times(graph, places, homes, _LIMIT_DS // 10, metric_epsg=_EPSG)
    one_to_many(graph, [0], _LIMIT_DS)
    network = ReadyNetwork.of(graph, _EPSG)
    from_homes = snap(network.index, metric_points(homes, _EPSG), cap_m=DEMAND_CAP_M)
    to_places = snap(network.index, metric_points(places, _EPSG), cap_m=SITE_CAP_M)
    nearest(network, from_homes, to_places, _LIMIT_DS)
    path(network, from_homes, to_places, _LIMIT_DS, home=0, place=0)
    road_distances(network, places, homes, FAR_M)
    road_links(network, places, places, _LIMIT_DS // 10)
    catchment(network, places, [_LIMIT_DS // 600])
    _counted(Reach.of(homes, places, times.costs))


def _counted(reach: Reach) -> None:
    """Count who is within reach of what."""
    every = np.ones(len(reach.sites), dtype=bool)
    reach.nearest_ds(every)
    reach.count_within(every, _LIMIT_DS // 600)
    access_of(reach, every.astype(float))
    open_hours(reach, every, minutes=_LIMIT_DS // 600)


def _streets() -> RoadGraph:
    tails, heads = np.concatenate((_STREETS, _STREETS[:, ::-1])).T
    return RoadGraph.from_arcs(
        tails,
        heads,
        np.full(tails.size, _STREET_DS),
        length_m=np.full(tails.size, 1_000.0),
        highway=np.repeat(highway_codes("residential"), tails.size),
        x=_CORNERS[:, 0],
        y=_CORNERS[:, 1],
    )


def _points(identifier: str, shares: list[float]) -> gpd.GeoDataFrame:
    """Return points some shares of the way along the first street."""
    start, stop = _CORNERS[_STREETS[0]]
    x, y = (start + np.outer(shares, stop - start)).T
    names = [str(number) for number in range(len(shares))]
    table = {
        **{identifier: names, "nom": "", "code_insee": ""},
        **{"persons": 1.0, "need": 1.0, "method": "roads", "opening": "Mo 09:00-12:00"},
    }
    return gpd.GeoDataFrame(
        table, index=range(len(names)), geometry=gpd.points_from_xy(x, y), crs=WGS84
    )


if __name__ == "__main__":
    warm()
