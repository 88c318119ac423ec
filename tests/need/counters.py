"""Invented territories of square communes, with counts at their counters; every seed another."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import box

from coverage.base.crs import WGS84
from coverage.model.raw_detections import RawDetections
from coverage.model.tables import empty

MONTHS = pd.date_range("2023-01-01", periods=24, freq="MS")
WEST, SOUTH, STEP = 8.6, 41.4, 0.05


@dataclass(frozen=True, eq=False)
class Counters:
    """A territory: its communes, its counters, and what was counted in 24 months."""

    communes: gpd.GeoDataFrame
    zonings: pd.DataFrame
    bureaux: gpd.GeoDataFrame
    counts: pd.DataFrame

    def until(self, months: int) -> RawDetections:
        """Return what its owner knows after some months."""
        told = self.counts[self.counts["debut"] < MONTHS[0] + pd.DateOffset(months=months)]
        return RawDetections(told.reset_index(drop=True), self.bureaux, empty("activity"))


def invented(seed: int, *, side: int = 8, orientations: bool = True) -> Counters:
    """Return a territory of about ``side`` x ``side`` communes, some of them islands."""
    rng = np.random.default_rng(seed)
    land = np.argwhere(rng.random((side, side)) > 0.1)
    codes = [f"2A{k + 1:03d}" for k in range(len(land))]
    squares = [
        box(WEST + x * STEP, SOUTH + y * STEP, WEST + (x + 1) * STEP, SOUTH + (y + 1) * STEP)
        for x, y in land
    ]
    communes = gpd.GeoDataFrame(
        {
            "code_insee": codes,
            "nom": [f"Commune {code}" for code in codes],
            "population": rng.lognormal(6.0, 1.0, len(codes)).astype(int) + 20,
        },
        geometry=squares,
        crs=WGS84,
    )
    return Counters(communes, _zonings(land, codes, rng), *_counted(communes, rng, orientations))


def _zonings(land: np.ndarray, codes: list[str], rng: np.random.Generator) -> pd.DataFrame:
    half = land.max() / 2
    epci = [f"{int(x > half)}{int(y > half)}" for x, y in land]
    frr = rng.choice(["socle", "plus", "non_classee"], len(codes))
    density = rng.integers(4, 8, len(codes)).astype(str)
    tables = [("departement", ["2A"] * len(codes)), ("epci", epci), ("frr", frr)]
    tables.append(("densite", density))
    return pd.concat(
        pd.DataFrame({"zoning": zoning, "zone_id": ids, "nom": ids, "code_insee": codes})
        for zoning, ids in tables
    )


def _counted(
    communes: gpd.GeoDataFrame, rng: np.random.Generator, orientations: bool
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    places, rows = [], []
    for commune in communes.itertuples():
        for number in range(rng.choice([0, 1, 2], p=[0.35, 0.58, 0.07])):
            id_bureau = f"{commune.code_insee}-{number}"
            places.append((id_bureau, commune.nom, commune.code_insee, commune.geometry.centroid))
            if rng.random() > 0.1:
                rows.append(_months(id_bureau, rng, orientations))
    bureaux = gpd.GeoDataFrame(
        places, columns=["id_bureau", "nom", "code_insee", "geometry"], crs=WGS84
    )
    return bureaux, pd.concat(rows, ignore_index=True)


def _months(id_bureau: str, rng: np.random.Generator, orientations: bool) -> pd.DataFrame:
    """Count the months of a counter: most count little, a few count much."""
    days = rng.integers(0, 5, len(MONTHS))
    days[: int(rng.choice([0, 0, 0, 5, 11]))] = 0  # some come late
    tests = rng.poisson(rng.gamma(0.7, 1.2) * days)
    detections = rng.binomial(tests, rng.uniform(0.2, 0.6))
    oriented = rng.binomial(detections, 0.5)
    table = pd.DataFrame(
        {
            "id_bureau": id_bureau,
            "debut": MONTHS,
            "fin": MONTHS + pd.offsets.MonthEnd(1),
            "jours_presence": days,
            "tests": tests,
            "detections": detections,
            "orientations": oriented if orientations else None,
        }
    )
    counted = ["jours_presence", "tests", "detections", "orientations"]
    return table.astype(dict.fromkeys(counted, "Int64"))
