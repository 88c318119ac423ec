"""The moves of the COG: every commune of France gets the facts that are told under another code."""

from __future__ import annotations

import re
import tarfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from coverage.base.gdal import read_vector
from coverage.model.notes import Notes
from coverage.sources.catalogue import source
from coverage.sources.geography import assemble_communes, read_area
from coverage.sources.readers._area import Area
from coverage.sources.readers._codes import (
    ARRONDISSEMENTS,
    MOVES,
    SUCCESSORS,
    TOLD_ELSEWHERE,
    counted_with,
    told_of,
    told_under,
)
from coverage.sources.readers._origin import Origin
from coverage.sources.readers.density import read_density
from coverage.sources.readers.frr import read_frr
from coverage.sources.readers.ifn import read_ifn
from coverage.sources.readers.population import read_population
from coverage.sources.readers.qpv import read_qpv_polygons
from coverage.sources.readers.zrr import read_zrr


def test_the_table_of_moves_is_consistent() -> None:
    assert len({move.code for move in MOVES}) == len(MOVES)
    assert {move.change for move in MOVES} == {"merged", "recoded", "split"}
    for move in MOVES:
        assert move.code != move.other
        assert move.code[:2] == move.other[:2]
    # INSEE: 110 communes became 46 on 1 January 2025, and four were set up again.
    of_2025 = Counter(move.change for move in MOVES if move.cog == 2025)
    assert of_2025["merged"] == 110 - 46
    assert len({move.other for move in MOVES if (move.cog, move.change) == (2025, "merged")}) == 46
    assert of_2025["split"] == 4
    # No chain: what a code is counted with is counted with itself.
    for code in [*SUCCESSORS, *ARRONDISSEMENTS]:
        assert counted_with(counted_with(code)) == counted_with(code) != code
    # A commune of the tables is never counted with another.
    assert not set(TOLD_ELSEWHERE) & set(SUCCESSORS)


@pytest.mark.parametrize(
    ("code", "commune"),
    [
        ("01330", "01330"),  # gone in 2025, but its people are told in 2024
        ("69152", "69149"),  # gone in 2024
        ("85165", "85084"),  # set up again in 2024, not yet drawn apart
        ("15031", "15141"),  # set up again in 2025
        ("49126", "49069"),  # the code of 2025 of a commune of 2024
        ("27058", "27676"),  # the code of before 2023
        ("13216", "13055"),
        ("2A004", "2A004"),
    ],
)
def test_a_code_of_any_year_is_a_commune_of_the_tables(code: str, commune: str) -> None:
    assert counted_with(code) == commune


def test_a_commune_is_told_under_its_own_code_before_any_other() -> None:
    assert told_under("01330", {"01330", "01187"}) == "01330"
    assert told_under("01330", {"01187"}) == "01187"
    assert told_under("49069", {"49126"}) == "49126"
    assert told_under("27676", {"27058"}) == "27058"
    assert told_under("01187", {"01330"}) is None
    assert told_under("2A004", {"01187"}) is None


def test_rows_are_told_in_the_order_of_the_communes() -> None:
    communes = pd.DataFrame({"code_insee": ["01330", "2A004", "01187"]})
    found = told_of(communes, pd.DataFrame({"code_insee": ["01187", "01001"], "frr": ["a", "b"]}))
    assert found["frr"].tolist()[::2] == ["a", "a"]
    assert found["told_code"].tolist() == ["01187", None, "01187"]
    assert found["frr"].isna().tolist() == [False, True, False]


def _codes_2024(mirror: Path) -> set[str]:
    table = pd.read_csv(mirror / "population_communes/2024/communes.csv", dtype=str)
    return set(table.loc[table["commune_type"].isin(["COM", "ARM"]), "insee_com"])


#: The code of a commune in its polygon's properties or as the feature's id: parsing the 69 MB of
#: coordinates about them would take ten times as long.
_CODE = re.compile(rb'"(?:code|id)"\s*:\s*"(\w+)"')


def _codes_2023(mirror: Path) -> set[str]:
    codes: set[bytes] = set()
    path = mirror / "communes/2023/communes_par_departement_2023.tar.gz"
    with tarfile.open(path) as archive:
        for member in archive:
            if member.name.endswith("json"):
                content = archive.extractfile(member)
                assert content is not None
                codes.update(_CODE.findall(content.read()))
    return {code.decode() for code in codes}


@pytest.mark.parametrize(
    "codes_of", [_codes_2024, pytest.param(_codes_2023, marks=pytest.mark.slow)]
)
def test_no_commune_of_france_is_without_density_or_frr(
    mirror: Path, codes_of: Callable[[Path], set[str]]
) -> None:
    codes = {counted_with(code) for code in codes_of(mirror)}
    assert 34_900 < len(codes) < 34_950
    communes = pd.DataFrame({"code_insee": sorted(codes)})
    density = read_density(mirror / "grilles_communales/2026/densite.csv")
    frr = read_frr(mirror / "frr/2025-07-10/liste-communes-FRR.csv")
    for table, column in ((density, "density_level"), (frr, "frr")):
        found = told_of(communes, table)
        assert communes.loc[found[column].isna(), "code_insee"].tolist() == []
        # Nor is a code of the newer table left over: each is a commune, or a part of one. The
        # people of Les Trois Lacs are in no line of their table.
        left_over = {counted_with(code) for code in table["code_insee"]} - codes
        assert left_over <= {"27676"}
    zrr = read_zrr(mirror / "zrr/2021/ZRR_list_source.csv")
    assert told_of(communes, zrr)["zrr"].notna().all()


@dataclass
class National:
    """The tables of all France, read once."""

    mirror: Path
    area: Callable[[str], Area]
    communes: Callable[[str], tuple[gpd.GeoDataFrame, Notes]]


@pytest.fixture(scope="module")
def national(mirror: Path) -> National:
    density = read_density(mirror / "grilles_communales/2026/densite.csv")
    frr = read_frr(mirror / "frr/2025-07-10/liste-communes-FRR.csv")
    zrr = read_zrr(mirror / "zrr/2021/ZRR_list_source.csv")

    @cache
    def area(territory: str) -> Area:
        return read_area(
            mirror / "communes/2023/communes_par_departement_2023.tar.gz",
            mirror / "limites_administratives/2026/polygone-4326_dep.geojson",
            territory,
            Origin(source("communes_2023"), Notes()),
        )

    @cache
    def communes(territory: str) -> tuple[gpd.GeoDataFrame, Notes]:
        notes = Notes()
        population = read_population(
            mirror / "population_communes/2024/communes.csv",
            territory,
            Origin(source("population_2024"), notes),
        )
        ifn = read_ifn(mirror / "ifn/2023/ifn-city-all-variation.csv", population.arrondissements)
        facts = [
            (column, table, Origin(source(key), notes))
            for column, table, key in (
                ("density_level", density, "density_2026"),
                ("frr", frr, "frr_2025"),
                ("zrr", zrr, "zrr_2021"),
                ("ifn", ifn, "ifn_2023"),
            )
        ]
        made = assemble_communes(
            area(territory), population, facts, Origin(source("population_2024"), notes)
        )
        return made, notes

    return National(mirror, area, communes)


@pytest.mark.parametrize(
    ("territory", "city", "name", "persons"),
    [
        ("69", "69123", "Lyon", 522_250),
        ("13", "13055", "Marseille", 873_076),
        pytest.param("75", "75056", "Paris", 2_133_111, marks=pytest.mark.slow),
    ],
)
def test_a_city_of_arrondissements_has_every_fact(
    national: National, territory: str, city: str, name: str, persons: int
) -> None:
    communes, notes = national.communes(territory)
    row = communes.set_index("code_insee").loc[city]
    assert row["nom"] == name
    assert row["population"] == persons
    assert row["density_level"] == 1
    assert row["frr"] == row["zrr"] == "non_classee"
    assert 1 < row["ifn"] < 6
    assert not set(communes["code_insee"]) & set(ARRONDISSEMENTS)
    assert communes[["density_level", "frr", "zrr"]].notna().all(axis=None)
    moved = [row for row in notes.rows if row[3] == "commune d’un autre millésime"]
    assert [row[2] for row in moved] == (["69159"] if territory == "69" else [])


@pytest.mark.parametrize(
    "territory",
    ["13", *(pytest.param(code, marks=pytest.mark.slow) for code in ("01", "75", "85", "974"))],
)
def test_every_inhabitant_of_merged_and_split_communes_is_counted(
    national: National, published_people: Callable[[str], float], territory: str
) -> None:
    communes, _ = national.communes(territory)
    assert communes["population"].sum() == published_people(territory)
    assert communes["code_insee"].str.startswith(territory).all()


def test_a_commune_merged_since_has_the_facts_of_its_successor_and_one_note(
    national: National,
) -> None:
    communes, notes = national.communes("93")
    by_code = communes.set_index("code_insee")
    assert by_code.loc["93059", "density_level"] == by_code.loc["93066", "density_level"] == 1
    assert by_code.loc["93059", "frr"] == by_code.loc["93066", "frr"]
    # Its people, its ground and its index stay its own.
    assert by_code.loc["93059", "population"] > 30_000
    assert by_code.loc["93059", "ifn"] != by_code.loc["93066", "ifn"]
    assert [row[5] for row in notes.rows if row[2] == "93059"] == [
        "Pierrefitte-sur-Seine (93059) fait partie depuis le 1ᵉʳ janvier 2025 de Saint-Denis "
        "(93066). Lus sous le code 93066\u00a0: grille de densité, zonage FRR."
    ]


def test_the_qpv_of_marseille_lie_in_marseille(national: National) -> None:
    area = national.area("13")
    shapes = national.mirror / "qpv/2015/QP_METROPOLEOUTREMER_WGS84_EPSG4326.shp"
    origin = Origin(source("qpv_2015_polygons"), Notes())
    qpv = read_qpv_polygons(shapes, "13", area.outline, origin)
    named = read_vector(shapes, encoding="ISO-8859-1", geometry=False).set_index("CODE_QP")
    told = named.loc[qpv["zone_id"], "COMMUNE_QP"]
    in_city = told.str.startswith("Marseille").to_numpy()
    in_city_only = told.str.fullmatch(r"Marseille.*arrondissements?").to_numpy()
    assert in_city_only.sum() > 30
    points = shapely.point_on_surface(qpv.geometry.to_numpy())
    places = pd.DataFrame({"lon": shapely.get_x(points), "lat": shapely.get_y(points)})
    under = np.array(area.commune_under(places))
    assert (under[in_city_only] == "13055").all()
    assert "13055" not in under[~in_city]


def test_places_are_located_under_any_code_of_their_commune() -> None:
    ground = gpd.GeoDataFrame(
        {"code_insee": ["49069", "15141"], "nom": ["A", "B"]},
        geometry=[shapely.box(-1.3, 47.2, -1.1, 47.4), shapely.box(2.9, 45.0, 3.1, 45.2)],
        crs=4326,
    )
    outlines = gpd.GeoDataFrame(
        {"code": ["49", "15"], "nom": ["A", "B"]}, geometry=ground.geometry, crs=4326
    )
    area = Area("49", 2154, ground, outlines, shapely.union_all(ground.geometry.to_numpy()))
    nowhere = float("nan")
    places = pd.DataFrame(
        {
            "site_id": ["new", "again", "nowhere", "unknown"],
            "nom": "Lieu",
            "code_insee": ["49126", "15031", "49126", "49999"],
            "lon": [-1.2, 3.0, nowhere, -1.15],
            "lat": [47.3, 45.1, nowhere, 47.35],
        }
    )
    notes = Notes()
    located = area.locate(places, Origin(source("annuaire_2016"), notes))
    assert located["code_insee"].tolist() == ["49069", "15141", "49069", "49069"]
    assert located["lat"].between(45, 48).all()
    assert {row[3] for row in notes.rows} == {"code de commune périmé", "sans coordonnées"}
