"""What the command line says of a study: whole texts of the toy town, and its odd cases."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

from coverage.model.answers import Repair
from coverage.model.notes import Notes
from coverage.model.results import StudyResult
from coverage.study.summary import (
    area_text,
    freshness_text,
    need_text,
    notes_text,
    plan_text,
    quality_text,
)
from tests.reports.ranked import ranked_result
from tests.reports.unknown import unknown_population
from tests.toy import toy_result
from tests.toy_detections import sounded_result, toy_detections


def plain(text: str) -> str:
    return re.sub("[\u00a0\u202f]", " ", text)


def everything_closed() -> StudyResult:
    """The toy town without a place: nobody is covered, every counter is gone."""
    toy = toy_result()
    persons = toy.communes["population"].astype(float)
    none = ("covered", "covered_after", "double_covered", "car_only", "access")
    communes = toy.communes.assign(
        **dict.fromkeys(none, 0.0),
        uncovered=persons,
        unreached=persons,
        concerned=toy.communes["need"],
        minutes_adviser=float("nan"),
    )
    counts = pd.array([0] * len(toy.places), dtype="Int64")
    return toy_result(
        communes=gpd.GeoDataFrame(communes, crs=toy.communes.crs),
        places=toy.places.assign(count=counts),
        sites=toy.sites.iloc[:0],
        orientation=toy.orientation.iloc[:0],
        matches=toy.matches.iloc[:0],
        unreachable_persons=7000.0,
    )


def one_commune(**changes: Any) -> StudyResult:
    """A territory that is one commune, so that no draw can move its rank."""
    only = toy_result().communes.iloc[[0]].copy()
    only["rank"] = only["rank_low"] = only["rank_high"] = pd.array([1], dtype="Int64")
    only["top10_share"], only["stability"] = float("nan"), None
    return toy_result(communes=only, unreachable_persons=0.0, **changes)


CASES = {
    "toy": toy_result,
    "ranked": lambda: ranked_result(estimate=True),
    "one": one_commune,
    "unknown": unknown_population,
    "closed": everything_closed,
    "sounded": sounded_result,
}


@pytest.mark.parametrize("name", CASES)
def test_typography_holds_and_nothing_is_called_by_its_code(name: str) -> None:
    text = need_text(CASES[name]()) + plan_text(CASES[name]())
    assert not re.search(r" [:;?!%»]|« |'", text), text
    for wrong in (r"\bnan\b", "None", "<NA>", r"\b0 personne", r": \.", r"\b0 habitant"):
        assert not re.search(wrong, plain(text)), (wrong, text)


def test_the_toy_town_is_told() -> None:
    lines = plain(need_text(toy_result())).splitlines()
    assert lines[0] == "Toy-du-Sud"
    assert lines[1] == (
        "À plus de 20 min d’un conseiller : 800 habitants (11,4 %), dont 60 à plus d’une heure."
    )
    assert lines[2].startswith("Test légal de La Poste, aujourd’hui : 2,14 % des habitants à plus")
    assert lines[4] == "  1er [1 à 2], Isulella (2A007) : 14 personnes concernées"
    assert lines[11] == "  8e [7 à 8], Albarella (2A001) : aucune personne concernée"
    assert lines[12] == (
        "Où le plus de personnes sont concernées : Castellu (49), L’Île-Verte (40), Forca (30)."
    )
    assert lines[13].startswith(
        "Lieux du territoire, chacun une fois par rôle — bureau de poste : 1 ; France services : 2"
    )
    assert lines[14].startswith("Détections : non disponible. Déposez")
    assert lines[15].startswith("L’indice de priorité est calculé sans ")
    assert lines[16].startswith("Orientation : 1 lien rompu (aucun partenaire éligible à moins")
    assert lines[17] == "Paires de lieux à vérifier : 1 (paires.csv)."
    assert len(lines) == 18


def test_ranks_say_how_sure_they_are_and_what_an_estimate_leaves_out() -> None:
    text = plain(need_text(ranked_result(estimate=True)))
    assert (
        "  1er ex æquo [1 à 5], Isulella (2A007) : 14 personnes concernées ; choix robuste" in text
    )
    assert "  L’erreur des temps, estimés à vol d’oiseau, n’y est pas comptée.\n" in text
    assert "L’erreur des temps" not in plain(need_text(ranked_result()))


def test_a_rank_outside_its_interval_is_explained() -> None:
    reason = "Les tirages ne font que ralentir les trajets"
    communes = ranked_result().communes
    assert reason not in plain(need_text(ranked_result()))
    communes["rank_low"] = communes["rank"] + 1
    assert reason in plain(need_text(ranked_result(communes=communes)))


def test_one_commune_has_a_rank_and_no_choice() -> None:
    lines = plain(need_text(one_commune())).splitlines()
    assert "  1er [1 à 1], Albarella (2A001) : aucune personne concernée" in lines
    assert "  C’est la seule commune classée : son rang n’apprend rien." in lines
    assert "choix" not in " ".join(lines)


def test_a_top_ten_with_nobody_concerned_is_explained() -> None:
    communes = toy_result().communes.assign(uncovered=0.0, concerned=0.0)
    communes["covered"] = communes["population"].astype(float)
    text = plain(need_text(toy_result(communes=communes, estimate=True, unreachable_persons=0.0)))
    assert "À plus de 20 min d’un conseiller : aucun habitant (0,0 %)." in text
    assert "Aucune commune ne compte une personne en difficulté à plus de 20 min" in text
    assert "À vol d’oiseau, 20 min couvrent presque tout : essayez une limite plus courte" in text


def test_an_unknown_population_is_no_zero() -> None:
    lines = plain(need_text(unknown_population())).splitlines()
    assert lines[1] == (
        "Population non disponible : ni couverture, ni test légal de La Poste, ni rang."
    )
    assert not any(line.startswith(("À plus de", "Test légal", "Communes")) for line in lines)
    plan = plain(plan_text(unknown_population()))
    assert "Population n.d." in plan
    assert "habitant à" not in plan


def test_with_everything_closed_each_line_is_a_sentence() -> None:
    lines = plain(need_text(everything_closed())).splitlines()
    assert lines[1].endswith("7 000 habitants (100,0 %), dont 7 000 à plus d’une heure.")
    assert lines[-5] == "Lieux du territoire : aucun."
    assert lines[-2:] == [
        "Orientation : aucun point de contact de La Poste.",
        "Paires de lieux à vérifier : aucune.",
    ]


def test_what_the_counters_tell_is_told_of_blocks_and_of_a_publication() -> None:
    lines = plain(need_text(sounded_result())).splitlines()
    told = lines[lines.index("Détections au guichet :") + 1 :]
    assert "3 blocs de communes" in told[0]
    assert (
        "  Publication n° 2 ; 1 bloc garde ses chiffres d’une publication antérieure : rien, ou "
        "trop peu, ne s’y est ajouté."
    ) in told


def test_a_free_area_is_answered_by_its_whole_blocks() -> None:
    protected = toy_detections()
    blocks = protected.blocks.set_index("block_id")
    two = blocks.geometry["2A001"].union(blocks.geometry["2A002"])
    lines = plain(area_text(protected, two.buffer(0.001))).splitlines()
    assert lines == [
        "2 blocs de communes entiers dans ce contour, réponse pour leur ensemble :",
        f"  Albarella ; {blocks['nom']['2A002']}.",
        "  détections par jour de présence : 1,70 ; détections : 153 ; jours de présence : 90 ; "
        "tests : n.d. ; orientations : s.",
    ]
    assert "1 bloc de communes entier dans ce contour, réponse pour lui :" in plain(
        area_text(protected, blocks.geometry["2A001"].buffer(0.001))
    )
    # Half a block is no block: nothing can be told of it.
    assert plain(area_text(protected, two.buffer(-0.01))).startswith(
        "Ce contour ne contient aucun bloc de communes entier : rien n’en est dit"
    )


def test_the_plan_counts_whom_each_place_adds() -> None:
    text = plain(plan_text(toy_result()))
    assert "  1. Castellu AP (laposte:A2) : + 450 habitants à 20 min" in text
    assert "88,6 % des habitants aujourd’hui, 97,9 % avec ce plan." in text


def test_the_age_of_the_layers_is_counted_and_what_rests_on_old_ones() -> None:
    counts, old, _ = map(plain, freshness_text(toy_result(), date(2025, 11, 22)))
    assert counts == "Fraîcheur des 5 couches : 1 à jour, 1 à vérifier, 3 à actualiser."
    assert old.startswith("Au 22 novembre 2025, reposent sur des couches à vérifier")


def test_what_was_done_to_the_data_is_counted() -> None:
    assert plain(notes_text(toy_result())) == (
        "Qualité : 2 réparations, 1 mise en quarantaine, 1 signalement (qualite.csv, "
        "qualite_details.csv)."
    )


def test_notes_on_the_data_are_counted() -> None:
    notes = Notes()
    assert plain(quality_text(notes)) == "Qualité des données : rien à signaler."
    notes.reported("laposte", "2025", "A1", "adresse vide", "")
    assert plain(quality_text(notes)).splitlines() == [
        "Qualité des données : 1 remarque.",
        "       1 signalé             laposte : adresse vide",
    ]
    # A repair of a file counts each of its lines.
    repair = Repair("virgule décimale", "8,9 lu 8.9", "lon", ((3, 5), (9, 9)))
    notes.mended("places", "2026", [repair])
    assert "4 réparé              places : virgule décimale" in plain(quality_text(notes))
