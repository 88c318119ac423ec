"""The cells of one sheet, told by its XML, as one would write them in a CSV."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from coverage.model.answers import Repairs
from coverage.sources.given.csv_lines import (
    MOST_CELLS,
    MOST_COLUMNS,
    Row,
    too_many_columns,
)
from coverage.sources.given.numbers import NUMBER
from coverage.sources.given.raw import (
    MOST_LINE_BYTES,
    MOST_ROWS,
    MOST_TABLE_BYTES,
    line_too_long,
    too_big,
)
from coverage.sources.given.sheet_xml import TRUE, Attributes, no_workbook
from coverage.sources.given.text import refuse_unreadable

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})", re.ASCII)
_LAST_PLACE, _LAST_LINE = 16_384, 1_048_576
#: Line breaks and tabs as some programs escape them.
_ESCAPED_BLANK = re.compile(r"_x000[9AD]_", re.IGNORECASE)
#: Day 0 of a workbook; before March 1900 its calendar has a day that never was.
_DAY_0, _DAY_0_OF_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
_FIRST_SURE_DAY = 61
_BOOLEANS = {"1": "VRAI", "0": "FAUX"}


@dataclass(frozen=True)
class Dressing:
    """What the cells of a workbook have in common: texts told once, the calendar, styles.

    ``dates`` and ``digits`` are those of ``Styles``.
    """

    texts: Sequence[str] = ()
    dates: AbstractSet[int] = frozenset()
    digits: Mapping[int, int] = field(default_factory=dict)
    from_1904: bool = False


@dataclass
class SheetCells:
    """Takes the elements of a sheet: its rows with text, merged cells, formulas without value.

    ``rows`` are (row number, stripped cells to the last filled one); ``merged`` are (first row,
    range such as ``A1:E1``) of merged cells; ``formulas`` are (row number, place from
    0, cell) of those whose value was not kept; ``repairs`` tell numbers read with the zeros that
    they are shown with, and hidden rows, which are read. Raises
    ``RefusedFileError``: TOO_MANY_COLUMNS, LINE_TOO_LONG, TOO_BIG, BINARY_IN_TEXT, BAD_ENCODING,
    NOT_XLSX.
    """

    file: str
    dressing: Dressing
    most_rows: int = MOST_ROWS
    rows: list[Row] = field(default_factory=list)
    merged: list[tuple[int, str]] = field(default_factory=list)
    formulas: list[tuple[int, int, str]] = field(default_factory=list)
    repairs: Repairs = field(default_factory=Repairs)
    _line: int = 0
    _is_hidden: bool = False
    _place: int = -1
    _cells: list[str] = field(default_factory=list)
    _row_length: int = 0
    _length: int = 0
    _slots: int = 0
    _kind: str = ""
    _style: str = ""
    _parts: list[str] = field(default_factory=list)
    _has_formula: bool = False
    _in_text: bool = False
    _in_phonetic: bool = False

    def start(self, name: str, attributes: Attributes) -> None:
        """Begin an element of the sheet."""
        if name == "c":
            self._begin_cell(attributes)
        elif name in ("v", "t"):
            self._in_text = not self._in_phonetic
        elif name == "f":
            self._has_formula = True
        elif name == "row":
            self._begin_row(attributes)
        elif name == "rPh":
            self._in_phonetic = True
        elif name == "mergeCell":
            told = attributes.get("ref", "")
            first, *_ = (self._reference(cell)[0] for cell in told.split(":"))
            self.merged.append((first, told))

    def end(self, name: str) -> None:
        """End an element of the sheet."""
        if name in ("v", "t"):
            self._in_text = False
        elif name == "rPh":
            self._in_phonetic = False
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self._end_row()

    def text(self, text: str) -> None:
        """Take some of the text of an element."""
        if not self._in_text:
            return
        self._parts.append(text)
        self._row_length += len(text)
        if self._row_length > MOST_LINE_BYTES:
            raise line_too_long(self.file, self._line)

    def _begin_row(self, attributes: Attributes) -> None:
        told = attributes.get("r")
        line = self._line + 1 if told is None else _whole(told)
        if not self._line < line <= _LAST_LINE:
            raise no_workbook(self.file)
        self._line, self._place, self._cells, self._row_length = line, -1, [], 0
        self._is_hidden = attributes.get("hidden", "").lower() in TRUE

    def _begin_cell(self, attributes: Attributes) -> None:
        told = attributes.get("r")
        place = self._place + 1 if told is None else self._reference(told)[1]
        if not self._place < place < _LAST_PLACE:
            raise no_workbook(self.file)
        self._place = place
        self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
        self._parts, self._has_formula = [], False

    def _end_cell(self) -> None:
        told = "".join(self._parts)
        if not told:
            if self._has_formula and self._kind != "str":
                self.formulas.append((self._line, self._place, self._name()))
            return
        text = _ESCAPED_BLANK.sub(" ", self._value(told)).strip()
        if not text:
            return
        refuse_unreadable(text, self.file, self._line)
        if self._place >= MOST_COLUMNS:
            raise too_many_columns(self.file, self._line)
        self._cells += [""] * (self._place - len(self._cells)) + [text]
        self._length += len(text)

    def _end_row(self) -> None:
        if not self._cells:
            return
        self.rows.append((self._line, self._cells))
        if self._is_hidden:
            told = "Lignes masquées ou filtrées, lues comme les autres"
            self.repairs.add("lignes masquées lues", told, line=self._line)
        self._slots += len(self._cells)
        if (
            len(self.rows) > 1 + self.most_rows
            or self._slots > MOST_CELLS
            or self._length > MOST_TABLE_BYTES
        ):
            raise too_big(self.file, self.most_rows)

    def _value(self, told: str) -> str:
        if self._kind == "s":
            place = _whole(told.strip())
            if not 0 <= place < len(self.dressing.texts):
                raise no_workbook(self.file)
            return self.dressing.texts[place]
        if self._kind == "b":
            return _BOOLEANS.get(told.strip(), told)
        if self._kind == "d":
            return told.removesuffix("T00:00:00")
        return self._number(told) if self._kind == "n" else told

    def _number(self, told: str) -> str:
        """Return a number as it is shown: a day, a code with its zeros, or all that is known."""
        value = float(told) if NUMBER.fullmatch(told) else math.nan
        if not math.isfinite(value):
            return told
        style = _whole(self._style)
        if style in self.dressing.dates and (day := self._day(value)):
            return day
        if not value.is_integer() or abs(value) >= 1e15:
            return repr(value)
        plain = str(int(value))
        text = plain.zfill(self.dressing.digits.get(style, 0))
        if text != plain:
            done = f"« {plain} » lu {text}, comme la cellule {self._name()} le montre"
            self.repairs.add("zéros montrés", done, line=self._line)
        return text

    def _day(self, value: float) -> str:
        """Return the day or moment of a number of days, empty where there is none."""
        from_1904 = self.dressing.from_1904
        if value < (0 if from_1904 else _FIRST_SURE_DAY):
            return ""
        try:
            moment = (_DAY_0_OF_1904 if from_1904 else _DAY_0) + timedelta(
                seconds=round(value * 86_400)
            )
        except OverflowError:
            return ""
        return moment.isoformat(" ").removesuffix(" 00:00:00")

    def _reference(self, told: str) -> tuple[int, int]:
        """Return (row from 1, place from 0) of a cell such as ``AB12``."""
        found = _REFERENCE.fullmatch(told)
        if found is None:
            raise no_workbook(self.file)
        place = 0
        for letter in found[1]:
            place = 26 * place + ord(letter) - ord("A") + 1
        return int(found[2]), place - 1

    def _name(self) -> str:
        """Return the cell as the spreadsheet calls it."""
        letters, place = "", self._place + 1
        while place:
            place, letter = divmod(place - 1, 26)
            letters = chr(ord("A") + letter) + letters
        return f"{letters}{self._line}"


def _whole(told: str) -> int:
    """Return a whole number of the XML, -1 where it is none."""
    return int(told) if told.isascii() and told.isdigit() and len(told) < 10 else -1
