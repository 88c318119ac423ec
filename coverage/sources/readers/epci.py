"""Which EPCI (communauté de communes, d'agglomération, métropole) each commune belongs to."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from coverage.base.errors import UserError
from coverage.sources.readers._codes import counted_with
from coverage.sources.readers._given_table import read_given_table

_EXPECTED = (
    "Donnez la composition communale des EPCI de l’INSEE (CSV, colonnes CODGEO, EPCI, LIBEPCI) "
    "avec --epci."
)
#: INSEE's code for the few communes that belong to none (islands).
_NONE = "ZZZZZZZZZ"
#: What such communes have instead of an EPCI: a group of their own, which is not « n.d. ».
WITHOUT_EPCI = ("sans", "Sans intercommunalité")


def _columns_of(names: frozenset[str]) -> list[str]:
    wanted = ["EPCI", "LIBEPCI"]
    return wanted if names.issuperset(wanted) else []


def read_epci(path: Path) -> pd.DataFrame:
    """Read ``code_insee, epci, epci_nom``.

    Null where the cell is empty; ``WITHOUT_EPCI`` where the commune is said to have none. Raises
    ``UserError`` on another file, or a code that is no SIREN of nine digits.
    """
    told = read_given_table(path, _EXPECTED, _columns_of)
    wrong = told[~told["EPCI"].str.fullmatch(rf"\d{{9}}|{_NONE}|")]
    if len(wrong):
        code, epci = wrong[["CODGEO", "EPCI"]].iloc[0]
        raise UserError(
            f"« {path.name} », commune {code}\u00a0: « {epci} » n’est pas un code d’EPCI de neuf "
            f"chiffres. {_EXPECTED}"
        )
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
