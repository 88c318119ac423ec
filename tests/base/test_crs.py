import pytest
from pyproj import CRS, Transformer

from coverage.base.crs import DEPARTEMENTS, departement_of, metric_epsg, territory_code, utm_epsg
from coverage.base.errors import UnknownTerritoryError


def test_there_are_101_departements():
    assert len(DEPARTEMENTS) == len(set(DEPARTEMENTS)) == 101


@pytest.mark.parametrize(
    ("text", "code"), [("2a", "2A"), ("1", "01"), ("demo", "00"), ("974", "974"), (" 36 ", "36")]
)
def test_territory_as_people_write_it(text, code):
    assert territory_code(text) == code


@pytest.mark.parametrize("text", ["20", "99", "", "../2A", "975", "Corse"])
def test_unknown_territory_says_what_to_give(text):
    with pytest.raises(UnknownTerritoryError, match="code de département"):
        territory_code(text)


def test_departement_of_a_commune():
    assert [departement_of(c) for c in ("2A004", "01004", "97411")] == ["2A", "01", "974"]


def test_metres_for_every_territory():
    assert {metric_epsg(c) for c in ("2A", "00", "36")} == {2154}
    assert [metric_epsg(c) for c in ("971", "972", "973", "974", "976")] == [
        5490, 5490, 2972, 2975, 4471,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lon", "lat", "epsg"),
    [
        (-4.5, 54.2, 32630),
        (1.5, 42.5, 32631),
        (9.0, 42.0, 32632),
        (45.2, -12.8, 32738),
        (-180.0, 10.0, 32601),
        (179.999, -17.0, 32760),
        (180.0, -17.0, 32701),
        (181.0, 0.0, 32601),
    ],
)
def test_utm_zones(lon: float, lat: float, epsg: int):
    assert utm_epsg(lon, lat) == epsg


def test_a_utm_zone_measures_its_middle_in_metres():
    for lon in range(-177, 180, 6):
        crs = CRS(utm_epsg(lon, 10.0))
        assert crs.axis_info[0].unit_name == "metre"
        x, _ = Transformer.from_crs(4326, crs, always_xy=True).transform(lon, 10.0)
        assert x == pytest.approx(500_000, abs=0.01)
