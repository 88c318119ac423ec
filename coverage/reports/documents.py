"""The report that people print: A4, French, by typst, with nothing but the fonts typst carries.

Data reaches the template as JSON, never as markup, so no name can become code. The same result
and date give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import typst

from coverage.base.files import write_bytes
from coverage.model.plan import Status
from coverage.model.territory import ESTIMATE_MARK, FICTITIOUS_MARK
from coverage.model.words import (
    NO_BREAK_SPACE,
    decimal,
    french_date,
    percent,
    vintage_text,
    whole,
)
from coverage.reports.detection_section import detection_section
from coverage.reports.kinds import Kinds
from coverage.reports.palette import PROPOSED, QPV, priority_ramp
from coverage.reports.planned import planned_places
from coverage.reports.plate import plate_svg
from coverage.reports.quality import issues
from coverage.reports.sections import (
    equity_section,
    legal_section,
    orientation_section,
    priority_section,
)
from coverage.reports.words.freshness import (
    FIGURE_STEPS,
    figure_ages,
    freshness_sentences,
    ladder_sentence,
    source_age,
    step_text,
)
from coverage.reports.words.limits import limits
from coverage.reports.words.priority import (
    first_looks,
    index_legend,
    index_meaning,
    parts_meaning,
    rank_meaning,
)
from coverage.reports.words.sentences import (
    BY_CAR,
    NEED_RUNGS,
    action_label,
    certificate,
    covers_nearly_all,
    ilots_announced,
    minutes_text,
    persons_known,
    qpv_name,
    source_line,
    spaced,
    summary,
    target_label,
    title,
    unreachable,
    useless_sites,
)

if TYPE_CHECKING:
    from coverage.model.results import StudyResult


def write_report(result: StudyResult, path: Path, day: date) -> None:
    """Write ``rapport.pdf``; ``day`` is the date printed on it and fixed inside it."""
    template = resources.files("coverage.reports").joinpath("templates", "rapport.typ")
    compiled = typst.compile(
        template.read_bytes(),
        format="pdf",
        font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=True),
        sys_inputs={"data": json.dumps(report_data(result, day), allow_nan=False)},
        timestamp=datetime(day.year, day.month, day.day, tzinfo=UTC),
    )
    if not isinstance(compiled, bytes):
        raise RuntimeError("typst gave no PDF document.")
    write_bytes(path, compiled)


def report_data(result: StudyResult, day: date) -> dict[str, Any]:
    """Return everything the template prints, as plain text in French."""
    return {
        "title": title(result),
        "date": french_date(day),
        "run": result.run_id,
        "marks": list(result.marks),
        "how": ESTIMATE_MARK if result.estimate else BY_CAR,
        "limit": result.params.minutes,
        "brief": _brief(result),
        "plate": plate_svg(result),
        "legend": _legend(result),
        "targets": _targets(result),
        "priority": priority_section(result),
        "legal": legal_section(result),
        "equity": equity_section(result),
        "orientation": orientation_section(result),
        "detections": detection_section(result),
        "index": index_meaning(result),
        "access": parts_meaning(result),
        "ranks": rank_meaning(estimate=result.estimate),
        "qpv": _qpv(result),
        "plan": _plan(result),
        "sources": _sources(result, day),
        "ladder": ladder_sentence(),
        "steps": [step_text(step) for step in FIGURE_STEPS],
        "foundations": _foundations(result, day),
        "missing": _missing(result),
        "quality": _quality(result),
        "limits": [*limits(result), *freshness_sentences(result, day)],
        "credit": source_line(result),
    }


def _brief(result: StudyResult) -> list[str]:
    texts = [summary(result), unreachable(result)]
    if warning := covers_nearly_all(result):
        texts.append(warning)
    if first := first_looks(result):
        texts.append(first)
    if persons_known(result):
        texts.append(f"Besoin : {NEED_RUNGS[result.need_rung]}.")
    if result.fictitious:
        texts.insert(0, f"{FICTITIOUS_MARK.capitalize()} : rien de ce qui suit n’existe.")
    return [spaced(text) for text in texts]


def _legend(result: StudyResult) -> dict[str, Any]:
    ramp = priority_ramp()
    classes = [
        {"colour": colour, "label": label}
        for colour, label in zip(ramp.colours, ramp.labels(), strict=True)
    ]
    known = bool(result.communes["score"].notna().any())
    return {
        "title": spaced(
            f"Indice de priorité : {index_legend(result)} À partir de 0,55 : secteur prioritaire."
            if known
            else "Indice de priorité : n.d. (communes hachurées)."
        ),
        "classes": classes,
        "qpv": QPV,
        "qpv_name": qpv_name(result),
        "proposed": PROPOSED,
    }


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _lines(table: pd.DataFrame) -> Iterator[Any]:
    # the stubs give every cell a union of some fifteen types
    return iter(table.itertuples())


def _targets(result: StudyResult) -> dict[str, Any]:
    kinds, counts = Kinds.of(result), _counts(result)
    if result.coverage.empty:
        named = {target_label(level, {}): counts[level] for level in ("adviser", "contact")}
        named |= {label: counts[kind] for kind, label in kinds.labels.items()}
        return {"minutes": [], "rows": [list(row) for row in named.items()]}
    table = result.coverage
    table = table[(table["group"] == "territoire") & (table["mode"] == "drive")]
    minutes = sorted(int(m) for m in table["minutes"].unique())
    rows = []
    for target in dict.fromkeys(table["target"]):
        shares = {
            int(row.minutes): percent(_number(row.covered_share))
            for row in _lines(table[table["target"] == target])
        }
        label = target_label(target, kinds.labels)
        rows.append([label, counts[target], *(shares.get(m, "n.d.") for m in minutes)])
    if announced := ilots_announced(result):
        label = f"{kinds.label('ilot_numerique')} ({announced})"
        rows.append([label, "n.d.", *("n.d." for _ in minutes)])
    return {"minutes": [f"{m}{NO_BREAK_SPACE}min" for m in minutes], "rows": rows}


def _counts(result: StudyResult) -> dict[str, str]:
    """Return the number of the territory's places by kind, and by level for the two groups.

    A place that plays two roles counts once in its level; a level of which no source tells is
    a dash.
    """
    places = result.places
    found = {
        kind: whole(_number(count))
        for kind, count in zip(places["kind"], places["count"], strict=True)
    }
    own = result.sites.loc[result.sites["in_territory"].astype(bool), "roles"]
    for level in ("adviser", "contact"):
        kinds = set(places.loc[places["level"] == level, "kind"])
        told = places.loc[places["level"] == level, "count"].notna().any()
        number = sum(1 for roles in own if kinds.intersection(roles))
        found[level] = whole(number) if told else "—"
    return found


def _qpv(result: StudyResult) -> list[list[str]]:
    return [
        [
            row.nom,
            vintage_text(row.vintage),
            whole(_number(row.persons)),
            minutes_text(row.minutes_adviser, _number(row.persons), _number(row.unreached)),
            whole(_number(row.uncovered)),
        ]
        for row in _lines(result.qpv.sort_values("zone_id"))
    ]


def _plan(result: StudyResult) -> dict[str, Any]:
    plan = result.plan
    kinds = Kinds.of(result)
    sites = [
        [
            str(place.number),
            place.name,
            kinds.label(place.site.kind),
            whole(place.newly_covered),
        ]
        for place in planned_places(result)
    ]
    known = persons_known(result)
    found = known and plan.status is not Status.INFEASIBLE
    gap = f"{decimal(100 * plan.gap, 1, up=True)}{NO_BREAK_SPACE}%" if found else "n.d."
    facts = [
        ["Statut", plan.status_text if known else "n.d."],
        ["Écart d’optimalité", gap],
        ["Population couverte avant", whole(plan.baseline) if known else "n.d."],
        ["Population couverte après", whole(plan.objective) if found else "n.d."],
        ["Borne (aucun plan ne peut dépasser)", whole(plan.bound) if found else "n.d."],
        ["Lieux candidats", whole(plan.candidates)],
        ["Graine", str(plan.seed)],
    ]
    return {
        "sites": sites,
        "certificate": certificate(plan),
        "useless": useless_sites(plan, result.params.minutes) or "",
        "facts": facts,
    }


def _sources(result: StudyResult, day: date) -> list[list[str]]:
    used = [source for source in result.sources if source.status == "used"]
    ages = [source_age(source, day, fictitious=result.fictitious) for source in used]
    return [
        [
            age.source.title,
            age.source.producer,
            age.source.licence,
            vintage_text(age.source.vintage),
            step_text(age.step),
        ]
        for age in ages
    ]


def _foundations(result: StudyResult, day: date) -> list[list[str]]:
    return [
        [age.label, *(percent(share, 0) for share in age.shares), age.oldest or "—"]
        for age in figure_ages(result, day)
    ]


def _missing(result: StudyResult) -> list[list[str]]:
    missing = [source for source in result.sources if source.status == "missing"]
    return [[source.title, spaced(source.remedy)] for source in missing]


def _quality(result: StudyResult) -> list[list[str]]:
    return [
        [issue.title, issue.issue, action_label(issue.action), whole(issue.rows)]
        for issue in issues(result)
    ]
