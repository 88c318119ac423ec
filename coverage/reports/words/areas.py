"""What the sentences about one area need to know of it, of its peers and of its territory."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from coverage.model.tables import AGE_BANDS, IFN_PARTS
from coverage.model.words import NO_BREAK_SPACE, NOT_AVAILABLE, decimal, whole
from coverage.reports.words.detections import blocks_by_commune, whole_territory
from coverage.reports.words.factors import Factor, factors_of

if TYPE_CHECKING:
    from coverage.model.results import StudyResult

#: A share of the people that can't be passed over.
MANY = 0.05
#: Fewer persons than this is nobody, once rounded.
NOBODY = 0.5


@dataclass(frozen=True)
class Noun:
    """How areas of one kind are called, with the agreement they ask for."""

    the: str
    this: str
    many: str
    alone: str
    ranked: str
    she: str
    first: str
    feminine: bool


COMMUNE = Noun(
    the="La commune",
    this="cette commune",
    many="communes",
    alone="la seule commune",
    ranked="classée",
    she="elle",
    first="premières",
    feminine=True,
)
QUARTER = Noun(
    the="Le quartier",
    this="ce quartier",
    many="quartiers",
    alone="le seul quartier",
    ranked="classé",
    she="il",
    first="premiers",
    feminine=False,
)


@dataclass(frozen=True, eq=False)
class Ranked:
    """The areas of one kind by code, with how many are ranked and by which factors.

    A factor is neutral where it is the same for all; where it is, it ranks nobody.
    """

    noun: Noun
    rows: pd.DataFrame
    ranked: int
    factors: tuple[Factor, ...]
    neutral: frozenset[str]

    @classmethod
    def of(cls, noun: Noun, rows: pd.DataFrame, neutral: Collection[str]) -> Ranked:
        """Read the areas of one kind, ``rows`` by their codes, and its neutral factors."""
        ranked = int(rows["rank"].notna().sum())
        return cls(noun, rows, ranked, factors_of(rows), frozenset(neutral))

    @property
    def ranking(self) -> tuple[Factor, ...]:
        """The factors that tell the areas apart."""
        return tuple(factor for factor in self.factors if factor.key not in self.neutral)


@dataclass(frozen=True, eq=False)
class Territory:
    """What an area is compared with.

    ``whole`` are the figures of all the people; ``parts`` by commune what its need is made of
    (scores 0-10 of the IFN and the index itself, or shares 0..1 of the ages), ``part_means`` their
    means weighted by people. ``blocks`` by commune are the figures of its block of detections,
    ``usual_rate`` the rate of them all.
    """

    minutes: int
    estimate: bool
    rung: int
    whole: dict[str, float]
    parts: pd.DataFrame
    part_means: dict[str, float]
    blocks: pd.DataFrame
    usual_rate: float

    @classmethod
    def of(cls, result: StudyResult) -> Territory:
        """Read a study once, for all its areas."""
        communes = result.communes.set_index("code_insee")
        people = communes["population"].astype(float).fillna(0.0)
        ifn = communes["ifn"].astype(float)
        parts = _parts(result.profiles, ifn, ages=result.need_rung == 1)
        groups = result.groups
        total = groups[groups["group"] == "territoire"] if len(groups) else groups
        figures: dict[Any, Any] = (
            total.iloc[0].drop(["group", "value"]).to_dict() if len(total) else {}
        )
        told = result.detections
        zone = None if told is None else whole_territory(told)
        return cls(
            minutes=result.params.minutes,
            estimate=result.estimate,
            rung=result.need_rung,
            whole={str(name): number(value) for name, value in figures.items()},
            parts=parts,
            part_means={str(name): _mean(parts[name], people) for name in parts.columns},
            blocks=pd.DataFrame() if told is None else blocks_by_commune(told),
            usual_rate=math.nan if zone is None else number(zone["rate"]),
        )

    @property
    def unreached_share(self) -> float:
        """The share of all people whom no adviser place reaches; means leave them out."""
        return self.usual("unreached") / self.usual("persons")

    def usual(self, figure: str) -> float:
        """Return a figure of the whole territory; NaN where it is not available."""
        return self.whole.get(figure, math.nan)


def number(value: Any) -> float:
    """Return a table's cell as a number, NaN where it is not available."""
    return math.nan if value is None or pd.isna(value) else float(value)


def minutes_text(minutes: float) -> str:
    """Return whole minutes; what would be rounded to none is said so."""
    if minutes < NOBODY:
        return "moins d’une minute"
    return f"{decimal(minutes, 0)}{NO_BREAK_SPACE}min"


def count_text(persons: float) -> str:
    """Return a whole number of persons (feminine): ``aucune``, ``moins d’une``, ``12``."""
    if persons >= NOBODY:
        return whole(persons)
    return "moins d’une" if persons > 0 else "aucune"


def concerned_text(persons: float) -> str:
    """Return persons concerned in words: ``aucune personne concernée``, ``49 personnes…``."""
    if math.isnan(persons):
        return f"personnes concernées{NO_BREAK_SPACE}: {NOT_AVAILABLE}"
    many = "s" if round(persons) > 1 else ""
    return f"{count_text(persons)} personne{many} concernée{many}"


def against(here: str, there: str) -> str:
    """Compare two texts of figures: what can't be told apart on paper is called the same."""
    return ", comme dans le territoire" if here == there else f", contre {there} dans le territoire"


def _parts(profiles: pd.DataFrame, ifn: pd.Series, *, ages: bool) -> pd.DataFrame:
    table = profiles.set_index("code_insee").reindex(ifn.index)
    if not ages:
        return table[list(IFN_PARTS)].astype(float).assign(ifn=ifn)
    bands = table[list(AGE_BANDS)].astype(float)
    total = bands.sum(axis=1, min_count=1)
    return bands.div(total.where(total > 0), axis=0)


def _mean(values: pd.Series, people: pd.Series) -> float:
    known = values.notna() & (people > 0)
    return float(np.average(values[known], weights=people[known])) if known.any() else math.nan
