"""The fictitious département: what it promises to show, and that it can't be taken for real."""

from __future__ import annotations

import gzip
import itertools
from pathlib import Path
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import osmnx
import pandas as pd
import pytest
import shapely

from coverage.base.workspace import Workspace
from coverage.model.services import CONTACT_KINDS, ServiceTable
from coverage.model.tables import AGE_BANDS, IFN_PARTS, check
from coverage.model.territory import TerritoryTables
from coverage.need.fragility import need_rung
from coverage.network import read_roads
from coverage.sources.demo import DEFAULT_SEED, demo_territory, names
from coverage.sources.demo.land import draw_land
from coverage.sources.demo.plane import shapes_to_lonlat

#: km/h by class, simple and our own: these tests do not lean on the product's speed table.
_KMH = {
    "motorway": 110,
    "motorway_link": 50,
    "trunk": 75,
    "primary": 65,
    "secondary": 58,
    "tertiary": 50,
    "unclassified": 40,
    "residential": 25,
}
_LIMIT_S = 20 * 60


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def demo(workspace: Workspace) -> TerritoryTables:
    return demo_territory(workspace)


@pytest.fixture(scope="module")
def graph(demo: TerritoryTables) -> nx.MultiDiGraph:
    graph = osmnx.load_graphml(demo.roads)
    for *_, data in graph.edges(data=True):
        data["seconds"] = 3.6 * data["length"] / _KMH[data["highway"]]
    return graph


@pytest.fixture(scope="module")
def homes(demo: TerritoryTables, graph: nx.MultiDiGraph) -> pd.DataFrame:
    """Every commune's people, evenly over its street junctions (else over all its junctions)."""
    nodes = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy(
            [x for _, x in graph.nodes(data="x")], [y for _, y in graph.nodes(data="y")]
        ),
        index=list(graph),
        crs=4326,
    )
    placed = nodes.sjoin(demo.communes, predicate="within")
    streets = {
        node
        for *ends, highway in graph.edges(data="highway")
        if highway == "residential"
        for node in ends
    }
    placed["street"] = placed.index.isin(streets)
    with_streets = placed.groupby("code_insee")["street"].transform("any")
    placed = placed[placed["street"] | ~with_streets]
    share = placed.groupby("code_insee")["nom"].transform("size")
    return placed.assign(persons=placed["population"].astype(float) / share)


def _pieces(graph: nx.MultiDiGraph) -> list[set[Any]]:
    return sorted(nx.strongly_connected_components(graph), key=len, reverse=True)


def _nodes_of(sites: gpd.GeoDataFrame, graph: nx.MultiDiGraph) -> list[Any]:
    nodes = list(graph)
    where = np.array([(graph.nodes[node]["x"], graph.nodes[node]["y"]) for node in nodes])
    tree = shapely.STRtree(shapely.points(where))
    return [nodes[position] for position in tree.nearest(sites.geometry.to_numpy())]


def _advisers(sites: gpd.GeoDataFrame) -> pd.Series:
    kinds = ServiceTable.load().of_level("adviser")
    return sites["roles"].map(lambda roles: bool(kinds & set(roles)))


def test_every_table_keeps_its_contract(demo: TerritoryTables) -> None:
    for name in ("communes", "zones", "sites", "profiles"):
        check(name, getattr(demo, name))
    assert demo.territory == "00"
    assert demo.fictitious
    assert demo.facts["fictitious"] is True
    assert demo.squares is None
    assert demo.notes.rows == []


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_place(
    demo: TerritoryTables, tmp_path: Path
) -> None:
    again = demo_territory(Workspace(tmp_path))
    assert again.roads is not None
    assert demo.roads is not None
    assert again.roads.read_bytes() == demo.roads.read_bytes()
    for name in ("communes", "zones", "sites", "outline"):
        one, other = getattr(demo, name), getattr(again, name)
        assert one.to_wkb(hex=True).astype(str).equals(other.to_wkb(hex=True).astype(str))
    pd.testing.assert_frame_equal(demo.profiles, again.profiles)
    for table in ("counts", "bureaux", "activity"):
        one, other = (getattr(told.detections, table) for told in (demo, again))
        pd.testing.assert_frame_equal(one, other)
    assert demo.sources == again.sources
    changed = demo_territory(Workspace(tmp_path), seed=DEFAULT_SEED + 1)
    assert changed.roads is not None
    assert changed.roads.read_bytes() != demo.roads.read_bytes()


def test_communes_tile_the_outline_without_gap_or_overlap(demo: TerritoryTables) -> None:
    shapes = demo.communes.geometry.to_numpy()
    assert len(shapes) == 60
    assert demo.communes["code_insee"].tolist() == [f"00{n:03d}" for n in range(1, 61)]
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    outline = demo.outline.geometry.iloc[0]
    assert outline.equals(shapely.union_all(shapes))
    # the mainland has no hole; the only other piece of land is the islet
    assert [len(part.interiors) for part in outline.geoms] == [0, 0]
    metric = demo.outline.to_crs(2154)
    west, south, east, north = metric.total_bounds
    assert 60_000 < east - west < 90_000
    assert 50_000 < north - south < 75_000
    assert 2_500 < metric.area.sum() / 1e6 < 4_500


def test_it_lies_in_the_bay_of_biscay(demo: TerritoryTables, mirror: Path) -> None:
    box = shapely.box(-6, 44.9, -3.5, 46.1)
    assert shapely.contains_properly(box, demo.outline.geometry.iloc[0])
    france = shapely.from_geojson(
        (mirror / "limites_administratives/2026/polygone-4326_dep.geojson").read_text("utf-8")
    )
    assert not shapely.intersects(france, demo.outline.geometry.iloc[0])


def test_no_name_that_can_be_made_is_a_real_commune(demo: TerritoryTables, mirror: Path) -> None:
    table = pd.read_csv(mirror / "population_communes/2024/communes.csv", dtype=str)
    real = set(pd.concat([table["commune"], table["commune_article"]]).dropna().str.casefold())
    assert len(real) > 30_000
    possible = [stem + ending for stem, ending in itertools.product(names.STEMS, names.ENDINGS)]
    assert not real & {name.casefold() for name in (*possible, *names.SAINTS, names.CITY)}
    assert not real & set(demo.communes["nom"].str.casefold())


def test_people_one_city_some_towns_and_a_few_hamlets(demo: TerritoryTables) -> None:
    people = demo.communes["population"].astype(int).sort_values(ascending=False).tolist()
    assert 43_000 < people[0] < 47_000
    assert people[1] < 10_000
    assert 4 <= sum(count > 3_500 for count in people) <= 8
    assert sum(count < 100 for count in people) >= 4
    assert demo.communes["nom"].is_unique
    assert (demo.communes["households"] < demo.communes["population"]).all()
    assert set(demo.communes["density_level"]) == {2, 3, 4, 5, 6, 7}
    assert set(demo.communes["frr"]) == {"socle", "plus", "beneficiaire", "non_classee"}
    assert set(demo.communes["zrr"]) == {"classee", "partielle", "non_classee"}
    assert demo.communes["ifn"].between(0, 10).all()
    assert demo.communes["ifn"].std() > 0.8


def test_profiles_three_epci_an_index_made_of_its_parts_and_older_people_far_away(
    demo: TerritoryTables,
) -> None:
    profiles = demo.profiles
    assert profiles["code_insee"].tolist() == demo.communes["code_insee"].tolist()
    assert profiles["epci"].value_counts().between(10, 30).all()
    assert profiles["epci"].nunique() == profiles["epci_nom"].nunique() == 3
    assert profiles["epci"].str.startswith("0000").all()
    parts = profiles[list(IFN_PARTS)]
    assert parts.ge(0).all(axis=None)
    assert parts.le(10).all(axis=None)
    assert parts.mean(axis=1).to_numpy() == pytest.approx(demo.communes["ifn"].to_numpy())
    bands = profiles[list(AGE_BANDS)]
    population = demo.communes["population"].to_numpy(float)
    grown = bands.sum(axis=1).to_numpy() / population
    assert ((grown > 0.75) & (grown < 0.95)).all()
    assert (bands % 1 == 0).all(axis=None)
    old = bands["aged_75"].to_numpy() / population
    assert old[population.argmax()] < 0.1 < np.quantile(old, 0.75)
    assert need_rung(demo.communes, profiles) == 1


def test_the_road_file_opens_with_osmnx_and_with_our_reader(
    demo: TerritoryTables, graph: nx.MultiDiGraph
) -> None:
    assert 2_700 <= len(graph) <= 3_400
    assert graph.graph["crs"] == "epsg:4326"
    ours = read_roads(demo.roads)
    assert (ours.nodes, ours.arcs) == (len(graph), graph.number_of_edges())
    classes = {highway for *_, highway in graph.edges(data="highway")}
    assert classes == set(_KMH)
    # a road is never shorter than the straight line between its ends (0.2 % for the projection)
    for start, end, data in graph.edges(data=True):
        one, other = graph.nodes[start], graph.nodes[end]
        straight = osmnx.distance.great_circle(one["y"], one["x"], other["y"], other["x"])
        assert data["length"] >= 0.998 * straight - 0.2
    # gzip carries no clock
    assert demo.roads is not None
    assert demo.roads.read_bytes()[4:8] == b"\0\0\0\0"
    assert b"epsg:4326" in gzip.decompress(demo.roads.read_bytes())[:2_000]


def test_everything_hangs_together_but_the_islet(
    demo: TerritoryTables, graph: nx.MultiDiGraph, homes: pd.DataFrame
) -> None:
    main, *others = _pieces(graph)
    assert [len(other) for other in others] == [6]
    alone = homes[homes.index.isin(others[0])]
    assert 0 < alone["persons"].sum() < 0.01 * homes["persons"].sum()
    assert alone["code_insee"].nunique() == 1
    assert len(main) + 6 == len(graph)


def test_few_bridges_so_neighbours_across_the_river_are_far_by_road(
    graph: nx.MultiDiGraph,
) -> None:
    land = draw_land(np.random.default_rng(DEFAULT_SEED))
    river = shapes_to_lonlat(shapely.segmentize(land.river, 200))
    crossings = {
        frozenset((start, end))
        for start, end, data in graph.edges(data=True)
        if shapely.intersects(
            river,
            shapely.LineString(
                [(graph.nodes[node]["x"], graph.nodes[node]["y"]) for node in (start, end)]
            ),
        )
    }
    assert 2 <= len(crossings) <= 4
    marked = {
        frozenset((start, end)) for start, end, yes in graph.edges(data="bridge") if yes == "yes"
    }
    assert marked == crossings
    # without its bridges the mainland falls into its two banks
    without = nx.Graph(graph)
    without.remove_edges_from([tuple(pair) for pair in crossings])
    sizes = sorted((len(part) for part in nx.connected_components(without)), reverse=True)
    assert len(sizes) == 3
    assert sizes[1] > 700


def test_one_way_streets_only_in_the_city_and_on_the_motorway(
    demo: TerritoryTables, graph: nx.MultiDiGraph, homes: pd.DataFrame
) -> None:
    one_way = [
        (start, data["highway"]) for start, _, data in graph.edges(data=True) if data["oneway"]
    ]
    assert {highway for _, highway in one_way} == {"motorway", "residential"}
    streets = [start for start, highway in one_way if highway == "residential"]
    assert len(streets) >= 40
    city = demo.communes.sort_values("population").iloc[-1]["code_insee"]
    assert set(homes.loc[homes.index.isin(streets), "code_insee"]) == {city}


def test_people_find_streets_in_every_commune_but_a_couple(
    demo: TerritoryTables, homes: pd.DataFrame
) -> None:
    assert homes["persons"].sum() == pytest.approx(demo.communes["population"].sum())
    assert set(homes["code_insee"]) == set(demo.communes["code_insee"])
    with_streets = homes.groupby("code_insee")["street"].any()
    assert (~with_streets).sum() == 2


def test_places_of_every_kind_stand_in_their_commune(demo: TerritoryTables) -> None:
    sites = demo.sites
    roles = sites["roles"].explode().value_counts().to_dict()
    assert roles == {
        "mairie": 60,
        "bureau_poste": 25,
        "agence_postale": 10,
        "relais_poste": 6,
        "france_services": 8,
        "partenaire": 6,
        "ilot_numerique": 5,
        "conseiller_numerique": 3,
        "mediation": 3,
        "france_travail": 3,
        "etape_numerique": 1,
    }
    assert all(kind == roles[0] for kind, roles in zip(sites["kind"], sites["roles"], strict=True))
    labelled = sites[sites["roles"].map(lambda roles: "france_services" in roles)]
    assert (labelled["kind"] == "bureau_poste").sum() == 3
    assert sites["in_territory"].all()
    within = sites.sjoin(demo.communes[["code_insee", "geometry"]], predicate="within")
    assert len(within) == len(sites)
    assert (within["code_insee_left"] == within["code_insee_right"]).all()
    contact = sites[sites["kind"].isin(CONTACT_KINDS)]
    assert contact["site_id"].str.fullmatch(r"laposte:D\d{4}A").all()
    assert contact["opening"].notna().all()
    assert demo.sites["tags"].map(len).gt(0).sum() >= 10
    assert set(sites["source"]) <= {source.source_id for source in demo.sources}


def test_districts_lie_in_the_city_and_a_town_with_people(
    demo: TerritoryTables, homes: pd.DataFrame
) -> None:
    zones = demo.zones
    assert zones["zone_id"].tolist() == ["QP000001", "QP000002", "QP000003"]
    assert set(zones["kind"]) == {"qpv_2015"}
    assert zones.geometry.is_valid.all()
    around = zones.sjoin(demo.communes[["population", "geometry"]], predicate="within")
    assert around["population"].nunique() == 2
    assert len(around) == 3
    persons = demo.qpv_persons.set_index("zone_id")["persons"]
    assert persons.between(400, 8_000).all()
    points = gpd.GeoDataFrame(homes[["persons", "geometry"]], crs=4326)
    inside = points.sjoin(zones, predicate="within").groupby("zone_id")["persons"].sum()
    assert (persons / inside).between(0.9, 1.4).all()


def test_detections_some_bureaux_never_sounded_and_ten_communes_under_eleven(
    demo: TerritoryTables,
) -> None:
    assert demo.detections is not None
    counts = demo.detections.counts
    check("detections", counts)
    assert (counts["tests"] >= counts["detections"]).all()
    assert (counts["detections"] >= counts["orientations"]).all()
    assert (counts["jours_presence"] >= 1).all()
    assert (counts["fin"] > counts["debut"]).all()
    assert counts["debut"].nunique() == 24
    bureaux = demo.sites[demo.sites["kind"] == "bureau_poste"]
    known = bureaux["site_id"].str.removeprefix("laposte:")
    assert set(counts["id_bureau"]) <= set(known)
    assert len(set(known) - set(counts["id_bureau"])) >= 5
    commune = dict(zip(known, bureaux["code_insee"], strict=True))
    by_commune = counts.groupby(counts["id_bureau"].map(commune))["detections"].sum()
    assert (by_commune < 11).sum() >= 10
    assert (by_commune >= 11).sum() >= 3
    by_month = counts.groupby(counts["debut"].dt.month)["tests"].sum()
    assert by_month[9] > 1.5 * by_month[8]
    assert set(demo.detections.bureaux["id_bureau"]) == set(known)


def test_help_and_workshops_follow_the_detections(demo: TerritoryTables) -> None:
    assert demo.detections is not None
    activity, counts = demo.detections.activity, demo.detections.counts
    check("activity", activity)
    assert activity["lieu"].nunique() >= 3
    assert activity["debut"].min() == counts["debut"].min()
    assert activity["fin"].max() == counts["fin"].max()
    following = activity.sort_values(["lieu", "debut"]).groupby("lieu")
    gaps = (activity["debut"] - following["fin"].shift()).dropna()
    assert (gaps == pd.Timedelta(days=1)).all()
    assert activity["detections"].isna().all()
    # As in the Lot-et-Garonne: far more helps than detections, more trainees than workshops.
    totals = activity.sum(numeric_only=True)
    assert totals["accompagnements"] > 3 * counts["detections"].sum()
    assert totals["ateliers"] < totals["stagiaires"] < totals["accompagnements"] / 5


def test_access_is_uneven_and_three_permanences_help(
    demo: TerritoryTables, graph: nx.MultiDiGraph, homes: pd.DataFrame
) -> None:
    towards = graph.reverse()
    advised = _advisers(demo.sites)
    seconds = nx.multi_source_dijkstra_path_length(
        towards, set(_nodes_of(demo.sites[advised], graph)), weight="seconds"
    )
    reach_s = np.array([seconds.get(node, np.inf) for node in homes.index])
    persons = homes["persons"].to_numpy()
    left = reach_s > _LIMIT_S
    before = persons[left].sum() / persons.sum()
    assert 0.10 <= before <= 0.30
    candidates = demo.sites[demo.sites["kind"].isin(CONTACT_KINDS) & ~advised]
    reached = []
    for node in _nodes_of(candidates, graph):
        near = nx.single_source_dijkstra_path_length(
            towards, node, cutoff=_LIMIT_S, weight="seconds"
        )
        reached.append(homes.index.isin(list(near)))
    gains = []
    for _ in range(3):
        best = max(reached, key=lambda near: float(persons[near & left].sum()))
        gains.append(persons[best & left].sum() / persons.sum())
        left &= ~best
    assert sum(gains) > 0.06
    assert gains[2] > 0.004
    # the valley's upper communes stay far from any help
    mean_s = (
        pd.Series(reach_s * persons, index=homes["code_insee"]).groupby(level=0).sum()
        / pd.Series(persons, index=homes["code_insee"]).groupby(level=0).sum()
    )
    assert (mean_s > 45 * 60).sum() >= 2
    assert (mean_s > 30 * 60).sum() >= 4


def test_sources_say_that_everything_is_invented(demo: TerritoryTables) -> None:
    assert {source.producer for source in demo.sources} == {"Maillage (données inventées)"}
    assert {source.licence for source in demo.sources} == {"MIT"}
    assert {source.vintage for source in demo.sources} == {"fictif"}
    assert all(source.rows > 0 and source.status == "used" for source in demo.sources)
    assert len({source.source_id for source in demo.sources}) == len(demo.sources)


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (2, 3))]
)
def test_other_seeds_make_a_sound_territory_too(seed: int, tmp_path: Path) -> None:
    demo = demo_territory(Workspace(tmp_path), seed=seed)
    assert shapely.coverage_is_valid(demo.communes.geometry.to_numpy())
    within = demo.sites.sjoin(demo.communes[["code_insee", "geometry"]], predicate="within")
    assert (within["code_insee_left"] == within["code_insee_right"]).mean() == 1
    assert demo.qpv_persons["persons"].min() > 100
    assert len(demo.zones.sjoin(demo.communes[["geometry"]], predicate="within")) == 3
    sizes = [len(part) for part in _pieces(osmnx.load_graphml(demo.roads))]
    assert sizes[1:] == [6]
    assert 2_700 <= sizes[0] <= 3_500
