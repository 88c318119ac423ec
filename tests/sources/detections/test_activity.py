"""What followed the detections: what is read, what is left out and said, what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from coverage.base.errors import UserError
from coverage.model.notes import Notes
from coverage.model.tables import check
from coverage.sources.detections import read_activity
from tests.sources.detections.tables import FILES

pytestmark = pytest.mark.usefixtures("in_process")

HEADER = "lieu;debut;fin;detections;accompagnements;ateliers;stagiaires"
COUNTS = ["detections", "accompagnements", "ateliers", "stagiaires"]


@pytest.fixture
def read(tmp_path: Path, notes: Notes):
    """Write lines to a file and read it as what followed."""

    def write_and_read(*lines: str, **options: Any):
        path = tmp_path / "a.csv"
        path.write_text("\n".join(lines), encoding="utf-8")
        return read_activity(path, notes, **options)

    return write_and_read


def test_lot_et_garonne_as_la_poste_published_it(notes: Notes) -> None:
    activity = read_activity(FILES / "lot_et_garonne.csv", notes)
    check("activity", activity)
    assert activity[COUNTS].to_numpy().tolist() == [[823, 6_997, 254, 347]]
    assert list(activity["lieu"]) == [""]
    assert str(activity["fin"].iloc[0].date()) == "2022-12-31"


def test_detections_are_left_out_where_the_bureaux_tell_them(notes: Notes) -> None:
    activity = read_activity(FILES / "lot_et_garonne.csv", notes, bureaux_told=True)
    assert activity["detections"].isna().all()
    assert activity[COUNTS[1:]].to_numpy().tolist() == [[6_997, 254, 347]]
    assert [row[3:5] for row in notes.rows][-1] == ("détections ignorées", "reported")


def test_place_and_detections_may_be_no_columns_and_counts_may_be_unknown(read, notes) -> None:
    activity = read(
        "debut;fin;accompagnements;ateliers;stagiaires",
        "2024-01-01;2024-03-31;12;;",
        "2024-04-01;2024-06-30;;3;0",
    )
    assert list(activity["lieu"]) == ["", ""]
    assert activity["detections"].isna().all()
    assert activity["ateliers"].isna().tolist() == [True, False]
    assert activity["stagiaires"].tolist()[1] == 0
    assert notes.rows == []


def test_a_place_and_the_whole_territory_may_tell_different_counts(read) -> None:
    told = read(HEADER, ";2024-01-01;2024-12-31;;90;;", "Agen;2024-02-01;2024-02-29;;;3;9")
    assert len(told) == 2


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (
            ("A;2024-01-01;2024-01-31;;;;",),
            "ligne 2, colonne « accompagnements »\u00a0: ligne sans",
        ),
        (("A;2024-01-31;2024-01-01;;1;;",), "colonne « fin »\u00a0: .*précède"),
        (
            ("Agen;2024-01-01;2024-01-31;;1;;", "Sous-total;2024-01-01;2024-01-31;;1;;"),
            "ligne 3, colonne « lieu »\u00a0: « Sous-total » compte d’autres lignes",
        ),
        (("TOTAL 2024;2024-01-01;2024-01-31;;1;;",), "« TOTAL 2024 » compte d’autres lignes"),
        (("Ensemble;2024-01-01;2024-01-31;;1;;",), "« Ensemble » compte d’autres lignes"),
        (("A;2023-01-01;2024-01-02;;1;;",), "colonne « fin »\u00a0: une période de plus d’un an"),
        (("A;2024-01-01;2999-01-31;;1;;",), "colonne « fin »\u00a0: l’année"),
        (("A;;2024-01-01;;1;;",), "colonne « debut »\u00a0: une date manque"),
        (
            ("A;2024-01-01;2024-01-31;;-1;;",),
            "colonne « accompagnements »\u00a0: « -1 » est négatif",
        ),
        (("A;2024-01-01;2024-01-31;;;1,5;",), "colonne « ateliers »\u00a0: .*nombre entier"),
        (
            ("Étape;2024-01-01;2024-01-31;;1;;", "ETAPE;2024-01-31;2024-02-29;;1;;"),
            r"ligne 3, colonne « debut »\u00a0: la période chevauche, pour ce lieu, .*\(ligne 2\)",
        ),
        (
            (";2024-01-01;2024-01-31;;1;;", ";2024-01-01;2024-02-29;;1;;"),
            r"ligne 3, colonne « debut »\u00a0: tout le territoire a déjà une ligne .*\(ligne 2\)",
        ),
        (
            ("Agen;2024-01-31;2024-01-31;;1;;", ";2024-01-01;2024-01-31;;9;;"),
            "ligne 2, colonne « lieu »\u00a0: la ligne 3 compte déjà « accompagnements »",
        ),
    ],
)
def test_a_wrong_line_is_told(read, lines: tuple[str, ...], told: str) -> None:
    with pytest.raises(UserError, match=told):
        read(HEADER, *lines)


def test_a_period_ends_today_at_the_latest_and_lasts_a_year_at_most(read) -> None:
    year = "A;2023-01-01;2024-01-01;;1;;"
    assert len(read(HEADER, year, today=date(2024, 1, 1))) == 1
    with pytest.raises(UserError, match="« fin »\u00a0: le 2024-01-01 n’est pas encore passé"):
        read(HEADER, year, today=date(2023, 12, 31))
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    with pytest.raises(UserError, match="n’est pas encore passé"):
        read(HEADER, f"A;2024-01-01;{tomorrow};;1;;")


def test_places_whose_name_begins_like_a_sum_are_places(read) -> None:
    names = ["Ensemble scolaire", "Sommeville", "Exemplaire", "Totalia"]
    assert list(read(HEADER, *(f"{n};2024-01-01;2024-01-31;;1;;" for n in names))["lieu"]) == names


def test_what_is_no_table_of_activity_is_refused(read) -> None:
    with pytest.raises(UserError, match=r"la colonne accompagnements.*maillage template activity"):
        read("lieu;debut;fin;ateliers;stagiaires", "A;2024-01-01;2024-01-31;1;1")
