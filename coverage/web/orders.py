"""Tables that a visitor sorts: their columns, and the order that an address asks for."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar


class Named(Protocol):
    """A row that has a name to be read and a code to be told apart by."""

    @property
    def code(self) -> str:
        """What tells the row from every other."""

    @property
    def nom(self) -> str:
        """Its name in French."""


Row = TypeVar("Row", bound=Named)


def plain(text: str) -> str:
    """Return text without accents, capitals or typographic apostrophes, for comparing."""
    spread = unicodedata.normalize("NFD", text.replace("’", "'"))
    return "".join(c for c in spread if not unicodedata.combining(c)).lower().strip()


@dataclass(frozen=True)
class Order(Generic[Row]):
    """A column that can be sorted: its key in the address, title, and first order.

    A title may hold soft hyphens (U+00AD): there it may be parted on a phone.
    """

    key: str
    title: str
    value: Callable[[Row], Any]
    descending: bool = True
    numeric: bool = True


@dataclass(frozen=True)
class Orders(Generic[Row]):
    """The columns of one table, and the order it has where none is asked for."""

    columns: tuple[Order[Row], ...]
    default: tuple[str, bool]

    def read(self, asked: Sequence[str]) -> tuple[str, bool]:
        """Return the column and whether it descends, from ``indice-desc``; else the default.

        Of several the last one counts: a button's order comes after the form's own.
        """
        key, _, direction = (asked[-1] if asked else "").partition("-")
        if key in {order.key for order in self.columns} and direction in {"asc", "desc"}:
            return key, direction == "desc"
        return self.default

    def sort(self, rows: Iterable[Row], key: str, *, descending: bool) -> list[Row]:
        """Return the rows in an order; what is not available comes last, equals by name."""
        value = next(order.value for order in self.columns if order.key == key)
        rows = sorted(rows, key=lambda row: (plain(row.nom), row.code))
        known = [row for row in rows if value(row) is not None]
        known.sort(key=value, reverse=descending)
        return known + [row for row in rows if value(row) is None]
