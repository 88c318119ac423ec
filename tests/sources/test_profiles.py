"""The user's tables of ages and EPCI, and what they make of the communes' profiles."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coverage.base.errors import RefusedFileError, UserError
from coverage.base.workspace import Workspace
from coverage.model.answers import Repairs
from coverage.model.tables import AGE_BANDS, IFN_PARTS, check
from coverage.model.territory import TerritoryTables
from coverage.need.fragility import need_rung
from coverage.need.zoning import groups_of
from coverage.sources.profiles import read_profiles
from coverage.sources.readers.ages import read_ages
from coverage.sources.readers.epci import read_epci
from coverage.sources.reading import Reading
from coverage.sources.territory import read_territory

pytestmark = pytest.mark.usefixtures("in_process")
_BANDS = ("POP0014", "POP1529", "POP3044", "POP4559", "POP6074", "POP7589", "POP90P")


def ages_text(*rows: str, year: int = 21, before: str = "") -> str:
    """A table as INSEE publishes it: other columns stand between those that are read."""
    names = ";".join(f"P{year}_{band}" for band in _BANDS)
    return "\n".join([f"{before}CODGEO;P{year}_POP;{names}", *rows]) + "\n"


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def test_ages_are_added_up_by_band_and_by_commune(tmp_path: Path) -> None:
    rows = (
        "2A004;100;10;20;30;15;14,5;8;2.5",
        "75101;8;1;1;1;1;2;1;1",
        "75102;16;2;2;2;2;4;2;2",
        "69149;7;1;1;1;1;1;1;1",
        "69152;7;1;1;1;1;1;1;1",  # gone into 69149 in 2024
        "49126;14;2;2;2;2;2;2;2",  # the code of 2025 of 49069
        "15141;7;1;1;1;1;1;1;1",
        "15031;7;1;1;1;1;1;1;1",  # set up again out of 15141 in 2025
    )
    told = read_ages(written(tmp_path / "ages.csv", ages_text(*rows)), Repairs())
    assert told.year == 2021
    table = told.table.set_index("code_insee")
    assert list(table.columns) == ["aged_0_14", *AGE_BANDS]
    assert table.loc["2A004"].tolist() == [10, 50, 15, 14.5, 10.5]
    assert table.loc["75056"].tolist() == [3, 6, 3, 6, 6]
    assert table.loc["69149"].tolist() == table.loc["15141"].tolist() == [2, 4, 2, 2, 4]
    assert table.loc["49069"].tolist() == [2, 4, 2, 2, 4]
    assert len(table) == 5


def test_a_city_with_a_line_of_its_own_is_not_added_up_again(tmp_path: Path) -> None:
    rows = ("75056;70;10;10;10;10;10;10;10", "75101;7;1;1;1;1;1;1;1")
    table = read_ages(written(tmp_path / "ages.csv", ages_text(*rows)), Repairs()).table
    assert table.to_numpy().tolist() == [["75056", 10, 20, 10, 10, 20]]


def test_the_last_census_is_read_and_lost_zeros_and_titles_are_put_right(tmp_path: Path) -> None:
    old = ";".join(f"P15_{band}" for band in _BANDS)
    text = ages_text(
        "1004;9;1;1;1;1;1;1;1" + ";5" * 7, before="Évolution et structure;;\n\n"
    ).replace("P21_POP90P", f"P21_POP90P;{old}")
    repairs = Repairs()
    told = read_ages(
        written(tmp_path / "ages.csv", text.replace("CODGEO", '"codgeo"'), "cp1252"), repairs
    )
    assert told.year == 2021
    assert told.table.to_numpy().tolist() == [["01004", 1, 2, 1, 1, 2]]
    assert [(repair.issue, repair.lines) for repair in repairs.told()] == [
        ("encodage", ()),
        ("zéro perdu", ((4, 4),)),
    ]


def test_the_published_archive_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "base-cc-evol-struct-pop-2021_csv.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("meta_base-cc-evol-struct-pop-2021.CSV", "COD_VAR;LIB\n" + "x;y\n" * 999)
        archive.writestr("base-cc-evol-struct-pop-2021.CSV", ages_text("2A004;7;1;1;1;1;1;1;1"))
    assert read_ages(path, Repairs()).table["code_insee"].tolist() == ["2A004"]


def _archive_without_table() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("lisez-moi.txt", "rien")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"", "EMPTY", "est vide"),
        (b"<!doctype html><html></html>", "NOT_CSV", "page web"),
        (b"\x89PNG\x00\x00", "NOT_CSV", "une image"),
        (b"CODGEO;\x00", "BINARY_IN_TEXT", "octet nul"),
        (b"PK\x03\x04 cut", "CORRUPT_ZIP", "archive coupée"),
        (_archive_without_table(), "MISSING_PART", "ne contient pas de tableau CSV"),
        (b"CODGEO;P21_POP0014\n2A004;3\n", "MISSING_COLUMN", "n’a pas les colonnes attendues"),
        (b"CODE;POP\n2A004;3\n", "MISSING_COLUMN", "n’a pas les colonnes attendues"),
        (ages_text().encode(), "NO_ROWS", "ne contient aucune commune"),
        (ages_text("2A004;7;1;1").encode(), "RAGGED_ROW", "ligne 2"),
        (ages_text('"2A004;7;1;1').encode(), "BAD_QUOTING", "ligne 2"),
        (ages_text("Ajaccio;7;1;1;1;1;1;1;1").encode(), "INSEE_UNKNOWN", "« Ajaccio » n’est pas"),
        (ages_text("2,0E+03;7;1;1;1;1;1;1;1").encode(), "ID_SCIENTIFIC", "ligne 2"),
        (
            ages_text(*["2A004;7;1;1;1;1;1;1;1"] * 2).encode(),
            "DUP_ID",
            "ligne 3, colonne « CODGEO »\u00a0: 2A004 est déjà à la ligne 2",
        ),
        (
            ages_text("2A004;7;1;1;1;-1;1;1;1").encode(),
            "BAD_COUNT",
            "ligne 2, colonne « P21_POP4559 »\u00a0: « -1 » n’est",
        ),
        (
            ages_text("2A004;7;1;1;1;beaucoup;1;1;1").encode(),
            "BAD_NUMBER",
            "ligne 2, colonne « P21_POP4559 »",
        ),
    ],
)
def test_a_wrong_table_of_ages_has_its_code(
    tmp_path: Path, content: bytes, code: str, said: str
) -> None:
    path = tmp_path / "ages.csv"
    path.write_bytes(content)
    with pytest.raises(RefusedFileError) as told:
        read_ages(path, Repairs())
    assert told.value.code == code
    assert said in str(told.value)
    assert str(told.value).startswith("« ages.csv »")


def test_numbers_in_french_dress_are_read_and_said(tmp_path: Path) -> None:
    repairs = Repairs()
    rows = ("2A004;7;1;1;1;1 000,5;1;1;1", "2A006;7;1;1;1;1;1;1;1")
    table = read_ages(written(tmp_path / "a.csv", ages_text(*rows)), repairs).table
    assert table["aged_45_59"].tolist() == [1000.5, 1]
    assert [(repair.issue, repair.lines) for repair in repairs.told()] == [
        ("nombre à la française", ((2, 2),))
    ]


def test_a_code_of_a_year_to_come_is_taken_as_it_is(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", ages_text("36998;7;1;1;1;1;1;1;1"))
    assert read_ages(path, Repairs()).table["code_insee"].tolist() == ["36998"]


def test_an_empty_cell_is_not_available_and_not_zero(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", ages_text("2A004;7;1;1;1;;1;1;1", "2A006;7;1;1;1;1;1;1;1"))
    table = read_ages(path, Repairs()).table.set_index("code_insee")
    assert np.isnan(table.loc["2A004", "aged_45_59"])
    assert table.loc["2A006"].tolist() == [1, 2, 1, 1, 2]


@pytest.mark.parametrize(
    "text",
    [
        "CODGEO;EPCI;LIBEPCI\n2A004;242010056;CA du Pays Ajaccien\n29083;ZZZZZZZZZ;Sans objet\n"
        "2A362;;\n",
        "codgeo,libgeo,epci,libepci,dep,reg\n2A004,Ajaccio,242010056,CA du Pays Ajaccien,2A,94\n"
        "29083,Île-de-Sein,ZZZZZZZZZ,Sans objet,29,53\n2A362,X,,,2A,94\n",
    ],
)
def test_both_layouts_of_the_epci_are_read(tmp_path: Path, text: str) -> None:
    table = read_epci(written(tmp_path / "epci.csv", text), Repairs())
    assert table.to_dict("records") == [
        {"code_insee": "29083", "epci": "sans", "epci_nom": "Sans intercommunalité"},
        {"code_insee": "2A004", "epci": "242010056", "epci_nom": "CA du Pays Ajaccien"},
        {"code_insee": "2A362", "epci": None, "epci_nom": None},
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("CODGEO;LIBEPCI\n2A004;CA\n", "n’a pas les colonnes attendues"),
        (
            "CODGEO;EPCI;LIBEPCI\n2A004;CAPA;CA\n",
            "ligne 2, colonne « EPCI »\u00a0: « CAPA » n’est pas un code",
        ),
    ],
)
def test_a_wrong_table_of_epci_is_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UserError) as told:
        read_epci(written(tmp_path / "epci.csv", text), Repairs())
    assert said in str(told.value)
    assert "--epci" in str(told.value)


def test_a_part_of_a_commune_never_decides_its_epci(tmp_path: Path) -> None:
    rows = "85165;200000002;B\n85084;200000001;A\n"
    table = read_epci(written(tmp_path / "e.csv", f"CODGEO;EPCI;LIBEPCI\n{rows}"), Repairs())
    assert table.to_numpy().tolist() == [["85084", "200000001", "A"]]


def corsican_ages(communes: pd.DataFrame, *without: str) -> str:
    """A census of another size than the population: a tenth children, a tenth 90 or more, …"""
    rows = [
        f"{code};0;{people};{people};{2 * people};{people};{3 * people};{people};{people}"
        for code, people in zip(communes["code_insee"], communes["population"], strict=True)
        if code not in without
    ]
    return ages_text(*rows)


def test_the_bands_and_the_children_add_up_to_the_population(
    corsican: TerritoryTables, raw_workspace: Workspace, tmp_path: Path
) -> None:
    communes = corsican.communes
    path = written(tmp_path / "ages.csv", corsican_ages(communes))
    reading = Reading(raw_workspace, "2A")
    profiles = read_profiles(reading, communes, ages=path)
    check("profiles", profiles)
    assert profiles["code_insee"].tolist() == communes["code_insee"].tolist()
    people = communes["population"].to_numpy(float)
    for band, tenths in zip(AGE_BANDS, (3, 1, 3, 2), strict=True):
        assert profiles[band].to_numpy() == pytest.approx(people * tenths / 10)
    assert need_rung(communes, profiles) == 1
    info = reading.infos["ages"]
    assert (info.status, info.rows, info.vintage) == ("used", 124, "2021")
    assert not [row for row in reading.notes.rows if row[0] == "ages"]


def test_a_commune_without_ages_is_noted_and_the_territory_falls_a_rung(
    corsican: TerritoryTables, raw_workspace: Workspace, tmp_path: Path
) -> None:
    communes = corsican.communes
    path = written(tmp_path / "ages.csv", corsican_ages(communes, "2A004"))
    reading = Reading(raw_workspace, "2A")
    profiles = read_profiles(reading, communes, ages=path)
    missing = profiles[profiles[list(AGE_BANDS)].isna().any(axis=1)]
    assert missing["code_insee"].tolist() == ["2A004"]
    assert need_rung(communes, profiles) == 2
    noted = {(row[2], row[3], row[4]) for row in reading.notes.rows if row[0] == "ages"}
    assert noted == {
        ("2A004", "âges : commune absente", "reported"),
        ("2A", "âges incomplets", "reported"),
    }


@pytest.fixture(scope="module")
def corsican(raw_workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> TerritoryTables:
    """The 2A read with the user's two tables, made from the published people."""
    folder = tmp_path_factory.mktemp("profiles")
    people = pd.read_csv(
        raw_workspace.raw / "population_communes/2024/communes.csv", dtype=str
    ).query("insee_dep == '2A' and commune_type == 'COM'")
    people = people.drop_duplicates("insee_com")
    communes = people.rename(columns={"insee_com": "code_insee"}).assign(
        population=people["population_2021"].astype(float)
    )
    ages = written(folder / "ages.csv", corsican_ages(communes))
    rows = "".join(f"{code};24201005{n % 2};EPCI {n % 2}\n"
                   for n, code in enumerate(communes["code_insee"]))  # fmt: skip
    epci = written(folder / "epci.csv", f"CODGEO;EPCI;LIBEPCI\n{rows}")
    return read_territory(raw_workspace, "2A", ages=ages, epci=epci)


def test_a_territory_read_with_ages_and_epci(corsican: TerritoryTables) -> None:
    tables = corsican
    assert set(tables.profiles["epci_nom"]) == {"EPCI 0", "EPCI 1"}
    assert tables.profiles[list(IFN_PARTS)].notna().all(axis=None)
    mean = tables.profiles[list(IFN_PARTS)].mean(axis=1)
    assert mean.to_numpy() == pytest.approx(tables.communes["ifn"].to_numpy(), abs=1e-6)
    by_id = {info.source_id: info for info in tables.sources}
    assert by_id["ages"].rows == by_id["epci"].rows == 124
    assert by_id["epci"].sha256


def test_without_files_everything_is_missing_with_a_remedy(
    corsican: TerritoryTables, raw_workspace: Workspace
) -> None:
    reading = Reading(raw_workspace, "2A")
    profiles = read_profiles(reading, corsican.communes)
    assert profiles.drop(columns="code_insee").isna().all(axis=None)
    by_id = reading.infos
    assert (by_id["ages"].status, by_id["epci"].status) == ("missing", "missing")
    assert "--ages" in by_id["ages"].remedy
    assert "--epci" in by_id["epci"].remedy


def test_a_table_of_elsewhere_is_refused(
    corsican: TerritoryTables, raw_workspace: Workspace, tmp_path: Path
) -> None:
    ages = written(tmp_path / "ages.csv", ages_text("01001;7;1;1;1;1;1;1;1"))
    epci = written(tmp_path / "epci.csv", "CODGEO;EPCI;LIBEPCI\n01001;200000001;A\n")
    for files in ({"ages": ages}, {"epci": epci}):
        with pytest.raises(UserError, match="ne dit rien des communes du territoire 2A"):
            read_profiles(Reading(raw_workspace, "2A"), corsican.communes, **files)
    with pytest.raises(UserError, match="Fichier introuvable"):
        read_territory(raw_workspace, "2A", ages=tmp_path / "absent.csv")


def test_no_intercommunality_is_a_value_and_an_unknown_one_is_reported(
    corsican: TerritoryTables, raw_workspace: Workspace, tmp_path: Path
) -> None:
    codes = corsican.communes["code_insee"].tolist()
    cells = dict.fromkeys(codes[2:], "242010056;CA du Pays Ajaccien")
    cells |= {codes[0]: "ZZZZZZZZZ;Sans objet", codes[1]: ";"}
    rows = "".join(f"{code};{told}\n" for code, told in cells.items())
    path = written(tmp_path / "epci.csv", f"CODGEO;EPCI;LIBEPCI\n{rows}")
    reading = Reading(raw_workspace, "2A")
    profiles = read_profiles(reading, corsican.communes, epci=path)
    told = profiles.set_index("code_insee")[["epci", "epci_nom"]]
    assert told.loc[codes[0]].tolist() == ["sans", "Sans intercommunalité"]
    assert told.loc[codes[1]].tolist() == [None, None]
    assert [row[2:4] for row in reading.notes.rows if row[0] == "epci"] == [
        (codes[1], "EPCI : commune absente")
    ]
    homes = corsican.communes.assign(qpv_share=0.0)
    groups = groups_of(homes, corsican.communes, profiles)
    shares = {value: share.sum() for group, value, share in groups if group == "epci"}
    assert shares == {"242010056": 122, "sans": 1, "n.d.": 1}
