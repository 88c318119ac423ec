"""What the panel beside the map says of each layer: its question, its classes, its inhabitants."""

from __future__ import annotations

import math
from dataclasses import dataclass

from coverage.model.results import StudyResult
from coverage.model.words import NO_BREAK_SPACE
from coverage.reports.detection_layers import (
    CLASSES_TEXT,
    DENSE_TEXT,
    DENSITY,
    DETECTIONS,
    PATTERN_LABELS,
    bandwidth_text,
    density_rows,
    has_density,
)
from coverage.reports.layers import (
    NO_DATA,
    OUT_OF_REACH,
    commune_classes,
    fill_of,
    ramps,
)
from coverage.reports.palette import Ramp
from coverage.reports.words.detections import rated, span
from coverage.reports.words.factors import factors_of, formula
from coverage.reports.words.sentences import NEED_RUNG_NAMES, NEED_RUNGS

#: Limits, in minutes, up to which every study counts the covered persons on demand points.
_COUNTED_MINUTES = (10, 20, 30)

_QUESTIONS = {
    "score": "Où aider en priorité\u202f?",
    "minutes": "Combien de minutes jusqu’à un conseiller\u202f?",
    "need": "Où vivent ceux que le numérique met en difficulté\u202f?",
    DETECTIONS: "Où la fragilité se voit-elle au guichet\u202f?",
    DENSITY: "Où les détections sont-elles denses\u202f?",
}
_READINGS = {
    "minutes": "En voiture, hors congestion, moyenne par commune. Plus foncé\u00a0: plus à faire.",
    "need": "Besoin par habitant, sans tenir compte de l’aide. Plus foncé\u00a0: plus à faire.",
    DETECTIONS: "Taux du bloc de communes (trait épais), jamais d’une commune. "
    f"{CLASSES_TEXT} On compte au guichet, pas au domicile.",
    DENSITY: f"Taux des blocs étalés autour des guichets sondés, pour l’œil. {DENSE_TEXT} "
    "Cela ne dit pas où vivent les personnes.",
}
_ESTIMATED = "À vol d’oiseau, moyenne par commune. Plus foncé\u00a0: plus à faire."
_SHOWS = {
    "score": "un indice par habitant",
    "minutes": "un temps moyen par commune",
    "need": "un besoin par habitant",
    DETECTIONS: "un taux par bloc de communes",
    DENSITY: "une densité de détections",
}
#: What stands for a colour where there is no value.
_PATTERNS = {
    OUT_OF_REACH: "hors d’atteinte",
    **PATTERN_LABELS,
    NO_DATA: "non disponible (n.d.)",
}
_BREAKS = {"score": "secteur prioritaire", "minutes": "au-delà de la limite"}


def _reading(key: str, result: StudyResult) -> str:
    if key == "minutes":
        return _ESTIMATED if result.estimate else _READINGS[key]
    if key in (DETECTIONS, DENSITY):
        return _READINGS[key]
    if key == "score":
        factors = formula(factors_of(result.communes))
        reading = f"Indice\u00a0: {factors}. Plus foncé\u00a0: plus à faire."
    else:
        reading = _READINGS[key]
    return f"{reading} Besoin\u00a0: {NEED_RUNGS[result.need_rung]}."


@dataclass(frozen=True)
class LegendRow:
    """A class of the ramp; ``persons`` are counted over the ``span`` rows that begin here.

    ``span`` 0: counted with the rows above. ``persons`` is NaN where it is not available, None
    where it can't be told of this class. ``width`` is the bar's length in per cent.
    """

    fill: str
    label: str
    break_text: str
    span: int
    persons: float | None
    width: float


@dataclass(frozen=True)
class MapLayer:
    """One layer of the map, under the key by which the drawn map knows it.

    ``shows`` says in a few words what its colours are, beside what the list counts.
    """

    key: str
    question: str
    reading: str
    shows: str
    title: str
    rows: tuple[LegendRow, ...]


def map_layers(result: StudyResult) -> tuple[MapLayer, ...]:
    """Return the layers of a study's map with their legends, the first one being shown."""
    legends = {key: _legend(result, key, ramp) for key, ramp in ramps(result).items()}
    if has_density(result):
        legends[DENSITY] = tuple(
            LegendRow(row["fill"], row["label"], "", 1, None, 0.0) for row in density_rows(result)
        )
    titles = _titles(result)
    return tuple(
        MapLayer(
            key=key,
            question=_QUESTIONS[key],
            reading=_reading(key, result),
            shows=_SHOWS[key],
            title=titles[key],
            rows=rows,
        )
        for key, rows in legends.items()
    )


def _titles(result: StudyResult) -> dict[str, str]:
    """Return what the numbers of each legend are."""
    titles = {
        "score": "Indice de priorité, sans unité · habitants des communes de chaque classe",
        "minutes": "Minutes · habitants comptés là où ils vivent, pas à la moyenne de la commune",
        "need": "Indice de fragilité (IFN, 0 à 10) · habitants par classe"
        if result.need_rung == 2
        else f"Personnes en difficulté pour 100{NO_BREAK_SPACE}habitants "
        f"({NEED_RUNG_NAMES[result.need_rung]}) · habitants par classe",
    }
    if told := rated(result):
        titles[DETECTIONS] = (
            f"Détections par jour de présence, {span(told)} · habitants des communes "
            "de chaque classe"
        )
    if has_density(result):
        titles[DENSITY] = (
            f"Détections par jour de présence et 100{NO_BREAK_SPACE}km² · noyau quartique, rayon "
            f"de {bandwidth_text(result)}"
        )
    return titles


def _legend(result: StudyResult, key: str, ramp: Ramp) -> tuple[LegendRow, ...]:
    persons = _persons_by_class(result, ramp)
    groups = [[rank] for rank in range(len(ramp.colours))]
    counts = [persons.get(rank, 0.0) for rank in range(len(ramp.colours))]
    if key == "minutes":
        groups, counts = _counted_groups(result, ramp)
    most = max([1.0, *(count for count in counts if not math.isnan(count))])
    labels, estimate = ramp.labels(), result.estimate
    first_dark = None if ramp.break_at is None else ramp.limits.index(ramp.break_at) + 1
    rows = []
    for group, count in zip(groups, counts, strict=True):
        for at, rank in enumerate(group):
            rows.append(
                LegendRow(
                    fill=fill_of(ramp, rank, estimate=estimate),
                    label=labels[rank],
                    break_text=_BREAKS[key] if rank == first_dark else "",
                    span=0 if at else len(group),
                    persons=count,
                    width=_width(count, most),
                )
            )
    for pattern, label in _PATTERNS.items():
        if pattern in persons:
            told = persons[pattern] if key != "minutes" else None
            rows.append(LegendRow(f"url(#{pattern})", label, "", 1, told, _width(told, most)))
    return tuple(rows)


def _width(count: float | None, most: float) -> float:
    return 0.0 if count is None or math.isnan(count) else round(100 * count / most, 1)


def _persons_by_class(result: StudyResult, ramp: Ramp) -> dict[int | str, float]:
    """Return the inhabitants of each class: NaN where none of its communes' number is known."""
    classes = commune_classes(result)[ramp.key]
    population = result.communes["population"].astype(float).reset_index(drop=True)
    return dict(population.groupby(classes, sort=False).sum(min_count=1).items())


def _counted_groups(result: StudyResult, ramp: Ramp) -> tuple[list[list[int]], list[float]]:
    """Return neighbouring classes of minutes and the persons counted in each group of them.

    A commune's mean hides people on both sides of a limit, so persons are taken from the counts
    on demand points, which exist at a few limits only; classes between two of them are joined.
    """
    communes = result.communes
    counted = {float(m): float(communes[f"covered_{m}"].sum()) for m in _COUNTED_MINUTES}
    counted[float(result.params.minutes)] = float(communes["covered"].sum())
    total = float(communes["covered"].sum() + communes["uncovered"].sum())
    if not total:  # nobody's home is known
        return [[rank] for rank in range(len(ramp.colours))], [math.nan] * len(ramp.colours)
    groups: list[list[int]] = [[]]
    counts: list[float] = []
    below = 0.0
    for rank, limit in enumerate([*ramp.limits, None]):
        groups[-1].append(rank)
        if limit is None:
            counts.append(total - below)
        elif limit in counted:
            counts.append(counted[limit] - below)
            below = counted[limit]
            groups.append([])
    return groups, counts
