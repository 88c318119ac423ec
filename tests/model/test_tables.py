"""A wrong table is refused at the gate with the column, the row and the reason."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point

from coverage.base.errors import TableError
from coverage.model.tables import CONTRACTS, check, empty


def communes(**changes: object) -> gpd.GeoDataFrame:
    table = gpd.GeoDataFrame(
        {
            "code_insee": ["2A004", "01004", "97411"],
            "nom": ["Ajaccio", "Ambérieu-en-Bugey", "Saint-Denis"],
            "population": pd.array([73822, 14854, None], dtype="Int64"),
            "households": pd.array([31353, 6932, None], dtype="Int64"),
            "density_level": pd.array([2, 2, None], dtype="Int64"),
            "frr": ["non_classee", None, "socle"],
            "zrr": ["non_classee", None, "classee"],
            "ifn": [4.5, None, 10.0],
        },
        geometry=[Point(8.7, 41.9), Point(5.3, 45.9), Point(55.4, -20.9)],
        crs=4326,
    )
    return table.assign(**changes)


def test_a_right_table_passes_and_survives_parquet(tmp_path):
    check("communes", communes()).to_parquet(tmp_path / "t.parquet")
    back = check("communes", gpd.read_parquet(tmp_path / "t.parquet"))
    assert back["code_insee"].tolist() == ["2A004", "01004", "97411"]


@pytest.mark.parametrize(
    ("changes", "column", "row", "reason"),
    [
        ({"code_insee": ["2A004", 1004, "97411"]}, "code_insee", "1", "cinq caractères"),
        ({"code_insee": ["2A004", "1004", "97411"]}, "code_insee", "1", "cinq caractères"),
        ({"code_insee": ["2A004", "2A004", "97411"]}, "code_insee", "0", "en double"),
        ({"nom": ["a", None, "c"]}, "nom", "1", "manque"),
        ({"nom": ["a", "b", ""]}, "nom", "2", "vide"),
        ({"population": pd.array([1, 2, -3], dtype="Int64")}, "population", "2", "positif"),
        ({"population": ["1", "2", "3"]}, "population", "—", "Int64"),
        ({"density_level": pd.array([0, 1, 2], dtype="Int64")}, "density_level", "0", "1 et 7"),
        ({"frr": ["socle", "peut-être", None]}, "frr", "1", "l'un de"),
        ({"ifn": [1.0, 2.0, 11.0]}, "ifn", "2", "0 et 10"),
        ({"surprise": 1}, "surprise", "—", "pas prévue"),
        ({"geometry": [Point(0, 0), None, Point(1, 1)]}, "geometry", "1", "manque"),
        ({"geometry": [Point(0, 0), Point(), Point(1, 1)]}, "geometry", "1", "géométrie absente"),
    ],
)
def test_a_wrong_table_is_refused_with_column_row_and_reason(changes, column, row, reason):
    with pytest.raises(TableError) as refused:
        check("communes", communes(**changes))
    assert (refused.value.table, refused.value.column) == ("communes", column)
    assert refused.value.row == row
    assert reason in refused.value.reason


def test_a_missing_column_is_named():
    with pytest.raises(TableError, match=r"« ifn ».*manque"):
        check("communes", communes().drop(columns="ifn"))


def test_the_projection_is_part_of_the_contract():
    with pytest.raises(TableError, match="EPSG:4326 attendue"):
        check("communes", communes().to_crs(2154))


def test_roles_are_known_words():
    sites = gpd.GeoDataFrame(
        {
            "site_id": ["a:1"],
            "nom": ["x"],
            "kind": ["bureau_poste"],
            "roles": [["bureau_poste", "kiosque"]],
            "told_by": [["s", "s"]],
            "network": [None],
            "staff": [[]],
            "tags": [["aptic"]],
            "address": [None],
            "code_insee": ["2A004"],
            "in_territory": [True],
            "persons_month": pd.Series([None], dtype=float),
            "opening": [None],
            "source": ["s"],
            "vintage": ["v"],
        },
        geometry=[Point(8, 42)],
        crs=4326,
    )
    with pytest.raises(TableError, match="« roles », ligne 0"):
        check("sites", sites)
    check("sites", sites.assign(roles=[["bureau_poste", "france_services"]]))


def test_the_contracts_are_the_design_s():
    names = (
        "communes zones demand sites detections costs costs_walk costs_bike distances links "
        "outside costs_outside profiles matches quality activity detections_released "
        "detection_blocks detection_communes detection_zones detection_trend detection_funnel"
    )
    assert set(CONTRACTS) == set(names.split())


@pytest.mark.parametrize(
    "table", [name for name, kept in CONTRACTS.items() if "geometry" not in kept.columns]
)
def test_an_empty_table_keeps_its_contract(table, tmp_path):
    empty(table).to_parquet(tmp_path / "empty.parquet", index=False)
    assert check(table, pd.read_parquet(tmp_path / "empty.parquet")).empty
    assert list(empty(table)) == list(CONTRACTS[table].columns)
