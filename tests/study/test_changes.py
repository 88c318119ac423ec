"""As if places closed and opened: the layers that a build would have made."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from coverage.base.errors import UserError
from coverage.base.workspace import Workspace
from coverage.model.services import CONTACT_KINDS
from coverage.model.tables import check
from coverage.model.territory import TerritoryTables
from coverage.need.legal import LegalTest, further, legal_test
from coverage.sources.demo import demo_territory
from coverage.study.build import build
from coverage.study.changes import OPENED_KIND, changed
from coverage.study.layer_files import LAYERS
from coverage.study.layers import COSTS_OF, Layers, load_layers
from coverage.study.travel import Travel

TRAVELLED = (*COSTS_OF.values(), "distances", "links", "costs_outside")


def with_neighbours(workspace: Workspace, **options: object) -> TerritoryTables:
    """The fictitious département, and people around: in the same villages, and far off at sea."""
    tables = demo_territory(workspace, **options)
    villages = tables.communes.geometry.iloc[:40:10]
    shapes = [*villages, villages.iloc[0]]
    shapes[-1] = shapely.affinity.translate(shapes[-1], xoff=3)
    around = gpd.GeoDataFrame(
        {
            **{"code_insee": [f"99{n:03d}" for n in range(len(shapes))], "persons": 500.0},
            "density_level": pd.array([6] * len(shapes), dtype="Int64"),
        },
        geometry=shapes,
        crs=4326,
    )
    return dataclasses.replace(tables, around=around)


@pytest.fixture(scope="module")
def layers(tmp_path_factory) -> Layers:
    """The fictitious département with people around, built."""
    workspace = Workspace(tmp_path_factory.mktemp("built"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("coverage.study.build.demo_territory", with_neighbours)
        build(workspace, "00")
    return load_layers(workspace, "00")


@pytest.fixture(scope="module")
def in_line(layers: Layers) -> Layers:
    """A part of the same, as if no road were known: quick to change."""
    some = layers.communes["code_insee"].isin(layers.communes["code_insee"][:8])
    demand = layers.demand[layers.demand["code_insee"].isin(layers.communes["code_insee"][some])]
    demand = demand.iloc[::9].reset_index(drop=True)
    communes = layers.communes[some].reset_index(drop=True)
    sites = layers.sites[layers.sites["code_insee"].isin(communes["code_insee"])]
    sites = sites.reset_index(drop=True)
    travel = Travel("00", communes, demand, None)
    ways = {table: travel.times(sites, mode).costs for mode, table in COSTS_OF.items()}
    ways |= {"distances": travel.distances(sites), "links": travel.links(sites, sites)}
    ways["costs_outside"] = travel.outside_costs(layers.outside, sites)
    return dataclasses.replace(
        layers, communes=communes, demand=demand, sites=sites, estimate=True, **ways
    )


def rows(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table of ways as plain texts and numbers."""
    ids = frame.columns[frame.columns.str.endswith("_id")]
    return frame.astype(dict.fromkeys(ids, str)).reset_index(drop=True)


def assert_same_ways(one: Layers, other: Layers) -> None:
    for table in TRAVELLED:
        pd.testing.assert_frame_equal(rows(getattr(one, table)), rows(getattr(other, table)))


def legal(layers: Layers) -> LegalTest:
    reach = layers.reach()
    ds = reach.nearest_ds(reach.sites_with(CONTACT_KINDS))
    far = [further(layers.demand, layers.distances, by=by) for by in ("road_m", "crow_m")]
    return legal_test(layers.demand, layers.communes, ds, *far)


def assert_contracts(layers: Layers) -> None:
    for table in LAYERS:
        check(table, getattr(layers, table))


def contacts(layers: Layers) -> pd.DataFrame:
    has_role = [not set(CONTACT_KINDS).isdisjoint(roles) for roles in layers.sites["roles"]]
    return layers.sites[has_role]


def lonlat(layers: Layers, site_id: str) -> tuple[float, float]:
    point = layers.sites.set_index("site_id").geometry[site_id]
    return point.x, point.y


def test_without_any_change_nothing_changes(layers):
    assert changed(layers, (), ()) is layers


def test_who_lives_around_and_reaches_a_place_is_kept(layers):
    assert layers.outside["code_insee"].tolist() == ["99000", "99001", "99002", "99003"]
    # Each on a street of its village, 35 minutes away at most from the places it is counted at.
    villages = layers.communes.geometry.iloc[:40:10]
    assert villages.reset_index(drop=True).covers(layers.outside.geometry).all()
    assert set(layers.costs_outside["demand_id"]) == set(layers.outside["code_insee"])
    assert layers.costs_outside["cost_ds"].max() <= 21_000
    rivals = layers.rivals()
    rate = layers.demand["need"].sum() / layers.demand["persons"].sum()
    assert rivals.demand["need"].tolist() == pytest.approx([500 * rate] * 4)


def test_people_around_take_the_time_of_those_who_live_there(layers):
    """The point of a village is one of its junctions, where some of the territory's people are."""
    costs, others = rows(layers.costs), rows(layers.costs_outside)
    there = layers.demand.geometry.get_coordinates().round(9)
    for code, point in zip(layers.outside["code_insee"], layers.outside.geometry, strict=True):
        same = (there["x"] == round(point.x, 9)) & (there["y"] == round(point.y, 9))
        home = layers.demand.loc[same.to_numpy(), "demand_id"].iloc[0]
        one, other = (
            table[(table["demand_id"] == who) & (table["cost_ds"] <= 21_000)]
            .drop(columns="demand_id")
            .reset_index(drop=True)
            for table, who in ((costs, home), (others, code))
        )
        pd.testing.assert_frame_equal(one, other)


def test_closing_is_a_build_without_the_place(layers, tmp_path, monkeypatch):
    closed = tuple(layers.sites["site_id"].iloc[[0, 7, -1]])

    def fewer(*args, **options):
        tables = with_neighbours(*args, **options)
        kept = ~tables.sites["site_id"].isin(closed)
        return dataclasses.replace(tables, sites=tables.sites[kept].reset_index(drop=True))

    monkeypatch.setattr("coverage.study.build.demo_territory", fewer)
    build(Workspace(tmp_path), "00")
    without = load_layers(Workspace(tmp_path), "00")
    as_if = changed(layers, closed, ())
    assert len(as_if.sites) == len(layers.sites) - 3
    assert_contracts(as_if)
    assert_same_ways(as_if, without)
    pd.testing.assert_frame_equal(
        pd.DataFrame(as_if.sites.drop(columns="geometry")),
        pd.DataFrame(without.sites.drop(columns="geometry")),
    )


@pytest.mark.slow
def test_opening_is_a_build_with_the_place(layers, tmp_path, monkeypatch):
    """On the same roads, to the decisecond and the decimetre."""
    at = layers.demand.geometry.iloc[[100, -100]]
    opened = tuple((point.x + 0.001, point.y) for point in at)
    as_if = changed(layers, (), opened)
    new = as_if.sites.iloc[len(layers.sites) :]

    def more(*args, **options):
        tables = with_neighbours(*args, **options)
        sites = pd.concat([tables.sites, new], ignore_index=True)
        return dataclasses.replace(tables, sites=sites)

    monkeypatch.setattr("coverage.study.build.demo_territory", more)
    build(Workspace(tmp_path), "00")
    built = load_layers(Workspace(tmp_path), "00")
    for table in TRAVELLED:
        one, other = (
            rows(getattr(made, table)).pipe(
                lambda told: told.sort_values([*told], ignore_index=True)
            )
            for made in (as_if, built)
        )
        pd.testing.assert_frame_equal(one, other)


def test_what_an_opened_point_is(layers):
    at = layers.demand.geometry.iloc[500]
    as_if = changed(layers, (), ((at.x, at.y),))
    assert_contracts(as_if)
    site = as_if.sites.iloc[-1]
    assert len(as_if.sites) == len(layers.sites) + 1
    assert (site["site_id"], site["nom"]) == ("ouvert:1", "Point de contact proposé 1")
    assert (site["kind"], site["roles"], site["in_territory"]) == (
        OPENED_KIND, [OPENED_KIND], True,
    )  # fmt: skip
    assert site["code_insee"] == layers.demand["code_insee"].iloc[500]
    new = [rows(getattr(as_if, table)).query("site_id == 'ouvert:1'") for table in TRAVELLED[:4]]
    assert all(len(found) for found in new)
    links = rows(as_if.links)
    assert (links["from_id"] == "ouvert:1").any()
    assert not (links["to_id"] == "ouvert:1").any()
    assert as_if.inputs == layers.inputs


def test_opening_where_there_is_a_point_changes_nobody(layers):
    there = contacts(layers)["site_id"].iloc[3]
    as_if = changed(layers, (), (lonlat(layers, there),))
    one, other = layers.reach(), as_if.reach()
    np.testing.assert_array_equal(
        one.nearest_ds(one.sites_with(CONTACT_KINDS)),
        other.nearest_ds(other.sites_with(CONTACT_KINDS)),
    )
    assert legal(layers).row("today") == legal(as_if).row("today")
    for table in TRAVELLED[:4]:
        told = rows(getattr(as_if, table))
        new, old = (
            told[told["site_id"] == site_id].drop(columns="site_id").reset_index(drop=True)
            for site_id in ("ouvert:1", there)
        )
        pd.testing.assert_frame_equal(new, old)


def test_moving_a_point_to_where_it_is_changes_nobody(layers):
    there = contacts(layers)["site_id"].iloc[0]
    moved = changed(layers, (there,), (lonlat(layers, there),))
    assert legal(moved).row("today") == legal(layers).row("today")


@settings(max_examples=25)
@given(st.data())
def test_opening_never_leaves_more_people_far_and_closing_never_fewer(in_line, data):
    west, south, east, north = in_line.communes.total_bounds
    lon = data.draw(st.floats(west, east))
    lat = data.draw(st.floats(south, north))
    closed = tuple(
        data.draw(st.sets(st.sampled_from(sorted(in_line.sites["site_id"])), max_size=4))
    )
    as_if = changed(in_line, closed, ())
    assert_contracts(as_if)
    if in_line.communes.geometry.covers(Point(lon, lat)).any():
        more = changed(as_if, (), ((lon, lat),))
        assert legal(more).far_road <= legal(as_if).far_road
        assert legal(more).far_crow <= legal(as_if).far_crow
        assert_contracts(more)
    assert legal(as_if).far_road >= legal(in_line).far_road
    assert legal(as_if).far_crow >= legal(in_line).far_crow
    assert legal(as_if).persons == legal(in_line).persons


def test_an_id_that_is_not_there_is_named_with_near_ones(layers):
    first = layers.sites["site_id"].iloc[0]
    with pytest.raises(UserError, match=first) as error:
        changed(layers, (first + "9",), ())
    assert f"{first}9" in str(error.value)
    name = layers.sites["nom"].iloc[0]
    with pytest.raises(UserError, match=first):
        changed(layers, (name.upper(),), ())
    with pytest.raises(UserError, match="identifiants"):
        changed(layers, ("zzzzzzzz",), ())


def test_an_entry_that_was_joined_leads_to_the_site_that_stands_for_it(layers):
    kept = layers.sites.iloc[5]
    match = {
        **{"kept_id": kept["site_id"], "kept_nom": kept["nom"], "other_id": "etape:1"},
        **{"other_nom": "Étape", "code_insee": kept["code_insee"], "distance_m": 3.0},
        **{"name_share": 1.0, "address_share": None, "confidence": 1.0, "decision": "joined"},
    }
    with_match = dataclasses.replace(layers, matches=pd.DataFrame([match]))
    with pytest.raises(UserError, match=kept["site_id"]):
        changed(with_match, ("etape:1",), ())


def test_a_point_elsewhere_is_refused(layers):
    inside = layers.communes.geometry.iloc[0].representative_point()
    with pytest.raises(UserError, match="hors de"):
        changed(layers, (), ((2.35, 48.85) if inside.x > 4 else (9.0, 42.0),))
    with pytest.raises(UserError, match="inversées"):
        changed(layers, (), ((inside.y, inside.x),))


def test_a_point_on_the_quay_is_in_its_commune(layers):
    lon, lat = min(map(tuple, layers.communes.get_coordinates().to_numpy()))  # the westernmost
    as_if = changed(dataclasses.replace(layers, estimate=True), (), ((lon - 0.009, lat),))
    assert as_if.sites["in_territory"].iloc[-1]
    assert as_if.sites["code_insee"].iloc[-1] in set(layers.communes["code_insee"])
    with pytest.raises(UserError, match="hors de"):
        changed(layers, (), ((lon - 0.011, lat),))


def test_across_the_border_the_point_is_supply_only(layers):
    """A neighbour drawn where the last communes were; its place tells the commune."""
    lost = layers.communes.iloc[-3:]
    ground = gpd.GeoDataFrame(
        {
            **{"zone_id": ["departement:99"], "kind": ["departement_voisin"]},
            **{"nom": ["Voisin"], "vintage": [""]},
        },
        geometry=[lost.geometry.union_all()],
        crs=4326,
    )
    smaller = dataclasses.replace(
        layers,
        communes=layers.communes.iloc[:-3],
        zones=pd.concat([layers.zones, ground], ignore_index=True),
        estimate=True,
    )
    at = lost.geometry.iloc[0].representative_point()
    site = changed(smaller, (), ((at.x, at.y),)).sites.iloc[-1]
    assert not site["in_territory"]
    assert site["code_insee"] in set(layers.sites["code_insee"])


def test_the_roads_must_be_those_of_the_build(layers, tmp_path):
    at = layers.demand.geometry.iloc[0]
    gone = dataclasses.replace(layers, roads=tmp_path / "roads.graphml.gz")
    with pytest.raises(UserError, match="n'est plus là"):
        changed(gone, (), ((at.x, at.y),))
    shutil.copy(layers.roads, gone.roads)
    changed(gone, (), ((at.x, at.y),))
    with Path(gone.roads).open("ab") as file:
        file.write(b"\0")
    with pytest.raises(UserError, match="a changé"):
        changed(gone, (), ((at.x, at.y),))
    # Closing needs no road.
    closed = changed(gone, (layers.sites["site_id"].iloc[0],), ())
    assert len(closed.sites) == len(layers.sites) - 1
