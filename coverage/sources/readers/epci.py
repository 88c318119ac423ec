"""Which EPCI (communauté de communes, d'agglomération, métropole) each commune belongs to."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from coverage.base.errors import RefusedFileError
from coverage.model.answers import Repairs
from coverage.sources.given.cells import Cell
from coverage.sources.given.faults import Faults
from coverage.sources.readers._codes import counted_with
from coverage.sources.readers._given_table import LINE, read_given_table

_EXPECTED = (
    "Donnez la composition communale des EPCI de l’INSEE (CSV, colonnes CODGEO, EPCI, LIBEPCI) "
    "avec --epci."
)
#: INSEE's code for the few communes that belong to none (islands).
_NONE = "ZZZZZZZZZ"
#: What such communes have instead of an EPCI: a group of their own, which is not « n.d. ».
WITHOUT_EPCI = ("sans", "Sans intercommunalité")


_COLUMNS = ("EPCI", "LIBEPCI")
_SCIENTIFIC = re.compile(r"\d+(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)


def read_epci(path: Path, repairs: Repairs) -> pd.DataFrame:
    """Read ``code_insee, epci, epci_nom``; what was put right goes to ``repairs``.

    Null where the cell is empty; ``WITHOUT_EPCI`` where the commune is said to have none. Raises
    ``RefusedFileError`` on another file, or a code that is no SIREN of nine digits.
    """
    told = read_given_table(path, _EXPECTED, _COLUMNS, repairs)
    if not set(_COLUMNS) <= set(told.columns):
        raise RefusedFileError(
            "MISSING_COLUMN", f"« {path.name} » n’a pas les colonnes attendues. {_EXPECTED}"
        )
    _refuse_wrong(told, path)
    known, alone = told["EPCI"] != "", told["EPCI"] == _NONE
    code, name = WITHOUT_EPCI
    table = pd.DataFrame(
        {
            "code_insee": told["CODGEO"],
            "epci": told["EPCI"].mask(alone, code).where(known, None).astype(object),
            "epci_nom": told["LIBEPCI"].mask(alone, name).where(known, None).astype(object),
        }
    )
    # A commune's own line comes before that of a part of it.
    part = table["code_insee"].map(counted_with)
    table = table.assign(is_part=part != table["code_insee"], code_insee=part)
    table = table.sort_values("is_part", kind="stable").drop_duplicates("code_insee")
    return table.drop(columns="is_part").sort_values("code_insee", ignore_index=True)


def _refuse_wrong(told: pd.DataFrame, path: Path) -> None:
    faults = Faults(path.name)
    wrong = told[~told["EPCI"].str.fullmatch(rf"\d{{9}}|{_NONE}|")]
    for line, text in wrong[[LINE, "EPCI"]].itertuples(index=False):
        with faults.on(line):
            cell = Cell(line, "EPCI", text)
            code = "ID_SCIENTIFIC" if _SCIENTIFIC.fullmatch(text) else "BAD_ID"
            advice = f"« {cell.shown} » n’est pas un code d’EPCI de neuf chiffres. {_EXPECTED}"
            raise cell.error(code, advice.rstrip("."))
    faults.close()
