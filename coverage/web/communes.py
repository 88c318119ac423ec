"""The priority list: one row a commune, in the order and with the words that were asked for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from coverage.model.detections import NO_BUREAU
from coverage.model.params import COST_LIMIT_MINUTES
from coverage.model.results import StudyResult
from coverage.model.words import decimal, whole
from coverage.reports.words.areas import concerned_text
from coverage.reports.words.detections import (
    RATE_UNIT,
    blocks_by_commune,
    counted,
    rate_text,
    state_text,
)
from coverage.reports.words.ranks import rank_text, stability_text
from coverage.reports.words.sentences import minutes_text
from coverage.reports.words.zonings import frr_text
from coverage.web.orders import Order, Orders, plain


@dataclass(frozen=True)
class CommuneRow:
    """One commune of the list; ``concerned`` and ``population`` in persons, None = n.d.

    ``minutes`` is the mean drive to an adviser, infinite where nobody reaches one, and
    ``journey_text`` the same with those it leaves out. ``rank_text`` is the rank with its interval,
    ``choice_text`` how sure it is, ``zoning_text`` the state of FRR with its dates,
    ``counter_text`` what its block tells of detections, empty where none are loaded (French).
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
    counter_text: str

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


COMMUNE_ORDERS: Orders[CommuneRow] = Orders(
    (
        Order("commune", "Commune", lambda row: plain(row.nom), descending=False, numeric=False),
        Order("personnes", "Personnes concer\u00adnées", lambda row: row.concerned),
        Order("indice", "Indice", lambda row: row.score),
        Order("temps", "Minutes", lambda row: row.minutes),
        Order("habitants", "Habi\u00adtants", lambda row: row.population),
    ),
    default=("personnes", True),
)


def number(value: Any) -> float | None:
    """Return a table's cell as a number, or None where it is not available."""
    return None if pd.isna(value) else float(value)


def commune_rows(result: StudyResult) -> list[CommuneRow]:
    """Return the communes of a study, in the table's own order."""
    table = result.communes
    tied = table["rank"].duplicated(keep=False)
    ranked = int(table["rank"].notna().sum())
    counters = _counter_texts(result)
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
                counter_text=counters.get(str(record["code_insee"]), ""),
            )
        )
    return rows


def _counter_texts(result: StudyResult) -> dict[str, str]:
    """Return what is told of the detections at the counter that serves each commune."""
    told = counted(result)
    if told is None:
        return {}
    blocks = blocks_by_commune(told).to_dict("index")
    texts = {}
    for record in told.communes.to_dict("records"):
        code = str(record["code_insee"])
        if block := blocks.get(code):
            rate = rate_text(block["rate"], block["rate_low"], block["rate_high"], "")
            texts[code] = f"{rate} {RATE_UNIT}, bloc «\u00a0{block['nom']}\u00a0»"
            if record["sounding"] == NO_BUREAU:
                state = state_text(NO_BUREAU, served=True, block=str(block["nom"]))
                texts[code] = f"{state}, {rate} {RATE_UNIT}"
        else:
            served = bool(record["served"])
            texts[code] = state_text(record["sounding"], served=served, block=None)
    return texts


def search_communes(rows: list[CommuneRow], text: str) -> list[CommuneRow]:
    """Return the rows whose name or code holds every word of the search."""
    words = plain(text).split()
    return [row for row in rows if all(word in row.search_text for word in words)]
