"""The user's own file of detections by bureau and period."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coverage.base.errors import UserError
from coverage.model.notes import Notes
from coverage.model.tables import CONTRACTS, check
from coverage.sources.given_file import normal_form, read_lines

COLUMNS = tuple(CONTRACTS["detections"].columns)
_MAY_BE_EMPTY = frozenset(
    name for name, column in CONTRACTS["detections"].columns.items() if column.nullable
)
_DATES = ("debut", "fin")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_WHOLE = re.compile(r"\d{1,9}")
_MODEL = "Le modèle est donné par « maillage template detections -o detections.csv »."


def read_detections(path: Path, notes: Notes | None = None) -> pd.DataFrame:
    """Read a CSV with the contract's columns (``;``, ``,`` or tab), ISO dates and whole numbers.

    What was repaired goes to ``notes``. Raises ``UserError`` naming the first line and column that
    can't be read, or that tell of a bureau and period a second time.
    """
    lines = read_lines(path, "--detections")
    header = [normal_form(cell).replace(" ", "_") for cell in lines.header]
    _check_header(path.name, header)
    if not lines.rows:
        raise UserError(
            f"« {path.name} » ne contient aucune ligne de détections. Ajoutez une ligne par bureau "
            f"et par période. {_MODEL}"
        )
    if lines.repaired and notes is not None:
        notes.repaired("detections", "fichier fourni", path.name, *lines.repaired)
    numbers = [line for line, _ in lines.rows]
    cells = pd.DataFrame([row for _, row in lines.rows], dtype=object).fillna("")
    texts = {
        name: cells[header.index(name)]
        if header.index(name) in cells
        else pd.Series("", index=cells.index)
        for name in COLUMNS
    }
    detections = pd.DataFrame(
        {name: _read_column(path.name, name, texts[name], numbers) for name in COLUMNS}
    )
    _refuse(path.name, numbers, detections["fin"] < detections["debut"], "la fin précède le début")
    _refuse(
        path.name,
        numbers,
        detections.duplicated(["id_bureau", "debut"]),
        "ce bureau a déjà une ligne pour la période qui commence ce jour",
    )
    check("detections", detections)
    return detections


def _check_header(file: str, header: list[str]) -> None:
    missing = [name for name in COLUMNS if name not in header]
    twice = [name for name in COLUMNS if header.count(name) > 1]
    if missing:
        raise UserError(f"« {file} » : en première ligne, il manque {', '.join(missing)}. {_MODEL}")
    if twice:
        raise UserError(f"« {file} » a deux colonnes « {twice[0]} ». Gardez-en une seule.")


def _read_column(file: str, name: str, texts: pd.Series[str], lines: list[int]) -> pd.Series[Any]:
    """Return a column's values, or refuse its first cell that has none."""
    values: pd.Series[Any]
    if name == "id_bureau":
        values, wanted = texts.where(texts != "").astype(object), "un identifiant de bureau"
    elif name in _DATES:
        values = pd.to_datetime(
            texts.where(texts.str.fullmatch(_DATE), ""), format="%Y-%m-%d", errors="coerce"
        ).astype("datetime64[ns]")
        wanted = "une date AAAA-MM-JJ"
    else:
        values = pd.to_numeric(texts.where(texts.str.fullmatch(_WHOLE), ""), errors="coerce")
        values, wanted = values.astype("Int64"), "un nombre entier"
    wrong = values.isna() & ~((texts == "") & (name in _MAY_BE_EMPTY))
    if wrong.any():
        text = texts.iloc[int(np.argmax(wrong))]
        _refuse(file, lines, wrong, f"colonne « {name} » : « {text} » n’est pas {wanted}")
    return values


def _refuse(file: str, lines: list[int], wrong: pd.Series[bool], fault: str) -> None:
    if wrong.any():
        line = lines[int(np.argmax(wrong))]
        comma = "," if fault.startswith("colonne") else " :"
        raise UserError(f"« {file} », ligne {line}{comma} {fault}. Corrigez cette ligne. {_MODEL}")
