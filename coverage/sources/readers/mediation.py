"""Lieux de médiation numérique: three producers, three shapes, three readers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd

from coverage.base.crs import departement_of
from coverage.model.tags import PAYMENTS, tags_from, tags_of
from coverage.sources.readers._area import Area
from coverage.sources.readers._opening import opening_as_published
from coverage.sources.readers._origin import Origin
from coverage.sources.readers._text import joined_cells, numbers, read_table

#: These points are geocoded by their addresses: 1 km outside the département is an error.
_OUTSIDE_M = 1_000.0
_ADDRESS_47 = ["adresse_numero", "adresse_rue"]
_TAGS_47 = ["services", "labels"]
_WORDS = re.compile(r'"([^"]+)"|([^{},"]+)')


def read_ara(path: Path, area: Area, origin: Origin, postcodes: pd.DataFrame) -> pd.DataFrame:
    """Read Auvergne-Rhône-Alpes (2022), close to the national schema 0.1."""
    columns = ["id", "nom", "services", "adresse", "code_postal", "horaires"]
    table = read_table(path, [*columns, "latitude", "longitude"])
    places = _places(table, "ara", "id", "nom", "horaires", "latitude", "longitude")
    places["address"] = joined_cells(table, ["adresse"])
    places["tags"] = [tags_of(text.split(";")) for text in table["services"]]
    places = places.assign(departements=_departements_of(table["code_postal"], postcodes))
    return _located(places, area, origin)


def read_centre_val_de_loire(
    path: Path, area: Area, origin: Origin, postcodes: pd.DataFrame
) -> pd.DataFrame:
    """Read Centre-Val de Loire (2023): local column names, categories in braces."""
    columns = [
        "gid",
        "c_nom",
        "c_adresse",
        "c_postcode",
        "c_materiel_info",
        "c_formation",
        "c_horaire_ouverture",
        "c_lat_coor1",
        "c_long_coor1",
        "c_categories_espace",
    ]
    table = read_table(path, columns)
    places = _places(
        table, "cvl", "gid", "c_nom", "c_horaire_ouverture", "c_lat_coor1", "c_long_coor1"
    )
    places["address"] = joined_cells(table, ["c_adresse"])
    places["tags"] = [
        tags_of(
            [
                *(quoted or plain for quoted, plain in _WORDS.findall(categories)),
                *["formation"] * (training == "oui"),
                *["equipement"] * (equipment == "oui"),
            ]
        )
        for categories, training, equipment in table[
            ["c_categories_espace", "c_formation", "c_materiel_info"]
        ].itertuples(index=False)
    ]
    places = places.assign(departements=_departements_of(table["c_postcode"], postcodes))
    return _located(places, area, origin)


def read_lot_et_garonne(path: Path, area: Area, origin: Origin) -> pd.DataFrame:
    """Read Lot-et-Garonne (2020): has commune codes, but no identifier (the line is taken)."""
    columns = [
        "nom",
        "adresse_code_insee",
        "latitude",
        "longitude",
        "horaires_ouverture_brut",
        "horaires_ouverture_osm",
        *_ADDRESS_47,
        *_TAGS_47,
        "tarifs",
    ]
    table = read_table(path, columns)
    table["line"] = [str(line) for line in range(2, len(table) + 2)]
    table["hours"] = table["horaires_ouverture_osm"].where(
        table["horaires_ouverture_osm"] != "", table["horaires_ouverture_brut"]
    )
    places = _places(table, "47", "line", "nom", "hours", "latitude", "longitude")
    places["address"] = joined_cells(table, _ADDRESS_47)
    places["tags"] = [_tags_47(*row) for row in table[[*_TAGS_47, "tarifs"]].to_numpy()]
    codes = table["adresse_code_insee"]
    places = places.assign(
        code_insee=codes,
        departements=codes.map(lambda code: frozenset((departement_of(code) if code else "47",))),
    )
    return _located(places, area, origin)


def _tags_47(*texts: str) -> list[str]:
    """Return the tags of one place; of its prices, only what it takes in payment."""
    *lists, prices = texts
    paid = [tag for tag in tags_from(prices) if tag in PAYMENTS]
    return tags_of([*(word for text in lists for word in text.split(",")), *paid])


def _places(
    table: pd.DataFrame, prefix: str, key: str, nom: str, hours: str, lat: str, lon: str
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "site_id": f"mediation:{prefix}-" + table[key],
            "nom": table[nom],
            "kind": "mediation",
            "code_insee": "",
            "lon": numbers(table[lon]),
            "lat": numbers(table[lat]),
            "opening": [opening_as_published(text) for text in table[hours]],
            "unread": table[hours],
        }
    )


def _departements_of(codes: pd.Series[str], postcodes: pd.DataFrame) -> pd.Series[Any]:
    """Return the départements that a postal code serves; by its first digits if it is unknown."""
    known = postcodes.assign(departement=postcodes["code_insee"].map(departement_of))
    served = known.groupby("code_postal")["departement"].agg(frozenset)
    found = [served.get(code) or frozenset((code[:2],)) for code in codes]
    return pd.Series(found, index=codes.index, dtype=object)


def _located(places: pd.DataFrame, area: Area, origin: Origin) -> pd.DataFrame:
    places = area.locate(area.concerned(places), origin, outside_m=_OUTSIDE_M)
    for row in places.itertuples():
        if row.opening is None and row.unread:
            origin.reported(
                str(row.site_id),
                "horaires illisibles",
                f"Horaires en texte libre, non repris : « {row.unread!s} ».",
            )
    return places.drop(columns="unread").assign(network="Médiation numérique")
