import re
from dataclasses import replace

import pandas as pd
import pytest

from coverage.model.params import StudyParams
from coverage.model.plan import Plan, Status
from coverage.model.results import StudyResult
from coverage.reports.words import limits, priority, sentences, zonings
from tests.reports.unknown import unknown_population
from tests.toy import toy_result


def test_the_summary_counts_persons_before_and_after() -> None:
    text = sentences.summary(toy_result())
    assert "88,6\u00a0% des habitants sont à 20\u00a0min ou moins" in text
    assert "avec 2 permanences de plus, ils seraient 97,9\u00a0% (650 personnes de plus)" in text


def test_without_a_plan_the_summary_says_what_is_left() -> None:
    result = toy_result()
    text = sentences.summary(replace(result, plan=replace(result.plan, sites=())))
    assert text.endswith("800 restent à couvrir.")


def test_only_a_proven_plan_is_called_unbeatable() -> None:
    plan = toy_result().plan
    assert "Aucun autre choix de 2 lieux parmi 2" in sentences.certificate(plan)
    for status in (Status.FEASIBLE, Status.INTERRUPTED):
        text = sentences.certificate(replace(plan, status=status, gap=0.00801))
        assert "Aucun autre" not in text
        assert "au plus 0,9\u00a0% de mieux" in text  # never told smaller than it is


def test_an_infeasible_plan_names_its_rule() -> None:
    plan = replace(toy_result().plan, status=Status.INFEASIBLE, rule="p", sites=())
    assert "il n’y a que 2 lieux candidats" in sentences.certificate(plan)


def idle_plan(*newly: float) -> Plan:
    plan = toy_result().plan
    return replace(plan, sites=tuple(replace(plan.sites[0], newly_covered=n) for n in newly))


@pytest.mark.parametrize(
    ("newly", "expected"),
    [
        ((450, 200), None),
        ((450, 0.4), "Le lieu 2 n’ajoute personne à 20 min : une seule permanence suffit."),
        (
            (293, 0, 0),
            "Les lieux 2 et 3 n’ajoutent personne à 20 min : une seule permanence suffit.",
        ),
        ((9, 8, 0), "Le lieu 3 n’ajoute personne à 20 min : 2 permanences suffisent."),
    ],
)
def test_places_that_add_nobody_are_named(newly: tuple[float, ...], expected: str | None) -> None:
    text = sentences.useless_sites(idle_plan(*newly), 20)
    if expected is None:
        assert text is None
    else:
        assert text is not None
        assert text.replace("\u00a0", " ") == f"{expected} Essayez une limite plus courte."


def test_a_plan_that_adds_nobody_at_all_says_so() -> None:
    text = sentences.useless_sites(idle_plan(0, 0), 20)
    assert text is not None
    assert text.startswith("Aucune permanence de plus n’ajoute d’habitant à 20")
    assert sentences.useless_sites(idle_plan(), 20) is None


def test_an_unknown_population_is_never_called_covered() -> None:
    result = unknown_population(estimate=True)
    assert "Population n.d." in sentences.summary(result)
    assert "Population n.d." in sentences.certificate(result.plan)
    assert "n.d." in sentences.unreachable(result)
    assert "Chaque habitant" not in sentences.unreachable(result)
    assert sentences.useless_sites(result.plan, 20) is None
    assert priority.first_looks(result) is None
    assert any("couverture, besoin, indice et plan sont n.d." in t for t in limits_of(result))


def limits_of(result: StudyResult) -> list[str]:
    return [text.replace("\u00a0", " ") for text in limits.limits(result)]


def test_the_first_looks_say_what_they_rank() -> None:
    text = priority.first_looks(toy_result())
    assert text is not None
    text = text.replace("\u00a0", " ")
    assert text.startswith("Indice de priorité le plus élevé : Isulella, Monte Scuru, ")
    assert text.endswith("sont concernées : Castellu (49), L’Île-Verte (40), Forca (30).")
    communes = toy_result().communes.assign(concerned=0.6)
    few = priority.first_looks(toy_result(communes=communes))
    assert few is not None
    assert "concernées" not in few


def test_limits_are_told_only_where_they_hold() -> None:
    plain = " ".join(limits_of(toy_result()))
    assert "comparées à quelques trajets publiés de Corse" in plain
    assert "trop courts d’environ un cinquième sur les routes sinueuses de montagne" in plain
    assert "trajets publiés" not in " ".join(limits_of(toy_result(estimate=True)))
    assert "partagent les lieux" in plain
    assert "IFN la corrige à l’intérieur du département" in plain
    for absent in ("neutre", "réseau déposé", "couvrent presque tout", "annoncés"):
        assert absent not in plain
    sites = toy_result().sites
    alone = " ".join(limits_of(toy_result(sites=sites[sites["in_territory"]])))
    assert "partagent les lieux" not in alone
    off = " ".join(limits_of(toy_result(facts={"off_road_share": 0.05})))
    assert "5,0 % des habitants sont loin de toute route" in off
    assert "loin de toute" not in " ".join(limits_of(toy_result(facts={"off_road_share": 0.049})))


@pytest.mark.parametrize(
    ("rung", "neutral", "limit", "legend"),
    [
        (3, ["need"], "Aucun indice de fragilité n’est chargé. Le besoin est neutre", "besoin est"),
        (2, ["need"], "Le besoin est neutre", "besoin est"),
        (2, ["access"], "L’accès est neutre", "accès est"),
        (3, [], "", ""),
    ],
)
def test_a_factor_that_ranks_nobody_is_named(rung, neutral, limit, legend) -> None:
    result = toy_result(need_rung=rung, facts={"neutral": {"communes": neutral, "qpv": []}})
    told = [text for text in limits_of(result) if "neutre" in text]
    assert len(told) == len(neutral)
    assert all(text.startswith(limit) for text in told)
    assert (f"{legend} neutre (le même partout)" in priority.index_legend(result)) == bool(neutral)


def test_what_is_not_known_of_the_places_is_a_limit() -> None:
    texts = limits_of(toy_result())
    # All but the bureau that is a France services, open on five mornings.
    assert any(text.startswith("4 des 5 lieux de conseillers ont des horaires") for text in texts)
    assert any(text.startswith("1 paire de lieux est à vérifier") for text in texts)
    assert any(text.startswith("Des lieux qui pourraient aider 12 personnes par") for text in texts)
    none = toy_result().matches.iloc[:0]
    facts = {"unknown_hours": 0, "unreached_supply": 0.3}
    plain = " ".join(limits_of(toy_result(facts=facts, matches=none)))
    for absent in ("horaires inconnus", "à vérifier", "pourraient aider"):
        assert absent not in plain


def test_a_network_of_cars_only_is_labelled() -> None:
    detail = "Ce réseau ne décrit que les routes des voitures : les chemins manquent."
    quality = toy_result().quality.assign(issue="remarque sur le réseau", detail=detail)
    assert any("4,5 km/h à pied" in text for text in limits_of(toy_result(quality=quality)))
    assert not any("4,5 km/h" in text for text in limits_of(toy_result()))
    estimate = toy_result(quality=quality, estimate=True)
    assert not any("4,5 km/h" in text for text in limits_of(estimate))


def test_the_reader_of_roads_still_says_it_in_these_words() -> None:
    from pathlib import Path

    import coverage.network.roads as reader
    import coverage.study.road_notes as notes

    assert limits.CARS_ONLY in Path(str(reader.__file__)).read_text("utf-8")
    assert limits.NETWORK_ISSUE in Path(str(notes.__file__)).read_text("utf-8")


def test_an_estimate_that_covers_nearly_all_is_doubted() -> None:
    communes = toy_result().communes
    communes["uncovered"], communes["covered"] = 0.0, communes["population"].astype(float)
    text = "À vol d’oiseau, 20 min couvrent presque tout"
    doubted = limits_of(toy_result(estimate=True, communes=communes))
    assert any(text in limit for limit in doubted)
    assert not any(text in limit for limit in limits_of(toy_result(communes=communes)))


def test_announced_ilots_are_told_where_none_is_known() -> None:
    facts = {"ilots_announced": 14, "ilots_announced_source": "La Poste, 27 novembre 2024"}
    known = toy_result(facts=facts)
    assert sentences.ilots_announced(known) is None
    places = known.places
    places.loc[places["kind"] == "ilot_numerique", "count"] = pd.NA
    result = toy_result(facts=facts, places=places)
    assert sentences.ilots_announced(result) == "14 annoncés, La Poste, 27 novembre 2024"
    wanted = "Îlots numériques : n.d. (14 annoncés, La Poste, 27 novembre 2024)."
    assert wanted in limits_of(result)


def test_groups_stand_in_a_sensible_order() -> None:
    frr = ["plus", "socle", "beneficiaire", "partiel", "beneficiaire_partiel", "non_classee"]
    wanted = [("territoire", "ensemble"), *(("frr", value) for value in frr), ("frr", "n.d.")]
    wanted += [("densite", str(level)) for level in range(1, 8)]
    wanted += [("qpv", "qpv_2015"), ("qpv", "hors_qpv")]
    mixed = wanted[::-1]
    assert sorted(mixed, key=lambda one: sentences.group_order(*one)) == wanted


def test_minutes_without_people_are_not_available() -> None:
    assert sentences.minutes_text(20.4, None) == "20\u00a0min"
    assert sentences.minutes_text(None, 12.0) == "hors d’atteinte"
    assert sentences.minutes_text(None, None) == "n.d."
    assert sentences.minutes_text(float("nan"), 0.0) == "n.d."


def test_a_mean_stands_beside_those_it_leaves_out() -> None:
    assert sentences.minutes_text(3.0, 100.0, 47.0) == "3\u00a0min (47\u00a0% hors d’atteinte)"
    assert sentences.minutes_text(3.0, 100.0, 0.9) == "3\u00a0min"
    assert sentences.minutes_text(3.0, 0.0, 0.0) == "3\u00a0min"
    assert sentences.minutes_text(None, 100.0, 100.0) == "hors d’atteinte"


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ("socle", "FRR socle, du 1er juillet 2024 au 31 décembre 2029"),
        ("plus", "FRR+, depuis le 1er janvier 2025 (fin n.d.)"),
        ("partiel", "Classée FRR partiellement (dates n.d.)"),
        ("non_classee", "Non classée FRR"),
        (None, "n.d."),
    ],
)
def test_a_zoning_has_its_dates(state: str | None, text: str) -> None:
    assert zonings.frr_text(state).replace("\u00a0", " ") == text


def test_the_dates_of_the_states_listed_and_of_no_other() -> None:
    note = zonings.frr_note({"socle", "plus", "non_classee"})
    assert note.startswith("FRR+, depuis le")
    assert "FRR socle, du" in note
    assert "bénéficiaire" not in note
    assert "Non classée" not in note
    assert zonings.frr_note({"non_classee", "n.d."}) == ""


def test_people_out_of_reach_are_told() -> None:
    assert sentences.unreachable(toy_result()).startswith("60 personnes n’atteignent aucun")
    assert sentences.unreachable(toy_result(unreachable_persons=1.0)).startswith("1 personne n’")
    assert "Chaque habitant" in sentences.unreachable(toy_result(unreachable_persons=0.0))


def test_an_estimate_never_claims_roads() -> None:
    result = toy_result(estimate=True)
    assert "OpenStreetMap (ODbL)" not in sentences.source_line(result)
    assert "vol d’oiseau" in limits.limits(result)[0]
    assert sentences.OSM_CREDIT in sentences.source_line(toy_result())


def test_the_fictitious_territory_says_so_first() -> None:
    result = toy_result(params=StudyParams("00", new=2))
    assert limits.limits(result)[0].startswith("Territoire fictif")


def test_missing_sources_are_told_in_the_limits() -> None:
    sources = [replace(one, status="missing") for one in toy_result().sources[-3:]]
    told = limits_of(toy_result(sources=tuple(sources)))
    # the detections have a sentence of their own
    assert (
        "Non disponible et donc non pris en compte : Indice de fragilité numérique, Réseau routier."
        in told
    )
    assert any(text.startswith("Détections : non disponible.") for text in told)


@pytest.mark.parametrize(
    ("group", "value", "expected"),
    [
        ("territoire", "ensemble", "Ajaccio"),
        ("frr", "plus", "FRR+"),
        ("frr", "non_classee", "Non classée FRR"),
        ("frr", "n.d.", "Zonage FRR non disponible"),
        ("densite", "7", "Rural à habitat très dispersé"),
        ("qpv", "hors_qpv", "Hors QPV"),
        ("age", "aged_75", "75 ans et plus"),
        ("epci", "200000002", "CC des Monts"),
        ("epci", "200099999", "200099999"),
        ("epci", "n.d.", "Intercommunalité non disponible"),
    ],
)
def test_groups_have_french_names(group: str, value: str, expected: str) -> None:
    names = sentences.epci_names(toy_result())
    assert sentences.group_label(group, value, "Ajaccio", names) == expected


def test_typography() -> None:
    result = toy_result(estimate=True)
    texts = [sentences.summary(result), sentences.certificate(result.plan)]
    texts += [*limits.limits(result), sentences.source_line(result)]
    texts += [
        *limits.limits(unknown_population(estimate=True)),
        priority.parts_meaning(toy_result()),
    ]
    texts += [priority.index_meaning(toy_result(need_rung=3)), priority.index_legend(result)]
    texts += [sentences.useless_sites(idle_plan(1, 0), 20) or ""]
    for text in texts:
        assert not re.search(r" [:;?!%»]|« |'", text), text


def test_the_short_line_groups_years_and_the_list_says_what_is_missing() -> None:
    result = toy_result()
    assert "La Poste 2025" in sentences.source_line(result)
    lines = sentences.source_list(result)
    assert lines[1] == "Points de contact · La Poste · 2025-06-04 · Licence Ouverte 2.0"
    assert lines[-1].startswith("Détections au guichet\u00a0: non disponible. Déposez")
