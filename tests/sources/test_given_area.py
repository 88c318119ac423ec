"""An area that the user draws: one polygon, or one sentence that says what to give."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from coverage.base.errors import UserError
from coverage.sources.given_area import read_area

RING = [[8.0, 41.0], [9.0, 41.0], [9.0, 42.0], [8.0, 42.0], [8.0, 41.0]]
SQUARE = {"type": "Polygon", "coordinates": [RING]}
BOW = [[8.0, 41.0], [9.0, 42.0], [9.0, 41.0], [8.0, 42.0], [8.0, 41.0]]
METRES = [[[900_000 + 1000 * x, 6_000_000 + 1000 * y] for x, y in RING]]


def feature(geometry: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": None, "geometry": geometry}


def collection(*geometries: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": [feature(one) for one in geometries]}


def saved(tmp_path: Path, document: Any) -> Path:
    path = tmp_path / "contour.geojson"
    path.write_text(document if isinstance(document, str) else json.dumps(document), "utf-8-sig")
    return path


@pytest.mark.parametrize(
    ("document", "degrees2"),
    [
        (SQUARE, 1.0),
        (feature(SQUARE), 1.0),
        (collection(SQUARE), 1.0),
        ({**SQUARE, "crs": {"properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}}, 1.0),
        (
            {
                "type": "MultiPolygon",
                "coordinates": [[RING], [[[x + 2, y] for x, y in RING]]],
            },
            2.0,
        ),
    ],
)
def test_one_polygon_is_read(document: Any, degrees2: float, tmp_path: Path) -> None:
    assert read_area(saved(tmp_path, document)).area == degrees2


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("", "ce n’est pas un polygone"),
        ("<html>", "ce n’est pas un polygone"),
        ("[1, 2]", "ce n’est pas un polygone"),
        ({"type": "Point", "coordinates": [8.0, 41.0]}, "ce n’est pas un polygone"),
        ({"type": "Polygon", "coordinates": []}, "ce n’est pas un polygone"),
        ({"type": "Polygon", "coordinates": [[[8, 41], [9]]]}, "ce n’est pas un polygone"),
        ({"type": "Polygon", "coordinates": "8,41"}, "ce n’est pas un polygone"),
        (feature(None), "ce n’est pas un polygone"),
        (collection(), "ce n’est pas un polygone"),
        (collection(SQUARE, SQUARE), "ce n’est pas un polygone"),
        ({"type": "Polygon", "coordinates": METRES}, "ses coordonnées ne sont pas en degrés"),
        (
            {**SQUARE, "crs": {"properties": {"name": "EPSG:2154"}}},
            "ses coordonnées ne sont pas en degrés",
        ),
        ({"type": "Polygon", "coordinates": [BOW]}, "son contour se croise lui-même"),
    ],
)
def test_anything_else_is_told_in_one_sentence(document: Any, reason: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=f"contour.geojson.*{reason}. Donnez un fichier GeoJSON"):
        read_area(saved(tmp_path, document))


def test_a_file_that_is_no_text_is_told_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "contour.geojson"
    path.write_bytes(b"\x89PNG\xff\x00")
    with pytest.raises(UserError, match="ce n’est pas un polygone"):
        read_area(path)
