"""The interactive map of a territory: where to help first, how far an adviser is, who needs one."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import folium
import pandas as pd
from branca.element import MacroElement
from folium.template import Template

from coverage.base.files import write_text
from coverage.model.territory import ESTIMATE_MARK
from coverage.model.words import NO_BREAK_SPACE, decimal, whole
from coverage.reports import layers
from coverage.reports.detection_layers import (
    DENSITY,
    DETECTION_NAMES,
    DETECTIONS,
    PATTERN_LABELS,
    block_outlines,
    density_rows,
    density_shapes,
    detection_explanations,
    has_density,
)
from coverage.reports.kinds import Kinds
from coverage.reports.layers import CommuneLayer, PlaceLayer, ShapeLayer, words
from coverage.reports.offline import OfflineMap, render, shipped
from coverage.reports.palette import PROPOSED, QPV, Ramp
from coverage.reports.words.detections import rated
from coverage.reports.words.limits import limits
from coverage.reports.words.priority import index_legend, parts_meaning
from coverage.reports.words.ranks import rank_text
from coverage.reports.words.sentences import (
    BY_CAR,
    FOR_THE_EYE,
    NEED_RUNGS,
    minutes_text,
    qpv_name,
    source_line,
    source_list,
    spaced,
    summary,
    useless_sites,
)
from coverage.reports.words.sentences import title as territory_title

if TYPE_CHECKING:
    from coverage.model.results import StudyResult

#: The communes' layers, in the order of the switch; the first one is shown. Those of detections
#: follow where they are loaded.
LAYER_NAMES = {
    "score": "Où aider en priorité ?",
    "minutes": "Temps jusqu’à un conseiller",
    "need": "Besoin",
}
_SYMBOLS = (
    ("s-bureau", "bureau de poste"),
    ("s-agence", "agence postale communale"),
    ("s-relais", "relais poste"),
    ("s-fs", "France services"),
    ("s-adviser", "conseiller numérique, permanence"),
    ("s-etape", "Étape Numérique"),
    ("s-ilot", "îlot numérique"),
    ("s-part", "partenaire, lieu de médiation"),
    ("s-office", "mairie, France Travail"),
)


class _Start(MacroElement):
    """Hands the ground and the communes to the page before any layer asks for them."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "maillage.start({{ this._parent.get_name() }}, {{ this.data|tojson }}, "
        "{{ this.neighbours|tojson }}, {{ this.bounds|tojson }});"
        "{% endmacro %}"
    )

    def __init__(
        self, data: dict[str, Any], neighbours: dict[str, Any], bounds: list[list[float]]
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name, self.data, self.bounds = "Start", data, bounds
        self.neighbours = neighbours


class _Finish(MacroElement):
    """Moves the layer switch into the panel and wires the list of communes."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "maillage.finish({{ this.control.get_name() }});"
        "{% endmacro %}"
    )

    def __init__(self, control: folium.LayerControl) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name, self.control = "Finish", control


def territory_map(result: StudyResult) -> folium.Map:
    """Draw a study's map; ``render`` and ``write_map`` make a page of it.

    In the page, ``maillage.show("score" | "minutes" | "need")`` switches the layer (and
    ``"detections" | "density"`` where they are loaded),
    ``maillage.select(code_insee)`` outlines a commune and ``maillage.onselect`` is told of clicks.
    """
    west, south, east, north = (round(float(v), 5) for v in result.outline.total_bounds)
    title = spaced(f"{territory_title(result)} : où aider en priorité ?")
    drawn = OfflineMap(
        ((south + north) / 2, (west + east) / 2),
        title=" · ".join([title, *result.marks]),
        label=f"Carte de {result.nom}. Les mêmes valeurs sont dans la liste des communes.",
    )
    drawn.before, drawn.after = _surroundings(result)
    bounds = [[south, west], [north, east]]
    around = layers.neighbour_shapes(result)
    _Start(layers.communes_geojson(result), around, bounds).add_to(drawn)
    for layer in (*_commune_layers(result), *_overlays(result)):
        layer.add_to(drawn)
    control = folium.LayerControl(collapsed=False)
    control.add_to(drawn)
    _Finish(control).add_to(drawn)
    return drawn


def write_map(result: StudyResult, path: Path) -> None:
    """Write the map as one self-contained file, which makes no request to any host."""
    write_text(path, render(territory_map(result)))


def _commune_layers(result: StudyResult) -> list[CommuneLayer]:
    shown = [
        CommuneLayer(key, spaced(name), show=at == 0)
        for at, (key, name) in enumerate(LAYER_NAMES.items())
    ]
    if told := rated(result):
        blocks = block_outlines(result, told)
        shown.append(
            CommuneLayer(DETECTIONS, DETECTION_NAMES[DETECTIONS], show=False, above=blocks)
        )
    if has_density(result):
        bands = density_shapes(result)
        shown.append(CommuneLayer(DENSITY, DETECTION_NAMES[DENSITY], show=False, below=bands))
    return shown


def _overlays(result: StudyResult) -> list[Any]:
    kinds = Kinds.of(result)
    advisers = kinds.of_level("adviser")
    offices = frozenset({"mairie", "france_travail"})
    partners = kinds.of_level("equipment", "other") - offices
    inside = result.sites["in_territory"].astype(bool)
    own, beyond = result.sites[inside], result.sites[~inside]
    catchment_styles = [
        {"color": "#FFFFFF", "weight": 4},
        {"color": PROPOSED, "weight": 2, "dashArray": "6 4", "interactive": True},
    ]
    qpv_style = [{"color": QPV, "weight": 2, "interactive": True}]

    def places(name: str, rows: list[dict[str, Any]], *, show: bool = True) -> PlaceLayer:
        return PlaceLayer(name, rows, show=show, control=True)

    areas = []
    if len(result.catchments):
        name, shapes = f"Aires de desserte ({FOR_THE_EYE})", layers.catchment_shapes(result)
        areas.append(ShapeLayer(name, shapes, catchment_styles, show=False))
    return [
        *areas,
        ShapeLayer(
            f"Quartiers prioritaires ({qpv_name(result)})",
            layers.zone_shapes(result),
            qpv_style,
            show=True,
        ),
        places(
            "Conseillers et France services", layers.place_rows(own, advisers, kinds, level=500)
        ),
        places(
            "Points de contact La Poste",
            layers.place_rows(own, kinds.of_level("contact"), kinds, level=1000),
        ),
        places(
            "Îlots numériques et partenaires", layers.place_rows(own, partners, kinds), show=False
        ),
        places("Mairies et France Travail", layers.place_rows(own, offices, kinds), show=False),
        places(
            "Conseillers des territoires voisins",
            layers.place_rows(beyond, advisers, kinds, muted=True),
        ),
        places("Permanences proposées", layers.plan_rows(result)),
        PlaceLayer("Noms", layers.name_rows(result), show=True, control=True),
    ]


def _surroundings(result: StudyResult) -> tuple[str, str]:
    idle = useless_sites(result.plan, result.params.minutes)
    said = f"{summary(result)} {idle}" if idle else summary(result)
    head = words.head(territory_title(result), said, result.marks)
    source = " · ".join([*(mark.capitalize() for mark in result.marks), source_line(result)])
    lines = [(QPV, "", f"quartier prioritaire ({qpv_name(result)})")]
    if len(result.catchments):
        lines.append((PROPOSED, "6 4", f"aire de desserte, {FOR_THE_EYE}"))
    panel = words.panel(
        _legends(result),
        _SYMBOLS,
        lines,
        _table(result),
        limits(result),
        source_list(result),
    )
    before = (
        f"{shipped('symbols.svg')}{layers.patterns(result)}{head}"
        '<div class="m-body"><main class="m-map">'
    )
    return before, f"{words.source(source)}</main>{panel}</div>"


def _explanations(result: StudyResult) -> dict[str, str]:
    how = ESTIMATE_MARK if result.estimate else BY_CAR
    darker = "Plus foncé : plus à faire."
    if result.need_rung == 2:
        need = f"Indice de fragilité numérique, de 0 à 10. Besoin : {NEED_RUNGS[2]}."
    else:
        need = (
            f"Personnes en difficulté pour 100 habitants. Besoin : {NEED_RUNGS[result.need_rung]}."
        )
    return {
        "score": (
            f"Indice de 0 à 1, sans unité : {index_legend(result)} Besoin : "
            f"{NEED_RUNGS[result.need_rung]}. {parts_meaning(result)}"
        ),
        "minutes": f"Minutes, moyenne des habitants de la commune ({how}). {darker}",
        "need": f"{need} {darker}",
        **detection_explanations(result),
    }


def _legends(result: StudyResult) -> list[dict[str, Any]]:
    """Return the legend of each layer, the first one being shown."""
    classes = layers.commune_classes(result)
    rows = {
        key: _legend_rows(ramp, Counter(classes[key]), estimate=result.estimate)
        for key, ramp in layers.ramps(result).items()
    }
    if has_density(result):
        rows[DENSITY] = density_rows(result)
    names, explanations = {**LAYER_NAMES, **DETECTION_NAMES}, _explanations(result)
    return [
        {
            "key": key,
            "shown": key == "score",
            "title": spaced(names[key]),
            "explanation": spaced(explanations[key]),
            "rows": found,
        }
        for key, found in rows.items()
    ]


def _communes(count: int) -> str:
    return f"{whole(count)}{NO_BREAK_SPACE}commune{'s' if count > 1 else ''}"


def _legend_rows(ramp: Ramp, counts: Counter[int | str], *, estimate: bool) -> list[dict[str, Any]]:
    first_dark = None if ramp.break_at is None else ramp.limits.index(ramp.break_at) + 1
    texts = {"score": "secteur prioritaire", "minutes": "au-delà de la limite de service"}
    rows = [
        {
            "fill": layers.fill_of(ramp, rank, estimate=estimate),
            "label": label,
            "count": _communes(counts[rank]),
            "break_text": texts[ramp.key] if rank == first_dark else "",
        }
        for rank, label in enumerate(ramp.labels())
    ]
    others = {
        layers.OUT_OF_REACH: "hors d’atteinte",
        **PATTERN_LABELS,
        layers.NO_DATA: "non disponible (n.d.)",
    }
    rows += [
        {
            "fill": layers.fill_of(ramp, key, estimate=estimate),
            "label": label,
            "count": _communes(counts[key]),
            "break_text": "",
        }
        for key, label in others.items()
        if counts[key]
    ]
    return rows


def _table(result: StudyResult) -> dict[str, Any]:
    ordered = result.communes.sort_values(
        ["rank", "population", "code_insee"], ascending=[True, False, True], na_position="last"
    )
    rows = [
        {
            "code": row.code_insee,
            "nom": row.nom,
            "rank": rank_text(row.rank, row.rank_low, row.rank_high),
            "score": decimal(None if pd.isna(row.score) else row.score, 2),
            "minutes": minutes_text(row.minutes_adviser, row.uncovered),
            "uncovered": whole(row.uncovered),
        }
        for row in ordered.itertuples()
    ]
    caption = (
        f"{whole(len(rows))} communes. Choisir un nom le montre sur la carte. Rang : entre "
        "crochets, celui de neuf tirages sur dix. Reste à couvrir : habitants à plus de "
        f"{result.params.minutes}{NO_BREAK_SPACE}min d’un conseiller"
    )
    mark = f" ({ESTIMATE_MARK})." if result.estimate else "."
    return {"caption": spaced(f"{caption}{mark}"), "rows": rows}
