"""The places file as named cells, before any meaning."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from coverage.base.errors import UserError
from coverage.sources.given_file import normal_form, read_lines

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
    "adresse",
    "personnel",
    "meme_lieu_que",
)


def read_rows(path: Path, notes: Notes) -> list[tuple[int, dict[str, str]]]:
    """Return (line number, cells by column) of every line that is not blank.

    Raises ``UserError`` for what is not a readable CSV with the columns of the template.
    """
    lines = read_lines(path, "--places")
    header = _header(path, lines.header, notes)
    if lines.repaired:
        notes.repaired(SOURCE_ID, VINTAGE, path.name, *lines.repaired)
    if not lines.rows:
        raise UserError(f"« {path.name} » ne contient aucun lieu. Ajoutez une ligne par lieu.")
    return [(line, dict(zip(header, cells, strict=False))) for line, cells in lines.rows]


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
            SOURCE_ID, VINTAGE, name, "colonne ignorée", f"La colonne « {name} » n’est pas lue."
        )
    return names
