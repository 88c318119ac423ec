"""Days as people and their programs write them, and what can't be one for sure."""

from __future__ import annotations

import re
from datetime import date

from coverage.model.answers import Repairs
from coverage.sources.given.cells import Cell

#: A program may add an hour to a day; one with a time zone may be of the day before or after.
_HOUR = r"(?:[T ]+(?P<hour>\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?))?"
_NO_HOUR = re.compile(r"[0:.,]+")
_ISO_DAY = re.compile(rf"(?P<year>\d{{4}})-(?P<month>\d{{2}})-(?P<day>\d{{2}}){_HOUR}", re.ASCII)
_FRENCH_DAY = re.compile(
    rf"(?P<day>\d{{1,2}})(?P<by>[/.-])(?P<month>\d{{1,2}})(?P=by)(?P<year>\d{{4}}){_HOUR}", re.ASCII
)
_YEARS = range(2000, 2100)
_MONTHS = range(1, 13)
#: What is no day for sure, and what it looks like.
_LOOKS_LIKE = (
    (
        # From 1982 to 2118.
        re.compile(r"[3-7]\d{4}(?:[.,]\d+)?", re.ASCII),
        "est un nombre de jours d’Excel",
        "mettez la colonne au format Date, ou écrivez AAAA-MM-JJ",
    ),
    (
        re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2}", re.ASCII),
        "n’a que deux chiffres pour l’année",
        "écrivez AAAA-MM-JJ",
    ),
    (
        re.compile(r"[^\W\d]{3,9}\.?[ /.-]+(?:\d{2}|\d{4})|\d{1,2}[/-]\d{4}|\d{4}[/-]\d{1,2}"),
        "est un mois, sans le jour",
        "écrivez le premier et le dernier jour, AAAA-MM-JJ",
    ),
)
#: What was put right, in words that tell no day: they may be read by others than the owner.
_FRENCH_DATES = ("dates à la française", "dates lues comme JJ/MM/AAAA")
_HOURS_LEFT = ("heures ôtées", "dates lues sans leur heure")


def day(cell: Cell, repairs: Repairs) -> date:
    """Return the day that a cell tells: AAAA-MM-JJ, or JJ/MM/AAAA, with or without an hour.

    The second form and an hour other than midnight are noted in ``repairs``. Raises ``LineError``
    (BAD_DATE) on anything else, on a day that isn't in the calendar, or out of this century.
    """
    text = cell.bare(repairs)
    found = _ISO_DAY.fullmatch(text) or _FRENCH_DAY.fullmatch(text)
    if found is None:
        raise cell.error("BAD_DATE", _no_day(cell, text))
    year, month, number = (int(found[part]) for part in ("year", "month", "day"))
    if month not in _MONTHS and number in _MONTHS and found.re is _FRENCH_DAY:
        told = f"le mois et le jour de « {cell.shown} » semblent inversés (date américaine)"
        raise cell.error("BAD_DATE", f"{told}\u202f; écrivez AAAA-MM-JJ")
    try:
        told_day = date(year, month, number)
    except ValueError:
        told = f"le jour « {cell.shown} » n’existe pas\u202f; vérifiez-le"
        raise cell.error("BAD_DATE", told) from None
    if year not in _YEARS:
        told = f"l’année de « {cell.shown} » n’est pas plausible\u202f; vérifiez-la"
        raise cell.error("BAD_DATE", told)
    if found.re is _FRENCH_DAY:
        cell.repaired(repairs, *_FRENCH_DATES)
    if found["hour"] and not _NO_HOUR.fullmatch(found["hour"]):
        cell.repaired(repairs, *_HOURS_LEFT)
    return told_day


def _no_day(cell: Cell, text: str) -> str:
    """Return why a text is no day, and what to do."""
    if not text:
        return "une date manque\u202f; écrivez AAAA-MM-JJ"
    for shape, why, what_to_do in _LOOKS_LIKE:
        if shape.fullmatch(text):
            return f"« {cell.shown} » {why}\u202f; {what_to_do}"
    return f"« {cell.shown} » n’est pas une date\u202f; écrivez AAAA-MM-JJ"
