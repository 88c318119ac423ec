"""Detections on the map: communes by the rate of their block, and where detections are dense.

Nothing here knows a number of a commune's own. What was never sounded is hatched, never pale.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from coverage.base.crs import WGS84
from coverage.model.words import NO_BREAK_SPACE, NOT_AVAILABLE, decimal, whole
from coverage.reports.palette import DETECTION_COLOURS
from coverage.reports.shapes import DEGREE_DIGITS, geojson, simplified
from coverage.reports.words.detections import (
    NEVER,
    SECRET,
    blocks_by_commune,
    counted,
    rate_digits,
    rate_text,
    rated,
    secret_legend,
    source_text,
    span,
    state_text,
)
from coverage.reports.words.sentences import FOR_THE_EYE, spaced

if TYPE_CHECKING:
    import geopandas as gpd

    from coverage.model.detections import ProtectedDetections
    from coverage.model.results import StudyResult

#: The keys of the two layers, and how they are called.
DETECTIONS, DENSITY = "detections", "density"
DETECTION_NAMES = {
    DETECTIONS: "Détections (par jour de présence)",
    DENSITY: "Densité des détections",
}
#: Patterns of a commune whose counter was never sounded, and of one that is statistical secret.
NEVER_SOUNDED, HIDDEN = "h-js", "h-s"
DETECTION_PATTERNS = (
    '<pattern id="h-js" width="7" height="7" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(-45)"><rect width="7" height="7" fill="#FFFFFF"/>'
    '<path d="M3.5 0v7" stroke="#3E474C" stroke-width="2" stroke-dasharray="3.5"/></pattern>',
    '<pattern id="h-s" width="9" height="9" patternUnits="userSpaceOnUse">'
    '<rect width="9" height="9" fill="#F3F3EF"/>'
    '<path d="M0 0l9 9M9 0L0 9" stroke="#6B757A" stroke-width="1.2"/></pattern>',
)
#: How the two patterns are called in a legend.
PATTERN_LABELS = {NEVER_SOUNDED: NEVER, HIDDEN: SECRET}
#: How the colours of the two layers are read.
CLASSES_TEXT = spaced(
    "Plus foncé : plus de détections par jour de présence. Six classes autour du taux du "
    f"territoire, la quatrième à 10{NO_BREAK_SPACE}% près."
)
DENSE_TEXT = spaced("Foncé : plusieurs guichets sondés proches, pas un taux plus haut.")
_TRANSPARENT = "transparent"


def has_density(result: StudyResult) -> bool:
    """Tell whether there is a density to draw."""
    return rated(result) is not None and len(result.density) > 0


def unsounded_patterns(result: StudyResult, protected: ProtectedDetections) -> list[str]:
    """Return for each commune why it would have no rate: it was never sounded, or is secret."""
    served = protected.communes.set_index("code_insee")["served"]
    return [HIDDEN if served[code] else NEVER_SOUNDED for code in result.communes["code_insee"]]


def density_fills(result: StudyResult, protected: ProtectedDetections) -> list[str]:
    """Return the fill of each commune over the density: hatched where it says nothing."""
    return [
        f"url(#{NEVER_SOUNDED})" if pattern == NEVER_SOUNDED else _TRANSPARENT
        for pattern in unsounded_patterns(result, protected)
    ]


def counter_rows(result: StudyResult) -> list[list[tuple[str, str]]]:
    """Return what a click on each commune tells of its counter and its block."""
    protected, label = counted(result), "Détections par jour"
    if protected is None:
        return [[(label, NOT_AVAILABLE)]] * len(result.communes)
    states = protected.communes.set_index("code_insee")
    blocks = blocks_by_commune(protected)
    rows = []
    for code in result.communes["code_insee"]:
        told = code in blocks.index
        state = states.loc[code]
        name = str(blocks.at[code, "nom"]) if told else None
        text = state_text(state["sounding"], served=bool(state["served"]), block=name)
        if told:
            block = blocks.loc[code]
            rate = rate_text(block["rate"], block["rate_low"], block["rate_high"], "")
            rows.append([(label, rate), ("Bloc de communes", str(block["nom"])), ("Guichet", text)])
        else:
            rows.append([(label, SECRET if state["served"] else NEVER), ("Guichet", text)])
    return rows


def block_outlines(result: StudyResult, protected: ProtectedDetections) -> dict[str, Any]:
    """Return the outlines of the blocks, along the communes as they are drawn."""
    members = protected.communes.set_index("code_insee")["block_id"]
    drawn = simplified(result.communes[["code_insee", "geometry"]], result.territory)
    # on one grid, so that no crack between two communes of a block is left as a line
    drawn = drawn.set_geometry(drawn.geometry.set_precision(10**-DEGREE_DIGITS))
    blocks = drawn.assign(block=drawn["code_insee"].map(members)).dissolve("block")
    return geojson(blocks, [{} for _ in range(len(blocks))])


def density_shapes(result: StudyResult) -> dict[str, Any]:
    """Return the bands of density inside the territory, and its ground under them, filled."""
    ground = result.outline.geometry.union_all()
    bands = result.density.geometry.intersection(ground)
    beyond = ground.difference(bands.union_all())
    table = result.density.set_geometry(bands).assign(fill=_band_colours(result.density))
    rest = table.iloc[:1].assign(fill=DETECTION_COLOURS[0]).set_geometry([beyond], crs=WGS84)
    drawn = pd.concat([rest, table])
    drawn = drawn[~drawn.geometry.is_empty]
    return geojson(drawn, [{"fill": fill} for fill in drawn["fill"]])


def density_rows(result: StudyResult) -> list[dict[str, str]]:
    """Return the legend of the bands, from light to dark, and of what is beyond and unknown."""
    bands = result.density
    digits = max(0, -math.floor(math.log10((bands["high"] - bands["low"]).min())))
    labels = [
        f"de {decimal(low, digits)} à moins de {decimal(high, digits)}"
        if low > 0
        else f"moins de {decimal(high, digits)}"
        for low, high in zip(bands["low"], bands["high"], strict=True)
    ]
    rows = [(DETECTION_COLOURS[0], "proche de 0, loin de tout guichet sondé")]
    rows += zip(_band_colours(bands), labels, strict=True)
    told = counted(result)
    if told is not None and not told.communes["served"].all():
        rows.append((f"url(#{NEVER_SOUNDED})", NEVER))
    return [{"fill": fill, "label": label, "count": "", "break_text": ""} for fill, label in rows]


def _band_colours(bands: gpd.GeoDataFrame) -> list[str]:
    """Return a colour a band, from the second of the ramp on: the first is the empty ground."""
    last = len(DETECTION_COLOURS) - 1
    return [DETECTION_COLOURS[min(at, last)] for at in range(1, len(bands) + 1)]


def bandwidth_text(result: StudyResult) -> str:
    """Return how far round a counter its rate is spread: ``10 km``."""
    return f"{whole(result.facts['density_bandwidth_m'] / 1_000)}{NO_BREAK_SPACE}km"


def detection_explanations(result: StudyResult) -> dict[str, str]:
    """Return what the legends say of the layers before their classes."""
    protected = rated(result)
    if protected is None:
        return {}
    count = len(protected.blocks)
    blocks = "1 bloc" if count == 1 else f"{whole(count)} blocs"
    found = {
        DETECTIONS: (
            "Détections par jour de présence d’un médiateur : le taux du bloc de communes, jamais "
            f"celui d’une commune. {blocks} (trait épais), {span(protected)}. {CLASSES_TEXT} Taux "
            f"du territoire : {rate_digits(protected.mean_rate())}. {secret_legend(protected)} "
            f"{source_text(result)}"
        )
    }
    if has_density(result):
        found[DENSITY] = (
            f"Détections par jour de présence et 100{NO_BREAK_SPACE}km² : le taux de son bloc, "
            "étalé autour de chaque guichet sondé (noyau quartique, rayon de "
            f"{bandwidth_text(result)}). {DENSE_TEXT} "
            f"Dessinée {FOR_THE_EYE} : elle ne dit pas où les personnes habitent. "
            f"{source_text(result)}"
        )
    return found
