"""The one filled sheet of a workbook (XLSX), as text.

Its XML is read here as streams and not by a library of workbooks: one pass tells the cells, which
of them are merged and which formulas have no value, and ends at the first cell too many; styles
and extensions that nobody knows are no obstacle.
"""

from __future__ import annotations

import posixpath
import zipfile
from dataclasses import dataclass, field
from typing import TypeVar

from coverage.base.errors import RefusedFileError
from coverage.model.answers import Repair
from coverage.sources.given.archive import DAMAGED, damaged_archive, opened_archive
from coverage.sources.given.cells import shown
from coverage.sources.given.csv_lines import Row
from coverage.sources.given.raw import MOST_ROWS
from coverage.sources.given.sheet_cells import Dressing, SheetCells
from coverage.sources.given.sheet_parts import Relations, SharedTexts, Sheets, Styles
from coverage.sources.given.sheet_xml import Handler, no_workbook, read_part
from coverage.sources.given.xml_text import refuse_dtd

_MOST_BYTES = 100_000_000
_HEAD_BYTES = 1 << 16
_H = TypeVar("_H", bound=Handler)
_XML = (".xml", ".rels", ".vml")


@dataclass(frozen=True)
class Sheet:
    """What the filled sheet holds: see ``SheetCells``; ``unread`` tells the hidden ones."""

    rows: list[Row] = field(default_factory=list)
    merged: list[tuple[int, str]] = field(default_factory=list)
    formulas: list[tuple[int, int, str]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    repairs: tuple[Repair, ...] = ()


def read_sheet(content: bytes, file: str, *, most_rows: int = MOST_ROWS) -> Sheet:
    """Return the one sheet of a workbook that shows something, empty where none does.

    Dates are ISO, whole numbers have no decimals, a formula is the value that was kept. Hidden
    sheets are not read. Raises ``RefusedFileError``: those of ``opened_archive``, XML_DTD,
    NOT_XLSX, AMBIGUOUS_LAYER (several filled sheets), and those of ``SheetCells``.
    """
    with opened_archive(content, file, most_bytes=_MOST_BYTES) as archive:
        book = _Book(archive, file, most_rows)
        book.refuse_dtd()
        return book.filled_sheet()


class _Book:
    def __init__(self, archive: zipfile.ZipFile, file: str, most_rows: int) -> None:
        self._archive, self._file, self._most_rows = archive, file, most_rows
        # Some programs write other cases, or the slashes of Windows.
        self._members = {_key(entry.filename): entry for entry in archive.infolist()}

    def refuse_dtd(self) -> None:
        """Refuse the workbook where any part of it declares a document type."""
        for name, entry in self._members.items():
            if name.endswith(_XML):
                try:
                    with self._archive.open(entry) as part:
                        head = part.read(_HEAD_BYTES)
                except DAMAGED:
                    raise damaged_archive(self._file) from None
                refuse_dtd(head, self._file)

    def filled_sheet(self) -> Sheet:
        """Return the one filled sheet among those that are shown."""
        path = self._targets("").get("officeDocument", ["xl/workbook.xml"])[0]
        sheets = self._read(path, Sheets())
        parts = self._relations(path)
        dressing = self._dressing(path, sheets)
        if not sheets.found:
            raise no_workbook(self._file)
        filled = {}
        for name, identifier, is_shown in sheets.found:
            if identifier not in parts:
                raise no_workbook(self._file)
            kind, part = parts[identifier]
            if kind == "worksheet" and is_shown:
                cells = self._read(part, SheetCells(self._file, dressing, self._most_rows))
                if cells.rows or cells.formulas:
                    filled[name] = cells
        if len(filled) > 1:
            names = ", ".join(f"« {shown(name)} »" for name in filled)
            raise RefusedFileError(
                "AMBIGUOUS_LAYER",
                f"« {self._file} » a plusieurs feuilles remplies ({names}). Gardez seulement celle "
                "du tableau.",
            )
        unread = [
            f"La feuille masquée « {shown(name)} » n’est pas lue."
            for name, _, is_shown in sheets.found
            if not is_shown
        ]
        for cells in filled.values():
            repairs = cells.repairs.told()
            return Sheet(cells.rows, cells.merged, cells.formulas, unread, repairs)
        return Sheet(unread=unread)

    def _dressing(self, path: str, sheets: Sheets) -> Dressing:
        targets = self._targets(path)
        texts, styles = SharedTexts(self._file), Styles()
        for part in targets.get("sharedStrings", ())[:1]:
            self._read(part, texts)
        for part in targets.get("styles", ())[:1]:
            self._read(part, styles)
        return Dressing(texts.found, styles.dates, styles.digits, sheets.from_1904)

    def _targets(self, path: str) -> dict[str, list[str]]:
        """Return the paths of the parts that a part names, by their kind."""
        found: dict[str, list[str]] = {}
        for kind, target in self._relations(path).values():
            found.setdefault(kind, []).append(target)
        return found

    def _relations(self, path: str) -> dict[str, tuple[str, str]]:
        """Return identifier -> (kind, path) of the parts that a part names (``""``: the book)."""
        folder, name = posixpath.split(path)
        told = posixpath.join(folder, "_rels", f"{name}.rels")
        if _key(told) not in self._members:
            return {}
        return {
            identifier: (kind, posixpath.normpath(posixpath.join("/", folder, target)))
            for identifier, (kind, target) in self._read(told, Relations()).found.items()
        }

    def _read(self, path: str, handler: _H) -> _H:
        entry = self._members.get(_key(path))
        if entry is None:
            raise no_workbook(self._file)
        read_part(self._archive, entry, self._file, handler)
        return handler


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()
