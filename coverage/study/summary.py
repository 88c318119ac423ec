"""What the command line says when it is done: a few lines, in French."""

from __future__ import annotations

from collections import Counter

from coverage.base.workspace import Workspace
from coverage.model.notes import Notes
from coverage.model.results import StudyResult
from coverage.model.words import percent, whole
from coverage.study.outputs import map_path
from coverage.study.results import run_folder
from coverage.study.run import Outcome

_ACTIONS = {"repaired": "réparé", "quarantined": "mis en quarantaine", "reported": "signalé"}


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
    """Return the plan and its certificate."""
    plan, minutes = result.plan, result.params.minutes
    lines = [f"Plan : {plan.status_text}."]
    if plan.rule:
        lines.append(f"  Règle qui ne peut pas être tenue : {plan.rule}.")
    for number, site in enumerate(plan.sites, 1):
        lines.append(
            f"  {number}. {site.nom} ({site.site_id}) : + {whole(site.newly_covered)} habitants "
            f"à {minutes} min"
        )
    before, after = plan.baseline / plan.total, plan.objective / plan.total
    lines.append(
        f"  À {minutes} min d'un conseiller : {percent(before)} des habitants aujourd'hui, "
        f"{percent(after)} avec ce plan."
    )
    return "\n".join(lines)


def result_text(outcome: Outcome, workspace: Workspace) -> str:
    """Return the summary of a run: figures, plan, marks, and where the files are."""
    result = outcome.result
    quality = result.quality["action"].value_counts()
    title = f"{result.nom} ({', '.join(result.marks)})" if result.marks else result.nom
    people = result.communes["population"].sum()
    lines = [
        title,
        f"{whole(len(result.communes))} communes, {whole(people)} habitants.",
        plan_text(result),
        f"Qualité : {whole(quality.get('repaired', 0))} réparés, "
        f"{whole(quality.get('quarantined', 0))} en quarantaine, "
        f"{whole(quality.get('reported', 0))} signalés.",
        f"Carte    {map_path(workspace, result.territory)}",
        f"Dossier  {run_folder(workspace, result.run_id)}",
        f"Durée {outcome.seconds:.1f} s, mémoire {outcome.peak_mb:.0f} Mo.",
    ]
    return "\n".join(lines)
