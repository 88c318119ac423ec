"""The quality of the data as tables: each layer, what rests on it, and what was done to it.

The days on which a layer changes state stand in the files instead of its state: these files are
the same bytes on every day (``model.freshness``).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from coverage.model.freshness import oldest_vintage, turning_days, vintage_day
from coverage.model.results import SEPARATOR
from coverage.model.tables import NOTE_ACTIONS
from coverage.reports.words.freshness import FIGURE_LABELS

if TYPE_CHECKING:
    from datetime import date

    from coverage.model.results import StudyResult

#: The first days on which a layer is to be watched, checked and renewed.
_TURNS = ("a_surveiller_des", "a_verifier_des", "a_actualiser_des")
_COUNT_OF = {
    "repaired": "reparations",
    "quarantined": "mises_a_l_ecart",
    "reported": "signalements",
}
#: How often something was done to a source: a repair of a user's file once for each of its lines.
COUNTS = tuple(_COUNT_OF.values())
LAYER_COLUMNS = (
    *("source", "titre", "producteur", "licence", "etat", "millesime", *_TURNS),
    *("lignes", *COUNTS, "remede"),
)
FRESHNESS_COLUMNS = ("figure", "libelle", "part", "sources", "titres", "millesime", *_TURNS)
#: What keeps a row out of the figures comes first.
_ORDER = ("quarantined", *(action for action in NOTE_ACTIONS if action != "quarantined"))
_STATES = {"used": "utilisée", "missing": "manquante"}
_UNLISTED = "hors liste"


def layers_table(result: StudyResult) -> pd.DataFrame:
    """Return one row a source, ``LAYER_COLUMNS``: whose, how old, and what was done to its rows.

    What was noted of something that is no listed source (the territory's travel times) has a row
    by its own name, so that the counts are those of the details.
    """
    counts = _counts(result.quality)
    rows = [
        {
            "source": source.source_id,
            "titre": source.title,
            "producteur": source.producer,
            "licence": source.licence,
            "etat": _STATES[source.status],
            "millesime": source.vintage if source.status == "used" else None,
            **_turns(source.vintage if source.status == "used" else ""),
            "lignes": source.rows if source.status == "used" and source.rows else None,
            **_count_of(counts, source.source_id),
            "remede": source.remedy or None,
        }
        for source in result.sources
    ]
    listed = {source.source_id for source in result.sources}
    others = dict.fromkeys(name for name in result.quality["source"] if name not in listed)
    rows += [
        {
            "source": name,
            "titre": f"{name[0].upper()}{name[1:]}",
            "etat": _UNLISTED,
            **_count_of(counts, name),
        }
        for name in others
    ]
    return pd.DataFrame(rows, columns=list(LAYER_COLUMNS), dtype=object)


def _counts(quality: pd.DataFrame) -> Counter[tuple[str, str]]:
    """Return how often each action was taken on each source."""
    counts: Counter[tuple[str, str]] = Counter()
    columns = (quality[name] for name in ("source", "action", "rows"))
    for source, action, rows in zip(*columns, strict=True):
        counts[source, action] += int(rows)
    return counts


def _count_of(counts: Counter[tuple[str, str]], source: str) -> dict[str, int]:
    return {name: counts[source, action] for action, name in _COUNT_OF.items()}


def _turns(vintage: str) -> dict[str, date | None]:
    days = turning_days(vintage) or (None, None, None)
    return dict(zip(_TURNS, days, strict=True))


def foundations_table(result: StudyResult) -> pd.DataFrame:
    """Return what the figures rest on, ``FRESHNESS_COLUMNS``, one row a figure and set of sources.

    ``millesime`` and the days are those of the oldest source of the set that has a date. Where one
    of them has none, the others can't make the set fresh: it has no day from which it is to be
    watched, those from which it is old stand (``words.freshness`` tells the state alike).
    """
    known = {source.source_id: source for source in result.sources}
    rows = []
    for row in result.foundations.to_dict("records"):
        ids = str(row["sources"]).split(SEPARATOR)
        sources = [known[one] for one in ids if one in known]
        dated = [source.vintage for source in sources if vintage_day(source.vintage)]
        oldest = oldest_vintage(dated)
        turns = _turns(oldest or "")
        if len(dated) < len(ids):
            turns[_TURNS[0]] = None
        rows.append(
            {
                "figure": row["figure"],
                "libelle": FIGURE_LABELS[str(row["figure"])],
                "part": row["share"],
                "sources": row["sources"],
                "titres": SEPARATOR.join(source.title for source in sources) or None,
                "millesime": oldest,
                **turns,
            }
        )
    return pd.DataFrame(rows, columns=list(FRESHNESS_COLUMNS), dtype=object)


@dataclass(frozen=True)
class Issue:
    """Like notes on one source: what was found, what was done, to how many rows, by how many notes.

    ``first`` are (item, detail) of the first notes.
    """

    source: str
    title: str
    issue: str
    action: str
    rows: int
    notes: int
    first: tuple[tuple[str, str], ...]


def issues(result: StudyResult, *, at_most: int = 5) -> list[Issue]:
    """Return the notes by source, issue and action: what was put aside, repaired, then reported.

    Each has its first ``at_most`` rows.
    """
    titles = {source.source_id: source.title for source in result.sources}
    found = []
    for _, notes in result.quality.groupby(["source", "issue", "action"], sort=True):
        source, issue, action = (str(notes[name].iloc[0]) for name in ("source", "issue", "action"))
        first = notes.head(at_most)
        told = tuple(zip(first["item"].astype(str), first["detail"].astype(str), strict=True))
        rows = int(notes["rows"].sum())
        found.append(
            Issue(source, titles.get(source, source), issue, action, rows, len(notes), told)
        )
    return sorted(found, key=lambda one: _ORDER.index(one.action))
