"""The junctions where people may be assumed to live, when no finer data say so."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage.network.graph import RoadGraph, highway_codes

_HOMES = highway_codes("residential", "living_street")
_NO_HOMES = highway_codes("motorway", "motorway_link", "trunk", "trunk_link", "ferry")


def populated_nodes(graph: RoadGraph) -> pd.DataFrame:
    """Return ``node, lon, lat, rung`` of the junctions over which people can be spread.

    Rung ``roads``: a residential or living street touches the junction. Rung ``all_roads``: any
    other road does, motorways, trunk roads and ferries excepted; for communes without the first
    rung.
    """
    tails = graph.tails

    def touched(arcs: NDArray[np.bool_]) -> NDArray[np.bool_]:
        nodes = np.zeros(graph.nodes, dtype=bool)
        nodes[tails[arcs]] = True
        nodes[graph.indices[arcs]] = True
        return nodes

    homes = touched(np.isin(graph.highway, _HOMES))
    any_road = touched(~np.isin(graph.highway, _NO_HOMES))
    table = pd.DataFrame(
        {
            "node": np.arange(graph.nodes),
            "lon": graph.x,
            "lat": graph.y,
            "rung": np.where(homes, "roads", "all_roads"),
        }
    )
    return table[homes | any_road].reset_index(drop=True)
