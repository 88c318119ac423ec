"""One line of the places file: what it says of a place, or all that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar

from coverage.base.crs import DEMO, departement_of
from coverage.base.errors import UserError
from coverage.base.text import folded
from coverage.model.answers import Repairs
from coverage.model.opening import Week
from coverage.model.services import KINDS, MOST_PERSONS_MONTH, ServiceTable
from coverage.model.staff import posts_of_staff, staff_of_posts
from coverage.model.tags import tags_of
from coverage.model.words import whole
from coverage.sources.given.cells import Cell
from coverage.sources.given.codes import written_code
from coverage.sources.given.coordinates import refuse_outside
from coverage.sources.given.faults import Faults
from coverage.sources.given.header import Header
from coverage.sources.given.numbers import number

COLUMNS = (
    "nom",
    "type",
    "code_insee",
    "lon",
    "lat",
    "reseau",
    "horaires",
    "personnes_mois",
    "tags",
    "adresse",
    "personnel",
    "meme_lieu_que",
)
#: What a room is called; a room lent by somebody is a partner's place.
_ROOMS = ("salle", "salle communale", "salle des fêtes")
_Told = TypeVar("_Told")


@dataclass(frozen=True)
class GivenPlace:
    """What a line says of a place.

    ``code`` is the commune's, of any year; ``degrees`` its longitude and latitude: one of them may
    be None. ``hours`` are as written, None where they aren't understood (``model.opening``).
    """

    line: int
    nom: str
    kind: str
    code: str | None
    degrees: tuple[float, float] | None
    network: str | None
    address: str | None
    hours: str | None
    persons_month: float | None
    tags: list[str]
    staff: list[str]
    same_as: str | None


@cache
def _kinds_by_name() -> dict[str, str]:
    services = ServiceTable.load().services
    labels = {folded(service.label): kind for kind, service in services.items()}
    rooms = {folded(room): "partenaire" for room in _ROOMS}
    return rooms | labels | {folded(kind): kind for kind in KINDS}


@dataclass
class LineReader:
    """Reads the lines of one file, one after the other; ``faults`` gets what is wrong with them."""

    header: Header
    repairs: Repairs
    faults: Faults
    fictitious: bool
    _taken: dict[tuple[object, ...], int] = field(default_factory=dict)

    def read(
        self, line: int, cells: Sequence[str], degrees: tuple[float, float] | None
    ) -> GivenPlace | None:
        """Return what a line says, None where it has a fault.

        ``degrees`` is its point, None where it gives none, or none that can be read.
        """
        cell = {name: self.header.cell(line, cells, name) for name in COLUMNS}
        before = len(self.faults.found)
        nom = self._tried(_nom, cell["nom"])
        kind = self._tried(_kind, cell["type"])
        code = self._tried(self._code, cell["code_insee"])
        if degrees is not None and not self.fictitious:
            lon, lat = degrees
            self._tried(lambda cell: refuse_outside(lon, lat, cell.column), cell["lon"])
        persons_month = self._tried(self._persons_month, cell["personnes_mois"])
        staff = self._tried(_staff, cell["personnel"])
        same_as = self._tried(_same_as, cell["meme_lieu_que"])
        placed = any(cell[name].text for name in ("lon", "lat"))
        if not placed and not cell["code_insee"].text:
            self._tried(_refuse_nowhere, cell["code_insee"])
        # A point that is told and was not read has its fault already.
        if len(self.faults.found) > before or placed != (degrees is not None):
            return None
        assert nom is not None
        assert kind is not None
        key = (folded(nom), kind, degrees or code)
        self._tried(lambda cell: self._enter(cell, key), cell["nom"])
        return GivenPlace(
            line,
            nom,
            kind,
            code,
            degrees,
            network=cell["reseau"].text or None,
            address=cell["adresse"].text or None,
            hours=self._hours(cell["horaires"]),
            persons_month=persons_month,
            tags=tags_of(cell["tags"].text.split("|")),
            staff=staff or [],
            same_as=same_as,
        )

    def _tried(self, read: Callable[[Cell], _Told], cell: Cell) -> _Told | None:
        """Return what a cell says, None where a fault was found instead."""
        with self.faults.on(cell.line):
            return read(cell)
        return None

    def _code(self, cell: Cell) -> str | None:
        if not cell.text:
            return None
        if not self.fictitious:
            return written_code(cell, self.repairs)
        if departement_of(cell.text) != DEMO:
            raise cell.error(
                "INSEE_UNKNOWN",
                f"« {cell.shown} » n’est pas du territoire fictif\u202f; donnez un code en 00…",
            )
        return cell.text

    def _hours(self, cell: Cell) -> str | None:
        if cell.text and Week.parse(cell.text) is None:
            told = f"« {cell.shown} » n’est pas gardé, écrivez « Mo-Fr 09:00-12:00,14:00-18:00 »"
            cell.repaired(self.repairs, "horaires illisibles", told)
            return None
        return cell.text or None

    def _persons_month(self, cell: Cell) -> float | None:
        if not cell.text:
            return None
        value = number(cell, self.repairs)
        if value < 0:
            raise cell.error("BAD_COUNT", f"« {cell.shown} » est négatif\u202f; donnez 0 ou plus")
        if value > MOST_PERSONS_MONTH:
            raise cell.error(
                "BAD_COUNT",
                f"« {cell.shown} » passe {whole(MOST_PERSONS_MONTH)} personnes par mois\u202f; "
                "donnez ce qu’un seul lieu aide en un mois",
            )
        return value

    def _enter(self, nom: Cell, key: tuple[object, ...]) -> None:
        """Raise ``LineError`` where an earlier line says the same place."""
        first = self._taken.setdefault(key, nom.line)
        if first != nom.line:
            told = f"« {nom.shown} » est en double, avec la ligne {first}\u202f; ôtez une ligne"
            raise nom.error("DUP_ID", told)


def _nom(cell: Cell) -> str:
    if not cell.text:
        raise cell.error("BAD_VALUE", "un nom manque\u202f; donnez un nom au lieu")
    return cell.text


def _kind(cell: Cell) -> str:
    kind = _kinds_by_name().get(folded(cell.text))
    if kind is None:
        labels = (service.label for service in ServiceTable.load().services.values())
        accepted = f"types acceptés\u00a0: {', '.join([*labels, *_ROOMS])}"
        told = f"« {cell.shown} » n’est pas un type de lieu\u202f; {accepted}"
        raise cell.error("BAD_VALUE", told)
    return kind


def _refuse_nowhere(cell: Cell) -> None:
    raise cell.error("UNKNOWN_PLACE", "donnez code_insee, ou lon et lat")


def _staff(cell: Cell) -> list[str]:
    try:
        posts = posts_of_staff(part for part in cell.text.split("|") if part.strip())
        return staff_of_posts(posts)
    except UserError as error:
        raise cell.error("BAD_VALUE", str(error).rstrip(".")) from None


def _same_as(cell: Cell) -> str | None:
    if cell.text and ":" not in cell.text:
        raise cell.error(
            "BAD_ID",
            f"« {cell.shown} » n’est pas l’identifiant d’un autre lieu\u202f; écrivez-le comme "
            "dans le fichier des lieux, par exemple laposte:06813A",
        )
    return cell.text or None
