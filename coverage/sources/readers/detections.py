"""The user's own file of detections by bureau and period."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coverage.base.errors import SourceError, UserError
from coverage.model.tables import check
from coverage.sources.readers._text import read_table

_COLUMNS = [
    "id_bureau",
    "debut",
    "fin",
    "jours_presence",
    "tests",
    "detections",
    "orientations",
]
_MAY_BE_EMPTY = {"tests", "orientations"}
_DATES = ("debut", "fin")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_WHOLE = re.compile(r"\d{1,9}")


def read_detections(path: Path) -> pd.DataFrame:
    """Read a CSV with the contract's columns (``;`` or ``,``), ISO dates and whole numbers.

    Raises ``UserError`` naming the first line and column that can't be read, ``TableError`` where
    the table breaks its contract (a bureau and period twice).
    """
    if not path.is_file():
        raise UserError(f"Fichier de détections introuvable : « {path} ».")
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            separator = ";" if ";" in file.readline() else ","
        table = read_table(path, _COLUMNS, separator=separator)
    except SourceError as error:
        raise UserError(
            f"Fichier de détections illisible : {error} "
            "Le modèle est donné par « maillage template detections -o FICHIER »."
        ) from None
    columns: dict[str, pd.Series[Any]] = {"id_bureau": table["id_bureau"].astype(object)}
    for column in _COLUMNS[1:]:
        texts = table[column]
        if column in _DATES:
            values = pd.to_datetime(
                texts.where(texts.str.fullmatch(_DATE), ""), format="%Y-%m-%d", errors="coerce"
            )
            wanted = "une date AAAA-MM-JJ"
            columns[column] = values.astype("datetime64[ns]")
        else:
            values = pd.to_numeric(texts.where(texts.str.fullmatch(_WHOLE), ""), errors="coerce")
            wanted = "un nombre entier"
            columns[column] = values.astype("Int64")
        bad = values.isna() & ~((texts == "") & (column in _MAY_BE_EMPTY))
        if bad.any():
            row = int(np.argmax(bad.to_numpy()))
            raise UserError(
                f"{path.name}, ligne {row + 2}, colonne « {column} » : « {texts[row]} » n'est pas "
                f"{wanted}. Corrigez cette ligne."
            )
    detections = pd.DataFrame(columns)
    late = detections["fin"] < detections["debut"]
    if late.any():
        raise UserError(
            f"{path.name}, ligne {int(np.argmax(late.to_numpy())) + 2} : la fin précède le début."
        )
    check("detections", detections)
    return detections
