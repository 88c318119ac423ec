"""What every layer must be: of one kind, valid, in degrees, in France."""

from __future__ import annotations

import math

import pytest
import shapely

from coverage.sources.given.layers import read_layer
from tests.sources.given.layers.making import BOW, SQUARE, collection, point, polygon, saved


def moved(ring, x, y):
    return [[a + x, b + y] for a, b in ring]


@pytest.mark.parametrize(
    ("shape", "code"),
    [
        (point(0, 0), "NULL_ISLAND"),
        (point(46.81, 1.69), "LATLON_SWAPPED"),
        (point(600219.5, 6635288.5), "WRONG_CRS"),
        (point(13.4, 52.5), "OUT_OF_FRANCE"),
        (polygon([[*xy] for xy in map(reversed, SQUARE)]), "LATLON_SWAPPED"),
        (polygon([*SQUARE[:2], [0, 0], SQUARE[0]]), "NULL_ISLAND"),
        (polygon([*SQUARE[:2], [20.0, 46.9], SQUARE[0]]), "OUT_OF_FRANCE"),
        (polygon([[179, -15], [-177, -15], [-177, -12], [179, -15]]), "ANTIMERIDIAN"),
        (polygon([[179, -15], [183, -15], [183, -12], [179, -15]]), "ANTIMERIDIAN"),
        (polygon([[-183, -15], [-177, -15], [-177, -12], [-183, -15]]), "ANTIMERIDIAN"),
        (polygon([SQUARE[0], SQUARE[1], SQUARE[0], SQUARE[0]]), "EMPTY_GEOMETRY"),
        (polygon([SQUARE[0], SQUARE[1], SQUARE[0]]), "EMPTY_GEOMETRY"),
        (polygon(SQUARE[:2]), "EMPTY_GEOMETRY"),
        (polygon([[2, 47], [2.1, 47.1], [2.2, 47.2], [2, 47]]), "EMPTY_GEOMETRY"),
        (polygon([]), "EMPTY_GEOMETRY"),
    ],
)
def test_a_shape_that_is_nowhere_or_elsewhere_is_told(answer, shape, code):
    good = point(1.69, 46.81) if shape["type"] == "Point" else polygon(SQUARE)
    given = answer(collection(good, shape))
    assert given.answer == code
    assert "objet n°\u00a02" in given.message


@pytest.mark.parametrize(
    "shape",
    [
        polygon(moved(SQUARE, 54, -68)),  # La Réunion
        polygon([[164, -22], [167, -22], [167, -20], [164, -22]]),  # Nouvelle-Calédonie
        polygon([[-178, -14.3], [-176, -14.3], [-176, -13.1], [-178, -14.3]]),  # Wallis-et-Futuna
        polygon(SQUARE[::-1]),
        polygon(SQUARE, [[1.62, 46.82], [1.64, 46.82], [1.64, 46.84], [1.62, 46.82]]),
        polygon([[*xy, 120.0] for xy in SQUARE]),
        polygon(moved(SQUARE, 8.0, 0)),  # over the border, not far
    ],
)
def test_shapes_all_over_france_are_taken_as_they_are(answer, shape):
    assert answer(shape).answer == "OK"


def test_kinds_are_not_mixed(answer):
    given = answer(collection(polygon(SQUARE), point(1.69, 46.81), polygon(SQUARE)))
    assert given.answer == "MIXED_GEOMETRY"
    assert "objet n°\u00a02" in given.message


@pytest.mark.parametrize(
    ("rings", "area"),
    [
        ([BOW], 0.005),
        ([SQUARE, moved(SQUARE, 0.5, 0)], 0.02),  # a hole outside: a piece
        ([[*SQUARE[:2], [1.8, 46.8], *SQUARE[1:]]], 0.01),  # a spike
        ([SQUARE, [[1.65, 46.82], [1.75, 46.82], [1.75, 46.88], [1.65, 46.82]]], None),
    ],
)
def test_contours_that_cross_are_mended_to_polygons(tmp_path, rings, area):
    layer = read_layer(saved(tmp_path, collection(polygon(SQUARE), polygon(*rings))))
    made = layer.table.geometry.iloc[1]
    assert made.is_valid
    assert made.geom_type in ("Polygon", "MultiPolygon")
    assert [repair.lines for repair in layer.repairs] == [((2, 2),)]
    if area is not None:
        assert made.area == pytest.approx(area)
    assert layer.table.geometry.iloc[0].equals(shapely.Polygon(SQUARE))


def star(corners: int) -> dict:
    step = 2 * math.pi * (corners // 2) / corners
    ring = [[2 + math.cos(n * step) / 10, 46 + math.sin(n * step) / 10] for n in range(corners)]
    return polygon([*ring, ring[0]])


@pytest.mark.parametrize(
    ("corners", "code"), [(51, "FIX"), (801, "TOO_COMPLEX"), (20_001, "TOO_COMPLEX")]
)
def test_sides_that_cross_without_end_are_not_mended(answer, corners, code):
    assert answer(star(corners)).answer == code


def test_many_small_crossings_are_all_mended(answer):
    given = answer(collection(*(polygon(moved(BOW, n / 1000, 0)) for n in range(1_000))))
    assert [repair.lines for repair in given.repairs] == [((1, 1_000),)]


def test_a_shape_cut_at_the_antimeridian_is_not_refused_for_it(answer):
    shape = {
        "type": "MultiPolygon",
        "coordinates": [
            [[[170, -20], [172, -20], [172, -18], [170, -20]]],
            [[[-178, -14], [-176, -14], [-176, -13.5], [-178, -14]]],
        ],
    }
    assert answer(shape).answer == "OK"
