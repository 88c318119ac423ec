"""One line of the places file -> one row of the table of sites, or what is wrong with the line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from coverage.base.errors import UserError
from coverage.model.opening import Week
from coverage.model.services import KINDS, MOST_PERSONS_MONTH, ServiceTable
from coverage.model.staff import posts_of_staff, staff_of_posts
from coverage.model.tags import tags_of
from coverage.model.words import whole
from coverage.sources.given_file import LineError, normal_form
from coverage.sources.place_ground import PlaceGround
from coverage.sources.places_file import SOURCE_ID, VINTAGE

if TYPE_CHECKING:
    from shapely import Point

    from coverage.model.notes import Notes

#: What a room is called; a room lent by somebody is a partner's place.
_ROOMS = ("salle", "salle communale", "salle des fêtes")
_SPACES = str.maketrans("", "", "\u00a0\u202f ")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def _kinds_by_name() -> dict[str, str]:
    services = ServiceTable.load().services
    labels = {normal_form(service.label): kind for kind, service in services.items()}
    rooms = {normal_form(room): "partenaire" for room in _ROOMS}
    return rooms | labels | {normal_form(kind): kind for kind in KINDS}


@dataclass
class LineReader:
    """Reads the lines of one file, one after the other."""

    file: str
    notes: Notes
    ground: PlaceGround
    kinds: dict[str, str] = field(default_factory=_kinds_by_name)
    taken: dict[str, tuple[str, Point]] = field(default_factory=dict)
    same_as: dict[str, str] = field(default_factory=dict)

    def read(self, line: int, row: Mapping[str, str]) -> dict[str, Any]:
        """Return the contract's columns of one place; raises ``LineError``."""
        nom = row.get("nom", "")
        if not nom:
            raise LineError("nom", "un nom manque ; donnez un nom au lieu")
        kind = self._kind(row.get("type", ""))
        code = self._code(line, row.get("code_insee", ""))
        point = self._point(line, row)
        persons_month = self._persons_month(line, row.get("personnes_mois", ""))
        placed = point is not None
        if point is None:
            point, code = self.ground.centre(code), code or ""
        elif code is None:
            code = self.ground.commune_of(point)
        site_id = self._site_id(nom, kind, code, point)
        if doubt := self.ground.doubt(code, point, placed=placed):
            self._report(site_id, doubt.issue, f"« {nom} » {doubt.told}.")
        if row.get("meme_lieu_que"):
            self.same_as[site_id] = self._same_as(row["meme_lieu_que"], site_id)
        return {
            "site_id": site_id,
            "nom": nom,
            "kind": kind,
            "roles": [kind],
            "network": row.get("reseau") or None,
            "staff": self._staff(row.get("personnel", "")),
            "tags": tags_of(row.get("tags", "").split("|")),
            "address": row.get("adresse") or None,
            "code_insee": code,
            "in_territory": code in self.ground.shapes,
            "persons_month": persons_month,
            "opening": self._opening(site_id, nom, row.get("horaires", "")),
            "source": SOURCE_ID,
            "vintage": VINTAGE,
            "geometry": point,
        }

    def _kind(self, text: str) -> str:
        kind = self.kinds.get(normal_form(text))
        if kind is None:
            raise LineError("type", f"« {text} » n’est pas un type de lieu ; {self._accepted()}")
        return kind

    def _accepted(self) -> str:
        labels = (service.label for service in ServiceTable.load().services.values())
        return f"types acceptés : {', '.join([*labels, *_ROOMS])}"

    def _code(self, line: int, text: str) -> str | None:
        if not text:
            return None
        code = self.ground.code(text)
        if code != text.upper():
            detail = f"Le code {text.upper()} a été lu {code}, sa commune."
            self._repaired(line, "code de commune remplacé", detail)
        return code

    def _point(self, line: int, row: Mapping[str, str]) -> Point | None:
        lon_text, lat_text = row.get("lon", ""), row.get("lat", "")
        if not lon_text and not lat_text:
            return None
        lon, lat = self._number(line, "lon", lon_text), self._number(line, "lat", lat_text)
        return self.ground.point(lon, lat)

    def _number(self, line: int, column: str, text: str) -> float:
        plain = text.translate(_SPACES).replace(",", ".")
        if _NUMBER.fullmatch(plain) is None:
            raise LineError(column, f"« {text} » n’est pas un nombre")
        if plain != text:
            detail = f"Colonne {column} : « {text} » a été lu {plain}."
            self._repaired(line, "nombre à la française", detail)
        return float(plain)

    def _persons_month(self, line: int, text: str) -> float | None:
        if not text:
            return None
        value = self._number(line, "personnes_mois", text)
        if value < 0:
            raise LineError("personnes_mois", f"« {text} » est négatif ; donnez 0 ou plus")
        if value > MOST_PERSONS_MONTH:
            raise LineError(
                "personnes_mois",
                f"« {text} » passe {whole(MOST_PERSONS_MONTH)} personnes par mois\u202f; donnez ce "
                "qu’un seul lieu aide en un mois",
            )
        return value

    def _opening(self, site_id: str, nom: str, text: str) -> str | None:
        """Return hours that are understood (``model.opening``); others are reported, not kept."""
        if text and Week.parse(text) is None:
            self._report(
                site_id,
                "horaires illisibles",
                f"Les horaires de « {nom} » (« {text} ») n’ont pu être lus\u00a0: écrivez-les "
                "comme « Mo-Fr 09:00-12:00,14:00-18:00 ».",
            )
            return None
        return text or None

    def _staff(self, text: str) -> list[str]:
        try:
            return staff_of_posts(posts_of_staff(part for part in text.split("|") if part.strip()))
        except UserError as error:
            raise LineError("personnel", str(error).rstrip(".")) from None

    def _same_as(self, text: str, site_id: str) -> str:
        if ":" not in text or text == site_id:
            raise LineError(
                "meme_lieu_que",
                f"« {text} » n’est pas l’identifiant d’un autre lieu ; écrivez-le comme dans "
                "le fichier des lieux, par exemple laposte:06813A",
            )
        return text

    def _site_id(self, nom: str, kind: str, code: str, point: Point) -> str:
        """Name a place by its name and commune, so that the order of the lines does not matter.

        Namesakes of one commune are numbered; the same place twice is a fault.
        """
        stem = f"{SOURCE_ID}:{code}-{normal_form(nom).replace(' ', '-') or kind}"
        site_id, number = stem, 1
        while site_id in self.taken:
            if self.taken[site_id] == (kind, point):
                raise LineError("nom", f"« {nom} » est en double ; supprimez une ligne")
            number += 1
            site_id = f"{stem}-{number}"
        self.taken[site_id] = kind, point
        return site_id

    def _repaired(self, line: int, issue: str, detail: str) -> None:
        self.notes.repaired(SOURCE_ID, VINTAGE, f"{self.file}, ligne {line}", issue, detail)

    def _report(self, site_id: str, issue: str, detail: str) -> None:
        self.notes.reported(SOURCE_ID, VINTAGE, site_id, issue, detail)
