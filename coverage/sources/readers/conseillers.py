"""Structures that host conseillers numériques."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pandas as pd

from coverage.model.staff import staff_of_posts
from coverage.sources.readers._area import Area
from coverage.sources.readers._origin import Origin
from coverage.sources.readers._text import folded, numbers, records_of

_COLUMNS = [
    "id",
    "raison_sociale",
    "nb_cnfs",
    "adresse",
    "france_services",
    "insee_com",
    "commune_insee",
    "code_département",
    "latitude",
    "longitude",
]
#: The postal code and the town that end an address.
_POSTAL = re.compile(r"\s*\b\d{5} \S.*$")


def read_conseillers(path: Path, area: Area, origin: Origin) -> pd.DataFrame:
    """Read the structures of a territory and its surroundings, every repair noted.

    ``staff`` are its conseillers, each a full-time post; nobody where the file does not say. The
    tag « France services » is the file's own word on the structure. A structure without a commune
    code is found by its commune's name in its département; one whose seat lies in another
    département than the one that hosts it is reported.
    """
    table = records_of(path, _COLUMNS)
    told = table["france_services"] == "oui"
    departements = table["code_département"].str.zfill(2)
    no_code = table["insee_com"].isin(["", "0"])
    codes = table["insee_com"].where(~no_code, "")
    places = pd.DataFrame(
        {
            "site_id": "cnfs:" + table["id"],
            "nom": table["raison_sociale"],
            "kind": "conseiller_numerique",
            "code_insee": codes,
            "departement": departements,
            "commune": table["commune_insee"],
            "address": [_POSTAL.sub("", text) or None for text in table["adresse"]],
            "staff": [_staff(number) for number in numbers(table["nb_cnfs"])],
            "tags": [["France services"] * said for said in told],
            "lon": numbers(table["longitude"]),
            "lat": numbers(table["latitude"]),
        }
    )
    for index in places.index[no_code & departements.eq(area.territory)]:
        _find_commune(places, index, area, origin)
    places = area.locate(area.concerned(places), origin)
    for row in places.itertuples():
        if not str(row.code_insee).startswith(str(row.departement)):
            origin.reported(
                str(row.site_id),
                "siège dans un autre département",
                f"« {row.nom} » est comptée dans le {row.departement} par la source, mais son "
                f"siège est à {row.commune} ({row.code_insee}).",
            )
    return places.drop(columns=["departement", "commune"]).assign(network="Conseillers numériques")


def _staff(conseillers: float) -> list[str]:
    return [] if math.isnan(conseillers) else staff_of_posts({"conseiller_numerique": conseillers})


def _find_commune(places: pd.DataFrame, index: int, area: Area, origin: Origin) -> None:
    """Give a structure the commune of its name, when its département has just one such."""
    item, name = (str(places.at[index, column]) for column in ("site_id", "commune"))
    own = area.communes[area.communes["code_insee"].str.startswith(area.territory)]
    found = own.loc[own["nom"].map(folded) == folded(name), "code_insee"]
    if len(found) != 1:
        origin.quarantined(
            item, "commune introuvable", f"Ni code, ni commune reconnue (« {name} »)."
        )
        return
    places.at[index, "code_insee"] = found.iloc[0]
    origin.repaired(
        item, "sans code de commune", f"Commune trouvée par son nom : {name} ({found.iloc[0]})."
    )
