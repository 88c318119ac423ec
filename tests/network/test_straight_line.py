from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coverage.base.errors import UserError
from coverage.model.tables import check
from coverage.network import straight_line_catchments, straight_line_times
from coverage.network.speeds import speed_table

from .conftest import METRIC_EPSG


def test_distance_times_the_detour_at_the_speed_of_the_level(toy_points):
    demand = toy_points([(0, 0), (0, 0), (0, 0)])
    sites = toy_points([(10_000, 0)])
    levels = pd.Series([1, 7, None], index=["d0", "d1", "d2"], dtype="Int64")
    result = straight_line_times(sites, demand, levels, 3600, metric_epsg=METRIC_EPSG)
    check("costs", result.costs)
    table = speed_table()
    expected = [
        36.0 * 10_000 * table.detour / table.straight_line_kmh[key] for key in ("1", "7", "unknown")
    ]
    assert result.costs["cost_ds"].to_numpy() == pytest.approx(expected, abs=1)
    assert result.estimate
    assert result.unreached_demand.empty


def test_at_the_limit_and_beyond(toy_points):
    kmh = speed_table().straight_line_kmh["7"]
    minutes_20_m = kmh / 3.6 * 1200 / speed_table().detour
    demand = toy_points([(minutes_20_m, 0), (minutes_20_m + 5, 0)])
    levels = pd.Series(7, index=demand["demand_id"])
    result = straight_line_times(
        toy_points([(0, 0)]), demand, levels, 1200, metric_epsg=METRIC_EPSG
    )
    assert result.costs["demand_id"].tolist() == ["d0"]
    assert result.costs["cost_ds"].tolist() == [12_000]
    assert result.unreached_demand["reason"].tolist() == ["no_site"]


def test_many_sites_and_none(toy_points):
    rng = np.random.default_rng(0)
    sites, demand = toy_points(rng.uniform(0, 1e4, (450, 2))), toy_points([(0, 0), (5000, 5000)])
    levels = pd.Series(dtype="Int64")
    result = straight_line_times(sites, demand, levels, 3600, metric_epsg=METRIC_EPSG)
    assert len(result.costs) == 900
    assert result.costs["site_id"].cat.codes.is_monotonic_increasing
    none = straight_line_times(toy_points([]), demand, levels, 3600, metric_epsg=METRIC_EPSG)
    assert none.costs.empty
    assert none.unreached_persons == 20.0


def test_catchments_agree_with_the_times(toy_points):
    sites = toy_points([(0, 0), (30_000, 0)])
    levels = pd.Series([2, 7], index=["s0", "s1"])
    areas = straight_line_catchments(sites, [20, 10, 20], levels, metric_epsg=METRIC_EPSG)
    assert areas["minutes"].tolist() == [10, 20]
    assert areas.crs == "EPSG:4326"
    assert areas.geometry.iloc[1].covers(areas.geometry.iloc[0])
    table = speed_table()
    radius_m = table.straight_line_kmh["2"] / 3.6 * 600 / table.detour
    edge = toy_points([(-0.99 * radius_m, 0), (-1.01 * radius_m, 0)])
    assert edge.within(areas.geometry.iloc[0]).tolist() == [True, False]
    assert straight_line_catchments(toy_points([]), [10], levels, metric_epsg=METRIC_EPSG).empty


def test_on_foot_and_by_bike_the_level_does_not_count(toy_points):
    demand, sites = toy_points([(0, 0), (0, 0), (0, 0)]), toy_points([(3000, 0)])
    levels = pd.Series([1, 7, None], index=["d0", "d1", "d2"], dtype="Int64")
    for mode, kmh in (("walk", 4.5), ("bike", 16.0)):
        result = straight_line_times(
            sites, demand, levels, 3600, metric_epsg=METRIC_EPSG, mode=mode
        )
        assert result.costs["cost_ds"].tolist() == [round(36 * 3000 * 1.3 / kmh)] * 3
    far = toy_points([(3500, 0)])
    on_foot = straight_line_times(far, demand, levels, 3600, metric_epsg=METRIC_EPSG, mode="walk")
    assert on_foot.costs.empty
    with pytest.raises(UserError, match="inconnu"):
        straight_line_times(far, demand, levels, 3600, metric_epsg=METRIC_EPSG, mode="swim")
