"""People by age and commune: INSEE's « Évolution et structure de la population » of the census."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from coverage.base.errors import UserError
from coverage.model.tables import AGE_BANDS
from coverage.sources.readers._codes import ARRONDISSEMENTS, counted_with
from coverage.sources.readers._given_table import read_given_table
from coverage.sources.readers._text import numbers

_EXPECTED = (
    "Donnez « base-cc-evol-struct-pop » de l’INSEE (CSV ou ZIP, colonnes CODGEO et "
    "P21_POP0014 à P21_POP90P) avec --ages."
)
#: Bands of the census -> ours; the youngest only completes the total.
_BANDS = {
    "POP0014": "aged_0_14",
    "POP1529": "aged_15_44",
    "POP3044": "aged_15_44",
    "POP4559": "aged_45_59",
    "POP6074": "aged_60_74",
    "POP7589": "aged_75",
    "POP90P": "aged_75",
}
_YEAR = re.compile(r"P(\d{2})_POP0014")


@dataclass(frozen=True)
class Ages:
    """``table``: ``code_insee, aged_0_14`` and ``AGE_BANDS``, persons; ``year`` of the census."""

    table: pd.DataFrame
    year: int


def _columns_of(names: frozenset[str]) -> list[str]:
    """Return the columns of the last census of which the table holds every band."""
    years = sorted((match[1] for name in names if (match := _YEAR.fullmatch(name))), reverse=True)
    for year in years:
        columns = [f"P{year}_{band}" for band in _BANDS]
        if names.issuperset(columns):
            return columns
    return []


def read_ages(path: Path) -> Ages:
    """Read the people of each commune by age.

    Merged communes are added up to the commune they are counted with, and so are the
    arrondissements of a city that has no line of its own. A commune with an empty cell has no
    figures (null). Raises ``UserError`` on another file or a cell that is no number of people.
    """
    told = read_given_table(path, _EXPECTED, _columns_of)
    columns = [name for name in told.columns if name != "CODGEO"]
    values = told[columns].apply(numbers).astype(float)
    wrong = (values.isna() & (told[columns] != "")) | (values < 0) | np.isinf(values)
    if wrong.any(axis=None):
        row, column = (int(place[0]) for place in np.nonzero(wrong.to_numpy()))
        where = f"commune {told['CODGEO'].iloc[row]}, colonne {columns[column]}"
        raise UserError(
            f"« {path.name} », {where}\u00a0: « {told[columns].iat[row, column]} » n’est pas un "
            f"nombre d’habitants. {_EXPECTED}"
        )
    bands = pd.DataFrame(
        {
            name: sum(
                values[column]
                for column, band in zip(columns, _BANDS.values(), strict=True)
                if band == name
            )
            for name in ("aged_0_14", *AGE_BANDS)
        }
    )
    known = set(told["CODGEO"])
    own_line = told["CODGEO"].map(lambda code: ARRONDISSEMENTS.get(code) not in known)
    targets = told.loc[own_line, "CODGEO"].map(counted_with).rename("code_insee")
    # One part without figures leaves the whole without them: a smaller sum would be wrong.
    sums = bands[own_line].groupby(targets).agg(lambda part: part.sum(skipna=False))
    return Ages(sums.reset_index(), 2000 + int(columns[0][1:3]))
