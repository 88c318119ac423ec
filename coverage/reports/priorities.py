"""The ten first communes and QPV of a study, with how sure they are and why they are first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from coverage.reports.words.ranks import PRIORITY_AREAS
from coverage.reports.words.why import Reasons

if TYPE_CHECKING:
    from coverage.model.results import StudyResult

_FIGURES = (
    *("rank", "rank_low", "rank_high", "top10_share", "stability", "score", "need_part"),
    *(
        "access_part",
        "detection_part",
        "detection_rate",
        "persons",
        "need",
        "concerned",
        "uncovered",
        "unreached",
    ),
    *("minutes_adviser", "access"),
)
_REASONS = ("pourquoi_1", "pourquoi_2", "pourquoi_3")
PRIORITY_COLUMNS = ("type", "code", "nom", "vintage", *_FIGURES, "need_rung", *_REASONS)


def priority_communes(result: StudyResult) -> pd.DataFrame:
    """Return the ten first communes, ``PRIORITY_COLUMNS``; equal ranks by inhabitants."""
    table = pd.DataFrame(result.communes.drop(columns="geometry"))
    table = table.assign(persons=table["population"], type="commune", code=table["code_insee"])
    return _first(table, result)


def priority_quarters(result: StudyResult) -> pd.DataFrame:
    """Return the ten first QPV, ranked among themselves, ``PRIORITY_COLUMNS``."""
    return _first(result.qpv.assign(type="qpv", code=result.qpv["zone_id"]), result)


def _first(table: pd.DataFrame, result: StudyResult) -> pd.DataFrame:
    ranked = table[table["rank"].notna()].sort_values(
        ["rank", "persons", "code"], ascending=[True, False, True]
    )
    first = ranked.head(PRIORITY_AREAS).reset_index(drop=True)
    reasons = Reasons.of(result)
    told = [reasons.why(code) for code in first["code"]]
    for at, name in enumerate(_REASONS):
        first[name] = pd.Series([sentences[at] for sentences in told], dtype=object)
    # a quarter has a part of detections but no rate of its own
    return first.assign(need_rung=result.need_rung).reindex(columns=PRIORITY_COLUMNS)
