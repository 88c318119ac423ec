import pytest

from coverage.base.crs import DEPARTEMENTS, departement_of, metric_epsg, territory_code
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
