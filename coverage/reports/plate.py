"""A still map for paper: communes by priority, places and the plan, as one small SVG."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from coverage.reports.kinds import Kinds
from coverage.reports.palette import COMMUNE_BORDER, INK, PROPOSED, QPV, SEA, priority_ramp
from coverage.reports.planned import planned_places

if TYPE_CHECKING:
    import geopandas as gpd

    from coverage.model.results import StudyResult

_LONG_SIDE = 1000.0
_MARGIN = 20.0
_FONT = "Libertinus Serif"
_METRES_PER_DEGREE = 111_195.0
_BARS_M = (200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)


class _Frame:
    """Turns upright degrees (see ``_upright``) into the picture's units, north up."""

    def __init__(self, bounds: tuple[float, float, float, float]) -> None:
        self.west, south, east, self.north = bounds
        self.scale = (_LONG_SIDE - 2 * _MARGIN) / max(east - self.west, self.north - south, 1e-6)
        self.width = (east - self.west) * self.scale + 2 * _MARGIN
        self.height = (self.north - south) * self.scale + 2 * _MARGIN

    def point(self, x: float, y: float) -> str:
        return f"{self.x(x):.1f} {self.y(y):.1f}"

    def x(self, x: float) -> float:
        return (x - self.west) * self.scale + _MARGIN

    def y(self, y: float) -> float:
        return (self.north - y) * self.scale + _MARGIN

    def path(self, shape: Any) -> str:
        """Return the path data of a polygon or multipolygon, holes included."""
        parts = getattr(shape, "geoms", [shape])
        rings = [r for p in parts if p.geom_type == "Polygon" for r in (p.exterior, *p.interiors)]
        return "".join(
            "M" + "L".join(self.point(x, y) for x, y, *_ in ring.coords[:-1]) + "Z"
            for ring in rings
        )


def plate_svg(result: StudyResult) -> str:
    """Return the plate as SVG text: no data text goes into it, only shapes and numbers."""
    _, south, _, north = result.outline.total_bounds
    narrowing = math.cos(math.radians((south + north) / 2))
    communes = _upright(result.communes, narrowing)
    frame = _Frame(tuple(communes.total_bounds))
    width, height = round(frame.width, 1), round(frame.height, 1)
    tolerance = 0.8 / frame.scale
    own = result.sites[result.sites["in_territory"].astype(bool)]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="{_FONT}">',
        '<defs><pattern id="nd" width="8" height="8" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="8" height="8" fill="#E9EBEB"/>'
        '<path d="M0 0v8" stroke="#6B757A" stroke-width="2"/></pattern></defs>',
        f'<rect width="{width}" height="{height}" fill="{SEA}"/>',
        *_communes(communes, frame, tolerance),
        *_zones(_upright(result.zones, narrowing), frame, tolerance),
        *_places(_upright(own, narrowing), frame, Kinds.of(result)),
        *_plan(result, frame, narrowing),
        _scale_bar(frame),
        "</svg>",
    ]
    return "\n".join(parts)


def _upright(table: gpd.GeoDataFrame, narrowing: float) -> gpd.GeoDataFrame:
    """Shrink longitudes so that shapes look right with north at the top."""
    # the legal projection of Corsica or La Réunion would lean the page by some degrees
    return table.set_geometry(table.geometry.scale(narrowing, 1.0, origin=(0, 0)))


def _communes(table: gpd.GeoDataFrame, frame: _Frame, tolerance: float) -> list[str]:
    ramp = priority_ramp()
    shapes = table.geometry.simplify_coverage(tolerance) if len(table) > 1 else table.geometry
    found = []
    for shape, score in zip(shapes, table["score"], strict=True):
        rank = ramp.rank(None if pd.isna(score) else float(score))
        fill = "url(#nd)" if rank is None else ramp.colours[rank]
        found.append(
            f'<path d="{frame.path(shape)}" fill="{fill}" fill-rule="evenodd" '
            f'stroke="{COMMUNE_BORDER}" stroke-width="0.9"/>'
        )
    return found


def _zones(table: gpd.GeoDataFrame, frame: _Frame, tolerance: float) -> list[str]:
    return [
        f'<path d="{frame.path(shape)}" fill="none" stroke="{QPV}" stroke-width="2"/>'
        for shape in table.geometry.simplify(tolerance)
    ]


def _places(sites: gpd.GeoDataFrame, frame: _Frame, kinds: Kinds) -> list[str]:
    advisers, contacts = kinds.of_level("adviser"), kinds.of_level("contact")
    found = []
    for site in sites.itertuples():
        x, y = frame.x(site.geometry.x), frame.y(site.geometry.y)
        if advisers & set(site.roles):
            corners = ((0, -9), (8.6, -2.8), (5.3, 7.3), (-5.3, 7.3), (-8.6, -2.8))
            points = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in corners)
            found.append(
                f'<polygon points="{points}" fill="#FFFFFF" stroke="#14505C" stroke-width="2.4"/>'
            )
        if contacts & set(site.roles):
            found.append(
                f'<rect x="{x - 3:.1f}" y="{y - 3:.1f}" width="6" height="6" fill="{INK}" '
                'stroke="#FFFFFF" stroke-width="0.8"/>'
            )
    return found


def _plan(result: StudyResult, frame: _Frame, narrowing: float) -> list[str]:
    found = []
    for place in planned_places(result):
        x, y = frame.x(place.site.lon * narrowing), frame.y(place.site.lat)
        found.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="17" fill="{PROPOSED}" stroke="#FFFFFF" '
            'stroke-width="2.5"/>'
            f'<text x="{x:.1f}" y="{y + 7:.1f}" font-size="21" font-weight="bold" '
            f'fill="#FFFFFF" text-anchor="middle">{place.number}</text>'
        )
    return found


def _scale_bar(frame: _Frame) -> str:
    metre = frame.scale / _METRES_PER_DEGREE
    longest = frame.width / 4 / metre
    metres = max((m for m in _BARS_M if m <= longest), default=_BARS_M[0])
    length = metres * metre
    x, y = frame.width - _MARGIN - length, frame.height - _MARGIN
    text = f"{metres // 1000} km" if metres >= 1000 else f"{metres} m"
    return (
        f'<path d="M{x:.1f} {y - 8:.1f}v8h{length:.1f}v-8" fill="none" stroke="{INK}" '
        'stroke-width="2"/>'
        f'<text x="{x + length / 2:.1f}" y="{y - 6:.1f}" font-size="22" fill="{INK}" '
        f'text-anchor="middle">{text}</text>'
    )
