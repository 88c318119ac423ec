"""Commune codes that changed: arrondissements of the three big cities, and the moves of the COG.

The tables are those of the communes of 2024 (their people) on the polygons of 2023. ``cog.csv``
lists the moves of the Code officiel géographique that touch them, one a line: ``change`` says what
became of ``code`` on 1 January of the year ``cog``:

* ``merged``: it went into ``other``;
* ``recoded``: the same commune is coded ``other`` since;
* ``split``: it was set up again out of ``other``, which goes on without it.

Names are those of before for ``code`` and of after for ``other``. The table of all codes
(``sources.cog``) tells the commune of today only: not the year of a move, nor whether its people
moved with it, which is what joins tables of two years.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Container
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from coverage.sources.cog import commune_codes

if TYPE_CHECKING:
    import pandas as pd

#: Municipal arrondissements -> the city's own code.
ARRONDISSEMENTS: dict[str, str] = {
    **{f"132{number:02d}": "13055" for number in range(1, 17)},
    **{f"6938{number}": "69123" for number in range(1, 10)},
    **{f"751{number:02d}": "75056" for number in range(1, 21)},
}
#: The communes whose people the tables count; a later move changes only where facts are told.
_COG = 2024


@dataclass(frozen=True)
class Move:
    """One line of ``cog.csv``."""

    code: str
    nom: str
    other: str
    nom_other: str
    cog: int
    change: str


def _read_moves() -> tuple[Move, ...]:
    text = resources.files("coverage.sources.readers").joinpath("cog.csv").read_text("utf-8")
    rows = csv.DictReader(io.StringIO(text), delimiter=";")
    return tuple(Move(**{**row, "cog": int(row["cog"])}) for row in rows)  # type: ignore[arg-type]


MOVES = _read_moves()


def _reason(move: Move) -> str:
    date = f"au 1ᵉʳ janvier {move.cog}"
    return {
        "merged": f"commune fusionnée {date}",
        "recoded": f"son code a changé {date}",
        "split": f"commune rétablie {date}, que les contours ne séparent pas encore",
    }[move.change]


def _successors() -> dict[str, tuple[str, str]]:
    found = {}
    for move in MOVES:
        known = move.cog <= _COG
        if move.change == "split" or known:
            found[move.code] = (move.other, _reason(move))
        elif move.change == "recoded":
            found[move.other] = (move.code, _reason(move))
    return found


#: Code that is no commune of the tables -> (the commune it is counted with, reason): a polygon
#: without people of its own is joined to the commune it went into, people without a polygon are
#: counted where their polygon still is, and a place is in the commune that its new code names.
SUCCESSORS: dict[str, tuple[str, str]] = _successors()

#: Commune of the tables -> the move that says under which other code a table may tell of it.
TOLD_ELSEWHERE: dict[str, Move] = {
    move.other if move.cog <= _COG else move.code: move
    for move in MOVES
    if move.change == "recoded" or (move.change == "merged" and move.cog > _COG)
}


def counted_with(code: str) -> str:
    """Return the commune that a code is counted with in these tables; most are themselves."""
    if code in ARRONDISSEMENTS:
        return ARRONDISSEMENTS[code]
    return SUCCESSORS[code][0] if code in SUCCESSORS else code


def counted_among(code: str, known: Container[str]) -> str:
    """Return the commune among those ``known`` that a code of any year is counted with.

    Where none of them is, it is the one that the commune of today is counted with.
    """
    today = commune_codes().now(code)
    last = counted_with(today.code if today else code)
    return next((other for other in (code, counted_with(code)) if other in known), last)


def told_under(code: str, told: Container[str]) -> str | None:
    """Return the code under which a table with the codes ``told`` tells of a commune.

    It is the commune's own code, else the one it has had or was given, else that of the commune
    it went into since; None where the table tells nothing of it.
    """
    if code in told:
        return code
    move = TOLD_ELSEWHERE.get(code)
    if move is None:
        return None
    other = move.other if move.code == code else move.code
    return other if other in told else None


def told_of(communes: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Return what a table with ``code_insee`` tells of each commune, in the communes' order.

    A commune that the table tells of under another code, or with the commune that it has gone
    into, gets that row; ``told_code`` is the code it was found under, null where it was not.
    """
    import pandas as pd  # the codes alone are asked where no table is read

    rows = table.set_index("code_insee")
    known = set(rows.index)
    under = [told_under(code, known) for code in communes["code_insee"]]
    found = rows.reindex(under).reset_index(drop=True)
    found["told_code"] = pd.Series(under, dtype=object)
    return found
