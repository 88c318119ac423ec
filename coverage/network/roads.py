"""A road file -> the graph with travel times."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from coverage.base.errors import SourceError, UserError
from coverage.network.graph import RoadGraph, highway_codes
from coverage.network.graphml import RawRoads, read_graphml
from coverage.network.speeds import speed_table

if TYPE_CHECKING:
    import geopandas as gpd

_ALWAYS_URBAN = highway_codes("residential", "living_street")


def read_roads(
    path: Path, mode: str = "drive", *, urban: gpd.GeoDataFrame | None = None
) -> RoadGraph:
    """Read a road network and give each arc its free-flow travel time by car.

    ``path`` is a GraphML file of OSMnx. ``urban`` holds the polygons (EPSG:4326) of the communes
    of density level 1-3; without it only residential and living streets are driven at urban
    speeds. Roads closed to the public, and those on which no car drives, are left out.

    Raises ``UserError`` for a file that is not such a network, and for any other ``mode``.
    """
    if mode != "drive":
        raise UserError(f"Mode « {mode} » non disponible : seule la voiture (drive) se calcule.")
    raw, speeds = read_graphml(path), speed_table()
    codes = {text: speeds.code_of(text) for text in set(raw.highway)}
    is_open = {text: speeds.is_open(text) for text in set(raw.access)}
    highway = np.array([codes[text] for text in raw.highway], dtype=np.int8)
    kept = (highway >= 0) & np.array([is_open[text] for text in raw.access], dtype=bool)
    if not kept.any():
        raise SourceError(
            f"« {path.name} » ne contient aucune route ouverte aux voitures : donnez un réseau "
            "routier OSMnx de type drive, avec la clé highway."
        )
    highway = highway[kept]
    tails, heads, length_m = raw.tails[kept], raw.heads[kept], raw.length_m[kept]
    in_town = np.isin(highway, _ALWAYS_URBAN) | _middles_within(raw, tails, heads, urban)
    deciseconds = speeds.deciseconds(
        length_m,
        highway,
        [text for text, keep in zip(raw.maxspeed, kept, strict=True) if keep],
        urban=in_town,
        junction=_is_junction(tails, heads, raw.x.size)[heads],
    )
    return RoadGraph.from_arcs(
        tails, heads, deciseconds, length_m=length_m, highway=highway, x=raw.x, y=raw.y
    )


def _middles_within(
    raw: RawRoads,
    tails: NDArray[np.int64],
    heads: NDArray[np.int64],
    areas: gpd.GeoDataFrame | None,
) -> NDArray[np.bool_]:
    """Tell which arcs have their middle inside one of the areas."""
    within = np.zeros(tails.size, dtype=bool)
    if areas is None or areas.empty:
        return within
    xy = np.column_stack((raw.x[tails] + raw.x[heads], raw.y[tails] + raw.y[heads])) / 2
    middles = np.asarray(shapely.points(xy))
    polygons = areas.geometry.to_numpy()
    shapely.prepare(polygons)
    _, inside = shapely.STRtree(middles).query(polygons, predicate="intersects")
    within[inside] = True
    return within


def _is_junction(
    tails: NDArray[np.int64], heads: NDArray[np.int64], nodes: int
) -> NDArray[np.bool_]:
    """Tell the nodes with at least three distinct neighbours."""
    low, high = np.minimum(tails, heads), np.maximum(tails, heads)
    pairs = np.unique(low[low != high] * nodes + high[low != high])
    degree = np.bincount(pairs // nodes, minlength=nodes)
    degree += np.bincount(pairs % nodes, minlength=nodes)
    return degree >= 3
