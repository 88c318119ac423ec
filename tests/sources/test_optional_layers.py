"""Layers that a territory may have or not: QPV of 2024, squares of the country, IFN."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
from shapely import box

from coverage.base.gdal import write_vector
from coverage.base.workspace import Workspace
from coverage.sources.catalogue import needed_for, source
from coverage.sources.territory import read_territory

#: A square of the middle of Châteauroux.
SQUARE = {
    **{"idcar_200m": "CRS3035RES200mN2659800E3673800", "ind": 42.0},
    **{"lcog_geo": "36044", "i_est_200": 0},
}


@pytest.fixture
def workspace(mirror: Path, tmp_path: Path) -> Workspace:
    """The mirror's raw files without the IFN, and INSEE's squares as ``fetch`` would put them."""
    workspace = Workspace(tmp_path)
    workspace.raw.mkdir(parents=True)
    for folder in mirror.iterdir():
        if folder.is_dir() and folder.name not in ("ifn", "filosofi_carreaux_200m"):
            (workspace.raw / folder.name).symlink_to(folder)
    entry = source("squares_2019")
    folder = workspace.raw / entry.folder
    folder.mkdir(parents=True)
    for file in entry.files:
        # Only the mainland's grid has this square.
        told = SQUARE if "_met" in file.name else {**SQUARE, "lcog_geo": "97201"}
        frame = gpd.GeoDataFrame([told], geometry=[box(1.68, 46.8, 1.69, 46.81)], crs=4326)
        write_vector(frame, folder / file.name, driver="GPKG")
    return workspace


def test_a_territory_with_what_was_asked_for_and_without_what_is_lacking(
    workspace: Workspace, tmp_path: Path
) -> None:
    own = tmp_path / "quartiers.gpkg"
    quarter = {"code_qp": ["QN03601M"], "lib_qp": ["Saint-Jean"]}
    shapes = gpd.GeoDataFrame(quarter, geometry=[box(1.68, 46.8, 1.69, 46.81)], crs=4326)
    write_vector(shapes, own, driver="GPKG")
    tables = read_territory(workspace, "36", qpv=own)
    infos = {info.source_id: info for info in tables.sources}

    assert "squares_2019" not in {entry.id for entry in needed_for("36")}
    assert (infos["squares_2019"].status, infos["squares_2019"].rows) == ("used", 1)
    assert not infos.keys() & {"squares", "squares_albi_2019"}
    assert tables.squares is not None
    assert tables.squares["persons"].tolist() == [42]

    assert tables.zones["kind"].tolist() == ["qpv_2024"]
    assert tables.qpv_persons["persons"].isna().all()
    assert tables.facts["qpv_2024"] == {"36044": ["Saint-Jean"]}
    assert (infos["qpv"].status, infos["qpv"].vintage) == ("used", "2024")
    assert not [key for key in infos if "2015" in key]

    assert infos["ifn_2023"].status == "missing"
    assert infos["ifn_2023"].remedy
    assert tables.communes["ifn"].isna().all()
