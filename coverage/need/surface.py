"""Where detections are dense: a surface from the rates of blocks, for the eye.

Each sounded counter spreads its rate around it by the quartic (biweight) kernel,

    f(x) = Σ rate_b K(|x − x_b|),  K(r) = 3 / (π h²) (1 − (r/h)²)² for r < h, else 0,

which holds 1 in all (Silverman 1986, "Density estimation for statistics and data analysis",
eq. 4.5): over the whole plane the surface sums up to the rates. The unit is detections per
presence-day and 100 km². It tells where detections are close together, not where people live, and
nothing where no counter within the bandwidth was sounded.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any, NamedTuple

import contourpy
import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from coverage.base.crs import WGS84
from coverage.base.projection import to_metres
from coverage.model.detections import SOUNDED, ProtectedDetections
from coverage.model.services import CONTACT_KINDS

F64 = NDArray[np.float64]

#: How far a counter spreads its rate (h).
BANDWIDTH_M = 10_000.0
_M2_PER_100_KM2 = 1e8
#: Cells to a bandwidth.
_CELLS = 20
#: Bands are as wide as one of these x a power of ten, and at most so many.
_ROUND = np.array([1.0, 2.0, 5.0, 10.0])
_MOST_BANDS = 5
_DIGITS = 9
#: Below this share of a band's width nothing is drawn.
_FAINT = 0.01
#: How coarse lines may be, as a share of a cell, and what vertices are rounded to (about 10 cm).
_COARSE_CELLS = 0.2
_DEGREES = 1e-6


class Surface(NamedTuple):
    """Detections per presence-day and 100 km², at the points of a square grid.

    The point of row 0 and column 0 is at ``west, south`` (metres); rows go north. The rim is 0.
    """

    west: float
    south: float
    cell_m: float
    density: F64


def density_bands(
    protected: ProtectedDetections,
    sites: gpd.GeoDataFrame,
    *,
    metric_epsg: int,
    bandwidth_m: float = BANDWIDTH_M,
) -> gpd.GeoDataFrame:
    """Return where the surface lies between rising limits (``low, high, geometry``), EPSG:4326.

    Bands of one width, round in detections per presence-day and 100 km²; they don't overlap and
    each ends where the next begins. They go beyond the border. Without rows where no counter
    was sounded, or none of them has detected anybody.
    """
    counters = counter_rates(protected, sites)
    xy = to_metres(counters.geometry.x, counters.geometry.y, metric_epsg)
    surface = density_surface(xy, counters["rate"].to_numpy(float), bandwidth_m=bandwidth_m)
    limits = _limits(float(surface.density.max()))
    bands = shapely.coverage_simplify(_bands(surface, limits), _COARSE_CELLS * surface.cell_m)
    shapes = gpd.GeoSeries(bands, crs=metric_epsg).to_crs(WGS84).set_precision(_DEGREES)
    table = {"low": limits[:-1], "high": limits[1:]}
    # A summit that hardly passes a limit is rounded away.
    drawn = gpd.GeoDataFrame(table, geometry=shapes, crs=WGS84)
    return drawn[~drawn.is_empty].reset_index(drop=True)


def counter_rates(protected: ProtectedDetections, sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the counters that stand for the sounded communes (``rate, geometry``).

    A commune has the rate of its block, which its bureaux de poste share: which of them was sounded
    isn't told. Where it has none, its agences or else its relais de poste stand for it. ``sites``
    is the contract table.
    """
    table = protected.communes
    sounded = table.loc[table["sounding"] == SOUNDED, "code_insee"]
    rates = protected.rate_by_commune().reindex(sounded).dropna()
    near = sites[sites["in_territory"] & sites["code_insee"].isin(rates.index)]
    standing = near["roles"].map(_standing).astype(int)
    best = standing.groupby(near["code_insee"]).transform("min")
    chosen = near[(standing == best) & (standing < len(CONTACT_KINDS))]
    code = chosen["code_insee"]
    rate = code.map(rates) / code.map(code.value_counts())
    return gpd.GeoDataFrame({"rate": rate.astype(float)}, geometry=chosen.geometry, crs=sites.crs)


def _standing(roles: Iterable[str]) -> int:
    """Return the place of a counter among the kinds of contact points, 0 for a bureau de poste."""
    known = (CONTACT_KINDS.index(role) for role in roles if role in CONTACT_KINDS)
    return min(known, default=len(CONTACT_KINDS))


def density_surface(xy: F64, rates: F64, *, bandwidth_m: float = BANDWIDTH_M) -> Surface:
    """Return the surface of counters at ``xy`` (metres, a row each) with their rates.

    A cell is a twentieth of the bandwidth.
    """
    cell_m = bandwidth_m / _CELLS
    if not len(xy):
        return Surface(0.0, 0.0, cell_m, np.zeros((1, 1)))
    # Grid points are on round metres, so that they don't move with a counter.
    nearest = np.rint(xy / cell_m).astype(np.int64)
    reach = _CELLS + 1
    corner = nearest.min(0) - reach
    columns, rows = nearest.max(0) - corner + reach + 1
    density = np.zeros((rows, columns))
    around = np.arange(-reach, reach + 1)
    # One order of the counters, whatever the order of the rows: sums differ in the last bits.
    for k in np.lexsort((rates, *xy.T)):
        x, y = ((nearest[k, axis] + around) * cell_m - xy[k, axis] for axis in (0, 1))
        near = np.maximum(1.0 - (x**2 + y[:, None] ** 2) / bandwidth_m**2, 0.0)
        column, row = nearest[k] - corner - reach
        here = slice(row, row + len(around)), slice(column, column + len(around))
        density[here] += rates[k] * near**2
    density *= _M2_PER_100_KM2 * 3.0 / (np.pi * bandwidth_m**2)
    west, south = (corner * cell_m).tolist()
    return Surface(west, south, cell_m, density)


def _limits(highest: float) -> F64:
    """Return round limits of bands from 0 up to the highest value; none where that is 0."""
    if highest <= 0:
        return np.zeros(1)
    power = int(np.floor(np.log10(highest / _MOST_BANDS)))
    scaled = round(highest / 10.0**power, _DIGITS)
    width = float(_ROUND[np.searchsorted(_ROUND, scaled / _MOST_BANDS)])
    limits = np.arange(np.ceil(scaled / width) + 1) * width * 10.0**power
    return np.round(limits, max(-power, 0))


def _bands(surface: Surface, limits: F64) -> NDArray[np.object_]:
    """Return where the surface lies between one limit and the next, in metres.

    Bands are cut out of each other, so that they have their common border to the bit: contours of
    the two sides of a limit differ in the last bits.
    """
    drawn = np.maximum(limits, _FAINT * limits[-1] / max(len(limits) - 1, 1))
    # Above the last limit there is nothing, so the last area is the last band.
    areas = [_above(surface, limit) for limit in drawn[:-1]]
    cut = [shapely.difference(area, inner) for area, inner in pairwise(areas)]
    return np.array([*cut, *areas[-1:]], dtype=object)


def _above(surface: Surface, limit: float) -> shapely.MultiPolygon:
    """Return where the surface lies above a limit, in metres."""
    rows, columns = surface.density.shape
    generator = contourpy.contour_generator(
        surface.west + surface.cell_m * np.arange(columns),
        surface.south + surface.cell_m * np.arange(rows),
        surface.density,
        fill_type=contourpy.FillType.OuterOffset,
    )
    polygons: Any = generator.filled(limit, np.inf)
    rings = [
        [xy[start:end] for start, end in pairwise(offsets)]
        for xy, offsets in zip(*polygons, strict=True)
    ]
    return shapely.MultiPolygon([(outer, holes) for outer, *holes in rings])
