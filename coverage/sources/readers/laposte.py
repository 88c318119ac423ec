"""La Poste's points of contact: bureaux, agences communales, relais."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from coverage.base.errors import SourceError
from coverage.sources.readers._area import Area
from coverage.sources.readers._origin import Origin
from coverage.sources.readers._text import joined_cells, numbers, read_table

_ADDRESS = ["adresse", "complement_d_adresse", "lieu_dit"]
_COLUMNS = [
    "identifiant_a",
    "libelle_du_site",
    "caracteristique_du_site",
    *_ADDRESS,
    "code_insee",
    "pays",
    "latitude",
    "longitude",
]
_KINDS = {
    "Bureau de Poste": "bureau_poste",
    "Agence postale communale": "agence_postale",
    "Agence postale intercommunale": "agence_postale",
    "Agence postale": "agence_postale",
    "Agence postale ou Relais poste": "agence_postale",
    "Relais poste": "relais_poste",
}
_UNSURE = "Agence postale ou Relais poste"
#: Andorra's points are coded in this département.
_ANDORRA_IN = "09"


def read_contact_points(path: Path) -> pd.DataFrame:
    """Read all points of France.

    Columns: ``site_id, nom, kind, type, address, code_insee, pays, lon, lat, swapped``. Where
    latitude and longitude are exchanged (in metropolitan France a latitude is above 40 and a
    longitude below 11) they are put right and ``swapped`` tells it. Raises ``SourceError`` on a
    type of point that is not known.
    """
    table = read_table(path, _COLUMNS)
    kinds = table["caracteristique_du_site"].map(_KINDS)
    unknown = table.loc[kinds.isna(), "caracteristique_du_site"]
    if len(unknown):
        raise SourceError(f"{path.name} : type de point inconnu « {unknown.iloc[0]} ».")
    lon: pd.Series[Any] = numbers(table["longitude"])
    lat: pd.Series[Any] = numbers(table["latitude"])
    overseas = table["code_insee"].str.startswith(("97", "98"))
    swapped = ~overseas & lat.lt(11) & lon.gt(40)
    return pd.DataFrame(
        {
            "site_id": "laposte:" + table["identifiant_a"],
            "nom": table["libelle_du_site"],
            "kind": kinds,
            "type": table["caracteristique_du_site"],
            "address": joined_cells(table, _ADDRESS),
            "code_insee": table["code_insee"],
            "pays": table["pays"],
            "lon": lon.where(~swapped, lat),
            "lat": lat.where(~swapped, lon),
            "swapped": swapped,
        }
    )


def contact_points_of(contacts: pd.DataFrame, area: Area, origin: Origin) -> pd.DataFrame:
    """Return the points of a territory and its surroundings, every repair noted."""
    points = area.concerned(contacts)
    abroad = points["pays"] != "FRANCE"
    if area.territory == _ANDORRA_IN:
        for item, pays in points.loc[abroad, ["site_id", "pays"]].itertuples(index=False):
            origin.quarantined(item, "hors de France", f"Point situé en {pays.capitalize()}.")
    points = points[~abroad]
    for item in points.loc[points["swapped"], "site_id"]:
        origin.repaired(
            item, "latitude et longitude échangées", "Latitude et longitude remises à leur place."
        )
    points = area.locate(points, origin)
    for item in points.loc[points["type"] == _UNSURE, "site_id"]:
        origin.reported(
            item,
            "type de point incertain",
            "La source dit « Agence postale ou Relais poste » : compté comme agence postale.",
        )
    return points.drop(columns=["type", "pays", "swapped"]).assign(network="La Poste")
