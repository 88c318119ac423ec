"""Detections at the counter in French: rates, hidden numbers, what protection costs.

Only what is protected is told. A raw count is never told as need: it follows the days on which a
médiateur was present.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd

from coverage.model.detections import (
    HIDDEN,
    NEVER_SOUNDED,
    NO_BUREAU,
    SOUNDED,
    ZONINGS,
    with_counts,
)
from coverage.model.words import (
    NO_BREAK_SPACE,
    NOT_AVAILABLE,
    decimal,
    french_date,
    french_month,
    percent,
    share_of,
    whole,
)
from coverage.reports.words.factors import DETECTIONS, factors_of
from coverage.reports.words.sentences import group_order, spaced

if TYPE_CHECKING:
    from coverage.model.detections import ProtectedDetections
    from coverage.model.results import StudyResult

#: What may follow a detection, in the order in which a person takes the steps.
FUNNEL_LABELS = {
    "detections": "Détections",
    "orientations": "Orientations",
    "accompagnements": "Accompagnements",
    "ateliers": "Ateliers",
    "stagiaires": "Stagiaires des ateliers",
}
#: Of each step: what is done for the person.
FUNNEL_STAGES = {
    "detections": "Détecter",
    "orientations": "Détecter",
    "accompagnements": "Accompagner",
    "ateliers": "Soutenir",
    "stagiaires": "Soutenir",
}
ZONING_LABELS = {
    "departement": "Département",
    "epci": "Intercommunalités",
    "frr": "Zonage FRR",
    "densite": "Densité",
}
#: Steps that are counted at the counters, block by block; the others come as one number.
_OF_BLOCKS = ("detections", "orientations")
RATE_UNIT = "détections par jour de présence"
NEVER = "jamais sondé"
SECRET = f"secret statistique ({HIDDEN})"
_WITHOUT = "L’indice de priorité est calculé sans détections."
_RATE_DIGITS = 2


def count_text(count: Any, mark: str) -> str:
    """Return a count of persons, or its mark where it isn't told."""
    return mark or (NOT_AVAILABLE if pd.isna(count) else whole(float(count)))


def rate_digits(rate: Any) -> str:
    """Return a rate as it is told."""
    return decimal(float(rate), _RATE_DIGITS)


def rate_text(rate: Any, low: Any, high: Any, mark: str) -> str:
    """Return a rate with its 90 % interval, ``1,97 (1,69 à 2,27)``, or its mark."""
    if pd.isna(rate):
        return mark or NOT_AVAILABLE
    return f"{rate_digits(rate)} ({rate_digits(low)} à {rate_digits(high)})"


def area_rate_text(area: Mapping[Any, Any]) -> str:
    """Return the rate of a block or an official zone, or why it has none."""
    if not area["sounded"]:
        return NEVER
    return rate_text(area["rate"], area["rate_low"], area["rate_high"], area["detections_mark"])


def period_text(since: Any, until: Any) -> str:
    """Return between which days something was counted, by months where they are whole.

    ``mars 2025``, ``janvier – juin 2025``, ``7 janvier 2024 – 30 juin 2025``.
    """
    if pd.isna(since) or pd.isna(until):
        return NOT_AVAILABLE
    first, last = pd.Timestamp(since), pd.Timestamp(until)
    told = french_month if first.is_month_start and last.is_month_end else french_date
    start, end = told(first), told(last)
    if start == end:
        return start
    return f"{start.removesuffix(f' {last.year}')} – {end}"


def counted(result: StudyResult) -> ProtectedDetections | None:
    """Return the detections where counts are loaded, and not only what followed them."""
    return with_counts(result.detections)


def rated(result: StudyResult) -> ProtectedDetections | None:
    """Return the detections where a block of communes tells a rate of them."""
    told = counted(result)
    return None if told is None or told.blocks.empty else told


def behind_text(protected: ProtectedDetections) -> str:
    """Say how many blocks of a total stand as they did before; nothing where none does."""
    count = protected.behind
    if not count:
        return ""
    blocks = "1 bloc" if count == 1 else f"{whole(count)} blocs"
    stopped = "arrêté" if count == 1 else "arrêtés"
    total = whole(len(protected.blocks))
    return f"dont {blocks} sur {total} {stopped} à une publication antérieure"


def total_period(protected: ProtectedDetections, since: Any, until: Any) -> str:
    """Return the period of a total over blocks, which need not all run until its last day."""
    period, behind = period_text(since, until), behind_text(protected)
    if not behind or period == NOT_AVAILABLE:
        return period
    return f"{period} au plus tard, {behind}"


def funnel_period(protected: ProtectedDetections, step: Mapping[Any, Any]) -> str:
    """Return the period of a step: detections and orientations are totals over blocks."""
    since, until = step["since"], step["until"]
    if step["step"] in _OF_BLOCKS:
        return total_period(protected, since, until)
    return period_text(since, until)


def zones_note(protected: ProtectedDetections) -> str:
    """Say that the totals of official zones hold blocks of an earlier date; else nothing."""
    behind = behind_text(protected)
    return f"Totaux de tous les blocs, {behind}." if behind else ""


def trend_breaks(protected: ProtectedDetections) -> dict[int, str]:
    """Return why the line of the trend breaks, by the row (in order) before which it does.

    The periods that one release added are told by the same blocks. Those of another are told by
    others, unless both are told by all.
    """
    total, found = len(protected.blocks), {}
    rows = protected.trend.sort_values("since").to_dict("records")
    for at, (before, row) in enumerate(pairwise(rows), start=1):
        every = row["blocks"] == before["blocks"] == total
        if row["release"] != before["release"] and not every:
            found[at] = spaced(_break_text(row, total))
    return found


def _break_text(row: dict[Any, Any], total: int) -> str:
    first, count = pd.Timestamp(row["since"]), int(row["blocks"])
    day = french_month(first) if first.is_month_start else french_date(first)
    of = "du " if day[0].isdigit() else "d’" if day[0] in "ao" else "de "
    if count == total:
        return (
            f"À partir {of}{day} : tous les blocs ; leur taux ne se compare pas à celui des mois "
            "d’avant."
        )
    who = (
        f"1 bloc sur {whole(total)}, celui dont les nombres ont assez bougé pour être publiés ; son"
        if count == 1
        else f"{whole(count)} blocs sur {whole(total)}, ceux dont les nombres ont assez bougé pour "
        "être publiés ; leur"
    )
    return (
        f"À partir {of}{day} : {who} taux est plus haut que celui de l’ensemble et ne se compare "
        "pas aux mois d’avant."
    )


def state_text(sounding: str, *, served: bool, block: str | None) -> str:
    """Say whether a commune's counter was sounded, and that another's speaks for it.

    ``block``: the name of the block whose rate stands for the commune, None where none is told.
    """
    if sounding == NEVER_SOUNDED:
        return NEVER
    if not served:
        return f"sans bureau, guichet le plus proche {NEVER}"
    if block is None:
        near = {SOUNDED: "sondé", NO_BUREAU: "sans bureau, guichet le plus proche sondé"}
        return f"{near[sounding]}, {SECRET}"
    of_block = spaced(f"sans bureau : taux du bloc « {block} »")
    return {SOUNDED: "sondé", NO_BUREAU: of_block}[sounding]


def ordered_zones(zones: pd.DataFrame) -> pd.DataFrame:
    """Return the official zones in the order in which groups of people are listed."""
    places = [
        (ZONINGS.index(row["zoning"]), *group_order(row["zoning"], row["zone_id"]), row["zone_id"])
        for row in zones.to_dict("records")
    ]
    order = sorted(range(len(zones)), key=places.__getitem__)
    return zones.iloc[order].reset_index(drop=True)


def whole_territory(protected: ProtectedDetections) -> dict[str, Any] | None:
    """Return the zone of the whole territory; None where it isn't one département."""
    whole_zones = protected.zones[protected.zones["zoning"] == ZONINGS[0]]
    return dict(whole_zones.iloc[0]) if len(whole_zones) == 1 else None


def blocks_by_commune(protected: ProtectedDetections) -> pd.DataFrame:
    """Return by ``code_insee`` the figures of the block that speaks for a commune, where one does.

    Columns ``nom, rate, rate_low, rate_high``.
    """
    table = protected.communes[protected.communes["served"]].set_index("code_insee")
    figures = protected.blocks.set_index("block_id")[["nom", "rate", "rate_low", "rate_high"]]
    return table[["block_id"]].join(figures, on="block_id", how="inner").drop(columns="block_id")


def span(protected: ProtectedDetections) -> str:
    """Return the days between which the told figures were counted, and whether all were."""
    blocks = protected.blocks
    return total_period(protected, blocks["since"].min(), blocks["until"].max())


def secret_legend(protected: ProtectedDetections) -> str:
    """Say what the two marks are."""
    return spaced(
        f"{HIDDEN} : secret statistique (effectif de 0 à {protected.threshold - 1}, ou masqué pour "
        f"en protéger un autre) ; {NOT_AVAILABLE} : non disponible."
    )


def source_text(result: StudyResult) -> str:
    """Say where the detections come from."""
    used = (one for one in result.sources if one.source_id == "detections")
    told = [part for one in used for part in (one.title, one.producer) if part]
    return spaced(f"Source : {', '.join(told)}.") if told else ""


def rate_meaning() -> str:
    """Say what a rate is, and why it isn't a count."""
    return spaced(
        f"Taux : {RATE_UNIT} d’un médiateur, celui d’un bloc de communes étant rapproché de celui "
        "du territoire d’autant plus qu’il repose sur peu de jours (bayésien empirique) ; entre "
        f"parenthèses, son intervalle à 90{NO_BREAK_SPACE}%. Celui d’une zone officielle ou d’une "
        "période est le taux observé. Un effectif brut suit la présence et "
        "ne se lit pas comme un besoin."
    )


def not_loaded(result: StudyResult) -> str:
    """Say that there are no detections and what would give some."""
    remedies = [one.remedy for one in result.sources if one.source_id == "detections"]
    remedy = next((f" {text}" for text in remedies if text), "")
    return spaced(f"Détections : non disponible.{remedy}")


def summary_sentences(result: StudyResult) -> list[str]:
    """Say what the counters of a territory tell, who isn't told of, and what that costs."""
    protected = counted(result)
    if protected is None:
        return [not_loaded(result), spaced(_WITHOUT)]
    if protected.blocks.empty:
        texts = [
            f"Trop peu de détections pour en publier sans dévoiler de petits effectifs : {SECRET}."
        ]
    else:
        texts = [_told(protected), cost_text(protected)]
    if never := _never(protected):
        texts.append(never)
    return [spaced(text) for text in texts]


def detection_limits(result: StudyResult) -> list[str]:
    """Return what a reader should know of the detections before trusting them."""
    protected = counted(result)
    if protected is None:
        return [f"Détections : non disponible. {_WITHOUT}"]
    texts = [
        "Les détections sont comptées au guichet, pas au domicile : elles disent qui s’y présente, "
        "et une commune a le taux du bloc, qui réunit souvent plusieurs communes."
    ]
    if DETECTIONS not in factors_of(result.communes):
        return [*texts, f"Aucun taux ne peut en être dit. {_WITHOUT}"]
    if result.communes["detection_rate"].isna().any():
        texts.append(
            "Là où le guichet le plus proche n’a jamais été sondé, l’indice prend la médiane des "
            "autres communes : ni avantage, ni pénalité."
        )
    return texts


def _told(protected: ProtectedDetections) -> str:
    zone = whole_territory(protected)
    count = len(protected.blocks)
    blocks = "1 bloc de communes" if count == 1 else f"{whole(count)} blocs de communes"
    if zone is None or pd.isna(zone["rate"]):
        return f"Les détections sont connues pour {blocks} ({span(protected)})."
    rate = rate_text(zone["rate"], zone["rate_low"], zone["rate_high"], "")
    oriented = zone["oriented_share"]
    share = "" if pd.isna(oriented) else f" ; {percent(oriented)} des détections sont orientées"
    return (
        f"{_capital(RATE_UNIT)} : {rate} dans le territoire, "
        f"{_day_count(zone['days'])}, {total_period(protected, zone['since'], zone['until'])} ; "
        f"{blocks}{share}."
    )


def cost_text(protected: ProtectedDetections) -> str:
    """Say what the protection of small numbers costs in detail."""
    sharing = protected.sharing()
    apart = sharing.sounded_sharing
    share = percent(share_of(sharing.sharing, sharing.communes), 0)
    blurred = percent(share_of(apart, sharing.sounded), 0)
    return (
        f"Ce que coûte la protection : {whole(sharing.sharing)} des {whole(sharing.communes)} "
        f"communes ({share}) partagent leur bloc avec une autre ; {whole(apart)} des "
        f"{whole(sharing.sounded)} communes sondées ({blurred}) ne se distinguent plus d’une autre "
        "commune sondée."
    )


def _never(protected: ProtectedDetections) -> str:
    """Say how many communes the detections say nothing of."""
    table = protected.communes
    blind = int((~table["served"]).sum())
    if not blind:
        return ""
    with_counter = int((table["sounding"] == NEVER_SOUNDED).sum())
    communes = "1 commune" if blind == 1 else f"{whole(blind)} communes"
    have = {0: "aucune n’a de bureau", 1: "1 d’entre elles a un bureau"}.get(
        with_counter, f"{whole(with_counter)} d’entre elles ont un bureau"
    )
    some = f" ; {have}" if blind > 1 else ""
    return (
        f"Pour {communes}, le guichet le plus proche n’a jamais été sondé (« {NEVER} », ce n’est "
        f"pas zéro){some}."
    )


def _day_count(days: Any) -> str:
    return f"{whole(float(days))} jour{'s' if days > 1 else ''} de présence"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
