"""Reading files as text first, so that ``01004`` and ``2A004`` stay what they are."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd

from coverage.base.errors import SourceError
from coverage.base.text import folded as folded
from coverage.sources.csv_ending import ends_midway
from coverage.sources.readers.workbook import WORKBOOKS, csv_of_workbook

#: What to do with a raw file that is damaged.
AGAIN = "Téléchargez-le de nouveau (« maillage fetch »)."

#: A blank that is more than one space inside a cell; the cells stand between zero bytes.
_LOOSE = re.compile(r"[^\S ]|\s\s|\0 | \0")
_THOUSANDS = re.compile(r"[\s\u00a0\u202f]")


def read_table(path: Path, columns: list[str], *, separator: str = ",", skip: int = 0) -> Any:
    """Read the named columns of a CSV as text, line feeds and outer blanks taken off the cells.

    ``skip`` header lines come before the line of column names. A workbook is read the same way, as
    the table that its sheet holds. Raises ``SourceError`` naming the
    file where it is empty, cut in the middle of a line, no table at all (a web page), not UTF-8
    text, or lacks one of the columns (which is named).
    """
    _refuse_page(path)
    is_workbook = path.name.lower().endswith(WORKBOOKS)
    try:
        table = pd.read_csv(
            _content_of_workbook(path, columns) if is_workbook else path,
            sep="," if is_workbook else separator,
            skiprows=0 if is_workbook else skip,
            dtype=str,
            keep_default_na=False,
            encoding="utf-8-sig",
        )
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise SourceError(
            f"{path.name} n’est pas le tableau attendu : vide, texte qui n’est pas en UTF-8, ou "
            f"lignes de longueurs différentes. {AGAIN}"
        ) from error
    for column in columns:
        if column not in table.columns:
            raise SourceError(
                f"{path.name} : la colonne « {column} » manque. Le fichier a changé de forme : "
                "téléchargez le millésime que nomme le catalogue."
            )
    if table.empty:
        raise SourceError(f"{path.name} ne contient aucune ligne. {AGAIN}")
    # pandas fills in the cells that a cut line lacks.
    if not is_workbook and ends_midway(path, separator, len(table.columns)):
        raise SourceError(f"{path.name} est coupé : sa dernière ligne est incomplète. {AGAIN}")
    return table[columns].apply(_single_spaced)


def _content_of_workbook(path: Path, columns: list[str]) -> io.BytesIO:
    try:
        return io.BytesIO(csv_of_workbook(path, columns))
    except SourceError as error:
        raise SourceError(f"{path.name} : {error}. {AGAIN}") from error


def _single_spaced(cells: pd.Series[str]) -> pd.Series[str]:
    """Return the cells without outer blanks, and with one space for any run of blanks inside."""
    # One search through all the text is much quicker than taking every cell apart.
    if not _LOOSE.search("\0".join(["", *cells, ""])):
        return cells
    return pd.Series([" ".join(cell.split()) for cell in cells], index=cells.index, dtype=object)


def _refuse_page(path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(512)
    if start.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith((b"<!doctype", b"<html")):
        raise SourceError(
            f"{path.name} est une page web (HTML) enregistrée à la place des données. {AGAIN}"
        )


def read_json(path: Path) -> Any:
    """Read a JSON document; raises ``SourceError`` naming the file when it is not one."""
    _refuse_page(path)
    try:
        return json.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise SourceError(
            f"{path.name} n’est pas un document JSON lisible : vide, coupé ou abîmé. {AGAIN}"
        ) from error


def features_of(path: Path) -> list[dict[str, Any]]:
    """Read the features of a GeoJSON; raises ``SourceError`` naming the file if it has none."""
    return features_in(read_json(path), path.name)


def features_in(document: Any, file: str) -> list[dict[str, Any]]:
    """Return the features of a GeoJSON document, each with its ``properties``.

    Raises ``SourceError`` naming ``file`` where there are none, or one has no properties.
    """
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not features:
        raise SourceError(
            f"{file} n’est pas un GeoJSON, ou n’a aucun objet (« features »). {AGAIN}"
        )
    for number, feature in enumerate(features, start=1):
        if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
            raise SourceError(f"{file} : l’objet n° {number} n’a pas de « properties ». {AGAIN}")
    return features


def field_of(feature: dict[str, Any], field: str, file: str) -> str:
    """Return a property of a feature as text; raises ``SourceError`` where it is absent."""
    value = feature["properties"].get(field)
    if value is None:
        raise SourceError(f"{file} : le champ « {field} » manque. {AGAIN}")
    return str(value)


def records_of(path: Path, columns: list[str]) -> pd.DataFrame:
    """Read a JSON list of records as text; a key that no record has raises ``SourceError``.

    Numbers are written without decimals where they are whole, absent values are empty text.
    """
    records = read_json(path)
    if not isinstance(records, list) or not all(isinstance(row, dict) for row in records):
        raise SourceError(f"{path.name} n’est pas la liste de fiches attendue. {AGAIN}")
    if not records:
        raise SourceError(f"{path.name} ne contient aucune ligne. {AGAIN}")
    for column in columns:
        if not any(column in record for record in records):
            raise SourceError(f"{path.name} : le champ « {column} » manque. {AGAIN}")
    rows = [[_as_text(record.get(column)) for column in columns] for record in records]
    return pd.DataFrame(rows, columns=columns, dtype=object)


def _as_text(value: Any) -> str:
    return "" if value is None else " ".join(str(value).split())


def joined_cells(table: pd.DataFrame, columns: list[str]) -> pd.Series[Any]:
    """Return the text of some columns as one, a blank between them; null where all are empty."""
    rows = [" ".join(cell for cell in cells if cell) for cells in table[columns].to_numpy()]
    return pd.Series([row or None for row in rows], index=table.index, dtype=object)


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
