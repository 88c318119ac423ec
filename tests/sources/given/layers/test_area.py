"""An area that the user draws: a layer of one polygon, or one sentence that says what to give."""

from __future__ import annotations

import pytest

from coverage.base.errors import RefusedFileError, SourceError
from coverage.sources.given.layers.area import read_area
from tests.sources.given.layers.making import BOW, SQUARE, collection, point, polygon, saved


@pytest.mark.parametrize("document", [polygon(SQUARE), collection(polygon(SQUARE))])
def test_one_polygon_is_read(tmp_path, document):
    area, repairs = read_area(saved(tmp_path, document))
    assert area.area == pytest.approx(0.01)
    assert repairs == ()


def test_one_polygon_may_have_several_pieces(tmp_path):
    east = [[x + 0.2, y] for x, y in SQUARE]
    area, _ = read_area(
        saved(tmp_path, {"type": "MultiPolygon", "coordinates": [[SQUARE], [east]]})
    )
    assert area.area == pytest.approx(0.02)


def test_a_contour_that_crosses_itself_is_mended_and_told(tmp_path):
    area, repairs = read_area(saved(tmp_path, polygon(BOW)))
    assert area.is_valid
    assert [repair.issue for repair in repairs] == ["contour croisé"]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (collection(polygon(SQUARE), polygon(SQUARE)), "AMBIGUOUS_LAYER"),
        (point(1.69, 46.81), "MIXED_GEOMETRY"),
        (collection(), "NO_ROWS"),
        ("<html>", "NOT_GEOJSON"),
        (b"\x89PNG\xff\x00", "BINARY_IN_TEXT"),
    ],
)
def test_anything_else_has_its_code(tmp_path, document, code):
    with pytest.raises(RefusedFileError, match=r"c\.geojson") as refusal:
        read_area(saved(tmp_path, document))
    assert refusal.value.code == code


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(SourceError, match="n’existe pas"):
        read_area(tmp_path / "absent.geojson")
