"""La Poste's Étapes Numériques."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from coverage.base.crs import departement_of
from coverage.model.words import decimal
from coverage.sources.readers._area import Area
from coverage.sources.readers._origin import Origin
from coverage.sources.readers._text import folded, joined_cells, numbers, records_of

_COLUMNS = ["ID", "Nom", "Commune", "Code INSEE", "Adresse", "latitude", "longitude"]
_FAR_KM = 10.0
_NEAR_KM = 2.0
_EARTH_KM = 6371.0


def read_etapes(path: Path, area: Area, origin: Origin, contacts: pd.DataFrame) -> pd.DataFrame:
    """Read the Étapes of a territory and its surroundings.

    ``contacts`` are all La Poste points of France (``nom, code_insee, lon, lat``). An Étape whose
    name is that of a La Poste point more than 10 km away, with none of that name within 2 km, has
    the coordinates of another place: it goes to quarantine, under both départements. One that
    bears the name of its own commune is where it says (there are many « Saint-Hippolyte »).
    """
    table = records_of(path, _COLUMNS)
    places = pd.DataFrame(
        {
            "site_id": "etape:" + table["ID"],
            "nom": table["Nom"],
            "kind": "etape_numerique",
            "address": joined_cells(table, ["Adresse"]),
            "code_insee": table["Code INSEE"].str.zfill(5),
            "published": table["Code INSEE"],
            "commune": table["Commune"],
            "lon": numbers(table["longitude"]),
            "lat": numbers(table["latitude"]),
        }
    )
    places = places[~_misplaced(places, contacts, area, origin)]
    places = area.locate(area.concerned(places), origin)
    for row in places.itertuples():
        if len(str(row.published)) < len(str(row.code_insee)):
            origin.repaired(
                str(row.site_id),
                "zéro perdu dans le code INSEE",
                f"Code INSEE {row.published} → {row.code_insee}.",
            )
    return places.drop(columns=["published", "commune"]).assign(network="La Poste")


def _misplaced(
    places: pd.DataFrame, contacts: pd.DataFrame, area: Area, origin: Origin
) -> pd.Series[bool]:
    """Tell which Étapes bear the name of a La Poste point that is somewhere else."""
    names = [_name(nom) for nom in contacts["nom"]]
    rows_of_word: dict[str, list[int]] = defaultdict(list)
    for row, name in enumerate(names):
        for word in set(name.split()):
            rows_of_word[word].append(row)
    wrong = []
    for place in places.to_dict("records"):
        wrong.append(False)
        name = _name(place["nom"])
        if _same_name(name, _name(place["commune"])):
            continue
        rows = {row for word in name.split() for row in rows_of_word[word]}
        alike = contacts.iloc[sorted(row for row in rows if _same_name(name, names[row]))]
        if alike.empty:
            continue
        distances = _distance_km(place["lon"], place["lat"], alike)
        if distances.min() <= _NEAR_KM or distances.max() <= _FAR_KM:
            continue
        wrong[-1] = True
        nearest = alike.iloc[int(np.argmin(distances))]
        both = {departement_of(place["code_insee"]), departement_of(nearest["code_insee"])}
        if area.territory in both:
            origin.quarantined(
                place["site_id"],
                "nom et coordonnées contradictoires",
                f"« {place['nom']} » porte le nom du point La Poste « {nearest['nom']} » "
                f"({nearest['code_insee']}), mais ses coordonnées, données pour la commune "
                f"{place['code_insee']}, en sont à {decimal(float(distances.min()), 0)}\u00a0km.",
            )
    return pd.Series(wrong, index=places.index, dtype=bool)


def _name(text: str) -> str:
    """Return a folded name with « St » and « Ste » in full."""
    in_full = {"st": "saint", "ste": "sainte"}
    return " ".join(in_full.get(word, word) for word in folded(text).split())


def _same_name(one: str, other: str) -> bool:
    """Tell whether two folded names are equal, or one contains the other, word by word."""
    return f" {one} " in f" {other} " or f" {other} " in f" {one} "


def _distance_km(lon: float, lat: float, points: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Return great-circle distances in km (haversine formula)."""
    lons, lats = points["lon"].to_numpy(float), points["lat"].to_numpy(float)
    here, there = np.radians(lat), np.radians(lats)
    half = (
        np.sin((there - here) / 2) ** 2
        + np.cos(here) * np.cos(there) * np.sin(np.radians(lons - lon) / 2) ** 2
    )
    return np.asarray(2 * _EARTH_KM * np.arcsin(np.sqrt(half)), dtype=np.float64)
