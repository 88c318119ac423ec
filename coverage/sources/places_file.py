"""The places file as text: from bytes to lines with named cells, before any meaning."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from coverage.base.errors import SourceError, UserError

if TYPE_CHECKING:
    from coverage.model.notes import Notes

SOURCE_ID = "places"
#: The user's file has no vintage of its own; its sha256 is in the passport of the layer.
VINTAGE = "fichier déposé"

COLUMNS = (
    "nom",
    "type",
    "code_insee",
    "lon",
    "lat",
    "reseau",
    "horaires",
    "personnes_mois",
    "tags",
)
_SIZE_LIMIT_BYTES = 20_000_000


def read_rows(path: Path, notes: Notes) -> list[tuple[int, dict[str, str]]]:
    """Return (line number, cells by column) of every line that is not blank.

    Raises ``UserError`` for what is not a readable CSV with the columns of the template.
    """
    text = _read_text(path, notes)
    header_line = text.splitlines()[0] if text else ""
    delimiter = max(";,\t", key=header_line.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, dict[str, str]]] = []
    try:
        header = _header(path, next(lines, []), notes)
        before = lines.line_num
        for cells in lines:
            line, before = before + 1, lines.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(header):
                raise UserError(
                    f"« {path.name} », ligne {line} : {len(cells)} cellules pour {len(header)} "
                    "colonnes. Mettez entre guillemets les textes qui contiennent le séparateur "
                    f"« {delimiter} »."
                )
            rows.append((line, {n: c.strip() for n, c in zip(header, cells, strict=False)}))
    except csv.Error as error:
        raise UserError(
            f"« {path.name} », ligne {lines.line_num} : guillemets ou cellule illisibles "
            f"({error}). Enregistrez le fichier à nouveau en CSV."
        ) from None
    if not rows:
        raise UserError(f"« {path.name} » ne contient aucun lieu. Ajoutez une ligne par lieu.")
    return rows


def _read_text(path: Path, notes: Notes) -> str:
    advice = "Enregistrez le tableau au format CSV (UTF-8, séparateur ;)."
    try:
        if path.stat().st_size > _SIZE_LIMIT_BYTES:
            raise UserError(f"« {path.name} » dépasse 20 Mo : ce n'est pas une liste de lieux.")
        content = path.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        raise SourceError(f"Le fichier « {path} » n'existe pas. Vérifiez --places.") from None
    if content.startswith(b"PK\x03\x04") or b"\x00" in content:
        raise UserError(f"« {path.name} » n'est pas un texte. {advice}")
    if content[:200].lstrip(b"\xef\xbb\xbf \r\n").lower().startswith((b"<!doctype", b"<html")):
        raise UserError(f"« {path.name} » est une page HTML. {advice}")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        raise UserError(f"« {path.name} » mélange plusieurs encodages. {advice}") from None
    notes.repaired(
        SOURCE_ID, VINTAGE, path.name, "encodage", "Fichier lu en Windows-1252 et non en UTF-8."
    )
    return text


def _header(path: Path, cells: list[str], notes: Notes) -> list[str]:
    names = [normal_form(cell).replace(" ", "_") for cell in cells]
    for name in COLUMNS:
        if names.count(name) > 1:
            raise UserError(f"« {path.name} » a deux colonnes « {name} ». Gardez-en une seule.")
    missing = [name for name in ("nom", "type") if name not in names]
    if "code_insee" not in names and not {"lon", "lat"} <= set(names):
        missing.append("code_insee (ou lon et lat)")
    if missing:
        raise UserError(
            f"« {path.name} » : il manque {', '.join(missing)} en première ligne. Partez du "
            "modèle : maillage template places -o lieux.csv"
        )
    for name in (n for n in names if n and n not in COLUMNS):
        notes.reported(
            SOURCE_ID, VINTAGE, name, "colonne ignorée", f"La colonne « {name} » n'est pas lue."
        )
    return names


def normal_form(text: str) -> str:
    """Return text for comparing: no case, no accents, single spaces for whatever is no letter."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE"))
    bare = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    return re.sub(r"[^a-z0-9]+", " ", bare).strip()
