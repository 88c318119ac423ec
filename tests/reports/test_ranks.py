import pandas as pd
import pytest

from coverage.reports.words.priority import rank_meaning
from coverage.reports.words.ranks import draws_text, ordinal, rank_text, stability_text

NB = "\u00a0"


def test_ordinals_agree() -> None:
    assert [ordinal(1), ordinal(1, feminine=True), ordinal(8), ordinal(1200)] == [
        "1er",
        "1re",
        "8e",
        "1\u202f200e",
    ]


@pytest.mark.parametrize(
    ("rank", "low", "high", "tied", "text"),
    [
        (8, 8, 35, False, f"8e [8{NB}à{NB}35]"),
        (1, 1, 1, True, f"1er ex æquo [1{NB}à{NB}1]"),
        (3, pd.NA, pd.NA, False, "3e"),
        (pd.NA, pd.NA, pd.NA, True, "n.d."),
    ],
)
def test_a_rank_stands_with_its_interval(rank, low, high, tied, text) -> None:
    assert rank_text(rank, low, high, tied=tied) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (1.0, "tous les tirages"),
        (0.9999, f"99{NB}% des tirages"),
        (0.0001, f"1{NB}% des tirages"),
        (0.17, f"17{NB}% des tirages"),
        (0.0, "aucun tirage"),
    ],
)
def test_a_share_that_is_not_all_is_not_called_all(share: float, text: str) -> None:
    assert draws_text(share) == text


def test_the_choice_is_told_from_the_side_it_is_on() -> None:
    inside = stability_text(3, "robuste", 0.96, ranked=124, estimate=False)
    assert inside == f"choix robuste{NB}: parmi les dix premiers dans 96{NB}% des tirages"
    outside = stability_text(40, "robuste", 0.04, ranked=124, estimate=False)
    assert outside == f"choix robuste{NB}: hors des dix premiers dans 96{NB}% des tirages"
    half = stability_text(8, "sensible", 0.5, ranked=124, estimate=False)
    assert half.startswith("choix sensible")


def test_how_sure_an_estimate_is_leaves_out_its_own_error() -> None:
    sure = stability_text(1, "robuste", 1.0, ranked=124, estimate=True)
    assert sure.endswith("dans tous les tirages (hors erreur des temps estimés)")
    assert rank_meaning(estimate=True).endswith(
        "L’erreur des temps, estimés à vol d’oiseau, n’y est pas comptée."
    )
    assert "vol d’oiseau" not in rank_meaning(estimate=False)


def test_a_rank_outside_its_interval_is_explained() -> None:
    assert "un rang peut donc être hors de son propre intervalle" in rank_meaning(estimate=False)


@pytest.mark.parametrize("estimate", [True, False])
def test_among_ten_or_fewer_there_is_no_choice(estimate: bool) -> None:
    for told in (("robuste", 1.0), (None, None)):
        assert stability_text(1, *told, ranked=10, estimate=estimate) == "sans objet (10 classés)"
    assert stability_text(1, None, None, ranked=124, estimate=estimate) == "n.d."
