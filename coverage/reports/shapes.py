"""Outlines as GeoJSON for a screen: lighter than the data, none lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coverage.base.crs import metric_epsg

if TYPE_CHECKING:
    import geopandas as gpd

#: Outlines are simplified by this much for the screen (the figures are not computed from them).
_TOLERANCE_M = 60.0
DEGREE_DIGITS = 5


def simplified(table: gpd.GeoDataFrame, territory: str) -> gpd.GeoDataFrame:
    """Return outlines light enough for a screen; neighbours stay joined, none disappears."""
    metric = table.geometry.to_crs(metric_epsg(territory))
    lighter = metric.simplify_coverage(_TOLERANCE_M) if len(table) > 1 else metric
    lost = lighter.is_empty | ~lighter.is_valid
    return table.set_geometry(lighter.where(~lost, metric).to_crs(table.crs))


def geojson(table: gpd.GeoDataFrame, properties: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a GeoJSON object of a table's outlines with the given, already safe properties."""
    shapes = table.geometry.set_precision(10**-DEGREE_DIGITS, mode="pointwise")
    features = [
        {"type": "Feature", "properties": row, "geometry": _rounded(shape.__geo_interface__)}
        for shape, row in zip(shapes, properties, strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DEGREE_DIGITS)
    if isinstance(value, (list, tuple)):
        return [_rounded(part) for part in value]
    return {k: _rounded(v) for k, v in value.items()} if isinstance(value, dict) else value
