from __future__ import annotations

import numpy as np
import pytest
from pyproj import Transformer

from coverage.base.projection import to_degrees, to_metres


@pytest.mark.parametrize(("epsg", "lon", "lat"), [(2154, 9.15, 42.3), (2975, 55.5, -21.1)])
def test_there_and_back_as_pyproj_does(epsg, lon, lat):
    xy = to_metres([lon, lon + 0.1], [lat, lat], epsg)
    expected = Transformer.from_crs(4326, epsg, always_xy=True).transform(lon, lat)
    assert xy.shape == (2, 2)
    assert xy[0].tolist() == list(expected)
    np.testing.assert_allclose(to_degrees(xy, epsg), [(lon, lat), (lon + 0.1, lat)], atol=1e-9)


def test_no_points_are_no_rows():
    assert to_metres([], [], 2154).shape == (0, 2)
    assert to_degrees(np.empty((0, 2)), 2154).shape == (0, 2)
