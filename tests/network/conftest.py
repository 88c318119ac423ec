"""Small networks written by the tests themselves, and the real one of Corsica."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from pyproj import Transformer
from shapely.geometry import shape

from coverage.network.graph import RoadGraph, highway_codes
from coverage.network.roads import read_roads

METRIC_EPSG = 2154
# a corner in metres, somewhere in Corsica, from which toy networks are measured
ORIGIN_M = 1_200_000.0, 6_120_000.0


def lonlat(x_m: Any, y_m: Any) -> tuple[Any, Any]:
    """Degrees of metres counted from the toy corner."""
    back = Transformer.from_crs(METRIC_EPSG, 4326, always_xy=True)
    return back.transform(np.asarray(x_m) + ORIGIN_M[0], np.asarray(y_m) + ORIGIN_M[1])


@pytest.fixture(scope="session")
def toy_graph() -> Callable[..., RoadGraph]:
    """Make a graph: nodes in metres from the corner, arcs (tail, head, deciseconds[, class])."""

    def make(nodes: list[tuple[float, float]], arcs: list[tuple[Any, ...]]) -> RoadGraph:
        xy = np.array(nodes, dtype=float).reshape(-1, 2)
        x, y = lonlat(xy[:, 0], xy[:, 1])
        tails = np.array([arc[0] for arc in arcs], dtype=np.int64)
        heads = np.array([arc[1] for arc in arcs], dtype=np.int64)
        classes = [arc[3] if len(arc) > 3 else "tertiary" for arc in arcs]
        length_m = np.hypot(*(xy[heads] - xy[tails]).T) if arcs else np.empty(0)
        return RoadGraph.from_arcs(
            tails,
            heads,
            np.array([arc[2] for arc in arcs], dtype=np.int32),
            length_m=length_m,
            highway=highway_codes(*classes),
            x=x,
            y=y,
        )

    return make


@pytest.fixture(scope="session")
def toy_points() -> Callable[..., gpd.GeoDataFrame]:
    """Make points in metres from the corner, with the columns of demand and of sites."""

    def make(points: list[tuple[float, float]], **columns: Any) -> gpd.GeoDataFrame:
        xy = np.array(points, dtype=float).reshape(-1, 2)
        x, y = lonlat(xy[:, 0], xy[:, 1])
        values: dict[str, Any] = {
            "demand_id": [f"d{k}" for k in range(len(xy))],
            "site_id": [f"s{k}" for k in range(len(xy))],
            "nom": "Lieu",
            "code_insee": "2A004",
            "persons": 10.0,
            "method": "roads",
        }
        return gpd.GeoDataFrame(
            {**values, **columns}, index=range(len(xy)), geometry=gpd.points_from_xy(x, y), crs=4326
        )

    return make


def urban_communes(mirror: Path) -> gpd.GeoDataFrame:
    """The Corsican communes of density level 1-3, as published."""
    levels = pd.read_csv(
        mirror / "grilles_communales" / "2026" / "densite.csv", dtype=str, encoding="utf-8-sig"
    )
    urban = (
        levels["niveau_densite"]
        .str.strip()
        .isin(["Grands centres urbains", "Centres urbains intermédiaires", "Petites villes"])
    )
    codes = set(levels.loc[urban, "insee_com"])
    polygons = []
    archive = mirror / "communes" / "2023" / "communes_par_departement_2023.tar.gz"
    with tarfile.open(archive) as tar:
        for member in tar:
            if any(name in Path(member.name).name.lower() for name in ("2a", "2b")):
                collection = json.load(tar.extractfile(member) or io.BytesIO(b"{}"))
                polygons += [
                    shape(feature["geometry"])
                    for feature in collection["features"]
                    if feature.get("id") in codes
                ]
    return gpd.GeoDataFrame(geometry=polygons, crs=4326)


@pytest.fixture(scope="session")
def corsica(mirror: Path) -> RoadGraph:
    """The car network of Corsica."""
    towns = urban_communes(mirror)
    assert len(towns) == 8
    return read_roads(mirror / "roads" / "corse-osmnx" / "drive.graphml.gz", urban=towns)
