"""Kinds of staff, and how their posts are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.base.errors import UserError
from coverage.model.services import ServiceTable
from coverage.model.staff import STAFF_KINDS, posts_of_staff, staff_of_posts


def test_posts_of_one_kind_add_up() -> None:
    staff = ["conseiller_numerique:2", "Médiateur : 0,5", "conseiller numérique:0.5"]
    assert posts_of_staff(staff) == {"conseiller_numerique": 2.5, "mediateur": 0.5}
    assert posts_of_staff([]) == {}


@pytest.mark.parametrize(
    "text",
    ["conseiller_numerique", "mediateur:", "mediateur:-1", "mediateur:nan", "mediateur:inf",
     "mediateur:1e3", "mediateur:501", "bénévole:1", ":1", ""],
)  # fmt: skip
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(UserError):
        posts_of_staff([text])


@pytest.mark.parametrize("posts", [{"bénévole": 1.0}, {"mediateur": -1.0}, {"mediateur": 1e9}])
def test_nonsense_is_not_written(posts: dict[str, float]) -> None:
    with pytest.raises(UserError):
        staff_of_posts(posts)


@given(st.dictionaries(st.sampled_from(STAFF_KINDS), st.integers(0, 5000).map(lambda n: n / 10)))
def test_what_is_written_is_read_back(posts: dict[str, float]) -> None:
    assert posts_of_staff(staff_of_posts(posts)) == pytest.approx(posts)


def test_staff_figures_are_edited_in_the_workspace(tmp_path) -> None:
    own = tmp_path / "services.toml"
    own.write_text('[personnel.mediateur]\nlabel = "médiatrice"\npersons_month = 90\n', "utf-8")
    table = ServiceTable.load(tmp_path)
    assert table.staff["mediateur"].persons_month == 90
    assert table.staff["conseiller_numerique"].persons_month == 100
    assert set(table.staff) == set(STAFF_KINDS)
    for wrong in (
        '[personnel.bénévole]\nlabel = "x"\npersons_month = 1',
        "[personnel.mediateur]\npersons_month = 1",
        '[personnel.mediateur]\nlabel = "x"\npersons_month = -1',
        '[personnel.mediateur]\nlabel = "x"\npersons_month = 1e300',
        "personnel = 3",
    ):
        own.write_text(wrong, "utf-8")
        with pytest.raises(UserError, match=r"services\.toml"):
            ServiceTable.load(tmp_path)


def test_what_a_kind_offers_and_its_team_are_kept_or_edited(tmp_path) -> None:
    own = tmp_path / "services.toml"
    row = 'label = "x"\nlevel = "adviser"\nrank = 2\npersons_month = 80\n'
    own.write_text(f"[france_services]\n{row}", "utf-8")
    kept = ServiceTable.load(tmp_path)["france_services"]
    assert (kept.persons_month, kept.tags, kept.team) == (
        80, ("demarches",), "referente_france_services",
    )  # fmt: skip
    own.write_text(f'[france_services]\n{row}tags = ["emploi"]\nteam = ""\n', "utf-8")
    edited = ServiceTable.load(tmp_path)["france_services"]
    assert (edited.tags, edited.team) == (("emploi",), "")
    for wrong in ('tags = ["kiosque"]', 'team = "x"', "tags = 3"):
        own.write_text(f"[france_services]\n{row}{wrong}\n", "utf-8")
        with pytest.raises(UserError, match=r"services\.toml"):
            ServiceTable.load(tmp_path)
