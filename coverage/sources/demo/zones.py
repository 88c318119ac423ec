"""The priority districts (QPV) of the city and of one town."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from coverage.base.crs import WGS84
from coverage.sources.demo.land import CITY, TOWNS, Land
from coverage.sources.demo.people import Settlement
from coverage.sources.demo.plane import nearest, shapes_to_lonlat
from coverage.sources.demo.roads import Roads

VINTAGE = "fictif"
#: Name, commune, where from the bourg (bearing in degrees, metres) and radius in metres.
_DISTRICTS = (
    ("Les Tilleuls", CITY, (112, 1_000), 520),
    ("Plaine-Haute", CITY, (-75, 1_000), 470),
    ("Le Pré-Vanneau", TOWNS[0], (-40, 400), 330),
)
#: A district is this much more crowded than the streets around it.
_CROWDED = 1.15


def district_shapes(land: Land, roads: Roads, rng: np.random.Generator) -> list[shapely.Polygon]:
    """Return the districts' polygons on the sheet, the city's first, each round a street."""
    streets = np.flatnonzero(roads.street_junctions())
    shapes = []
    for _, commune, (bearing, away_m), radius_m in _DISTRICTS:
        direction = np.deg2rad(bearing)
        aim = land.centres[commune] + away_m * np.array([np.cos(direction), np.sin(direction)])
        here = roads.xy[streets[roads.commune[streets] == commune]]
        middle = here[nearest(aim[None], here)[0]]
        angle = np.linspace(0, 2 * np.pi, 16, endpoint=False)
        radius = radius_m * (1 + rng.uniform(-0.14, 0.14, angle.size))
        ring = middle + np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
        shapes.append(shapely.Polygon(ring))
    return shapes


def districts_table(
    shapes: list[shapely.Polygon], people: Settlement, roads: Roads
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Return the zones (contract ``zones``) and their persons (``zone_id, persons``)."""
    streets = roads.street_junctions()
    persons = []
    for shape, (_, commune, _, _) in zip(shapes, _DISTRICTS, strict=True):
        points = shapely.points(roads.xy[streets & (roads.commune == commune)])
        share = float(shapely.contains(shape, points).mean())
        persons.append(round(_CROWDED * share * float(people.population[commune]), -1))
    ids = [f"QP{number:06d}" for number in range(1, len(_DISTRICTS) + 1)]
    zones = gpd.GeoDataFrame(
        {
            "zone_id": pd.Series(ids, dtype=object),
            "kind": pd.Series(["qpv_2015"] * len(ids), dtype=object),
            "nom": pd.Series([name for name, *_ in _DISTRICTS], dtype=object),
            "vintage": pd.Series([VINTAGE] * len(ids), dtype=object),
        },
        geometry=shapes_to_lonlat(np.array(shapes)),
        crs=WGS84,
    )
    return zones, pd.DataFrame({"zone_id": ids, "persons": np.array(persons, dtype=np.float64)})
