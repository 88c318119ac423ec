"""What an import answers: taken as it is, taken after repairs that are told, or refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

OK, FIX = "OK", "FIX"

#: In which order a file is read: where two faults meet, the earlier family is the answer.
FAMILIES = (
    "bytes",
    "container",
    "xml",
    "format",
    "header",
    "identifiers",
    "numbers",
    "geography",
)
_CODES: dict[str, str] = {
    "bytes": "NOT_FOUND EMPTY TOO_BIG BINARY_IN_TEXT BAD_ENCODING LINE_TOO_LONG NOT_CSV NOT_XLSX "
    "NOT_GEOJSON NOT_ROADS",
    "container": "CORRUPT_ZIP ZIP_TOO_BIG ZIP_TOO_MANY ZIP_UNSAFE_PATH ZIP_SYMLINK ZIP_NESTED "
    "MISSING_PART",
    "xml": "XML_DTD",
    "format": "BAD_JSON BAD_QUOTING RAGGED_ROW CORRUPT_GPKG CORRUPT_SHP CORRUPT_PBF CORRUPT_ROADS "
    "VIEW_NOT_ALLOWED AMBIGUOUS_LAYER TOO_COMPLEX",
    "header": "TOO_MANY_COLUMNS BAD_HEADER DUP_COLUMN MISSING_COLUMN NO_ROWS MISSING_CRS",
    "identifiers": "ID_SCIENTIFIC INSEE_ZERO_LOST INSEE_UNKNOWN BAD_ID UNKNOWN_PLACE DUP_ID",
    "numbers": "FORMULA_CELL BAD_NUMBER BAD_COUNT BAD_DATE OVERLAP BAD_VALUE",
    "geography": "EMPTY_GEOMETRY MIXED_GEOMETRY WRONG_CRS LATLON_SWAPPED NULL_ISLAND "
    "ANTIMERIDIAN OUT_OF_FRANCE MISSING_NODES",
}
_FOR_EXAMPLE = ", par exemple"
_MOST_RANGES = 12
#: Each code of refusal -> the family it belongs to.
FAMILY_OF: dict[str, str] = {code: family for family in FAMILIES for code in _CODES[family].split()}


def rank(code: str) -> int:
    """Return the place of a code's family in the reading order. Raises ``KeyError``."""
    return FAMILIES.index(FAMILY_OF[code])


@dataclass(frozen=True)
class Repair:
    """One kind of repair: what was done (French), in which column, on which lines.

    ``lines`` are ranges with both ends, numbered as in the file from 1 (features of a layer: as
    in their list, from 1); none: the whole file. ``detail`` tells the first one in full, and that
    it is one of several where the others are not like it.
    """

    issue: str
    detail: str
    column: str = ""
    lines: tuple[tuple[int, int], ...] = ()

    @property
    def lines_count(self) -> int:
        """The number of lines repaired; 0 where it is the whole file."""
        return sum(last - first + 1 for first, last in self.lines)

    def told(self) -> str:
        """Return the repair as one French sentence, a dozen ranges of lines at most."""
        if not self.lines:
            return self.detail
        told: list[str] = []
        for first, last in self.lines[:_MOST_RANGES]:
            alone = last - first < 2
            told += map(str, range(first, last + 1)) if alone else [f"{first} à {last}"]
        several = "s" if self.lines_count > 1 else ""
        if len(self.lines) > _MOST_RANGES:
            return f"{self.detail} (ligne{several} {', '.join(told)}…)"
        listed = " et ".join(filter(None, (", ".join(told[:-1]), told[-1])))
        return f"{self.detail} (ligne{several} {listed})"


@dataclass
class Repairs:
    """Collects repairs as lines are read; those alike become one ``Repair``."""

    _found: dict[tuple[str, str], _Alike] = field(default_factory=dict)

    def add(self, issue: str, detail: str, *, line: int | None = None, column: str = "") -> None:
        """Note one repair; the first ``detail`` of its issue and column is the one told.

        Where another one differs, it is told as an example.
        """
        alike = self._alike(issue, detail, column)
        if line is not None:
            alike.lines.append(line)

    def extend(self, repairs: Iterable[Repair]) -> None:
        """Take in repairs that were collected elsewhere."""
        for repair in repairs:
            alike = self._alike(repair.issue, repair.detail, repair.column)
            for first, last in repair.lines:
                alike.lines.extend(range(first, last + 1))

    def told(self) -> tuple[Repair, ...]:
        """Return the repairs, in the order in which their first ones arose."""
        return tuple(
            Repair(issue, alike.told(), column, _ranges(alike.lines))
            for (issue, column), alike in self._found.items()
        )

    def _alike(self, issue: str, detail: str, column: str) -> _Alike:
        """Return the repairs of an issue and column, which know of this one's detail."""
        alike = self._found.setdefault((issue, column), _Alike(detail))
        alike.one_of_several |= alike.detail != detail
        return alike


@dataclass
class _Alike:
    """Repairs of one issue and column: the detail of the first one, the lines of all."""

    detail: str
    lines: list[int] = field(default_factory=list)
    one_of_several: bool = False

    def told(self) -> str:
        """Return the detail, as an example where others differ."""
        if not self.one_of_several or self.detail.endswith(_FOR_EXAMPLE):
            return self.detail
        return f"{self.detail.rstrip('.')}{_FOR_EXAMPLE}"


def _ranges(lines: Iterable[int]) -> tuple[tuple[int, int], ...]:
    ranges: list[tuple[int, int]] = []
    for line in sorted(set(lines)):
        if ranges and ranges[-1][1] == line - 1:
            ranges[-1] = ranges[-1][0], line
        else:
            ranges.append((line, line))
    return tuple(ranges)


@dataclass(frozen=True)
class Answer:
    """What an import would answer to a file: ``OK``, ``FIX``, or the code of its refusal."""

    answer: str
    message: str
    repairs: tuple[Repair, ...] = ()

    @property
    def accepted(self) -> bool:
        """Tell whether the file would be taken."""
        return self.answer in (OK, FIX)

    def document(self) -> dict[str, Any]:
        """Return what ``maillage check --json`` prints."""
        return {
            "answer": self.answer,
            "message": self.message,
            "repairs": [
                {
                    "issue": repair.issue,
                    "column": repair.column,
                    "lines": [list(both) for both in repair.lines],
                    "detail": repair.detail,
                }
                for repair in self.repairs
            ],
        }
