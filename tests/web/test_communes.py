"""What the list says of each commune, and its search."""

from __future__ import annotations

import pytest

from coverage.web.communes import commune_rows, search_communes
from tests.toy import toy_result
from tests.toy_detections import sounded_result


def test_rows_of_the_toy_town():
    rows = {row.code: row for row in commune_rows(toy_result())}
    assert rows["2A007"].minutes_text == "> 60"
    assert rows["2A004"].minutes_text == "20"
    assert rows["2A007"].journey_text == "hors d’atteinte"
    assert rows["2A004"].journey_text == "20\u00a0min"
    assert rows["2A006"].zoning_text.startswith("FRR+, depuis le 1er")
    assert rows["2A007"].rank_text == "1er [1\u00a0à\u00a02]"
    assert rows["2A003"].rank_text == "4e [4\u00a0à\u00a05]"
    assert rows["2A003"].choice_text == "sans objet (8 classés)"
    assert rows["2A003"].concerned == pytest.approx(40)


def test_what_is_told_of_the_counter():
    assert {row.counter_text for row in commune_rows(toy_result())} == {""}
    rows = {row.code: row.counter_text for row in commune_rows(sounded_result())}
    albarella = "1,97 (1,69 à 2,27) détections par jour de présence, bloc «\u00a0Albarella\u00a0»"
    assert rows["2A001"] == albarella
    assert rows["2A005"] == (
        "sans bureau\u00a0: taux du bloc «\u00a0Albarella\u00a0», "
        "1,97 (1,69 à 2,27) détections par jour de présence"
    )
    assert rows["2A008"] == "jamais sondé"
    assert rows["2A007"] == "sans bureau, guichet le plus proche jamais sondé"


def test_a_mean_never_stands_without_those_it_leaves_out():
    communes = toy_result().communes
    communes.loc[0, "unreached"] = 1880.0  # of 4,000
    row = commune_rows(toy_result(communes=communes))[0]
    assert row.journey_text == "6\u00a0min (47\u00a0% hors d’atteinte)"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("ILE", ["2A003"]),
        ("l'île", ["2A003"]),
        ("L’Île", ["2A003"]),
        ("2a004", ["2A004"]),
        ("scuru monte", ["2A006"]),
        ("zzz", []),
    ],
)
def test_search_ignores_accents_case_and_apostrophes(text, codes):
    assert [row.code for row in search_communes(commune_rows(toy_result()), text)] == codes
