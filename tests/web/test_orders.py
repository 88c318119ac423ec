"""Tables in the order that an address asks for, as properties."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.web.orders import Order, Orders, plain


@dataclass(frozen=True)
class Place:
    code: str
    nom: str
    persons: float | None


NUMBERS = st.none() | st.floats(0, 1e6) | st.just(math.inf)
ROWS = st.lists(
    st.builds(
        Place,
        code=st.text("0123456789", min_size=5, max_size=5),
        nom=st.sampled_from(["Évisa", "Evisa", "L’Île", "Zonza", "Ajaccio"]),
        persons=NUMBERS,
    ),
    max_size=20,
    unique_by=lambda row: row.code,
)
ORDERS: Orders[Place] = Orders(
    (
        Order("nom", "Nom", lambda row: plain(row.nom), descending=False, numeric=False),
        Order("personnes", "Personnes", lambda row: row.persons),
    ),
    default=("personnes", True),
)


@given(ROWS, st.sampled_from(ORDERS.columns), st.booleans())
def test_sorting_keeps_every_row_and_puts_unknowns_last(rows, order, descending):
    ordered = ORDERS.sort(rows, order.key, descending=descending)
    assert sorted(map(id, ordered)) == sorted(map(id, rows))
    values = [order.value(row) for row in ordered]
    known = [value for value in values if value is not None]
    assert values == known + [None] * (len(values) - len(known))
    assert known == sorted(known, reverse=descending)


@given(ROWS)
def test_equal_rows_are_ordered_by_name_whatever_they_came_in(rows):
    again = ORDERS.sort(reversed(rows), "personnes", descending=True)
    assert again == ORDERS.sort(rows, "personnes", descending=True)


@pytest.mark.parametrize(
    ("asked", "order"),
    [
        (["nom-asc"], ("nom", False)),
        (["nom-asc", "personnes-desc"], ("personnes", True)),
        (["nom"], ("personnes", True)),
        (["x-desc"], ("personnes", True)),
        ([], ("personnes", True)),
    ],
)
def test_the_last_order_asked_for_counts(asked, order):
    assert ORDERS.read(asked) == order
