"""QPV of two generations: which are used, who lives in them, what is listed."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from coverage.base.errors import RefusedFileError
from coverage.base.gdal import write_vector
from coverage.base.workspace import Workspace
from coverage.model.quarters import departement_of_qpv, generation_of
from coverage.sources.catalogue import source
from coverage.sources.quarters import Quarters, read_quarters
from coverage.sources.readers._area import Area
from coverage.sources.reading import Reading

OLD_SOURCES = ("qpv_2015_polygons", "qpv_2015_population", "qpv_indicators_2022", "qpv_2024_list")
NEW_SOURCES = ("qpv_2024_polygons", "qpv_2024_population")
#: A département of two communes, side by side.
WEST, EAST = shapely.box(1.0, 46.5, 1.5, 47.0), shapely.box(1.5, 46.5, 2.0, 47.0)
IN_WEST, OVER_BOTH = shapely.box(1.1, 46.6, 1.2, 46.7), shapely.box(1.45, 46.6, 1.55, 46.7)
#: A thousandth of it lies in the other commune.
WITH_SLIVER = shapely.box(1.4, 46.8, 1.5001, 46.9)


@pytest.fixture
def communes() -> gpd.GeoDataFrame:
    names = {
        "code_insee": ["36001", "36002"],
        "nom": ["Un", "Deux"],
        "population": pd.array([5000, 4000], dtype="Int64"),
    }
    return gpd.GeoDataFrame(names, geometry=[WEST, EAST], crs=4326)


@pytest.fixture
def area(communes: gpd.GeoDataFrame) -> Area:
    whole = shapely.union_all([WEST, EAST])
    outline = gpd.GeoDataFrame({"code": ["36"], "nom": ["Indre"]}, geometry=[whole], crs=4326)
    return Area("36", 2154, communes, outline, whole)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace with the QPV of 2015, their people and the list of 2024."""
    entries = [source(key) for key in (*OLD_SOURCES, *NEW_SOURCES)]
    monkeypatch.setattr("coverage.sources.reading.sources_of", lambda *_: entries)
    workspace = Workspace(tmp_path)
    folder = workspace.raw / "qpv/2015"
    folder.mkdir(parents=True)
    old = {"CODE_QP": ["QP036001", "QP013002"], "NOM_QP": ["Nord", "Marseille"]}
    frame = gpd.GeoDataFrame(old, geometry=[IN_WEST, IN_WEST], crs=4326)
    write_vector(frame, folder / source(OLD_SOURCES[0]).files[0].name, driver="ESRI Shapefile")
    put(workspace, "qpv_2015_population", "qp;population_municipale_2013\nQP036001;120\n")
    put(workspace, "qpv_indicators_2022", "CODGEO;POP_MUN\nQP036001;6 490\n")
    listed = {"insee_com": "36002", "code_qp": "QN03601M", "lib_qp": "De la liste"}
    put(workspace, "qpv_2024_list", features((listed, shapely.Point(1, 46))))
    return workspace


def put(workspace: Workspace, key: str, text: str) -> Path:
    """Write the one file of a source."""
    path = workspace.raw / source(key).folder / source(key).files[0].name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def features(*rows: tuple[dict[str, object], shapely.Geometry]) -> str:
    listed = [
        {"type": "Feature", "properties": row, "geometry": shapely.geometry.mapping(shape)}
        for row, shape in rows
    ]
    return json.dumps({"type": "FeatureCollection", "features": listed})


def quarter(code: str, nom: str, shape: shapely.Geometry = IN_WEST, **more: object):
    return ({"code_qp": code, "lib_qp": nom, **more}, shape)


#: As the ANCT publishes them, one of another département among them.
NEW = features(
    quarter("QN03602I", "Entre deux", OVER_BOTH),
    quarter("QN03601M", "Ouest", WITH_SLIVER),
    quarter("QN02A01M", "Ajaccio"),
)


def read(
    workspace: Workspace, area: Area, own: Path | None = None
) -> tuple[Quarters, dict[str, tuple[str, int]], Reading]:
    """Return the QPV, then what is listed of each source: status and rows."""
    reading = Reading(workspace, "36")
    found = read_quarters(reading, area, area.communes, own)
    return found, {key: (one.status, one.rows) for key, one in reading.infos.items()}, reading


def test_a_code_tells_the_generation_and_the_departement() -> None:
    kinds = {
        code: found.kind if (found := generation_of(code)) else None
        for code in ("QP02A001", "QN97404M", "QN03601I", "QP974036", "QN0360", "QN03601", "X", "")
    }
    assert list(kinds.values()) == ["qpv_2015", *["qpv_2024"] * 2, "qpv_2015", *[None] * 4]
    codes = ("QP02A001", "QN97404M", "QN03601I", "QN00103M")
    assert [departement_of_qpv(code) for code in codes] == ["2A", "974", "36", "01"]


def test_those_of_2015_serve_until_those_of_2024_are_there(workspace: Workspace, area: Area):
    found, listed, _ = read(workspace, area)
    assert found.zones[["zone_id", "kind", "vintage"]].to_numpy().tolist() == [
        ["QP036001", "qpv_2015", "2015"]
    ]
    assert found.persons["persons"].tolist() == [6490]
    assert found.names_2024 == {"36002": ["De la liste"]}
    assert listed["qpv_2015_polygons"] == ("used", 1)
    assert listed["qpv_2024_polygons"] == ("missing", 0)
    assert "qpv_2024_population" not in listed


def test_those_of_2024_replace_them_everywhere(workspace: Workspace, area: Area):
    put(workspace, "qpv_2024_polygons", NEW)
    found, listed, _ = read(workspace, area)
    assert found.zones[["zone_id", "kind", "nom", "vintage"]].to_numpy().tolist() == [
        ["QN03601M", "qpv_2024", "Ouest", "2024"],
        ["QN03602I", "qpv_2024", "Entre deux", "2024"],
    ]
    assert found.persons["persons"].isna().all()
    # The sliver of « Ouest » in the other commune isn't told.
    assert found.names_2024 == {"36001": ["Ouest", "Entre deux"], "36002": ["Entre deux"]}
    assert listed == {"qpv_2024_polygons": ("used", 2), "qpv_2024_population": ("missing", 0)}
    put(workspace, "qpv_2024_polygons", NEW).unlink()
    assert read(workspace, area)[0].zones["kind"].tolist() == ["qpv_2015"]


def test_the_people_of_2024_are_read_where_they_are(workspace: Workspace, area: Area):
    put(workspace, "qpv_2024_polygons", NEW)
    put(workspace, "qpv_2024_population", "CODGEO;POP_MUN\nQN03602I;1 234\nQN99999M;5\n")
    found, listed, _ = read(workspace, area)
    persons = found.persons.set_index("zone_id")["persons"]
    assert persons["QN03602I"] == 1234
    assert persons.isna()["QN03601M"]
    assert listed["qpv_2024_population"] == ("used", 1)


def test_a_file_that_somebody_gives_comes_before_all(
    workspace: Workspace, area: Area, tmp_path: Path
):
    put(workspace, "qpv_2024_polygons", NEW)
    own = tmp_path / "quartiers.geojson"
    own.write_text(features(quarter("QN03609M", "Le mien", IN_WEST, Population="1 500")), "utf-8")
    found, listed, reading = read(workspace, area, own)
    assert found.zones["nom"].tolist() == ["Le mien"]
    assert found.persons["persons"].tolist() == [1500]
    assert listed == {"qpv": ("used", 1)}
    assert reading.infos["qpv"].vintage == "2024"


def test_a_given_layer_in_metres_is_brought_to_degrees_and_said(
    workspace: Workspace, area: Area, tmp_path: Path
):
    own = tmp_path / "quartiers.gpkg"
    frame = gpd.GeoDataFrame(
        {"code_qp": ["QN03609M"], "lib_qp": ["Le mien"]}, geometry=[IN_WEST], crs=4326
    )
    write_vector(frame.to_crs(2154), own, driver="GPKG")
    zones = read(workspace, area, own)[0].zones
    assert zones.crs == 4326
    assert zones.geometry[0].symmetric_difference(IN_WEST).area < 1e-6


def test_titles_codes_and_numbers_in_any_dress_are_read_and_said(
    workspace: Workspace, area: Area, tmp_path: Path
):
    own = tmp_path / "quartiers.geojson"
    told = {"Code QPV": " qn03601m", "Nom du quartier": "Le mien", "Habitants": "1 234"}
    untold = {"Code QPV": "QN03602M", "Nom du quartier": "Sans nombre", "Habitants": None}
    own.write_text(features(({**told, "insee_com": "x"}, IN_WEST), (untold, OVER_BOTH)), "utf-8")
    found, _, reading = read(workspace, area, own)
    assert found.zones["zone_id"].tolist() == ["QN03601M", "QN03602M"]
    persons = found.persons.set_index("zone_id")["persons"]
    assert persons["QN03601M"] == 1234
    assert pd.isna(persons["QN03602M"])
    assert [row[2:5] for row in reading.notes.rows] == [
        ("code_qp", "titre de colonne", "repaired"),
        ("lib_qp", "titre de colonne", "repaired"),
        ("population", "titre de colonne", "repaired"),
        ("Code QPV", "code mal écrit", "repaired"),
        ("Habitants", "nombre à la française", "repaired"),
        ("quartiers.geojson", "colonne ignorée", "reported"),
    ]


QUARTER = {"code_qp": "QN03601M", "lib_qp": "A"}


@pytest.mark.parametrize(
    ("rows", "code", "told"),
    [
        (
            [({"nom": "Sans code"}, IN_WEST)],
            "MISSING_COLUMN",
            "code_qp\u202f; la couche porte « nom",
        ),
        ([({**QUARTER, "Code QP": "x"}, IN_WEST)], "DUP_COLUMN", "« code_qp » et « Code QP »"),
        (
            [quarter("QN03601M", "A"), quarter("QP036001", "B"), quarter("QN03602M", "C")],
            *("BAD_ID", "objet n°\u00a02, un quartier de 2015 parmi ceux de 2024"),
        ),
        ([quarter("QN03601M", "A"), quarter("QN03602M", " ")], "BAD_ID", "n°\u00a02, .*manque"),
        ([quarter("QN03601M", "A"), quarter("", "B")], "BAD_ID", "n°\u00a02, le code manque"),
        ([quarter("QN02A01M", "Ajaccio")], "NO_ROWS", "aucun quartier.*département 36.*2A"),
        ([quarter("QN03601M", "A", shapely.box(8, 42, 8.1, 42.1))], "BAD_ID", "n’est pas dans"),
        ([quarter("QN03601M", "A", population=-5)], "BAD_COUNT", "n°\u00a01, .*négatif"),
        ([quarter("QN03601M", "A", population=1e9)], "BAD_COUNT", "passe tout ce"),
        ([quarter("QN03601M", "A", population="3 000,5")], "BAD_COUNT", "entier"),
        ([quarter("QN03601M", "A", population="n.d.")], "BAD_NUMBER", "pas un nombre"),
        ([quarter("QN03601M", "A", population=5001)], "BAD_COUNT", "plus que sa commune"),
        # One of another département is read alike.
        (
            [quarter("QN03601M", "A", population=5), quarter("QN02A01M", "B", population=-1)],
            *("BAD_COUNT", "objet n°\u00a02"),
        ),
        ([quarter("36001", "A")], "BAD_ID", "36001"),
        ([quarter("QN03601M", "A"), quarter("qn03601m", "B")], "DUP_ID", "n°\u00a02.*n°\u00a01"),
        ([quarter("QN03601M", "A", shapely.Point(1.2, 46.6))], "MIXED_GEOMETRY", "points"),
    ],
)
def test_what_is_no_layer_of_quarters_is_refused(
    workspace: Workspace, area: Area, tmp_path: Path, rows, code: str, told: str
):
    own = tmp_path / "quartiers.geojson"
    own.write_text(features(*rows), "utf-8")
    with pytest.raises(RefusedFileError, match=told) as refused:
        read(workspace, area, own)
    assert refused.value.code == code
    assert "quartiers.geojson" in refused.value.sentence
