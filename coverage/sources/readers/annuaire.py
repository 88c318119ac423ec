"""The directory of public services of 2016: France Travail (then Pôle emploi) and mairies."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from coverage.sources.readers._area import Area
from coverage.sources.readers._origin import Origin
from coverage.sources.readers._text import joined_cells, numbers, read_table

_COLUMNS = ["id", "type", "nom", "code_insee", "adresse", "latitude", "longitude"]
_KINDS = {"pole_emploi": "france_travail", "mairie": "mairie"}
_NETWORKS = {"france_travail": "France Travail", "mairie": "Mairies"}
#: These points are geocoded by their addresses: 1 km outside the département is an error.
_OUTSIDE_M = 1_000.0


def read_annuaire(path: Path, area: Area, origin: Origin) -> pd.DataFrame:
    """Read the agencies of a territory and its surroundings, and the mairies of the territory."""
    table = read_table(path, _COLUMNS)
    table = table[table["type"].isin(list(_KINDS))]
    kinds = table["type"].map(_KINDS)
    places = pd.DataFrame(
        {
            "site_id": "annuaire:" + table["id"],
            "nom": table["nom"],
            "kind": kinds,
            "address": joined_cells(table, ["adresse"]),
            "network": kinds.map(_NETWORKS),
            "code_insee": table["code_insee"],
            "lon": numbers(table["longitude"]),
            "lat": numbers(table["latitude"]),
        }
    )
    own = places["code_insee"].str.startswith(area.territory)
    places = area.concerned(places[own | (places["kind"] != "mairie")])
    places = area.locate(places, origin, outside_m=_OUTSIDE_M)
    if len(places):
        origin.reported(
            area.territory,
            "données de 2016",
            "Mairies et agences France Travail viennent d’un annuaire de 2016 : des lieux ont "
            "pu déménager ou fermer depuis.",
        )
    return places
