"""The sentence that says what is detected at the counter that serves an area."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from coverage.reports.words.areas import COMMUNE, Ranked, Territory, against, number
from coverage.reports.words.detections import RATE_UNIT, rate_digits, rate_text
from coverage.reports.words.factors import DETECTIONS


def why_detections(code: str, row: Any, group: Ranked, territory: Territory) -> str:
    """Say the rate of the area's block, or that its counter was never sounded.

    Nothing where detections aren't a factor of the index, or the area isn't ranked.
    """
    if DETECTIONS not in group.factors or pd.isna(row[DETECTIONS.part]):
        return ""
    if group.noun is not COMMUNE:
        return (
            "Les détections sont celles du bloc de sa commune, elles ne disent rien du quartier "
            "seul."
        )
    if math.isnan(number(row["detection_rate"])):
        return (
            "Le guichet le plus proche n’a jamais été sondé : l’indice prend la médiane des autres "
            "communes, ce qui ne l’avantage ni ne la pénalise."
        )
    block = territory.blocks.loc[code]
    rate = rate_text(block["rate"], block["rate_low"], block["rate_high"], "")
    compared = (
        ""
        if math.isnan(territory.usual_rate)
        else against(rate_digits(block["rate"]), rate_digits(territory.usual_rate))
    )
    return f"Au guichet de son bloc ({block['nom']}) : {rate} {RATE_UNIT}{compared}."
