"""Templates of the files that a user fills in, and the schemas that tell what they hold.

They hold examples only: this package knows nothing of the files that come back.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

from coverage.base.errors import UserError
from coverage.base.files import write_bytes, write_text
from coverage.sources.place_line import COLUMNS as PLACES_COLUMNS

_PLACES = (
    (
        "Exemple : îlot numérique du bureau de Châteauroux",
        "îlot numérique",
        "36044",
        "1.6958",
        "46.8103",
        "La Poste",
        "Mo-Fr 09:00-12:00,14:00-18:00",
        "15",
        "",
        "16 rue de la Poste",
        "",
        "",
    ),
    (
        "Exemple : permanence de la mairie d'Issoudun",
        "permanence",
        "36088",
        "",
        "",
        "Emmaüs Connect",
        "We 09:00-12:00",
        "25",
        "sur rendez-vous|prêt de matériel",
        "place des Miroirs",
        "conseiller_numerique:0,2",
        "",
    ),
)
_DETECTIONS = (
    ("EXEMPLE1", "", "", "2025-01-01", "2025-03-31", "24", "310", "47", "12"),
    ("", "Exemple 2", "36088", "2025-01-01", "2025-03-31", "12", "128", "19", "6"),
)
_ACTIVITY = (
    ("Exemple : Étape Numérique", "2025-01-01", "2025-03-31", "", "420", "24", "61"),
    ("Exemple : permanence", "2025-01-01", "2025-03-31", "", "85", "", ""),
)
NAMES = ("places", "detections", "activity")


@dataclass(frozen=True)
class Template:
    """A header and lines to be replaced; ``schema`` is a Table Schema (v1), None without one."""

    header: tuple[str, ...]
    examples: tuple[tuple[str, ...], ...]
    schema: dict[str, Any] | None = None

    def csv(self) -> str:
        """Return the template as text, cells apart by ``;``."""
        text = io.StringIO()
        rows = csv.writer(text, delimiter=";", lineterminator="\r\n")
        rows.writerows((self.header, *self.examples))
        return text.getvalue()

    def workbook(self) -> bytes:
        """Return the template as an XLSX: dates and numbers as such, all else as text."""
        import openpyxl

        book = openpyxl.Workbook()
        book.properties.creator = "Maillage"
        sheet = book.active
        sheet.append(self.header)
        types = {field["name"]: field["type"] for field in (self.schema or {}).get("fields", ())}
        for number, name in enumerate(self.header, start=1):
            column = sheet.column_dimensions[sheet.cell(1, number).column_letter]
            column.width = max(len(name) + 2, 14)
            column.number_format = _FORMATS.get(str(types.get(name)), "@")
            for row, example in enumerate(self.examples, start=2):
                cell = sheet.cell(row, number, _value(example[number - 1], types.get(name)))
                cell.number_format = column.number_format
        sheet.freeze_panes = "A2"
        content = io.BytesIO()
        book.save(content)
        return content.getvalue()


#: How a column of each type is shown; a code or identifier typed in later must keep its zeros.
_FORMATS = {"integer": "0", "date": "yyyy-mm-dd"}


def _value(text: str, type_name: str | None) -> str | int | date | None:
    if type_name == "integer" and text:
        return int(text)
    return date.fromisoformat(text) if type_name == "date" else text or None


def template(name: str) -> Template:
    """Return the template of a file, by the option that takes it (one of ``NAMES``)."""
    if name == "places":
        return Template(PLACES_COLUMNS, _PLACES)
    text = resources.files(__name__).joinpath(f"{name}.schema.json").read_text("utf-8")
    schema = json.loads(text)
    header = tuple(field["name"] for field in schema["fields"])
    return Template(header, {"detections": _DETECTIONS, "activity": _ACTIVITY}[name], schema)


def write_template(name: str, path: Path) -> tuple[Path, ...]:
    """Write a template (XLSX by its name's ending, else CSV) and its schema beside it.

    Returns the files written: a schema that is there already, word for word, is left as it is.
    Raises ``UserError`` where there is another file of either name.
    """
    told = template(name)
    schema = path.with_suffix(".schema.json")
    schema_text = json.dumps(told.schema, ensure_ascii=False, indent=2) + "\n"
    kept = schema.is_file() and schema.read_bytes() == schema_text.encode()
    targets = (path, schema) if told.schema and not kept else (path,)
    for target in targets:
        if target.exists():
            raise UserError(f"« {target} » existe déjà. Donnez un autre nom à -o.")
    if path.suffix.lower() == ".xlsx":
        write_bytes(path.resolve(), told.workbook())
    else:
        write_text(path.resolve(), told.csv())
    if schema in targets:
        write_text(schema.resolve(), schema_text)
    return targets
