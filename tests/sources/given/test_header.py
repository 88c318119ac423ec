"""Titles of columns: which is which, however they are written."""

from __future__ import annotations

import pytest

from coverage.sources.given.header import normal_name, read_header
from coverage.sources.given.lines import Formula, GivenLines

COLUMNS = ("code_insee", "nom", "lon", "lat", "detections")


def lines(*header: str, rows: int = 1, **more) -> GivenLines:
    cells = [(2 + row, ["x"] * len(header)) for row in range(rows)]
    return GivenLines("t.csv", list(header), 1, cells, **more)


def places(repairs, *header: str, columns=COLUMNS, required=()) -> dict[str, int]:
    return dict(read_header(lines(*header), columns, repairs, required=required).places)


def test_titles_as_they_are_need_no_repair(repairs):
    header = read_header(
        lines("nom", "", "note", *COLUMNS[2:], "code_insee"), COLUMNS, repairs, required=COLUMNS
    )
    assert header.places == {"code_insee": 6, "nom": 0, "lon": 3, "lat": 4, "detections": 5}
    assert header.unread == ("La colonne « note » n’est pas lue.",)
    assert repairs.told() == ()
    assert header.cell(2, list("abcdefg"), "code_insee").text == "g"
    assert header.cell(2, list("abcdefg"), "tests").text == ""


@pytest.mark.parametrize(
    ("title", "column"),
    [
        ("Code INSEE", "code_insee"),
        ("CODGEO", "code_insee"),
        ("code_commune_INSEE", "code_insee"),
        ("insee-com", "code_insee"),
        ("COM", "code_insee"),
        ("Commune", "nom"),
        ("Libellé", "nom"),
        ("LONGITUDE", "lon"),
        ("lng", "lon"),
        ("X", "lon"),
        ("x_l93", "lon"),
        ("coord_y", "lat"),
        ("Lambert93_Y", "lat"),
        ("Latitude (WGS84)", "lat"),
        ("De\u0301tections", "detections"),
        ("Nb. de\u0301tections", "detections"),
        ("\ufeffdetections", "detections"),
        ("effectif", "detections"),
    ],
)
def test_other_titles_are_known_and_told(title, column, repairs):
    assert places(repairs, "autre", title) == {column: 1}
    (repair,) = repairs.told()
    assert repair.column == column
    assert repair.lines == ((1, 1),)
    assert repair.detail.endswith(f"» lue comme {column}")


def test_a_likely_title_gives_way_to_a_sure_one(repairs):
    assert places(repairs, "x", "commune", "longitude", "nom") == {"lon": 2, "nom": 3}


def test_synonyms_of_one_table_are_its_own(repairs):
    given = lines("demand_id", "lon")
    header = read_header(
        given, ("id", "lon"), repairs, required=("id",), synonyms={"id": ["demand_id"]}
    )
    assert header.places == {"id": 0, "lon": 1}


@pytest.mark.parametrize(
    "titles",
    [("nom", "lon", "nom"), ("lon", "Longitude"), ("x", "coord_x"), ("note", "Note")],
)
def test_two_columns_of_one_meaning_are_refused_by_their_titles(titles, refused, repairs):
    refusal = refused(places, repairs, *titles)
    assert refusal.code == "DUP_COLUMN"
    assert f"« {titles[0]} » et « {titles[-1]} »" in refusal.sentence


def test_what_is_missing_and_what_was_found_are_told(refused, repairs):
    refusal = refused(places, repairs, "nom", "lon\u202e", required=("nom", "lat", "lon"))
    assert refusal.code == "MISSING_COLUMN"
    assert "il manque la colonne lat\u202f;" in refusal.sentence
    assert "« nom », « lon[U+202E] »" in refusal.sentence


def test_lost_digits_outrank_a_missing_column(refused, repairs):
    given = GivenLines("t.csv", ["nom", "SIRET"], 1, [(2, ["a", "1"]), (3, ["b", "1,23457E+13"])])
    refusal = refused(read_header, given, COLUMNS, repairs, required=COLUMNS)
    assert refusal.code == "ID_SCIENTIFIC"
    assert "ligne 3, colonne « SIRET »" in refusal.sentence
    kept = GivenLines("t.csv", ["id_lieu", "prix"], 1, [(2, ["12E4", "1E+05"])])
    assert refused(read_header, kept, COLUMNS, repairs, required=COLUMNS).code == "MISSING_COLUMN"


def test_titles_without_lines(refused, repairs):
    refusal = refused(read_header, lines("nom", rows=0), ("nom",), repairs, required=("nom",))
    assert refusal.code == "NO_ROWS"


def test_formulas_without_value_are_faults_where_their_column_is_read(repairs):
    formulas = (Formula(2, 1, "B2"), Formula(2, 0, "A2"))
    header = read_header(lines("note", "nom", formulas=formulas), ("nom",), repairs, required=())
    ((line, fault),) = header.faults
    assert (line, fault.column, fault.code) == (2, "nom", "FORMULA_CELL")
    assert "B2" in str(fault)


@pytest.mark.parametrize(
    ("lon", "lat", "expected"),
    [
        ("x", "y", True),
        ("x_l93", "y_l93", True),
        ("X_2154", "Y_2154", True),
        ("lon", "lat", False),
        ("x", "lat", False),
    ],
)
def test_x_and_y_may_be_metres(lon, lat, expected, repairs):
    header = read_header(lines(lon, lat), ("lon", "lat"), repairs, required=())
    assert header.may_be_metres is expected


def test_normal_names():
    assert normal_name(" N° Œuvre-d’Été. ") == "n_oeuvre_d_ete"
