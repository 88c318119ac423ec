"""Demand points: where the people of each commune are, by the best source there is.

The ladder, commune by commune: INSEE squares (``grid``), else residential road nodes (``roads``),
else any road node (``all_roads``), else the centroid (``centroid``). Persons are split in whole
thousandths, so that the points of a commune add up to its population exactly: nobody disappears.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from coverage.base.crs import WGS84
from coverage.model.quarters import QPV_KINDS

#: A commune's squares are used when they hold at least this share of its people; an extract cut
#: at a border holds a few squares of each neighbour, which say nothing about the whole commune.
MIN_GRID_SHARE = 0.8
_MILLI = 1000
#: A smaller share of a commune's people than this on ground outside every QPV is a rounding.
_NO_GROUND = 1e-6


@dataclass(frozen=True)
class DemandPoints:
    """``points``: contract ``demand`` without ``need``; ``notes``: (code, issue, detail)."""

    points: gpd.GeoDataFrame
    notes: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class _Part:
    """Persons (in thousandths) of one commune to be put on some places."""

    code: str
    milli: int
    shapes: list[BaseGeometry]
    weights: NDArray[np.float64]
    method: str
    qpv_share: NDArray[np.float64]


def split_whole(total: int, weights: NDArray[np.float64]) -> NDArray[np.int64]:
    """Split a whole number by weights into whole parts that add up to it (largest remainder)."""
    if weights.sum() <= 0:
        weights = np.ones(len(weights))
    exact = total * (weights / weights.sum())
    parts = np.floor(exact).astype(np.int64)
    missing = total - int(parts.sum())
    order = np.argsort(-(exact - parts), kind="stable")
    parts[order[:missing]] += 1
    return np.asarray(parts)


def places_by_commune(
    communes: gpd.GeoDataFrame, places: gpd.GeoDataFrame
) -> dict[str, gpd.GeoDataFrame]:
    """Group points by the commune that holds them; a point on a border goes to the first."""
    tree = shapely.STRtree(communes.geometry.to_numpy())
    point, commune = tree.query(places.geometry.to_numpy(), predicate="intersects")
    first = pd.DataFrame({"point": point, "commune": commune}).groupby("point")["commune"].min()
    inside = places.iloc[first.index.to_numpy()].copy()
    inside["code_insee"] = communes["code_insee"].to_numpy()[first.to_numpy()]
    return {str(code): group for code, group in inside.groupby("code_insee", sort=True)}


def _qpv_parts(
    communes: gpd.GeoDataFrame, qpv: gpd.GeoDataFrame, persons: pd.Series, metric_epsg: int
) -> dict[str, list[tuple[BaseGeometry, float]]]:
    """Split each QPV's population over its communes by area: code -> [(shape, persons)].

    Persons are NaN where the QPV's population isn't known.
    """
    if qpv.empty:
        return {}
    left = qpv[["zone_id", "geometry"]].to_crs(metric_epsg)
    right = communes[["code_insee", "geometry"]].to_crs(metric_epsg)
    pieces = gpd.overlay(left, right, how="intersection", keep_geom_type=True)
    pieces["area_m2"] = pieces.area
    # Borders digitised twice leave slivers: what holds under 1 % of a QPV holds nobody.
    whole = pieces.groupby("zone_id")["area_m2"].transform("sum")
    pieces = pieces[pieces["area_m2"] >= 0.01 * whole]
    total = pieces.groupby("zone_id")["area_m2"].transform("sum")
    pieces["persons"] = pieces["zone_id"].map(persons).astype(float) * pieces["area_m2"] / total
    pieces = pieces.to_crs(WGS84).sort_values(["code_insee", "zone_id"])
    found: dict[str, list[tuple[BaseGeometry, float]]] = {}
    for piece in pieces.itertuples():
        found.setdefault(str(piece.code_insee), []).append((piece.geometry, float(piece.persons)))
    return found


def _take_qpv(total: int, parts: list[tuple[BaseGeometry, float]]) -> NDArray[np.int64]:
    """Take the QPV's people (thousandths) from their commune's; never more than it has."""
    wanted = np.array([round(persons * _MILLI) for _, persons in parts], dtype=np.int64)
    if wanted.sum() > total:
        return split_whole(total, wanted.astype(np.float64))
    return wanted


def centre_of(shape: BaseGeometry) -> BaseGeometry:
    """Return a commune's centroid, or a point inside it where that lies outside."""
    centroid = shape.centroid
    return centroid if shape.contains(centroid) else shape.representative_point()


def _without_nodes(
    code: str, total: int, shape: BaseGeometry, qpv: list[tuple[BaseGeometry, float]], untold: bool
) -> Iterable[_Part]:
    taken = _take_qpv(total, qpv)
    one = np.ones(1)
    for (piece, _), milli in zip(qpv, taken, strict=True):
        yield _Part(code, int(milli), [piece.representative_point()], one, "qpv", one)
    rest = total - int(taken.sum())
    rest_in_qpv = np.full(1, np.nan if untold else 0.0)
    yield _Part(code, rest, [centre_of(shape)], one, "centroid", rest_in_qpv)


def _on_nodes(
    code: str,
    total: int,
    nodes: gpd.GeoDataFrame,
    method: str,
    qpv: list[tuple[BaseGeometry, float]],
    untold: bool,
) -> Iterable[_Part]:
    points = nodes.geometry.to_numpy()
    taken = _take_qpv(total, qpv)
    used = np.zeros(len(points), dtype=bool)
    for (piece, _), milli in zip(qpv, taken, strict=True):
        inside = shapely.intersects(points, piece) & ~used
        used |= inside
        held = list(points[inside])
        where = "qpv" if not held else method
        held = held or [piece.representative_point()]
        yield _Part(code, int(milli), held, np.ones(len(held)), where, np.ones(len(held)))
    free = ~used
    rest_in_qpv = 0.0
    if not free.any():  # every node lies in a QPV whose people are known: the rest live there too
        free, rest_in_qpv = np.ones(len(points), dtype=bool), 1.0
    if untold:
        rest_in_qpv = np.nan
    rest = total - int(taken.sum())
    count = int(free.sum())
    shares = np.full(count, rest_in_qpv)
    yield _Part(code, rest, list(points[free]), np.ones(count), method, shares)


def _on_squares(
    code: str,
    total: int,
    shape: BaseGeometry,
    squares: gpd.GeoDataFrame,
    qpv: list[tuple[BaseGeometry, float]],
    all_qpv: BaseGeometry | None,
) -> _Part:
    drawn = squares.geometry.to_numpy()
    weights = (squares["persons"] * squares["share"]).to_numpy(float)
    inside = np.zeros(len(drawn))
    if all_qpv is not None:
        inside = _share_inside(drawn, shape, all_qpv)
        weights, inside = _with_qpv_told(total, weights, inside, drawn, shape, qpv)
    return _Part(code, total, list(shapely.centroid(drawn)), weights, "grid", inside)


def _with_qpv_told(
    total: int,
    weights: NDArray[np.float64],
    inside: NDArray[np.float64],
    squares: NDArray[np.object_],
    commune: BaseGeometry,
    qpv: list[tuple[BaseGeometry, float]],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Scale the people of the squares to those that each QPV is known to have.

    A QPV is denser than the ground about it, so that the share of a square's area that it holds
    tells too few of its people: what the squares put inside each QPV is multiplied to make its
    own number, and what they put elsewhere to make the others of the commune. A QPV that no
    inhabited square touches, and one without a known population, stay as the squares have them.
    Ground that two QPV hold counts in the first. Takes and returns the weight of each square and
    the share of it (0..1) in a QPV.
    """
    held: list[NDArray[np.float64]] = []
    told: list[tuple[BaseGeometry, float]] = []
    free = commune
    for piece, persons in qpv:
        here = weights * _share_inside(squares, commune, shapely.intersection(piece, free))
        if here.sum() > 0:
            free = shapely.difference(free, piece)
            held.append(here)
            told.append((piece, persons))
    if not told:
        return weights, inside
    within = np.sum(held, axis=0)
    # Rounding apart, no more of a square lies in the QPV told than in all of them.
    unknown = np.maximum(weights * inside - within, 0.0)
    rest = np.maximum(weights - within, 0.0)
    taken = _take_qpv(total, told)
    scaled = np.sum(
        [part * (milli / part.sum()) for part, milli in zip(held, taken, strict=True)], 0
    )
    others = total - int(taken.sum())
    if (
        rest.sum() <= _NO_GROUND * weights.sum()
    ):  # every square lies in a QPV whose people are known: the rest live there
        grown = scaled + others * (within / within.sum())
        return grown, np.ones(len(squares))
    factor = others / rest.sum()
    grown = scaled + factor * rest
    in_qpv = scaled + factor * unknown
    return grown, np.divide(in_qpv, grown, out=np.zeros(len(squares)), where=grown > 0)


def _share_inside(
    squares: NDArray[np.object_], commune: BaseGeometry, all_qpv: BaseGeometry
) -> NDArray[np.float64]:
    """Return the share of the area of each square's part in the commune that lies in a QPV.

    Areas are taken in degrees: over 200 m their ratio is that of the areas in metres.
    """
    share = np.zeros(len(squares))
    near = np.flatnonzero(shapely.intersects(squares, all_qpv))
    parts = shapely.intersection(squares[near], commune)
    # A square that its source puts in a commune it does not touch is taken whole.
    parts = np.where(shapely.area(parts) > 0, parts, squares[near])
    area = shapely.area(shapely.intersection(parts, all_qpv))
    share[near] = np.minimum(area / shapely.area(parts), 1.0)
    return share


def demand_points(
    communes: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    *,
    qpv_persons: pd.DataFrame,
    metric_epsg: int,
    squares: gpd.GeoDataFrame | None = None,
    nodes: gpd.GeoDataFrame | None = None,
) -> DemandPoints:
    """Return where the people of each commune are.

    ``squares`` as in ``TerritoryTables``; ``nodes`` has ``rung`` (``roads`` or ``all_roads``) and
    point geometries in 4326. The people of a QPV whose population is known are taken from its
    commune's and put inside the QPV, on its own nodes or at its representative point. The people of
    a square live in a QPV by the share of its area; where the QPV's population is known, what the
    squares put inside it is scaled to that number and the rest of the commune takes the difference.
    How a QPV of unknown population is peopled the squares alone can tell: in a commune without
    them that holds a part of one, whether people live in a QPV is not known (``qpv_share`` null),
    those of its other QPV apart. A commune without a population has no point, and is noted.
    """
    qpv = zones[zones["kind"].isin(QPV_KINDS)]
    persons = qpv_persons.set_index("zone_id")["persons"]
    qpv_by_commune = _qpv_parts(communes, qpv, persons, metric_epsg)
    all_qpv = shapely.union_all(qpv.geometry.to_numpy()) if len(qpv) else None
    by_node = {} if nodes is None else places_by_commune(communes, nodes)
    by_square = {} if squares is None else dict(list(squares.groupby("code_insee", sort=True)))
    parts: list[_Part] = []
    notes: list[tuple[str, str, str]] = []
    for row in communes.itertuples():
        code = str(row.code_insee)
        if pd.isna(row.population):
            detail = f"{row.nom} : population non disponible, aucun point de demande."
            notes.append((code, "population absente", detail))
            continue
        total = int(row.population) * _MILLI
        if total == 0:
            continue
        drawn = qpv_by_commune.get(code, [])
        pieces = [piece for piece in drawn if not np.isnan(piece[1])]
        untold = len(pieces) < len(drawn)
        here = by_square.get(code)
        if here is not None:
            held = float((here["persons"] * here["share"]).sum()) / int(row.population)
            if held >= MIN_GRID_SHARE:
                parts.append(_on_squares(code, total, row.geometry, here, pieces, all_qpv))
                continue
            detail = (
                f"{row.nom} : ses carreaux ne portent que {held:.0%} de ses habitants ; "
                "carreaux non utilisés."
            )
            notes.append((code, "carreaux incomplets", detail))
        around = by_node.get(code)
        if around is None:
            parts.extend(_without_nodes(code, total, row.geometry, pieces, untold))
            continue
        residential = around[around["rung"] == "roads"]
        method = "roads" if len(residential) else "all_roads"
        chosen = residential if len(residential) else around
        parts.extend(_on_nodes(code, total, chosen, method, pieces, untold))
    return DemandPoints(_assemble(parts, communes), tuple(notes))


def _assemble(parts: list[_Part], communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    parts = [part for part in parts if part.milli > 0]
    sizes = [len(part.shapes) for part in parts]
    milli = [split_whole(part.milli, part.weights) for part in parts]
    codes = np.repeat([part.code for part in parts], sizes).astype(object)
    table = gpd.GeoDataFrame(
        {
            "code_insee": codes,
            "persons": np.concatenate(milli) / _MILLI if milli else np.zeros(0),
            "method": np.repeat([part.method for part in parts], sizes).astype(object),
            "qpv_share": np.concatenate([p.qpv_share for p in parts]) if parts else np.zeros(0),
        },
        geometry=[shape for part in parts for shape in part.shapes],
        crs=WGS84,
    )
    table = table[table["persons"] > 0].reset_index(drop=True)
    number = table.groupby("code_insee").cumcount() + 1
    table.insert(0, "demand_id", table["code_insee"] + "-" + number.astype(str).str.zfill(5))
    frr = communes.set_index("code_insee")["frr"]
    table["frr"] = table["code_insee"].map(frr).astype(object)
    table["frr"] = table["frr"].where(table["frr"].notna(), None)
    columns = ["demand_id", "code_insee", "persons", "method", "qpv_share", "frr", "geometry"]
    return table[columns]
