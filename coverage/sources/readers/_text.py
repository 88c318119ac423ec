"""Reading files as text first, so that ``01004`` and ``2A004`` stay what they are."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pandas as pd

from coverage.base.errors import SourceError

_NOT_WORD = re.compile(r"[^a-z0-9]+")
#: What Unicode's compatibility form does not take apart.
_SPELLED = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "’": "'", "–": "-", "—": "-"})
_THOUSANDS = re.compile(r"[\s\u00a0\u202f]")


def read_table(path: Path, columns: list[str], *, separator: str = ",", skip: int = 0) -> Any:
    """Read the named columns of a CSV as text, line feeds and outer blanks taken off the cells.

    ``skip`` header lines come before the line of column names. Raises ``SourceError`` naming the
    file and the column that is missing, or that the file is empty or not UTF-8 text.
    """
    try:
        table = pd.read_csv(
            path,
            sep=separator,
            skiprows=skip,
            dtype=str,
            keep_default_na=False,
            encoding="utf-8-sig",
        )
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise SourceError(
            f"{path.name} n'est pas le tableau attendu : vide, texte qui n'est pas en UTF-8, ou "
            "lignes de longueurs différentes. Téléchargez-le de nouveau."
        ) from error
    for column in columns:
        if column not in table.columns:
            raise SourceError(
                f"{path.name} : la colonne « {column} » manque. Le fichier a changé de forme : "
                "téléchargez le millésime que nomme le catalogue."
            )
    if table.empty:
        raise SourceError(f"{path.name} ne contient aucune ligne. Téléchargez-le de nouveau.")
    table = table[columns].copy()
    for column in columns:
        table[column] = [" ".join(cell.split()) for cell in table[column]]
    return table


def read_json(path: Path) -> Any:
    """Read a JSON document; raises ``SourceError`` naming the file when it is not one."""
    try:
        return json.loads(path.read_text("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise SourceError(
            f"{path.name} n'est pas un document JSON lisible. Téléchargez-le de nouveau."
        ) from error


def records_of(path: Path, columns: list[str]) -> pd.DataFrame:
    """Read a JSON list of records as text; a key that no record has raises ``SourceError``.

    Numbers are written without decimals where they are whole, absent values are empty text.
    """
    records = read_json(path)
    if not isinstance(records, list) or not records:
        raise SourceError(f"{path.name} ne contient aucune ligne. Téléchargez-le de nouveau.")
    for column in columns:
        if not any(column in record for record in records):
            raise SourceError(f"{path.name} : le champ « {column} » manque.")
    rows = [[_as_text(record.get(column)) for column in columns] for record in records]
    return pd.DataFrame(rows, columns=columns, dtype=object)


def _as_text(value: Any) -> str:
    return "" if value is None else " ".join(str(value).split())


def numbers(texts: pd.Series[Any]) -> pd.Series[Any]:
    """Return floats from text with a decimal point or comma and any thousands space.

    What is empty or not a number becomes null.
    """
    values = pd.to_numeric(texts, errors="coerce")
    french = values.isna() & (texts != "")
    if french.any():
        plain = texts[french].str.replace(_THOUSANDS, "", regex=True)
        values = values.astype(float)
        values[french] = pd.to_numeric(plain.str.replace(",", ".", regex=False), errors="coerce")
    return values


def folded(text: str) -> str:
    """Return a name without case, accents and punctuation: ``L'Île-d'Yeu`` -> ``l ile d yeu``."""
    bare = unicodedata.normalize("NFKD", text.translate(_SPELLED)).encode("ascii", "ignore")
    return _NOT_WORD.sub(" ", bare.decode("ascii").lower()).strip()
