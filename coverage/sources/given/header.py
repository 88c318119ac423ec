"""The titles of a table: which column is which, however it was called."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coverage.base.errors import RefusedFileError
from coverage.base.text import folded
from coverage.model.answers import Repairs
from coverage.sources.given.cells import Cell, shown
from coverage.sources.given.faults import LineError, refuse
from coverage.sources.given.lines import GivenLines

#: Column -> other titles that mean it, as ``normal_name`` gives them.
SAME: dict[str, str] = {
    "code_insee": "insee codeinsee codgeo code_geo code_commune codecommune code_insee_commune "
    "code_commune_insee commune_code_insee commune_insee insee_com insee_commune code_com depcom "
    "num_insee numero_insee n_insee code_insee_de_la_commune",
    "nom": "nom_commune nom_de_la_commune nom_com libgeo lib_commune libelle_commune lib_com",
    "lon": "longitude long lng lon_wgs84 longitude_wgs84 lon_dd",
    "lat": "latitude lat_wgs84 latitude_wgs84 lat_dd",
    "detections": "detection nb_detections nb_detection nombre_detections nombre_de_detections "
    "total_detections detectes nb_detectes personnes_detectees nb_personnes_detectees",
    "id_bureau": "identifiant_bureau id_du_bureau identifiant_du_bureau identifiant_a",
    "debut": "date_debut date_de_debut debut_periode",
    "fin": "date_fin date_de_fin fin_periode",
    "jours_presence": "nb_jours_presence jours_de_presence nombre_de_jours_de_presence",
    "tests": "nb_tests nombre_de_tests",
    "orientations": "nb_orientations nombre_d_orientations orientes",
}
#: Titles that mean a column only where no other one does.
LIKELY: dict[str, str] = {
    "code_insee": "com code",
    "nom": "commune libelle ville",
    "detections": "effectif effectifs nombre nb",
}
#: Titles that x (or y) goes by, of degrees or of metres.
_AXIS = r"{0}|coord(?:onnee)?_?{0}|{0}_?coord(?:onnee)?|(?:coord(?:onnee)?_?)?{0}_?{1}|{1}_?{0}"
_METRIC = "(?:(?:l|rgf|lambert)_?93|lambert|(?:epsg_?)?2154)"
_AXES = {
    column: re.compile(_AXIS.format(axis, _METRIC)) for column, axis in (("lon", "x"), ("lat", "y"))
}
_MOST_TOLD = 12
_LOST = (
    "identifiant en notation scientifique, ses chiffres sont perdus\u202f; mettez la colonne au "
    "format texte et donnez à nouveau les identifiants"
)
_IDENTIFIER = re.compile(r"siret|siren|id|id_.*|identifiant.*")
#: As spreadsheets show a long number: its last digits are lost.
_SCIENTIFIC = re.compile(r"\d+(?:[.,]\d+)?e\+\d+|\d+[.,]\d+e\d+", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Header:
    """Which column of a table is which.

    ``places`` says where each column stands, ``titles`` how the file calls it. ``unread``
    (French sentences) tells the columns that were not asked for. ``faults`` are those of cells
    whose value the file does not hold (formulas), for the reader to add to its own.
    """

    places: Mapping[str, int]
    titles: Mapping[str, str]
    unread: tuple[str, ...] = ()
    faults: tuple[tuple[int, LineError], ...] = ()

    @property
    def may_be_metres(self) -> bool:
        """Whether ``lon`` and ``lat`` go by titles (x and y) that may tell of metres."""
        return all(
            axis.fullmatch(normal_name(self.titles.get(column, "")))
            for column, axis in _AXES.items()
        )

    def cell(self, line: int, cells: Sequence[str], column: str) -> Cell:
        """Return the cell of a column on one line, empty where the table has no such column."""
        place = self.places.get(column)
        return Cell(line, column, "" if place is None else cells[place])


def normal_name(title: str) -> str:
    """Return a title without its case, accents and punctuation: ``Code INSEE -> code_insee``."""
    return folded(title).replace(" ", "_")


def read_header(
    lines: GivenLines,
    columns: Sequence[str],
    repairs: Repairs,
    *,
    required: Sequence[str],
    advice: str = "",
    synonyms: Mapping[str, Sequence[str]] | None = None,
) -> Header:
    """Find the columns of a table by their titles; a title that is not the column's is noted.

    ``columns`` are those that are read, ``required`` those that must be there; ``advice`` (French)
    ends the sentence where one is not. ``synonyms`` are other titles that some of this table's
    columns have, in place of those that such a column has in every table.

    Raises ``RefusedFileError``: DUP_COLUMN (two columns of one name or meaning), ID_SCIENTIFIC
    (identifiers whose digits are lost, read or not), MISSING_COLUMN, NO_ROWS.
    """
    names = [normal_name(title) for title in lines.header]
    for name in filter(None, names):
        _one(lines, [place for place, other in enumerate(names) if other == name], name)
    places = {}
    for column in columns:
        also = (synonyms or {}).get(column)
        if (place := _place(lines, names, column, also)) is not None:
            places[column] = place
    _refuse_scientific(lines, names)
    _refuse_missing(lines, [name for name in required if name not in places], advice)
    if not lines.rows:
        told = f"« {lines.file} » n’a que ses titres de colonnes. Ajoutez au moins une ligne."
        raise RefusedFileError("NO_ROWS", f"{told} {advice}".strip())
    titles = {column: lines.header[place] for column, place in places.items()}
    for column, title in titles.items():
        if title != column:
            told = f"Colonne « {shown(title)} » lue comme {column}"
            repairs.add("titre de colonne", told, line=lines.header_line, column=column)
    column_at = {place: column for column, place in places.items()}
    unread = (
        f"La colonne « {shown(title)} » n’est pas lue."
        for place, title in enumerate(lines.header)
        if title and place not in column_at
    )
    faults = (
        (formula.line, LineError(column_at[formula.place], formula.advice, "FORMULA_CELL"))
        for formula in lines.formulas
        if formula.place in column_at
    )
    return Header(places, titles, tuple(unread), tuple(faults))


def _place(
    lines: GivenLines, names: Sequence[str], column: str, also: Sequence[str] | None
) -> int | None:
    """Return where a column stands, None where nothing goes by its name or means it."""
    same = {column, *(SAME.get(column, "").split() if also is None else also)}
    likely = LIKELY.get(column, "").split() if also is None else []
    axis = _AXES.get(column)
    for known in (
        [place for place, name in enumerate(names) if name in same],
        [
            place
            for place, name in enumerate(names)
            if name in likely or (axis and axis.fullmatch(name))
        ],
    ):
        if known:
            return _one(lines, known, column)
    return None


def _one(lines: GivenLines, places: Sequence[int], name: str) -> int:
    if len(places) > 1:
        told = " et ".join(f"« {shown(lines.header[place])} »" for place in places[:2])
        raise RefusedFileError(
            "DUP_COLUMN",
            f"« {lines.file} », ligne {lines.header_line}\u00a0: deux colonnes pour « {name} » "
            f"({told}). Gardez-en une seule.",
        )
    return places[0]


def _refuse_scientific(lines: GivenLines, names: Sequence[str]) -> None:
    for place in (place for place, name in enumerate(names) if _IDENTIFIER.fullmatch(name)):
        faults = [
            (line, Cell(line, lines.header[place], cells[place]).error("ID_SCIENTIFIC", _LOST))
            for line, cells in lines.rows
            if _SCIENTIFIC.fullmatch(cells[place])
        ]
        if faults:
            refuse(lines.file, faults)


def _refuse_missing(lines: GivenLines, missing: Sequence[str], advice: str) -> None:
    if not missing:
        return
    found = [f"« {shown(title)} »" for title in lines.header if title]
    more = ", …" if len(found) > _MOST_TOLD else ""
    several = len(missing) > 1
    told = (
        f"« {lines.file} », ligne {lines.header_line}\u00a0: il manque "
        f"{'les colonnes' if several else 'la colonne'} {', '.join(missing)}\u202f; la ligne des "
        f"titres porte {', '.join(found[:_MOST_TOLD])}{more}. "
    )
    more_told = advice or "Nommez ainsi les colonnes, sur la première ligne du tableau."
    raise RefusedFileError("MISSING_COLUMN", told + more_told)
