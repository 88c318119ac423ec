"""People by age and commune: INSEE's « Évolution et structure de la population » of the census."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from coverage.base.errors import RefusedFileError
from coverage.model.answers import Repairs
from coverage.model.tables import AGE_BANDS
from coverage.sources.given.cells import Cell
from coverage.sources.given.faults import Faults
from coverage.sources.readers._codes import ARRONDISSEMENTS, counted_with
from coverage.sources.readers._given_table import LINE, read_given_table
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
_PATTERN = rf"P\d{{2}}_(?:{'|'.join(_BANDS)})"
_FRENCH = r"[,\s\u00a0\u202f]"


@dataclass(frozen=True)
class Ages:
    """``table``: ``code_insee, aged_0_14`` and ``AGE_BANDS``, persons; ``year`` of the census."""

    table: pd.DataFrame
    year: int


def read_ages(path: Path, repairs: Repairs) -> Ages:
    """Read the people of each commune by age; what was put right goes to ``repairs``.

    The last census of which the table holds every band is read. Merged communes are added up to
    the commune they are counted with, and so are the arrondissements of a city that has no line of
    its own. A commune with an empty cell has no figures (null). Raises ``RefusedFileError`` on
    another file or a cell that is no number of people.
    """
    told = read_given_table(path, _EXPECTED, (_PATTERN,), repairs)
    columns = _last_census(told, path)
    values = told[columns].apply(numbers).astype(float)
    _refuse_wrong(told[[LINE, *columns]], values, path)
    french = pd.Series(False, index=told.index)
    for column in columns:
        french |= told[column].str.contains(_FRENCH)
    for line in told.loc[french, LINE]:
        repairs.add("nombre à la française", "nombres à la française lus", line=int(line))
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
    parts = bands[own_line].groupby(targets)
    sums = parts.sum().where(parts.count().eq(parts.size(), axis=0))
    return Ages(sums.reset_index(), 2000 + int(columns[0][1:3]))


def _last_census(told: pd.DataFrame, path: Path) -> list[str]:
    for year in sorted({name[1:3] for name in told.columns if name.startswith("P")}, reverse=True):
        columns = [f"P{year}_{band}" for band in _BANDS]
        if set(columns) <= set(told.columns):
            return columns
    raise RefusedFileError(
        "MISSING_COLUMN", f"« {path.name} » n’a pas les colonnes attendues. {_EXPECTED}"
    )


def _refuse_wrong(told: pd.DataFrame, values: pd.DataFrame, path: Path) -> None:
    texts = told[values.columns].to_numpy(str)
    people = values.to_numpy(float)
    wrong = (np.isnan(people) & (texts != "")) | (people < 0) | np.isinf(people)
    faults = Faults(path.name)
    for row, place in zip(*(found.tolist() for found in np.nonzero(wrong)), strict=True):
        cell = Cell(int(told[LINE].iloc[row]), str(values.columns[place]), str(texts[row, place]))
        with faults.on(cell.line):
            code = "BAD_COUNT" if people[row, place] < 0 else "BAD_NUMBER"
            advice = f"« {cell.shown} » n’est pas un nombre d’habitants. {_EXPECTED}"
            raise cell.error(code, advice.rstrip("."))
    faults.close()
