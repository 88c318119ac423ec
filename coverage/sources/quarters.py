"""The priority districts (QPV) of a territory: of one generation, with the people of each.

Polygons that somebody gave come first, then those of 2024 where they were fetched, then those of
2015. What tells of the other generation is then out of use and no longer listed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from coverage.base.crs import WGS84
from coverage.model.quarters import QPV_2015, QPV_2024, Generation
from coverage.model.tables import check
from coverage.sources.own_quarters import SLIVER, read_own_quarters
from coverage.sources.readers._area import Area
from coverage.sources.readers.qpv import (
    quarters_table,
    read_qpv_indicators,
    read_qpv_list,
    read_qpv_polygons,
    read_qpv_population,
)
from coverage.sources.reading import Reading

#: The source of a generation's polygons, and the end of the name of their file.
_POLYGONS = {QPV_2024: ("qpv_2024_polygons", ".geojson"), QPV_2015: ("qpv_2015_polygons", ".shp")}
#: The sources of a generation's people, the best first.
_PEOPLE: dict[Generation, dict[str, Callable[[Path], pd.DataFrame]]] = {
    QPV_2024: {"qpv_2024_population": read_qpv_indicators},
    QPV_2015: {
        "qpv_indicators_2022": read_qpv_indicators,
        "qpv_2015_population": read_qpv_population,
    },
}
_GIVEN = "qpv"
_LIST_2024 = "qpv_2024_list"


@dataclass(frozen=True)
class Quarters:
    """``zones``: contract table. ``persons``: ``zone_id, persons`` (null = not available).

    ``names_2024``: the names of the QPV 2024 by commune code, None where nothing tells them.
    """

    zones: gpd.GeoDataFrame
    persons: pd.DataFrame
    names_2024: dict[str, list[str]] | None


def read_quarters(
    reading: Reading, area: Area, communes: gpd.GeoDataFrame, own: Path | None
) -> Quarters:
    """Read the QPV of a territory and their people.

    ``own`` is a layer that somebody gave. Raises ``RefusedFileError`` where it is no layer of QPV.
    """
    generation = next((g for g in _POLYGONS if reading.file(*_POLYGONS[g])), QPV_2015)
    persons = pd.Series(dtype=float)
    if own:
        zones, persons, generation = _own(reading, area, communes, own)
    elif shapes := reading.file(*_POLYGONS[generation]):
        key, _ = _POLYGONS[generation]
        zones = read_qpv_polygons(shapes, area.territory, area.outline, reading.origin(key))
        reading.count(key, len(zones))
    else:
        columns = ["zone_id", "kind", "nom", "vintage", "geometry"]
        zones = gpd.GeoDataFrame(columns=columns, geometry="geometry", crs=WGS84)
    check("zones", zones)
    persons = _people(reading, generation, persons.reindex(zones["zone_id"]))
    names = _names_2024(reading, generation, zones, communes)
    _drop_unused(reading, generation)
    frame = pd.DataFrame({"zone_id": zones["zone_id"], "persons": persons.to_numpy(float)})
    return Quarters(zones, frame, names)


def _own(
    reading: Reading, area: Area, communes: gpd.GeoDataFrame, path: Path
) -> tuple[gpd.GeoDataFrame, pd.Series[float], Generation]:
    """Take the QPV that somebody gave; those of the catalogue are then out of use."""
    own = read_own_quarters(path, area, communes)
    generation = own.generation
    title = f"Quartiers prioritaires de {generation.year} (contours fournis)"
    origin = reading.given_origin(_GIVEN, title, generation.year)
    origin.mended(own.repairs)
    for column in own.unread:
        origin.reported(path.name, "colonne ignorée", f"La colonne « {column} » n’est pas lue.")
    zones = quarters_table(own.table, area.territory, area.outline, generation, origin)
    for key, _ in _POLYGONS.values():
        reading.drop(key)
    reading.add(_GIVEN, title, path=path, rows=len(zones), vintage=generation.year)
    return zones, own.persons, generation


def _people(reading: Reading, generation: Generation, told: pd.Series[float]) -> pd.Series[float]:
    """Fill in the people that the polygons don't tell, by their sources, the best first."""
    persons = told.astype(float)
    for rank, (key, read) in enumerate(_PEOPLE[generation].items()):
        path = reading.file(key)
        if path is None:
            if persons.notna().all():  # the polygons tell all of them
                reading.drop(key)
            continue
        table = read(path).drop_duplicates("zone_id")
        found = table.set_index("zone_id")["persons"].reindex(persons.index)
        reading.count(key, int(found.notna().sum()))
        for code in persons.index[persons.isna() & found.notna()] if rank else ():
            reading.origin(key).reported(
                str(code),
                "population de 2013",
                "Absente des indicateurs de 2022 : sa population de 2013 est prise.",
            )
        persons = persons.fillna(found)
    return persons


def _names_2024(
    reading: Reading, generation: Generation, zones: gpd.GeoDataFrame, communes: gpd.GeoDataFrame
) -> dict[str, list[str]] | None:
    if generation is QPV_2024:
        return _names_by_commune(zones, communes)
    path = reading.file(_LIST_2024)
    if path is None:
        return None
    labels = read_qpv_list(path, reading.territory)
    names = {code: labels[code] for code in communes["code_insee"] if code in labels}
    reading.count(_LIST_2024, sum(map(len, names.values())))
    return names


def _names_by_commune(zones: gpd.GeoDataFrame, communes: gpd.GeoDataFrame) -> dict[str, list[str]]:
    """Return the names of the QPV that lie in each commune, slivers apart."""
    shapes, grounds = zones.geometry.to_numpy(), communes.geometry.to_numpy()
    zone, commune = shapely.STRtree(grounds).query(shapes, predicate="intersects")
    # Areas in degrees: on the ground of one QPV their ratio is that of the areas in metres.
    part = shapely.area(shapely.intersection(shapes[zone], grounds[commune]))
    held = part >= SLIVER * shapely.area(shapes[zone])
    names: dict[str, list[str]] = {}
    for z, c in sorted(zip(zone[held], commune[held], strict=True)):
        names.setdefault(str(communes["code_insee"].iloc[c]), []).append(zones["nom"].iloc[z])
    return names


def _drop_unused(reading: Reading, generation: Generation) -> None:
    """Take off the list what tells of the generation that is not in use.

    That the polygons of 2024 are lacking stays said, with what would bring them.
    """
    unused = QPV_2015 if generation is QPV_2024 else QPV_2024
    for key in _PEOPLE[unused]:
        reading.drop(key)
    if generation is QPV_2024:
        reading.drop(_POLYGONS[QPV_2015][0])
        reading.drop(_LIST_2024)
