"""The cells of one line of a file of counts, read one by one, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from coverage.model.answers import Repairs
from coverage.sources.detections.days import day
from coverage.sources.given.asides import sum_or_example
from coverage.sources.given.cells import Cell
from coverage.sources.given.faults import LineError
from coverage.sources.given.numbers import count as counted

_LONGEST_DAYS = 366
#: What was put right, in words that tell no count: they may be read by others than the owner.
_DRESSED_NUMBERS = ("nombres à la française", "espaces des milliers ou décimales nulles retirés")
Period = tuple[date, date]
_Told = TypeVar("_Told")


@dataclass(repr=False)
class Cells:
    """One line: its number in the file, its cells by column, its faults, what was put right.

    ``repairs`` are those of the whole file.
    It has no telling ``repr``: cells are counts of persons, and a repr may end in a log.
    """

    line: int
    texts: Mapping[str, str]
    faults: list[LineError] = field(default_factory=list)
    repairs: Repairs = field(default_factory=Repairs)

    def text(self, column: str) -> str:
        """Return a cell, empty where the file does not have the column."""
        return self.texts.get(column, "")

    def cell(self, column: str) -> Cell:
        """Return a cell with the place where it stands."""
        return Cell(self.line, column, self.text(column))

    def fault(self, column: str, advice: str, code: str = "BAD_VALUE") -> None:
        """Tell that a cell is wrong, what to do, and the code of it."""
        self.faults.append(LineError(column, advice, code))

    def told(self, column: str, read: Callable[[Cell, Repairs], _Told]) -> _Told | None:
        """Return what a cell says, None where it is empty or a fault tells why it can't be read."""
        if not self.text(column):
            return None
        try:
            return read(self.cell(column), self.repairs)
        except LineError as fault:
            self.faults.append(fault)
            return None

    def _repaired(self, column: str, issue: str, done: str) -> None:
        self.cell(column).repaired(self.repairs, issue, done)

    def names_no_place(self, column: str) -> bool:
        """Return whether a cell names a sum of other lines or an example, which a fault tells."""
        told = sum_or_example(self.text(column))
        if told:
            self.fault(column, told, "BAD_ID")
        return told is not None

    def period(self, today: date) -> Period | None:
        """Return the first and last day (``debut``, ``fin``), None where a fault tells why not.

        A period ends ``today`` at the latest and lasts a year at most (366 days).
        """
        first, last = self._day("debut"), self._day("fin")
        if first is None or last is None:
            return None
        if last < first:
            told = f"le {last} précède le début ({first})\u202f; corrigez une date"
            self.fault("fin", told, "BAD_DATE")
            return None
        if last > today:
            told = f"le {last} n’est pas encore passé\u202f; vérifiez la date"
            self.fault("fin", told, "BAD_DATE")
            return None
        if (last - first).days >= _LONGEST_DAYS:
            self.fault(
                "fin",
                "une période de plus d’un an\u202f; donnez une ligne par mois ou par trimestre",
                "BAD_DATE",
            )
            return None
        return first, last

    def _day(self, column: str) -> date | None:
        """Return the day that a cell tells, None where a fault tells why it does not."""
        try:
            return day(self.cell(column), self.repairs)
        except LineError as fault:
            self.faults.append(fault)
            return None

    def count(self, column: str, *, needed: str = "") -> int | None:
        """Return a whole number, None where the cell is empty or a fault tells why not.

        ``needed`` says what is missing where an empty cell is a fault.
        """
        if not self.text(column):
            if needed:
                told = f"{needed} manque\u202f; donnez un nombre entier, 0 ou plus"
                self.fault(column, told, "BAD_NUMBER")
            return None
        return self.told(column, self._whole)

    def _whole(self, cell: Cell, _: Repairs) -> int:
        """Return a cell's whole number; a repair of it is told without the number."""
        seen = Repairs()
        value = counted(cell, seen)
        if seen.told():
            self._repaired(cell.column, *_DRESSED_NUMBERS)
        return value

    def above(self, column: str, count: int | None, other: str, most: int | None) -> None:
        """Tell where a count is above another one that holds it."""
        if count is not None and most is not None and count > most:
            told = f"{count} passe les {most} de « {other} »\u202f; corrigez l’un ou l’autre"
            self.fault(column, told, "BAD_COUNT")
