import re
from dataclasses import replace

import pandas as pd
import pytest

from coverage.reports.words import legal
from tests.reports.unknown import unknown_population
from tests.toy import toy_result


def plain(texts: list[str]) -> list[str]:
    return [re.sub("[\u00a0\u202f]", " ", text) for text in texts]


def legal_row(far_road: float, far_crow: float, state: str = "today") -> pd.DataFrame:
    """The test of 7,000 people of whom some are far."""
    share = far_road / 7000
    row = {"state": state, "persons": 7000.0, "far_road": far_road, "far_road_share": share}
    row |= {"far_crow": far_crow, "far_crow_share": far_crow / 7000}
    row |= {"margin_share": 0.1 - share, "margin_persons": 700 - far_road}
    row |= {"holds_road": share <= 0.1, "holds_crow": far_crow / 7000 <= 0.1}
    return pd.DataFrame([row])


@pytest.mark.parametrize(
    ("far_road", "far_crow", "told"),
    [
        (150, 60, "le seuil est tenu, avec une marge de 7,9 pts (550 habitants) par la route"),
        (
            0,
            0,
            "Aujourd’hui : personne n’est trop loin, avec une marge de 10,0 pts (700 habitants)",
        ),
        (700, 60, "le seuil est tenu, avec une marge de 0,0 pts (0 habitants) par la route"),
        (840, 60, "tenu à vol d’oiseau seulement, dépassé de 2,0 pts (140 habitants) sinon"),
        (840, 770, "le seuil est dépassé de 2,0 pts (140 habitants) par la route"),
    ],
)
def test_the_threshold_is_held_or_not(far_road: float, far_crow: float, told: str) -> None:
    result = toy_result(legal=legal_row(far_road, far_crow))
    assert plain(legal.legal_sentences(result))[0].endswith(f"{told}.")


def test_the_communes_responsible_are_named_most_people_first() -> None:
    texts = plain(legal.legal_sentences(toy_result()))
    assert "Ils vivent à : Monte Scuru (90), Isulella (60)." in texts
    many = pd.concat([toy_result().legal_communes] * 4, ignore_index=True).assign(part=1 / 8)
    texts = plain(legal.legal_sentences(toy_result(legal_communes=many)))
    assert any(
        t.startswith("Ils vivent surtout à") and t.endswith("; 63 % d’entre eux.") for t in texts
    )


def test_changes_are_told_with_what_they_do() -> None:
    both = pd.concat([legal_row(150, 60), legal_row(220, 60, "changed")])
    toy = toy_result()
    params = replace(toy.params, closed=("laposte:A3",), opened=((9.0, 42.0), (9.1, 42.0)))
    text = plain(legal.legal_sentences(toy_result(legal=both, params=params)))[1]
    assert text.startswith("Avec 1 lieu fermé et 2 lieux ouverts : 3,1 % des habitants (220)")
    assert text.endswith("soit +1,0 pts par la route.")
    assert [row[0] for row in legal.legal_rows(toy_result(legal=both))] == [
        "Aujourd’hui",
        "Après les changements",
    ]


def test_an_estimate_is_indicative_and_nobody_known_is_no_test() -> None:
    assert "indicatif" in legal.legal_sentences(toy_result(estimate=True))[-1]
    assert "indicatif" not in " ".join(legal.legal_sentences(toy_result()))
    assert "n’est pas disponible" in legal.legal_sentences(unknown_population())[0]
    assert legal.legal_rows(unknown_population()) == []
