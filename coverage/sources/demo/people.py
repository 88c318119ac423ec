"""The people: how many live in each commune, and what the State says about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from coverage.base.crs import WGS84
from coverage.sources.demo.land import CITY, COMMUNES, TOWNS, VALLEY, Land, ruggedness
from coverage.sources.demo.names import commune_names
from coverage.sources.demo.plane import shapes_to_lonlat

_TOWN_POPULATION = (9_100, 6_400, 4_900, 3_700)
_VALLEY_POPULATION = (310, 160, 84, 38)
#: Other communes with so few people that they are a handful of scattered farms.
_TINY = 3


@dataclass(frozen=True)
class Settlement:
    """The communes as people know them, in the land's order (the city first).

    ``codes`` follow the alphabet, as INSEE's do. ``remoteness`` is 0 in the city and 1 where
    life is furthest from everything. ``bare`` are the communes without a single street.
    """

    codes: NDArray[np.str_]
    names: list[str]
    population: NDArray[np.int64]
    remoteness: NDArray[np.float64]
    suburb: NDArray[np.bool_]
    valley: NDArray[np.bool_]
    bare: tuple[int, ...]
    communes: gpd.GeoDataFrame


def settle(land: Land, rng: np.random.Generator) -> Settlement:
    """Give every commune its name, code, people and official classes."""
    valley = land.in_valley(land.centres)
    riverside = shapely.distance(land.river, shapely.points(land.centres)) < 1_900
    names = commune_names(rng, riverside, valley)
    order = np.argsort(np.array([name.casefold() for name in names]))
    codes = np.empty(COMMUNES, dtype="U5")
    codes[order] = [f"00{number:03d}" for number in range(1, COMMUNES + 1)]
    to_city, to_town = _distances(land)
    suburb = (to_city < 10_500) & (np.arange(COMMUNES) > max(TOWNS)) & ~valley
    remoteness = np.clip(
        0.55 * to_town / 18_000 + 0.3 * to_city / 40_000 + 0.3 * ruggedness(land.centres), 0, 1
    )
    population = _population(rng, remoteness, suburb, valley)
    rural = np.flatnonzero(~suburb & ~valley & (np.arange(COMMUNES) > max(TOWNS)))
    rural = rural[rural != land.islet_of]
    smallest = rural[np.argsort(population[rural], kind="stable")]
    bare = (int(smallest[0]), int(smallest[1]))
    population[smallest[:_TINY]] = rng.integers(45, 98, _TINY)
    population[land.islet_of] = rng.integers(190, 260)
    table = _table(land, rng, codes, names, population, remoteness, suburb)
    return Settlement(codes, names, population, remoteness, suburb, valley, bare, table)


def _distances(land: Land) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    between = cdist(land.centres, land.centres[: max(TOWNS) + 1])
    return between[:, CITY], between.min(axis=1)


def _population(
    rng: np.random.Generator,
    remoteness: NDArray[np.float64],
    suburb: NDArray[np.bool_],
    valley: NDArray[np.bool_],
) -> NDArray[np.int64]:
    people = np.exp(rng.normal(6.75, 0.55, COMMUNES)) * (1.25 - 0.8 * remoteness)
    people[suburb] = rng.uniform(1_300, 4_400, suburb.sum())
    people[valley] *= 0.4
    people[list(VALLEY)] = _VALLEY_POPULATION
    people[list(TOWNS)] = _TOWN_POPULATION
    people[CITY] = 45_000
    return np.maximum(people * rng.uniform(0.97, 1.03, COMMUNES), 25).astype(np.int64)


def _density_level(
    population: NDArray[np.int64], per_km2: NDArray[np.float64], suburb: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """INSEE's seven levels, roughly: there is no level 1 without a city above 50,000."""
    level = np.where(per_km2 < 7, 7, np.where(population > 1_150, 5, 6))
    level[suburb & (level < 7)] = 4
    level[list(TOWNS)] = 3
    level[CITY] = 2
    return level


def _classes(
    rng: np.random.Generator,
    level: NDArray[np.int64],
    remoteness: NDArray[np.float64],
    suburb: NDArray[np.bool_],
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """FRR and ZRR: rural France, the most remote third of it being FRR+."""
    rural = (level >= 5) | (np.arange(COMMUNES) == max(TOWNS))
    threshold = np.quantile(remoteness[rural], 0.68)
    frr = np.where(rural, np.where(remoteness >= threshold, "plus", "socle"), "non_classee")
    frr = frr.astype(object)
    nearest_first = np.argsort(remoteness, kind="stable")
    easy = nearest_first[rural[nearest_first]][:10]
    frr[easy[:6]] = "beneficiaire"
    frr[easy[6:]] = "non_classee"
    zrr = np.where(frr == "non_classee", "non_classee", "classee").astype(object)
    some = np.flatnonzero(frr == "socle")
    zrr[rng.choice(some, 3, replace=False)] = "non_classee"
    zrr[np.flatnonzero(suburb)[:1]] = "partielle"
    return frr, zrr


def _table(
    land: Land,
    rng: np.random.Generator,
    codes: NDArray[np.str_],
    names: list[str],
    population: NDArray[np.int64],
    remoteness: NDArray[np.float64],
    suburb: NDArray[np.bool_],
) -> gpd.GeoDataFrame:
    per_km2 = population / (shapely.area(land.shapes) / 1e6)
    level = _density_level(population, per_km2, suburb)
    frr, zrr = _classes(rng, level, remoteness, suburb)
    ifn = np.clip(2.6 + 4.6 * remoteness + rng.normal(0, 0.7, COMMUNES), 0, 10).round(1)
    columns: dict[str, Any] = {
        "code_insee": codes.astype(object),
        "nom": pd.Series(names, dtype=object),
        "population": pd.array(population, dtype="Int64"),
        "households": pd.array(
            (population / rng.uniform(1.95, 2.35, COMMUNES)).astype(np.int64), dtype="Int64"
        ),
        "density_level": pd.array(level, dtype="Int64"),
        "frr": frr,
        "zrr": zrr,
        "ifn": ifn,
    }
    table = gpd.GeoDataFrame(columns, geometry=shapes_to_lonlat(land.shapes), crs=WGS84)
    return table.sort_values("code_insee", ignore_index=True)
