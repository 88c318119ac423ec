"""The legal test of La Poste in French: the rule, what the study finds, who is responsible.

Loi n° 90-568 du 2 juillet 1990, article 6: « Sauf circonstances exceptionnelles, ces règles ne
peuvent autoriser que plus de 10 % de la population d'un département se trouve éloignée de plus de
cinq kilomètres et de plus de vingt minutes de trajet automobile […] des plus proches points de
contact de La Poste. »
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from coverage.model.words import NO_BREAK_SPACE, decimal, percent, whole
from coverage.reports.words.sentences import BY_CAR, persons_known, spaced

if TYPE_CHECKING:
    from coverage.model.results import StudyResult

_RULE = (
    "La loi du 2 juillet 1990 (art. 6) veut que, sauf circonstances exceptionnelles, pas plus de "
    f"10{NO_BREAK_SPACE}% des habitants d’un département soient à plus de 5{NO_BREAK_SPACE}km et "
    f"à plus de 20{NO_BREAK_SPACE}min en voiture du plus proche point de contact de La Poste. Elle "
    f"ne dit pas si les 5{NO_BREAK_SPACE}km sont par la route ou à vol d’oiseau : les deux sont "
    "donnés."
)
#: The communes named as responsible.
_NAMED = 5


def legal_rule() -> str:
    """Return what the law asks, and what it leaves open."""
    return spaced(_RULE)


def legal_sentences(result: StudyResult) -> list[str]:
    """Say what the test finds today and after the changes, and which communes it rests on."""
    if not _told(result):
        return [spaced("Le test n’est pas disponible : la population ou les distances manquent.")]
    states = {str(row["state"]): row for row in result.legal.to_dict("records")}
    texts = [f"Aujourd’hui : {_finding(states['today'])}."]
    if changed := states.get("changed"):
        moved = changed["far_road_share"] - states["today"]["far_road_share"]
        texts.append(
            f"{_changes(result)} : {_finding(changed)}, soit {_signed(moved)} par la route."
        )
    if responsible := _responsible(result.legal_communes):
        texts.append(responsible)
    indicative = (
        "Résultat indicatif : temps et distances sont estimés à vol d’oiseau."
        if result.estimate
        else f"{BY_CAR.capitalize()} ; la loi parle des conditions de circulation du territoire."
    )
    return [spaced(text) for text in [*texts, indicative]]


def legal_rows(result: StudyResult) -> list[list[str]]:
    """Return the rows of a table: state, by road, as the crow flies, margin, whether it holds."""
    names = {"today": "Aujourd’hui", "changed": "Après les changements"}
    if not _told(result):
        return []
    return [
        [
            names[str(row["state"])],
            f"{percent(row['far_road_share'])} ({whole(row['far_road'])})",
            f"{percent(row['far_crow_share'])} ({whole(row['far_crow'])})",
            f"{_signed(row['margin_share'])} ({whole(row['margin_persons'])})",
            _held(row),
        ]
        for row in result.legal.to_dict("records")
    ]


def _told(result: StudyResult) -> bool:
    return persons_known(result) and not result.legal.empty


def _finding(row: dict[Any, Any]) -> str:
    if not round(row["far_road"]) and not round(row["far_crow"]):
        return f"personne n’est trop loin, avec une marge de {_margin(row)}"
    road = f"{percent(row['far_road_share'])} des habitants ({whole(row['far_road'])}) par la route"
    crow = f"{percent(row['far_crow_share'])} ({whole(row['far_crow'])}) à vol d’oiseau"
    margin = _margin(row)
    held = _held(row)
    if row["holds_road"]:
        left = f", avec une marge de {margin} par la route"
    else:
        left = f" de {margin} par la route" if held == "dépassé" else f", dépassé de {margin} sinon"
    return f"{road}, {crow} ; le seuil est {held}{left}"


def _margin(row: dict[Any, Any]) -> str:
    return f"{_points(abs(row['margin_share']))} ({whole(abs(row['margin_persons']))} habitants)"


def _held(row: dict[Any, Any]) -> str:
    if row["holds_road"] and row["holds_crow"]:
        return "tenu"
    if not row["holds_road"] and not row["holds_crow"]:
        return "dépassé"
    return "tenu à vol d’oiseau seulement" if row["holds_crow"] else "tenu par la route seulement"


def _points(share: float) -> str:
    return f"{decimal(100 * share, 1)}{NO_BREAK_SPACE}pts"


def _signed(share: float) -> str:
    return f"+{_points(share)}" if share > 0 else _points(share)


def _changes(result: StudyResult) -> str:
    """Say what was closed and opened."""
    closed, opened = len(result.params.closed), len(result.params.opened)
    parts = []
    if closed:
        parts.append("1 lieu fermé" if closed == 1 else f"{whole(closed)} lieux fermés")
    if opened:
        parts.append("1 lieu ouvert" if opened == 1 else f"{whole(opened)} lieux ouverts")
    return f"Avec {' et '.join(parts)}" if parts else "Après les changements"


def _responsible(communes: pd.DataFrame) -> str:
    far = communes[communes["far_road"] > 0].head(_NAMED)
    if far.empty:
        return ""
    names = ", ".join(f"{row['nom']} ({whole(row['far_road'])})" for row in far.to_dict("records"))
    if len(far) == int((communes["far_road"] > 0).sum()):
        return f"Ils vivent à : {names}."
    return f"Ils vivent surtout à : {names} ; {percent(float(far['part'].sum()), 0)} d’entre eux."
