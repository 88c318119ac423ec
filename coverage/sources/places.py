"""The places file: what no public file has (îlots, partners, rooms), given by the user.

Nothing is kept unless every line is understood; the faults are told together, ten at most.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from coverage.base.crs import WGS84
from coverage.model.tables import CONTRACTS, check
from coverage.sources.given_file import LineError, refuse
from coverage.sources.own_places import OwnPlaces
from coverage.sources.place_ground import PlaceGround
from coverage.sources.place_line import LineReader
from coverage.sources.places_file import read_rows

if TYPE_CHECKING:
    import geopandas as gpd

    from coverage.model.notes import Notes


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
        refuse(path.name, faults)
    columns = list(CONTRACTS["sites"].columns)
    table = gpd.GeoDataFrame(records, columns=columns, geometry="geometry", crs=WGS84)
    table["persons_month"] = table["persons_month"].astype(float)
    for column in ("network", "opening", "address"):
        table[column] = table[column].astype(object).where(table[column].notna(), None)
    return OwnPlaces(check("sites", table), reader.same_as)
