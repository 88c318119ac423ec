"""A table of counts by place: one line a commune."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from coverage.model.answers import Repairs
from coverage.model.words import whole
from coverage.sources.cog import Moved, commune_codes
from coverage.sources.given.asides import told_apart
from coverage.sources.given.cells import Cell, shown
from coverage.sources.given.codes import commune_code, is_named
from coverage.sources.given.coordinates import in_degrees, refuse_outside
from coverage.sources.given.faults import Faults
from coverage.sources.given.header import read_header
from coverage.sources.given.lines import read_lines
from coverage.sources.given.numbers import count, number

COLUMNS = ("code_insee", "nom", "lon", "lat", "detections")
#: More than there ever were communes at a time: the lines under the titles.
MOST_COMMUNES = 40_000
_MOST_DOUBTS = 5


@dataclass(frozen=True, repr=False)
class CommuneCount:
    """What was counted in a commune of today; ``lon`` and ``lat`` are degrees (WGS 84).

    ``nom`` is text as it was given, whatever it holds. There is no telling ``repr``: these are
    counts of persons.
    """

    line: int
    code_insee: str
    nom: str
    lon: float
    lat: float
    detections: int


@dataclass(frozen=True)
class Counts:
    """The lines of a table of counts.

    ``unread`` (French sentences) is what was left aside, ``doubts`` what contradicts itself.
    """

    rows: tuple[CommuneCount, ...]
    unread: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def read_counts(path: Path, option: str, repairs: Repairs) -> Counts:
    """Read a table of counts by commune; what was put right goes to ``repairs``.

    ``option`` is the one that gave it. Raises ``RefusedFileError`` as ``read_lines`` and
    ``read_header`` do, or that of all wrong lines: their codes of communes (one line each, a city
    or its arrondissements), their numbers, where they lie.
    """
    lines = read_lines(path, option, most_rows=MOST_COMMUNES)
    repairs.extend(lines.repairs)
    header = read_header(lines, COLUMNS, repairs, required=COLUMNS)
    faults = Faults(lines.file, list(header.faults))
    codes: dict[int, str] = {}
    counted: dict[int, int] = {}
    points: list[tuple[int, float, float]] = []
    unnamed: dict[int, Moved] = {}
    seen = _Seen()
    for line, cells in lines.rows:
        with faults.on(line):
            cell = header.cell(line, cells, "code_insee")
            commune = commune_code(cell, repairs)
            seen.enter(cell, commune)
            codes[line] = commune.code
            if not is_named(commune, header.cell(line, cells, "nom").text):
                unnamed[line] = commune
        with faults.on(line):
            counted[line] = count(header.cell(line, cells, "detections"), repairs)
        with faults.on(line):
            x = number(header.cell(line, cells, "lon"), repairs)
            points.append((line, x, number(header.cell(line, cells, "lat"), repairs)))
    places = {}
    for line, lon, lat in in_degrees(points, header, repairs):
        with faults.on(line):
            refuse_outside(lon, lat)
            places[line] = lon, lat
    faults.found = told_apart(faults.found, lines.rows)
    faults.close()
    noms = {line: header.cell(line, cells, "nom").text for line, cells in lines.rows}
    rows = (
        CommuneCount(line, codes[line], noms[line], *places[line], counted[line]) for line in codes
    )
    return Counts(tuple(rows), (*lines.unread, *header.unread), tuple(_doubts(unnamed, noms)))


@dataclass
class _Seen:
    """The communes that a table counts, by the line of each; of cities, those of their parts."""

    lines: dict[str, int] = field(default_factory=dict)
    parts: dict[str, int] = field(default_factory=dict)

    def enter(self, cell: Cell, commune: Moved) -> None:
        """Add a line's commune. Raises ``LineError`` (DUP_ID) where it is counted already."""
        code, line = commune.code, cell.line
        if (first := self.lines.setdefault(code, line)) != line:
            told = f"{code} ({commune.nom}) est déjà à la ligne {first}"
            moved = "" if code == cell.text else f"« {cell.shown} », aujourd’hui "
            raise cell.error("DUP_ID", f"{moved}{told}\u202f; gardez une ligne par commune")
        city = commune_codes().city(code)
        if city == code:
            other = self.parts.get(code)
        else:
            self.parts.setdefault(city, line)
            other = self.lines.get(city)
        if other is not None:
            told = (
                f"{city} ({commune_codes().nom(city)}) et ses arrondissements sont comptés ensemble"
            )
            advice = (
                f"{told}, avec la ligne {other}\u202f; gardez la commune, ou ses arrondissements"
            )
            raise cell.error("DUP_ID", advice)


def _doubts(unnamed: Mapping[int, Moved], noms: Mapping[int, str]) -> Iterator[str]:
    """Say in French which lines have a name that is not that of their code's commune.

    A few are told: where a column has slipped, no line has its own name.
    """
    for line, commune in islice(unnamed.items(), _MOST_DOUBTS):
        yield (
            f"Ligne {line}\u00a0: « {shown(noms[line])} » n’est pas le nom de {commune.code} "
            f"({commune.nom}), vérifiez le code."
        )
    if (more := len(unnamed) - _MOST_DOUBTS) > 0:
        yield f"{whole(more)} autre{'s lignes ont' if more > 1 else ' ligne a'} un autre nom aussi."


def told(counts: Counts) -> str:
    """Return what was read as one French sentence or two."""
    several = "s" if len(counts.rows) > 1 else ""
    read = f"{whole(len(counts.rows))} commune{several} lue{several}."
    return " ".join((read, *counts.unread, *counts.doubts))
