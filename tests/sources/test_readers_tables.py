"""The readers of tables about communes: small files that hold each trap."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from pathlib import Path

import pytest
import shapely

from coverage.base.errors import SourceError
from coverage.model.notes import Notes
from coverage.model.tables import IFN_PARTS
from coverage.sources.catalogue import source
from coverage.sources.readers._origin import Origin
from coverage.sources.readers.communes import read_communes
from coverage.sources.readers.density import read_density
from coverage.sources.readers.frr import read_frr
from coverage.sources.readers.ifn import read_ifn
from coverage.sources.readers.population import read_population
from coverage.sources.readers.qpv import read_qpv_indicators, read_qpv_list
from coverage.sources.readers.zrr import read_zrr

_POPULATION = (
    "insee_com,insee_dep,commune_article,code_postal,commune_type,insee_parente,"
    "population_2021,menages_2021\n"
)


def written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def population_origin() -> Origin:
    return Origin(source("population_2024"), Notes())


def test_a_commune_with_several_postal_codes_counts_once(tmp_path: Path) -> None:
    rows = (
        "2A004,2A,Ajaccio,20000,COM,,100,50\n2A004,2A,Ajaccio,20090,COM,,100,50\n"
        "2A900,2A,Partie,20000,COMD,2A004,40,20\n01001,01,Ailleurs,01400,COM,,7,3\n"
    )
    origin = population_origin()
    read = read_population(written(tmp_path / "c.csv", _POPULATION + rows), "2A", origin)
    assert read.communes["code_insee"].tolist() == ["2A004"]
    assert read.communes["population"].sum() == 100
    assert set(read.postcodes["code_postal"]) == {"20000", "20090", "01400"}
    assert read.everywhere.to_dict() == {"01001": 7, "2A004": 100}
    assert set(origin.notes.table()["issue"]) == {"une ligne par code postal", "communes déléguées"}


def test_arrondissements_are_summed_to_their_city(tmp_path: Path) -> None:
    rows = (
        "75101,75,Paris 1er Arrondissement,75001,ARM,75056,10,4\n"
        "75102,75,Paris 2e Arrondissement,75002,ARM,75056,30,6\n"
    )
    read = read_population(
        written(tmp_path / "c.csv", _POPULATION + rows), "75", population_origin()
    )
    assert read.communes.to_dict("records") == [
        {"code_insee": "75056", "nom": "Paris", "population": 40.0, "households": 10.0}
    ]
    header = "code,no_thd_coverage_rate,no_4g_coverage_rate,poverty_rate,older_65_rate,"
    rows = "75101,0,2,,8,0,2\n75102,4,2,6,0,0,6\n01001,1,2,3,4,5,4.5\n75056,,,,,,\n"
    scores = written(tmp_path / "ifn.csv", f"{header}nscol15p_rate,total\n{rows}")
    ifn = read_ifn(scores, read.arrondissements).set_index("code_insee")
    assert ifn["ifn"].to_dict() == {"01001": 4.5, "75056": pytest.approx((2 * 10 + 6 * 30) / 40)}
    assert ifn.loc["01001", list(IFN_PARTS)].tolist() == [1, 2, 3, 4, 5]
    # One arrondissement has 10 people and the other 30; a score that is not told weighs nothing.
    assert ifn.loc["75056", list(IFN_PARTS)].tolist() == pytest.approx([3, 2, 6, 2, 0])


def test_a_departement_of_zeros_has_no_figures_but_an_empty_commune_has_zero(
    tmp_path: Path,
) -> None:
    rows = "97601,976,Acoua,97630,COM,,0.0,0\n97602,976,Bandraboua,97650,COM,,0.0,0\n"
    rows += "55039,55,Beaumont,55100,COM,,0,0\n55001,55,Abainville,55130,COM,,5,2\n"
    path = written(tmp_path / "c.csv", _POPULATION + rows)
    mayotte = read_population(path, "976", population_origin()).communes
    assert mayotte["population"].isna().all()
    meuse = read_population(path, "55", population_origin())
    assert meuse.communes["population"].tolist() == [0, 5]
    assert meuse.everywhere.dropna().to_dict() == {"55001": 5, "55039": 0}
    assert meuse.everywhere[["97601", "97602"]].isna().all()


def test_the_people_of_france_are_under_the_code_that_counts_them(tmp_path: Path) -> None:
    """Arrondissements with their city, a commune set up again with the one it came out of."""
    rows = (
        "69381,69,Lyon 1er Arrondissement,69001,ARM,69123,10,4\n"
        "69382,69,Lyon 2e Arrondissement,69002,ARM,69123,30,6\n"
        "15031,15,Celles,15170,COM,,200,90\n15141,15,Neussargues,15170,COM,,1500,700\n"
    )
    path = written(tmp_path / "c.csv", _POPULATION + rows)
    everywhere = read_population(path, "01", population_origin()).everywhere
    assert everywhere.to_dict() == {"15141": 1700, "69123": 40}


def test_density_labels_have_blanks_and_only_seven_exist(tmp_path: Path) -> None:
    path = written(
        tmp_path / "d.csv",
        "\ufeffinsee_com,lib,niveau_densite\n01001,A, Bourgs ruraux\n01002,B,  Petites villes\n",
    )
    assert read_density(path)["density_level"].tolist() == [5, 3]
    written(path, "insee_com,niveau_densite\n01001,Très rural\n")
    with pytest.raises(SourceError, match="Très rural"):
        read_density(path)


def test_frr_states(tmp_path: Path) -> None:
    header = "Code_insee;Departement;Commune;Classement FRR et FRR+ au 10 juillet 2025;\n"
    path = written(tmp_path / "f.csv", header + "01001;01;A;FRR+;\n01002;01;B;FRR socle;\n")
    assert read_frr(path)["frr"].tolist() == ["plus", "socle"]
    with pytest.raises(SourceError, match=r"FRR \?"):
        read_frr(written(path, header + "01001;01;A;FRR ?;\n"))


def test_zrr_has_six_lines_before_its_rows_and_blank_ones_at_the_end(tmp_path: Path) -> None:
    lines = ['"Champ","","",""'] * 4 + ['"Code Insee","Libellé","Classement","Modalités"']
    lines += ['"CODGEO","LIBGEO","ZRR_SIMP","ZONAGE_ZRR"', '"01001","A","P - Partie","x"']
    path = written(tmp_path / "z.csv", "\n".join([*lines, '"","","",""']) + "\n")
    assert read_zrr(path).to_numpy().tolist() == [["01001", "partielle"]]


def test_qpv_people_are_written_the_french_way(tmp_path: Path) -> None:
    path = written(tmp_path / "q.csv", "\ufeffCODGEO;POP_MUN;;;\nQP02A001;6\u202f490;;;\n")
    assert read_qpv_indicators(path).to_numpy().tolist() == [["QP02A001", 6490]]


def test_qpv_names_are_split_with_their_codes(tmp_path: Path) -> None:
    def feature(code: str, codes: str, names: str) -> dict[str, object]:
        return {"properties": {"insee_com": code, "code_qp": codes, "lib_qp": names}}

    features = [feature("2A004", "QN1, QN2", "Salines, Nord"), feature("2A005", "QN3", "A, B")]
    document = {"features": [*features, feature("2B001", "QN4", "Autre")]}
    path = written(tmp_path / "q.geojson", json.dumps(document))
    assert read_qpv_list(path, "2A") == {"2A004": ["Salines", "Nord"], "2A005": ["QN3"]}


def archive_of(path: Path, documents: dict[str, dict[str, object]]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, document in documents.items():
            content = json.dumps(document).encode()
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def commune(rings: list[list[list[float]]], **keys: object) -> dict[str, object]:
    geometry = {"type": "Polygon", "coordinates": rings}
    return {"type": "Feature", "geometry": geometry, "properties": {"name": "A"}, **keys}


_SQUARE = [[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]]]
_HOLE = [[0.2, 0.2], [0.4, 0.2], [0.4, 0.4], [0.2, 0.2]]
_BOWTIE = [[[0.0, 0.0], [1.0, 1.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]]


def test_the_code_is_the_feature_id_or_else_its_property(tmp_path: Path) -> None:
    by_property = commune(_SQUARE, properties={"nom": "B", "code": "01002"})
    path = archive_of(
        tmp_path / "c.tar.gz",
        {
            "communes-01-ain.geojson": {"features": [by_property]},
            "communes-2A-corse-du-sud.geojson": {
                "features": [commune([*_SQUARE, _HOLE], id="2A004"), commune(_BOWTIE, id="2A006")]
            },
        },
    )
    read = read_communes(path, ["2A"])
    assert read["code_insee"].tolist() == ["2A004", "2A006"]
    assert read["mended"].tolist() == [False, True]
    assert read.geometry.is_valid.all()
    assert shapely.area(read.geometry.to_numpy()) == pytest.approx([1 - 0.02, 0.5])
    assert read_communes(path, ["01"])["code_insee"].tolist() == ["01002"]
    with pytest.raises(SourceError, match="36"):
        read_communes(path, ["36"])


def test_a_broken_archive_is_told(tmp_path: Path) -> None:
    path = tmp_path / "c.tar.gz"
    path.write_bytes(b"<html>404</html>")
    with pytest.raises(SourceError, match=r"c\.tar\.gz"):
        read_communes(path, ["2A"])


def test_one_national_file_of_communes_is_read_like_the_archive(tmp_path, mirror):
    """The same polygons in the shape of the public file: one GeoJSON, code as a property."""
    archive = mirror / "communes" / "2023" / "communes_par_departement_2023.tar.gz"
    wanted = read_communes(archive, ["2A", "01"])
    features = [
        {
            "type": "Feature",
            "properties": {"code": row.code_insee, "nom": row.nom},
            "geometry": shapely.geometry.mapping(row.geometry),
        }
        for row in wanted.itertuples()
    ]
    path = tmp_path / "communes-100m.geojson.gz"
    path.write_bytes(gzip.compress(json.dumps({"features": features}).encode("utf-8")))
    read = read_communes(path, ["2A", "01"]).set_index("code_insee")
    assert set(read.index) == set(wanted["code_insee"])
    assert read.loc[wanted["code_insee"]].geometry.geom_equals(
        wanted.set_index("code_insee").geometry
    ).all()  # fmt: skip
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(SourceError, match="abîmé"):
        read_communes(path, ["2A"])
