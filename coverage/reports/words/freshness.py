"""How old the data of a study are, in French, on the day on which it is told.

Nothing here goes into a file that must be the same bytes when it is made again, but for those
that are dated (the report).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from coverage.model.freshness import (
    LADDER,
    OLD,
    UNDATED,
    Step,
    age_months,
    oldest_vintage,
    step_at,
)
from coverage.model.quarters import QPV_2015
from coverage.model.results import SEPARATOR
from coverage.model.territory import SourceInfo
from coverage.model.words import NO_BREAK_SPACE, french_date, percent, vintage_text
from coverage.reports.words.sentences import spaced

if TYPE_CHECKING:
    import pandas as pd

    from coverage.model.results import StudyResult

#: What is said of a layer that nobody has, and of one that was invented.
MISSING = Step("non_disponible", "Non disponible", "—", "", None)
INVENTED = Step("invente", "Inventé", "—", "", None)

#: The figures of ``StudyResult.foundations``: their names, and the sentence's words for a share.
FIGURE_LABELS = {
    "persons": "Habitants",
    "need": "Personnes en difficulté",
    "times": "Temps de trajet",
    "covered": "Habitants à portée d’un conseiller",
    "uncovered": "Habitants restant à couvrir",
    "places": "Lieux du territoire",
    "supply": "Aide par mois des lieux",
    "index": "Indice de priorité",
}
_OF_FIGURE = {
    "persons": "des habitants",
    "need": "du besoin",
    "times": "des temps de trajet",
    "covered": "des habitants à portée d’un conseiller",
    "uncovered": "du reste à couvrir",
    "places": "des lieux",
    "supply": "de l’aide par mois",
    "index": "du poids de l’indice de priorité",
}
#: The states that a part of a figure may be in, in the order in which their shares are told.
FIGURE_STEPS = (*LADDER, UNDATED)
#: A smaller share than this is not worth a sentence.
_TOLD_SHARE = 0.005


@dataclass(frozen=True)
class SourceAge:
    """The state of one source on a day; ``months`` is None where it has no age."""

    source: SourceInfo
    months: int | None
    step: Step


def source_age(source: SourceInfo, day: date, *, fictitious: bool = False) -> SourceAge:
    """Return the state of a source: on the ladder, of unknown date, missing, or invented."""
    if source.status != "used":
        return SourceAge(source, None, MISSING)
    if fictitious:
        return SourceAge(source, None, INVENTED)
    return SourceAge(source, age_months(source.vintage, day), step_at(source.vintage, day))


def step_text(step: Step) -> str:
    """Return a state with its sign: ``× À actualiser``, never a colour alone."""
    return f"{step.sign}{NO_BREAK_SPACE}{step.label}"


def ladder_sentence() -> str:
    """Say which age makes which state, and what an unknown date is."""
    told = [
        f"{step.label.lower()} : moins de {step.below_months}{NO_BREAK_SPACE}mois"
        for step in LADDER
        if step.below_months is not None
    ]
    text = " ; ".join(told)
    return spaced(
        f"{text[0].upper()}{text[1:]} ; {LADDER[-1].label.lower()} au-delà. Un millésime sans jour "
        "compte depuis le premier : 2024 est le 1er janvier 2024. Sans date, une couche n’est "
        "jamais dite à jour."
    )


@dataclass(frozen=True)
class FigureAge:
    """What a figure rests on, on a day: the share of it (0..1) in each state of ``FIGURE_STEPS``.

    A part of a figure is old where one of its layers is, whatever the others; else of unknown
    date where one of them is; else in the state of the oldest. ``oldest`` names the source that
    the largest old part rests on, ``several`` says that there are others.
    """

    figure: str
    label: str
    shares: tuple[float, ...]
    oldest: str
    several: bool

    @property
    def old_share(self) -> float:
        """The share that rests on a layer to be checked or renewed."""
        told = zip(FIGURE_STEPS, self.shares, strict=True)
        return min(sum(share for step, share in told if step in OLD), 1.0)

    @property
    def undated_share(self) -> float:
        """The share that rests on no old layer but on one whose date isn't known."""
        return self.shares[FIGURE_STEPS.index(UNDATED)]


def figure_ages(result: StudyResult, day: date) -> list[FigureAge]:
    """Return how old the figures of a study are, in their order; none where all is invented."""
    if result.fictitious:
        return []
    known = {source.source_id: source for source in result.sources}
    return [
        _figure_age(str(figure), rows, known, day)
        for figure, rows in result.foundations.groupby("figure", sort=False)
    ]


def _figure_age(
    figure: str, rows: pd.DataFrame, known: dict[str, SourceInfo], day: date
) -> FigureAge:
    shares = dict.fromkeys(FIGURE_STEPS, 0.0)
    blamed: dict[str, float] = {}
    for listed, share in zip(rows["sources"], rows["share"].astype(float), strict=True):
        ids = listed.split(SEPARATOR)
        step = _step_of([known[one].vintage if one in known else "" for one in ids], day)
        shares[step] += share
        if step in OLD:
            name = _oldest([known[one] for one in ids if one in known])
            blamed[name] = blamed.get(name, 0.0) + share
    worst = max(blamed, key=lambda name: blamed[name], default="")
    label = FIGURE_LABELS[figure]
    return FigureAge(figure, label, tuple(shares.values()), worst, len(blamed) > 1)


def _step_of(vintages: list[str], day: date) -> Step:
    """Return the state of a part of a figure by its sources' vintages (see ``FigureAge``)."""
    steps = {step_at(vintage, day) for vintage in vintages}
    worst = max((step for step in steps if step is not UNDATED), key=LADDER.index, default=UNDATED)
    return UNDATED if UNDATED in steps and worst not in OLD else worst


def _oldest(sources: list[SourceInfo]) -> str:
    """Return the title of the oldest source that has a date, with its vintage."""
    oldest = oldest_vintage(source.vintage for source in sources)
    source = next(one for one in sources if one.vintage == oldest)
    return f"{source.title}, {vintage_text(source.vintage)}"


def freshness_sentences(result: StudyResult, day: date) -> list[str]:
    """Say which shares of the figures rest on old layers, and which on layers without a date."""
    ages = figure_ages(result, day)
    old = [
        f"{percent(age.old_share, 0)} {_OF_FIGURE[age.figure]} "
        f"({'surtout ' if age.several else ''}{age.oldest})"
        for age in ages
        if age.old_share >= _TOLD_SHARE
    ]
    undated = [
        f"{percent(age.undated_share, 0)} {_OF_FIGURE[age.figure]}"
        for age in ages
        if age.undated_share >= _TOLD_SHARE
    ]
    texts = []
    if old:
        texts.append(
            f"Au {french_date(day)}, reposent sur des couches à vérifier ou à actualiser (12 mois "
            f"ou plus) : {' ; '.join(old)}."
        )
    if undated:
        texts.append(f"Reposent sur des couches dont la date est inconnue : {' ; '.join(undated)}.")
    return [spaced(text) for text in texts]


def quarters_limit(result: StudyResult) -> list[str]:
    """Say that the QPV are those of 2015, where they are."""
    if result.fictitious or not (result.zones["kind"] == QPV_2015.kind).any():
        return []
    return [
        "Les quartiers prioritaires (QPV) sont ceux de 2015 : leurs contours de 2024 ne sont pas "
        "chargés."
    ]
