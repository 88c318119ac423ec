"""Numbers as people write them in France, and what can't be one."""

from __future__ import annotations

import math
import re

from coverage.model.answers import Repairs
from coverage.sources.given.cells import Cell

#: More than anybody counts here.
MOST_COUNTED = 10_000_000

_BLANKS = " \u00a0\u2007\u2009\u202f"
_MINUS = str.maketrans({"\u2212": "-"})
#: A number as programs write it; Python reads more (``1_000``, ``nan``). It is told in one pass.
NUMBER = re.compile(r"[+-]?(?:\d++(?:\.\d*+)?|\.\d++)(?:e[+-]?\d++)?", re.ASCII | re.IGNORECASE)
#: No number that anybody writes is longer, though 1e400 has digits enough for it.
_LONGEST = 500
#: Digits in threes, parted by blanks or apostrophes, and what may follow them.
_IN_THREES = re.compile(
    rf"([+-]?\d{{1,3}}(?:[{_BLANKS}'’]\d{{3}})+)([.,]\d+)?", re.ASCII | re.IGNORECASE
)
#: Most cells: nothing to put right.
_PLAIN = re.compile(r"-?\d{1,9}(?:\.\d{1,20})?", re.ASCII)
_DIGITS = re.compile(r"\d{1,9}", re.ASCII)
#: One thousand two hundred and thirty-four, or a bit more than one.
_AMBIGUOUS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)


def number(cell: Cell, repairs: Repairs) -> float:
    """Return the finite number that a cell holds; its decimals follow a comma or a point.

    A decimal comma, blanks or apostrophes between thousands and a typographic minus are read, and
    noted in ``repairs``. Thousands parted by points or commas are not: what they mean is not sure.
    Raises ``LineError`` (BAD_NUMBER).
    """
    text = cell.bare(repairs)
    if _PLAIN.fullmatch(text):
        return float(text)
    if not text:
        raise cell.error("BAD_NUMBER", "la cellule est vide\u202f; donnez un nombre")
    plain = text.translate(_MINUS) if len(text) <= _LONGEST else ""
    if found := _IN_THREES.fullmatch(plain):
        plain = re.sub(rf"[{_BLANKS}'’]", "", found[1]) + (found[2] or "")
    if plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    value = float(plain) if NUMBER.fullmatch(plain) else math.nan
    if not math.isfinite(value):
        raise cell.error("BAD_NUMBER", f"« {cell.shown} » n’est pas un nombre\u202f; corrigez-le")
    if plain != text:
        cell.repaired(repairs, "nombre à la française", f"« {cell.shown} » lu {plain}")
    return value


def count(cell: Cell, repairs: Repairs, *, most: int = MOST_COUNTED) -> int:
    """Return the whole number from 0 to ``most`` that a cell holds.

    Empty decimals (``3.0``) are taken off, and noted in ``repairs``. Raises ``LineError``:
    BAD_NUMBER where it is no number, BAD_COUNT where it is negative, broken, too big, or may be
    read in two ways (``1,234``).
    """
    if _DIGITS.fullmatch(cell.text) and (plain := int(cell.text)) <= most:
        return plain
    value = number(cell, repairs)
    text = cell.bare(repairs)
    wrong = ""
    if value < 0:
        wrong = "est négatif"
    elif value > most:
        wrong = "passe tout ce qui se compte ici"
    elif "e" in text.lower():
        wrong = "est en notation scientifique, qui perd des chiffres"
    elif _AMBIGUOUS.fullmatch(text):
        wrong = f"se lit de deux façons ({re.sub('[.,]', '', text)}, ou avec des décimales)"
    elif not value.is_integer():
        wrong = "n’est pas un nombre entier"
    if wrong:
        raise cell.error(
            "BAD_COUNT", f"« {cell.shown} » {wrong}\u202f; donnez un nombre entier, 0 ou plus"
        )
    if re.search("[.,]", text):
        cell.repaired(repairs, "décimales nulles", f"« {cell.shown} » lu {int(value)}")
    return int(value)
