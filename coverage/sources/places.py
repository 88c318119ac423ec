"""The places file: what no public file has (îlots, partners, rooms), given by the user as CSV.

Nothing is kept unless every line is understood; the faults are told together, ten at most.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from coverage.base.crs import WGS84
from coverage.base.errors import UserError
from coverage.model.tables import CONTRACTS, check
from coverage.sources.given_file import LineError, faults_text
from coverage.sources.own_places import OwnPlaces
from coverage.sources.place_ground import PlaceGround
from coverage.sources.place_line import LineReader
from coverage.sources.places_file import COLUMNS, read_rows

if TYPE_CHECKING:
    import geopandas as gpd

    from coverage.model.notes import Notes


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
    reader = LineReader(path.name, notes, PlaceGround.of(communes))
    records, faults = [], []
    for line, row in rows:
        try:
            records.append(reader.read(line, row))
        except LineError as fault:
            faults.append((line, fault))
    if faults:
        told = faults_text(faults)
        raise UserError(f"« {path.name} » n’a pas été lu, rien n’est gardé : {told}.")
    columns = list(CONTRACTS["sites"].columns)
    table = gpd.GeoDataFrame(records, columns=columns, geometry="geometry", crs=WGS84)
    table["persons_month"] = table["persons_month"].astype(float)
    for column in ("network", "opening", "address"):
        table[column] = table[column].astype(object).where(table[column].notna(), None)
    return OwnPlaces(check("sites", table), reader.same_as)
