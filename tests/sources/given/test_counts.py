"""Tables of counts by commune, and what the check answers to them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coverage.model.answers import FAMILY_OF, Repairs
from coverage.sources.given.checking import check_table
from coverage.sources.given.counts import CommuneCount, read_counts
from tests.sources.given.tables import AJACCIO, AMBERIEU, HEADER, table, workbook


@pytest.fixture
def check(tmp_path: Path, here):
    def write_and_check(content: str | bytes, name: str = "t.csv"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return check_table(path, "counts")

    return write_and_check


def test_rows_are_typed_and_names_are_text(tmp_path, here, repairs):
    path = tmp_path / "t.csv"
    path.write_text(table(AMBERIEU, '2A004;"=HYPERLINK(""x"")<script>";8.74;41.93;0'), "utf-8")
    counts = read_counts(path, "", repairs)
    assert counts.rows == (
        CommuneCount(2, "01004", "Ambérieu-en-Bugey", 5.36, 45.96, 12),
        CommuneCount(3, "2A004", '=HYPERLINK("x")<script>', 8.74, 41.93, 0),
    )
    assert "12" not in re.sub(r"0x[0-9a-fA-F]+", "", repr(counts))  # addresses hold any digits
    assert repairs.told() == ()


@pytest.mark.parametrize(
    "content",
    [
        table(AMBERIEU, AJACCIO),
        table(AMBERIEU.replace(";", ","), header=HEADER.replace(";", ",")),
        "\ufeff\nsep=;\n\n" + table(AMBERIEU),
        table(AMBERIEU + ";x", header=HEADER + ";note"),
        table("5.36;12;01004;45.96;A", header="lon;detections;code_insee;lat;nom"),
    ],
)
def test_taken_as_it_is(content, check):
    answer = check(content)
    assert (answer.answer, answer.repairs) == ("OK", ())
    assert answer.message.split()[1].startswith("commune")


def test_there_are_not_so_many_communes(check):
    answer = check(table(*[AJACCIO] * 40_001))
    assert answer.answer == "TOO_BIG"
    assert "40\u202f000 lignes" in answer.message


def test_what_is_not_read_is_said(check):
    answer = check(table(AMBERIEU + ";x", header=HEADER + ";Note"))
    assert answer.message == "1 commune lue. La colonne « Note » n’est pas lue."


def test_every_repair_tells_its_lines(check):
    answer = check(
        "Export\nCode commune;Commune;X;Y;Détections\n"
        "01033;Bellegarde;903000,5;6560000;1 234\n2a004;Ajaccio;1178000;6110000;3,0\n"
    )
    assert answer.answer == "FIX"
    told = {(repair.issue, repair.column): repair.lines for repair in answer.repairs}
    assert told[("ligne de titre", "")] == ((1, 1),)
    assert told[("titre de colonne", "lat")] == ((2, 2),)
    assert told[("Lambert-93", "lon")] == ((3, 4),)
    assert told[("nombre à la française", "lon")] == ((3, 3),)
    assert told[("décimales nulles", "detections")] == ((4, 4),)
    assert told[("code mal écrit", "code_insee")] == ((4, 4),)


@pytest.mark.parametrize(
    ("lines", "code", "words"),
    [
        ([AMBERIEU, AMBERIEU], "DUP_ID", "ligne 3.*déjà à la ligne 2"),
        (
            ["2A004;A;8.74;41.93;7", "20004;A;8.74;41.93;7"],
            "DUP_ID",
            "« 20004 », aujourd’hui 2A004",
        ),
        (["1004;A;0;0;-1"], "INSEE_ZERO_LOST", "ligne 2.*code_insee.*detections"),
        (["01004;A;0;0;-1"], "BAD_COUNT", "ligne 2.*« -5 »|« -1 » est négatif"),
        (["01004;A;5.36;;1"], "BAD_NUMBER", "colonne « lat ».*vide"),
        (["01004;A;5.36;45.96;"], "BAD_NUMBER", "colonne « detections ».*vide"),
        (["01004;A;0;0;1"], "NULL_ISLAND", "0, 0"),
        (["01004;A;5.36;45.96;1", "Total;;;;1"], "INSEE_UNKNOWN", "ligne 3.*« Total »"),
    ],
)
def test_refusals_tell_where_and_what_to_do(lines, code, words, check):
    answer = check(table(*lines))
    assert answer.answer == code
    assert re.search(words, answer.message, re.DOTALL), answer.message
    assert answer.repairs == ()


def test_a_name_that_is_another_communes_is_a_doubt(check):
    answer = check(table(AMBERIEU, AJACCIO, "36044;Issoudun;1.99;46.95;3"))
    assert answer.answer == "OK"
    assert answer.message == (
        "3 communes lues. Ligne 4\u00a0: « Issoudun » n’est pas le nom de 36044 (Châteauroux), "
        "vérifiez le code."
    )
    codes = [f"3604{number};Paris;1.69;46.81;1" for number in range(1, 8)]
    message = check(table(*codes)).message
    assert message.count("n’est pas le nom") == 5
    assert message.endswith("2 autres lignes ont un autre nom aussi.")


@pytest.mark.parametrize(
    ("lines", "first"),
    [
        (["75056;Paris;2.35;48.86;3", "75101;Paris 1er;2.34;48.86;2"], 2),
        (["69381;Lyon 1er;4.83;45.77;3", AMBERIEU, "69123;Lyon;4.83;45.76;2"], 2),
    ],
)
def test_a_city_is_not_counted_beside_its_arrondissements(lines, first, check):
    answer = check(table(*lines))
    assert answer.answer == "DUP_ID"
    assert f"ligne {len(lines) + 1}, colonne « code_insee »" in answer.message
    assert f"avec la ligne {first}\u202f;" in answer.message
    parts = ["75101;Paris 1er;2.34;48.86;2", "75102;Paris 2e;2.34;48.87;2"]
    assert check(table(*parts)).answer == "OK"


@pytest.mark.parametrize(
    ("lines", "code", "told"),
    [
        (["Total;;;;26"], "INSEE_UNKNOWN", "« Total » compte d’autres lignes"),
        (["Sous-total Indre;;;;26"], "INSEE_UNKNOWN", "compte d’autres lignes"),
        ([";Total;;;26"], "INSEE_UNKNOWN", "« Total » compte d’autres lignes"),
        (["Source : La Poste, 2026;;;;"], "INSEE_UNKNOWN", "est seul sur sa ligne"),
        (["Note : chiffres provisoires"], "RAGGED_ROW", "est seul sur sa ligne"),
        (["Total général;26"], "RAGGED_ROW", "« Total général » compte d’autres lignes"),
    ],
)
def test_a_total_or_a_note_under_the_table_is_told_as_one(lines, code, told, check):
    answer = check(table(AMBERIEU, *lines))
    assert answer.answer == code
    assert "ligne 3" in answer.message
    assert told in answer.message
    assert "ôtez" in answer.message
    assert "vide" not in answer.message
    assert "donnez" not in answer.message


def test_a_family_is_told_before_the_next_one_whatever_the_lines(check):
    answer = check(table("01004;A;13.4;52.5;1", "2A004;B;8.74;41.93;x", "9999;C;8.7;41.9;1"))
    assert answer.answer == "INSEE_UNKNOWN"
    assert answer.message.index("ligne 4") < answer.message.index("ligne 3")
    assert answer.message.index("ligne 3") < answer.message.index("ligne 2")


def test_formulas_are_told_by_their_cell(check):
    rows = [HEADER.split(";"), ["01004", "A", 5.36, 45.96, "=1+1"]]
    answer = check(workbook(*rows), "t.xlsx")
    assert answer.answer == "FORMULA_CELL"
    assert "cellule E2" in answer.message
    assert "est vide" not in answer.message


def test_a_number_is_a_code_that_lost_its_zero(check):
    answer = check(workbook(HEADER.split(";"), [1004, "A", 5.36, 45.96, 3]), "t.xlsx")
    assert answer.answer == "INSEE_ZERO_LOST"
    assert check(workbook(HEADER.split(";"), [13055, "A", 5.36, 43.3, 3]), "t.xlsx").answer == "OK"


_CELLS = st.sampled_from(
    [
        "01004",
        "1004",
        "2A004",
        "A",
        "",
        "5.36",
        "45,96",
        "45.96",
        "0",
        "-1",
        "NaN",
        "1 234",
        "x",
        '"',
        "=",
    ]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.lists(_CELLS, min_size=4, max_size=6), max_size=4))
def test_any_lines_have_an_answer(lines, check):
    answer = check(table(*(";".join(cells) for cells in lines)))
    assert answer.answer in {"OK", "FIX", *FAMILY_OF}
    assert answer.message


def test_reading_again_gives_the_same(tmp_path, here):
    path = tmp_path / "t.csv"
    path.write_text(table(AMBERIEU, AJACCIO), "utf-8")
    assert read_counts(path, "", Repairs()) == read_counts(path, "", Repairs())
