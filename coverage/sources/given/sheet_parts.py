"""What a workbook says of itself: which sheets, which texts they share, which styles are dates."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from coverage.sources.given.raw import MOST_TABLE_BYTES, too_big
from coverage.sources.given.sheet_xml import TRUE, Attributes

_HIDDEN = ("hidden", "veryHidden")
_MOST_TEXTS = 1_000_000
#: Characters of a format of numbers; spreadsheets take no longer one.
_MOST_FORMAT = 255
#: Formats of dates and times that every workbook knows without telling them.
_KNOWN_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_ZEROS = re.compile("0{2,15}")
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')


@dataclass
class Relations:
    """The parts that a part names: identifier -> (kind, target)."""

    found: dict[str, tuple[str, str]] = field(default_factory=dict)

    def start(self, name: str, attributes: Attributes) -> None:
        """Begin an element."""
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.found[attributes.get("Id", "")] = kind, attributes.get("Target", "")

    def end(self, name: str) -> None:
        """End an element."""

    def text(self, text: str) -> None:
        """Take some text."""


@dataclass
class Sheets:
    """The sheets of a workbook, (name, identifier of its part, whether it is shown)."""

    found: list[tuple[str, str, bool]] = field(default_factory=list)
    from_1904: bool = False

    def start(self, name: str, attributes: Attributes) -> None:
        """Begin an element."""
        if name == "sheet":
            part = next((told for key, told in attributes.items() if key.endswith(" id")), "")
            shown = attributes.get("state") not in _HIDDEN
            self.found.append((attributes.get("name", ""), part, shown))
        elif name == "workbookPr":
            self.from_1904 = attributes.get("date1904", "").lower() in TRUE

    def end(self, name: str) -> None:
        """End an element."""

    def text(self, text: str) -> None:
        """Take some text."""


@dataclass
class SharedTexts:
    """The texts that cells name by their number. Raises ``RefusedFileError`` (TOO_BIG)."""

    file: str
    found: list[str] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _length: int = 0
    _in_text: bool = False
    _in_phonetic: bool = False

    def start(self, name: str, attributes: Attributes) -> None:
        """Begin an element."""
        if name == "t":
            self._in_text = not self._in_phonetic
        elif name == "rPh":
            self._in_phonetic = True
        elif name == "si":
            self._parts = []

    def end(self, name: str) -> None:
        """End an element."""
        if name == "t":
            self._in_text = False
        elif name == "rPh":
            self._in_phonetic = False
        elif name == "si":
            self.found.append("".join(self._parts))
            if len(self.found) > _MOST_TEXTS:
                raise too_big(self.file)

    def text(self, text: str) -> None:
        """Take some text."""
        if self._in_text:
            self._parts.append(text)
            self._length += len(text)
            if self._length > MOST_TABLE_BYTES:
                raise too_big(self.file)


@dataclass
class Styles:
    """How styles of cells, by their number, show a number: as a date or time, with zeros before.

    ``digits`` has the least digits of those that show ``1001`` as ``01001``.
    """

    dates: set[int] = field(default_factory=set)
    digits: dict[int, int] = field(default_factory=dict)
    _formats: dict[str, str] = field(default_factory=dict)
    _in_cells: bool = False
    _number: int = 0

    def start(self, name: str, attributes: Attributes) -> None:
        """Begin an element."""
        if name == "numFmt":
            shape = attributes.get("formatCode", "")[:_MOST_FORMAT]
            self._formats[attributes.get("numFmtId", "")] = shape
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            told = attributes.get("numFmtId", "0")
            if self._is_date(told):
                self.dates.add(self._number)
            elif _ZEROS.fullmatch(self._formats.get(told, "")):
                self.digits[self._number] = len(self._formats[told])
            self._number += 1

    def end(self, name: str) -> None:
        """End an element."""
        if name == "cellXfs":
            self._in_cells = False

    def text(self, text: str) -> None:
        """Take some text."""

    def _is_date(self, number: str) -> bool:
        if number in self._formats:
            shape = _LITERAL.sub("", self._formats[number].partition(";")[0]).lower()
            return shape not in ("general", "standard") and bool(re.search("[dmyhs]", shape))
        return number.isascii() and number.isdigit() and int(number[:9]) in _KNOWN_DATES
