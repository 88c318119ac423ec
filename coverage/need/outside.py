"""People around a territory, who share its places: one point a commune.

They take part in the first step of E2SFCA only (``need.access``): what a place gives is divided
among all who reach it, whichever side of the border they live on.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from coverage.need.demand import centre_of, places_by_commune


def outside_points(
    around: gpd.GeoDataFrame, *, metric_epsg: int, nodes: gpd.GeoDataFrame | None = None
) -> gpd.GeoDataFrame:
    """Return where the people of each commune are taken to live (contract table ``outside``).

    ``around`` has the same columns with the communes' polygons; ``nodes`` are road nodes as for
    ``demand_points``. The point is the residential node nearest to the mean of the commune's
    residential nodes, so that it lies on a street where people live; without one, the same of its
    other nodes; without any node, the centroid, or a point inside where that lies outside.
    """
    by_node = {} if nodes is None else places_by_commune(around, nodes)
    points = []
    for code, shape in zip(around["code_insee"], around.geometry, strict=True):
        here = by_node.get(code)
        points.append(centre_of(shape) if here is None else _middle(here, metric_epsg))
    return around.set_geometry(gpd.GeoSeries(points, index=around.index, crs=around.crs))


def _middle(nodes: gpd.GeoDataFrame, metric_epsg: int) -> BaseGeometry:
    """Return the node nearest to the mean of the nodes, the residential ones where there are."""
    residential = nodes[nodes["rung"] == "roads"]
    chosen = residential if len(residential) else nodes
    metres = shapely.get_coordinates(chosen.geometry.to_crs(metric_epsg).to_numpy())
    away = np.hypot(*(metres - metres.mean(axis=0)).T)
    nearest: BaseGeometry = chosen.geometry.iloc[int(away.argmin())]
    return nearest


def rivals_in_need(outside: gpd.GeoDataFrame, demand: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the people around in the columns ``demand_id, persons, need, geometry``.

    ``demand_id`` is the commune's code. Their need is their number x the mean need per head of the
    territory (Σ need / Σ persons of ``demand``): the same everywhere, so that no figure of a
    département that isn't studied is asked for.
    """
    persons = float(demand["persons"].sum())
    per_head = float(demand["need"].sum()) / persons if persons > 0 else 0.0
    named = outside.rename(columns={"code_insee": "demand_id"})
    return named.assign(need=per_head * named["persons"])[
        ["demand_id", "persons", "need", "geometry"]
    ]
