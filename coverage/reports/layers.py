"""The layers of a territory's map: communes, places, outlines; drawn by ``templates/map.js``.

Every text that comes from data goes through the autoescaped macros of ``templates/page.html``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import jinja2
import pandas as pd
from folium.map import Layer
from folium.template import Template

from coverage.base.crs import metric_epsg
from coverage.model.territory import ESTIMATE_MARK
from coverage.model.words import NO_BREAK_SPACE, decimal, percent, vintage_text, whole
from coverage.reports.kinds import Kinds
from coverage.reports.offline import shipped
from coverage.reports.palette import SYMBOLS, Ramp, need_ramp, priority_ramp, time_ramp
from coverage.reports.planned import planned_places
from coverage.reports.words.opening import opening_text
from coverage.reports.words.ranks import rank_text
from coverage.reports.words.sentences import NEED_RUNG_NAMES, minutes_text
from coverage.reports.words.zonings import FRR_LABELS

if TYPE_CHECKING:
    import geopandas as gpd

    from coverage.model.results import StudyResult

#: Outlines are simplified by this much for the screen (the figures are not computed from them).
_TOLERANCE_M = 60.0
_DEGREE_DIGITS = 5

NO_DATA = "h-nd"
OUT_OF_REACH = "h-hors"

_environment = jinja2.Environment(autoescape=True)
words: Any = _environment.from_string(shipped("page.html")).module


class CommuneLayer(Layer):
    """The communes coloured by one value; exactly one such layer is shown at a time."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "var {{ this.get_name() }} = maillage.communes({{ this.key|tojson }});"
        "{% endmacro %}"
    )

    def __init__(self, key: str, name: str, *, show: bool) -> None:
        super().__init__(name=name, overlay=False, show=show)
        self._name, self.key = "CommuneLayer", key


class PlaceLayer(Layer):
    """Symbols at places; ``rows`` as ``maillage.places`` takes them."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "var {{ this.get_name() }} = maillage.places({{ this.rows|tojson }});"
        "{% endmacro %}"
    )

    def __init__(self, name: str, rows: list[dict[str, Any]], *, show: bool, control: bool) -> None:
        super().__init__(name=name, overlay=True, show=show, control=control)
        self._name, self.rows = "PlaceLayer", rows


class ShapeLayer(Layer):
    """Outlines without filling, drawn once per style."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "var {{ this.get_name() }} = maillage.shapes("
        "{{ this.data|tojson }}, {{ this.styles|tojson }});"
        "{% endmacro %}"
    )

    def __init__(
        self, name: str, data: dict[str, Any], styles: list[dict[str, Any]], *, show: bool
    ) -> None:
        super().__init__(name=name, overlay=True, show=show)
        self._name, self.data, self.styles = "ShapeLayer", data, styles


def ramps(result: StudyResult) -> dict[str, Ramp]:
    """Return the ramp of each layer of communes, by its key."""
    return {
        "score": priority_ramp(),
        "minutes": time_ramp(result.params.minutes),
        "need": need_ramp(ifn=result.need_rung == 2),
    }


def commune_values(result: StudyResult) -> pd.DataFrame:
    """Return the values that colour the communes: ``score``, ``minutes``, ``need``."""
    table = result.communes
    persons = table["population"].astype(float)
    per_100 = 100 * table["need"] / persons.where(persons > 0)
    return pd.DataFrame(
        {
            "score": table["score"].astype(float),
            "minutes": table["minutes_adviser"].astype(float),
            "need": table["ifn"].astype(float) if result.need_rung == 2 else per_100,
        }
    )


def class_key(ramp: Ramp, value: float, uncovered: float) -> int | str:
    """Return a commune's class 0..5, or the name of the pattern where there is no value.

    A commune with people and without a travel time is out of reach: that is the most to do,
    not a missing figure.
    """
    rank = ramp.rank(value)
    if rank is not None:
        return rank
    return OUT_OF_REACH if ramp.key == "minutes" and uncovered > 0 else NO_DATA


def fill_of(ramp: Ramp, key: int | str, *, estimate: bool) -> str:
    """Return an SVG fill: a colour, or a pattern for n.d., out of reach and estimates."""
    if isinstance(key, str):
        return f"url(#{key})"
    if estimate and ramp.key != "need":
        return f"url(#est-{ramp.key}-{key})"
    return ramp.colours[key]


def patterns(result: StudyResult) -> str:
    """Return the SVG patterns: readable without colour, estimates dashed over their colour."""
    found = [
        '<pattern id="h-nd" width="8" height="8" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="8" height="8" fill="#E9EBEB"/>'
        '<path d="M0 0v8" stroke="#6B757A" stroke-width="2"/></pattern>',
        '<pattern id="h-hors" width="8" height="8" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="8" height="8" fill="#0D2345"/>'
        '<path d="M0 0v8" stroke="#9AC5D4" stroke-width="1.5"/></pattern>',
    ]
    if result.estimate:
        for ramp in ramps(result).values():
            for rank, colour in enumerate(ramp.colours):
                ink = "#1B2428" if rank < 3 else "#FFFFFF"
                found.append(
                    f'<pattern id="est-{ramp.key}-{rank}" width="10" height="8" '
                    f'patternUnits="userSpaceOnUse"><rect width="10" height="8" fill="{colour}"/>'
                    f'<path d="M1 4h4" stroke="{ink}" stroke-opacity="0.45"/></pattern>'
                )
    return f'<svg class="m-defs" width="0" height="0" aria-hidden="true">{"".join(found)}</svg>'


def simplified(table: gpd.GeoDataFrame, territory: str) -> gpd.GeoDataFrame:
    """Return outlines light enough for a screen; neighbours stay joined, none disappears."""
    metric = table.geometry.to_crs(metric_epsg(territory))
    lighter = metric.simplify_coverage(_TOLERANCE_M) if len(table) > 1 else metric
    lost = lighter.is_empty | ~lighter.is_valid
    return table.set_geometry(lighter.where(~lost, metric).to_crs(table.crs))


def geojson(table: gpd.GeoDataFrame, properties: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a GeoJSON object of a table's outlines with the given, already safe properties."""
    shapes = table.geometry.set_precision(10**-_DEGREE_DIGITS, mode="pointwise")
    features = [
        {"type": "Feature", "properties": row, "geometry": _rounded(shape.__geo_interface__)}
        for shape, row in zip(shapes, properties, strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, _DEGREE_DIGITS)
    if isinstance(value, (list, tuple)):
        return [_rounded(part) for part in value]
    return {k: _rounded(v) for k, v in value.items()} if isinstance(value, dict) else value


def communes_geojson(result: StudyResult) -> dict[str, Any]:
    """Return the communes with, for each layer, their fill, and what a click tells of them."""
    table, values = result.communes, commune_values(result)
    all_ramps = ramps(result)
    properties = []
    for at, row in enumerate(table.itertuples()):
        fills = {
            key: fill_of(
                ramp,
                class_key(ramp, values[key].iloc[at], row.uncovered),
                estimate=result.estimate,
            )
            for key, ramp in all_ramps.items()
        }
        properties.append({"code": row.code_insee, "fill": fills, "tip": _commune_tip(row, result)})
    return geojson(simplified(table[["geometry"]], result.territory), properties)


def _commune_tip(row: Any, result: StudyResult) -> str:
    limit = result.params.minutes
    place = rank_text(row.rank, row.rank_low, row.rank_high)
    ranked = int(result.communes["rank"].notna().sum())
    rank = f"{place} sur {ranked}" if pd.notna(row.rank) else place
    persons = None if pd.isna(row.population) else float(row.population)
    share = row.covered / persons if persons else None
    access = f"Couverts à {limit}{NO_BREAK_SPACE}min"
    rows = [
        ("Indice de priorité", decimal(_or_none(row.score), 2)),
        ("Rang et intervalle", rank),
        ("Jusqu’à un conseiller", minutes_text(row.minutes_adviser, persons, row.unreached)),
        ("Jusqu’à La Poste", minutes_text(row.minutes_contact, persons)),
        ("Habitants", whole(persons)),
        (access, percent(share)),
        (f"En difficulté ({NEED_RUNG_NAMES[result.need_rung]})", whole(_or_none(row.need))),
        ("Fragilité (IFN, 0 à 10)", decimal(_or_none(row.ifn), 1)),
        ("Zonage", FRR_LABELS.get(row.frr, "n.d.")),
    ]
    if row.code_insee in (quarters := result.facts.get("qpv_2024") or {}):
        rows.append(("QP2024 dans la commune", ", ".join(quarters[row.code_insee])))
    note = ESTIMATE_MARK if result.estimate else ""
    return str(words.tip(f"{row.nom} ({row.code_insee})", note, rows))


def _or_none(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def place_rows(
    sites: gpd.GeoDataFrame,
    shown: frozenset[str],
    kinds: Kinds,
    *,
    muted: bool = False,
    level: int = 0,
) -> list[dict[str, Any]]:
    """Return one symbol per place that has one of the kinds ``shown`` among its roles.

    A bureau that is a France services is in both layers, at the same point: the overlap is the
    sign for it.
    """
    rows = []
    for site in sites.itertuples():
        roles = [role for role in site.roles if role in shown]
        if not roles:
            continue
        kind = site.kind if site.kind in roles else kinds.first(roles)
        labels = ", ".join(kinds.label(role) for role in site.roles)
        details = [("Horaires", opening_text(site.opening))] if site.opening else []
        details.append(("Millésime", vintage_text(site.vintage)))
        contact = kinds.levels[kind] == "contact"
        looks = [look for look, has in (("m-muted", muted), ("m-contact", contact)) if has]
        rows.append(
            {
                "lat": round(site.geometry.y, _DEGREE_DIGITS),
                "lon": round(site.geometry.x, _DEGREE_DIGITS),
                "html": str(words.symbol(SYMBOLS[kind], "100%")),
                "tip": str(words.tip(site.nom, labels, details)),
                "size": 20 if kinds.levels[kind] == "adviser" else 15,
                "level": level,
                "look": " ".join(looks),
            }
        )
    return rows


def plan_rows(result: StudyResult) -> list[dict[str, Any]]:
    """Return the numbered discs of the proposed permanences."""
    rows = []
    for place in planned_places(result):
        details = [("Nouvellement couverts", whole(place.newly_covered))]
        title = f"Permanence proposée n°{NO_BREAK_SPACE}{place.number}"
        rows.append(
            {
                "lat": round(place.site.lat, _DEGREE_DIGITS),
                "lon": round(place.site.lon, _DEGREE_DIGITS),
                "html": str(words.disc(place.number)),
                "tip": str(words.tip(title, place.name, details)),
                "size": 30,
                "level": 2000,
                "look": "",
            }
        )
    return rows


def name_rows(result: StudyResult, at_most: int = 8) -> list[dict[str, Any]]:
    """Return the names of the largest communes, far enough apart to be read."""
    west, south, east, north = result.outline.total_bounds
    narrowing = math.cos(math.radians((south + north) / 2))
    long_side = max((east - west) * narrowing, north - south)
    apart_x, apart_y = long_side / 4 / narrowing, long_side / 20
    table = result.communes.sort_values(["population", "code_insee"], ascending=[False, True])
    chosen: list[dict[str, Any]] = []
    for row in table.itertuples():
        point = row.geometry.representative_point()
        near = any(
            abs(point.x - one["lon"]) < apart_x and abs(point.y - one["lat"]) < apart_y
            for one in chosen
        )
        if near or len(chosen) == at_most:
            continue
        chosen.append(
            {
                "lat": round(point.y, _DEGREE_DIGITS),
                "lon": round(point.x, _DEGREE_DIGITS),
                "html": str(words.name(row.nom, len(chosen) >= 5)),
                "tip": "",
                "size": 1,
                "level": 1500,
                "look": "",
            }
        )
    return chosen


def zone_shapes(result: StudyResult) -> dict[str, Any]:
    """Return the outlines of the QPV with their names."""
    tips = [
        {
            "tip": str(
                words.tip(
                    zone.nom, f"QPV {zone.zone_id}", [("Millésime", vintage_text(zone.vintage))]
                )
            )
        }
        for zone in result.zones.itertuples()
    ]
    return geojson(result.zones, tips)


def neighbour_shapes(result: StudyResult) -> dict[str, Any]:
    """Return the ground of the neighbouring territories, so that it doesn't look like sea."""
    lighter = simplified(result.neighbours, result.territory)
    return geojson(lighter, [{} for _ in range(len(lighter))])


def catchment_shapes(result: StudyResult) -> dict[str, Any]:
    """Return the catchments with their limits."""
    tips = [{"tip": f"{row.minutes} min"} for row in result.catchments.itertuples()]
    return geojson(result.catchments, tips)
