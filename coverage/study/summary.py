"""What the command line says when it is done: a few lines, in French."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from coverage.base.workspace import Workspace
from coverage.model.notes import Notes
from coverage.model.results import StudyResult
from coverage.model.words import NOT_AVAILABLE, percent, share_of, whole
from coverage.reports.words.sentences import certificate, useless_sites
from coverage.study.results import map_path, run_folder

if TYPE_CHECKING:
    from coverage.study.run import Outcome

_FIRST = 10
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
        return "Qualité des données : rien à signaler."
    counts = Counter(zip(table["action"], table["source"], table["issue"], strict=True))
    lines = [f"Qualité des données : {whole(len(table))} remarques."]
    for (action, source, issue), count in sorted(counts.items()):
        lines.append(f"  {whole(count):>6} {_ACTIONS[action]:19} {source} : {issue}")
    return "\n".join(lines)


def plan_text(result: StudyResult) -> str:
    """Return the plan and its certificate; without a plan, the rule that can't be kept."""
    plan, minutes = result.plan, result.params.minutes
    lines = [f"Plan : {plan.status_text}.", f"  {certificate(plan)}"]
    for number, site in enumerate(plan.sites, 1):
        lines.append(
            f"  {number}. {site.nom} ({site.site_id}) : + {whole(site.newly_covered)} habitants "
            f"à {minutes} min"
        )
    if useless := useless_sites(plan, minutes):
        lines.append(f"  {useless}")
    before, after = (share_of(part, plan.total) for part in (plan.baseline, plan.objective))
    lines.append(
        f"  À {minutes} min d'un conseiller : {percent(before)} des habitants aujourd'hui"
        + (f", {percent(after)} avec ce plan." if plan.sites else ".")
    )
    return "\n".join(lines)


def _title(result: StudyResult) -> str:
    return f"{result.nom} ({', '.join(result.marks)})" if result.marks else result.nom


def _adviser_text(result: StudyResult) -> str:
    covered, uncovered = (float(result.communes[name].sum()) for name in ("covered", "uncovered"))
    return (
        f"À plus de {result.params.minutes} min d'un conseiller : {whole(uncovered)} habitants "
        f"({percent(share_of(uncovered, covered + uncovered))})."
    )


def _legal_text(result: StudyResult) -> list[str]:
    lines = []
    for row in result.legal.to_dict("records"):
        when = "aujourd'hui" if row["state"] == "today" else "avec ces changements"
        lines.append(
            f"Test légal de La Poste, {when} : {percent(row['far_road_share'], 2)} des habitants à "
            f"plus de 5 km par la route et de 20 min ({percent(row['far_crow_share'], 2)} à vol "
            f"d'oiseau) ; limite 10 %{' ; indicatif' if result.estimate else ''}."
        )
    return lines


def _first_text(result: StudyResult) -> list[str]:
    """Return the ten communes to look at first, with the interval of their rank."""
    communes = result.communes[result.communes["rank"].notna()]
    first = communes.sort_values(
        ["rank", "population", "code_insee"], ascending=[True, False, True]
    )
    lines = [
        "Secteurs prioritaires (rang [5 % à 95 % des tirages], présence dans les dix premiers) :"
    ]
    for row in first.head(_FIRST).itertuples():
        lines.append(
            f"  {row.rank:>3} [{row.rank_low} à {row.rank_high}] {percent(row.top10_share, 0):>6} "
            f"{row.stability:9} {row.nom} ({row.code_insee}) : {whole(row.concerned)} personnes "
            "concernées"
        )
    return lines if len(lines) > 1 else []


def need_text(result: StudyResult) -> str:
    """Return what the need's tables say first: who is far, the legal test, where to look first."""
    broken = result.orientation["partner_id"].isna()
    review = int((result.matches["decision"] == "review").sum())
    counts = result.places[result.places["count"].fillna(0) > 0]
    lines = [
        _title(result),
        _adviser_text(result),
        *_legal_text(result),
        *_first_text(result),
        "Lieux (chacun une fois par rôle) : "
        + ", ".join(
            f"{whole(count)} {label}"
            for count, label in zip(counts["count"], counts["label"], strict=True)
        )
        + ".",
        f"Orientation : {whole(broken.sum())} liens rompus sur {whole(len(broken))} "
        "(aucun partenaire éligible à moins de 30 min).",
        f"Paires de lieux à vérifier : {whole(review)} (appariements.csv).",
    ]
    return "\n".join(lines)


def result_text(outcome: Outcome, workspace: Workspace) -> str:
    """Return the summary of a run: figures, plan, marks, and where the files are."""
    result = outcome.result
    quality = result.quality["action"].value_counts()
    population = result.communes["population"]
    people = whole(population.sum()) if population.notna().any() else NOT_AVAILABLE
    lines = [
        _title(result),
        f"{whole(len(result.communes))} communes, {people} habitants.",
        plan_text(result),
        "Qualité : "
        + ", ".join(_counted(quality.get(action, 0), noun) for action, noun in _NOUNS.items())
        + " (need/qualite.csv).",
    ]
    if outcome.fetched.warning:
        lines.append(outcome.fetched.warning)
    lacking = [source for source in result.sources if source.status == "missing"]
    lines += [f"Manque : {source.title}. {source.remedy}" for source in lacking]
    lines += [
        f"Fichier repris du dernier build : --{option} {path}"
        for option, path in outcome.reused.items()
    ]
    lines += [
        f"Carte    {map_path(workspace, result.territory)}",
        f"Dossier  {run_folder(workspace, result.run_id)}",
        f"Durée {outcome.seconds:.1f} s, mémoire {outcome.peak_mb:.0f} Mo.",
    ]
    return "\n".join(lines)
