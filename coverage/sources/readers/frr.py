"""Zones France ruralités revitalisation (FRR), by commune."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from coverage.base.errors import SourceError
from coverage.sources.readers._text import read_table

_STATES = {
    "FRR socle": "socle",
    "FRR+": "plus",
    "FRR bénéficiaire": "beneficiaire",
    "Classée FRR partiellement": "partiel",
    "FRR bénéficiaire partiellement": "beneficiaire_partiel",
    "Non classée": "non_classee",
}
_STATE = "Classement FRR et FRR+ au 10 juillet 2025"


def read_frr(path: Path) -> pd.DataFrame:
    """Read ``code_insee, frr`` (words of ``model.tables.FRR_STATES``).

    Raises ``SourceError`` on a state that is not known.
    """
    table = read_table(path, ["Code_insee", _STATE], separator=";")
    states = table[_STATE].map(_STATES)
    unknown = table.loc[states.isna(), _STATE]
    if len(unknown):
        raise SourceError(f"{path.name} : classement FRR inconnu « {unknown.iloc[0]} ».")
    # A workbook may hold the codes as numbers, whose first zero is not kept.
    codes = table["Code_insee"].str.zfill(5)
    return pd.DataFrame({"code_insee": codes, "frr": states}).drop_duplicates("code_insee")
