"""A few counters, and what reads lines or bytes as counts of theirs."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point

from coverage.model.notes import Notes
from coverage.model.tables import CONTRACTS, check
from tests.sources.detections.tables import table


@pytest.fixture(scope="session")
def sites() -> gpd.GeoDataFrame:
    """The contract table ``sites`` of ``counters.csv``."""
    told = table("counters.csv")
    frame = gpd.GeoDataFrame(
        {
            "site_id": told["site_id"],
            "nom": told["nom"],
            "kind": told["kind"],
            "roles": [[kind] for kind in told["kind"]],
            "told_by": [["test"] for _ in told.index],
            "network": None,
            "staff": [[] for _ in told.index],
            "tags": [[] for _ in told.index],
            "address": None,
            "code_insee": told["code_insee"],
            "in_territory": told["in_territory"] == "1",
            "persons_month": float("nan"),
            "opening": None,
            "source": "test",
            "vintage": "",
        },
        geometry=[Point(1.7 + number / 10, 46.8) for number in told.index],
        crs=4326,
    )
    for column in ("network", "address", "opening"):
        frame[column] = frame[column].astype(object)
    return check("sites", frame[list(CONTRACTS["sites"].columns)])


@pytest.fixture(scope="session")
def matches() -> pd.DataFrame:
    """The contract table ``matches`` of ``joined.csv``."""
    told = table("joined.csv").assign(
        distance_m=10.0, name_share=0.5, address_share=float("nan"), confidence=0.95
    )
    return check("matches", told[list(CONTRACTS["matches"].columns)])


@pytest.fixture(scope="session")
def communes() -> pd.DataFrame:
    """How the communes of ``counters.csv`` are named (columns of the contract ``communes``)."""
    return table("communes.csv")


@pytest.fixture
def notes() -> Notes:
    return Notes()
