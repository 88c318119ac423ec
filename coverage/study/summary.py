"""What the command line says when it is done: a few lines, in French."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

from coverage.base.workspace import Workspace
from coverage.model.detections import HIDDEN, with_counts
from coverage.model.freshness import LADDER, UNDATED, step_at
from coverage.model.notes import Notes
from coverage.model.results import StudyResult
from coverage.model.words import NO_BREAK_SPACE, NOT_AVAILABLE, decimal, percent, share_of, whole
from coverage.reports.planned import planned_places
from coverage.reports.words.areas import COMMUNE, concerned_text, number
from coverage.reports.words.detections import RATE_UNIT, count_text, summary_sentences
from coverage.reports.words.freshness import freshness_sentences
from coverage.reports.words.orientation import orientation_text
from coverage.reports.words.priority import most_concerned
from coverage.reports.words.ranks import (
    ESTIMATE_APART,
    ONLY_SLOWER,
    PRIORITY_AREAS,
    rank_text,
    stability_text,
)
from coverage.reports.words.sentences import (
    certificate,
    covers_nearly_all,
    persons_known,
    spaced,
    useless_sites,
)
from coverage.study.results import map_path, run_folder

if TYPE_CHECKING:
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from coverage.model.detections import ProtectedDetections
    from coverage.study.run import Outcome

_ACTIONS = {"repaired": "réparé", "quarantined": "mis en quarantaine", "reported": "signalé"}


#: What was done, as a noun: singular, plural.
_NOUNS = {
    "repaired": ("réparation", "réparations"),
    "quarantined": ("mise en quarantaine", "mises en quarantaine"),
    "reported": ("signalement", "signalements"),
}


def _counted(number: int, noun: tuple[str, str]) -> str:
    return f"{whole(number)} {noun[int(number > 1)]}"


def quality_text(notes: Notes) -> str:
    """Return the counts of repairs and quarantines, one line an issue."""
    table = notes.table()
    if table.empty:
        return spaced("Qualité des données : rien à signaler.")
    counts: Counter[tuple[str, str, str]] = Counter()
    columns = (table[name] for name in ("action", "source", "issue", "rows"))
    for action, source, issue, rows in zip(*columns, strict=True):
        counts[action, source, issue] += int(rows)
    lines = [f"Qualité des données : {_counted(len(table), ('remarque', 'remarques'))}."]
    for (action, source, issue), count in sorted(counts.items()):
        lines.append(f"  {whole(count):>6} {_ACTIONS[action]:19} {source} : {issue}")
    return spaced("\n".join(lines))


def plan_text(result: StudyResult) -> str:
    """Return the plan and its certificate; without a plan, the rule that can't be kept."""
    plan, limit = result.plan, f"{result.params.minutes}{NO_BREAK_SPACE}min"
    lines = [f"Plan : {plan.status_text}.", f"  {certificate(plan)}"]
    for place in planned_places(result):
        site, many = place.site, "s" if round(place.newly_covered) > 1 else ""
        lines.append(
            f"  {place.number}. {site.nom} ({site.site_id}) : + {whole(place.newly_covered)} "
            f"habitant{many} à {limit}"
        )
    if useless := useless_sites(plan, result.params.minutes):
        lines.append(f"  {useless}")
    if plan.total > 0:
        before, after = (share_of(part, plan.total) for part in (plan.baseline, plan.objective))
        lines.append(
            f"  À {limit} d’un conseiller : {percent(before)} des habitants aujourd’hui"
            + (f", {percent(after)} avec ce plan." if plan.sites else ".")
        )
    return spaced("\n".join(lines))


def need_text(result: StudyResult) -> str:
    """Return what the need's tables say first: who is far, the legal test, where to look first."""
    lines = [_title(result)]
    if persons_known(result):
        lines += [_adviser_text(result), *_legal_text(result), *_first_text(result)]
    else:
        lines.append(
            "Population non disponible : ni couverture, ni test légal de La Poste, ni rang."
        )
    lines += [_places_text(result), *_detection_text(result)]
    lines += [orientation_text(result), _review_text(result)]
    return spaced("\n".join(lines))


def _detection_text(result: StudyResult) -> list[str]:
    """Return what the counters tell, and of which publication that is."""
    sentences = summary_sentences(result)
    told = with_counts(result.detections)
    if told is None:
        return sentences
    sentences.append(release_text(told))
    return ["Détections au guichet :", *(f"  {sentence}" for sentence in sentences)]


def release_text(protected: ProtectedDetections) -> str:
    """Return which publication this is, and how many blocks stand as they were before it."""
    held = int((protected.blocks["release"] < protected.release).sum())
    text = f"Publication n° {protected.release}"
    if held:
        which = "1 bloc garde ses" if held == 1 else f"{whole(held)} blocs gardent leurs"
        text += f" ; {which} chiffres d’une publication antérieure"
        text += " : rien, ou trop peu, ne s’y est ajouté"
    return spaced(f"{text}.")


def published_text(protected: ProtectedDetections | None) -> str:
    """Return what a build published of the detections, "" where it has none."""
    told = with_counts(protected)
    if told is None:
        return ""
    count = len(told.blocks)
    blocks = {0: "aucun bloc de communes, trop peu de détections", 1: "1 bloc de communes"}
    published = blocks.get(count, f"{whole(count)} blocs de communes")
    return spaced(f"Détections : {published}. {release_text(told)}")


def area_text(protected: ProtectedDetections, area: BaseGeometry) -> str:
    """Return what may be told of a free area: its whole blocks, by name, and what they hold."""
    answer = protected.within(area)
    if not answer.block_ids:
        return (
            "Ce contour ne contient aucun bloc de communes entier : rien n’en est dit, pour que "
            "de petits effectifs ne s’en déduisent pas. Élargissez-le."
        ).replace(" :", f"{NO_BREAK_SPACE}:")
    blocks = protected.blocks[protected.blocks["block_id"].isin(answer.block_ids)]
    names, many = list(blocks["nom"]), len(blocks) > 1
    rate = share_of(answer.detections, answer.days)
    told = [
        f"{RATE_UNIT} : {decimal(rate, 2)}",
        f"détections : {whole(answer.detections)}",
        f"jours de présence : {whole(answer.days)}",
        f"tests : {_count_of(answer.tests, blocks['tests_mark'])}",
        f"orientations : {_count_of(answer.orientations, blocks['orientations_mark'])}",
    ]
    lines = [
        f"{_counted(len(names), ('bloc de communes entier', 'blocs de communes entiers'))} dans ce "
        f"contour, réponse pour {'leur ensemble' if many else 'lui'} :",
        f"  {' ; '.join(names)}.",
        f"  {' ; '.join(told)}.",
    ]
    return spaced("\n".join(lines))


def _count_of(count: int | None, marks: pd.Series[str]) -> str:
    """Return the count of several blocks, or why they don't tell it."""
    return count_text(count, HIDDEN if (marks == HIDDEN).any() else "")


def _title(result: StudyResult) -> str:
    return f"{result.nom} ({', '.join(result.marks)})" if result.marks else result.nom


def _adviser_text(result: StudyResult) -> str:
    covered, uncovered = (float(result.communes[name].sum()) for name in ("covered", "uncovered"))
    far = round(uncovered)
    people = "aucun habitant" if not far else _counted(far, ("habitant", "habitants"))
    text = (
        f"À plus de {result.params.minutes}{NO_BREAK_SPACE}min d’un conseiller : {people} "
        f"({percent(share_of(uncovered, covered + uncovered))})"
    )
    unreached = round(result.unreachable_persons)
    return f"{text}, dont {whole(unreached)} à plus d’une heure." if unreached else f"{text}."


def _legal_text(result: StudyResult) -> list[str]:
    lines = []
    for row in result.legal.to_dict("records"):
        when = "aujourd’hui" if row["state"] == "today" else "avec ces changements"
        lines.append(
            f"Test légal de La Poste, {when} : {percent(row['far_road_share'], 2)} des habitants à "
            f"plus de 5{NO_BREAK_SPACE}km par la route et de 20{NO_BREAK_SPACE}min "
            f"({percent(row['far_crow_share'], 2)} à vol d’oiseau) ; limite 10{NO_BREAK_SPACE}%"
            f"{' ; indicatif' if result.estimate else ''}."
        )
    return lines


def _first_text(result: StudyResult) -> list[str]:
    """Return the ten communes to look at first, how sure that is, and where most people are."""
    communes = result.communes[result.communes["rank"].notna()]
    ranked, tied = len(communes), communes["rank"].duplicated(keep=False)
    first = communes.assign(tied=tied).sort_values(
        ["rank", "population", "code_insee"], ascending=[True, False, True]
    )
    lines = []
    for row in first.head(PRIORITY_AREAS).to_dict("records"):
        place = rank_text(row["rank"], row["rank_low"], row["rank_high"], tied=row["tied"])
        text = f"  {place}, {row['nom']} ({row['code_insee']}) : "
        text += concerned_text(number(row["concerned"]))
        if ranked > PRIORITY_AREAS:
            told = row["rank"], row["stability"], row["top10_share"]
            # What an estimate leaves out is said once, under the list.
            text += f" ; {stability_text(*told, ranked=ranked, estimate=False)}"
        lines.append(text)
    if not lines:
        return [_most_text(result)]
    head = f"Communes prioritaires, rang [5{NO_BREAK_SPACE}% à 95{NO_BREAK_SPACE}% des tirages] :"
    return [head, *lines, *_rank_notes(first, estimate=result.estimate), _most_text(result)]


def _rank_notes(first: pd.DataFrame, *, estimate: bool) -> list[str]:
    """Say what the intervals of the listed ranks don't tell."""
    if len(first) == 1:
        return [f"  C’est {COMMUNE.alone} {COMMUNE.ranked} : son rang n’apprend rien."]
    listed = first.head(PRIORITY_AREAS)
    outside = ~listed["rank"].between(listed["rank_low"], listed["rank_high"])
    notes = [ONLY_SLOWER] if outside.any() else []
    notes += [ESTIMATE_APART] if estimate else []
    return [f"  {' '.join(notes)}"] if notes else []


def _most_text(result: StudyResult) -> str:
    """Say where most persons are concerned, which isn't where the index is highest."""
    nobody = (
        f"Aucune commune ne compte une personne en difficulté à plus de {result.params.minutes}"
        f"{NO_BREAK_SPACE}min d’un conseiller."
    )
    told = (most_concerned(result) or nobody, covers_nearly_all(result))
    return " ".join(text for text in told if text)


def _places_text(result: StudyResult) -> str:
    places = result.places
    found = places[places["count"].fillna(0) > 0]
    told = [
        f"{label} : {whole(count)}"
        for label, count in zip(found["label"], found["count"], strict=True)
    ]
    lacking = ", ".join(places.loc[places["count"].isna(), "label"])
    unknown = f" Non disponible : {lacking}." if lacking else ""
    if not told:
        return f"Lieux du territoire : aucun.{unknown}"
    return f"Lieux du territoire, chacun une fois par rôle — {' ; '.join(told)}.{unknown}"


def _review_text(result: StudyResult) -> str:
    review = int((result.matches["decision"] == "review").sum())
    if not review:
        return "Paires de lieux à vérifier : aucune."
    return f"Paires de lieux à vérifier : {whole(review)} (paires.csv)."


def freshness_text(result: StudyResult, day: date) -> list[str]:
    """Return how many of the layers in use are in which state on a day, and what rests on them."""
    if result.fictitious:
        return []
    used = [source for source in result.sources if source.status == "used"]
    counts = Counter(step_at(source.vintage, day) for source in used)
    told = [
        f"{whole(counts[step])} {step.label.lower()}" for step in (*LADDER, UNDATED) if counts[step]
    ]
    return [
        spaced(f"Fraîcheur des {_counted(len(used), ('couche', 'couches'))} : {', '.join(told)}."),
        *freshness_sentences(result, day),
    ]


def notes_text(result: StudyResult) -> str:
    """Return how often the data were repaired, put aside and reported, and where that is told."""
    quality = result.quality.groupby("action")["rows"].sum()
    told = ", ".join(_counted(quality.get(action, 0), noun) for action, noun in _NOUNS.items())
    return f"Qualité{NO_BREAK_SPACE}: {told} (qualite.csv, qualite_details.csv)."


def result_text(outcome: Outcome, workspace: Workspace, day: date) -> str:
    """Return the summary of a run: figures, plan, marks, and where the files are.

    ``day``: on which the age of the data is told.
    """
    result = outcome.result
    population = result.communes["population"]
    people = whole(population.sum()) if population.notna().any() else NOT_AVAILABLE
    lines = [
        _title(result),
        f"{_counted(len(result.communes), ('commune', 'communes'))}, {people} habitants.",
        plan_text(result),
        notes_text(result),
        *freshness_text(result, day),
    ]
    if outcome.fetched.warning:
        lines.append(spaced(outcome.fetched.warning))
    lacking = [source for source in result.sources if source.status == "missing"]
    failed = outcome.fetched.missing_lines()
    lines += [
        spaced(failed.get(source.source_id, f"Manque : {source.title}. {source.remedy}"))
        for source in lacking
    ]
    lines += [
        f"Fichier repris du dernier build{NO_BREAK_SPACE}: --{option} {path}"
        for option, path in outcome.reused.items()
    ]
    lines += [
        f"Carte    {map_path(workspace, result.territory)}",
        f"Dossier  {run_folder(workspace, result.run_id)}",
        f"Durée {decimal(outcome.seconds, 1)}{NO_BREAK_SPACE}s, mémoire "
        f"{whole(outcome.peak_mb)}{NO_BREAK_SPACE}Mo.",
    ]
    return "\n".join(lines)
