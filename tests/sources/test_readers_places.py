"""The readers of places, on a small square territory with a neighbour."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from coverage.base.errors import SourceError
from coverage.model.notes import Notes
from coverage.sources.catalogue import source
from coverage.sources.readers._area import Area
from coverage.sources.readers._origin import Origin
from coverage.sources.readers.annuaire import read_annuaire
from coverage.sources.readers.conseillers import read_conseillers
from coverage.sources.readers.etapes import read_etapes
from coverage.sources.readers.france_services import read_france_services
from coverage.sources.readers.laposte import contact_points_of, read_contact_points
from coverage.sources.readers.mediation import (
    read_ara,
    read_centre_val_de_loire,
    read_lot_et_garonne,
)
from coverage.sources.readers.squares import read_squares


@pytest.fixture
def area() -> Area:
    """Territory 36 is two communes side by side; 18 is one, to the east."""
    communes = gpd.GeoDataFrame(
        {"code_insee": ["36001", "36002", "18001"], "nom": ["Un", "Deux", "Trois"]},
        geometry=[box(1.0, 46.5, 1.2, 46.7), box(1.2, 46.5, 1.4, 46.7), box(1.4, 46.5, 1.6, 46.7)],
        crs=4326,
    )
    departements = gpd.GeoDataFrame(
        {"code": ["36", "18"], "nom": ["Indre", "Cher"]},
        geometry=[box(1.0, 46.5, 1.4, 46.7), box(1.4, 46.5, 1.6, 46.7)],
        crs=4326,
    )
    return Area("36", 2154, communes, departements, departements.geometry.iloc[0])


def origin_of(source_id: str) -> Origin:
    return Origin(source(source_id), Notes())


def issues(origin: Origin) -> list[tuple[str, str, str]]:
    table = origin.notes.table()
    return list(table[["item", "issue", "action"]].itertuples(index=False, name=None))


def contacts_file(path: Path, *rows: str) -> Path:
    """Points without an address, each as ``id,name,type,code,country,latitude,longitude``."""
    header = (
        "identifiant_a,libelle_du_site,caracteristique_du_site,code_insee,pays,latitude,longitude,"
        "adresse,complement_d_adresse,lieu_dit"
    )
    rows = tuple(f"{row},,," for row in rows)
    path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return path


def test_la_poste_repairs_and_quarantine(tmp_path: Path, area: Area) -> None:
    path = contacts_file(
        tmp_path / "p.csv",
        "01A,UN BP,Bureau de Poste,36001,FRANCE,46.6,1.1",
        "02A,ECHANGE AP,Agence postale communale,36002,FRANCE,1.3,46.6",
        "03A,PERIME RP,Relais poste,36999,FRANCE,46.6,1.3",
        "04A,INCERTAIN,Agence postale ou Relais poste,36001,FRANCE,46.6,1.11",
        "05A,AILLEURS,Bureau de Poste,36001,FRANCE,48.0,1.1",
        "06A,VOISIN,Bureau de Poste,18001,FRANCE,46.6,1.5",
        "07A,LOIN,Bureau de Poste,13055,FRANCE,43.3,5.4",
        "08A,A COTE,Bureau de Poste,36001,FRANCE,46.6,1.23",
    )
    origin = origin_of("laposte_2025")
    points = contact_points_of(read_contact_points(path), area, origin).set_index("site_id")
    assert list(points.index) == [f"laposte:0{n}A" for n in (1, 2, 3, 4, 6, 8)]
    assert points.loc["laposte:02A", ["lon", "lat"]].tolist() == [1.3, 46.6]
    assert points.loc["laposte:03A", ["kind", "code_insee"]].tolist() == ["relais_poste", "36002"]
    assert points.loc["laposte:04A", "kind"] == "agence_postale"
    assert sorted(issues(origin)) == [
        ("laposte:02A", "latitude et longitude échangées", "repaired"),
        ("laposte:03A", "code de commune périmé", "repaired"),
        ("laposte:04A", "type de point incertain", "reported"),
        ("laposte:05A", "point hors de son département", "quarantined"),
        ("laposte:08A", "point hors de sa commune", "reported"),
    ]
    assert "2,3\u00a0km" in origin.notes.rows[-2][5]


def test_an_unknown_type_of_point_is_refused(tmp_path: Path) -> None:
    path = contacts_file(tmp_path / "p.csv", "1A,X,Guichet,36001,FRANCE,46.6,1.1")
    with pytest.raises(SourceError, match="Guichet"):
        read_contact_points(path)


def services_file(path: Path) -> Path:
    columns = "id_fs,lib_fs,insee_com,latitude,longitude,type_fs,format_fs"
    columns += ",adresse,complement_adresse"
    hours = "h_lundi,h_mardi,h_mercredi,h_jeudi,h_vendredi,h_samedi"
    rows = [
        "1,France services La Poste de Un,36001,46.6,1.101,Principal,Fixe,2 Rue A,La Poste,"
        "09:00 - 12:00,,,,,",
        "2,Bus,36002,46.55,1.3,Antenne,Bus_équivalent,,,sur rendez-vous,,,,,",
        "3,Jumelle,36002,46.55,1.3,Principal,Multisites,,,,,,,,",
    ]
    path.write_text("\n".join([f"{columns},{hours}", *rows]) + "\n", "utf-8")
    return path


def test_france_services_hours_tags_and_shared_coordinates(tmp_path: Path, area: Area) -> None:
    origin = origin_of("france_services_2024")
    places = read_france_services(services_file(tmp_path / "fs.csv"), area, origin)
    assert places["opening"].tolist() == ["Mo 09:00-12:00", None, None]
    assert places["tags"].tolist() == [[], ["mobile", "antenne"], ["multisites"]]
    assert issues(origin) == [
        ("fs:2", "coordonnées partagées", "reported"),
        ("fs:2", "horaires illisibles", "reported"),
        ("fs:3", "coordonnées partagées", "reported"),
        ("fs:3", "horaires absents", "reported"),
    ]


def etapes_file(path: Path, *rows: tuple[int, str, str, object, float, float]) -> Path:
    keys = ("ID", "Nom", "Commune", "Code INSEE", "latitude", "longitude")
    records = [{**dict(zip(keys, row, strict=True)), "Adresse": "1 rue A"} for row in rows]
    path.write_text(json.dumps(records), "utf-8")
    return path


def test_an_etape_named_like_a_post_office_elsewhere_is_kept_out_under_both(
    tmp_path: Path, area: Area
) -> None:
    contacts = pd.DataFrame(
        {
            "nom": ["DEUX QUATRE CHEMINS BP", "ST PAUL"],
            "code_insee": ["36002", "97415"],
            "lon": [1.3, 55.3],
            "lat": [46.6, -21.0],
        }
    )
    path = etapes_file(
        tmp_path / "e.json",
        (73, "Deux - Quatre Chemins", "Porte", 69159, 45.96, 4.63),
        (74, "Saint Paul", "Saint-Paul-le-Petit", 36001, 46.6, 1.1),
        (75, "Quatre Chemins", "Deux", 36002, 46.601, 1.301),
    )
    origin = origin_of("etapes_numeriques_2024")
    places = read_etapes(path, area, origin, contacts)
    assert places["site_id"].tolist() == ["etape:74", "etape:75"]
    assert issues(origin) == [("etape:73", "nom et coordonnées contradictoires", "quarantined")]
    rhone = Area("69", 2154, area.communes, area.departements, area.outline)
    there = origin_of("etapes_numeriques_2024")
    read_etapes(path, rhone, there, contacts)
    assert ("etape:73", "nom et coordonnées contradictoires", "quarantined") in issues(there)


def test_conseillers_count_and_are_placed_by_commune_without_coordinates(
    tmp_path: Path, area: Area
) -> None:
    common = {"raison_sociale": "CC", "code_département": "36", "commune_insee": "Deux"}
    common |= {"adresse": "3 PL DE LA MAIRIE\n36100 UN", "france_services": "non"}
    rows = [
        {**common, "id": 1, "nb_cnfs": 3, "insee_com": "36001", "latitude": 46.6, "longitude": 1.1},
        {**common, "id": 2, "nb_cnfs": 1, "insee_com": "0", "france_services": "oui"},
    ]
    path = tmp_path / "c.json"
    path.write_text(json.dumps(rows), "utf-8")
    origin = origin_of("conseillers_numeriques_2021")
    places = read_conseillers(path, area, origin)
    assert places["staff"].tolist() == [["conseiller_numerique:3"], ["conseiller_numerique:1"]]
    assert places["tags"].tolist() == [[], ["France services"]]
    assert places["address"].tolist() == ["3 PL DE LA MAIRIE"] * 2
    assert places["code_insee"].tolist() == ["36001", "36002"]
    assert area.communes.geometry.iloc[1].contains(
        gpd.points_from_xy(places["lon"], places["lat"])[1]
    )
    assert issues(origin) == [
        ("cnfs:2", "sans code de commune", "repaired"),
        ("cnfs:2", "sans coordonnées", "repaired"),
    ]


def test_mediation_finds_its_commune_and_refuses_another_departement(
    tmp_path: Path, area: Area
) -> None:
    postcodes = pd.DataFrame({"code_postal": ["36100", "18100"], "code_insee": ["36001", "18001"]})
    path = tmp_path / "m.csv"
    path.write_text(
        "gid,c_nom,c_adresse,c_postcode,c_materiel_info,c_formation,c_horaire_ouverture,"
        "c_lat_coor1,c_long_coor1,c_categories_espace\n"
        '1,A,2 rue A,36100,non,oui,9h à 12h,46.6,1.1,"{""Promeneur du net"",EPN}"\n'
        "2,B,,36100,,,,46.6,1.5,{}\n",
        "utf-8",
    )
    origin = origin_of("mediation_cvl_2023")
    places = read_centre_val_de_loire(path, area, origin, postcodes)
    assert places["code_insee"].tolist() == ["36001"]
    assert places["tags"].tolist() == [["formation", "equipement", "Promeneur du net", "EPN"]]
    assert places["address"].tolist() == ["2 rue A"]
    assert issues(origin) == [
        ("mediation:cvl-2", "point hors de son département", "quarantined"),
        ("mediation:cvl-1", "horaires illisibles", "reported"),
    ]
    path.write_text(
        "id,nom,services,adresse,code_postal,horaires,latitude,longitude\n"
        "7,C,Accéder à du matériel;Promouvoir,,18100,Mo 09:00-12:00,46.6,1.5\n",
        "utf-8",
    )
    neighbour = read_ara(path, area, origin_of("mediation_ara_2022"), postcodes)
    assert neighbour["tags"].tolist() == [["equipement", "Accéder à du matériel", "Promouvoir"]]
    assert neighbour["address"].tolist() == [None]
    assert neighbour[["code_insee", "opening"]].to_numpy().tolist() == [["18001", "Mo 09:00-12:00"]]


def test_lot_et_garonne_tells_addresses_and_means_of_payment(tmp_path: Path, area: Area) -> None:
    path = tmp_path / "m.csv"
    path.write_text(
        "nom,adresse_numero,adresse_rue,adresse_code_insee,latitude,longitude,"
        "horaires_ouverture_brut,horaires_ouverture_osm,tarifs,services,labels\n"
        'A,1,rue B,36001,46.6,1.1,,,Chèque(s) Pass Numérique,"Acquisition de compétences",\n'
        "B,,,36001,46.6,1.1,,,gratuit pour les demandeurs d’emploi,,\n",
        "utf-8",
    )
    places = read_lot_et_garonne(path, area, origin_of("mediation_47_2020"))
    assert places["address"].tolist() == ["1 rue B", None]
    assert places["tags"].tolist() == [
        ["formation", "pass_numerique", "Acquisition de compétences"],
        [],
    ]


def test_mairies_are_the_territorys_only(tmp_path: Path, area: Area) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "id,type,nom,code_insee,latitude,longitude,adresse\n"
        "m1,mairie,Mairie de Un,36001,46.6,1.1,Le Bourg\n"
        "m2,mairie,Mairie de Trois,18001,46.6,1.5,\n"
        "p1,pole_emploi,Pôle emploi,18001,46.6,1.5,\nc1,caf,Caf,36001,46.6,1.1,\n",
        "utf-8",
    )
    origin = origin_of("annuaire_2016")
    places = read_annuaire(path, area, origin)
    assert places["kind"].tolist() == ["mairie", "france_travail"]
    assert places["network"].tolist() == ["Mairies", "France Travail"]
    assert places["address"].tolist() == ["Le Bourg", None]
    assert issues(origin) == [("36", "données de 2016", "reported")]


@pytest.mark.parametrize("naming", ["2019", "2015"])
def test_a_square_over_two_communes_is_split_by_area(
    tmp_path: Path, area: Area, naming: str
) -> None:
    border = gpd.GeoSeries(gpd.points_from_xy([1.2], [46.6]), crs=4326).to_crs(3035).iloc[0]
    east, north = round((border.x - 100) / 200) * 200, round(border.y / 200) * 200
    name = f"CRS3035RES200mN{north}E{east}"
    keys = {
        "2019": ("idcar_200m", "ind", "lcog_geo", "i_est_200"),
        "2015": ("IdINSPIRE", "Ind", "Depcom", "I_est_cr"),
    }[naming]
    row = dict(zip(keys, (name, 10.0, "36001,36002", 1), strict=True))
    table = gpd.GeoDataFrame([row], geometry=[box(1.19, 46.6, 1.21, 46.61)], crs=4326)
    path = tmp_path / "s.geojson"
    path.write_text(table.to_json(), "utf-8")
    origin = origin_of("squares_albi_2019")
    squares = read_squares(path, area, origin)
    assert squares is not None
    assert squares["code_insee"].tolist() == ["36001", "36002"]
    assert squares["share"].sum() == pytest.approx(1)
    assert (squares["share"] > 0).all()
    assert squares["imputed"].all()
    metric = squares.to_crs(3035).centroid
    assert metric.x.tolist() == pytest.approx([east + 100] * 2, abs=0.01)


def squares_file(path: Path, *cells: tuple[object, object]) -> Path:
    """Squares side by side in commune 36001, with (persons, imputed) each."""
    inside = gpd.GeoSeries(gpd.points_from_xy([1.1], [46.6]), crs=4326).to_crs(3035).iloc[0]
    east, north = round(inside.x / 200) * 200, round(inside.y / 200) * 200
    features = [
        {
            "type": "Feature",
            "geometry": None,
            "properties": {
                "idcar_200m": f"CRS3035RES200mN{north}E{east + 200 * number}",
                "ind": persons,
                "lcog_geo": "36001",
                "i_est_200": imputed,
            },
        }
        for number, (persons, imputed) in enumerate(cells)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


def test_null_cells_of_squares_are_said_and_zero_stays_zero(tmp_path: Path, area: Area) -> None:
    path = squares_file(tmp_path / "s.geojson", (None, 1), (0, 0), (7.5, None), (3, 1))
    origin = origin_of("squares_albi_2019")
    squares = read_squares(path, area, origin)
    assert squares is not None
    assert squares["persons"].tolist() == [0, 7.5, 3]
    assert squares["imputed"].tolist() == [False, False, True]
    assert issues(origin) == [
        ("36", "carreaux sans habitants connus", "quarantined"),
        ("36", "carreaux imputés", "reported"),
    ]


@pytest.mark.parametrize("wrong", ["douze", -1])
def test_people_of_a_square_that_are_no_number_are_refused(
    tmp_path: Path, area: Area, wrong: object
) -> None:
    path = squares_file(tmp_path / "s.geojson", ("1", 0), (wrong, 0))
    with pytest.raises(SourceError, match=f"ligne 2, colonne « ind » : « {wrong}"):
        read_squares(path, area, origin_of("squares_albi_2019"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("g.gpkg", b""),
        ("g.csv", b"idcar_200m,ind\nx,1\n"),
        ("g.json", b"{}"),
        ("g.geojson", b'{"type": "FeatureCollection", "features": []}'),
        (
            "g.geojson",
            b'{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": null,'
            b' "properties": {"ind": 1}}]}',
        ),
    ],
)
def test_a_grid_that_is_no_layer_of_squares_is_refused(
    tmp_path: Path, area: Area, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(SourceError, match=name):
        read_squares(path, area, origin_of("squares_albi_2019"))
