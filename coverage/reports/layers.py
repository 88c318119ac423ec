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

from coverage.model.territory import ESTIMATE_MARK
from coverage.model.words import NO_BREAK_SPACE, decimal, percent, vintage_text, whole
from coverage.reports.detection_layers import (
    DENSITY,
    DETECTION_PATTERNS,
    DETECTIONS,
    counter_rows,
    density_fills,
    has_density,
    unsounded_patterns,
)
from coverage.reports.kinds import Kinds
from coverage.reports.offline import shipped
from coverage.reports.palette import (
    SYMBOLS,
    Ramp,
    detection_ramp,
    need_ramp,
    priority_ramp,
    time_ramp,
)
from coverage.reports.planned import planned_places
from coverage.reports.shapes import DEGREE_DIGITS, geojson, simplified
from coverage.reports.words.detections import rated
from coverage.reports.words.opening import opening_text
from coverage.reports.words.ranks import rank_text
from coverage.reports.words.sentences import NEED_RUNG_NAMES, minutes_text
from coverage.reports.words.zonings import FRR_LABELS

if TYPE_CHECKING:
    import geopandas as gpd

    from coverage.model.results import StudyResult

NO_DATA = "h-nd"
OUT_OF_REACH = "h-hors"
#: The ramps that rest on travel times, which may be estimates.
_TIMED = ("score", "minutes")

_environment = jinja2.Environment(autoescape=True)
words: Any = _environment.from_string(shipped("page.html")).module


class CommuneLayer(Layer):
    """The communes coloured by one value; exactly one such layer is shown at a time.

    ``below`` are areas that show where the communes are transparent, with their ``fill``;
    ``above`` are outlines over them.
    """

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "var {{ this.get_name() }} = maillage.communes({{ this.key|tojson }}"
        "{% if this.around %}, {{ this.around|tojson }}{% endif %});"
        "{% endmacro %}"
    )

    def __init__(
        self,
        key: str,
        name: str,
        *,
        show: bool,
        below: dict[str, Any] | None = None,
        above: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(name=name, overlay=False, show=show)
        self._name, self.key = "CommuneLayer", key
        around = {"below": below, "above": above}
        self.around = {name: shapes for name, shapes in around.items() if shapes}


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
    found = {
        "score": priority_ramp(),
        "minutes": time_ramp(result.params.minutes),
        "need": need_ramp(ifn=result.need_rung == 2),
    }
    if told := rated(result):
        found[DETECTIONS] = detection_ramp(told.mean_rate())
    return found


def commune_values(result: StudyResult) -> pd.DataFrame:
    """Return the values that colour the communes, a column a ramp."""
    table = result.communes
    persons = table["population"].astype(float)
    per_100 = 100 * table["need"] / persons.where(persons > 0)
    values = {
        "score": table["score"],
        "minutes": table["minutes_adviser"],
        "need": table["ifn"] if result.need_rung == 2 else per_100,
        DETECTIONS: table["detection_rate"],
    }
    return pd.DataFrame({key: values[key].astype(float) for key in ramps(result)})


def commune_classes(result: StudyResult) -> dict[str, list[int | str]]:
    """Return by ramp the class 0..5 of each commune, or the pattern where it has no value.

    A commune with people and without a travel time is out of reach: that is the most to do,
    not a missing figure. One without a rate of detections was never sounded, or is secret.
    """
    values, uncovered = commune_values(result), result.communes["uncovered"]
    absent = dict.fromkeys(values, [NO_DATA] * len(values))
    absent["minutes"] = [OUT_OF_REACH if some else NO_DATA for some in (uncovered > 0)]
    if told := rated(result):
        absent[DETECTIONS] = unsounded_patterns(result, told)
    classes: dict[str, list[int | str]] = {}
    for key, ramp in ramps(result).items():
        ranks = (ramp.rank(value) for value in values[key])
        classes[key] = [
            pattern if rank is None else rank
            for rank, pattern in zip(ranks, absent[key], strict=True)
        ]
    return classes


def fill_of(ramp: Ramp, key: int | str, *, estimate: bool) -> str:
    """Return an SVG fill: a colour, or a pattern for n.d., out of reach and estimates."""
    if isinstance(key, str):
        return f"url(#{key})"
    if estimate and ramp.key in _TIMED:
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
        *DETECTION_PATTERNS,
    ]
    if result.estimate:
        for ramp in (one for key, one in ramps(result).items() if key in _TIMED):
            for rank, colour in enumerate(ramp.colours):
                ink = "#1B2428" if rank < 3 else "#FFFFFF"
                found.append(
                    f'<pattern id="est-{ramp.key}-{rank}" width="10" height="8" '
                    f'patternUnits="userSpaceOnUse"><rect width="10" height="8" fill="{colour}"/>'
                    f'<path d="M1 4h4" stroke="{ink}" stroke-opacity="0.45"/></pattern>'
                )
    return f'<svg class="m-defs" width="0" height="0" aria-hidden="true">{"".join(found)}</svg>'


def communes_geojson(result: StudyResult) -> dict[str, Any]:
    """Return the communes with, for each layer, their fill, and what a click tells of them."""
    all_ramps, classes = ramps(result), commune_classes(result)
    fills = {
        key: [fill_of(all_ramps[key], one, estimate=result.estimate) for one in found]
        for key, found in classes.items()
    }
    told = rated(result)
    if told is not None and has_density(result):
        fills[DENSITY] = density_fills(result, told)
    counters = counter_rows(result)
    properties = [
        {
            "code": row.code_insee,
            "fill": {key: found[at] for key, found in fills.items()},
            "tip": _commune_tip(row, result, counters[at]),
        }
        for at, row in enumerate(result.communes.itertuples())
    ]
    return geojson(simplified(result.communes[["geometry"]], result.territory), properties)


def _commune_tip(row: Any, result: StudyResult, counter: list[tuple[str, str]]) -> str:
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
        *counter,
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
                "lat": round(site.geometry.y, DEGREE_DIGITS),
                "lon": round(site.geometry.x, DEGREE_DIGITS),
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
                "lat": round(place.site.lat, DEGREE_DIGITS),
                "lon": round(place.site.lon, DEGREE_DIGITS),
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
                "lat": round(point.y, DEGREE_DIGITS),
                "lon": round(point.x, DEGREE_DIGITS),
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
