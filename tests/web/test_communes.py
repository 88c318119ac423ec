"""The list's order and search, as properties and on the toy town."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.web.communes import (
    ORDERS,
    CommuneRow,
    commune_rows,
    read_order,
    search_communes,
    sort_communes,
)
from tests.toy import toy_result

NUMBERS = st.none() | st.floats(0, 1e6)
ROWS = st.lists(
    st.builds(
        CommuneRow,
        code=st.text("0123456789", min_size=5, max_size=5),
        nom=st.sampled_from(["Évisa", "Evisa", "L’Île", "Zonza", "Ajaccio"]),
        concerned=NUMBERS,
        score=NUMBERS,
        minutes=NUMBERS | st.just(math.inf),
        population=NUMBERS,
        journey_text=st.just("3 min"),
        rank_text=st.just("8e"),
        choice_text=st.just("n.d."),
        zoning_text=st.just("n.d."),
    ),
    max_size=20,
    unique_by=lambda row: row.code,
)


@given(ROWS, st.sampled_from(ORDERS), st.booleans())
def test_sorting_keeps_every_row_and_puts_unknowns_last(rows, order, descending):
    ordered = sort_communes(rows, order.key, descending)
    assert sorted(map(id, ordered)) == sorted(map(id, rows))
    values = [order.value(row) for row in ordered]
    known = [value for value in values if value is not None]
    assert values == known + [None] * (len(values) - len(known))
    assert known == sorted(known, reverse=descending)


@given(ROWS)
def test_equal_rows_are_ordered_by_name_whatever_they_came_in(rows):
    again = sort_communes(list(reversed(rows)), "personnes", descending=True)
    assert again == sort_communes(rows, "personnes", descending=True)


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


def test_a_mean_never_stands_without_those_it_leaves_out():
    communes = toy_result().communes
    communes.loc[0, "unreached"] = 1880.0  # of 4,000
    row = commune_rows(toy_result(communes=communes))[0]
    assert row.journey_text == "6\u00a0min (47\u00a0% hors d’atteinte)"


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("indice-asc", ("indice", False)),
        ("temps-desc", ("temps", True)),
        ("temps", ("personnes", True)),
        ("x-desc", ("personnes", True)),
        (None, ("personnes", True)),
    ],
)
def test_read_order(text, order):
    assert read_order(text) == order


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
