"""The places file: what it says of each place, before any territory is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from coverage.base.errors import RefusedFileError
from coverage.model.answers import Repairs
from coverage.sources.given.asides import told_apart
from coverage.sources.given.coordinates import in_degrees
from coverage.sources.given.faults import Faults
from coverage.sources.given.header import Header, read_header
from coverage.sources.given.lines import GivenLines, read_lines
from coverage.sources.given.numbers import number
from coverage.sources.place_line import COLUMNS, GivenPlace, LineReader

_ADVICE = "Partez du modèle\u00a0: maillage template places -o lieux.csv"
_ALSO = {
    "nom": ("nom_lieu", "nom_du_lieu", "nom_structure", "nom_de_la_structure"),
    "type": ("type_lieu", "type_de_lieu"),
    "horaires": ("horaires_ouverture", "horaires_d_ouverture"),
    "personnes_mois": ("personnes_par_mois",),
}


@dataclass(frozen=True)
class GivenPlaces:
    """The places of one file, those of its lines that have no fault.

    ``unread`` (French sentences) is what was left aside.
    """

    places: tuple[GivenPlace, ...]
    faults: Faults
    unread: tuple[str, ...]


def read_given_places(
    path: Path, option: str, repairs: Repairs, *, fictitious: bool = False
) -> GivenPlaces:
    """Return what each line of a places file says, and what is wrong with the lines that say less.

    ``option`` is the one that gave the file; what was put right goes to ``repairs``.
    ``fictitious``: the communes are those of the invented territory, wherever its points lie.
    Raises ``RefusedFileError`` for what is no table with the columns of the template.
    """
    lines = read_lines(path, option)
    repairs.extend(lines.repairs)
    header = read_header(
        lines, COLUMNS, repairs, required=("nom", "type"), advice=_ADVICE, synonyms=_ALSO
    )
    if "code_insee" not in header.places and not {"lon", "lat"} <= header.places.keys():
        raise RefusedFileError(
            "MISSING_COLUMN",
            f"« {path.name} », ligne {lines.header_line}\u00a0: il manque code_insee (ou lon et "
            f"lat). {_ADVICE}",
        )
    faults = Faults(path.name, list(header.faults))
    points = _points(lines, header, repairs, faults)
    reader = LineReader(header, repairs, faults, fictitious=fictitious)
    read = [reader.read(line, cells, points.get(line)) for line, cells in lines.rows]
    faults.found = told_apart(faults.found, lines.rows)
    places = tuple(place for place in read if place is not None)
    return GivenPlaces(places, faults, (*lines.unread, *header.unread))


def _points(
    lines: GivenLines, header: Header, repairs: Repairs, faults: Faults
) -> Mapping[int, tuple[float, float]]:
    """Return the degrees of each line that gives some; adds to the faults of those that can't."""
    numbers = []
    for line, cells in lines.rows:
        both = [header.cell(line, cells, column) for column in ("lon", "lat")]
        if any(cell.text for cell in both):
            with faults.on(line):
                x, y = (number(cell, repairs) for cell in both)
                numbers.append((line, x, y))
    return {line: (lon, lat) for line, lon, lat in in_degrees(numbers, header, repairs)}
