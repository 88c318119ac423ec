"""The communes around a territory: whose people share its places."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from coverage.model.notes import Notes
from coverage.sources.catalogue import source
from coverage.sources.geography import communes_around
from coverage.sources.readers._area import Area
from coverage.sources.readers._origin import Origin
from coverage.sources.readers.population import Population

#: A commune of the territory, then a city known by its arrondissements, a village, one whose
#: people are not told, one where nobody lives.
_CODES = ["01004", "69123", "69059", "69100", "69200"]


def ground() -> Area:
    communes = gpd.GeoDataFrame(
        {"code_insee": _CODES, "nom": _CODES},
        geometry=[shapely.box(5 + k / 10, 46, 5.1 + k / 10, 46.1) for k in range(len(_CODES))],
        crs=4326,
    )
    outlines = gpd.GeoDataFrame(
        {"code": ["01", "69"], "nom": ["A", "B"]}, geometry=communes.geometry.iloc[:2], crs=4326
    )
    return Area("01", 2154, communes, outlines, communes.geometry.iloc[0])


def test_inhabited_communes_with_their_people_and_density() -> None:
    notes = Notes()
    everywhere = pd.Series({"01004": 900.0, "69123": 40.0, "69059": 12.0, "69200": 0.0})
    nothing = pd.DataFrame()
    population = Population(nothing, nothing, nothing, everywhere)
    density = pd.DataFrame({"code_insee": ["69123", "01004"], "density_level": [1, 5]})
    origin = Origin(source("population_2024"), notes)
    around = communes_around(ground(), population, density, origin)
    assert list(around) == ["code_insee", "persons", "density_level", "geometry"]
    assert around["code_insee"].tolist() == ["69059", "69123"]
    assert around["persons"].tolist() == [12, 40]
    assert pd.isna(around["density_level"][0])
    assert around["density_level"][1] == 1
    assert around.geometry[1].equals(ground().communes.geometry[1])
    assert [(row[2], row[4]) for row in notes.rows] == [("communes voisines", "reported")]
    assert notes.rows[0][5].startswith("Non disponible pour 1 commune")
