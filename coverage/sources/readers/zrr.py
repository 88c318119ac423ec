"""Zones de revitalisation rurale (ZRR), by commune; replaced by FRR in 2024."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from coverage.base.errors import SourceError
from coverage.sources.readers._text import read_table

#: Four lines about the file and one of long names come before the line of column names.
_LINES_BEFORE = 5
_STATES = {"C": "classee", "P": "partielle", "NC": "non_classee"}


def read_zrr(path: Path) -> pd.DataFrame:
    """Read ``code_insee, zrr`` (words of ``model.tables.ZRR_STATES``).

    The last lines of the file are blank. Raises ``SourceError`` on a state that is not known.
    """
    table = read_table(path, ["CODGEO", "ZRR_SIMP"], skip=_LINES_BEFORE)
    table = table[table["CODGEO"] != ""]
    states = table["ZRR_SIMP"].str.split(" ").str[0].map(_STATES)
    unknown = table.loc[states.isna(), "ZRR_SIMP"]
    if len(unknown):
        raise SourceError(f"{path.name} : classement ZRR inconnu « {unknown.iloc[0]} ».")
    # A workbook may hold the codes as numbers, whose first zero is not kept.
    codes = table["CODGEO"].str.zfill(5)
    return pd.DataFrame({"code_insee": codes, "zrr": states}).drop_duplicates("code_insee")
