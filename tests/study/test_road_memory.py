from __future__ import annotations

import os
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

from coverage.base.errors import RefusedFileError
from coverage.base.workspace import Workspace
from coverage.study import road_memory
from coverage.study.road_memory import territory_networks, territory_roads


@pytest.fixture
def roads(demo_workspace: Workspace) -> Path:
    return next(demo_workspace.raw.glob("demo/*/roads.graphml.gz"))


def communes(level: int) -> gpd.GeoDataFrame:
    """One commune that holds the whole of France, of a density level."""
    levels = pd.array([level], dtype="Int64")
    return gpd.GeoDataFrame({"density_level": levels}, geometry=[box(-6, 41, 10, 52)], crs=4326)


def test_the_same_question_is_answered_from_memory(roads):
    assert territory_roads(roads, communes(5)) is territory_roads(roads, communes(6))


def test_other_towns_or_another_file_are_read_again(roads, tmp_path):
    country = territory_roads(roads, communes(5))
    town = territory_roads(roads, communes(1))
    assert town.deciseconds.sum() > country.deciseconds.sum()
    copy = tmp_path / "roads.graphml.gz"
    copy.write_bytes(roads.read_bytes())
    first = territory_roads(copy, communes(5))
    os.utime(copy, ns=(1, 1))
    assert territory_roads(copy, communes(5)) is not first


def test_a_file_that_is_gone_is_said(tmp_path):
    with pytest.raises(RefusedFileError, match=r"n’existe pas.*\(NOT_FOUND\)"):
        territory_roads(tmp_path / "roads.graphml", communes(5))


def test_the_file_is_read_once_for_all_modes_and_only_for_those_asked(roads, tmp_path, monkeypatch):
    copy = tmp_path / "roads.graphml.gz"
    copy.write_bytes(roads.read_bytes())
    asked = []

    def counted(path, modes, *, urban):
        asked.append(list(modes))
        return read_modes(path, modes, urban=urban)

    read_modes = road_memory.read_modes
    monkeypatch.setattr(road_memory, "read_modes", counted)
    car = territory_roads(copy, communes(5))
    every = territory_networks(copy, communes(5))
    assert list(every) == ["drive", "walk", "bike"]
    assert every["drive"] is car
    assert [graph.mode for graph in every.values()] == ["drive", "walk", "bike"]
    assert territory_networks(copy, communes(5), ("walk",))["walk"] is every["walk"]
    assert asked == [["drive"], ["walk", "bike"]]
