"""INSEE's density grid of communes, seven levels."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from coverage.base.errors import SourceError
from coverage.sources.readers._text import read_table

_LEVELS = {
    label: level
    for level, label in enumerate(
        (
            "Grands centres urbains",
            "Centres urbains intermédiaires",
            "Petites villes",
            "Ceintures urbaines",
            "Bourgs ruraux",
            "Rural à habitat dispersé",
            "Rural à habitat très dispersé",
        ),
        start=1,
    )
}


def read_density(path: Path) -> pd.DataFrame:
    """Read ``code_insee, density_level`` (1 = grands centres urbains … 7 = très dispersé).

    Raises ``SourceError`` on a label that is none of the seven.
    """
    table = read_table(path, ["insee_com", "niveau_densite"])
    levels = table["niveau_densite"].map(_LEVELS)
    unknown = table.loc[levels.isna(), "niveau_densite"]
    if len(unknown):
        raise SourceError(f"{path.name} : niveau de densité inconnu « {unknown.iloc[0]} ».")
    return pd.DataFrame(
        {"code_insee": table["insee_com"], "density_level": levels.astype("Int64")}
    ).drop_duplicates("code_insee")
