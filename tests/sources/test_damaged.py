"""Every reader of the catalogue, given a damaged file: one French sentence that names the file."""

from __future__ import annotations

import gzip
import importlib
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from coverage.base.errors import SourceError
from coverage.base.gdal import write_vector
from coverage.model.notes import Notes
from coverage.sources.catalogue import CATALOGUE, source
from coverage.sources.geography import read_area
from coverage.sources.readers._area import Area
from coverage.sources.readers._origin import Origin

PAGE = b"<!DOCTYPE html>\n<html><head><title>404, Not Found</title></head><body>Non</body></html>\n"
_SQUARE = box(1.0, 46.5, 1.4, 46.7)
_RING = [[list(point) for point in _SQUARE.exterior.coords]]
_SHAPE = {"type": "Polygon", "coordinates": _RING}


def features(*properties: dict[str, object]) -> bytes:
    rows = [{"type": "Feature", "properties": row, "geometry": _SHAPE} for row in properties]
    return json.dumps({"type": "FeatureCollection", "features": rows}).encode()


def records(count: int, **values: object) -> bytes:
    return json.dumps([values] * count).encode()


def table(*lines: str) -> bytes:
    return "\n".join([*lines, ""]).encode()


def archive(document: bytes) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as files:
        member = tarfile.TarInfo("communes-36-indre.geojson")
        member.size = len(document)
        files.addfile(member, io.BytesIO(document))
    return content.getvalue()


_COMMUNES = features(
    *({"code": f"36{number:03d}", "nom": f"Commune {number}"} for number in range(1, 40))
)
_SQUARE_200M = {
    **{"idcar_200m": "CRS3035RES200mN2645200E3679800", "ind": 1},
    **{"lcog_geo": "36001", "i_est_200": 0},
}
_SQUARES = features(_SQUARE_200M)
_HOURS = "h_lundi,h_mardi,h_mercredi,h_jeudi,h_vendredi,h_samedi"

#: What each source publishes, in little; two layers are written by ``files_of``.
GOOD: dict[str, bytes] = {
    "communes_2023": archive(_COMMUNES),
    "communes_etalab_2023": gzip.compress(_COMMUNES),
    "departements_2026": features({"insee_dep": "36", "lib_dep": "Indre"}),
    "population_2024": table(
        "insee_com,insee_dep,commune_article,code_postal,commune_type,insee_parente,"
        "population_2021,menages_2021",
        "36001,36,Un,36100,COM,,10,5",
        "36002,36,Deux,36100,COM,,20,9",
    ),
    "density_2026": table(
        "insee_com,niveau_densite", "36001,Petites villes", "36002,Bourgs ruraux"
    ),
    "laposte_2025": table(
        "identifiant_a,libelle_du_site,caracteristique_du_site,adresse,complement_d_adresse,lieu_dit,"
        "code_insee,pays,latitude,longitude",
        "01A,UN BP,Bureau de Poste,1 RUE A,,,36001,FRANCE,46.6,1.1",
        "02A,DEUX BP,Bureau de Poste,2 RUE B,,,36002,FRANCE,46.6,1.3",
    ),
    "france_services_2024": table(
        "id_fs,lib_fs,adresse,complement_adresse,insee_com,latitude,longitude,type_fs,format_fs,"
        f"{_HOURS}",
        "1,Un,1 rue A,,36001,46.6,1.101,Principal,Fixe,09:00 - 12:00,,,,,",
        "2,Deux,2 rue B,,36001,46.6,1.102,Principal,Fixe,09:00 - 12:00,,,,,",
    ),
    "etapes_numeriques_2024": records(
        2,
        **{"ID": 1, "Nom": "A", "Commune": "Un", "Code INSEE": 36001, "Adresse": "1 rue A"},
        latitude=46.6,
        longitude=1.1,
    ),
    "conseillers_numeriques_2021": records(
        1,
        **{"id": 1, "raison_sociale": "A", "nb_cnfs": 1, "insee_com": "36001"},
        **{"adresse": "1 RUE A", "france_services": "non"},
        **{"commune_insee": "Un", "code_département": "36", "latitude": 46.6, "longitude": 1.1},
    ),
    "mediation_ara_2022": table(
        "id,nom,services,adresse,code_postal,horaires,latitude,longitude",
        "1,A,Ateliers,1 rue A,36100,Mo 09:00-12:00,46.6,1.1",
        "2,B,Ateliers,2 rue B,36100,Mo 09:00-12:00,46.6,1.1",
    ),
    "mediation_cvl_2023": table(
        "gid,c_nom,c_adresse,c_postcode,c_materiel_info,c_formation,c_horaire_ouverture,c_lat_coor1,"
        "c_long_coor1,c_categories_espace",
        "1,A,1 rue A,36100,oui,non,9h à 12h,46.6,1.1,{EPN}",
        "2,B,2 rue B,36100,oui,non,9h à 12h,46.6,1.1,{EPN}",
    ),
    "mediation_47_2020": table(
        "nom,adresse_numero,adresse_rue,adresse_code_insee,latitude,longitude,"
        "horaires_ouverture_brut,horaires_ouverture_osm,tarifs,services,labels",
        "A,1,rue A,36001,46.6,1.1,lundi,Mo 09:00-12:00,gratuit,,",
        "B,2,rue B,36001,46.6,1.1,lundi,Mo 09:00-12:00,gratuit,,",
    ),
    "annuaire_2016": table(
        "id,type,nom,code_insee,adresse,latitude,longitude",
        "m1,mairie,Mairie de Un,36001,1 rue A,46.6,1.1",
        "m2,mairie,Mairie de Deux,36002,2 rue B,46.6,1.3",
    ),
    "frr_2025": table(
        "Code_insee;Departement;Commune;Classement FRR et FRR+ au 10 juillet 2025;",
        "36001;36;Un;FRR+;",
        "36002;36;Deux;FRR+;",
    ),
    "zrr_2021": table(
        *["a,b,c,d"] * 5, "CODGEO,LIBGEO,ZRR_SIMP,ZONAGE_ZRR", "36001,Un,P - Partie,x"
    ),
    "ifn_2023": table(
        "code,no_thd_coverage_rate,no_4g_coverage_rate,poverty_rate,older_65_rate,"
        "nscol15p_rate,total",
        "36001,2,2,2,2,2,2",
        "36002,6,6,6,6,6,6",
    ),
    "qpv_2015_population": table("qp;population_municipale_2013;x", "QP036001;120;", "QP036002;3;"),
    "qpv_indicators_2022": table("CODGEO;POP_MUN;;;", "QP036001;6\u202f490;;;", "QP036002;6;;;"),
    "qpv_2024_population": table("CODGEO;POP_MUN", "QN03601M;6\u202f490", "QN03602M;6"),
    "qpv_2024_list": features({"insee_com": "36001", "code_qp": "QN1", "lib_qp": "A"}),
    "qpv_2024_polygons": gpd.GeoDataFrame(
        {"code_qp": ["QN03601M", "QN03602I"], "lib_qp": ["Nord", "Sud"]},
        geometry=[_SQUARE] * 2,
        crs=4326,
    )
    .to_json()
    .encode(),
    "squares_albi_2019": _SQUARES,
}
READ = [entry for entry in CATALOGUE if entry.reader]


@pytest.fixture
def area() -> Area:
    communes = gpd.GeoDataFrame(
        {"code_insee": ["36001", "36002"], "nom": ["Un", "Deux"]},
        geometry=[box(1.0, 46.5, 1.2, 46.7), box(1.2, 46.5, 1.4, 46.7)],
        crs=4326,
    )
    outlines = gpd.GeoDataFrame({"code": ["36"], "nom": ["Indre"]}, geometry=[_SQUARE], crs=4326)
    return Area("36", 2154, communes, outlines, _SQUARE)


def files_of(folder: Path, source_id: str) -> list[Path]:
    """Write a source's files under their names; the first is the one that its reader is given."""
    entry = source(source_id)
    path = folder / entry.files[0].name
    if source_id == "squares_2019":
        squares = gpd.GeoDataFrame([_SQUARE_200M], geometry=[_SQUARE], crs=4326)
        write_vector(squares, path, driver="GPKG")
        return [path]
    if source_id != "qpv_2015_polygons":
        path.write_bytes(GOOD[source_id])
        return [path]
    zones = {"CODE_QP": [f"QP0360{n:02d}" for n in range(20)], "NOM_QP": ["Nord"] * 20}
    frame = gpd.GeoDataFrame(zones, geometry=[_SQUARE] * 20, crs=4326)
    write_vector(frame, path, driver="ESRI Shapefile")
    return [folder / file.name for file in entry.files]


def read(source_id: str, path: Path, area: Area) -> Any:
    """Call a reader with what else it needs."""
    origin = Origin(source(source_id), Notes())
    others: dict[str, Any] = {
        "departements": ["36"],
        "territory": "36",
        "arrondissements": pd.DataFrame({"code_insee": ["75101"], "population": [9.0]}),
        "postcodes": pd.DataFrame({"code_postal": ["36100"], "code_insee": ["36001"]}),
        "contacts": pd.DataFrame(
            {"nom": ["Z"], "code_insee": ["36001"], "lon": [1.1], "lat": [46.6]}
        ),
        "area": area,
        "outline": _SQUARE,
        "origin": origin,
    }
    module, function = source(source_id).reader.split(":")
    reader: Callable[..., Any] = getattr(
        importlib.import_module(f"coverage.sources.readers.{module}"), function
    )
    wanted = reader.__annotations__.keys() & others.keys()
    return reader(path, **{name: others[name] for name in wanted})


def cut(content: bytes) -> bytes:
    """Return the first half of a file; of a table, what is before the last line's first comma."""
    if not content[:1].isalpha() or content.startswith(b"SQLite"):
        return content[: len(content) // 2]
    before, _, last = content.rstrip(b"\n").rpartition(b"\n")
    return before + b"\n" + last[:2]


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "page": lambda _: PAGE,
    "half": cut,
}


@pytest.mark.parametrize("entry", READ, ids=lambda entry: entry.id)
def test_the_whole_file_is_read(tmp_path: Path, area: Area, entry: Any) -> None:
    paths = files_of(tmp_path, entry.id)
    assert read(entry.id, paths[0], area) is not None or entry.id.startswith("squares")


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("entry", READ, ids=lambda entry: entry.id)
def test_a_damaged_file_is_one_sentence_that_names_it(
    tmp_path: Path, area: Area, entry: Any, damage: str
) -> None:
    path = files_of(tmp_path, entry.id)[0]
    path.write_bytes(DAMAGE[damage](path.read_bytes()))
    with pytest.raises(SourceError) as told:
        read(entry.id, path, area)
    assert path.name in str(told.value)
    assert getattr(told.value, "sentence", str(told.value)).endswith(".")


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("suffix", [".shx", ".dbf"])
def test_a_damaged_part_of_the_shapefile_is_told(
    tmp_path: Path, area: Area, suffix: str, damage: str
) -> None:
    paths = files_of(tmp_path, "qpv_2015_polygons")
    part = next(path for path in paths if path.suffix == suffix)
    part.write_bytes(DAMAGE[damage](part.read_bytes()))
    with pytest.raises(SourceError, match=paths[0].name):
        read("qpv_2015_polygons", paths[0], area)


JSON_SOURCES = [
    "departements_2026",
    "etapes_numeriques_2024",
    "conseillers_numeriques_2021",
    "qpv_2024_list",
]


@pytest.mark.parametrize(
    "content",
    [
        b"{}",
        b"[]",
        b"null",
        b"[1, 2]",
        b'{"features": []}',
        b'{"features": {}}',
        b'{"features": [1]}',
        b'{"features": [{"properties": null}]}',
        b'{"features": [{"properties": {}}]}',
        b'[{"properties": {}}]',
        b"[" * 100_000,
    ],
    ids=lambda content: content[:30].decode(),
)
@pytest.mark.parametrize("source_id", JSON_SOURCES)
def test_json_of_another_shape_is_refused(
    tmp_path: Path, area: Area, source_id: str, content: bytes
) -> None:
    path = files_of(tmp_path, source_id)[0]
    path.write_bytes(content)
    with pytest.raises(SourceError, match=path.name):
        read(source_id, path, area)


@pytest.mark.parametrize(
    "shape",
    [
        None,
        {},
        {"type": "Polygon", "coordinates": []},
        {"type": "MultiPolygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]},
        {"type": "Point", "coordinates": [0, 0]},
        {"type": "Polygon", "coordinates": "x"},
    ],
    ids=str,
)
def test_a_commune_without_a_readable_shape_is_refused(
    tmp_path: Path, area: Area, shape: object
) -> None:
    feature = {"properties": {"code": "36001", "nom": "Un"}, "geometry": shape}
    path = tmp_path / source("communes_2023").files[0].name
    path.write_bytes(archive(json.dumps({"features": [feature]}).encode()))
    with pytest.raises(SourceError, match=f"{path.name} : une commune sans contour"):
        read("communes_2023", path, area)


@pytest.mark.parametrize("shape", [None, {"type": "Polygon", "coordinates": []}, {"type": "Rond"}])
def test_a_departement_without_a_readable_shape_is_refused(
    tmp_path: Path, area: Area, shape: object
) -> None:
    feature = {"properties": {"insee_dep": "36", "lib_dep": "Indre"}, "geometry": shape}
    path = tmp_path / "d.geojson"
    path.write_text(json.dumps({"features": [feature]}), "utf-8")
    with pytest.raises(SourceError, match=r"d\.geojson : un département"):
        read("departements_2026", path, area)


def test_a_territory_that_the_departements_lack_is_told(tmp_path: Path) -> None:
    path = files_of(tmp_path, "departements_2026")[0]
    communes = files_of(tmp_path, "communes_2023")[0]
    with pytest.raises(SourceError, match="le département 2A y manque"):
        read_area(communes, path, "2A", Origin(source("communes_2023"), Notes()))
