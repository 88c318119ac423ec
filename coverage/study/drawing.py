"""What is drawn for the eye: catchments of places, and where detections are dense."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from coverage.base.crs import WGS84, metric_epsg
from coverage.base.progress import Progress, silent
from coverage.model.detections import with_counts
from coverage.model.services import KINDS
from coverage.need.surface import density_bands
from coverage.network.catchments import catchment
from coverage.network.components import keep_served_parts
from coverage.network.straight_line import straight_line_catchments
from coverage.study.layers import Layers
from coverage.study.road_memory import territory_roads
from coverage.study.travel import density_of

#: Kinds that La Poste runs, or that are public counters; the rest are partners.
_NOT_PARTNERS = frozenset(
    {
        "bureau_poste",
        "agence_postale",
        "relais_poste",
        "ilot_numerique",
        "etape_numerique",
        "mairie",
    }
)


def catchment_kinds(kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Return the kinds whose catchments are drawn: those asked for, else the partners'."""
    return tuple(kind for kind in KINDS if (kind in kinds if kinds else kind not in _NOT_PARTNERS))


def no_catchments() -> gpd.GeoDataFrame:
    """Return the table of catchments without a row."""
    return gpd.GeoDataFrame({"minutes": []}, geometry=[], crs=WGS84).astype({"minutes": int})


def no_density() -> gpd.GeoDataFrame:
    """Return the bands of density without a row."""
    bands = {"low": pd.Series(dtype=float), "high": pd.Series(dtype=float)}
    return gpd.GeoDataFrame(bands, geometry=[], crs=WGS84)


def draw_density(layers: Layers) -> gpd.GeoDataFrame:
    """Return the bands of the density of detections; no row where none are loaded."""
    told = with_counts(layers.detections)
    if told is None:
        return no_density()
    epsg = metric_epsg(layers.territory)
    return density_bands(told, layers.sites, metric_epsg=epsg)


def draw_catchments(
    layers: Layers,
    kinds: tuple[str, ...],
    minutes: tuple[int, ...],
    *,
    progress: Progress = silent,
) -> gpd.GeoDataFrame:
    """Return the nested catchments of the places of some kinds (none: the partners).

    They are drawn on the roads, or as circles where none are known. No row where the territory has
    no such place. Raises ``UserError`` where its road file is gone.
    """
    wanted = frozenset(catchment_kinds(kinds))
    chosen = [bool(wanted.intersection(roles)) for roles in layers.sites["roles"]]
    sites = layers.sites[pd.Series(chosen, dtype=bool) & layers.sites["in_territory"]]
    if sites.empty:
        return no_catchments()
    epsg = metric_epsg(layers.territory)
    roads = layers.road_file()
    if roads is None:
        density = density_of(sites, "site_id", layers.communes)
        return straight_line_catchments(sites, minutes, density, metric_epsg=epsg)
    progress(0.0, "Lecture des routes")
    graph = territory_roads(roads, layers.communes)
    progress(0.5, "Réseau routier")
    # The same parts as for the travel times, so that no place stands on a private loop.
    kept = keep_served_parts(graph, layers.demand, metric_epsg=epsg)
    progress(0.7, "Aires de desserte")
    return catchment(kept.network, sites, minutes)
