"""Counts by bureau and period: what is read, what is put right and said, what is refused."""

from __future__ import annotations

import io
import re
from datetime import date, datetime
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.base.errors import RefusedFileError, SourceError, UserError
from coverage.model.answers import Repairs
from coverage.model.notes import Notes
from coverage.model.tables import CONTRACTS, check
from coverage.sources.detections import read_detections
from coverage.sources.detections.cells import Cells
from coverage.sources.detections.counts import COLUMNS
from coverage.sources.detections.days import day
from coverage.sources.detections.periods import Spell, overlaps
from coverage.sources.given.cells import Cell
from coverage.sources.given.checking import check_table
from coverage.sources.given.faults import LineError
from tests.sources.detections.tables import FILES, table

pytestmark = pytest.mark.usefixtures("in_process")

HEADER = "id_bureau;debut;fin;jours_presence;tests;detections;orientations"
LINE = "00001A;2024-01-01;2024-01-31;5;40;9;4"


@pytest.fixture
def read(
    tmp_path: Path,
    notes: Notes,
    sites: gpd.GeoDataFrame,
    matches: pd.DataFrame,
    communes: pd.DataFrame,
):
    """Write lines or bytes to a file and read it as counts."""

    def write_and_read(
        *lines: str, content: bytes | None = None, file: str = "d.csv"
    ) -> pd.DataFrame:
        path = tmp_path / file
        path.write_bytes("\n".join(lines).encode() if content is None else content)
        return read_detections(path, notes, sites, matches, communes)

    return write_and_read


def test_every_way_to_name_a_bureau_is_understood(read, notes: Notes) -> None:
    counts = read(content=(FILES / "counts.csv").read_bytes())
    check("detections", counts)
    told = counts.astype(object).where(counts.notna(), "")
    for column in ("debut", "fin"):
        told[column] = counts[column].dt.strftime("%Y-%m-%d")
    expected = table("counts_read.csv")
    assert told.astype(str).to_numpy().tolist() == expected.to_numpy().tolist()
    assert sorted(row[2:5] for row in notes.rows[:4]) == [
        ("debut", "dates à la française", "repaired"),
        ("fin", "dates à la française", "repaired"),
        ("jours_presence", "nombres à la française", "repaired"),
        ("tests", "nombres à la française", "repaired"),
    ]
    # The file is of the last day that it tells of.
    assert {row[1] for row in notes.rows} == {max(told["fin"])}
    assert [(row[2], row[3], row[4]) for row in notes.rows[4:]] == [
        ("d.csv", "identifiant de bureau remplacé", "repaired"),
        ("d.csv", "identifiant de bureau remplacé", "repaired"),
        ("d.csv", "bureau trouvé par son nom", "reported"),
        ("d.csv", "bureau trouvé par son nom", "reported"),
        ("d.csv", "bureau d’une autre commune", "reported"),
    ]
    details = [row[5] for row in notes.rows]
    assert "« X99 » est inconnu" in details[7]
    assert "le bureau « 00002A » (ARDENTES GARE)" in details[7]
    # Notes are public: of a count that the file holds, none says anything.
    assert not any(re.search("1.?204|\\b40\\b|\\b29\\b", detail) for detail in details)


def test_every_wrong_line_is_told_and_nothing_is_kept(read, notes: Notes) -> None:
    with pytest.raises(RefusedFileError) as refused:
        read(content=(FILES / "faults.csv").read_bytes())
    text = str(refused.value)
    # Lines whose bureau is not sure come first.
    assert text.startswith("« d.csv » n’a pas été lu, rien n’est gardé\u00a0:\n  ligne 4, ")
    assert refused.value.code == "DUP_ID"
    by_line = {int(part.split(",", 1)[0]): part for part in text.split("\n  ligne ")[1:]}
    expected = table("faults_told.csv")
    assert set(by_line) == set(expected["line"].astype(int))
    for line, column, words in expected.itertuples(index=False, name=None):
        found = [part for part in by_line[int(line)].split("colonne « ") if words in part]
        assert [part.split(" »\u00a0: ")[0] for part in found] == [column], (line, words, by_line)
    assert text.count("colonne «") == len(expected)


@pytest.mark.parametrize(("nom", "code", "meant"), table("names.csv").to_numpy().tolist())
def test_a_name_means_one_counter_of_its_commune(read, nom: str, code: str, meant: str) -> None:
    header, line = f"nom;code_insee;{HEADER}", f"{nom};{code};;2024-01-01;2024-01-31;5;40;9;4"
    if meant:
        assert list(read(header, line)["id_bureau"]) == [meant]
    else:
        with pytest.raises(UserError, match=r"ligne 2, colonne « nom »\u00a0: .*identifiant_a"):
            read(header, line)


def test_what_is_said_of_a_bureau_is_said_once_whatever_its_lines(read, notes: Notes) -> None:
    months = [f"Ardentes Gare BP;36005;X9;2024-{m:02};5;40;9;4" for m in range(1, 10)]
    read(
        f"nom;code_insee;{HEADER}",
        *(re.sub(r"(2024-..)", r"\1-01;\1-28", line) for line in months),
    )
    ((item, issue, detail),) = [(row[2], row[3], row[5]) for row in notes.rows]
    assert (item, issue) == ("d.csv", "bureau trouvé par son nom")
    assert "ligne" not in detail


def test_a_sum_or_an_example_is_no_bureau(read) -> None:
    for line in ("TOTAL;;;", "Exemple 2;36005;;", ";;Total général;", ";;EXEMPLE1;"):
        with pytest.raises(UserError, match=r"compte d’autres lignes|exemple du modèle"):
            read(f"nom;code_insee;{HEADER}", f"{line}2024-01-01;2024-01-31;5;40;9;4")


def test_a_period_ends_today_at_the_latest(tmp_path, notes, sites, matches, communes) -> None:
    path = tmp_path / "d.csv"
    path.write_text(f"{HEADER}\n{LINE}")
    given = (path, notes, sites, matches, communes)
    assert len(read_detections(*given, today=date(2024, 1, 31))) == 1
    with pytest.raises(UserError, match="le 2024-01-31 n’est pas encore passé"):
        read_detections(*given, today=date(2024, 1, 30))


@pytest.mark.parametrize(
    "start", ["sep=;\n", "\n\n", ";;;;;;\r\n", '"sep=;"\r\n\r\n', "\nSEP=;;;\n"]
)
def test_what_stands_before_the_titles_and_empty_cells_after_them(read, start: str) -> None:
    assert list(read(content=f"{start}{HEADER}\n{LINE};; ;\n".encode())["detections"]) == [9]
    wrong = start.count("\n") + 2
    with pytest.raises(UserError, match=f"ligne {wrong}\\b"):
        read(content=f"{start}{HEADER}\n{LINE};;x\n".encode())
    with pytest.raises(UserError, match=f"ligne {wrong}, colonne « tests »"):
        read(content=f"{start}{HEADER}\n{LINE.replace('40', 'x')}\n".encode())


def test_thirty_lines_are_told_and_the_others_counted(read) -> None:
    wrong = [f"00001A;2024-01-01;2023-01-01;x;{number};;" for number in range(33)]
    with pytest.raises(UserError) as refused:
        read(HEADER, *wrong)
    assert str(refused.value).count("ligne ") == 30
    assert str(refused.value).endswith("\u202f;\n  et 3 autres lignes. (BAD_DATE)")
    with pytest.raises(UserError, match=r"\u202f;\n  et 1 autre ligne\. \(BAD_DATE\)$"):
        read(HEADER, *wrong[:31])


def test_presence_may_fill_its_period_and_periods_may_touch(read) -> None:
    counts = read(
        HEADER,
        "00001A;2024-01-01;2024-01-31;31;9;9;9",
        "00001A;2024-02-01;2024-02-01;1;9;9;9",
        "00002A;2024-01-15;2024-02-15;32;;0;0",
    )
    assert list(counts["jours_presence"]) == [31, 1, 32]
    with pytest.raises(UserError, match="32 jours de présence dans une période de 31"):
        read(HEADER, "00001A;2024-01-01;2024-01-31;32;9;9;9")


@given(
    st.lists(st.tuples(st.integers(1, 28), st.integers(1, 28)).map(sorted), min_size=1, max_size=8)
)
def test_periods_share_no_day_or_are_told(days: list[list[int]]) -> None:
    spells = [
        Spell(Cells(line, {}), (date(2024, 1, first), date(2024, 1, last)))
        for line, (first, last) in enumerate(days, start=2)
    ]
    shared = any(
        one.period[0] <= other.period[1] and other.period[0] <= one.period[1]
        for one in spells
        for other in spells
        if one is not other
    )
    told = list(overlaps(spells))
    assert bool(told) == shared
    for first, second in told:
        assert first.cells.line < second.cells.line
        assert first.period[0] <= second.period[1]
        assert second.period[0] <= first.period[1]


def test_a_repair_is_told_with_its_lines(read, notes: Notes) -> None:
    lines = [HEADER, *(f"00001A;01/0{n}/2024;31/0{n}/2024;13;12;12;4" for n in (1, 3, 5))]
    read(content="\n".join(lines).encode())
    assert [(row[2], row[5], row[6]) for row in notes.rows if "dates" in row[3]] == [
        (name, f"Colonne « {name} »\u00a0: dates lues comme JJ/MM/AAAA (lignes 2 à 4)", 3)
        for name in ("debut", "fin")
    ]


def test_titles_in_any_dress_order_and_encoding(read, notes: Notes) -> None:
    header = "Début,FIN,ID bureau,Jours  présence,détections,Tests,orientations,remarque"
    lines = [header, "2024-01-01,2024-03-31,00001A,13,12,,4,août"]
    counts = read(content="\n".join(lines).encode("cp1252"))
    assert counts.loc[0, ["id_bureau", "detections", "orientations"]].tolist() == ["00001A", 12, 4]
    assert counts["tests"].isna().all()
    assert [row[3:5] for row in notes.rows] == [
        ("encodage", "repaired"),
        *[("titre de colonne", "repaired")] * 6,
        ("colonne ignorée", "reported"),
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "est vide"),
        (HEADER.encode(), "au moins une ligne.*une ligne par bureau.*maillage template detections"),
        (b"id_bureau;debut\nA;2024-01-01\n", "il manque les colonnes fin, jours_presence"),
        (f"{HEADER}\n{LINE};5".encode(), "8 cellules pour 7"),
        (f"debut;{HEADER}\n;{LINE}".encode(), "deux colonnes pour « debut »"),
        (b"<!DOCTYPE html><html></html>", "page web"),
        (b"PK\x03\x04", "archive ou un classeur"),
        (b"\xd0\xcf\x11\xe0\x00", "octet nul"),
    ],
)
def test_what_is_no_table_of_counts_is_refused(read, content: bytes, told: str) -> None:
    with pytest.raises(UserError, match=told) as refused:
        read(content=content)
    assert "d.csv" in str(refused.value)


def test_columns_are_those_of_the_contract() -> None:
    assert tuple(CONTRACTS["detections"].columns) == COLUMNS


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"id_bureau": ""}, "BAD_ID"),
        ({"id_bureau": "TOTAL"}, "BAD_ID"),
        ({"code_insee": "1004"}, "INSEE_ZERO_LOST"),
        ({"code_insee": "99999"}, "INSEE_UNKNOWN"),
        ({"debut": "hier"}, "BAD_DATE"),
        ({"debut": "2024-02-30"}, "BAD_DATE"),
        ({"fin": "2999-01-01"}, "BAD_DATE"),
        ({"detections": "douze"}, "BAD_NUMBER"),
        ({"detections": ""}, "BAD_NUMBER"),
        ({"detections": "-5"}, "BAD_COUNT"),
        ({"tests": "3,7"}, "BAD_COUNT"),
        ({"tests": "3"}, "BAD_COUNT"),
        ({"jours_presence": "40"}, "BAD_COUNT"),
        ({"debut": "01/01/2024"}, "FIX"),
        ({"debut": "2024-01-01 00:00:00"}, "OK"),
        ({"debut": "01/01/2024 00:00"}, "FIX"),
        ({"fin": "2024-01-31 23:59:00"}, "FIX"),
        ({"fin": "2024-01-31T23:00:00Z"}, "BAD_DATE"),
        ({"id_bureau": "", "debut": "", "fin": "Total"}, "BAD_ID"),
        ({"tests": "1 204"}, "FIX"),
        ({"code_insee": "36088"}, "OK"),
    ],
)
def test_the_check_has_the_code_that_the_import_has(read, tmp_path, notes, changed, code) -> None:
    cells = dict(zip(f"nom;code_insee;{HEADER}".split(";"), f";;{LINE}".split(";"), strict=True))
    lines = (";".join(cells), ";".join((cells | changed).values()))
    path = tmp_path / "checked.csv"
    path.write_text("\n".join(lines), "utf-8")
    told = check_table(path, "detections")
    assert told.answer == code
    if told.accepted:
        assert "sera cherché à la construction" in told.message
        assert len(read(*lines)) == 1
        assert bool(told.repairs) == any(row[4] == "repaired" for row in notes.rows)
    else:
        with pytest.raises(RefusedFileError) as refused:
            read(*lines)
        assert refused.value.code == code


@pytest.mark.parametrize(
    ("second", "code"),
    [
        ("00001A;2024-01-01;2024-01-15;5;40;9;4", "DUP_ID"),
        ("laposte:00001a;2024-01-31;2024-02-15;5;40;9;4", "OVERLAP"),
        ("00001A;2024-02-01;2024-02-15;5;40;9;4", "OK"),
        ("00002A;2024-01-01;2024-01-15;5;40;9;4", "OK"),
    ],
)
def test_the_check_tells_periods_that_share_a_day(tmp_path: Path, second: str, code: str) -> None:
    path = tmp_path / "checked.csv"
    path.write_text("\n".join((HEADER, LINE, second)), "utf-8")
    assert check_table(path, "detections").answer == code


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "46023",
            "« 46023 » est un nombre de jours d’Excel\u202f; mettez la colonne au format Date",
        ),
        ("46053.75", "nombre de jours d’Excel"),
        ("1/1/26", "n’a que deux chiffres pour l’année\u202f; écrivez AAAA-MM-JJ"),
        ("janv-26", "est un mois, sans le jour"),
        ("févr. 2026", "est un mois, sans le jour"),
        ("01/2026", "est un mois, sans le jour"),
        ("01/13/2026", "semblent inversés (date américaine)"),
        ("31/31/2026", "« 31/31/2026 » n’existe pas"),
        ("2026-13-01", "« 2026-13-01 » n’existe pas"),
        ("01/01/2026 25h", "n’est pas une date"),
        ("hier", "n’est pas une date"),
    ],
)
def test_what_is_no_day_is_told_for_what_it_looks_like(text: str, told: str) -> None:
    with pytest.raises(LineError) as fault:
        day(Cell(2, "debut", text), Repairs())
    assert fault.value.code == "BAD_DATE"
    assert told in str(fault.value)


def test_the_hour_of_a_day_is_left_and_said_without_it() -> None:
    repairs = Repairs()
    for text in ("2026-01-31 23:59:00", "31/01/2026 8:30", "2026-01-31T00:00:00.000", "31/01/2026"):
        assert day(Cell(2, "fin", text), repairs) == date(2026, 1, 31)
    details = [repair.detail for repair in repairs.told()]
    assert details == [
        "Colonne « fin »\u00a0: dates lues sans leur heure",
        "Colonne « fin »\u00a0: dates lues comme JJ/MM/AAAA",
    ]


def test_a_total_without_bureau_is_told_as_one(read) -> None:
    with pytest.raises(
        UserError, match=r"ligne 3, colonne « id_bureau »\u00a0: « Total » compte"
    ) as (refused):
        read(HEADER, LINE, ";;Total;5;40;9;4")
    assert "une date" not in str(refused.value)


def test_a_line_above_the_titles_is_not_told_to_all(read, notes: Notes) -> None:
    read("Bilan : 47 détections;;;;;;", HEADER, LINE)
    assert [row[3] for row in notes.rows] == ["ligne de titre"]
    assert "47" not in notes.rows[0][5]


def test_a_file_that_is_not_there(tmp_path: Path, notes: Notes, sites, matches, communes) -> None:
    with pytest.raises(SourceError, match="Vérifiez --detections"):
        read_detections(tmp_path / "absent.csv", notes, sites, matches, communes)


def test_a_workbook_reads_as_the_csv_does(read) -> None:
    rows = [line.split(";") for line in (HEADER, LINE, LINE.replace("00001A", "00002A"))]
    typed = [
        [name, datetime.fromisoformat(first), date.fromisoformat(last), *map(int, counts)]
        for name, first, last, *counts in rows[1:]
    ]
    book = openpyxl.Workbook()
    book.create_sheet("vide")
    for row in (rows[0], [], *typed):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    from_book = read(content=content.getvalue(), file="d.xlsx")
    pd.testing.assert_frame_equal(from_book, read(*(";".join(row) for row in rows)))
