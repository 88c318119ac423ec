"""Roads -> graph -> travel times -> catchments.

The names below are the storey's front page. Each is loaded from its module when it is first
asked for, so that reading a road file doesn't load the compiler of the search. ``snap`` has the
name of its module: ``from coverage.network.snap import snap``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coverage.base.lazy import lazily

if TYPE_CHECKING:
    from coverage.network.catchments import catchment as catchment
    from coverage.network.components import ReadyNetwork as ReadyNetwork
    from coverage.network.components import keep_served_parts as keep_served_parts
    from coverage.network.cutting import cut_out as cut_out
    from coverage.network.distances import road_distances as road_distances
    from coverage.network.distances import straight_line_distances as straight_line_distances
    from coverage.network.graph import RoadGraph as RoadGraph
    from coverage.network.links import road_links as road_links
    from coverage.network.nearest_sites import nearest as nearest
    from coverage.network.populated import populated_nodes as populated_nodes
    from coverage.network.result import TravelTimes as TravelTimes
    from coverage.network.roads import read_modes as read_modes
    from coverage.network.roads import read_roads as read_roads
    from coverage.network.routes import path as path
    from coverage.network.search import one_to_many as one_to_many
    from coverage.network.snap import metric_points as metric_points
    from coverage.network.straight_line import straight_line_catchments as straight_line_catchments
    from coverage.network.straight_line import straight_line_links as straight_line_links
    from coverage.network.straight_line import straight_line_times as straight_line_times
    from coverage.network.times import costs_between as costs_between
    from coverage.network.times import travel_times as travel_times

_MODULE_OF = {
    "ReadyNetwork": "components",
    "RoadGraph": "graph",
    "TravelTimes": "result",
    "catchment": "catchments",
    "costs_between": "times",
    "cut_out": "cutting",
    "keep_served_parts": "components",
    "metric_points": "snap",
    "nearest": "nearest_sites",
    "one_to_many": "search",
    "path": "routes",
    "populated_nodes": "populated",
    "read_modes": "roads",
    "read_roads": "roads",
    "road_distances": "distances",
    "road_links": "links",
    "straight_line_catchments": "straight_line",
    "straight_line_distances": "distances",
    "straight_line_links": "straight_line",
    "straight_line_times": "straight_line",
    "travel_times": "times",
}

__getattr__ = lazily(__name__, _MODULE_OF)
