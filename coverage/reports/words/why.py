"""« Pourquoi ce secteur ? »: three French sentences of a commune or a QPV, made from its numbers.

Access, need and rank. Of the first two, the one with the larger part in the index comes first;
where detections are a factor, they are told behind these two. A component is named by the numbers:
the one with the largest gap to the territory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from coverage.reports.words.areas import COMMUNE, QUARTER, Ranked, Territory, number
from coverage.reports.words.factors import ACCESS, NEED
from coverage.reports.words.sentences import spaced
from coverage.reports.words.why_access import why_access
from coverage.reports.words.why_detections import why_detections
from coverage.reports.words.why_need import why_need
from coverage.reports.words.why_rank import why_rank

if TYPE_CHECKING:
    from coverage.model.results import StudyResult


@dataclass(frozen=True, eq=False)
class Reasons:
    """What is needed to tell of any area of a study why it has its place in the ranking."""

    territory: Territory
    communes: Ranked
    quarters: Ranked

    @classmethod
    def of(cls, result: StudyResult) -> Reasons:
        """Read a study once, for all its areas."""
        communes = result.communes.drop(columns="geometry").set_index("code_insee")
        neutral = result.facts["neutral"]
        return cls(
            Territory.of(result),
            Ranked.of(
                COMMUNE, communes.assign(persons=communes["population"]), neutral["communes"]
            ),
            Ranked.of(QUARTER, result.qpv.set_index("zone_id"), neutral["qpv"]),
        )

    def why(self, code: str) -> tuple[str, str, str]:
        """Return the three sentences of a commune (INSEE code) or a QPV (zone id).

        Raises ``KeyError`` for a code of neither.
        """
        group = self.communes if code in self.communes.rows.index else self.quarters
        row = group.rows.loc[code]
        access = why_access(row, group.noun, self.territory)
        need = why_need(code, row, group.noun, self.territory)
        more_need = number(row[NEED.part]) > number(row[ACCESS.part])
        need_first = NEED in group.ranking and (ACCESS not in group.ranking or more_need)
        first, second = (need, access) if need_first else (access, need)
        counter = why_detections(code, row, group, self.territory)
        told = (first, f"{second} {counter}".strip(), why_rank(row, group, self.territory))
        return spaced(told[0]), spaced(told[1]), spaced(told[2])


def why(result: StudyResult, code: str) -> tuple[str, str, str]:
    """Return the three sentences of one area; ``Reasons.of`` serves many areas of a study."""
    return Reasons.of(result).why(code)
