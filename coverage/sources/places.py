"""The places file: what no public file has (îlots, partners, rooms), given by the user as CSV.

Nothing is kept unless every line is understood; the faults are told together, ten at most.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coverage.base.crs import DEMO, WGS84, departement_of
from coverage.base.errors import UserError
from coverage.model.services import KINDS, ServiceTable
from coverage.model.staff import posts_of_staff, staff_of_posts
from coverage.model.tables import CODE_INSEE, CONTRACTS, check
from coverage.model.tags import tags_of
from coverage.sources.given_file import normal_form
from coverage.sources.own_places import OwnPlaces
from coverage.sources.places_file import COLUMNS, SOURCE_ID, VINTAGE, read_rows
from coverage.sources.readers._codes import counted_with

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely import Point

    from coverage.model.notes import Notes

#: What a room is called; a room lent by somebody is a partner's place.
_ROOMS = ("salle", "salle communale", "salle des fêtes")
_TOLD_FAULTS = 10
_SPACES = str.maketrans("", "", "\u00a0\u202f ")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")

#: West, south, east, north of metropolitan France and of each overseas département, in degrees.
_FRANCE = (
    (-5.3, 41.2, 9.7, 51.2),
    (-61.9, 15.7, -60.9, 16.6),
    (-61.3, 14.3, -60.7, 15.0),
    (-54.7, 2.0, -51.5, 5.9),
    (55.1, -21.5, 55.9, -20.7),
    (44.9, -13.1, 45.4, -12.5),
)


class _LineError(Exception):
    """One thing wrong on one line: the column and what to do (French)."""

    def __init__(self, column: str, advice: str) -> None:
        self.column = column
        super().__init__(advice)


def places_template() -> str:
    """Return the template of the places file: a header and two lines to be replaced."""
    return _csv(
        COLUMNS,
        (
            (
                "Exemple : îlot numérique du bureau de Châteauroux",
                "îlot numérique",
                "36044",
                "1.6958",
                "46.8103",
                "La Poste",
                "Mo-Fr 09:00-12:00,14:00-18:00",
                "15",
                "",
                "16 rue de la Poste",
                "",
                "",
            ),
            (
                "Exemple : permanence de la mairie d'Issoudun",
                "permanence",
                "36088",
                "",
                "",
                "Emmaüs Connect",
                "We 09:00-12:00",
                "25",
                "sur rendez-vous|prêt de matériel",
                "place des Miroirs",
                "conseiller_numerique:0,2",
                "",
            ),
        ),
    )


def detections_template() -> str:
    """Return the template of the detections file: a header and two lines to be replaced."""
    return _csv(
        tuple(CONTRACTS["detections"].columns),
        (
            ("EXEMPLE1", "2025-01-01", "2025-03-31", "24", "310", "47", "12"),
            ("EXEMPLE2", "2025-01-01", "2025-03-31", "12", "128", "19", "6"),
        ),
    )


def _csv(header: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows((header, *rows))
    return text.getvalue()


def read_places(path: Path, notes: Notes, communes: gpd.GeoDataFrame | None = None) -> OwnPlaces:
    """Read the user's places: a ``sites`` table (WGS84), and the site each says it is.

    ``communes`` (contract table of the territory) says which codes exist, where a place that has
    only a code is put (the commune's representative point, which is noted), the code of a place
    that has only coordinates, and which places are ``in_territory``. Repairs go to ``notes``.

    Raises ``UserError`` with up to ten faults (line, column, what to do).
    """
    import geopandas as gpd

    rows = read_rows(path, notes)
    reader = _Reader(path.name, notes, _Communes.of(communes))
    records, faults = [], []
    for line, row in rows:
        try:
            records.append(reader.read(line, row))
        except _LineError as fault:
            faults.append(f"ligne {line}, colonne {fault.column} : {fault}")
    if faults:
        more = len(faults) - _TOLD_FAULTS
        told = " ; ".join(faults[:_TOLD_FAULTS]) + (f" ; et {more} autres" if more > 0 else "")
        raise UserError(f"« {path.name} » n’a pas été lu, rien n’est gardé : {told}.")
    columns = list(CONTRACTS["sites"].columns)
    table = gpd.GeoDataFrame(records, columns=columns, geometry="geometry", crs=WGS84)
    table["persons_month"] = table["persons_month"].astype(float)
    for column in ("network", "opening", "address"):
        table[column] = table[column].astype(object).where(table[column].notna(), None)
    return OwnPlaces(check("sites", table), reader.same_as)


def _kinds_by_name() -> dict[str, str]:
    services = ServiceTable.load().services
    labels = {normal_form(service.label): kind for kind, service in services.items()}
    rooms = {normal_form(room): "partenaire" for room in _ROOMS}
    return rooms | labels | {normal_form(kind): kind for kind in KINDS}


@dataclass(frozen=True)
class _Communes:
    """The territory's communes, asked by code or by point; empty where none were given."""

    shapes: Mapping[str, Any]

    @classmethod
    def of(cls, communes: gpd.GeoDataFrame | None) -> _Communes:
        if communes is None:
            return cls({})
        return cls(dict(zip(communes["code_insee"], communes.geometry, strict=True)))

    @property
    def fictitious(self) -> bool:
        return any(departement_of(code) == DEMO for code in self.shapes)

    @property
    def departements(self) -> set[str]:
        return {departement_of(code) for code in self.shapes}

    def code_at(self, point: Point) -> str | None:
        return next((code for code, shape in self.shapes.items() if shape.covers(point)), None)


@dataclass
class _Reader:
    """Reads the lines of one file, one after the other."""

    file: str
    notes: Notes
    communes: _Communes
    kinds: dict[str, str] = field(default_factory=_kinds_by_name)
    taken: dict[str, tuple[str, Point]] = field(default_factory=dict)
    same_as: dict[str, str] = field(default_factory=dict)

    def read(self, line: int, row: Mapping[str, str]) -> dict[str, Any]:
        """Return the contract's columns of one place; raises ``_LineError``."""
        nom = row.get("nom", "")
        if not nom:
            raise _LineError("nom", "un nom manque ; donnez un nom au lieu")
        kind = self._kind(row.get("type", ""))
        code = self._code(line, row.get("code_insee", ""))
        point = self._point(line, row)
        persons_month = self._persons_month(line, row.get("personnes_mois", ""))
        placed = point is not None
        if point is None:
            point, code = self._centre(code), code or ""
        elif code is None:
            code = self._code_at(point)
        site_id = self._site_id(nom, kind, code, point)
        self._note_position(site_id, nom, code, point, placed)
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
            "in_territory": code in self.communes.shapes,
            "persons_month": persons_month,
            "opening": row.get("horaires") or None,
            "source": SOURCE_ID,
            "vintage": VINTAGE,
            "geometry": point,
        }

    def _kind(self, text: str) -> str:
        kind = self.kinds.get(normal_form(text))
        if kind is None:
            raise _LineError("type", f"« {text} » n’est pas un type de lieu ; {self._accepted()}")
        return kind

    def _accepted(self) -> str:
        labels = (service.label for service in ServiceTable.load().services.values())
        return f"types acceptés : {', '.join([*labels, *_ROOMS])}"

    def _code(self, line: int, text: str) -> str | None:
        code = text.upper()
        if not code:
            return None
        if CODE_INSEE.fullmatch(code) is None:
            if re.fullmatch(r"\d{4}(\.0)?", code):
                advice = f"« {text} » a perdu son zéro ; écrivez 0{code[:4]}, en format texte"
            else:
                advice = f"« {text} » n’est pas un code INSEE de cinq caractères (01004, 2A004)"
            raise _LineError("code_insee", advice)
        fictitious = departement_of(code) == DEMO
        if fictitious != self.communes.fictitious:
            raise _LineError(
                "code_insee",
                f"« {code} » est une commune fictive ; donnez une commune réelle"
                if fictitious
                else f"« {code} » est une commune réelle, le territoire est fictif (codes 00…)",
            )
        if code not in self.communes.shapes and counted_with(code) != code:
            self.notes.repaired(
                SOURCE_ID,
                VINTAGE,
                f"{self.file}, ligne {line}",
                "code de commune remplacé",
                f"Le code {code} a été lu {counted_with(code)}, sa commune.",
            )
            code = counted_with(code)
        if departement_of(code) in self.communes.departements and code not in self.communes.shapes:
            raise _LineError("code_insee", f"« {code} » n’est pas une commune connue ; vérifiez-le")
        return code

    def _point(self, line: int, row: Mapping[str, str]) -> Point | None:
        from shapely import Point

        lon_text, lat_text = row.get("lon", ""), row.get("lat", "")
        if not lon_text and not lat_text:
            return None
        lon, lat = self._number(line, "lon", lon_text), self._number(line, "lat", lat_text)
        if not self.communes.fictitious and not _in_france(lon, lat):
            if _in_france(lat, lon):
                raise _LineError("lon", "lon et lat sont inversées ; échangez-les")
            if abs(lon) > 180 or abs(lat) > 90:
                raise _LineError("lon", "coordonnées en mètres ; donnez des degrés (WGS 84)")
            raise _LineError("lon", f"le point ({lon:g}, {lat:g}) est hors de France ; vérifiez-le")
        return Point(lon, lat)

    def _number(self, line: int, column: str, text: str) -> float:
        plain = text.translate(_SPACES).replace(",", ".")
        if _NUMBER.fullmatch(plain) is None:
            raise _LineError(column, f"« {text} » n’est pas un nombre")
        if plain != text:
            self.notes.repaired(
                SOURCE_ID,
                VINTAGE,
                f"{self.file}, ligne {line}",
                "nombre à la française",
                f"Colonne {column} : « {text} » a été lu {plain}.",
            )
        return float(plain)

    def _persons_month(self, line: int, text: str) -> float | None:
        if not text:
            return None
        value = self._number(line, "personnes_mois", text)
        if value < 0:
            raise _LineError("personnes_mois", f"« {text} » est négatif ; donnez 0 ou plus")
        return value

    def _staff(self, text: str) -> list[str]:
        try:
            return staff_of_posts(posts_of_staff(part for part in text.split("|") if part.strip()))
        except UserError as error:
            raise _LineError("personnel", str(error).rstrip(".")) from None

    def _same_as(self, text: str, site_id: str) -> str:
        if ":" not in text or text == site_id:
            raise _LineError(
                "meme_lieu_que",
                f"« {text} » n’est pas l’identifiant d’un autre lieu ; écrivez-le comme dans "
                "le fichier des lieux, par exemple laposte:06813A",
            )
        return text

    def _centre(self, code: str | None) -> Point:
        if code is None:
            raise _LineError("code_insee", "donnez code_insee, ou lon et lat")
        shape = self.communes.shapes.get(code)
        if shape is None:
            raise _LineError("lon", f"la commune {code} est hors du territoire ; donnez lon et lat")
        return shape.representative_point()  # type: ignore[no-any-return]

    def _code_at(self, point: Point) -> str:
        code = self.communes.code_at(point)
        if code is None:
            raise _LineError("code_insee", "point hors du territoire ; donnez son code_insee")
        return code

    def _site_id(self, nom: str, kind: str, code: str, point: Point) -> str:
        """Name a place by its name and commune, so that the order of the lines does not matter.

        Namesakes of one commune are numbered; the same place twice is a fault.
        """
        stem = f"{SOURCE_ID}:{code}-{normal_form(nom).replace(' ', '-') or kind}"
        site_id, number = stem, 1
        while site_id in self.taken:
            if self.taken[site_id] == (kind, point):
                raise _LineError("nom", f"« {nom} » est en double ; supprimez une ligne")
            number += 1
            site_id = f"{stem}-{number}"
        self.taken[site_id] = kind, point
        return site_id

    def _note_position(self, site_id: str, nom: str, code: str, point: Point, placed: bool) -> None:
        shape = self.communes.shapes.get(code)
        if not placed:
            issue, where = "sans coordonnées", "est placé au centre de sa commune"
        elif shape is not None and not shape.covers(point):
            issue, where = "hors de sa commune", "a des coordonnées hors de sa commune"
        else:
            return
        self.notes.reported(SOURCE_ID, VINTAGE, site_id, issue, f"« {nom} » {where} ({code}).")


def _in_france(lon: float, lat: float) -> bool:
    return any(
        west <= lon <= east and south <= lat <= north for west, south, east, north in _FRANCE
    )
