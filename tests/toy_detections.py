"""The toy town with its counters: what is told of their detections, and a study that uses it.

The figures stand in ``toytown/detections``, with their calculation.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely.geometry import Point

from coverage.base.crs import WGS84
from coverage.model.detections import ProtectedDetections
from coverage.model.notes import Notes
from coverage.model.raw_detections import RawDetections
from coverage.model.results import StudyResult
from coverage.model.tables import CONTRACTS
from coverage.model.territory import SourceInfo, TerritoryTables
from tests.toy import SIDE, SOUTH, TOWN, WEST, rank01, toy_result

_SOURCE = SourceInfo(
    "detections", "Détections au guichet", "La Poste", "non publié", "2025", rows=9
)


def _read(name: str) -> pd.DataFrame:
    table = pd.read_csv(
        TOWN / "detections" / f"{name}.csv", sep=";", dtype=str, keep_default_na=False
    )
    types = CONTRACTS[f"detection_{name}"].columns
    for column in table.columns:
        values, kind = table[column], str(types[column].dtype)
        if column == "codes":
            table[column] = values.str.split()
        elif kind == "bool":
            table[column] = values == "1"
        elif kind.startswith("datetime"):
            table[column] = pd.to_datetime(values).astype("datetime64[ns]")
        elif kind in {"int64", "Int64", "float64"}:
            table[column] = pd.to_numeric(values.mask(values == "")).astype(kind)
        else:
            table[column] = values.astype(object)
    return table


@cache
def toy_detections() -> ProtectedDetections:
    """Return the protected detections of the toy town, at their second release."""
    communes = _read("communes")
    shapes = toy_result().communes.set_index("code_insee").geometry
    ground = gpd.GeoDataFrame(communes, geometry=shapes.loc[communes["code_insee"]].to_numpy())
    blocks = _read("blocks")
    outlines = ground.dissolve("block_id").geometry.loc[blocks["block_id"]].to_numpy()
    return ProtectedDetections(
        threshold=11,
        release=2,
        blocks=gpd.GeoDataFrame(blocks, geometry=outlines, crs=WGS84),
        communes=communes,
        zones=_read("zones"),
        trend=_read("trend"),
        funnel=_read("funnel"),
        prior=(6.0, 4.0),
    )


def toy_density() -> gpd.GeoDataFrame:
    """Return three bands of density round Albarella, the widest one beyond the border."""
    centre = Point(WEST + SIDE / 2, SOUTH + SIDE / 2)
    wide, middle, inner = (centre.buffer(radius * SIDE) for radius in (1.6, 0.9, 0.4))
    return gpd.GeoDataFrame(
        {"low": [0.0, 0.2, 0.4], "high": [0.2, 0.4, 0.6]},
        geometry=[wide.difference(middle), middle.difference(inner), inner],
        crs=WGS84,
    )


def sounded_result(**changes: Any) -> StudyResult:
    """Return the toy town's study with its detections as the third factor of the index.

    Isulella and Piana Vechja take the median of the others; the quarter is alone, so all its
    parts are 1.
    """
    neutral = {"communes": [], "qpv": ["need", "access", "detections"]}
    facts = {"density_bandwidth_m": 10_000.0, "neutral": neutral, **changes.pop("facts", {})}
    toy = toy_result(**changes, facts=facts)
    detections = changes.get("detections", toy_detections())
    communes, qpv = toy.communes, toy.qpv
    rates = detections.rate_by_commune().reindex(communes["code_insee"]).to_numpy()
    communes["detection_rate"] = rates
    communes["detection_part"] = rank01(pd.Series(rates).fillna(pd.Series(rates).median()))
    parts = ["need_part", "access_part", "detection_part"]
    communes["score"] = communes[parts].prod(axis=1) ** (2 / 3)
    communes["rank"] = communes["score"].rank(method="min", ascending=False).astype("Int64")
    qpv["detection_part"] = 1.0
    known = {
        "communes": communes,
        "qpv": qpv,
        "sources": (*toy.sources[:-1], _SOURCE),
        "detections": detections,
        "density": toy_density(),
    }
    return replace(toy, **{**known, **changes})


def read_tables(toy: StudyResult, raw: RawDetections | None, **changes: Any) -> TerritoryTables:
    """Return the toy town as its sources would be read, with counts; ``changes`` replace fields."""
    nothing = gpd.GeoDataFrame(geometry=[], crs=WGS84)
    tables: dict[str, Any] = {
        "territory": "2A",
        "nom": toy.nom,
        "communes": toy.communes,
        "profiles": toy.profiles,
        "zones": toy.zones,
        "sites": toy.sites,
        "matches": toy.matches,
        "squares": None,
        "qpv_persons": pd.DataFrame({"zone_id": [], "persons": []}),
        "outline": toy.outline,
        "neighbours": nothing,
        "around": nothing,
        "roads": None,
        "detections": raw,
        "notes": Notes(),
        "sources": (),
    }
    return TerritoryTables(**{**tables, **changes})
