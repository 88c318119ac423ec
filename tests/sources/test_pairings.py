"""The file in which someone who knows says which places are one."""

from __future__ import annotations

from pathlib import Path

import pytest

from coverage.base.errors import UserError
from coverage.model.notes import Notes
from coverage.sources.pairings import read_pairings

pytestmark = pytest.mark.usefixtures("in_process")


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def read(tmp_path: Path, notes: Notes):
    def write_and_read(*lines: str):
        path = tmp_path / "appariements.csv"
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return read_pairings(path, notes)

    return write_and_read


def test_pairs_are_read_in_either_order_and_any_dress(read) -> None:
    assert read(
        "Site_ID;autre id;meme_lieu;remarque",
        "laposte:1;fs:1;oui;vu sur place",
        "fs:1;laposte:1;OUI;",
        "fs:2;laposte:1;Non;",
    ) == {frozenset({"laposte:1", "fs:1"}): True, frozenset({"laposte:1", "fs:2"}): False}


def test_a_line_without_an_answer_leaves_its_pair_open(read) -> None:
    assert read("site_id,autre_id,meme_lieu,nom", "a,b,,Mairie", "a,c,non,Poste") == {
        frozenset({"a", "c"}): False
    }


def test_what_was_put_right_is_said(read, notes: Notes) -> None:
    read("Site_ID;autre id;meme_lieu", "a;b;oui")
    assert [row[2:5] for row in notes.rows] == [
        ("site_id", "titre de colonne", "repaired"),
        ("autre_id", "titre de colonne", "repaired"),
    ]


def test_an_empty_list_says_nothing(read) -> None:
    assert read("site_id,autre_id,meme_lieu") == {}


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        (("site_id;autre_id", "a;b"), "il manque la colonne meme_lieu"),
        (("site_id;autre_id;meme_lieu", "a;a;oui"), "ligne 2.*deux identifiants"),
        (("site_id;autre_id;meme_lieu", "a;;oui"), "ligne 2.*deux identifiants"),
        (("site_id;autre_id;meme_lieu", "a;b;peut-être"), "ligne 2.*ni oui ni non"),
        (("site_id;autre_id;meme_lieu", "a;b;oui", "b;a;non"), "ligne 3.*oui et non"),
    ],
)
def test_what_cannot_be_understood_is_refused(read, lines: tuple[str, ...], fault: str) -> None:
    with pytest.raises(UserError, match=fault):
        read(*lines)
