"""France services, with their opening hours."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from coverage.sources.readers._area import Area
from coverage.sources.readers._opening import FILLER, opening_of_week, repeats
from coverage.sources.readers._origin import Origin
from coverage.sources.readers._text import joined_cells, numbers, read_table

_HOURS = ["h_lundi", "h_mardi", "h_mercredi", "h_jeudi", "h_vendredi", "h_samedi"]
_ADDRESS = ["adresse", "complement_adresse"]
_COLUMNS = ["id_fs", "lib_fs", "insee_com", "latitude", "longitude", "type_fs", "format_fs"]
_TAGS = {"Bus_équivalent": "mobile", "Itinérante": "mobile", "Multisites": "multisites"}


def read_france_services(path: Path, area: Area, origin: Origin) -> pd.DataFrame:
    """Read the France services of a territory and its surroundings, every repair noted."""
    table = read_table(path, [*_COLUMNS, *_ADDRESS, *_HOURS])
    places = pd.DataFrame(
        {
            "site_id": "fs:" + table["id_fs"],
            "nom": table["lib_fs"],
            "kind": "france_services",
            "address": joined_cells(table, _ADDRESS),
            "code_insee": table["insee_com"],
            "lon": numbers(table["longitude"]),
            "lat": numbers(table["latitude"]),
            "tags": [_tags(row) for row in table[["format_fs", "type_fs"]].itertuples(index=False)],
            "opening": [opening_of_week(list(days)) for days in table[_HOURS].to_numpy()],
            "filled": [any(FILLER in text for text in days) for days in table[_HOURS].to_numpy()],
            "repeats": [any(map(repeats, days)) for days in table[_HOURS].to_numpy()],
            "said": table[_HOURS].ne("").any(axis=1),
        }
    )
    shared = places.duplicated(["lon", "lat"], keep=False)
    places["shared"] = shared
    places = area.locate(area.concerned(places), origin)
    for row in places.itertuples():
        item = str(row.site_id)
        if row.shared:
            origin.reported(
                item,
                "coordonnées partagées",
                f"« {row.nom} » a exactement les coordonnées d’une autre France services.",
            )
        if row.filled and row.opening is not None:
            origin.repaired(
                item,
                "horaires de remplissage",
                f"« {row.nom} » : les plages « {FILLER} » ne sont pas des horaires.",
            )
        if row.repeats and row.opening is not None:
            origin.repaired(
                item,
                "plages répétées",
                f"« {row.nom} » dit deux fois la même plage d’un même jour : elle compte une fois.",
            )
        if row.said and row.opening is None:
            origin.reported(
                item, "horaires illisibles", f"Les horaires de « {row.nom} » n’ont pu être lus."
            )
        elif row.opening is None:
            origin.reported(
                item, "horaires absents", f"« {row.nom} » ne donne aucun horaire d’ouverture."
            )
    return places.drop(columns=["said", "filled", "repeats", "shared"]).assign(
        network="France services"
    )


def _tags(row: tuple[str, str]) -> list[str]:
    shape, kind = row
    tags = [_TAGS[shape]] if shape in _TAGS else []
    return [*tags, "antenne"] if kind == "Antenne" else tags
