"""The density of detections: by hand, counter by counter, and the bands drawn from it."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.geometry import Point

from coverage.base.projection import to_degrees
from coverage.need.surface import (
    BANDWIDTH_M,
    Surface,
    counter_rates,
    density_bands,
    density_surface,
)
from tests.need.towns.counters import apart, raw_counts, told_counts

EPSG = 2154
MIDDLE = np.array([[1_200_000.0, 6_100_000.0]])


def region(
    seed: int = 0, counters: int = 40, wide_m: float = 60_000
) -> tuple[np.ndarray, np.ndarray]:
    """Return counters strewn over a square, some of them side by side, and their rates."""
    generator = np.random.default_rng(seed)
    xy = MIDDLE + generator.uniform(0, wide_m, (counters, 2))
    xy[1] = xy[0]
    return xy, generator.gamma(2.0, 0.2, counters)


def summed(xy: np.ndarray, rates: np.ndarray, at: np.ndarray, h: float) -> np.ndarray:
    """Return the density at points, every counter taken with every point."""
    far = np.linalg.norm(at[:, None] - xy[None, :], axis=2) / h
    kernel = np.where(far < 1, 3 / (np.pi * h**2) * (1 - far**2) ** 2, 0.0)
    return 1e8 * kernel @ rates


def points_of(surface: Surface) -> np.ndarray:
    rows, columns = np.indices(surface.density.shape).reshape(2, -1)
    corner = surface.west, surface.south
    return np.column_stack((columns, rows)) * surface.cell_m + corner


def counters() -> gpd.GeoDataFrame:
    """Return the town's counters as places: bureaux, and in Dorval an agence beside it."""
    table = raw_counts().bureaux
    places = gpd.GeoDataFrame(
        {
            "code_insee": table["code_insee"],
            "roles": [["bureau_poste", "france_services"]] * len(table),
            "in_territory": True,
        },
        geometry=table.geometry,
    )
    agence = places[places["code_insee"] == "00004"].assign(roles=[["agence_postale"]])
    return pd.concat([places, agence], ignore_index=True)


def test_one_counter_by_hand():
    surface = density_surface(MIDDLE, np.array([0.4]))
    values = surface.density.ravel()
    at = {tuple(point): value for point, value in zip(points_of(surface), values, strict=True)}
    x, y = MIDDLE[0]
    assert at[x, y] == pytest.approx(0.381972, abs=5e-7)
    assert at[x + BANDWIDTH_M / 2, y] == pytest.approx(0.214859, abs=5e-7)
    assert at[x, y - BANDWIDTH_M] == 0
    assert surface.cell_m == BANDWIDTH_M / 20


@pytest.mark.parametrize("bandwidth_m", [4_000.0, BANDWIDTH_M])
def test_every_point_is_the_sum_over_all_counters(bandwidth_m):
    xy, rates = region(counters=12, wide_m=20_000)
    surface = density_surface(xy, rates, bandwidth_m=bandwidth_m)
    expected = summed(xy, rates, points_of(surface), bandwidth_m)
    assert surface.density.ravel() == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("bandwidth_m", [4_000.0, BANDWIDTH_M])
def test_over_the_whole_plane_the_surface_sums_up_to_the_rates(bandwidth_m):
    xy, rates = region(1)
    surface = density_surface(xy, rates, bandwidth_m=bandwidth_m)
    rim = [surface.density[k] for k in (0, -1)] + [surface.density[:, k] for k in (0, -1)]
    assert not np.concatenate(rim).any()
    whole = surface.density.sum() * surface.cell_m**2 / 1e8
    assert whole == pytest.approx(rates.sum(), rel=1e-4)


def test_relabelled_counters_change_not_a_bit():
    xy, rates = region(2)
    order = np.random.default_rng(0).permutation(len(rates))
    expected, found = density_surface(xy, rates), density_surface(xy[order], rates[order])
    assert np.array_equal(found.density, expected.density)


def test_a_sounded_commune_has_the_rate_of_its_block_shared_by_its_bureaux():
    sites = counters()
    two = sites[sites["code_insee"] == "00003"].assign(geometry=[Point(9.11, 42.01)])
    abroad = sites[sites["code_insee"] == "00001"].assign(in_territory=False)
    found = counter_rates(told_counts(), pd.concat([sites, two, abroad], ignore_index=True))
    # Dorval, Bazel, Albe, Combe twice: not Escal, which nobody sounded, and no agence.
    assert found["rate"].tolist() == pytest.approx([0.4, 0.05, 0.05, 0.2, 0.2])
    assert found.geometry.iloc[-1] == Point(9.11, 42.01)


def test_an_agence_stands_for_a_commune_without_a_bureau():
    sites = counters()
    bureau = (sites["code_insee"] == "00004") & sites["roles"].map(lambda r: "bureau_poste" in r)
    assert counter_rates(told_counts(), sites[~bureau])["rate"].sum() == pytest.approx(0.9)
    mairies = sites.assign(roles=[["mairie"]] * len(sites))
    assert counter_rates(told_counts(), mairies).empty


def test_each_band_holds_what_lies_between_its_limits():
    xy, rates = region(3)
    codes = [f"00{k:03d}" for k in range(len(rates))]
    protected = apart(dict(zip(codes, rates, strict=True)))
    places = gpd.points_from_xy(*to_degrees(xy, EPSG).T)
    sites = gpd.GeoDataFrame(
        {"code_insee": codes, "roles": [["bureau_poste"]] * len(codes), "in_territory": True},
        geometry=places,
        crs=4326,
    )
    bands = density_bands(protected, sites, metric_epsg=EPSG)
    assert bands.crs == "EPSG:4326"
    assert bands.is_valid.all()
    assert bands["low"].iloc[0] == 0
    assert bands["low"].iloc[1:].tolist() == bands["high"].iloc[:-1].tolist()
    at = MIDDLE + np.random.default_rng(4).uniform(-12_000, 72_000, (2000, 2))
    density = summed(xy, rates, at, BANDWIDTH_M)
    width = bands["high"].iloc[0]
    homes = shapely.points(to_degrees(at, EPSG))
    inside = np.array([shapely.contains(band, homes) for band in bands.geometry])
    # Nobody is in two bands: they never cross. Lines are simplified, hence the margins.
    assert inside.sum(axis=0).max() == 1
    assert inside.any(axis=0)[density > 0.05 * width].all()
    assert not inside.any(axis=0)[density == 0].any()
    for band, held in zip(bands.itertuples(), inside, strict=True):
        assert (density[held] >= band.low - 0.05 * width).all()
        assert (density[held] <= band.high + 0.05 * width).all()
    pairs = [(a, b) for k, a in enumerate(bands.geometry) for b in bands.geometry.iloc[k + 1 :]]
    assert max(a.intersection(b).area for a, b in pairs) < 1e-9
    assert 3 <= len(bands) <= 5


def test_limits_are_round_numbers():
    sites, told = counters(), told_counts()
    bands = density_bands(told, sites, metric_epsg=EPSG)
    assert bands["high"].tolist() == pytest.approx([0.2 * k for k in range(1, len(bands) + 1)])
    assert all(len(str(limit)) <= 3 for limit in bands["high"])
    wider = density_bands(told, sites, metric_epsg=EPSG, bandwidth_m=20_000)
    assert wider.total_bounds[0] < bands.total_bounds[0]


def test_without_a_rate_nothing_is_drawn():
    told, sites = told_counts(), counters()
    never = replace(told, communes=told.communes.assign(sounding="jamais_sondee", served=False))
    nobody = replace(told, blocks=told.blocks.assign(rate=0.0))
    nothing = replace(told, blocks=told.blocks.iloc[:0])
    for protected in (never, nobody, nothing):
        bands = density_bands(protected, sites, metric_epsg=EPSG)
        assert bands.empty
        assert list(bands.columns) == ["low", "high", "geometry"]
    assert density_bands(told, sites.iloc[:0], metric_epsg=EPSG).empty
