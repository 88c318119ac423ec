"""What the columns of the contracts are made of: their types and checks."""

from __future__ import annotations

import re
from typing import Any

import pandera.pandas as pa

#: INSEE commune code: five characters, `01004`, `2A004`, `97411`; `00…` is the fictitious one.
CODE_INSEE = re.compile(r"(?:\d{2}|2[AB])\d{3}")


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _words(value: Any) -> bool:
    return not isinstance(value, str) and all(isinstance(word, str) for word in value)


IS_TEXT = pa.Check(_text, element_wise=True, error="doit être un texte")
IS_CODE = pa.Check(
    lambda v: isinstance(v, str) and CODE_INSEE.fullmatch(v) is not None,
    element_wise=True,
    error="doit être un code INSEE de cinq caractères, en texte (01004, 2A004, 97411)",
)
NOT_EMPTY = pa.Check(lambda v: bool(v), element_wise=True, error="ne doit pas être vide")
POSITIVE = pa.Check.ge(0, error="doit être positif ou nul")
SHARE = pa.Check.in_range(0, 1, error="doit être compris entre 0 et 1")
SHAPE = pa.Check(
    lambda g: g is not None and not g.is_empty, element_wise=True, error="géométrie absente"
)


def among(*values: str) -> pa.Check:
    """Return the check that a value is one of these."""
    return pa.Check.isin(values, error=f"doit être l'un de {', '.join(values)}")


def column(dtype: Any, *checks: pa.Check, null: bool = False, unique: bool = False) -> pa.Column:
    """Return a column of one type, without nulls unless ``null``."""
    return pa.Column(dtype, checks=list(checks), nullable=null, unique=unique)


def identifier() -> pa.Column:
    """Return the column that names a row: text, not empty, unique."""
    return column(object, IS_TEXT, NOT_EMPTY, unique=True)


def list_of(*values: str) -> pa.Column:
    """Return a column of lists of text; where ``values`` are given, of nothing else."""
    checks = [pa.Check(_words, element_wise=True, error="doit être une liste de textes")]
    if values:
        checks.append(
            pa.Check(
                lambda v: set(v) <= set(values),
                element_wise=True,
                error=f"doit ne contenir que {', '.join(values)}",
            )
        )
    return pa.Column(object, checks=checks)


GEOMETRY = pa.Column("geometry", checks=[SHAPE])
SCORE = pa.Check.in_range(0, 10, error="doit être compris entre 0 et 10")
DENSITY_LEVEL = column(
    "Int64", pa.Check.in_range(1, 7, error="doit être compris entre 1 et 7"), null=True
)
