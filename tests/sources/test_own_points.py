"""A planner's own points: what is read, what is repaired and said, what is refused and how."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.base.errors import SourceError, UserError
from coverage.model.notes import Notes
from coverage.sources.own_points import read_points

pytestmark = pytest.mark.usefixtures("in_process")


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def read(tmp_path: Path, notes: Notes):
    """Write lines (or bytes) to a file and read it as points."""

    def write_and_read(*lines: str, content: bytes | None = None):
        path = tmp_path / "points.csv"
        path.write_bytes(content if content is not None else "\n".join(lines).encode())
        return read_points(path, "--from", notes)

    return write_and_read


def told(table) -> list[tuple[str, float, float]]:
    return list(zip(table["id"], table.geometry.x, table.geometry.y, strict=True))


def test_ids_stay_text_and_the_order_of_the_file_is_kept(read, notes: Notes) -> None:
    table = read("id,lon,lat", "01004,5.2,46.1", "", "2A004,8.7,41.9", "-3,-61.5,16.2")

    assert told(table) == [("01004", 5.2, 46.1), ("2A004", 8.7, 41.9), ("-3", -61.5, 16.2)]
    assert list(table["line"]) == [2, 4, 5]
    assert table.crs == "EPSG:4326"
    assert notes.rows == []


@pytest.mark.parametrize(
    "header",
    ["ID;LON;LAT", "lat;nom;lon;id", "site_id;Longitude;Latitude", "demand_id\tlon\tlat"],
)
def test_columns_in_any_order_under_their_usual_names(read, header: str) -> None:
    separator = "\t" if "\t" in header else ";"
    values = {"id": "a", "lon": "9.1", "lat": "42.3", "nom": "Mairie"}
    short = {"site_id": "id", "demand_id": "id", "longitude": "lon", "latitude": "lat"}
    names = [short.get(name.lower(), name.lower()) for name in header.split(separator)]

    assert told(read(header, separator.join(values[name] for name in names))) == [("a", 9.1, 42.3)]


def test_of_two_columns_of_ids_the_plain_one_is_read_and_the_other_said(read, notes) -> None:
    assert told(read("site_id,id,lon,lat", "b,a,9,42")) == [("a", 9.0, 42.0)]
    assert [row[3] for row in notes.rows] == ["colonne ignorée"]
    assert "« site_id »" in notes.rows[0][5]


def test_french_numbers_are_read_and_counted(read, notes: Notes) -> None:
    table = read("id;lon;lat", "a;9,1;42,3", "b;9.2;42.4", "c;9,3;42.5")

    assert told(table) == [("a", 9.1, 42.3), ("b", 9.2, 42.4), ("c", 9.3, 42.5)]
    assert [(row[2], row[3], row[6]) for row in notes.rows] == [
        ("lon", "nombre à la française", 2),
        ("lat", "nombre à la française", 1),
    ]
    assert "(lignes 2 et 4)" in notes.rows[0][5]


def test_metres_of_lambert_93_are_converted_and_said(read, notes: Notes) -> None:
    ((_, lon, lat),) = told(read("id;x;y", "a;652000;6862000"))
    assert (lon, lat) == pytest.approx((2.3458, 48.8562), abs=1e-3)
    assert "Lambert-93" in [row[3] for row in notes.rows]
    # Degrees may be called so too.
    assert told(read("id;x;y", "a;-73.9;40.7")) == [("a", -73.9, 40.7)]


@pytest.mark.parametrize(("encoding", "said"), [("utf-8", 0), ("utf-8-sig", 0), ("cp1252", 1)])
def test_encodings(read, notes: Notes, encoding: str, said: int) -> None:
    table = read(content="id;lon;lat\r\nÎlot été;9.1;42.3\r\n".encode(encoding))

    assert told(table) == [("Îlot été", 9.1, 42.3)]
    assert [row[3] for row in notes.rows] == ["encodage"] * said


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["id,lon"], "il manque la colonne lat"),
        (["nom,z", "a,1"], "il manque les colonnes id, lon, lat"),
        (["id,lon,lat,lat", "a,1,2,3"], "deux colonnes pour « lat »"),
        (["id,lon,lat"], "n’a que ses titres de colonnes"),
        (["id,lon,lat", "a,1,2", ",1,2"], "ligne 3, colonne « id »\u00a0: un identifiant manque"),
        (["id,lon,lat", "a,1,2", "b,,2"], "ligne 3, colonne « lon »\u00a0: une coordonnée manque"),
        (["id,lon,lat", "a,1"], "ligne 2"),
        (
            ["id,lon,lat", "a,1,2", "a,1,2"],
            "colonne « id »\u00a0: « a » est déjà à la ligne 2",
        ),
        (["id,lon,lat", "=1+1,1,2"], "ligne 2, colonne « id »\u00a0: un tableur lirait « =1+1 »"),
        (["id,lon,lat", "a,est,2"], "ligne 2, colonne « lon »\u00a0: « est » n’est pas un nombre"),
        (["id,lon,lat", "a,nan,2"], "« nan » n’est pas un nombre"),
        (["id,lon,lat", "a,1e999,2"], "« 1e999 » n’est pas un nombre"),
        (["id,lon,lat", "a,٣,2"], "« ٣ » n’est pas un nombre"),
        (
            ["id,lon,lat", "a,48.8,102.3"],
            "ligne 2, colonne « lat »\u00a0: lon et lat sont inversées",
        ),
        (
            ["id,lon,lat", "a,652000,6862000"],
            "colonne « lon »\u00a0: coordonnées hors du globe",
        ),
        (["id,lon,lat", "a,2.3,48,8"], "ligne 2"),
        (["<!DOCTYPE html>"], "page web (HTML)"),
        ([""], "est vide"),
    ],
)
def test_what_is_refused(read, lines: list[str], words: str) -> None:
    with pytest.raises(UserError, match=r"points\.csv") as refused:
        read(*lines)
    assert words in str(refused.value)


def test_a_broken_spreadsheet_is_refused_with_what_to_do(read) -> None:
    with pytest.raises(UserError, match=r"au format CSV .* ou XLSX"):
        read(content=b"PK\x03\x04rest")


def test_faults_are_told_together_ten_at_most(read) -> None:
    with pytest.raises(UserError) as refused:
        read("id,lon,lat", *(f"a{n},x,1" for n in range(13)))
    assert str(refused.value).count("n’est pas un nombre") == 10
    assert str(refused.value).endswith("et 3 autres lignes. (BAD_NUMBER)")


def test_a_file_that_is_not_there(tmp_path: Path, notes: Notes) -> None:
    with pytest.raises(SourceError, match="Vérifiez --to"):
        read_points(tmp_path / "absent.csv", "--to", notes)


@given(
    st.lists(
        st.tuples(
            st.floats(-180, 180).map(lambda v: round(v, 6)),
            st.floats(-90, 90).map(lambda v: round(v, 6)),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_any_point_of_the_globe_is_read_as_written(tmp_path_factory, points) -> None:
    path = tmp_path_factory.mktemp("points") / "points.csv"
    rows = [f"p{n},{lon:.6f},{lat:.6f}" for n, (lon, lat) in enumerate(points)]
    path.write_text("\n".join(["id,lon,lat", *rows]), encoding="utf-8")
    table = read_points(path, "--from", Notes())

    assert [(x, y) for _, x, y in told(table)] == points
