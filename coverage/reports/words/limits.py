"""The limits that a reader of a study should know, in French."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coverage.model.needs import SHIPPED
from coverage.model.words import NO_BREAK_SPACE, percent, whole
from coverage.reports.words.detections import detection_limits
from coverage.reports.words.factors import NEED, factors_of, neutral_sentence
from coverage.reports.words.freshness import quarters_limit
from coverage.reports.words.ranks import ESTIMATE_APART, ONLY_SLOWER
from coverage.reports.words.sentences import (
    NEED_RUNGS,
    covers_nearly_all,
    ilots_announced,
    persons_known,
    spaced,
)

if TYPE_CHECKING:
    from coverage.model.results import StudyResult

#: From this share of people far from any road on, the road file is doubted.
_OFF_ROAD_SHARE = 0.05
#: How the quality notes say that a network leaves out what walkers use.
NETWORK_ISSUE = "remarque sur le réseau"
CARS_ONLY = "ne décrit que les routes des voitures"


def limits(result: StudyResult) -> list[str]:
    """Return the limits that a reader should know, each one sentence."""
    if result.estimate:
        times = (
            "Les temps sont une estimation à vol d’oiseau (distance directe × 1,3, vitesse selon "
            "la densité) : ils ne remplacent pas un calcul sur les routes."
        )
    else:
        times = (
            "Les temps sont en voiture, hors congestion, avec des vitesses par type de route "
            "comparées à quelques trajets publiés de Corse : ils s’accordent sur les routes "
            "principales, et sont trop courts d’environ un cinquième sur les routes sinueuses de "
            "montagne."
        )
    texts = [
        times,
        "La couverture est comptée sur les points de demande ; les aires de desserte dessinées "
        "ne servent que pour l’œil.",
        f"Le besoin est une estimation : {NEED_RUNGS[result.need_rung]} ; ce n’est pas un "
        "dénombrement.",
        *_need_limits(result),
        *detection_limits(result),
        "L’indice de priorité classe les communes entre elles ; il ne mesure pas un nombre de "
        "personnes. L’intervalle d’un rang tient neuf tirages sur dix, où changent les poids, la "
        f"normalisation, la limite de temps (±{NO_BREAK_SPACE}5{NO_BREAK_SPACE}min) et les "
        f"vitesses (jusqu’à −{NO_BREAK_SPACE}20{NO_BREAK_SPACE}%). {ONLY_SLOWER}"
        + (f" {ESTIMATE_APART}" if result.estimate else ""),
        *_cover_limits(result),
        *_mode_limits(result),
        *_place_limits(result),
        *quarters_limit(result),
        *_ilots(result),
    ]
    missing = [
        source.title
        for source in result.sources
        if source.status == "missing" and source.source_id != "detections"
    ]
    if missing:
        texts.append(f"Non disponible et donc non pris en compte : {', '.join(missing)}.")
    if result.fictitious:
        texts.insert(0, "Territoire fictif : tous les lieux, noms et chiffres sont inventés.")
    return [spaced(text) for text in texts]


def _place_limits(result: StudyResult) -> list[str]:
    """Say what is not known of the places: their hours, and which of them are one."""
    texts = []
    places = result.places
    advisers = set(places.loc[places["level"] == "adviser", "kind"])
    if unknown := result.facts["unknown_hours"]:
        helping = sum(bool(advisers.intersection(roles)) for roles in result.sites["roles"])
        has = "a des horaires inconnus" if unknown == 1 else "ont des horaires inconnus"
        texts.append(
            f"{whole(unknown)} des {whole(helping)} lieux de conseillers {has} : les heures "
            "d’ouverture à portée n’en tiennent pas compte et sont un minimum."
        )
    lost = round(result.facts["unreached_supply"])
    if lost > 0 and persons_known(result):
        persons = "1 personne" if lost == 1 else f"{whole(lost)} personnes"
        texts.append(
            f"Des lieux qui pourraient aider {persons} par mois sont hors d’atteinte de toute "
            "personne en difficulté : l’accès ne les compte pas."
        )
    review = int((result.matches["decision"] == "review").sum())
    if review:
        pairs = "1 paire de lieux est" if review == 1 else f"{whole(review)} paires de lieux sont"
        texts.append(
            f"{pairs} à vérifier : peut-être le même lieu dans deux sources, compté deux fois "
            "(paires.csv)."
        )
    return texts


def _mode_limits(result: StudyResult) -> list[str]:
    """Say what access on foot and by bike is, and what their times are worth."""
    if not persons_known(result):
        return []
    texts = [
        "L’accès à pied ou à vélo est ce que l’aide, partagée entre tous ceux qui l’atteignent en "
        "voiture, laisse à qui vient ainsi."
    ]
    notes = result.quality.loc[result.quality["issue"] == NETWORK_ISSUE, "detail"]
    if not result.estimate and notes.str.contains(CARS_ONLY, regex=False).any():
        texts.append(
            "À pied et à vélo, les temps sont approchés : le réseau ne décrit que les routes des "
            f"voitures, prises dans les deux sens, à 4,5{NO_BREAK_SPACE}km/h à pied, sans les "
            "voies rapides."
        )
    return texts


def _need_limits(result: StudyResult) -> list[str]:
    """Say what the rung of the need is worth, and which factor of the index ranks nobody."""
    texts = []
    if result.need_rung > 1:
        corrected = "l’IFN la corrige à l’intérieur du département : "
        texts.append(
            "La même part des habitants est comptée en difficulté partout : "
            f"{percent(SHIPPED.illectronism)} des 15 ans et plus, supposés être "
            f"{percent(SHIPPED.aged_15_or_more, 0)} de la population (sauf autre réglage) ; "
            f"{corrected if result.need_rung == 2 else ''}deux départements ne se comparent pas."
        )
    neutral = result.facts["neutral"]["communes"]
    told = neutral_sentence(factors_of(result.communes), neutral)
    if told and NEED.key in neutral and result.need_rung == 3:
        told = f"Aucun indice de fragilité n’est chargé. {told}"
    return [*texts, told] if told else texts


def _cover_limits(result: StudyResult) -> list[str]:
    texts = []
    places = result.places
    advisers = set(places.loc[places["level"] == "adviser", "kind"])
    beyond = result.sites.loc[~result.sites["in_territory"].astype(bool), "roles"]
    if any(advisers.intersection(roles) for roles in beyond):
        texts.append(
            "Les habitants des communes voisines partagent les lieux avec ceux du territoire, en "
            "voiture : placés en un point par commune, ils sont comptés en difficulté "
            "dans la même proportion que la moyenne du territoire."
        )
    off_road = result.facts.get("off_road_share")
    if off_road is not None and off_road >= _OFF_ROAD_SHARE:
        texts.append(
            f"{percent(off_road)} des habitants sont loin de toute route du réseau déposé : il ne "
            "couvre sans doute pas tout le territoire."
        )
    if warning := covers_nearly_all(result):
        texts.append(warning)
    if not persons_known(result):
        texts.append(
            "La population n’est pas disponible : couverture, besoin, indice et plan sont n.d."
        )
    return texts


def _ilots(result: StudyResult) -> list[str]:
    announced = ilots_announced(result)
    return [f"Îlots numériques : n.d. ({announced})."] if announced else []
