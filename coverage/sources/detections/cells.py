"""The cells of one line of a file of counts, read one by one, and what is wrong with them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from coverage.base.text import folded
from coverage.sources.given_file import LineError

_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_FRENCH_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
#: Digits, in threes or not, and the empty decimals that a program may add. One decimal point
#: before three zeros may stand for thousands: not read.
_WHOLE = re.compile(r"(\d{1,9}|\d{1,3}(?:[ \u00a0\u202f]\d{3}){1,2})(?:[.,]0{1,2})?", re.ASCII)
_NUMBER = re.compile(r"\d[\d \u00a0\u202f]*(?:[.,]\d+)?", re.ASCII)
_YEARS = range(2000, 2100)
_LONGEST_DAYS = 366
#: What sums other lines, or is an example of the template; compared folded.
_SUM = re.compile(r"((grand |sous )?(total|totaux)( .*)?|(ensemble|somme|cumul)( general| du .*)?)")
_EXAMPLE = re.compile(r"exemples?(?![a-z]).*")
#: What was put right, as (issue, detail before the number of lines), in French.
FRENCH_DATES = ("dates à la française", "Dates lues comme JJ/MM/AAAA")
DRESSED_NUMBERS = ("nombres à la française", "Espaces des milliers ou décimales nulles retirés")
Period = tuple[date, date]


@dataclass(repr=False)
class Cells:
    """One line: its number in the file, its cells by column, its faults, what was put right.

    It has no telling ``repr``: cells are counts of persons, and a repr may end in a log.
    """

    line: int
    texts: Mapping[str, str]
    faults: list[LineError] = field(default_factory=list)
    repaired: Counter[tuple[str, str]] = field(default_factory=Counter)

    def text(self, column: str) -> str:
        """Return a cell, empty where the file does not have the column."""
        return self.texts.get(column, "")

    def fault(self, column: str, advice: str) -> None:
        """Tell that a cell is wrong, and what to do."""
        self.faults.append(LineError(column, advice))

    def names_no_place(self, column: str) -> bool:
        """Return whether a cell names a sum of other lines or an example, which a fault tells."""
        text = self.text(column)
        name = folded(text)
        if _SUM.fullmatch(name):
            self.fault(
                column, f"« {text} » compte d’autres lignes une seconde fois\u202f; ôtez sa ligne"
            )
        elif _EXAMPLE.fullmatch(name):
            self.fault(column, f"« {text} » est un exemple du modèle\u202f; ôtez cette ligne")
        else:
            return False
        return True

    def period(self, today: date) -> Period | None:
        """Return the first and last day (``debut``, ``fin``), None where a fault tells why not.

        A period ends ``today`` at the latest and lasts a year at most (366 days).
        """
        first, last = self._day("debut"), self._day("fin")
        if first is None or last is None:
            return None
        if last < first:
            self.fault("fin", f"le {last} précède le début ({first})\u202f; corrigez une date")
            return None
        if last > today:
            self.fault("fin", f"le {last} n’est pas encore passé\u202f; vérifiez la date")
            return None
        if (last - first).days >= _LONGEST_DAYS:
            self.fault(
                "fin",
                "une période de plus d’un an\u202f; donnez une ligne par mois ou par trimestre",
            )
            return None
        return first, last

    def _day(self, column: str) -> date | None:
        text = self.text(column)
        if found := _ISO_DAY.fullmatch(text):
            year, month, day = (int(part) for part in found.groups())
        elif found := _FRENCH_DAY.fullmatch(text):
            day, month, year = (int(part) for part in found.groups())
            self.repaired[FRENCH_DATES] = 1
        else:
            told = f"« {text} » n’est pas une date" if text else "une date manque"
            self.fault(column, f"{told}\u202f; écrivez AAAA-MM-JJ")
            return None
        try:
            told_day = date(year, month, day)
        except ValueError:
            self.fault(column, f"le jour « {text} » n’existe pas\u202f; vérifiez-le")
            return None
        if year not in _YEARS:
            self.fault(column, f"l’année de « {text} » n’est pas plausible\u202f; vérifiez-la")
            return None
        return told_day

    def count(self, column: str, *, needed: str = "") -> int | None:
        """Return a whole number, None where the cell is empty or a fault tells why not.

        ``needed`` says what is missing where an empty cell is a fault.
        """
        text = self.text(column)
        if not text:
            if needed:
                self.fault(column, f"{needed} manque\u202f; donnez un nombre entier, 0 ou plus")
            return None
        if found := _WHOLE.fullmatch(text):
            plain = re.sub(r"\D", "", found[1])
            if plain != text:
                self.repaired[DRESSED_NUMBERS] = 1
            return int(plain)
        rest = text.removeprefix("-").removeprefix("−")
        if _NUMBER.fullmatch(rest) is None:
            told = "n’est pas un nombre"
        elif rest != text:
            told = "est négatif"
        elif _WHOLE.fullmatch(re.split("[.,]", text)[0]) is None:
            told = "passe tout ce qui se compte ici"
        else:
            told = "n’est pas un nombre entier"
        self.fault(column, f"« {text} » {told}\u202f; donnez un nombre entier, 0 ou plus")
        return None

    def above(self, column: str, count: int | None, other: str, most: int | None) -> None:
        """Tell where a count is above another one that holds it."""
        if count is not None and most is not None and count > most:
            self.fault(
                column, f"{count} passe les {most} de « {other} »\u202f; corrigez l’un ou l’autre"
            )
