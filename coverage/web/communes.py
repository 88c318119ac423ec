"""The priority list: one row a commune, in the order and with the words that were asked for."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from coverage.model.params import COST_LIMIT_MINUTES
from coverage.model.results import StudyResult
from coverage.model.words import decimal, whole
from coverage.reports.words.areas import concerned_text
from coverage.reports.words.ranks import rank_text, stability_text
from coverage.reports.words.sentences import minutes_text
from coverage.reports.words.zonings import frr_text


@dataclass(frozen=True)
class CommuneRow:
    """One commune of the list; ``concerned`` and ``population`` in persons, None = n.d.

    ``minutes`` is the mean drive to an adviser, infinite where nobody reaches one, and
    ``journey_text`` the same with those it leaves out. ``rank_text`` is the rank with its interval,
    ``choice_text`` how sure it is, ``zoning_text`` the state of FRR with its dates (French).
    """

    code: str
    nom: str
    concerned: float | None
    score: float | None
    minutes: float | None
    population: float | None
    journey_text: str
    rank_text: str
    choice_text: str
    zoning_text: str

    @property
    def concerned_text(self) -> str:
        """Whole persons concerned, in words: ``49 personnes concernées``."""
        return concerned_text(math.nan if self.concerned is None else self.concerned)

    @property
    def minutes_text(self) -> str:
        """Whole minutes, or that they are beyond what is computed."""
        if self.minutes is not None and math.isinf(self.minutes):
            return f"> {COST_LIMIT_MINUTES}"
        return whole(self.minutes)

    @property
    def search_text(self) -> str:
        """What a search is compared with: name and code, without accents or capitals."""
        return plain(f"{self.nom} {self.code}")

    @property
    def score_text(self) -> str:
        """The index with two decimals."""
        return decimal(self.score, 2)


@dataclass(frozen=True)
class Order:
    """A column of the list that can be sorted: its key in the address, title, and first order.

    A title may hold soft hyphens (U+00AD): there it may be parted on a phone.
    """

    key: str
    title: str
    value: Callable[[CommuneRow], Any]
    descending: bool = True
    numeric: bool = True


ORDERS: tuple[Order, ...] = (
    Order("commune", "Commune", lambda row: plain(row.nom), descending=False, numeric=False),
    Order("personnes", "Personnes concer\u00adnées", lambda row: row.concerned),
    Order("indice", "Indice", lambda row: row.score),
    Order("temps", "Minutes", lambda row: row.minutes),
    Order("habitants", "Habi\u00adtants", lambda row: row.population),
)
DEFAULT_ORDER = ("personnes", True)


def plain(text: str) -> str:
    """Return text without accents, capitals or typographic apostrophes, for comparing."""
    spread = unicodedata.normalize("NFD", text.replace("’", "'"))
    return "".join(c for c in spread if not unicodedata.combining(c)).lower().strip()


def number(value: Any) -> float | None:
    """Return a table's cell as a number, or None where it is not available."""
    return None if pd.isna(value) else float(value)


def commune_rows(result: StudyResult) -> list[CommuneRow]:
    """Return the communes of a study, in the table's own order."""
    table = result.communes
    tied = table["rank"].duplicated(keep=False)
    ranked = int(table["rank"].notna().sum())
    rows = []
    for record, shared in zip(table.to_dict("records"), tied, strict=True):
        minutes = number(record["minutes_adviser"])
        if minutes is None and (number(record["uncovered"]) or 0) > 0:
            minutes = math.inf
        population = number(record["population"])
        rows.append(
            CommuneRow(
                code=str(record["code_insee"]),
                nom=str(record["nom"]),
                concerned=None if population is None else number(record["concerned"]),
                score=number(record["score"]),
                minutes=minutes,
                population=population,
                journey_text=minutes_text(
                    record["minutes_adviser"], population, record["unreached"]
                ),
                rank_text=rank_text(
                    record["rank"], record["rank_low"], record["rank_high"], tied=bool(shared)
                ),
                choice_text=stability_text(
                    record["rank"],
                    record["stability"],
                    record["top10_share"],
                    ranked=ranked,
                    estimate=result.estimate,
                ),
                zoning_text=frr_text(record["frr"]),
            )
        )
    return rows


def read_order(text: str | None) -> tuple[str, bool]:
    """Return the column and whether it descends, from ``indice-desc``; else the default."""
    key, _, direction = (text or "").partition("-")
    if key in {order.key for order in ORDERS} and direction in {"asc", "desc"}:
        return key, direction == "desc"
    return DEFAULT_ORDER


def sort_communes(rows: list[CommuneRow], key: str, descending: bool) -> list[CommuneRow]:
    """Return the rows in an order; what is not available comes last, equals by name."""
    order = next(order for order in ORDERS if order.key == key)
    rows = sorted(rows, key=lambda row: (plain(row.nom), row.code))
    known = [row for row in rows if order.value(row) is not None]
    known.sort(key=order.value, reverse=descending)
    return known + [row for row in rows if order.value(row) is None]


def search_communes(rows: list[CommuneRow], text: str) -> list[CommuneRow]:
    """Return the rows whose name or code holds every word of the search."""
    words = plain(text).split()
    return [row for row in rows if all(word in row.search_text for word in words)]
