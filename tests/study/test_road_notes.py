"""What is said of a network that ends at the border of the territory."""

from __future__ import annotations

import geopandas as gpd
import pytest
from shapely import Point, box

from coverage.model.notes import Notes
from coverage.study.road_notes import note_border

EPSG = 2154
#: The corner of a territory of 10 km by 10 km, in metres.
X, Y = 600_000.0, 6_600_000.0


def told(people: list[tuple[float, float]], nodes: list[float]) -> list[tuple[str, ...]]:
    """Notes of neighbours (km east of the corner, persons) and nodes (km east of the corner)."""
    outside = gpd.GeoDataFrame(
        {"persons": [persons for _, persons in people]},
        geometry=[Point(X + 1000 * km, Y + 5000) for km, _ in people],
        crs=EPSG,
    ).to_crs(4326)
    outline = gpd.GeoDataFrame(geometry=[box(X, Y, X + 10_000, Y + 10_000)], crs=EPSG).to_crs(4326)
    roads = gpd.GeoDataFrame(
        geometry=[Point(X + 1000 * km, Y + 5000) for km in nodes], crs=EPSG
    ).to_crs(4326)
    notes = Notes()
    note_border(notes, outside, outline, roads, "2025", metric_epsg=EPSG)
    return notes.rows


def test_a_network_cut_at_the_border_is_said_with_the_people_it_leaves_out() -> None:
    (row,) = told([(12.0, 700.0), (15.0, 1_500.0), (31.0, 90_000.0)], nodes=[5.0, 12.9])
    assert row[:5] == (
        "temps de trajet", "2025", "réseau", "réseau coupé à la limite", "reported",
    )  # fmt: skip
    assert row[5].startswith(
        "Le réseau s’arrête à la limite du territoire\u00a0: 1\u202f500 des 2\u202f200 habitants "
        "qui vivent à moins de 20\u00a0km autour"
    )
    assert row[5].endswith("l’accès près de la limite est optimiste.")


@pytest.mark.parametrize(("without", "said"), [(250.0, 0), (250.5, 1)])
def test_a_fifth_may_live_off_the_roads(without: float, said: int) -> None:
    assert len(told([(12.0, 1_000.0), (20.0, without)], nodes=[12.0])) == said


@pytest.mark.parametrize(("km", "said"), [(14.01, 0), (13.98, 1)])
def test_a_road_within_a_kilometre_is_one(km: float, said: int) -> None:
    assert len(told([(15.0, 100.0)], nodes=[km])) == said


def test_nobody_around_is_no_matter() -> None:
    assert told([], nodes=[5.0]) == []
    assert told([(60.0, 100.0)], nodes=[5.0]) == []
