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

from coverage.base.errors import SourceError, UserError
from coverage.model.notes import Notes
from coverage.model.tables import check
from coverage.sources.detections import read_detections
from coverage.sources.detections.cells import Cells
from coverage.sources.detections.periods import Spell, overlaps
from tests.sources.detections.tables import FILES, table

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

    def write_and_read(*lines: str, content: bytes | None = None) -> pd.DataFrame:
        path = tmp_path / "d.csv"
        path.write_bytes("\n".join(lines).encode() if content is None else content)
        return read_detections(path, notes, sites, matches, communes)

    return write_and_read


def test_every_way_to_name_a_bureau_is_understood(read, notes: Notes) -> None:
    counts = read(content=(FILES / "counts.csv").read_bytes())
    check("detections", counts)
    told = counts.astype(object).where(counts.notna(), "")
    for day in ("debut", "fin"):
        told[day] = counts[day].dt.strftime("%Y-%m-%d")
    expected = table("counts_read.csv")
    assert told.astype(str).to_numpy().tolist() == expected.to_numpy().tolist()
    assert [(row[2], row[3], row[4]) for row in notes.rows] == [
        ("d.csv", "identifiant de bureau remplacé", "repaired"),
        ("d.csv", "identifiant de bureau remplacé", "repaired"),
        ("d.csv", "bureau trouvé par son nom", "reported"),
        ("d.csv", "bureau trouvé par son nom", "reported"),
        ("d.csv", "bureau d’une autre commune", "reported"),
        ("d.csv", "nombres à la française", "repaired"),
        ("d.csv", "dates à la française", "repaired"),
    ]
    details = [row[5] for row in notes.rows]
    assert "« X99 » est inconnu" in details[3]
    assert "le bureau « 00002A » (ARDENTES GARE)" in details[3]
    # Notes are public: of a count that the file holds, none says anything.
    assert not any(re.search("1.?204|\\b40\\b|\\b29\\b", detail) for detail in details)


def test_every_wrong_line_is_told_and_nothing_is_kept(read, notes: Notes) -> None:
    with pytest.raises(UserError) as refused:
        read(content=(FILES / "faults.csv").read_bytes())
    text = str(refused.value)
    assert text.startswith("« d.csv » n’a pas été lu, rien n’est gardé\u00a0:\n  ligne 3, ")
    by_line = {int(part.split(",", 1)[0]): part for part in text.split("\n  ligne ")[1:]}
    expected = table("faults_told.csv")
    assert set(by_line) == set(expected["line"].astype(int))
    for line, column, words in expected.itertuples(index=False, name=None):
        found = [part for part in by_line[int(line)].split("colonne « ") if words in part]
        assert [part.split(" »\u00a0: ")[0] for part in found] == [column], (line, words, by_line)
    assert text.count("colonne ") == len(expected)


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
    assert str(refused.value).endswith("\u202f;\n  et 3 autres lignes.")
    with pytest.raises(UserError, match=r"\u202f;\n  et 1 autre ligne\.$"):
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


def test_titles_in_any_dress_order_and_encoding(read, notes: Notes) -> None:
    header = "Début,FIN,ID bureau,Jours  présence,détections,Tests,orientations,remarque"
    lines = [header, "2024-01-01,2024-03-31,00001A,13,12,,4,août"]
    counts = read(content="\n".join(lines).encode("cp1252"))
    assert counts.loc[0, ["id_bureau", "detections", "orientations"]].tolist() == ["00001A", 12, 4]
    assert counts["tests"].isna().all()
    assert [row[3:5] for row in notes.rows] == [
        ("encodage", "repaired"),
        ("colonne ignorée", "reported"),
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "il manque id_bureau"),
        (HEADER.encode(), "aucune ligne.*une ligne par bureau.*maillage template detections"),
        (b"id_bureau;debut\nA;2024-01-01\n", "il manque fin, jours_presence"),
        (f"{HEADER}\n{LINE};5".encode(), "8 cellules pour 7"),
        (f"debut;{HEADER}\n;{LINE}".encode(), "deux colonnes « debut »"),
        (b"<!DOCTYPE html><html></html>", "page HTML"),
        (b"PK\x03\x04", "pas un classeur lisible"),
        (b"\xd0\xcf\x11\xe0\x00", "pas un texte.*XLSX"),
    ],
)
def test_what_is_no_table_of_counts_is_refused(read, content: bytes, told: str) -> None:
    with pytest.raises(UserError, match=told) as refused:
        read(content=content)
    assert "d.csv" in str(refused.value)


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
    from_book = read(content=content.getvalue())
    pd.testing.assert_frame_equal(from_book, read(*(";".join(row) for row in rows)))
