"""GeoJSON, as QGIS, pandas and hands write it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

#: Three places: Châteauroux, Ajaccio, Saint-Denis.
PLACES = [(1.6914, 46.8103), (8.7376, 41.9257), (55.4504, -20.8789)]
#: The same in metres of Lambert-93, Lyon in the place of Saint-Denis.
LAMBERT_PLACES = [(600219.5, 6635288.5), (1176532.1, 6108988.9), (842666.7, 6519924.4)]
#: A square around Châteauroux, and one around Bourges.
SQUARE = [[1.65, 46.78], [1.75, 46.78], [1.75, 46.84], [1.65, 46.84], [1.65, 46.78]]
OTHER = [[2.35, 47.05], [2.45, 47.05], [2.45, 47.12], [2.35, 47.12], [2.35, 47.05]]


def point(at: Any) -> dict[str, Any]:
    """Return a point."""
    return {"type": "Point", "coordinates": list(at)}


def polygon(*rings: Any) -> dict[str, Any]:
    """Return a polygon."""
    return {"type": "Polygon", "coordinates": [list(ring) for ring in rings]}


def feature(geometry: Any, number: int = 1, **more: Any) -> dict[str, Any]:
    """Return a feature with a name."""
    properties = {"nom": f"Secteur n° {number}"}
    return {"type": "Feature", "properties": properties, "geometry": geometry, **more}


def features(geometries: Iterable[Any], **more: Any) -> dict[str, Any]:
    """Return a collection of features."""
    listed = [feature(geometry, number) for number, geometry in enumerate(geometries, start=1)]
    return {"type": "FeatureCollection", **more, "features": listed}


def crs(name: str) -> dict[str, Any]:
    """Return the member that GeoJSON had for a CRS before 2016, and that QGIS still writes."""
    return {"type": "name", "properties": {"name": name}}


POINTS = features([point(at) for at in PLACES])
POLYGONS = features([polygon(SQUARE), polygon(OTHER)])


def saved(document: Any, **how: Any) -> Callable[[Path], object]:
    """Return a maker of a JSON file."""
    return lambda path: path.write_text(json.dumps(document, ensure_ascii=False, **how), "utf-8")


def polygons(*last: Any, **more: Any) -> Callable[[Path], object]:
    """Return a maker of two polygons: a square, and the rings given."""
    return saved(features([polygon(SQUARE), polygon(*last)], **more))


def instead(old: str, new: str, document: Any = POINTS) -> Callable[[Path], object]:
    """Return a maker of a JSON file in which one text is replaced."""
    written = json.dumps(document, ensure_ascii=False)
    assert old in written
    return lambda path: path.write_text(written.replace(old, new, 1), "utf-8")


def many_vertices(path: Path, count: int = 600_000) -> None:
    """Write one polygon of very many vertices: a border at full detail."""
    half = count // 2
    south = [f"[2.{n:06},46.9]" for n in range(half)]
    north = [f"[2.{n:06},47.1]" for n in reversed(range(half))]
    ring = ",".join([*south, *north, south[0]])
    path.write_text(json.dumps(features([polygon("*")])).replace('["*"]', f"[{ring}]"))
